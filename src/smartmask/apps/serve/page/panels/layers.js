// The layer list, front first: choose, rename, merge, delete, and drag to reorder. The object in hand is a row
// too: what lies above it hides it.

import * as api from "../api.js";
import { find, make, sayError, setPhase } from "../elements.js";
import { outlineOf } from "../canvas/masks.js";
import { decode } from "../canvas/rle.js";
import { dragRow } from "./reorder.js";

export class Layers {
  #chosen = new Set();
  #layout = null;
  #moved = null; // the new number of a layer that was moved

  constructor({ painting, store }) {
    Object.assign(this, { painting, store });
    this.list = find("layer-list");
    find("merge").addEventListener("click", () => this.merge());
    find("lift").addEventListener("click", () => this.lift());
    find("delete").addEventListener("click", () => this.delete());
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The chosen layers, the one that was chosen first first. */
  get chosen() {
    return [...this.#chosen].map((number) => this.#layout.layers[number]);
  }

  render({ layout, object }) {
    if (layout?.layout_id !== this.#layout?.layout_id) this.#chosen.clear();
    this.#layout = layout;
    const rows = [...(layout?.layers ?? [])].reverse().map((layer) => this.#row(layer));
    if (object)
      rows.splice(
        object.behind.length ? layout.layers.length - Math.min(...object.behind) : 0,
        0,
        this.#objectRow(object),
      );
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement.closest("li").dataset
      : null;
    this.list.replaceChildren(...rows);
    if (focused)
      rows
        .find((row) =>
          focused.object ? row.dataset.object : row.dataset.number === String(this.#moved ?? focused.number),
        )
        ?.button.focus();
    this.#moved = null;
    this.#mark();
  }

  choose(number, isMore = false) {
    const wasChosen = this.#chosen.has(number);
    if (!isMore) this.#chosen.clear();
    if (number !== null && !(isMore && wasChosen)) this.#chosen.add(number);
    else if (isMore) this.#chosen.delete(number);
    this.#mark();
    this.#rowOf(number)?.scrollIntoView({ block: "nearest" });
  }

  rename(number) {
    const row = this.#rowOf(number);
    const { label } = this.#layout.layers[number];
    const input = make("input", { value: label, maxlength: "100", "aria-label": `New name of ${label}` });
    let isDone = false;
    const finish = (isWanted) => {
      if (isDone) return;
      isDone = true;
      input.replaceWith(row.button);
      row.button.focus();
      if (isWanted && input.value.trim() !== label)
        this.#edit({ do: "rename", layer: number, label: input.value.trim() }, (old) => old);
    };
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") finish(true);
      if (event.key === "Escape") finish(false);
    });
    input.addEventListener("blur", () => finish(true));
    row.button.replaceWith(input);
    input.select();
  }

  merge() {
    const layers = [...this.#chosen];
    if (layers.length < 2) return;
    this.#edit({ do: "merge", layers }, (old) => old.filter((number) => !layers.slice(1).includes(number)));
  }

  /** Delete the chosen layers, the frontmost first so that numbers hold. */
  async delete() {
    const layers = [...this.#chosen].sort((one, other) => other - one);
    if (!layers.length) return;
    const edits = layers.map((layer) => ({ do: "delete", layer }));
    await this.#edit(edits, (old) => old.filter((number) => !layers.includes(number)));
  }

  /** Take a whole object in hand again, behind the layers that were in front of it. */
  async lift() {
    const [layer] = this.chosen;
    if (find("lift").disabled) return;
    const rle = layer.mask ?? layer.rle;
    const behind = this.#layout.layers.slice(layer.number + 1).map((other) => other.number - 1);
    const outline = outlineOf(decode(rle), this.#layout.size);
    const object = { label: layer.label, rle, outline, behind, shape: "", score: null, number: -1 };
    await this.#edit({ do: "delete", layer: layer.number }, (old) => old, {
      object,
      answer: null,
      prompt: layer.label,
    });
  }

  async move(number, to) {
    if (to < 0 || to >= this.#layout.layers.length || to === number) return this.render(this.store.state);
    const moved = (old) => {
      const order = old.filter((other) => other !== number);
      order.splice(to, 0, number);
      return order;
    };
    this.#moved = to;
    return this.#edit({ do: "move", layer: number, to }, moved);
  }

  /** Edit the layout; `order` gives, of the numbers before, those that are left, in their new order. */
  async #edit(edits, order, more = {}) {
    const { layout, object } = this.store.state;
    setPhase("editing");
    try {
      const changed = await api.edit(layout.layout_id, [edits].flat());
      const left = order(layout.layers.map((layer) => layer.number));
      const behind = object?.behind.map((number) => left.indexOf(number)).filter((number) => number >= 0);
      this.store.step({ layout: changed, object: object && { ...object, behind }, inserted: null, ...more });
    } catch (error) {
      sayError(error);
      this.render(this.store.state);
    } finally {
      setPhase("ready");
    }
  }

  #row(layer) {
    const { number, label, colour } = layer;
    const swatch = make("span", { class: "swatch" });
    swatch.style.background = colour;
    const button = make(
      "button",
      {
        class: "pick",
        title: `${number} ${label}`,
        onclick: (event) => this.choose(number, event.shiftKey || event.ctrlKey || event.metaKey),
        ondblclick: () => this.rename(number),
      },
      swatch,
      make("span", { class: "label" }, label),
    );
    const box = make("input", {
      type: "checkbox",
      "aria-label": `Choose ${label}`,
      onchange: () => this.choose(number, true),
    });
    const row = make("li", {
      "data-number": number,
      onpointerenter: () => (this.painting.hovered = number),
      onpointerleave: () => (this.painting.hovered = null),
    });
    row.append(
      this.#grip(row, (place) => this.move(number, this.#layout.layers.length - 1 - place)),
      button,
      box,
    );
    return Object.assign(row, { button, box });
  }

  #objectRow(object) {
    const row = make("li", { class: "in-hand", "data-object": "in hand" });
    const button = make(
      "button",
      { class: "pick", title: "The object in hand: drag it below what hides it" },
      make("span", { class: "swatch" }),
      make("span", { class: "label" }, object.label),
    );
    row.append(
      this.#grip(row, (place) => this.placeObject(place)),
      button,
    );
    return Object.assign(row, { button });
  }

  /** Put the object in hand behind the first so many layers of the list. */
  placeObject(place) {
    const { object, layout } = this.store.state;
    const last = layout.layers.length;
    const behind = Array.from({ length: Math.min(Math.max(place, 0), last) }, (_, i) => last - 1 - i);
    this.store.step({ object: { ...object, behind } });
  }

  #grip(row, drop) {
    return make(
      "span",
      {
        class: "grip",
        "aria-hidden": "true",
        onpointerdown: (event) => dragRow(this.list, row, event, drop),
      },
      "⠿",
    );
  }

  #rowOf(number) {
    return [...this.list.children].find((row) => row.dataset.number === String(number));
  }

  #mark() {
    for (const row of this.list.children) {
      if (!row.box) continue;
      const isChosen = this.#chosen.has(Number(row.dataset.number));
      row.classList.toggle("chosen", isChosen);
      row.button.setAttribute("aria-pressed", String(isChosen));
      row.box.checked = isChosen;
    }
    find("merge").disabled = this.#chosen.size < 2;
    find("delete").disabled = this.#chosen.size < 1;
    find("lift").disabled =
      this.#chosen.size !== 1 || !this.chosen[0].whole || Boolean(this.store.state.object);
    const size = this.#layout?.size;
    this.painting.showChosen(this.chosen.flatMap((layer) => outlineOf(decode(layer.rle), size)));
    this.onChoice?.();
  }

  #key(event) {
    const row = event.target.closest("li");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = [...this.list.children];
    const place = rows.indexOf(row);
    if (!row || event.target.type === "text") return;
    if (step && event.altKey && row.dataset.object) this.placeObject(place + step);
    else if (step && event.altKey) this.move(Number(row.dataset.number), Number(row.dataset.number) - step);
    else if (step) rows[place + step]?.button.focus();
    else if (event.key === "F2" && row.dataset.number) this.rename(Number(row.dataset.number));
    else return;
    event.preventDefault();
  }
}
