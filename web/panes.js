// Views beside the graph: one at a time stands below its timeline, none at first.

import { html } from "./elements.js";

/** @typedef {{ title: string, element: HTMLElement, open: () => void, close: () => void }} Pane */

export class Panes {
  #panes;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #onChange;
  /** The one that is open. @type {string | null} */
  #open = null;
  buttons = html("div", "pane-buttons");
  element = html("div", "pane");

  /** @param {Record<string, Pane>} panes @param {() => void} onChange after one was opened or closed */
  constructor(panes, onChange) {
    this.#panes = panes;
    this.#onChange = onChange;
    this.element.hidden = true;
    for (const [id, { title }] of Object.entries(panes)) {
      const button = html("button", "", title);
      button.type = "button";
      button.ariaExpanded = "false";
      button.dataset["pane"] = id;
      button.addEventListener("click", () => {
        this.open = this.#open === id ? null : id;
        this.#onChange();
      });
      this.#buttons.set(id, button);
      this.buttons.append(button);
    }
  }

  /** The one that is open, by its name; one that is not there closes all. @returns {string | null} */
  get open() {
    return this.#open;
  }

  set open(id) {
    const before = this.#open;
    const pane = id !== null && Object.hasOwn(this.#panes, id) ? this.#panes[id] : undefined;
    this.#open = pane ? id : null;
    if (before === this.#open) return;
    if (before !== null) this.#panes[before]?.close();
    for (const [name, button] of this.#buttons) button.ariaExpanded = String(name === this.#open);
    this.element.hidden = !pane;
    this.element.dataset["pane"] = this.#open ?? "";
    this.element.replaceChildren(...(pane ? [pane.element] : []));
    pane?.open();
  }
}
