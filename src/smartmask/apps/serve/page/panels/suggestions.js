// The strip of suggestions: a thumbnail each, best first; pointing at one shows it, choosing takes it.

import { find, make } from "../elements.js";
import { tracePath } from "../canvas/masks.js";
import { ACCENT } from "../canvas/painting.js";

const SIDE = 184; // pixels of a thumbnail, drawn at half that size

export class Suggestions {
  onPick = null; // what a choice does instead of taking, while another end is looked for

  constructor({ painting, suggesting, store }) {
    Object.assign(this, { painting, suggesting, store });
    this.list = find("suggestions");
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  render(state, background) {
    const { answer, object } = state;
    this.painting.showMask("preview", null);
    this.onPick = null;
    find("said").textContent = answer ? answer.said : "";
    const taken =
      object && answer?.suggestions[object.number]?.rle.counts === object.rle.counts ? object.number : -1;
    const items = (answer?.suggestions ?? []).map((one, i) => this.#item(one, i, i === taken, background));
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.number : null;
    // A list box without options is none.
    this.list.setAttribute("role", items.length ? "listbox" : "group");
    if (items.length) this.list.setAttribute("aria-orientation", "horizontal");
    else this.list.removeAttribute("aria-orientation");
    this.list.replaceChildren(...(items.length ? items : this.#empty(state)));
    this.isQuiet = true; // a focus that only comes back shows nothing
    if (focused) items[focused]?.focus({ preventScroll: true });
    this.isQuiet = false;
  }

  #empty({ layout, answer }) {
    const rows = document.body.dataset.phase === "asking" ? 8 : 0;
    if (rows) return Array.from({ length: rows }, () => make("div", { class: "waiting" }));
    const text = !layout
      ? "Suggestions come here."
      : answer
        ? "Nothing came out of this."
        : "Suggestions come here: say what is to come, then press Enter or draw a hint.";
    return [make("p", { class: "quiet" }, text)];
  }

  #item(one, number, isTaken, background) {
    const from = one.origin === "memory" ? one.shape || "a remembered shape" : "drawn freely";
    const score = one.score.toFixed(2);
    const show = () => this.isQuiet || this.painting.showMask("preview", one.outline);
    const hide = () => this.painting.showMask("preview", null);
    return make(
      "button",
      {
        role: "option",
        class: "suggestion",
        "aria-selected": String(isTaken),
        "data-number": number,
        tabindex: number === 0 ? "0" : "-1",
        title: `Suggestion ${number + 1}, score ${score}: ${from}`,
        "aria-label": `Suggestion ${number + 1}, score ${score}, ${from}`,
        onpointerenter: show,
        onpointerleave: hide,
        onfocus: show,
        onblur: hide,
        onclick: () => this.#pick(number, one),
      },
      thumbnail(one, background),
      make("span", { class: "score" }, String(number + 1)),
      make("span", { class: "from" }, `score ${score}`),
    );
  }

  #pick(number, one) {
    if (this.onPick) return this.onPick(one);
    return this.suggesting.take(number);
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const items = [...this.list.querySelectorAll(".suggestion")];
    const at = items.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    items[Math.min(Math.max(at + step, 0), items.length - 1)].focus();
  }
}

/** A square of the picture round a suggestion, with the suggestion over it. */
function thumbnail({ box, outline }, background) {
  const canvas = make("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const [x0, y0, x1, y1] = box;
  const side = Math.max(x1 - x0, y1 - y0) * 1.35;
  const scale = SIDE / side;
  context.setTransform(
    scale,
    0,
    0,
    scale,
    SIDE / 2 - (scale * (x0 + x1)) / 2,
    SIDE / 2 - (scale * (y0 + y1)) / 2,
  );
  context.imageSmoothingQuality = "high";
  if (background) context.drawImage(background, 0, 0);
  tracePath(context, outline);
  context.fillStyle = "rgba(255, 38, 110, 0.55)";
  context.fill("evenodd");
  Object.assign(context, { lineWidth: 4 / scale, strokeStyle: ACCENT, lineJoin: "round" });
  context.stroke();
  return canvas;
}
