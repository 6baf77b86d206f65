// What the user has made: a list of states that never change, and a place in it. Undo and redo move the place.

export const FIRST = Object.freeze({
  photo: null, // { id, size: [width, height] }: what the canvas shows
  layout: null, // { layout_id, size, photo_id, layers }, back to front
  prompt: "",
  seed: 0,
  hint: Object.freeze({ kind: "none" }), // box: { box }; region: { rle }; scribble: { wanted, avoid }
  answer: null, // { kind, suggestions, said, command, python }
  object: null, // the object in hand: { label, rle, outline, behind: [numbers], shape, score,
  // base: { rle, matrix }: the mask that it is a map of,
  // turning: { rle, shape, steps, now }: what it is turned from and by how much, and its shape by name; or null }
  inserted: null, // the last insertion: { before: photo id, changed: rle }
  command: "",
  python: "",
});

export class Store {
  #states = [{ ...FIRST, id: 0 }];
  #at = 0;
  #last = 0;
  #listeners = [];

  get state() {
    return this.#states[this.#at];
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#states.length - 1;
  }

  /** Call `listener(state, previous)` after each change. */
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** A new state that differs from the present one as given; what was undone is forgotten. Gives its id. */
  step(change) {
    const previous = this.state;
    this.#states.length = this.#at + 1;
    this.#states.push(Object.freeze({ ...previous, ...change, id: ++this.#last }));
    this.#at += 1;
    this.#tell(previous);
    return this.#last;
  }

  /** Add to a state, by its id, what came in late; nothing if it is gone. */
  amend(change, id = this.state.id) {
    const place = this.#states.findIndex((state) => state.id === id);
    if (place < 0) return;
    const previous = this.state;
    this.#states[place] = Object.freeze({ ...this.#states[place], ...change });
    if (place === this.#at) this.#tell(previous);
  }

  undo() {
    if (this.canUndo) this.#go(this.#at - 1);
  }

  redo() {
    if (this.canRedo) this.#go(this.#at + 1);
  }

  #go(place) {
    const previous = this.state;
    this.#at = place;
    this.#tell(previous);
  }

  #tell(previous) {
    for (const listener of this.#listeners) listener(this.state, previous);
  }
}
