// Two fingers on the canvas zoom and move it; what the first of them had begun to draw is called off.
/* global Konva */

/** Watch the canvas's host; the canvas is told to interrupt its drag, to move and to zoom. */
export function watchPinch(canvas) {
  const { host } = canvas;
  const fingers = new Map(); // pointer id -> [x, y]
  const place = (event) => {
    const frame = host.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const span = () => {
    const [[ax, ay], [bx, by]] = [...fingers.values()];
    return { middle: [(ax + bx) / 2, (ay + by) / 2], length: Math.max(Math.hypot(bx - ax, by - ay), 1) };
  };
  const down = (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, place(event));
    if (fingers.size === 2) canvas.interrupt();
    if (fingers.size > 1) event.stopPropagation();
  };
  const move = (event) => {
    if (!fingers.has(event.pointerId)) return;
    const isPinch = fingers.size === 2 && !Konva.isDragging() && !Konva.isTransforming();
    const before = isPinch && span();
    fingers.set(event.pointerId, place(event));
    if (!before) return;
    const { middle, length } = span();
    canvas.panBy(middle[0] - before.middle[0], middle[1] - before.middle[1]);
    canvas.zoomBy(length / before.length, middle);
  };
  const up = (event) => fingers.delete(event.pointerId);
  host.addEventListener("pointerdown", down, { capture: true });
  window.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, up);
}
