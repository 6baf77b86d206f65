// The tool for what is there: move, scale and mirror the object in hand, pick layers.

import { boxOfRings, mapped, rasterise } from "../canvas/masks.js";
import { encode } from "../canvas/rle.js";
import { say } from "../elements.js";

export class MoveTool {
  name = "move";
  tip = "Move or scale the object; click a region to choose it.";

  constructor({ canvas, painting, store, layers }) {
    Object.assign(this, { canvas, painting, store, layers });
    painting.mask.on("dragend transformend", () => {
      const node = painting.mask;
      const change = [node.scaleX(), node.scaleY(), node.x(), node.y()];
      node.setAttrs({ x: 0, y: 0, scaleX: 1, scaleY: 1 });
      this.change(change);
    });
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
    const { object } = this.store.state;
    if (!object) return;
    if (!event.altKey) return this.change([1, 1, dx, dy]);
    const [x0, y0, x1, y1] = boxOfRings(object.outline);
    const scale = Math.max(1 + (dx || -dy) / (x1 - x0), 0.05);
    this.change([scale, scale, ((1 - scale) * (x0 + x1)) / 2, (1 - scale) * y1]);
  }

  mirror() {
    const [x0, , x1] = boxOfRings(this.store.state.object.outline);
    this.change([-1, 1, x0 + x1, 0]);
  }

  /** Move, scale or mirror the object: its outline is mapped, its pixels are filled anew. */
  change(by) {
    const { object } = this.store.state;
    const size = this.canvas.size;
    const outline = mapped(object.outline, by);
    const mask = rasterise(outline, size);
    if (!mask.includes(1)) {
      say("That would move it out of the picture.");
      return this.store.amend({});
    }
    const rle = encode(mask, size);
    const turning = object.turning && turningOf(rle, object.turning.now, by[0] < 0);
    return this.store.step({ object: { ...object, outline, rle, score: null, turning } });
  }
}

/** How an object turns from here: from its new place, and mirrored if it was mirrored now. */
function turningOf(rle, now, isMirrored) {
  const plain = now.replace(" mirrored", "");
  const shape = isMirrored && plain === now ? `${plain} mirrored` : isMirrored ? plain : now;
  return { rle, shape, steps: 0, now: shape };
}
