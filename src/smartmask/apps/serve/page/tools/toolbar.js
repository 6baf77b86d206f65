// The tools at the left, and what can be set for the one at hand.

import { find, icon, make } from "../elements.js";
import { BrushTool } from "./strokes.js";

const KEYS = { move: "V", box: "B", region: "G", scribble: "S", avoid: "A", eraser: "E", edge: "D" };
const TITLES = {
  move: "Move",
  box: "Box",
  region: "Region",
  scribble: "Scribble",
  avoid: "Leave free",
  eraser: "Eraser",
  edge: "Edge brush",
};

export class Toolbar {
  constructor({ canvas, store, tools }) {
    Object.assign(this, { canvas, store, tools });
    this.bar = find("tools");
    for (const { name } of tools) {
      const title = `${TITLES[name]} (${KEYS[name]})`;
      this.bar.append(
        make(
          "button",
          {
            id: `tool-${name}`,
            title,
            "aria-label": title,
            "aria-pressed": "false",
            onclick: () => this.use(name),
          },
          icon(name),
          make("span", {}, TITLES[name]),
        ),
      );
    }
    this.bar.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The tool whose key was pressed, if any. */
  byKey(key) {
    return Object.keys(KEYS).find((name) => KEYS[name].toLowerCase() === key);
  }

  use(name) {
    this.canvas.tool?.leave?.();
    this.canvas.tool = this.tools.find((tool) => tool.name === name);
    this.canvas.host.dataset.tool = name;
    this.canvas.tool.enter?.();
    for (const button of this.bar.children) {
      const isUsed = button.id === `tool-${name}`;
      button.setAttribute("aria-pressed", String(isUsed));
      button.tabIndex = isUsed ? 0 : -1;
    }
    this.#options();
  }

  render(state) {
    for (const { name } of this.tools)
      find(`tool-${name}`).disabled = !state.layout || (name === "edge" && !state.object);
    if (this.canvas.tool?.name === "edge" && !state.object) this.use("box");
    this.canvas.tool?.render?.(state);
    find("options").hidden = !state.layout;
    this.#options();
  }

  /** Draw no hint. */
  clear() {
    const { hint, object } = this.store.state;
    if (hint.kind === "none" || object) return;
    this.store.step({ hint: { kind: "none" }, answer: null });
    this.canvas.host.focus({ preventScroll: true });
  }

  /** Make the brush thinner or thicker. */
  resizeBrush(factor) {
    BrushTool.radius = Math.min(Math.max(BrushTool.radius * factor, 1), 150);
    const slider = find("options").querySelector("input[type=range]");
    if (slider) slider.value = String(Math.round(BrushTool.radius));
  }

  #options() {
    const { tool } = this.canvas;
    const { hint, object, answer } = this.store.state;
    const hasHint = hint.kind !== "none" && !object;
    const isToChoose = !object && answer?.suggestions.length > 0;
    const tip = isToChoose ? "Choose one below, or go on drawing." : tool.tip;
    const shown = `${tool.name} ${hasHint} ${tip}`;
    if (find("options").dataset.shown === shown) return; // else a slider at hand would be lost
    find("options").dataset.shown = shown;
    const size = make("input", {
      type: "range",
      min: "1",
      max: "150",
      value: String(Math.round(BrushTool.radius)),
      "aria-label": "Radius of the brush in pixels",
      oninput: (event) => (BrushTool.radius = Number(event.target.value)),
    });
    const remove = make("input", {
      type: "checkbox",
      id: "edge-removes",
      checked: Boolean(tool.removes),
      onchange: (event) => (tool.removes = event.target.checked),
    });
    find("options").replaceChildren(
      make("span", {}, tip),
      ...(tool.hasBrush ? [make("label", { class: "slider", title: "Brush: [ and ]" }, "Brush ", size)] : []),
      ...(tool.name === "edge" ? [make("label", {}, remove, " remove")] : []),
      ...(hasHint
        ? [
            make(
              "button",
              { id: "clear", title: "Draw no hint (Escape)", onclick: () => this.clear() },
              "Clear",
            ),
          ]
        : []),
    );
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this.bar.children].filter((button) => !button.disabled);
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.click();
    next.focus();
  }
}
