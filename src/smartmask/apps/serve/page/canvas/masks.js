// Masks and their outlines: pixels row by row in a Uint8Array, outlines as rings of [x, y] that are filled by
// the even-odd rule. Sizes are [width, height].

/** The tight box [x0, y0, x1, y1] of a mask, or null if it is empty. */
export function boxOf(mask, [width, height]) {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!mask[at]) continue;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      y1 = y + 1;
    }
  }
  return x1 > x0 ? [x0, y0, x1, y1] : null;
}

/** The box round rings. */
export function boxOfRings(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (const [x, y] of ring) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box;
}

/** The centre of gravity of what rings enclose; holes run the other way round. */
export function centreOf(rings) {
  let [twice, x, y] = [0, 0, 0];
  for (const ring of rings) {
    ring.forEach(([ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length];
      const cross = ax * by - bx * ay;
      twice += cross;
      x += (ax + bx) * cross;
      y += (ay + by) * cross;
    });
  }
  return [x / (3 * twice), y / (3 * twice)];
}

/** Draw rings as a path into a 2D context. */
export function tracePath(context, rings) {
  context.beginPath();
  for (const ring of rings) {
    ring.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
  }
}

/** The pixels that rings cover by more than half. */
export function rasterise(rings, [width, height], rule = "evenodd") {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  tracePath(context, rings);
  context.fill(rule);
  const pixels = context.getImageData(0, 0, width, height).data;
  const mask = new Uint8Array(width * height);
  for (let at = 0; at < mask.length; at++) mask[at] = pixels[4 * at + 3] > 127 ? 1 : 0;
  return mask;
}

/** Set a round stroke from one point to another; says whether anything changed. */
export function paint(mask, [width, height], [ax, ay], [bx, by], radius, value) {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy || 1;
  const x0 = Math.max(Math.floor(Math.min(ax, bx) - radius), 0);
  const x1 = Math.min(Math.ceil(Math.max(ax, bx) + radius), width);
  const y0 = Math.max(Math.floor(Math.min(ay, by) - radius), 0);
  const y1 = Math.min(Math.ceil(Math.max(ay, by) + radius), height);
  let hasChanged = false;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const share = Math.min(Math.max((px * dx + py * dy) / length2, 0), 1);
      if ((px - share * dx) ** 2 + (py - share * dy) ** 2 > radius * radius) continue;
      const at = y * width + x;
      if (mask[at] !== value) hasChanged = true;
      mask[at] = value;
    }
  }
  return hasChanged;
}

/** Rings along the borders of a mask's pixels: filled again they give the very same mask. */
export function outlineOf(mask, [width, height]) {
  const across = width + 1;
  const next = new Map(); // from a corner to the corners that follow it, inside on the right
  const add = (from, to) => (next.has(from) ? next.get(from).push(to) : next.set(from, [to]));
  const at = (x, y) => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      const corner = y * across + x;
      if (!at(x, y - 1)) add(corner, corner + 1);
      if (!at(x + 1, y)) add(corner + 1, corner + across + 1);
      if (!at(x, y + 1)) add(corner + across + 1, corner + across);
      if (!at(x - 1, y)) add(corner + across, corner);
    }
  }
  const rings = [];
  for (const start of next.keys()) {
    while (next.get(start).length) rings.push(ringFrom(start, next, across));
  }
  return rings;
}

function ringFrom(start, next, across) {
  const ring = [];
  let [corner, direction] = [start, 0];
  do {
    const following = next.get(corner).pop();
    if (following - corner !== direction) ring.push([corner % across, Math.floor(corner / across)]);
    direction = following - corner;
    corner = following;
  } while (corner !== start);
  return ring;
}

/** The affine map, [a, b, c, d, e, f] as SVG writes it, that does `first` and then `second`. */
export function product(second, first) {
  const [a, b, c, d, e, f] = second;
  const [p, q, r, s, t, u] = first;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}
