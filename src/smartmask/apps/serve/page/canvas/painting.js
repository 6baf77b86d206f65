// What is drawn on the canvas: the photo, the layout over it, the hint, and the mask of the object.
/* global Konva */

import { regionsOf } from "./regions.js";
import { boxOfRings, tracePath } from "./masks.js";

export const ACCENT = "#ff266e";
const HINT = "#ffd60a";
const FILL = "rgba(255, 38, 110, 0.5)";

export class Painting {
  #shown = { live: null, preview: null, object: null };
  #layout = null;
  #hovered = null;

  constructor(canvas) {
    this.canvas = canvas;
    const still = { listening: false };
    this.photo = new Konva.Image({ ...still, image: null });
    this.regions = new Konva.Image({ ...still, image: null, opacity: 0.3 });
    this.names = new Konva.Shape({ ...still, sceneFunc: (context) => this.#drawNames(context._context) });
    this.before = new Konva.Image({ ...still, image: null, visible: false });
    this.changed = new Konva.Image({ ...still, image: null, visible: false });
    this.split = new Konva.Rect({ ...still, fill: "#fff", visible: false });
    this.chosen = new Konva.Shape({ ...still, sceneFunc: (context) => this.#drawChosen(context._context) });
    canvas.picture.add(
      this.photo,
      this.regions,
      this.chosen,
      this.names,
      this.before,
      this.changed,
      this.split,
    );
    this.strokes = new Konva.Image({ ...still, image: null });
    this.rings = [];
    this.veil = null; // the object's pixels, where parts of it are hidden
    this.mask = new Konva.Shape({ draggable: true, listening: false, visible: false });
    this.mask.sceneFunc((context) => this.#drawMask(context._context));
    this.mask.hitFunc((context, shape) => {
      const [x0, y0, x1, y1] = boxOfRings(this.rings);
      context.beginPath();
      context.rect(x0, y0, x1 - x0, y1 - y0);
      context.fillShape(shape);
    });
    this.mask.getSelfRect = () => {
      const [x0, y0, x1, y1] = this.rings.length ? boxOfRings(this.rings) : [0, 0, 0, 0];
      return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
    };
    this.hintBox = new Konva.Rect({
      ...still,
      draggable: true,
      visible: false,
      stroke: HINT,
      strokeWidth: 2,
    });
    this.hintBox.setAttrs({
      strokeScaleEnabled: false,
      shadowColor: "#000",
      shadowBlur: 3,
      shadowOpacity: 0.6,
    });
    this.lasso = new Konva.Line({ ...still, stroke: HINT, strokeWidth: 2, strokeScaleEnabled: false });
    const look = {
      rotateEnabled: false,
      ignoreStroke: true,
      anchorSize: 10,
      anchorCornerRadius: 5,
      padding: 0,
    };
    this.boxHandles = new Konva.Transformer({
      ...look,
      keepRatio: false,
      borderStroke: HINT,
      anchorStroke: "#8a7200",
    });
    this.maskHandles = new Konva.Transformer({
      ...look,
      rotateEnabled: true,
      rotateAnchorOffset: 28,
      borderStroke: ACCENT,
      anchorStroke: ACCENT,
    });
    this.brush = new Konva.Circle({ ...still, stroke: "#fff", strokeWidth: 1.5, visible: false });
    this.brush.setAttrs({
      strokeScaleEnabled: false,
      shadowColor: "#000",
      shadowBlur: 2,
      shadowOpacity: 0.8,
    });
    canvas.drawing.add(
      this.strokes,
      this.mask,
      this.hintBox,
      this.lasso,
      this.boxHandles,
      this.maskHandles,
      this.brush,
    );
    canvas.onZoom = () => canvas.picture.batchDraw();
  }

  showPhoto(bitmap, size) {
    this.canvas.setSize(size);
    this.photo.setAttrs({ image: bitmap, width: size[0], height: size[1] });
    this.#dim();
  }

  showLayout(layout) {
    this.#layout = layout;
    this.regions.image(layout ? regionsOf(layout).bitmap : null);
    this.#dim();
  }

  /** How strongly the layout shows over the photo, from 0 to 1; without a photo it is all there is. */
  set opacity(value) {
    this.strength = value;
    this.#dim();
  }

  /** Show the photo before up to a column, and after it the photo now; nothing of it without a bitmap. */
  showBefore(bitmap, edge, [width, height], isChangedShown) {
    this.before.setAttrs({ visible: Boolean(bitmap), image: bitmap, width: Math.max(edge, 1), height });
    this.before.crop({ x: 0, y: 0, width: Math.max(edge, 1), height });
    this.changed.setAttrs({ visible: Boolean(bitmap) && isChangedShown, width, height });
    const line = 2 / this.canvas.zoom;
    this.split.setAttrs({ visible: Boolean(bitmap), x: edge - line / 2, width: line, height });
    this.#dim();
  }

  #dim() {
    const opacity = this.before.visible() ? 0 : this.photo.image() ? (this.strength ?? 0.3) : 1;
    this.regions.opacity(opacity);
    this.names.visible(opacity > 0);
    this.canvas.picture.batchDraw();
  }

  /** Ring the chosen layers. */
  showChosen(rings) {
    this.chosenRings = rings;
    this.canvas.picture.batchDraw();
  }

  #drawChosen(context) {
    if (!this.chosenRings?.length) return;
    tracePath(context, this.chosenRings);
    this.#stroke(context, 4, "rgba(0, 0, 0, 0.55)");
    this.#stroke(context, 2, "#fff");
  }

  /** The layer at a point, or null. */
  layerAt([x, y]) {
    if (!this.#layout) return null;
    const [width, height] = this.#layout.size;
    const [column, row] = [Math.min(Math.floor(x), width - 1), Math.min(Math.floor(y), height - 1)];
    const number = regionsOf(this.#layout).index[row * width + column];
    return number < 0 ? null : this.#layout.layers[number];
  }

  set hovered(number) {
    if (number === this.#hovered) return;
    this.#hovered = number;
    this.canvas.picture.batchDraw();
  }

  /** Show a mask's rings: "live" while a box is dragged, "preview" under the pointer, or the "object" itself. */
  showMask(kind, rings, veil = null) {
    this.#shown[kind] = rings ? { rings, veil } : null;
    const { rings: shown, veil: over } = this.#shown.preview ?? this.#shown.live ?? this.#shown.object ?? {};
    this.rings = shown ?? [];
    this.veil = over ?? null;
    this.mask.visible(this.rings.length > 0);
    this.canvas.host.dataset.mask = Object.keys(this.#shown).find((name) => this.#shown[name]) ?? "";
    if (this.maskHandles.nodes().length) this.maskHandles.forceUpdate();
    this.canvas.drawing.batchDraw();
  }

  showBox(box) {
    this.hintBox.visible(Boolean(box));
    if (box) {
      const [x0, y0, x1, y1] = box;
      this.hintBox.setAttrs({ x: x0, y: y0, width: x1 - x0, height: y1 - y0, scaleX: 1, scaleY: 1 });
    }
    if (this.boxHandles.nodes().length) this.boxHandles.forceUpdate();
  }

  #drawMask(context) {
    if (!this.rings.length) return;
    if (this.veil) context.drawImage(this.veil, 0, 0);
    tracePath(context, this.rings);
    context.fillStyle = FILL;
    if (!this.veil) context.fill("evenodd");
    this.#stroke(context, 4, "rgba(255, 255, 255, 0.9)");
    this.#stroke(context, 2, ACCENT);
  }

  /** Stroke the path in units of the screen, whatever scales it. */
  #stroke(context, width, colour) {
    const ratio = this.canvas.drawing.getCanvas().getPixelRatio();
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    Object.assign(context, { lineWidth: width, strokeStyle: colour, lineJoin: "round" });
    context.stroke();
    context.restore();
  }

  #drawNames(context) {
    if (!this.#layout) return;
    const zoom = this.canvas.zoom;
    const placed = [];
    const names = regionsOf(this.#layout).names;
    for (const name of [...names].sort(
      (one, other) => (other.number === this.#hovered) - (one.number === this.#hovered),
    )) {
      const isHovered = name.number === this.#hovered;
      context.font = `${isHovered ? 600 : 500} 12px system-ui, sans-serif`;
      const text = name.label.length > 24 ? `${name.label.slice(0, 23)}…` : name.label;
      const width = context.measureText(text).width + 12;
      const most = Math.max(this.canvas.size[0] * zoom - width / 2, width / 2);
      const [x, y] = [Math.min(Math.max(name.x * zoom, width / 2), most), name.y * zoom];
      const isClear = placed.every(
        (other) => Math.abs(other.x - x) * 2 > other.width + width || Math.abs(other.y - y) > 22,
      );
      if (!isHovered && (!isClear || name.depth * 16 * zoom < 14)) continue;
      placed.push({ x, y, width });
      context.save();
      context.scale(1 / zoom, 1 / zoom);
      context.fillStyle = isHovered ? "rgba(20, 20, 24, 0.92)" : "rgba(20, 20, 24, 0.62)";
      context.beginPath();
      context.roundRect(x - width / 2, y - 10, width, 20, 10);
      context.fill();
      Object.assign(context, { fillStyle: "#fff", textAlign: "center", textBaseline: "middle" });
      context.fillText(text, x, y + 0.5);
      context.restore();
    }
  }
}
