// What the matrix takes and what the rule takes, side by side.

import { html } from "./elements.js";
import { formatNumber } from "./format.js";
import { writeText } from "./line.js";

/** @typedef {import("./backflow-wasm.js").Cost} Cost */

const ROWS = ["numbers", "memory", "multiplications"];

export class Costs {
  /** @type {HTMLTableCellElement[][]} */
  #cells = ROWS.map(() => [html("td"), html("td")]);
  element;

  constructor() {
    const heads = ["", "matrix", "rule"].map((text) => {
      const head = html(text ? "th" : "td", "", text);
      if (text) head.scope = "col";
      return head;
    });
    const rows = ROWS.map((text, at) => {
      const head = html("th", "", text);
      head.scope = "row";
      return html("tr", "", head, ...(this.#cells[at] ?? []));
    });
    const caption = html("caption", "spoken", "What the matrix takes and what the rule takes");
    this.element = html(
      "table",
      "costs",
      caption,
      html("thead", "", html("tr", "", ...heads)),
      html("tbody", "", ...rows),
    );
  }

  /** @param {Cost} matrix @param {Cost} rule */
  show(matrix, rule) {
    const texts = [
      [formatNumber(matrix.entries), formatNumber(rule.entries)],
      [matrix.memory, rule.memory],
      [matrix.work, rule.work],
    ];
    for (const [row, cells] of this.#cells.entries()) {
      for (const [column, cell] of cells.entries()) writeText(cell, texts[row]?.[column] ?? "");
    }
  }
}
