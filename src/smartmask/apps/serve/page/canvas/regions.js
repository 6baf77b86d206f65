// A layout as it is drawn over its photo: coloured regions, which of them a pixel belongs to, where names go.

import { decode } from "./rle.js";

const CELL = 8; // names are placed on a grid of so many pixels
const LEAST_DEPTH = 2; // cells between a name and its region's border

const known = new Map();

/** { bitmap, index, names } of a layout; index holds a layer's number or -1 at each pixel. */
export function regionsOf(layout) {
  if (known.has(layout.layout_id)) return known.get(layout.layout_id);
  const [width, height] = layout.size;
  const index = new Int16Array(width * height).fill(-1);
  for (const layer of layout.layers) {
    const mask = decode(layer.rle);
    for (let at = 0; at < mask.length; at++) if (mask[at]) index[at] = layer.number;
  }
  const regions = { bitmap: bitmapOf(layout, index), index, names: namesOf(layout, index) };
  known.set(layout.layout_id, regions);
  if (known.size > 4) known.delete(known.keys().next().value);
  return regions;
}

function bitmapOf(layout, index) {
  const [width, height] = layout.size;
  const colours = layout.layers.map((layer) => {
    const value = parseInt(layer.colour.slice(1), 16);
    return (255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
  });
  const bitmap = new OffscreenCanvas(width, height);
  const context = bitmap.getContext("2d");
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  for (let at = 0; at < index.length; at++) {
    const isBorder =
      (at + 1) % width &&
      (index[at] !== index[at + 1] || (at + width < index.length && index[at] !== index[at + width]));
    if (index[at] >= 0) words[at] = isBorder ? 0xffffffff : colours[index[at]];
  }
  context.putImageData(pixels, 0, 0);
  return bitmap;
}

/** For each region the middle of its widest part, unless it is too thin for a name. */
function namesOf(layout, index) {
  const [width, height] = layout.size;
  const [columns, rows] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const at = (column, row) => {
    const [x, y] = [
      Math.min(column * CELL + CELL / 2, width - 1),
      Math.min(row * CELL + CELL / 2, height - 1),
    ];
    return index[y * width + x];
  };
  const depth = new Float32Array(columns * rows);
  const reach = (column, row, dc, dr) => {
    const [c, r] = [column + dc, row + dr];
    if (c < 0 || r < 0 || c >= columns || r >= rows || at(c, r) !== at(column, row)) return 1;
    return depth[r * columns + c] + 1;
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      depth[row * columns + column] = Math.min(reach(column, row, -1, 0), reach(column, row, 0, -1));
    }
  }
  const best = new Map();
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const place = row * columns + column;
      depth[place] = Math.min(depth[place], reach(column, row, 1, 0), reach(column, row, 0, 1));
      const number = at(column, row);
      if (number >= 0 && depth[place] > (best.get(number)?.depth ?? LEAST_DEPTH)) {
        best.set(number, { number, depth: depth[place], x: (column + 0.5) * CELL, y: (row + 0.5) * CELL });
      }
    }
  }
  const named = [...best.values()].sort((one, other) => other.depth - one.depth);
  return named.map((name) => ({ ...name, label: layout.layers[name.number].label }));
}
