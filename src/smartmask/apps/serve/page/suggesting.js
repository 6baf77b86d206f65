// Asking for masks. While a box is dragged one request is under way at a time and only the newest box waits;
// when the pointer is lifted the live request is called off and eight suggestions are asked for.

import * as api from "./api.js";
import { find, say, sayError, setPhase } from "./elements.js";

export const COUNT = 8;
const stream = crypto.getRandomValues(new Uint32Array(2)).join("-");

/** The request of a hint for the state's layout, prompt and seed. */
export function requestOf(state, hint, n) {
  const request = { layout_id: state.layout.layout_id, prompt: state.prompt, n, seed: state.seed };
  if (hint.kind === "box") request.box = hint.box;
  if (hint.kind === "region") request.region = hint.rle;
  if (hint.kind === "scribble") {
    request.scribble = hint.avoid ? { wanted: hint.wanted, avoid: hint.avoid } : { wanted: hint.wanted };
  }
  return request;
}

export class Suggesting {
  #asked = null; // what calls off the request for suggestions
  #live = null; // what calls off the live request
  #wanted = null; // the newest box of a drag that no request was made for yet
  changing = Promise.resolve(); // ends when all that the object in hand is going through has been done
  #keeping = null; // the promise of an object that is being put into the layout

  constructor(store, painting) {
    this.store = store;
    this.painting = painting;
    this.prompt = find("prompt");
  }

  /** Whether a request can be made; says what is missing. */
  get isReady() {
    if (!this.store.state.layout) return false;
    if (this.prompt.value.trim()) return true;
    say("Say first what is to come, for instance “a dog”.");
    this.prompt.focus();
    return false;
  }

  /** Before a new hint: an object in hand that is called otherwise stays in the picture. */
  async begin() {
    const { object } = this.store.state;
    this.cancel();
    await (object && object.label !== this.prompt.value.trim() ? this.keep() : this.#keeping);
  }

  /** Show the best mask of a box that is being dragged, as soon as there is one. */
  live(box) {
    this.#wanted = box;
    if (!this.#live) this.#follow();
  }

  async #follow() {
    this.#live = new AbortController();
    const { signal } = this.#live;
    try {
      await this.#keeping;
      while (this.#wanted && !signal.aborted) {
        const box = this.#wanted;
        this.#wanted = null;
        const state = { ...this.store.state, prompt: this.prompt.value.trim() };
        const request = { ...requestOf(state, { kind: "box", box }, 1), stream };
        const { suggestions } = await api.suggest(request, signal);
        if (signal.aborted) return;
        this.painting.showMask("live", suggestions[0]?.outline ?? null);
        Object.assign(this.painting.canvas.host.dataset, {
          live: box.join(","),
          counts: suggestions[0]?.rle.counts ?? "",
        });
      }
    } catch (error) {
      if (!signal.aborted) this.painting.showMask("live", null);
    } finally {
      if (this.#live?.signal === signal) this.#live = null;
    }
  }

  /** Call off what is under way. */
  cancel() {
    this.#wanted = null;
    this.#live?.abort();
    this.#live = null;
    this.#asked?.abort();
    this.#asked = null;
  }

  /** Take a hint into the history and ask for suggestions. */
  async settle(hint, seed = this.store.state.seed) {
    this.cancel();
    if (!this.isReady) return undefined;
    if (hint.kind === "scribble" && !hint.wanted)
      return say("Paint its rough shape with the scribble, or clear the hint.");
    try {
      await this.begin();
    } catch (error) {
      return sayError(error);
    }
    const prompt = this.prompt.value.trim();
    setPhase("asking");
    const id = this.store.step({ hint, prompt, seed, object: null, answer: null, inserted: null });
    const state = this.store.state;
    return this.#ask(id, "suggest", (signal) => api.suggest(requestOf(state, hint, COUNT), signal));
  }

  /** Ask for masks like the object in hand. */
  async vary(change) {
    const { layout, object, seed } = this.store.state;
    const request = {
      layout_id: layout.layout_id,
      prompt: object.label,
      rle: object.rle,
      change,
      n: COUNT,
      seed,
    };
    setPhase("asking");
    const id = this.store.step({ answer: null });
    await this.#ask(id, "variations", (signal) => api.variations(request, signal));
  }

  /** Turn the object in hand by some views: always from where it was chosen or moved to, so nothing drifts. */
  turn(by) {
    this.changing = this.changing.then(() => this.#turn(by)); // quick presses count one after the other
  }

  async #turn(by) {
    const { layout, object } = this.store.state;
    if (!object?.turning) return;
    const { rle: from, shape: name } = object.turning;
    const steps = object.turning.steps + by;
    const request = { layout_id: layout.layout_id, prompt: object.label, rle: from, shape: name, steps };
    setPhase("turning");
    try {
      const { suggestions, command, python } = await api.turn(request);
      if (this.store.state.object !== object) return;
      const { rle, outline, shape, score, turn: now } = suggestions[0];
      const turning = { ...object.turning, steps, now };
      this.store.step({ object: { ...object, rle, outline, shape, score, base: null, turning }, command, python });
    } catch (error) {
      sayError(error);
    } finally {
      setPhase("ready");
    }
  }

  /** Ask for masks on the way from the object in hand to another. */
  async goToward(rle) {
    const { layout, object, seed } = this.store.state;
    const request = {
      layout_id: layout.layout_id,
      prompt: object.label,
      one: object.rle,
      other: rle,
      n: COUNT,
      seed,
    };
    setPhase("asking");
    const id = this.store.step({ answer: null });
    await this.#ask(id, "between", (signal) => api.between(request, signal));
  }

  async #ask(id, kind, send) {
    this.cancel();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    setPhase("asking");
    say("");
    try {
      const answer = await send(signal);
      const { suggestions, said, command, python } = answer;
      this.store.amend({ answer: { kind, suggestions, said }, command, python }, id);
      if (!suggestions.length) say("No mask came out of this; try another hint or other words.", "error");
    } catch (error) {
      sayError(error);
    } finally {
      if (!signal.aborted) {
        this.painting.showMask("live", null);
        setPhase("ready");
      }
    }
  }

  /** Hold a suggestion in hand. */
  take(number) {
    const { answer, prompt, object } = this.store.state;
    const { rle, outline, shape, score, turn, behind: nearer } = answer.suggestions[number];
    const label = answer.kind === "suggest" ? prompt : object.label;
    const behind = answer.kind === "suggest" ? nearer : object.behind;
    const turning = turn ? { rle, shape: turn, steps: 0, now: turn } : null;
    this.store.step({ object: { label, rle, outline, shape, score, behind, number, turning } });
  }

  /** Put the object in hand into the layout, so that the next one can come; once, however often it is asked. */
  keep() {
    this.#keeping ??= this.#push().finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  async #push() {
    await this.changing;
    const { layout, object } = this.store.state;
    if (!object) return;
    setPhase("keeping");
    try {
      const { label, rle, behind } = object;
      const changed = await api.edit(layout.layout_id, [{ do: "push", label, rle, behind }]);
      this.store.step({ layout: changed, object: null, answer: null, hint: { kind: "none" }, inserted: null });
    } finally {
      setPhase("ready");
    }
  }
}
