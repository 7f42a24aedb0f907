// The grids of all tensors of a picture, and what lies under it.

import { html, svg } from "./elements.js";
import { Palette } from "./heat.js";
import { patch } from "./keyed.js";
import { enter, GLIDE } from "./motion.js";
import { DrawnPlate } from "./plate.js";

/** @typedef {import("./backflow-wasm.js").Plate} Plate */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** Elements of a tensor that light up. @typedef {{ node: number, side: Side, elements: number[] }} Lit */
/** @typedef {import("./face.js").Elements} Elements */
/** @typedef {import("./face.js").Side} Side */
/** @typedef {{ x: number, y: number, width?: number, height?: number }} Area */

/** Elements that are not lit. @type {Elements} */
const DARK = { value: [], gradient: [], tangent: [] };

export class Plates {
  element = svg("g", "plates");
  /** Maps, under the picture: a canvas in it is misplaced by some browsers. */
  under = html("div", "maps");
  /** What is drawn, by the keys of nodes. @type {Map<string, DrawnPlate>} */
  records = new Map();
  /** What the picture shows. @type {Float64Array} */
  values = new Float64Array();
  #palette = new Palette(() => this.#repaint());
  #size = { width: 1, height: 1, top: 0 };
  #isFar = false;
  #isPointed = false;

  constructor() {
    this.under.ariaHidden = "true";
    this.under.append(this.#palette.element);
  }

  connect() {
    this.#palette.connect();
  }

  disconnect() {
    this.#palette.disconnect();
  }

  /**
   * @param {Scene} scene
   * @param {{ width: number, height: number, top: number }} size of the picture
   * @param {boolean} glides
   * @param {(record: { element: SVGElement }) => void} leaves
   */
  draw({ nodes, output, mode }, size, glides, leaves) {
    this.#size = size;
    this.under.style.setProperty("--width", String(size.width));
    this.under.style.setProperty("--height", String(size.height));
    this.#isPointed = false;
    const shown = nodes.flatMap((node, index) => {
      const { plate } = node;
      return plate ? [{ node, index, plate }] : [];
    });
    patch(this.element, this.records, shown, {
      key: ({ node }) => node.key,
      create: ({ plate }) => this.#create(plate, glides),
      update: (record, { node, index, plate }) => {
        record.draw(node, index, plate, editableSides(node, index === output), mode, size, glides);
        for (const face of Object.values(record.faces)) {
          if (!record.shown.includes(face)) face.under.remove();
          else if (!face.under.isConnected) this.under.append(face.under);
        }
        if (this.#isFar) for (const face of record.shown) face.seeFrom(true, size);
      },
      leave: (record) => {
        for (const { under } of record.shown) under.remove();
        leaves(record);
      },
    });
  }

  /** @param {Plate} plate @param {boolean} glides */
  #create(plate, glides) {
    const record = enter(new DrawnPlate(this.#palette), plate, glides);
    for (const face of Object.values(record.faces)) {
      this.under.append(face.under);
      if (glides) face.under.animate({ opacity: [0, 1] }, { duration: GLIDE });
    }
    return record;
  }

  /** @param {boolean} isFar @param {Float64Array} values */
  seeFrom(isFar, values) {
    this.#isFar = isFar;
    for (const record of this.records.values()) {
      for (const face of record.shown) face.seeFrom(isFar, this.#size);
      record.write(values);
    }
  }

  /** Writes those that are seen; the others wait. @param {Float64Array} values @param {(area: Area) => boolean} isSeen */
  write(values, isSeen) {
    this.values = values;
    for (const record of this.records.values()) {
      if (record.node?.plate && isSeen(record.node.plate)) record.write(values);
      else record.stale = true;
    }
  }

  /** Writes one of those that wait. @param {Float64Array} values @returns {boolean} whether there was one */
  catchUp(values) {
    for (const record of this.records.values()) {
      if (!record.stale) continue;
      record.write(values);
      return true;
    }
    return false;
  }

  /** @param {number} step */
  showStep(step) {
    for (const record of this.records.values()) record.showStep(step);
  }

  /** Lights elements, and lets the others stand back. @param {Lit[] | null} lit null where nothing is pointed at */
  point(lit) {
    if (!lit && !this.#isPointed) return;
    this.#isPointed = lit !== null;
    /** @type {Map<number, Elements>} */
    const found = new Map();
    for (const { node, side, elements } of lit ?? []) {
      const of = found.get(node) ?? DARK;
      found.set(node, { ...of, [side]: [...of[side], ...elements].sort((a, b) => a - b) });
    }
    for (const record of this.records.values()) {
      record.point(lit && (found.get(record.index) ?? DARK), this.values);
    }
  }

  /** Lets the tensors of all but some nodes stand back. @param {Set<number> | null} nodes null where none does */
  dim(nodes) {
    for (const record of this.records.values()) {
      const isAside = nodes !== null && !nodes.has(record.index);
      record.element.classList.toggle("aside", isAside);
      for (const { under } of record.shown) under.classList.toggle("aside", isAside);
    }
  }

  /** The plate that an element of the picture belongs to. @param {Element} target */
  recordOf(target) {
    const of = target.closest(".plate");
    return of instanceof SVGElement ? this.records.get(of.dataset.of ?? "") : undefined;
  }

  #repaint() {
    for (const record of this.records.values()) {
      for (const face of record.shown) face.repaint(this.values);
    }
  }
}

/** Which sides of a node can be edited. @param {Scene["nodes"][number]} node @param {boolean} isOutput @returns {Side[]} */
function editableSides({ kind }, isOutput) {
  if (kind === "input") return ["value", "tangent"];
  return isOutput ? ["gradient"] : [];
}
