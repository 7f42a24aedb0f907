// A mistake over the picture: what it says and, where shapes do not fit, the axes that met, drawn,
// with the edits that make them fit.

import { html } from "./elements.js";
import { formatShape } from "./format.js";

/** @typedef {import("./backflow-wasm.js").Diagnostic} Diagnostic */
/** @typedef {import("./backflow-wasm.js").Misfit} Shapes */

/**
 * What the reader does there.
 * @typedef {object} Does
 * @property {(program: string) => void} onFix takes the program with a fix
 * @property {() => void} onClose
 * @property {(start: number, end: number) => void} onPlace goes to the place in the program
 */

/** How long a mistake stands before it is shown: typing goes through many. In milliseconds. */
const STANDS = 500;

/** What multiplies matrices: its operands stand in a row. */
const PRODUCTS = new Set(["@", "@=", "matmul", "dot"]);

/** Longest text of an operand. */
const LONG = 20;

/** The first mistake, over the picture. It takes no room, and nothing moves for it. */
export class MisfitNote {
  #does;
  #where = button("where", "", () => {
    if (this.#shown) this.#does.onPlace(this.#shown.start, this.#shown.end);
  });
  #message = html("span");
  #close = button("close", "×", () => this.#dismiss());
  #figure = html("div", "figure");
  #fixes = html("div", "fixes");
  #sheet = html(
    "div",
    "leaf",
    html("p", "said", this.#where, " ", this.#message),
    this.#close,
    this.#figure,
    this.#fixes,
  );
  /** The message itself is announced where all are listed. */
  #status = html("p", "unseen");
  element = html("div", "misfit", this.#sheet, this.#status);
  /** @type {Diagnostic | null} */
  #shown = null;
  #dismissed = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.element.setAttribute("role", "group");
    this.element.ariaLabel = "Mistake";
    this.#status.setAttribute("role", "status");
    this.#close.ariaLabel = "Close";
    this.#sheet.hidden = true;
    this.#sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#dismiss();
    });
  }

  /** Shows the first of a program's mistakes, once it stands; hides it where there is none. @param {Diagnostic[]} diagnostics */
  show(diagnostics) {
    clearTimeout(this.#waiting);
    const [first] = diagnostics;
    if (!first) {
      this.#hide();
      this.#dismissed = "";
    } else if (!this.#sheet.hidden) {
      this.#draw(first, diagnostics.length - 1);
    } else {
      this.#waiting = setTimeout(() => this.#draw(first, diagnostics.length - 1), STANDS);
    }
  }

  /** Gives its first button the focus; false where there is nothing to be seen. */
  focus() {
    if (this.#sheet.hidden) return false;
    (this.#fixes.querySelector("button") ?? this.#where).focus();
    return true;
  }

  disconnect() {
    clearTimeout(this.#waiting);
  }

  /** @param {Diagnostic} diagnostic @param {number} others how many more there are */
  #draw(diagnostic, others) {
    const { line, message, shapes } = diagnostic;
    const isDismissed = this.#dismissed === message;
    if (isDismissed) return;
    this.#shown = diagnostic;
    this.#where.textContent = `line ${line}:`;
    this.#message.textContent = others > 0 ? `${message} (and ${others} more)` : message;
    const drawn = shapes && shapes.operands.length > 0 ? figureOf(shapes) : null;
    this.#figure.replaceChildren(...(drawn ? [drawn] : []));
    const fixes = shapes?.fixes ?? [];
    this.#fixes.replaceChildren(
      ...fixes.map(({ message: text, program }) =>
        program === null
          ? html("span", "", text)
          : button("", text, () => this.#does.onFix(program)),
      ),
    );
    this.#sheet.hidden = false;
    this.#status.textContent = shapes ? spoken(shapes) : "";
  }

  #dismiss() {
    this.#dismissed = this.#shown?.message ?? "";
    this.#hide();
    this.#does.onClose();
  }

  #hide() {
    this.#sheet.hidden = true;
    this.#shown = null;
    this.#status.textContent = "";
  }
}

/** The names of the program whose shapes do not fit. @param {Diagnostic[]} diagnostics @returns {string[]} */
export function namesThatMeet([first]) {
  return (first?.shapes?.operands ?? []).flatMap(({ name }) => name ?? []);
}

/** @param {string} className @param {string} text @param {() => void} act */
function button(className, text, act) {
  const made = html("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** @param {string} text */
function brief(text) {
  const words = text.replaceAll(/\s+/g, " ");
  return words.length > LONG ? `${words.slice(0, LONG - 1)}…` : words;
}

/** @param {Shapes} shapes */
function figureOf(shapes) {
  const isProduct = PRODUCTS.has(shapes.operation) && shapes.operands.length === 2;
  const drawn = isProduct ? inARow(shapes) : inRows(shapes);
  drawn.setAttribute("role", "img");
  drawn.ariaLabel = spoken(shapes);
  return drawn;
}

/** The sizes that differ, each once. @param {Shapes} shapes @param {Shapes["met"][number]} met */
function differing({ operands }, { axes }) {
  const sizes = axes.flatMap((axis, at) => (axis === null ? [] : [operands[at]?.shape[axis]]));
  const each = [...new Set(sizes)];
  return each.length > 1 ? each.join(" ≠ ") : "";
}

/** The figure in words. @param {Shapes} shapes */
function spoken(shapes) {
  const { operands, operation, met, fixes } = shapes;
  const all = operands.map(({ text, shape }) => `${brief(text)} ${formatShape(shape)}`);
  const parts = [all.join(` ${operation} `)];
  for (const meeting of met) {
    if (meeting.fits) continue;
    const axes = meeting.axes.flatMap((axis, at) =>
      axis === null
        ? []
        : [`axis ${axis} of ${brief(operands[at]?.text ?? "")}, ${operands[at]?.shape[axis]}`],
    );
    if (axes.length > 0) parts.push(axes.join(" meets "));
  }
  const tried = fixes.filter(({ program }) => program !== null).map(({ message }) => message);
  if (tried.length > 0) parts.push(`to try: ${tried.join(", or ")}`);
  return parts.join("; ");
}

/** @param {HTMLElement} element @param {number} row @param {number} column @param {number} [to] */
function placed(element, row, column, to = column + 1) {
  element.style.gridArea = `${row} / ${column} / ${row + 1} / ${to}`;
  return element;
}

/** The box of an axis. @param {number | null} size null of an axis that is not there @param {boolean} fits */
function axisBox(size, fits) {
  const box = html("span", "axis", size === null ? "" : String(size));
  if (!fits) box.classList.add("differs");
  return box;
}

/** Factors in a row, and below them which axes meet. @param {Shapes} shapes */
function inARow(shapes) {
  const { operands, operation, met } = shapes;
  const grid = html("div", "axes in-a-row");
  // A number has no axis, and takes a place.
  const wide = operands.map(({ shape }) => Math.max(shape.length, 1));
  const first = [1, 1 + (wide[0] ?? 1) + 1];
  for (const [at, { text, shape }] of operands.entries()) {
    const from = first[at] ?? 1;
    grid.append(placed(html("span", "of", brief(text)), 1, from, from + (wide[at] ?? 1)));
    for (const [axis, size] of shape.entries()) {
      const fits = met.every((meeting) => meeting.fits || meeting.axes[at] !== axis);
      grid.append(placed(axisBox(size, fits), 2, from + axis));
    }
    if (shape.length === 0) grid.append(placed(axisBox(null, false), 2, from));
  }
  grid.append(placed(html("span", "operation", operation), 2, (first[1] ?? 3) - 1));
  for (const [at, meeting] of met.entries()) {
    const [left, right] = meeting.axes.map((axis, of) => (first[of] ?? 1) + (axis ?? 0));
    const join = html("span", "join", differing(shapes, meeting));
    if (!meeting.fits) join.classList.add("differs");
    grid.append(placed(join, 3 + at, left ?? 1, (right ?? 1) + 1));
  }
  return grid;
}

/** A row for each operand, axes that meet one below the other. @param {Shapes} shapes */
function inRows(shapes) {
  const { operands, met } = shapes;
  const grid = html("div", "axes in-rows");
  const columns = met.map((meeting) => meeting.axes);
  // What meets nothing stands behind.
  for (const [at, { shape }] of operands.entries()) {
    for (const axis of shape.keys()) {
      if (met.some(({ axes }) => axes[at] === axis)) continue;
      const free = columns.findIndex((axes, index) => index >= met.length && axes[at] === null);
      const column = columns[free] ?? operands.map(() => null);
      column[at] = axis;
      if (free < 0) columns.push(column);
    }
  }
  for (const [at, { text, shape }] of operands.entries()) {
    const row = 2 * at + 1;
    grid.append(placed(html("span", "of", brief(text)), row, 1));
    for (const [index, axes] of columns.entries()) {
      const axis = axes[at] ?? null;
      const fits = met[index]?.fits ?? true;
      const column = index + 2;
      if (axis !== null) grid.append(placed(axisBox(shape[axis] ?? null, fits), row, column));
      else if (!fits && isShort(shape, operands)) {
        grid.append(placed(axisBox(null, false), row, column));
      }
      const next = axes[at + 1] ?? null;
      if (index >= met.length || axis === null || next === null) continue;
      const join = html("span", "link");
      if (!fits) join.classList.add("differs");
      grid.append(placed(join, row + 1, column));
    }
  }
  for (const [index, meeting] of met.entries()) {
    if (meeting.fits) continue;
    const note = html("span", "note", differing(shapes, meeting));
    grid.append(placed(note, 2 * operands.length, index + 2));
  }
  return grid;
}

/** Whether a shape lacks an axis that is asked for: another has one, or it stands alone. @param {number[]} shape @param {Shapes["operands"]} operands */
function isShort(shape, operands) {
  const most = Math.max(...operands.map((operand) => operand.shape.length));
  return operands.length === 1 || (shape.length > 0 && shape.length < most);
}
