// The arithmetic of an element, in the place of the sentence of a step.

import { html } from "./elements.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Element} Told */

export class Explained {
  element = html("div", "explained");
  /** @type {Formula[]} */
  #lines = [];

  constructor() {
    this.element.hidden = true;
  }

  /** @param {{ told: Told | null, text: string } | null} explained */
  write(explained) {
    this.element.hidden = explained === null;
    if (!explained) {
      this.element.replaceChildren();
      this.#lines = [];
      return;
    }
    const { told, text } = explained;
    const lines = told && told.lines.length > 0 ? told.lines.map(({ math }) => math) : [];
    const all = lines.length > 0 ? lines : [told?.title ?? { text }];
    while (this.#lines.length > all.length) this.#lines.pop()?.element.remove();
    for (const [at, math] of all.entries()) {
      const line = this.#lines[at] ?? this.#add();
      line.write(math);
    }
  }

  #add() {
    const line = new Formula();
    this.#lines.push(line);
    this.element.append(line.element);
    return line;
  }
}
