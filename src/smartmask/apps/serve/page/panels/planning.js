// Planning a scene from a sentence: objects come one by one, any may be vetoed, and what is there is accepted.

import * as api from "../api.js";
import { find, make, sayError, setPhase } from "../elements.js";

const LIMIT = 12;

export class Planning {
  #stop = null;
  #request = null;
  #steps = [];
  #end = {};
  layout = null; // the scene as planned so far, shown in place of the state's

  constructor({ store, show }) {
    Object.assign(this, { store, show });
    this.panel = find("plan");
  }

  /** Plan on top of the layout that is there. */
  begin(prompt) {
    const { layout, seed } = this.store.state;
    const size = layout?.size ?? [640, 480];
    this.#request = {
      prompt,
      limit: LIMIT,
      size,
      seed,
      veto: [],
      ...(layout && { layout_id: layout.layout_id }),
    };
    return this.#run();
  }

  async #run() {
    this.#stop?.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#steps = [];
    this.#end = {};
    setPhase("planning");
    this.#render(true);
    try {
      for await (const { event, data } of api.plan(this.#request, signal)) {
        if (signal.aborted) return;
        if (event === "problem") throw new api.Problem(data.status, data);
        if (event === "done") this.#end = data;
        else this.#steps.push(data);
        if (data.layout) this.layout = data.layout;
        this.#render(event !== "done");
        this.show();
      }
    } catch (error) {
      if (!signal.aborted) sayError(error);
    } finally {
      if (this.#stop?.signal === signal) {
        this.#stop = null;
        setPhase("ready");
        this.#render(false);
      }
    }
  }

  #veto(step) {
    this.#request.veto = [...this.#request.veto, step].sort((one, other) => one - other);
    return this.#run();
  }

  #finish(isWanted) {
    this.#stop?.abort();
    this.#stop = null;
    const { layout } = this;
    this.layout = null;
    this.panel.hidden = true;
    setPhase("ready");
    const { command = "", python = "" } = this.#end;
    if (isWanted && layout)
      this.store.step({
        layout,
        prompt: this.#request.prompt,
        answer: null,
        object: null,
        hint: { kind: "none" },
        command,
        python,
      });
    else this.show();
  }

  #render(isRunning) {
    const act = (text, title, onclick, more = {}) => make("button", { title, onclick, ...more }, text);
    const placed = this.#steps.filter((step) => !step.vetoed);
    const rows = this.#steps.map(({ step, label, vetoed }) =>
      make(
        "li",
        { "data-step": step, class: vetoed ? "vetoed" : "" },
        make("span", { class: "label" }, label),
        vetoed
          ? make("span", { class: "quiet" }, "vetoed")
          : act("Veto", `Take ${label} back`, () => this.#veto(step)),
      ),
    );
    this.panel.hidden = false;
    this.panel.dataset.running = String(isRunning);
    this.panel.replaceChildren(
      make(
        "div",
        { class: "heading" },
        make("h2", {}, "Plan"),
        make("span", { class: "quiet" }, isRunning ? "planning…" : `${placed.length} objects`),
      ),
      make("ol", {}, ...rows),
      make(
        "div",
        { class: "row actions" },
        isRunning
          ? act("Stop here", "Plan no further", () => this.#stop?.abort(), { id: "plan-stop" })
          : null,
        act("Discard", "Leave the scene as it was", () => this.#finish(false), { id: "plan-discard" }),
        act("Accept", "Take these objects into the layout", () => this.#finish(true), {
          id: "plan-accept",
          class: "main",
          disabled: !placed.length,
        }),
      ),
    );
  }
}
