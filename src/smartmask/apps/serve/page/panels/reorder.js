// Dragging a row of a list to another place, with a mouse, a pen or a finger.

/** Follow the pointer from its press on a row; `drop(place)` gets the row's place among the others. */
export function dragRow(list, row, press, drop) {
  press.preventDefault();
  const others = [...list.children].filter((other) => other !== row);
  const placeOf = (y) => others.filter((other) => middle(other) < y).length;
  let place = null;
  const move = (event) => {
    if (event.pointerId !== press.pointerId) return;
    place = placeOf(event.clientY);
    row.classList.add("dragged");
    list.insertBefore(row, others[place] ?? null);
  };
  const up = (event) => {
    if (event.pointerId !== press.pointerId) return;
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", up);
    row.classList.remove("dragged");
    if (place !== null) drop(place);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", up);
}

function middle(row) {
  const frame = row.getBoundingClientRect();
  return frame.top + frame.height / 2;
}
