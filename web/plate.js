// The grids of a tensor, and of a stack which sheet they show.

import { svg } from "./elements.js";
import { Face } from "./face.js";
import { sizeOf } from "./format.js";
import { glideUnder } from "./heat.js";
import { glide } from "./motion.js";
import { Selector } from "./selector.js";

/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").Mode} Mode */
/** @typedef {import("./backflow-wasm.js").Plate} Plate */
/** @typedef {import("./face.js").Elements} Elements */
/** @typedef {import("./face.js").Side} Side */
/** @typedef {import("./heat.js").Palette} Palette */

/** The edges of the sheets behind: how many at most, and how far each stands out. */
const BEHIND = { most: 2, by: 3 };

export class DrawnPlate {
  element = svg("g", "plate");
  /** Its upper left corner. */
  at = { x: 0, y: 0 };
  /** @type {SceneNode | null} */
  node = null;
  /** Whether it may differ from the values. */
  stale = true;
  /** Where the keys were last. @type {{ side: Side, element: number }} */
  place = { side: "value", element: 0 };
  faces;
  /** The scene's index of its node. */
  index = 0;
  #behind = svg("path", "behind");
  #selector = new Selector();
  #sheet = 0;
  /** @type {Face[]} */
  #shown = [];
  /** Another one that is shown as long as something in it is pointed at. @type {number | null} */
  #shownSheet = null;

  /** @param {Palette} palette */
  constructor(palette) {
    this.faces = {
      value: new Face("value", palette),
      gradient: new Face("gradient", palette),
      tangent: new Face("tangent", palette),
    };
    this.#behind.setAttribute("aria-hidden", "true");
    this.element.append(this.#behind, this.#selector.element);
  }

  /** The faces that are drawn. */
  get shown() {
    return this.#shown;
  }

  /**
   * @param {SceneNode} node
   * @param {number} index
   * @param {Plate} plate
   * @param {Side[]} editable which sides can be edited
   * @param {Mode} mode
   * @param {{ width: number, height: number, top: number }} picture
   * @param {boolean} glides
   */
  draw(node, index, plate, editable, mode, picture, glides) {
    this.node = node;
    this.index = index;
    const name = node.name ?? node.symbol;
    this.element.dataset.of = node.key;
    // What a gate of the backward pass computes is a gradient, and has none itself.
    this.element.classList.toggle("derivative", node.derivative);
    this.#show(node.tangent !== null, mode !== "forward" && !node.derivative);
    for (const face of this.#shown) {
      face.place({ node, plate, name, editable: editable.includes(face.side) }, picture);
      if (!glides) continue;
      for (const under of face.under.children) {
        if (under instanceof HTMLElement) this.#glideUnder(under, face);
      }
    }
    if (glides) glide(this.element, this.at, plate);
    this.at = { x: plate.x, y: plate.y };
    const sheets = sizeOf(plate.leading);
    this.#sheet = Math.min(this.#sheet, Math.max(0, sheets - 1));
    this.#shownSheet = null;
    if (this.place.element >= sizeOf(node.shape)) this.place.element = 0;
    this.#behind.setAttribute(
      "d",
      sheets > 1 ? this.#edges(Math.min(sheets - 1, BEHIND.most)) : "",
    );
    this.#selector.place(plate, name);
    this.#selector.show(this.#sheet);
    this.stale = true;
  }

  /** @param {boolean} hasTangent @param {boolean} hasGradient */
  #show(hasTangent, hasGradient) {
    const { value, gradient, tangent } = this.faces;
    this.#shown = [value];
    if (hasGradient) this.#shown.push(gradient);
    if (hasTangent) this.#shown.push(tangent);
    for (const face of Object.values(this.faces)) {
      if (this.#shown.includes(face)) this.#selector.element.before(face.element);
      else face.element.remove();
    }
    if (!this.#shown.includes(this.faces[this.place.side])) this.place.side = "value";
  }

  /** @param {HTMLElement} under @param {Face} face */
  #glideUnder(under, face) {
    const { plate } = this.node ?? {};
    if (!plate) return;
    const { width, height } = face.box;
    const from = { x: this.at.x - plate.x, y: this.at.y - plate.y, width, height };
    glideUnder(under, from, { x: 0, y: 0 });
  }

  /** The edges of the sheets behind the one that is shown. @param {number} count */
  #edges(count) {
    let path = "";
    for (const { box } of this.#shown) {
      for (let i = 1; i <= count; i++) {
        const by = i * BEHIND.by;
        path += `M${box.x + by} ${box.y - by + BEHIND.by}v${-BEHIND.by}h${box.width}v${box.height}h${-BEHIND.by}`;
      }
    }
    return path;
  }

  /** The sheet that is shown. */
  get sheet() {
    return this.#shownSheet ?? this.#sheet;
  }

  /** How many sheets there are. */
  get sheets() {
    return sizeOf(this.node?.plate?.leading ?? []);
  }

  /** How many elements a sheet has. */
  get sheetSize() {
    const { rows = 1, columns = 1 } = this.node?.plate ?? {};
    return rows * columns;
  }

  /** Shows another sheet. @param {number} sheet @param {Float64Array} values @returns {boolean} whether there is such a one */
  turn(sheet, values) {
    if (sheet < 0 || sheet >= this.sheets) return false;
    this.#sheet = sheet;
    this.#shownSheet = null;
    this.#selector.show(sheet);
    this.write(values);
    return true;
  }

  /** Where a button of the selector leads; null where there is none. @param {Element} target */
  sheetOf(target) {
    return this.#selector.leadsTo(target, this.sheet);
  }

  /** @param {Float64Array} values */
  write(values) {
    this.stale = false;
    for (const face of this.#shown) face.write(values, this.sheet);
  }

  /** Shows or hides what is computed at a step. @param {number} step */
  showStep(step) {
    const { forward = 0, backward = 0 } = this.node ?? {};
    const { value, gradient, tangent } = this.faces;
    for (const [face, from] of /** @type {const} */ ([
      [value, forward],
      [gradient, backward],
      [tangent, forward],
    ])) {
      const isBlank = from > step;
      face.element.classList.toggle("blank", isBlank);
      face.under.classList.toggle("blank", isBlank);
    }
  }

  /**
   * Lights elements of its tensors; the rest stands back.
   * @param {Elements | null} lit null where nothing is pointed at
   * @param {Float64Array} values
   */
  point(lit, values) {
    const wanted = lit ? this.#sheetOfLit(lit) : null;
    if (wanted !== this.#shownSheet) {
      this.#shownSheet = wanted;
      this.#selector.show(this.sheet);
      this.write(values);
    }
    for (const face of this.#shown) face.point(lit?.[face.side] ?? null);
  }

  /** Another sheet where what is lit is, if none of it is in the one that is chosen. @param {Elements} lit */
  #sheetOfLit({ value, gradient, tangent }) {
    if (this.sheets < 2) return null;
    const all = [...value, ...gradient, ...tangent];
    const first = all[0];
    if (first === undefined) return null;
    const size = this.sheetSize;
    const isSeen = all.some((element) => Math.floor(element / size) === this.#sheet);
    return isSeen ? null : Math.floor(first / size);
  }
}
