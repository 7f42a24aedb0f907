// A select whose options follow the graph.

import { html } from "./elements.js";

/** @typedef {{ value: string, text: string }} Option */

export class Choice {
  #select = html("select");
  #options = "";
  element;

  /** @param {string} label @param {(value: string) => void} onChoose */
  constructor(label, onChoose) {
    this.element = html("label", "choice", html("span", "caption", label), this.#select);
    this.#select.addEventListener("change", () => onChoose(this.#select.value));
  }

  /** @param {Option[][]} groups with a line between @param {string} value */
  show(groups, value) {
    const filled = groups.filter((group) => group.length > 0);
    const wanted = JSON.stringify(filled);
    if (this.#options !== wanted) {
      this.#options = wanted;
      const built = filled.map((group, at) => {
        const options = group.map((one) => {
          const option = html("option", "", one.text);
          option.value = one.value;
          return option;
        });
        return at > 0 ? [html("hr"), ...options] : options;
      });
      this.#select.replaceChildren(...built.flat());
    }
    if (this.#select.value !== value) this.#select.value = value;
  }
}
