// Masks as COCO run-length strings: columns first, as scene/rle.py writes them.

const MOST_BYTES = 128e6;
const kept = new Map();
let bytes = 0;

/** The pixels of an RLE, row by row, 0 or 1. Kept for a while: do not change them, copy them. */
export function decode(rle) {
  const [height, width] = rle.size;
  const key = `${width}x${height}:${rle.counts}`;
  const known = kept.get(key);
  if (known) {
    kept.delete(key);
    kept.set(key, known);
    return known;
  }
  const mask = new Uint8Array(width * height);
  let place = 0;
  let value = 0;
  for (const run of runsOf(rle.counts)) {
    if (value) {
      let row = place % height;
      let at = row * width + (place - row) / height;
      for (let i = 0; i < run; i++) {
        mask[at] = 1;
        at += width;
        if (++row === height) {
          row = 0;
          at += 1 - width * height;
        }
      }
    }
    place += run;
    value ^= 1;
  }
  if (place !== width * height)
    throw new Error(`the mask's runs cover ${place} pixels, not ${width} x ${height}`);
  kept.set(key, mask);
  bytes += mask.length;
  for (const [oldest, { length }] of kept) {
    if (bytes <= MOST_BYTES || oldest === key) break;
    kept.delete(oldest);
    bytes -= length;
  }
  return mask;
}

function runsOf(counts) {
  const runs = [];
  for (let at = 0; at < counts.length;) {
    let value = 0;
    let shift = 0;
    let group;
    do {
      group = counts.charCodeAt(at++) - 48;
      value |= (group & 31) << shift;
      shift += 5;
    } while (group & 32);
    if (group & 16 && shift < 32) value |= -1 << shift;
    if (runs.length > 2) value += runs[runs.length - 2];
    runs.push(value);
  }
  return runs;
}

/** The RLE of pixels given row by row. */
export function encode(mask, [width, height]) {
  const runs = [];
  let value = 0;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let at = x; at < mask.length; at += width) {
      if (mask[at] !== value) {
        runs.push(run);
        run = 0;
        value = mask[at];
      }
      run++;
    }
  }
  runs.push(run);
  const text = [];
  for (let i = 0; i < runs.length; i++) {
    let rest = i > 2 ? runs[i] - runs[i - 2] : runs[i];
    let more = true;
    while (more) {
      const group = rest & 31;
      rest >>= 5;
      more = rest !== (group & 16 ? -1 : 0);
      text.push(String.fromCharCode(group + (more ? 32 : 0) + 48));
    }
  }
  return { size: [height, width], counts: text.join("") };
}
