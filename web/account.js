// What another shape would break, and what the reader can do about it; or what is wrong with a
// text that was put in.

import { html } from "./elements.js";

/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */
/** @typedef {import("./backflow-wasm.js").Resized} Resized */

export class Account {
  element = html("div", "account");

  constructor() {
    this.element.setAttribute("role", "status");
  }

  /** @param {string} message */
  say(message) {
    this.element.replaceChildren(html("p", "", message), this.#actions([], "OK"));
  }

  clear() {
    if (this.element.firstChild) this.element.replaceChildren();
  }

  /**
   * Tells what a program breaks before it is taken over.
   * @param {Resized} resized
   * @param {object} words
   * @param {string} words.change `(2, 3) → (2, 4)`
   * @param {string} words.act what the button says that does it
   * @param {string} words.keep what the button says that does not
   * @param {(program: string) => void} onProgram
   */
  ask({ program, diagnostics }, { change, act, keep }, onProgram) {
    const lines = new Set(diagnostics.map(({ line }) => line)).size;
    const breaks = lines === 1 ? "breaks 1 line:" : `breaks ${lines} lines:`;
    const title = html("p", "", lines > 0 ? `${change} ${breaks}` : change);
    const texts = program.split("\n");
    const items = diagnostics.map(({ line, message }) => {
      const code = html("code", "", (texts[line - 1] ?? "").trim());
      return html("li", "", html("span", "where", `line ${line}: `), code, " ", message);
    });
    const fixes = diagnostics.flatMap(({ shapes }) => shapes?.fixes ?? []);
    const actions = [
      { name: act, act: () => onProgram(program) },
      ...fixes.flatMap(({ message, program: mended }) =>
        mended === null ? [] : [{ name: `… and ${message}`, act: () => onProgram(mended) }],
      ),
    ];
    this.element.replaceChildren(title, html("ul", "", ...items), this.#actions(actions, keep));
  }

  /** @param {{ name: string, act: () => void }[]} actions @param {string} keep */
  #actions(actions, keep) {
    const buttons = [...actions, { name: keep, act: () => {} }].map(({ name, act }) => {
      const button = html("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => {
        this.clear();
        act();
      });
      return button;
    });
    return html("div", "actions", ...buttons);
  }
}
