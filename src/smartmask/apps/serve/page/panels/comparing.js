// Before and after an insertion, with a slider between them, and the pixels that changed.

import { find } from "../elements.js";
import { decode } from "../canvas/rle.js";

export class Comparing {
  constructor({ painting, store }) {
    Object.assign(this, { painting, store });
    this.panel = find("compare");
    find("share").addEventListener("input", () => this.#show());
    find("changed").addEventListener("change", () => this.#show());
    find("compare-close").addEventListener("click", () => this.store.step({ inserted: null }));
  }

  /** Show the panel where there is something to compare; `before` is the bitmap of the photo before. */
  render({ inserted, photo }, before) {
    this.panel.hidden = !inserted;
    this.before = inserted ? before : null;
    this.size = photo?.size;
    this.painting.changed.image(inserted ? tinted(inserted.changed) : null);
    this.#show();
  }

  #show() {
    const size = this.size ?? [1, 1];
    const edge = Math.round((size[0] * find("share").value) / 100);
    this.painting.showBefore(this.before, edge, size, find("changed").checked);
  }
}

function tinted(rle) {
  const [height, width] = rle.size;
  const bitmap = new OffscreenCanvas(width, height);
  const context = bitmap.getContext("2d");
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  decode(rle).forEach((value, at) => (words[at] = value ? 0xb400c8ff : 0));
  context.putImageData(pixels, 0, 0);
  return bitmap;
}
