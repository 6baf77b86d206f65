// The page: its parts put together, and drawn anew whenever the state changes.

import * as api from "./api.js";
import { find, sayError, setPhase } from "./elements.js";
import { Store } from "./state.js";
import { Canvas } from "./canvas/canvas.js";
import { Painting } from "./canvas/painting.js";
import { decode } from "./canvas/rle.js";
import { regionsOf } from "./canvas/regions.js";
import { Suggesting } from "./suggesting.js";
import { Opening } from "./opening.js";
import { BoxTool } from "./tools/box.js";
import { BrushTool, RegionTool, strokesOf } from "./tools/strokes.js";
import { MoveTool } from "./tools/moving.js";
import { Toolbar } from "./tools/toolbar.js";
import { Suggestions } from "./panels/suggestions.js";
import { Layers } from "./panels/layers.js";
import { InHand } from "./panels/inhand.js";
import { Comparing } from "./panels/comparing.js";
import { Saving } from "./panels/saving.js";
import { Planning } from "./panels/planning.js";
import { Command } from "./panels/command.js";
import { listen } from "./keys.js";

export const store = new Store();
const canvas = new Canvas(find("canvas"));
const painting = new Painting(canvas);
const suggesting = new Suggesting(store, painting);
const layers = new Layers({ painting, store });
const setDragging = (isDragging) => setPhase(isDragging ? "dragging" : "ready");
const parts = { canvas, painting, suggesting, store, layers, setDragging };
const moving = new MoveTool(parts);
const tools = [
  moving,
  new BoxTool(parts),
  new RegionTool(parts),
  new BrushTool(parts, "scribble", "Paint its rough shape."),
  new BrushTool(parts, "avoid", "Paint what it must leave free."),
  new BrushTool(parts, "eraser", "Take away what you painted."),
  new BrushTool(parts, "edge", "Paint the mask itself; with Alt take away."),
];
const toolbar = new Toolbar({ canvas, store, tools });
const suggestions = new Suggestions(parts);
const saving = new Saving(parts);
const inHand = new InHand({ ...parts, suggestions, moving, saving });
const comparing = new Comparing(parts);
const planning = new Planning({ store, show: () => render(store.state) });
const again = (seed) =>
  store.state.layout && find("prompt").value.trim()
    ? suggesting.settle(store.state.hint, seed)
    : store.step({ seed });
const command = new Command({ store, again });
const opening = new Opening({ store, insertCutout: (file) => inHand.insert(file) });

const bitmaps = new Map();

async function bitmapOf(id) {
  if (!bitmaps.has(id)) bitmaps.set(id, await api.picture(id));
  if (bitmaps.size > 12) bitmaps.delete(bitmaps.keys().next().value);
  return bitmaps.get(id);
}

opening.show = async ({ id, size }) => {
  const bitmap = await bitmapOf(id);
  find("welcome").hidden = true;
  painting.showLayout(null);
  painting.showMask("object", null);
  painting.showBox(null);
  painting.showPhoto(bitmap, size);
};

/** The object's pixels, paler where a layer hides them. */
function veilOf({ rle, behind }, layout) {
  if (!behind.length) return null;
  const [width, height] = layout.size;
  const { index } = regionsOf(layout);
  const veil = new OffscreenCanvas(width, height);
  const context = veil.getContext("2d");
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  const isFront = layout.layers.map((layer) => behind.includes(layer.number));
  decode(rle).forEach((value, at) => {
    if (value) words[at] = isFront[index[at]] ? 0x306e26ff : 0x906e26ff;
  });
  context.putImageData(pixels, 0, 0);
  return veil;
}

async function render(state) {
  canvas.host.dataset.drawn = "false";
  const layout = planning.layout ?? state.layout;
  const { photo, hint, object, answer, inserted } = state;
  let before = null;
  let bitmap = null;
  try {
    bitmap = photo && (await bitmapOf(photo.id));
    before = inserted && (await bitmapOf(inserted.before));
  } catch (error) {
    sayError(error);
  }
  if (state !== store.state) return; // a newer one is being drawn
  if (layout) painting.showPhoto(bitmap, photo?.size ?? layout.size);
  painting.showLayout(layout);
  painting.showBox(hint.kind === "box" && !object ? hint.box : null);
  const strokes = object ? null : strokesOf(hint, canvas.size);
  painting.strokes.setAttrs({ image: strokes, width: canvas.size[0], height: canvas.size[1] });
  const best = answer?.kind === "suggest" ? answer.suggestions[0] : null;
  const shown = object ?? best;
  painting.showMask("object", shown?.outline ?? null, object && layout ? veilOf(object, layout) : null);
  layers.render({ ...state, layout });
  inHand.render(state);
  suggestions.render(state, bitmap ?? (layout && regionsOf(layout).bitmap));
  command.render(state);
  comparing.render(state, before);
  toolbar.render(state);
  find("undo").disabled = !store.canUndo;
  find("redo").disabled = !store.canRedo;
  for (const id of ["go", "save", "roll"]) find(id).disabled = !layout;
  canvas.host.dataset.drawn = "true";
}

store.subscribe((state, previous) => {
  if (state.prompt && state.prompt !== previous.prompt) find("prompt").value = state.prompt;
  if (state.object && !previous.object) toolbar.use("move");
  if (!state.object && previous.object && canvas.tool.name === "move") toolbar.use("box");
  if (!state.layout) opening.toggle(true);
  render(state);
});

find("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const isScene = document.querySelector("input[name=what]:checked").value === "scene";
  if (!isScene) return suggesting.settle(store.state.hint);
  const prompt = find("prompt").value.trim();
  return store.state.layout && prompt ? planning.begin(prompt) : suggesting.isReady;
});
for (const choice of document.getElementsByName("what")) {
  choice.addEventListener("change", () => {
    const isScene = choice.value === "scene";
    find("go").textContent = isScene ? "Plan" : "Suggest";
    find("prompt").placeholder = isScene
      ? "What does the scene show? For instance: a living room with two armchairs"
      : "What is to come? For instance: a dog";
  });
}
find("opacity").addEventListener("input", (event) => (painting.opacity = event.target.value / 100));
const [undo, redo] = [() => store.undo(), () => store.redo()].map((go) => () => {
  suggesting.cancel();
  painting.showMask("live", null);
  setPhase(store.state.layout ? "ready" : "empty");
  go();
});
find("undo").addEventListener("click", undo);
find("redo").addEventListener("click", redo);

for (const [name, zoom] of [
  ["out", () => canvas.zoomBy(0.8)],
  ["fit", () => canvas.fit()],
  ["in", () => canvas.zoomBy(1.25)],
]) {
  find(`zoom-${name}`).addEventListener("click", zoom);
}

const ifInHand = (act) => () => store.state.object && act();
listen({
  canvas,
  toolbar,
  does: {
    undo,
    redo,
    save: () => saving.open(),
    ask: () => find("prompt").select(),
    more: ifInHand(() => find("more").click()),
    turn: (by) => store.state.object && suggesting.turn(by),
    mirror: ifInHand(() => moving.mirror()),
    rotate: (degrees) => store.state.object && moving.rotate(degrees),
    keep: ifInHand(() => suggesting.keep().catch(sayError)),
    roll: () => command.roll(),
    merge: () => layers.merge(),
    lift: () => layers.lift(),
    clear: () => toolbar.clear(),
    open: () => opening.toggle(),
    delete: () => layers.delete(),
    take: (number) => store.state.answer?.suggestions[number] && suggesting.take(number),
  },
});

const { photo } = api.takeAddress();
toolbar.use("box");
render(store.state);
if (photo) opening.open(() => api.photoOf(photo));
else {
  setPhase("empty");
  find("choose").focus();
}
