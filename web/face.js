// One of the grids of a tensor: its value's, its gradient's or its tangent's, as numbers or as a map.

import { html, set, svg } from "./elements.js";
import { formatExactly, formatIndex, formatNumber, formatTensor, nest } from "./format.js";
import { HeatMap, lay } from "./heat.js";
import { outline } from "./regions.js";

/** @typedef {import("./backflow-wasm.js").Plate} Plate */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./heat.js").Palette} Palette */
/** @typedef {"value" | "gradient" | "tangent"} Side */
/** Elements of each side. @typedef {Record<Side, number[]>} Elements */
/** What a face is drawn for. @typedef {{ node: SceneNode, plate: Plate, name: string, editable: boolean }} Shown */

/** The room about a number, and the width of a digit: longer numbers are drawn closer than they are. */
const ROOM = 5;
const DIGIT = 7.5;

/** How far the brackets about a grid reach in. */
const BRACKET = 4;
/** How far they stand from the numbers' cells: a long number fills its own. */
const APART = 2;

/** The scale under a map: from its lower edge, and how high its strip is. */
const SCALE = { gap: 3, strip: 3, text: 14, least: 116, digit: 6.5 };

/** Longer numbers leave the scale no room for its zero. */
const ZERO = 5;

/** Of more elements that are not finite only the rows are marked. */
const CROSSED = 2000;

export const BLANK = "not computed yet";

export class Face {
  element;
  /** What of it is drawn in HTML, under the picture. */
  under = html("div", "under");
  side;
  #palette;
  #brackets = svg("path", "brackets");
  /** Takes the pointer. */
  pane = svg("rect", "pane");
  #texts = svg("g");
  /** @type {Text[]} */
  #cells = [];
  /** What the texts show. */
  #written = new Float64Array();
  #scale = ["start", "middle", "end"].map((anchor) => svg("text", `scale ${anchor}`));
  #strip = html("div", "strip");
  /** What is not finite. */
  #broken = svg("path", "broken");
  #places = 0;
  /** Lies over what does not count now. */
  #veil = svg("path", "veil");
  #lit = svg("path", "lit");
  #title = svg("title");
  /** Two by turns, since a new focus is spoken and a new label is not. */
  #cursors = [svg("rect", "cell"), svg("rect", "cell")];
  #cursor = 0;
  /** @type {HeatMap | null} */
  #map = null;
  #isFar = false;
  /** @type {Shown | null} */
  #shown = null;
  #offset = 0;
  #sheet = 0;
  #corner = { x: 0, y: 0 };

  /** @param {Side} side @param {Palette} palette */
  constructor(side, palette) {
    this.side = side;
    this.#palette = palette;
    this.under.classList.add(side);
    const row = svg("g", "", ...this.#cursors);
    row.setAttribute("role", "row");
    for (const cursor of this.#cursors) {
      cursor.setAttribute("role", "gridcell");
      cursor.setAttribute("tabindex", "-1");
    }
    const spoken = [this.#title, this.#brackets, this.#texts, this.#broken, this.#veil, this.#lit];
    for (const one of [...spoken, ...this.#scale]) one.setAttribute("aria-hidden", "true");
    this.element = svg(
      "g",
      `face ${side}`,
      this.#title,
      this.#texts,
      ...this.#scale,
      this.#broken,
      this.#veil,
      this.#brackets,
      this.#lit,
      this.pane,
      row,
    );
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("tabindex", "-1");
  }

  /** @param {Shown} shown @param {{ width: number, height: number, top: number }} picture */
  place(shown, picture) {
    const { node, plate, name } = shown;
    this.#shown = shown;
    this.#offset = node[this.side] ?? 0;
    this.#corner = {
      value: { x: plate.valueX, y: plate.valueY },
      gradient: { x: plate.gradientX, y: plate.gradientY },
      tangent: { x: plate.tangentX ?? 0, y: plate.tangentY ?? 0 },
    }[this.side];
    const at = this.box;
    this.element.setAttribute("aria-label", `${this.side} of ${name}`);
    this.element.setAttribute("aria-rowcount", String(plate.rows));
    this.element.setAttribute("aria-colcount", String(plate.columns));
    this.element.classList.toggle("editable", shown.editable);
    this.element.dataset.key = node.key;
    for (const cursor of this.#cursors) {
      cursor.dataset.key = node.key;
      cursor.setAttribute("aria-readonly", String(!shown.editable));
    }
    set(this.pane, at);
    const [right, bottom] = [at.x + at.width, at.y + at.height];
    this.#brackets.setAttribute(
      "d",
      plate.map
        ? `M${at.x} ${at.y}H${right}V${bottom}H${at.x}z`
        : `M${at.x - APART + BRACKET} ${at.y}h${-BRACKET}V${bottom}h${BRACKET}M${right + APART - BRACKET} ${at.y}h${BRACKET}V${bottom}h${-BRACKET}`,
    );
    this.#makeTexts(plate.map ? 0 : plate.rows * plate.columns);
    for (const [i, text] of [...this.#texts.children].entries()) {
      const { x, y } = this.#centre(i);
      text.setAttribute("x", String(x));
      text.setAttribute("y", String(y));
    }
    this.#placeScale(plate.map, picture);
    this.#showMap();
    if (this.#map) lay(this.#map.element, at, picture);
    this.#broken.removeAttribute("d");
    this.#places = 0;
    this.point(null);
  }

  /** Where its cells are, of the sheet that is shown. */
  get box() {
    const { rows, columns, cellWidth, cellHeight } = this.#plate;
    return { ...this.#corner, width: columns * cellWidth, height: rows * cellHeight };
  }

  get #plate() {
    if (!this.#shown) throw new Error("a face without a plate");
    return this.#shown.plate;
  }

  get #size() {
    return this.#plate.rows * this.#plate.columns;
  }

  /** @param {number} count */
  #makeTexts(count) {
    if (this.#cells.length === count) return;
    this.#cells = Array.from({ length: count }, () => new Text());
    this.#written = new Float64Array(count);
    this.#texts.replaceChildren(...this.#cells.map((text) => svg("text", this.side, text)));
  }

  /** @param {boolean} isMap @param {{ width: number, height: number, top: number }} picture */
  #placeScale(isMap, picture) {
    const { x, y, width, height } = this.box;
    const long = Math.max(width, SCALE.least);
    const left = x + (width - long) / 2;
    const under = y + height + SCALE.gap;
    for (const [i, text] of this.#scale.entries()) {
      set(text, { x: left + (long * i) / 2, y: under + SCALE.text });
      text.textContent = "";
    }
    this.#strip.hidden = !isMap;
    if (isMap) lay(this.#strip, { x: left, y: under, width: long, height: SCALE.strip }, picture);
  }

  /** A map where there is one, and where numbers could not be read. */
  #showMap() {
    const { map, rows, columns } = this.#plate;
    if (map || this.#isFar) {
      this.#map ??= new HeatMap();
      this.#map.size(rows, columns);
      this.under.replaceChildren(this.#map.element, this.#strip);
    } else {
      this.#map = null;
      this.under.replaceChildren();
    }
  }

  /** @param {boolean} isFar @param {{ width: number, height: number, top: number }} picture */
  seeFrom(isFar, picture) {
    this.#isFar = isFar;
    if (this.#plate.map) return;
    this.#showMap();
    if (this.#map) lay(this.#map.element, this.box, picture);
  }

  /** Writes what differs. @param {Float64Array} values @param {number} sheet which one is shown */
  write(values, sheet) {
    this.#sheet = sheet;
    const start = this.#offset + sheet * this.#size;
    if (this.#map) this.#paint(this.#map, values, start);
    if (this.#isFar) return;
    for (let i = 0; i < this.#cells.length; i++) {
      const number = values[start + i] ?? Number.NaN;
      const text = this.#cells[i];
      if (!text || (Object.is(number, this.#written[i]) && text.data !== "")) continue;
      this.#written[i] = number;
      const shown = formatNumber(number);
      if (text.data !== shown) this.#change(text, shown);
    }
  }

  /** @param {Text} text @param {string} shown */
  #change(text, shown) {
    text.data = shown;
    if (text.parentElement) fit(text.parentElement, shown, DIGIT, this.#plate.cellWidth - ROOM);
  }

  /** @param {HeatMap} map @param {Float64Array} values @param {number} start */
  #paint(map, values, start) {
    const before = map.largest;
    map.paint(values, start, this.#size, this.#palette.of(this.side));
    if (!this.#plate.map) return;
    const [least, zero, most] = this.#scale;
    if (least && zero && most && (before !== map.largest || most.textContent === "")) {
      const text = formatNumber(map.largest);
      most.textContent = text;
      zero.textContent = map.largest > 0 && text.length <= ZERO ? "0" : "";
      least.textContent = map.largest > 0 ? formatNumber(-map.largest) : "";
      for (const one of [least, most]) fit(one, one.textContent, SCALE.digit, SCALE.least / 2 - 2);
    }
    const places = map.broken === 0 ? 0 : map.places ^ map.broken;
    if (places === this.#places) return;
    this.#places = places;
    this.#broken.setAttribute("d", map.broken === 0 ? "" : this.#crosses(map, values, start));
  }

  /** @param {HeatMap} map @param {Float64Array} values @param {number} start */
  #crosses(map, values, start) {
    const places = [];
    for (let i = 0; i < this.#size; i++) {
      if (!Number.isFinite(values[start + i])) places.push(i);
    }
    if (map.broken > CROSSED) return outline(places, this.#plate, this.#corner);
    const { cellWidth: width, cellHeight: height } = this.#plate;
    const crosses = places.map((i) => {
      const { x, y } = this.rectOf(i);
      return `M${x} ${y}l${width} ${height}m${-width} 0l${width} ${-height}`;
    });
    return crosses.join("");
  }

  /** Paints in other colours. @param {Float64Array} values */
  repaint(values) {
    if (this.#map) this.#paint(this.#map, values, this.#offset + this.#sheet * this.#size);
  }

  // Elements

  /** Where an element of the sheet stands. @param {number} place */
  rectOf(place) {
    const { columns, cellWidth: width, cellHeight: height } = this.#plate;
    const { x, y } = this.#corner;
    const [row, column] = [Math.floor(place / columns), place % columns];
    return { x: x + column * width, y: y + row * height, width, height };
  }

  /** @param {number} place */
  #centre(place) {
    const { x, y, width, height } = this.rectOf(place);
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** The element at a point of the picture, -1 beside them. @param {{ x: number, y: number }} point */
  elementAt({ x, y }) {
    const { rows, columns, cellWidth, cellHeight } = this.#plate;
    const column = Math.floor((x - this.#corner.x) / cellWidth);
    const row = Math.floor((y - this.#corner.y) / cellHeight);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return -1;
    return this.#sheet * this.#size + row * columns + column;
  }

  /** What an element is called. @param {number} element */
  nameOf(element) {
    const { name = "", node } = this.#shown ?? {};
    return name + formatIndex(element, node?.shape ?? []);
  }

  /** An element with every digit. @param {number} element @param {Float64Array} values @param {number} step */
  tell(element, values, step) {
    const { forward = 0, backward = 0 } = this.#shown?.node ?? {};
    const isThere = (this.side === "gradient" ? backward : forward) <= step;
    const number = isThere ? formatExactly(values[this.#offset + element] ?? Number.NaN) : BLANK;
    const of = this.side === "value" ? "" : `${this.side} of `;
    return `${of}${this.nameOf(element)} = ${number}`;
  }

  /** All of it as a program writes it, or one element. @param {Float64Array} values @param {number | null} element */
  plainly(values, element) {
    const shape = this.#shown?.node.shape ?? [];
    if (element !== null) return String(values[this.#offset + element] ?? Number.NaN);
    return formatTensor(nest(values, this.#offset, shape), String);
  }

  /**
   * Lets elements stand out and the others stand back.
   * @param {number[] | null} elements null where nothing is pointed at
   */
  point(elements) {
    const start = this.#sheet * this.#size;
    const places = (elements ?? [])
      .map((element) => element - start)
      .filter((place) => place >= 0 && place < this.#size);
    const { x, y, width, height } = this.box;
    const lit = places.length > 0 ? outline(places, this.#plate, this.#corner) : "";
    change(this.#veil, elements ? `M${x} ${y}h${width}v${height}h${-width}z${lit}` : "");
    change(this.#lit, lit);
  }

  /** Writes the tooltip of an element. @param {string} text */
  explain(text) {
    if (this.#title.textContent !== text) this.#title.textContent = text;
  }

  /** Gives an element the focus of the keys. @param {number} element @param {string} label */
  focus(element, label) {
    this.#cursor = 1 - this.#cursor;
    const cursor = this.#cursors[this.#cursor];
    if (!cursor) return;
    const place = element - this.#sheet * this.#size;
    const { columns } = this.#plate;
    set(cursor, this.rectOf(place));
    cursor.setAttribute("aria-label", label);
    cursor.setAttribute("aria-rowindex", String(Math.floor(place / columns) + 1));
    cursor.setAttribute("aria-colindex", String((place % columns) + 1));
    cursor.focus({ preventScroll: true });
  }

  /** What has the focus of the keys when an element has it. */
  get cursor() {
    return this.#cursors[this.#cursor];
  }
}

/** Draws a text no wider than its room. @param {Element} text @param {string | null} shown @param {number} digit @param {number} room */
function fit(text, shown, digit, room) {
  const isLong = (shown ?? "").length * digit > room;
  if (isLong === text.hasAttribute("textLength")) return;
  if (isLong) {
    text.setAttribute("textLength", String(room));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  } else {
    text.removeAttribute("textLength");
  }
}

/** @param {SVGPathElement} path @param {string} d */
function change(path, d) {
  if ((path.getAttribute("d") ?? "") !== d) path.setAttribute("d", d);
}
