// The program editor: a text field over a mirror of its text that underlines mistakes.

import { html } from "./elements.js";
import { Typing } from "./typing.js";

/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */

export class Editor {
  #mirror = html("div", "mirror");
  #field = html("textarea", "field");
  #messages = html("ul", "messages");
  #listed = "";
  element;

  /** @param {(program: string, isPiece: boolean) => void} onEdit told also whether another piece of typing begins */
  constructor(onEdit) {
    const field = this.#field;
    const typing = new Typing();
    field.id = "program";
    field.rows = 1;
    field.spellcheck = false;
    field.autocapitalize = "none";
    field.autocomplete = "off";
    field.setAttribute("autocorrect", "off");
    field.setAttribute("aria-describedby", "messages");
    field.addEventListener("input", (event) => {
      const isPiece = !(event instanceof InputEvent) || typing.begins(event, field.selectionStart);
      this.#reflect([]);
      onEdit(field.value, isPiece);
    });
    this.#mirror.setAttribute("aria-hidden", "true");
    this.#messages.id = "messages";
    this.#messages.setAttribute("aria-live", "polite");
    const label = html("label", "caption", "Program");
    label.htmlFor = field.id;
    this.element = html(
      "div",
      "editor",
      label,
      html("div", "text", this.#mirror, field),
      this.#messages,
    );
  }

  get program() {
    return this.#field.value;
  }

  set program(program) {
    const before = this.#field.value;
    if (before === program) return;
    this.#field.value = program;
    // The caret goes behind what differs.
    let same = 0;
    while (same < program.length && program.at(-1 - same) === before.at(-1 - same)) same += 1;
    const caret = program.length - same;
    this.#field.setSelectionRange(caret, caret);
    this.#reflect([]);
  }

  /** Underlines and lists mistakes. @param {Diagnostic[]} diagnostics */
  show(diagnostics) {
    this.#reflect(diagnostics);
    this.#field.setAttribute("aria-invalid", String(diagnostics.length > 0));
    const listed = JSON.stringify(diagnostics);
    // A list that stays is not announced again.
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#messages.replaceChildren(...diagnostics.map((diagnostic) => this.#message(diagnostic)));
  }

  /** Goes to a place in the program. @param {number} start @param {number} end */
  choose(start, end) {
    this.#field.focus();
    this.#field.setSelectionRange(start, end);
  }

  /** @param {Diagnostic} diagnostic */
  #message({ line, column, message, start, end }) {
    const where = html("span", "where", `line ${line}, column ${column}:`);
    const button = html("button", "", where, ` ${message}`);
    button.type = "button";
    button.addEventListener("click", () => this.choose(start, end));
    return html("li", "", button);
  }

  /** Writes the mirror, which also gives the field its height. @param {Diagnostic[]} diagnostics */
  #reflect(diagnostics) {
    const program = this.#field.value;
    const parts = [];
    let written = 0;
    for (const range of underlined(program, diagnostics)) {
      parts.push(program.slice(written, range.start));
      parts.push(html("span", "mistake", program.slice(range.start, range.end)));
      written = range.end;
    }
    // A last empty line has no height of its own.
    parts.push(`${program.slice(written)}\u200b`);
    this.#mirror.replaceChildren(...parts);
  }
}

/**
 * The ranges of mistakes, in order and apart, none of them empty: one at the
 * end of a line takes the character before it.
 * @param {string} program
 * @param {Diagnostic[]} diagnostics
 */
function underlined(program, diagnostics) {
  const ranges = [];
  let last = 0;
  for (const { start, end } of [...diagnostics].sort((a, b) => a.start - b.start)) {
    const atEnd = start >= program.length || program[start] === "\n";
    const from = Math.max(last, end <= start && atEnd ? start - 1 : start);
    const to = Math.min(program.length, Math.max(end, from + 1));
    if (from >= to) continue;
    ranges.push({ start: from, end: to });
    last = to;
  }
  return ranges;
}
