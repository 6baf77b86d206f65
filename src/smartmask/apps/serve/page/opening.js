// Ways to begin: a file that is chosen, dropped or pasted, the demo photo, an empty scene.

import * as api from "./api.js";
import { find, say, sayError, setPhase } from "./elements.js";
import { FIRST } from "./state.js";

const SCENE_SIZE = [960, 640];
const LAYOUT_FILE = /\.(json|zip|psd)$/i;

export class Opening {
  constructor({ store, insertCutout }) {
    Object.assign(this, { store, insertCutout });
    find("choose").addEventListener("click", () => find("file").click());
    find("demo").addEventListener("click", () => this.open(() => api.demo()));
    find("open").addEventListener("click", () => this.toggle());
    find("file").addEventListener("change", (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.take(file);
    });
    find("scratch").addEventListener("submit", (event) => {
      event.preventDefault();
      this.scene(find("scene").value.trim());
    });
    document.addEventListener("paste", (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file) this.take(file);
    });
    document.addEventListener("dragover", (event) => this.#over(event, true));
    document.addEventListener("dragleave", (event) => !event.relatedTarget && this.#over(event, false));
    document.addEventListener("drop", (event) => {
      this.#over(event, false);
      const [file] = event.dataTransfer.files;
      if (file) this.take(file);
    });
  }

  /** Show or hide the ways to begin. */
  toggle(isShown = find("welcome").hidden) {
    find("welcome").hidden = !isShown && Boolean(this.store.state.layout);
    if (!find("welcome").hidden) find("choose").focus();
  }

  /** Take a file: a layout, a cut-out for the object in hand, or a photo. */
  take(file) {
    const { object, photo } = this.store.state;
    if (LAYOUT_FILE.test(file.name)) return this.#layoutFile(file);
    if (object && photo && file.type === "image/png") return this.insertCutout(file);
    return this.open(() => api.addPhoto(file));
  }

  /** Show a photo, then find what is in it. */
  async open(photoOf) {
    await this.#begin(async () => {
      const { photo_id: id, size } = await photoOf();
      const photo = { id, size };
      await this.show(photo);
      const layout = await api.layoutOf({ photo_id: id });
      return { photo, layout };
    });
  }

  async scene(scene) {
    const { seed } = this.store.state;
    const isBegun = await this.#begin(async () => ({
      photo: null,
      layout: await api.layoutOf({ scene, size: SCENE_SIZE, seed }),
    }));
    if (!isBegun) return;
    find("prompt").value = scene;
    document.querySelector("input[name=what][value=scene]").click();
  }

  /** A layout file: over the photo that is shown if it has its size, else alone. */
  async #layoutFile(file) {
    const { photo } = this.store.state;
    await this.#begin(async () => {
      const layout = await api.importLayout(file);
      const isAlike = photo && photo.size.join() === layout.size.join();
      return { photo: isAlike ? photo : null, layout };
    });
  }

  async #begin(work) {
    setPhase("opening");
    say("");
    try {
      const { seed } = this.store.state;
      this.store.step({ ...FIRST, seed, ...(await work()) });
      find("welcome").hidden = true;
      setPhase("ready");
      find("prompt").focus();
      return true;
    } catch (error) {
      this.store.amend({}); // what was there is drawn again
      setPhase(this.store.state.layout ? "ready" : "empty");
      sayError(error);
      return false;
    }
  }

  #over(event, isOver) {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    find("drop").hidden = !isOver;
  }
}
