// The box tool: draw a box, move it, resize it; the best mask follows all the while.

const LEAST = 4;

/** A box from corners in any order, in whole pixels on the canvas. */
export function boxBetween([ax, ay], [bx, by], [width, height]) {
  const clipped = (value, most) => Math.min(Math.max(Math.round(value), 0), most);
  return [
    clipped(Math.min(ax, bx), width),
    clipped(Math.min(ay, by), height),
    clipped(Math.max(ax, bx), width),
    clipped(Math.max(ay, by), height),
  ];
}

const isLarge = ([x0, y0, x1, y1]) => x1 - x0 >= LEAST && y1 - y0 >= LEAST;

export class BoxTool {
  name = "box";
  tip = "Draw a box: the mask follows it while you drag.";
  #box = null;

  constructor({ canvas, painting, suggesting, store, setDragging }) {
    Object.assign(this, { canvas, painting, suggesting, store, setDragging });
    const node = painting.hintBox;
    node.on("dragstart transformstart", () => this.#begin());
    node.on("dragmove transform", () => this.#follow(this.#boxOfNode()));
    node.on("dragend transformend", () => this.#end(this.#boxOfNode()));
  }

  enter() {
    this.render(this.store.state);
  }

  leave() {
    this.painting.boxHandles.nodes([]);
    this.painting.hintBox.listening(false);
  }

  render({ hint }) {
    const isBox = hint.kind === "box";
    this.painting.hintBox.listening(isBox);
    this.painting.boxHandles.nodes(isBox ? [this.painting.hintBox] : []);
  }

  down(start) {
    if (!this.#begin()) return null;
    this.painting.boxHandles.nodes([]);
    let box = null;
    return {
      move: (point) => {
        box = boxBetween(start, point, this.canvas.size);
        this.#follow(box);
      },
      up: () => this.#end(box),
      cancel: () => this.#end(null),
    };
  }

  /** Arrow keys move the box; with Alt they move its right and lower side. */
  key(event, [dx, dy]) {
    const { hint } = this.store.state;
    const [width, height] = this.canvas.size;
    const drawn = this.#box ?? (hint.kind === "box" ? hint.box : null);
    if (!this.suggesting.isReady) return;
    const middle = [width * 0.4, height * 0.4, width * 0.6, height * 0.8].map(Math.round);
    const [x0, y0, x1, y1] = drawn ?? middle;
    const moved = event.altKey ? [x0, y0, x1 + dx, y1 + dy] : [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
    if (!drawn) this.#begin();
    const isInside = moved[0] >= 0 && moved[1] >= 0 && moved[2] <= width && moved[3] <= height;
    this.#follow(drawn && isInside && isLarge(moved) ? moved : [x0, y0, x1, y1]);
  }

  keyUp() {
    if (this.#box) this.#end(this.#box);
  }

  #begin() {
    if (!this.suggesting.isReady) return false;
    this.suggesting.begin().catch(() => {});
    this.painting.showMask("object", null);
    this.setDragging(true);
    return true;
  }

  #follow(box) {
    this.#box = box;
    if (!this.painting.hintBox.isDragging() && !this.painting.boxHandles.isTransforming())
      this.painting.showBox(box);
    if (isLarge(box)) this.suggesting.live(box);
  }

  #end(box) {
    this.#box = null;
    this.setDragging(false);
    if (box && isLarge(box)) return this.suggesting.settle({ kind: "box", box });
    this.suggesting.cancel();
    this.painting.showMask("live", null);
    return this.store.amend({});
  }

  #boxOfNode() {
    const node = this.painting.hintBox;
    const [x, y] = [node.x(), node.y()];
    return boxBetween(
      [x, y],
      [x + node.width() * node.scaleX(), y + node.height() * node.scaleY()],
      this.canvas.size,
    );
  }
}
