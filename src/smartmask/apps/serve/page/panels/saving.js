// Saving: the mask of the object in hand or of a chosen layer, and the whole layout, in each format.

import * as api from "../api.js";
import { find, make, say } from "../elements.js";

const OF_MASK = [
  ["mask", "Mask", "white on black, PNG"],
  ["inverted", "Inverted mask", "black on white, PNG"],
  ["alpha", "Soft alpha", "with its edge in greys, PNG"],
  ["cutout", "Cut-out", "the photo within it, RGBA PNG"],
  ["grown", "Grown or feathered mask", "by the pixels below, PNG"],
];
const OF_LAYOUT = [
  ["json", "Layout", "JSON, opens here again"],
  ["zip", "Layers", "a PNG each, ZIP"],
  ["psd", "Photoshop", "layers, PSD"],
  ["coco", "COCO", "instances, JSON"],
  ["labelme", "LabelMe", "polygons, JSON"],
];

export class Saving {
  constructor({ store, layers }) {
    Object.assign(this, { store, layers });
    this.dialog = find("save-dialog");
    find("save").addEventListener("click", () => this.open());
  }

  /** What would be saved: the object in hand, else the one chosen layer. */
  get subject() {
    const { object } = this.store.state;
    const [layer, ...more] = this.layers.chosen;
    if (object) return { label: object.label, rle: object.rle };
    return layer && !more.length ? { label: layer.label, rle: layer.mask ?? layer.rle } : null;
  }

  /** What was painted as a hint, by the file names that the equivalent command uses. */
  get hints() {
    const { kind, rle, wanted, avoid } = this.store.state.hint;
    const parts = { region: rle, scribble: kind === "scribble" ? wanted : null, avoid };
    return Object.fromEntries(
      Object.entries(parts)
        .filter(([, mask]) => mask)
        .map(([name, mask]) => [`${name}.png`, mask]),
    );
  }

  open() {
    const { layout, photo } = this.store.state;
    if (!layout) return say("There is nothing to save yet; begin with a photo or a scene.");
    const subject = this.subject;
    const hints = Object.keys(this.hints).map((name) => [name, name, "as the command names it, PNG"]);
    const number = (name, text, value) =>
      make(
        "label",
        {},
        `${text} `,
        make("input", { type: "number", name, min: "0", max: "200", value }),
        " px",
      );
    const ways = (list) =>
      list.map(([format, name, what]) => this.#way(format, name, what, format === "cutout" && !photo));
    const form = make(
      "form",
      { method: "dialog" },
      make("h2", { id: "save-title" }, "Save"),
      subject
        ? make("h3", {}, `“${subject.label}”`)
        : make("p", { class: "quiet" }, "Take a suggestion or choose one layer to save its mask."),
      subject ? make("div", { class: "ways" }, ...ways(OF_MASK)) : null,
      subject
        ? make("div", { class: "row" }, number("grow", "Grow by", "8"), number("feather", "Feather by", "4"))
        : null,
      hints.length ? make("h3", {}, "Hint") : null,
      hints.length ? make("div", { class: "ways" }, ...ways(hints)) : null,
      make("h3", {}, "Layout"),
      make("div", { class: "ways" }, ...ways(OF_LAYOUT)),
      make("p", { class: "error", role: "alert", id: "save-error" }),
      make("div", { class: "row end" }, make("button", { value: "close" }, "Close")),
    );
    this.dialog.replaceChildren(form);
    return this.dialog.showModal();
  }

  #way(format, name, what, isDisabled) {
    const button = {
      type: "button",
      class: "way",
      "data-format": format,
      disabled: isDisabled,
      onclick: () => this.#save(format),
    };
    return make("button", button, make("b", {}, name), make("span", {}, what));
  }

  async #save(format) {
    const { layout, photo, object } = this.store.state;
    const { grow, feather } = Object.fromEntries(new FormData(this.dialog.querySelector("form")));
    const isLayout = OF_LAYOUT.some(([name]) => name === format);
    const subject = isLayout ? object : this.subject; // a chosen layer is in the layout
    const request = { layout_id: layout.layout_id, photo_id: photo?.id ?? null, format };
    const hint = this.hints[format];
    if (hint) Object.assign(request, { format: "mask", label: "hint", rle: hint });
    else if (subject) Object.assign(request, { label: subject.label, rle: subject.rle });
    if (isLayout && subject) request.behind = subject.behind ?? [];
    if (format === "grown") Object.assign(request, { grow: Number(grow), feather: Number(feather) });
    const error = find("save-error");
    error.textContent = "";
    try {
      const { blob, name } = await api.exported(request);
      const address = URL.createObjectURL(blob);
      make("a", { href: address, download: hint ? format : name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    } catch (problem) {
      error.textContent = problem.message;
    }
  }
}
