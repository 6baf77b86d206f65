// Keys, and the page that lists them.

import { find, make } from "./elements.js";

const LIST = [
  ["Enter in the field above", "suggest, or plan the scene"],
  ["B, G, S, A, E", "box, region, scribble, leave free, eraser"],
  ["V, D", "move the object, paint its edge (Alt removes)"],
  ["[ and ]", "thinner or thicker brush"],
  ["Arrows in the picture", "move the box or the object, with Shift by 10 pixels; with Alt resize"],
  [", and .", "rotate the object by 2 degrees, with Shift by 15"],
  ["Escape", "draw no hint"],
  ["1 to 8", "take a suggestion"],
  ["L, N, X, K", "more like this, turn (with Shift back), mirror, keep"],
  ["R", "another seed"],
  ["F2, Delete, M, T", "rename, delete, merge, pick up the chosen layers"],
  ["Alt with up or down", "move a layer, or the object, in the list"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
  ["Ctrl+S", "save a mask, a cut-out, the layout"],
  ["+, −, 0, wheel, pinch", "zoom, fit"],
  ["Ctrl+arrows, space and drag, Shift+wheel", "move the picture"],
  ["/", "to the field above"],
];
const PAN = 40; // pixels of the screen
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Listen for keys; `does` says what each action is. */
export function listen({ canvas, toolbar, does }) {
  find("help").addEventListener("click", showHelp);
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const isTyping = event.target.matches("input:not([type=range], [type=checkbox], [type=radio])");
    if ((event.ctrlKey || event.metaKey) && !isTyping) return control(event, canvas, does);
    if (isTyping || event.ctrlKey || event.metaKey) return undefined;
    if (event.target === canvas.host && ARROWS[event.key]) {
      event.preventDefault();
      const step = event.shiftKey ? 10 : 1;
      return canvas.tool?.key?.(
        event,
        ARROWS[event.key].map((value) => value * step),
      );
    }
    return plain(event, canvas, toolbar, does);
  });
  canvas.host.addEventListener("keyup", (event) => ARROWS[event.key] && canvas.tool?.keyUp?.());
}

function control(event, canvas, does) {
  if (event.target === canvas.host && ARROWS[event.key]) {
    event.preventDefault();
    return canvas.panBy(...ARROWS[event.key].map((value) => -PAN * value));
  }
  const key = event.key.toLowerCase();
  const action = { z: event.shiftKey ? does.redo : does.undo, y: does.redo, s: does.save }[key];
  if (!action) return undefined;
  event.preventDefault();
  return action();
}

function plain(event, canvas, toolbar, does) {
  const key = event.key.toLowerCase();
  const tool = toolbar.byKey(key);
  const actions = {
    "[": () => toolbar.resizeBrush(1 / 1.25),
    "]": () => toolbar.resizeBrush(1.25),
    "+": () => canvas.zoomBy(1.25),
    "=": () => canvas.zoomBy(1.25),
    "-": () => canvas.zoomBy(0.8),
    0: () => canvas.fit(),
    "/": does.ask,
    "?": showHelp,
    ",": () => does.rotate(-2),
    ".": () => does.rotate(2),
    "<": () => does.rotate(-15),
    ">": () => does.rotate(15),
    l: does.more,
    n: () => does.turn(event.shiftKey ? -1 : 1),
    x: does.mirror,
    k: does.keep,
    r: does.roll,
    m: does.merge,
    t: does.lift,
    o: does.open,
    delete: does.delete,
    escape: does.clear,
  };
  const action = tool
    ? () => toolbar.use(tool)
    : /^[1-8]$/.test(key)
      ? () => does.take(Number(key) - 1)
      : actions[key];
  if (!action || event.altKey) return;
  event.preventDefault();
  action();
}

function showHelp() {
  const rows = LIST.flatMap(([keys, what]) => [make("dt", {}, keys), make("dd", {}, what)]);
  const close = make("div", { class: "row end" }, make("button", { value: "close" }, "Close"));
  const form = make(
    "form",
    { method: "dialog" },
    make("h2", { id: "help-title" }, "Keys"),
    make("dl", {}, ...rows),
    close,
  );
  find("help-dialog").replaceChildren(form);
  find("help-dialog").showModal();
}
