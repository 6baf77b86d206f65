// The tool for what is there: move, scale, rotate and mirror the object in hand, pick layers.

import * as api from "../api.js";
import { boxOfRings, centreOf, outlineOf, product } from "../canvas/masks.js";
import { decode } from "../canvas/rle.js";
import { sayError, setPhase } from "../elements.js";

const IDENTITY = [1, 0, 0, 1, 0, 0];

export class MoveTool {
  name = "move";
  #waiting = 0; // changes that are not done yet

  constructor({ canvas, painting, store, layers, suggesting }) {
    Object.assign(this, { canvas, painting, store, layers, suggesting });
    painting.mask.on("dragend transformend", () => {
      const matrix = [...painting.mask.getTransform().getMatrix()];
      this.change(() => matrix);
    });
  }

  get tip() {
    const { object } = this.store.state;
    return object ? "Drag, scale or rotate it, then keep it." : "Click a region to choose it.";
  }

  enter() {
    this.render(this.store.state);
  }

  leave() {
    this.painting.maskHandles.nodes([]);
    this.painting.mask.listening(false);
  }

  render({ object }) {
    this.painting.mask.listening(Boolean(object));
    this.painting.maskHandles.nodes(object ? [this.painting.mask] : []);
  }

  down(point, event) {
    const layer = this.painting.layerAt(point);
    this.layers.choose(layer?.number ?? null, event.shiftKey || event.ctrlKey || event.metaKey);
    return null;
  }

  hover(point) {
    const layer = point && this.painting.layerAt(point);
    this.painting.hovered = layer ? layer.number : null;
  }

  open(point) {
    const layer = this.painting.layerAt(point);
    if (layer) this.layers.rename(layer.number);
  }

  key(event, [dx, dy]) {
    if (!this.store.state.object) return;
    if (!event.altKey) return this.change(() => [1, 0, 0, 1, dx, dy]);
    this.change(({ outline }) => {
      const [x0, , x1, y1] = boxOfRings(outline);
      const scale = Math.max(1 + (dx || -dy) / (x1 - x0), 0.05);
      return [scale, 0, 0, scale, ((1 - scale) * (x0 + x1)) / 2, (1 - scale) * y1];
    });
  }

  mirror() {
    this.change(({ outline }) => {
      const [x0, , x1] = boxOfRings(outline);
      return [-1, 0, 0, 1, x0 + x1, 0];
    });
  }

  /** Rotate it about its centre of gravity, clockwise. */
  rotate(degrees) {
    const [cos, sin] = [Math.cos, Math.sin].map((of) => of((degrees * Math.PI) / 180));
    this.change(({ outline }) => {
      const [x, y] = centreOf(outline);
      return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
    });
  }

  /** Map the object when what was asked before is done; `mapOf` gives the map of the object as it is then. */
  change(mapOf) {
    setPhase("editing");
    this.#waiting += 1;
    this.suggesting.changing = this.suggesting.changing.then(() => this.#change(mapOf));
  }

  async #change(mapOf) {
    const { id, object } = this.store.state;
    try {
      if (!object) return;
      // Mapped from the first mask each time: what many small turns would round off is not lost.
      const { rle: first, matrix: before } = object.base ?? { rle: object.rle, matrix: IDENTITY };
      const map = mapOf(object);
      const matrix = product(map, before);
      const { rle, outline: drawn } = await api.transform({ rle: first, matrix });
      if (this.store.state.id !== id) return; // undone meanwhile
      this.#reset();
      const outline = drawn ?? outlineOf(decode(rle), this.canvas.size);
      const turning = object.turning && turningOf(rle, object.turning.now, map);
      this.store.step({ object: { ...object, base: { rle: first, matrix }, rle, outline, score: null, turning } });
    } catch (error) {
      this.#reset();
      sayError(error);
      this.store.amend({});
    } finally {
      this.#waiting -= 1;
      if (!this.#waiting) setPhase("ready");
    }
  }

  #reset() {
    this.painting.mask.setAttrs({ x: 0, y: 0, scaleX: 1, scaleY: 1, rotation: 0, skewX: 0, skewY: 0 });
  }
}

/** How an object turns to other views from here: from its new place, mirrored if it was mirrored; null if it leans. */
function turningOf(rle, now, [a, b, c, d]) {
  if (b || c) return null;
  const plain = now.replace(" mirrored", "");
  const shape = a * d > 0 ? now : plain === now ? `${plain} mirrored` : plain;
  return { rle, shape, steps: 0, now: shape };
}
