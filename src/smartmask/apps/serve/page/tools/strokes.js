// Tools that paint: the region (a closed line), the scribble and what it leaves free, the eraser, and the brush
// for the edge of the object in hand.

import { say } from "../elements.js";
import { boxOf, outlineOf, paint, rasterise } from "../canvas/masks.js";
import { decode, encode } from "../canvas/rle.js";

const WANTED = [255, 214, 10, 150];
const AVOID = [30, 144, 255, 170];
const css = ([red, green, blue, alpha]) => `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;

/** A picture of a hint's painted pixels, or null if it has none. */
export function strokesOf(hint, [width, height]) {
  const parts = [
    [hint.rle ?? hint.wanted, WANTED],
    [hint.avoid, AVOID],
  ].filter(([rle]) => rle);
  if (!parts.length) return null;
  const bitmap = new OffscreenCanvas(width, height);
  const context = bitmap.getContext("2d");
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  for (const [rle, [red, green, blue, alpha]] of parts) {
    const mask = decode(rle);
    const word = (alpha << 24) | (blue << 16) | (green << 8) | red;
    for (let at = 0; at < mask.length; at++) if (mask[at]) words[at] = word;
  }
  context.putImageData(pixels, 0, 0);
  return bitmap;
}

const painted = (mask, size) => (mask.includes(1) ? encode(mask, size) : null);

export class RegionTool {
  name = "region";
  tip = "Draw round the place where it may go.";

  constructor({ canvas, painting, suggesting, store, setDragging }) {
    Object.assign(this, { canvas, painting, suggesting, store, setDragging });
  }

  down(start) {
    if (!this.suggesting.isReady) return null;
    const points = [start];
    const cancel = () => {
      this.setDragging(false);
      this.painting.lasso.points([]);
    };
    this.setDragging(true);
    return {
      cancel,
      move: (point) => {
        points.push(point);
        this.painting.lasso.points(points.flat());
      },
      up: () => {
        cancel();
        const rle =
          points.length > 2
            ? painted(rasterise([points], this.canvas.size, "nonzero"), this.canvas.size)
            : null;
        if (rle) this.suggesting.settle({ kind: "region", rle });
      },
    };
  }
}

export class BrushTool {
  static radius = 14;

  constructor({ canvas, painting, suggesting, store, setDragging }, name, tip) {
    Object.assign(this, { canvas, painting, suggesting, store, setDragging, name, tip });
    this.removes = false;
  }

  get hasBrush() {
    return true;
  }

  leave() {
    this.painting.brush.visible(false);
  }

  hover(point) {
    this.painting.brush.visible(Boolean(point));
    if (point) this.painting.brush.setAttrs({ x: point[0], y: point[1], radius: BrushTool.radius });
  }

  down(start, event) {
    const isEdge = this.name === "edge";
    const { hint, object } = this.store.state;
    if (isEdge ? !object : !this.suggesting.isReady) return null;
    const size = this.canvas.size;
    const copy = (rle) => (rle ? decode(rle).slice() : new Uint8Array(size[0] * size[1]));
    const [first, second] = isEdge ? [object.rle, null] : [hint.rle ?? hint.wanted, hint.avoid];
    const strokes = {
      wanted: copy(first),
      avoid: copy(second),
      removes: this.name === "eraser" || (isEdge && this.removes !== event.altKey),
    };
    this.setDragging(true);
    const canvas = this.#canvasOf(isEdge ? {} : hint);
    let last = start;
    const move = (point) => {
      this.#stroke(strokes, canvas, last, point);
      last = point;
      this.hover(point);
    };
    move(start);
    const cancel = () => {
      this.setDragging(false);
      this.store.amend({});
    };
    return { move, cancel, up: () => this.#end(strokes) };
  }

  #stroke({ wanted, avoid, removes }, context, from, to) {
    const [size, radius] = [this.canvas.size, BrushTool.radius];
    if (removes) {
      paint(wanted, size, from, to, radius, 0);
      paint(avoid, size, from, to, radius, 0);
    } else {
      paint(this.name === "avoid" ? avoid : wanted, size, from, to, radius, 1);
      if (this.name === "scribble") paint(avoid, size, from, to, radius, 0);
    }
    const isErased = this.name === "eraser";
    const colour =
      this.name === "avoid"
        ? css(AVOID)
        : this.name === "edge" && removes
          ? "rgba(0, 0, 0, 0.6)"
          : css(WANTED);
    context.globalCompositeOperation = isErased ? "destination-out" : "source-over";
    Object.assign(context, {
      lineCap: "round",
      lineWidth: 2 * radius,
      strokeStyle: isErased ? "#000" : colour,
    });
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]);
    context.stroke();
    this.canvas.drawing.batchDraw();
  }

  #canvasOf(hint) {
    const bitmap = new OffscreenCanvas(...this.canvas.size);
    const context = bitmap.getContext("2d");
    const drawn = strokesOf(hint, this.canvas.size);
    if (drawn) context.drawImage(drawn, 0, 0);
    this.painting.strokes.setAttrs({ image: bitmap, width: bitmap.width, height: bitmap.height });
    return context;
  }

  #end({ wanted, avoid }) {
    const size = this.canvas.size;
    this.setDragging(false);
    if (this.name === "edge") return this.#repaint(wanted);
    const { hint } = this.store.state;
    if (hint.kind === "region" && this.name === "eraser") {
      const rle = painted(wanted, size);
      return rle
        ? this.suggesting.settle({ kind: "region", rle })
        : this.store.step({ hint: { kind: "none" } });
    }
    const drawn = { kind: "scribble", wanted: painted(wanted, size), avoid: painted(avoid, size) };
    if (drawn.wanted) return this.suggesting.settle(drawn);
    if (drawn.avoid) say("Now paint its rough shape with the scribble.");
    return this.store.step({ hint: drawn.avoid ? drawn : { kind: "none" }, answer: null });
  }

  #repaint(mask) {
    const { object } = this.store.state;
    const size = this.canvas.size;
    if (!boxOf(mask, size)) return this.store.amend({});
    return this.store.step({
      object: { ...object, rle: encode(mask, size), outline: outlineOf(mask, size), base: null, score: null, turning: null },
    });
  }
}
