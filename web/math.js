// Mathematics as MathML: what the engine tells as a tree becomes elements, text as text.

import { html } from "./elements.js";

/** @typedef {import("./backflow-wasm.js").Math} MathTree */
/** @typedef {Extract<MathTree, { num: string }>} MathNumber */
/** @typedef {Extract<MathTree, { op: string }>} MathSign */

/** Signs before which a formula may go on in the next line; it may also after a comma. */
const RELATIONS = new Set(["=", "≈", "≠", "≤", "≥", "<", ">", "→"]);

/** Which of these stands between two sides depends on their numbers. */
const EQUAL = new Set(["=", "≈"]);

/** From so many names, numbers and signs on a sum may go on in the next line before each of its signs. */
const LONG = 10;

/** What a formula is in a line of text: its tooltip is the number under the pointer. */
export class Formula {
  element = html("span", "formula");
  /** What is written. @type {MathTree | null} */
  #math = null;
  /** The elements of its numbers, and of the signs that depend on them. @type {Element[]} */
  #numbers = [];

  constructor() {
    this.element.addEventListener("pointerover", ({ target }) => {
      // Elements of MathML have no tooltip of their own.
      const number = target instanceof Element ? target.closest("mn") : null;
      this.element.title = number?.getAttribute("data-exact") ?? "";
    });
  }

  /**
   * Writes a formula. While values are dragged its numbers change and little else:
   * where nothing else does the elements stay, which is many times faster.
   * @param {MathTree} math
   */
  write(math) {
    /** @type {(MathNumber | MathSign)[]} */
    const numbers = [];
    const stays = this.#math !== null && differsByNumbers(this.#math, math, numbers);
    this.#math = math;
    if (!stays) {
      this.element.replaceChildren(...rows(math).map(lineOf));
      this.#numbers = [...this.element.querySelectorAll("mn, mo.equal")];
      return;
    }
    for (const [at, number] of numbers.entries()) {
      const element = this.#numbers[at];
      if (!element) continue;
      if (isNumber(number)) writeNumber(element, number);
      else writeText(element, number.op);
    }
  }

  clear() {
    this.#math = null;
    this.#numbers = [];
    this.element.replaceChildren();
  }
}

/**
 * Whether two formulas have the same numbers or differ by nothing else; gathers the
 * numbers of the second, and the signs that depend on them, in the order in which they
 * stand.
 * @param {unknown} before
 * @param {unknown} after
 * @param {(MathNumber | MathSign)[]} numbers
 * @returns {boolean}
 */
function differsByNumbers(before, after, numbers) {
  if (typeof before !== "object" || typeof after !== "object" || !before || !after) {
    return before === after;
  }
  if (isNumber(before) && isNumber(after)) {
    numbers.push(after);
    return before.as === after.as;
  }
  if (isEqual(before) && isEqual(after)) {
    numbers.push(after);
    return true;
  }
  const [parts, others] = [Object.entries(before), Object.entries(after)];
  if (parts.length !== others.length) return false;
  return parts.every(([key, part], at) => {
    const [name, other] = others[at] ?? [];
    return key === name && differsByNumbers(part, other, numbers);
  });
}

/** @param {object} math @returns {math is MathNumber} */
function isNumber(math) {
  return "num" in math;
}

/** @param {object} math @returns {math is MathSign} */
function isEqual(math) {
  return "op" in math && EQUAL.has(String(math.op));
}

/** The lines of a formula: a table that is not within a formula has one in each row. @param {MathTree} math */
function rows(math) {
  return "table" in math ? math.table.map((cells) => ({ row: cells })) : [math];
}

/** @param {MathTree} math */
function lineOf(math) {
  const parts = "row" in math ? math.row : [math];
  // A cell of a table holds the whole line.
  const [only] = parts;
  const line = parts.length === 1 && only && "row" in only ? only.row : parts;
  const written = pieces(line.flatMap(broken)).flatMap((piece) => [pieceOf(piece), " "]);
  return html("span", "row", ...written);
}

/** Mathematics, or words, which go on in the next line as any text. @param {MathTree[]} piece */
function pieceOf(piece) {
  const [only] = piece;
  return only && "text" in only ? html("span", "words", only.text) : formula(piece);
}

/** A long sum in its terms, each with its sign before it. @param {MathTree} part @returns {MathTree[]} */
function broken(part) {
  if (!("row" in part) || lengthOf(part) < LONG) return [part];
  const isSign = (/** @type {MathTree} */ one) => "op" in one && one.op === "+";
  if (!part.row.some(isSign)) return [part];
  /** @type {MathTree[]} */
  const terms = [];
  let term = { row: /** @type {MathTree[]} */ ([]), isTerm: true };
  for (const one of part.row) {
    if (isSign(one) && term.row.length > 0) {
      terms.push(term);
      term = { row: [], isTerm: true };
    }
    term.row.push(one);
  }
  return [...terms, term];
}

/** How many names, numbers and signs a formula has. @param {unknown} math @returns {number} */
function lengthOf(math) {
  if (typeof math !== "object" || !math) return 0;
  const length = Object.values(math).reduce((all, part) => all + lengthOf(part), 0);
  return Math.max(length, Array.isArray(math) ? 0 : 1);
}

/** A formula cut where it may be broken, since browsers do not break one. @param {MathTree[]} parts */
function pieces(parts) {
  /** @type {MathTree[]} */
  let piece = [];
  const pieces = [piece];
  let ends = false;
  for (const part of parts) {
    const sign = "op" in part ? part.op : "";
    const isText = "text" in part;
    const isTerm = "isTerm" in part && "row" in part && opOf(part.row[0]) === "+";
    if (piece.length > 0 && (ends || isText || isTerm || RELATIONS.has(sign))) {
      piece = [];
      pieces.push(piece);
    }
    piece.push(part);
    ends = isText || sign === ",";
  }
  return pieces;
}

/** @param {MathTree | undefined} part */
function opOf(part) {
  return part && "op" in part ? part.op : "";
}

/** @param {MathTree[]} parts */
function formula(parts) {
  const children = parts.map(elementOf);
  // The space between two pieces is that of the text.
  const [first] = parts;
  if (first && RELATIONS.has(opOf(first))) children[0]?.setAttribute("lspace", "0");
  if (first && "row" in first && opOf(first.row[0]) === "+") {
    // It stands between terms, though one is in the line before.
    children[0]?.firstElementChild?.setAttribute("form", "infix");
    children[0]?.firstElementChild?.setAttribute("lspace", "0");
  }
  const element = mathml("math", ...children);
  // Fractions as large as they stand by themselves.
  element.setAttribute("displaystyle", "true");
  return element;
}

/** @param {MathTree} math @returns {MathMLElement} */
function elementOf(math) {
  if ("row" in math) return mathml("mrow", ...math.row.map(elementOf));
  if ("frac" in math) return mathml("mfrac", ...math.frac.map(elementOf));
  if ("sup" in math) return mathml("msup", ...math.sup.map(elementOf));
  if ("sub" in math) return mathml("msub", ...math.sub.map(elementOf));
  if ("under" in math) return mathml("munder", ...math.under.map(elementOf));
  if ("sqrt" in math) return mathml("msqrt", elementOf(math.sqrt));
  if ("dot" in math) return dotted(math.dot);
  if ("id" in math) return nameOf(math.id);
  if ("num" in math) return numberOf(math);
  if ("op" in math) return signOf(math);
  if ("fn" in math) return functionOf(math.fn);
  if ("text" in math) return mathml("mtext", math.text);
  if ("fence" in math) return fenceOf(math.fence);
  return mathml("mtable", ...math.table.map(rowOf));
}

/** A name with a dot over it. @param {MathTree} name */
function dotted(name) {
  const element = mathml("mover", elementOf(name), mathml("mo", "\u02D9"));
  element.setAttribute("accent", "true");
  return element;
}

/** @param {string} name */
function nameOf(name) {
  const element = mathml("mi", name);
  // One letter is italic by itself, a word is not.
  if ([...name].length > 1) element.setAttribute("class", "word");
  return element;
}

/** @param {MathSign} sign */
function signOf(sign) {
  const element = mathml("mo", sign.op);
  if (isEqual(sign)) element.setAttribute("class", "equal");
  return element;
}

/** @param {MathNumber} number */
function numberOf(number) {
  const element = mathml("mn", new Text());
  element.setAttribute("class", number.as);
  writeNumber(element, number);
  return element;
}

/** @param {Element} element @param {MathNumber} number */
function writeNumber(element, { num, exact }) {
  writeText(element, num);
  if (element.getAttribute("data-exact") !== exact) element.setAttribute("data-exact", exact);
}

/** @param {Element} element @param {string} written */
function writeText(element, written) {
  const text = element.firstChild;
  if (text instanceof Text && text.data !== written) text.data = written;
}

/** @param {string} name */
function functionOf(name) {
  const element = mathml("mi", name);
  element.setAttribute("mathvariant", "normal");
  return element;
}

/** @param {[string, MathTree, string]} fence */
function fenceOf([open, inside, close]) {
  const signs = [open, close].map((sign) => {
    const element = mathml("mo", sign);
    element.setAttribute("stretchy", "true");
    return element;
  });
  const [before = "", after = ""] = signs;
  return mathml("mrow", open ? before : "", elementOf(inside), close ? after : "");
}

/** @param {MathTree[]} cells */
function rowOf(cells) {
  return mathml("mtr", ...cells.map((cell) => mathml("mtd", elementOf(cell))));
}

/** @param {string} tag @param {(Node | string)[]} children @returns {MathMLElement} */
function mathml(tag, ...children) {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  element.append(...children);
  return /** @type {MathMLElement} */ (element);
}
