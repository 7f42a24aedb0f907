// Lines of code that are linked to the graph: a line lights its gate and chooses it, and the
// lines of what is chosen and of the step at work are marked.

import { html } from "./elements.js";
import { patch } from "./keyed.js";

/** @typedef {import("./backflow-wasm.js").Code} Code */
/** @typedef {import("./backflow-wasm.js").CodeLine} CodeLine */

/**
 * What a reader does with lines.
 * @typedef {object} Does
 * @property {(line: CodeLine | null) => void} onLight points at one, or no longer
 * @property {(line: CodeLine) => void} onChoose chooses its gate
 * @property {(line: CodeLine) => void} onStep goes to its step
 * @property {() => void} onLeave chooses nothing any more
 * @property {(at: number) => void} onCurrent goes to another line
 */

/** What is marked: the lines of a node, and those at work in a step. @typedef {{ node: number, step: number }} Marks */

class Row {
  #marks = "";
  /** @type {string | null} */
  #text = null;
  /** @type {CodeLine | null} */
  line = null;
  at = 0;
  isMarked = false;
  element = html("div", "line");

  constructor() {
    this.element.setAttribute("role", "option");
    this.element.tabIndex = -1;
  }

  /** @param {number} at @param {string} text @param {CodeLine | null} line */
  show(at, text, line) {
    this.at = at;
    this.line = line;
    // What is written already is not written again.
    if (this.#text !== text) {
      this.#text = text;
      this.element.dataset["number"] = String(at + 1);
      // An empty line is one also where the text is copied.
      this.element.replaceChildren(text || html("br"));
      // An option without a name would not be told at all.
      if (text) this.element.removeAttribute("aria-label");
      else this.element.ariaLabel = "empty line";
    }
    const { pass = "other", nodes = [] } = line ?? {};
    this.element.dataset["pass"] = pass;
    this.element.classList.toggle("linked", nodes.length > 0);
  }

  /** @param {Marks} marks */
  mark({ node, step }) {
    const isChosen = this.line?.nodes.includes(node) ?? false;
    const works = this.line?.steps.includes(step) ?? false;
    this.isMarked = isChosen || works;
    const marks = `${isChosen} ${works}`;
    if (marks === this.#marks) return;
    this.#marks = marks;
    this.element.classList.toggle("chosen", isChosen);
    this.element.classList.toggle("working", works);
    this.element.ariaSelected = String(isChosen);
    if (works) this.element.setAttribute("aria-current", "step");
    else this.element.removeAttribute("aria-current");
  }
}

export class Listing {
  #does;
  /** @type {Map<string, Row>} */
  #records = new Map();
  /** @type {Row[]} */
  #rows = [];
  #current = 0;
  /** @type {Marks} */
  #marks = { node: -1, step: -1 };
  #frame = 0;
  element = html("div", "listing");

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    const { element } = this;
    element.setAttribute("role", "listbox");
    element.setAttribute("aria-multiselectable", "true");
    element.addEventListener("pointerover", ({ target }) => this.#light(target));
    element.addEventListener("pointerleave", () => does.onLight(null));
    element.addEventListener("focusin", ({ target }) => {
      const row = this.#rowOf(target);
      if (row) this.#stop(row.at);
      this.#light(target);
    });
    element.addEventListener("focusout", () => does.onLight(null));
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("dblclick", ({ target }) => {
      const line = this.#rowOf(target)?.line;
      if (line && line.steps.length > 0) {
        // A word was chosen, which nobody wanted.
        getSelection()?.removeAllRanges();
        does.onStep(line);
      }
    });
    element.addEventListener("keydown", (event) => this.#press(event));
  }

  /** The line where the keys are. @returns {CodeLine | null} */
  get current() {
    return this.#rows[this.#current]?.line ?? null;
  }

  /** Shows a text, or none. @param {Code | null} code @param {string} label */
  show(code, label) {
    this.element.ariaLabel = label;
    const lines = code?.text.replace(/\n$/, "").split("\n") ?? [];
    this.element.style.setProperty("--digits", String(String(lines.length).length));
    patch(
      this.element,
      this.#records,
      lines.map((text, at) => ({ text, at })),
      {
        key: ({ at }) => String(at),
        create: () => new Row(),
        update: (row, { at, text }) => row.show(at, text, code?.lines[at] ?? null),
        leave: (row) => row.element.remove(),
      },
    );
    this.#rows = lines.flatMap((_, at) => this.#records.get(String(at)) ?? []);
    for (const row of this.#rows) row.mark(this.#marks);
    this.#stop(Math.min(this.#current, Math.max(0, lines.length - 1)));
  }

  /** Back to its first line. */
  rewind() {
    this.element.scrollTo(0, 0);
    this.#stop(0);
  }

  /** Marks lines, and scrolls to them where they are others than before. @param {Marks} marks @param {boolean} [isNew] whether the text is new */
  mark(marks, isNew = false) {
    const { node, step } = this.#marks;
    if (!isNew && node === marks.node && step === marks.step) return;
    this.#marks = marks;
    for (const row of this.#rows) row.mark(marks);
    // Of both, that which changed is to be seen.
    const stepped = step !== marks.step && marks.step >= 0;
    const sought = this.#rows.filter(({ line }) =>
      stepped ? line?.steps.includes(marks.step) : line?.nodes.includes(marks.node),
    );
    this.#reveal(sought);
  }

  disconnect() {
    cancelAnimationFrame(this.#frame);
  }

  /** Scrolls to the first of some lines, unless one can be seen. @param {Row[]} rows */
  #reveal(rows) {
    cancelAnimationFrame(this.#frame);
    if (rows.length === 0) return;
    this.#frame = requestAnimationFrame(() => {
      const { scrollTop, clientHeight } = this.element;
      const places = rows.map(({ element }) => element.offsetTop);
      const height = rows[0]?.element.offsetHeight ?? 0;
      const isSeen = (/** @type {number} */ top) =>
        top >= scrollTop && top + height <= scrollTop + clientHeight;
      const isBusy = this.element.matches(":focus-within, :hover");
      // Who is reading the lines is not taken away from one that is marked.
      if (isBusy ? places.some(isSeen) : isSeen(places[0] ?? 0)) return;
      this.element.scrollTop = (places[0] ?? 0) - (clientHeight - height) / 2;
    });
  }

  /** @param {EventTarget | null} target */
  #rowOf(target) {
    const element = target instanceof Element ? target.closest(".line") : null;
    if (!(element instanceof HTMLElement)) return undefined;
    return this.#rows[Number(element.dataset["number"]) - 1];
  }

  /** @param {EventTarget | null} target */
  #light(target) {
    this.#does.onLight(this.#rowOf(target)?.line ?? null);
  }

  /** Where Tab comes to. @param {number} at */
  #stop(at) {
    const before = this.#rows[this.#current];
    if (before) before.element.tabIndex = -1;
    this.#current = at;
    const row = this.#rows[at];
    if (row) row.element.tabIndex = 0;
    this.#does.onCurrent(at);
  }

  /** @param {MouseEvent} event */
  #click({ target, altKey, detail }) {
    const line = this.#rowOf(target)?.line;
    // Who chose a part of the text wants to copy it; a second click is half of a double one.
    const isText = getSelection()?.type === "Range" && detail === 1;
    if (!line || isText || detail > 1) return;
    if (altKey) this.#does.onStep(line);
    else this.#does.onChoose(line);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (ctrlKey || metaKey) return;
    const line = this.current;
    const last = this.#rows.length - 1;
    const at = this.#current;
    const next = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - 10,
      PageDown: at + 10,
      Home: 0,
      End: last,
    }[key];
    if (next !== undefined && !altKey) {
      this.#rows[Math.min(Math.max(next, 0), last)]?.element.focus();
    } else if (key === "Enter" && line) {
      if (altKey) this.#does.onStep(line);
      else this.#does.onChoose(line);
    } else if (key === "Escape" && this.#marks.node >= 0) {
      this.#does.onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
