// The same outside of the page: the shell command or Python for what was done last, and the seed.

import { find, say } from "../elements.js";

const MOST_SEED = 2 ** 32 - 1;

export class Command {
  constructor({ store, again }) {
    this.store = store;
    this.seed = find("seed");
    find("copy").addEventListener("click", () => this.copy());
    find("roll").addEventListener("click", () => this.roll());
    this.seed.addEventListener("change", () => this.#set(Number(this.seed.value), again));
    for (const choice of document.getElementsByName("language")) {
      choice.addEventListener("change", () => this.render(this.store.state));
    }
    this.again = again;
  }

  get language() {
    return document.querySelector("input[name=language]:checked").value;
  }

  render(state) {
    const text = state[this.language];
    const other = state.command || state.python;
    find("code").textContent =
      text ||
      (other
        ? "(the command line needs a photo; take the Python)"
        : "What you do here appears as a command to copy.");
    find("code").classList.toggle("quiet", !text);
    find("copy").disabled = !text;
    this.seed.value = String(state.seed);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.store.state[this.language]);
      say("Copied.");
    } catch {
      getSelection().selectAllChildren(find("code"));
      say("Selected; copy it with Ctrl+C.");
    }
  }

  roll() {
    this.#set(this.store.state.seed + 1, this.again);
  }

  #set(seed, again) {
    const isWhole = Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED;
    if (!isWhole) {
      say(`A seed is a whole number from 0 to ${MOST_SEED}.`, "error");
      return this.render(this.store.state);
    }
    return again(seed);
  }
}
