// The canvas: Konva's stage, scaled so that its units are the picture's pixels; zoom, pan, and the pointer,
// which goes to the tool at hand unless it grips a handle.
/* global Konva */

import { watchPinch } from "./pinch.js";

const MARGIN = { top: 54, side: 20, bottom: 20 };
const [LEAST_ZOOM, MOST_ZOOM] = [0.05, 16];

export class Canvas {
  #isFitted = true;
  #isSpaceDown = false;
  #interrupt = null; // what calls off the drag that a tool follows

  constructor(host) {
    this.host = host;
    this.size = [1, 1];
    this.tool = null;
    this.stage = new Konva.Stage({ container: host, width: 10, height: 10 });
    this.picture = new Konva.Layer({ listening: false });
    this.drawing = new Konva.Layer();
    this.stage.add(this.picture, this.drawing);
    new ResizeObserver(() => this.#resize()).observe(host);
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    host.addEventListener("keydown", (event) => this.#space(event, true));
    host.addEventListener("keyup", (event) => this.#space(event, false));
    host.addEventListener("contextmenu", (event) => event.preventDefault());
    this.stage.on("pointerdown", (event) => this.#down(event));
    this.stage.on("dblclick dbltap", (event) => this.tool?.open?.(this.pointOf(event.evt)));
    host.addEventListener("pointermove", (event) => this.tool?.hover?.(this.pointOf(event)));
    host.addEventListener("pointerleave", () => this.tool?.hover?.(null));
    watchPinch(this);
  }

  get zoom() {
    return this.stage.scaleX();
  }

  /** Show a picture of another size, fitted. */
  setSize(size) {
    if (size[0] === this.size[0] && size[1] === this.size[1]) return;
    this.size = size;
    this.fit();
  }

  fit() {
    const [width, height] = [this.stage.width(), this.stage.height()];
    const [wide, high] = [width - 2 * MARGIN.side, height - MARGIN.top - MARGIN.bottom];
    const scale = Math.max(Math.min(wide / this.size[0], high / this.size[1]), LEAST_ZOOM);
    this.#isFitted = true;
    this.#place(scale, (width - scale * this.size[0]) / 2, MARGIN.top + (high - scale * this.size[1]) / 2);
  }

  /** Zoom by a factor about a point of the host, its middle if none is given. */
  zoomBy(factor, about = [this.stage.width() / 2, this.stage.height() / 2]) {
    const scale = Math.min(Math.max(this.zoom * factor, LEAST_ZOOM), MOST_ZOOM);
    const grown = scale / this.zoom;
    this.#isFitted = false;
    const [x, y] = [this.stage.x(), this.stage.y()];
    this.#place(scale, about[0] - (about[0] - x) * grown, about[1] - (about[1] - y) * grown);
  }

  /** Move the picture by so many pixels of the screen. */
  panBy(dx, dy) {
    this.#isFitted = false;
    this.#place(this.zoom, this.stage.x() + dx, this.stage.y() + dy);
  }

  /** Call off what the pointer is drawing. */
  interrupt() {
    this.#interrupt?.();
  }

  /** The pixel under an event's pointer, as fractions, kept on the picture. */
  pointOf(event) {
    const frame = this.host.getBoundingClientRect();
    const x = (event.clientX - frame.left - this.stage.x()) / this.zoom;
    const y = (event.clientY - frame.top - this.stage.y()) / this.zoom;
    return [Math.min(Math.max(x, 0), this.size[0]), Math.min(Math.max(y, 0), this.size[1])];
  }

  #place(scale, x, y) {
    this.stage.setAttrs({ scaleX: scale, scaleY: scale, x, y });
    this.host.dataset.place = [scale, x, y].join(" ");
    this.stage.batchDraw();
    this.onZoom?.();
  }

  #resize() {
    this.stage.size({ width: this.host.clientWidth, height: this.host.clientHeight });
    if (this.#isFitted) this.fit();
  }

  #wheel(event) {
    event.preventDefault();
    const frame = this.host.getBoundingClientRect();
    if (event.shiftKey) return this.panBy(-event.deltaX, -event.deltaY);
    // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
    const speed = event.ctrlKey ? 100 : 400;
    const about = [event.clientX - frame.left, event.clientY - frame.top];
    return this.zoomBy(Math.exp(-event.deltaY / speed), about);
  }

  #space(event, isDown) {
    if (event.key !== " ") return;
    event.preventDefault();
    this.#isSpaceDown = isDown;
    this.host.classList.toggle("panning", isDown);
  }

  #down(event) {
    const pointer = event.evt;
    this.host.focus({ preventScroll: true });
    if (pointer.button === 1 || this.#isSpaceDown) return this.#pan(pointer);
    if (!pointer.isPrimary || pointer.button !== 0 || event.target !== this.stage || !this.tool)
      return undefined;
    pointer.preventDefault();
    const drag = this.tool.down?.(this.pointOf(pointer), pointer);
    if (drag)
      this.follow(
        pointer,
        (move) => drag.move(this.pointOf(move), move),
        () => drag.up(),
        () => drag.cancel(),
      );
    return undefined;
  }

  /** Follow one pointer until it is lifted, or the drag is called off. */
  follow(pointer, move, up, cancel = up) {
    const moved = (event) => event.pointerId === pointer.pointerId && move(event);
    const end = (last) => {
      window.removeEventListener("pointermove", moved);
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, lifted);
      this.#interrupt = null;
      last();
    };
    const lifted = (event) => event.pointerId === pointer.pointerId && end(up);
    this.#interrupt = () => end(cancel);
    window.addEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, lifted);
  }

  #pan(pointer) {
    let [x, y] = [pointer.clientX, pointer.clientY];
    const move = (event) => {
      this.panBy(event.clientX - x, event.clientY - y);
      [x, y] = [event.clientX, event.clientY];
    };
    this.follow(pointer, move, () => {});
  }
}
