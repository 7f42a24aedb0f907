// On paper: a derivative written out by hand, and how it grows.

import { html } from "./elements.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Paper} PaperData */

export class Paper {
  #formula = new Formula();
  #said = html("p");
  #rows = html("tbody");
  #table = html("table", "growth");
  element = html("section", "paper");

  constructor() {
    this.#formula.element.setAttribute("role", "math");
    const head = ["derivative of", "symbols by hand", "", "gates, each once"].map((text) => {
      const cell = html("th", "", text);
      cell.scope = "col";
      return cell;
    });
    this.#table.append(
      html("caption", "caption", "How it grows on the way to the output"),
      html("thead", "", html("tr", "", ...head)),
      this.#rows,
    );
    this.element.append(this.#formula.element, this.#said, this.#table);
  }

  /** @param {PaperData | null} paper */
  show(paper) {
    this.element.hidden = paper === null;
    if (!paper) return;
    const { line, said, growth } = paper;
    this.#formula.element.hidden = line === null;
    if (line) {
      this.#formula.write(line.math);
      this.#formula.element.ariaLabel = line.text;
    }
    this.#said.textContent = said;
    this.#table.hidden = growth.length < 2;
    // Lengths that double are steps of one size.
    const most = Math.log(Math.max(...growth.map(({ symbols }) => symbols)) + 1);
    this.#rows.replaceChildren(
      ...growth.map(({ name, symbols, written, gates }) => {
        const formula = new Formula();
        formula.write(name);
        const bar = html("span", "amount");
        bar.style.setProperty("--share", String(most > 0 ? Math.log(symbols + 1) / most : 0));
        const cells = [written, html("span", "scale", bar), String(gates)];
        const heading = html("th", "", formula.element);
        heading.scope = "row";
        return html("tr", "", heading, ...cells.map((cell) => html("td", "", cell)));
      }),
    );
  }
}
