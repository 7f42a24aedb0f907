// A row of tabs over one panel: one stop of Tab, and arrow keys go along it.

import { html } from "./elements.js";

let count = 0;

/** @template {string} Name */
export class Tabs {
  #names;
  #onChoose;
  /** @type {Map<Name, HTMLButtonElement>} */
  #buttons = new Map();
  #list = html("div", "tabs");
  #panel;
  /** @type {Name} */
  #chosen;
  element;

  /**
   * @param {string} label what the tabs are of
   * @param {Record<Name, string>} titles of the tabs, in their order
   * @param {HTMLElement} panel what they show
   * @param {(name: Name) => void} onChoose the reader chose one
   */
  constructor(label, titles, panel, onChoose) {
    this.#names = /** @type {Name[]} */ (Object.keys(titles));
    this.#onChoose = onChoose;
    this.#panel = panel;
    count += 1;
    panel.id = `tabbed-${count}`;
    panel.setAttribute("role", "tabpanel");
    this.#list.setAttribute("role", "tablist");
    this.#list.ariaLabel = label;
    for (const name of this.#names) {
      const button = html("button", "", titles[name]);
      button.type = "button";
      button.id = `${panel.id}-${name}`;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", panel.id);
      button.addEventListener("click", () => onChoose(name));
      this.#buttons.set(name, button);
      this.#list.append(button);
    }
    this.#list.addEventListener("keydown", (event) => this.#press(event));
    this.element = this.#list;
    this.#chosen = /** @type {Name} */ (this.#names[0]);
    this.show(this.#chosen);
  }

  /** Shows which one is chosen. @param {Name} chosen */
  show(chosen) {
    this.#chosen = chosen;
    for (const [name, button] of this.#buttons) {
      button.tabIndex = name === chosen ? 0 : -1;
      button.ariaSelected = String(name === chosen);
    }
    this.#panel.setAttribute("aria-labelledby", `${this.#panel.id}-${chosen}`);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const at = this.#names.indexOf(this.#chosen);
    const last = this.#names.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const name = this.#names[Math.min(Math.max(next, 0), last)];
    if (!name) return;
    this.#onChoose(name);
    this.#buttons.get(name)?.focus();
  }
}
