// The object in hand: what it is, what can be done with it.

import * as api from "../api.js";
import { find, make, say, sayError, setPhase } from "../elements.js";

export class InHand {
  #change = 0.5;

  constructor({ store, suggesting, suggestions, moving, saving }) {
    Object.assign(this, { store, suggesting, suggestions, moving, saving });
    this.panel = find("object");
    find("cutout-file").addEventListener("change", (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.insert(file);
    });
  }

  render({ object, layout, photo }) {
    this.panel.hidden = !object;
    if (!object) return;
    const from = object.shape ? `from ${object.shape}` : "drawn freely";
    const labels = object.behind.map((number) => layout.layers[number].label);
    const act = (text, title, onclick, more = {}) => make("button", { title, onclick, ...more }, text);
    this.panel.replaceChildren(
      make(
        "div",
        { class: "heading" },
        make("h2", {}, object.label),
        object.score === null ? null : make("span", { class: "score" }, `score ${object.score.toFixed(2)}`),
      ),
      make("p", { class: "quiet" }, object.score === null ? "changed by hand" : from),
      make(
        "p",
        { class: "behind", id: "behind" },
        labels.length
          ? `behind ${labels.slice(0, 3).join(", ")}${labels.length > 3 ? ` and ${labels.length - 3} more` : ""}`
          : "in front of everything",
        labels.length
          ? act("To the front", "Show it whole, in front of what hides it", () => this.#toFront(), { id: "to-front" })
          : null,
      ),
      make(
        "div",
        { class: "row" },
        act("More like this", "Other masks in its place (L)", () => this.suggesting.vary(this.#change), {
          id: "more",
        }),
        make("input", {
          type: "range",
          min: "0",
          max: "100",
          value: String(this.#change * 100),
          "aria-label": "How much may change",
          title: "How much may change",
          oninput: (event) => (this.#change = event.target.value / 100),
        }),
        act(
          "Turn",
          object.turning
            ? "Its next view, in its place (N; Shift and N: back)"
            : "Only what was drawn from a mesh known from several sides, and not repainted or rotated, can be turned",
          (event) => this.suggesting.turn(event.shiftKey ? -1 : 1),
          { id: "turn", disabled: !object.turning },
        ),
      ),
      make(
        "div",
        { class: "row actions" },
        act("Blend toward…", "Masks on the way to another suggestion", () => this.#toward(), { id: "toward" }),
        act("Mirror", "Mirror it (X)", () => this.moving.mirror(), { id: "mirror" }),
        act("Save…", "Save its mask or cut-out (Ctrl+S)", () => this.saving.open(), { id: "save-object" }),
      ),
      make(
        "div",
        { class: "row actions" },
        act(
          "Insert cut-out…",
          "Put a cut-out in: choose a PNG of the object, or drop it on the picture",
          () => find("cutout-file").click(),
          { id: "insert", disabled: !photo },
        ),
        act("Keep", "Put it into the layout (K)", () => this.suggesting.keep().catch(sayError), {
          id: "keep",
          class: "main",
        }),
      ),
    );
  }

  #toFront() {
    const { object } = this.store.state;
    this.store.step({ object: { ...object, behind: [] } });
  }

  #toward() {
    if (!this.store.state.answer?.suggestions.length) return say("There is no other suggestion to go to.");
    say("Choose the suggestion to go to.");
    this.suggestions.onPick = (one) => this.suggesting.goToward(one.rle);
    return find("suggestions").querySelector(".suggestion").focus();
  }

  /** Put a cut-out into the photo where the object in hand is, and keep the object. */
  async insert(file) {
    const { photo, layout, object } = this.store.state;
    setPhase("inserting");
    say("");
    try {
      const cutout = await api.addPhoto(file);
      const { label, rle, behind } = object;
      const request = {
        photo_id: photo.id,
        layout_id: layout.layout_id,
        prompt: label,
        rle,
        behind,
        cutout_id: cutout.photo_id,
      };
      const { picture_id: id, changed, layout: after, command, python } = await api.insert(request);
      const inserted = { before: photo.id, changed };
      this.store.step({
        photo: { ...photo, id },
        layout: after,
        object: null,
        answer: null,
        hint: { kind: "none" },
        inserted,
        command,
        python,
      });
    } catch (error) {
      sayError(error);
    } finally {
      setPhase("ready");
    }
  }
}
