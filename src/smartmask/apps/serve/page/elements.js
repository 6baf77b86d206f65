// Elements of the page. Text goes in as text, never as markup, so that no label or file name can become code.

export const find = (id) => document.getElementById(id);

/**
 * A new element: `make("button", { class: "main", title }, "Keep")`. Functions become listeners ("onclick"),
 * true an empty attribute, null and false none; children are elements or text.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else if (value !== null && value !== false && value !== undefined)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The icon of a name, one of the symbols in index.html. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

let fading = null;

/** Say something below the canvas; errors stay until the next word, the rest goes after a while. */
export function say(text, kind = "note") {
  const message = find("message");
  clearTimeout(fading);
  message.textContent = text;
  message.dataset.kind = kind;
  message.hidden = text === "";
  if (kind === "note" && text !== "") fading = setTimeout(() => (message.hidden = true), 5000);
}

/** Say what went wrong, unless it was only called off. */
export function sayError(error) {
  if (error.name === "AbortError" || error.isSuperseded) return;
  say(error.message, "error");
}

/** What the page is doing, for styles and for whoever drives the page. */
export const setPhase = (phase) => (document.body.dataset.phase = phase);
