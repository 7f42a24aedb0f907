// The buttons above the graph, and what its colours mean.

import { html, svg } from "./elements.js";

/** @typedef {{ name: string, keys?: string, act: () => void }} Tool */

/** What stands on the buttons, drawn in a square of 16. @type {Record<string, string>} */
const SIGNS = {
  undo: "M6 2 3 5l3 3M3 5h6a4 4 0 0 1 0 8H5",
  redo: "m10 2 3 3-3 3m3-3H7a4 4 0 0 0 0 8h4",
  smaller: "M3 8h10",
  larger: "M3 8h10M8 3v10",
  fit: "M2.5 6V2.5h3.5M10 2.5h3.5V6m0 4v3.5H10m-4 0H2.5V10",
  present: "M2 3h12v8H2zm6 8v3m-3 0h6",
  copies: "M2 8h4m0 0c3 0 3-4 7-4M6 8c3 0 3 4 7 4M6 6.5v3",
  derivative: "M2 4h4a4 4 0 0 1 0 8H2M9 4.5h5m-5 7h5m-1.5-9 2 2-2 2m-2 3-2 2 2 2",
  fold: "M2 4l4 4-4 4m12-8-4 4 4 4",
};

/** A row of buttons that is one stop of Tab; arrow keys go along it. */
export class Tools {
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  element = html("div", "tools");

  /** @param {Record<string, Tool>} tools */
  constructor(tools) {
    this.element.setAttribute("role", "toolbar");
    this.element.ariaLabel = "Graph tools";
    for (const [id, { name, keys, act }] of Object.entries(tools)) {
      const button = html("button", id, sign(SIGNS[id] ?? ""));
      button.type = "button";
      button.ariaLabel = name;
      button.title = keys ? `${name} (${keys})` : name;
      button.addEventListener("click", () => {
        if (button.ariaDisabled !== "true") act();
      });
      this.#buttons.push(button);
      this.element.append(button);
    }
    this.element.addEventListener("focusin", ({ target }) => this.#setStop(target));
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.#setStop(this.#buttons[0] ?? null);
  }

  /** A button that can do nothing now keeps its place and the focus. @param {string} id @param {boolean} can */
  enable(id, can) {
    const button = this.#buttons.find((one) => one.className === id);
    if (button) button.ariaDisabled = String(!can);
  }

  /** Shows a button that has something to do now only. @param {string} id @param {boolean} isShown */
  show(id, isShown) {
    const button = this.#buttons.find((one) => one.className === id);
    if (!button) return;
    button.hidden = !isShown;
    // Tab must find one that is there.
    if (!isShown && button.tabIndex === 0) this.#setStop(this.#buttons[0] ?? null);
  }

  /** @param {string} id @param {string} name */
  name(id, name) {
    const button = this.#buttons.find((one) => one.className === id);
    if (button) [button.ariaLabel, button.title] = [name, name];
  }

  /** Whether a button is on. @param {string} id @param {boolean} isOn */
  press(id, isOn) {
    const button = this.#buttons.find((one) => one.className === id);
    if (button) button.ariaPressed = String(isOn);
  }

  /** @param {EventTarget | null} stop */
  #setStop(stop) {
    for (const button of this.#buttons) button.tabIndex = button === stop ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const buttons = this.#buttons.filter((button) => !button.hidden);
    const at = buttons.findIndex((button) => button.tabIndex === 0);
    const last = buttons.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[Math.min(Math.max(next, 0), last)]?.focus();
  }
}

/** @param {string} path */
function sign(path) {
  const drawing = svg("path");
  drawing.setAttribute("d", path);
  const element = svg("svg", "", drawing);
  element.setAttribute("viewBox", "0 0 16 16");
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** What colour and place mean; while the passes are stepped what is kept; from afar what width means. */
export function legend() {
  return html(
    "p",
    "legend caption",
    html(
      "span",
      "near",
      html("span", "forward", "value →"),
      " above the wire",
      html("span", "ahead", ", ", html("span", "tangent", "tangent →"), " over it"),
      html("span", "back", " · "),
    ),
    html("span", "back backward", "gradient ←"),
    html("span", "afar alone tangent", "tangent →"),
    html("span", "near back", " below it"),
    html("span", "afar", ": the wider, the larger"),
    html("span", "keeps", " · ", html("span", "forward", "●"), " kept for the way back"),
  );
}
