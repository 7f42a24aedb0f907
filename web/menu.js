// The menu of examples.

import { html } from "./elements.js";
import { GROUPS } from "./examples.js";

/** @typedef {import("./examples.js").Example} Example */

export class Menu {
  #select = html("select");
  element;

  /** @param {(example: Example) => void} onChoice */
  constructor(onChoice) {
    const select = this.#select;
    const placeholder = html("option", "", "Choose an example");
    placeholder.value = "";
    placeholder.disabled = true;
    placeholder.hidden = true;
    select.append(placeholder);
    for (const { group, examples } of GROUPS) {
      const options = html("optgroup");
      options.label = group;
      for (const { title, program } of examples) {
        const option = html("option", "", title);
        option.value = program;
        options.append(option);
      }
      select.append(options);
    }
    select.addEventListener("change", () => {
      const all = GROUPS.flatMap(({ examples }) => examples);
      const example = all.find(({ program }) => program === select.value);
      if (example) onChoice(example);
    });
    this.element = html("label", "menu", html("span", "caption", "Example"), select);
  }

  /** Shows which example a program is, if it is one. @param {string} program */
  show(program) {
    this.#select.value = program;
    if (this.#select.selectedIndex < 0) this.#select.value = "";
  }
}
