// On paper: a derivative written out by hand, and how it grows.

import { html } from "./elements.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Paper} PaperData */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./panels.js").Asked} Asked */

export class Paper {
  #caption = html("p", "caption");
  #formula = new Formula();
  #said = html("p");
  #rows = html("tbody");
  #table = html("table", "growth");
  /** What is shown: no number of it changes while the program stays. @type {{ scene: Scene, node: number } | null} */
  #shown = null;
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
    this.element.append(this.#caption, this.#formula.element, this.#said, this.#table);
  }

  /** @param {Asked} asked */
  show({ evaluator, scene, selection }) {
    const node = "node" in selection ? selection.node : (scene.wires[selection.wire]?.from ?? -1);
    if (this.#shown?.scene === scene && this.#shown.node === node) return;
    this.#shown = { scene, node };
    this.#write(evaluator.paper(node));
  }

  /** @param {PaperData | null} paper */
  #write(paper) {
    if (!paper) {
      this.#said.textContent = "No other value leads from here to the output.";
      this.#caption.hidden = true;
      this.#formula.element.hidden = true;
      this.#table.hidden = true;
      return;
    }
    const { terms, line, said, growth } = paper;
    this.#caption.hidden = line === null;
    this.#caption.textContent = `As one would derive it by hand, in ${terms}:`;
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
