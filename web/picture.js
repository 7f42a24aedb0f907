// The graph as SVG: drawn when the structure changes, and when only values
// change, nothing but the texts that differ is written.

import { DrawnBox, DrawnFold, DrawnNode, DrawnWire } from "./drawn.js";
import { editableOf, seedOf } from "./editable.js";
import { svg } from "./elements.js";
import { Hands } from "./hands.js";
import { patch } from "./keyed.js";
import { enter, leave, prefersStill, pulse } from "./motion.js";
import { Plates } from "./plates.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./motion.js").Point} Point */
/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./backflow-wasm.js").SceneWire} SceneWire */

/** @typedef {import("./backflow-wasm.js").Element} Told */
/** @typedef {import("./plate-hands.js").Spot} Spot */
/** @typedef {import("./line.js").Lit} Lit */
/** @typedef {import("./line.js").Paths} Paths */
/** @typedef {import("./plates.js").Area} Area */

/** What is chosen: an index into the scene's nodes or wires. @typedef {{ node: number } | { wire: number }} Selection */

/**
 * What the reader does in the picture.
 * @typedef {object} Does
 * @property {(selection: Selection | null) => void} [onSelect]
 * @property {(key: string, opens: boolean) => void} [onToggle] opens or closes a box
 * @property {(key: string) => void} [onFold] folds gates into the one that an offer names
 * @property {(offset: number, value: number, phase: "start" | "move" | "end") => void} [onEdit]
 *   changes a number; `start` comes with the value before, `end` with the one that stays
 * @property {(how: "hover" | "focus" | "pin", spot: Spot | null) => boolean} [onPoint]
 *   points at an element, or no longer; tells whether it did in this way before
 * @property {(node: number, text: string) => void} [onPaste] numbers for all of an input
 * @property {(at: Point) => void} [onWork] a gate is at work there, to be seen
 * @property {(isStepping: boolean) => void} [onPass] a step of a pass is shown, or all at rest
 */

/** Above this many nodes, before or after, the picture changes at once, without gliding. */
const GLIDES = 300;

/** Room above the picture for the name of a gate in its first row. */
const HEADROOM = 10;

/** Up to this many wires all labels are written at once, also those out of sight. */
const WRITES = 300;

/** Of more wires, so many at a time are brought up to date out of sight. */
const CHUNK = 100;

/** The picture of one program. */
export class Picture {
  element = svg("svg", "picture");
  /** Of what is drawn, in its own units. */
  size = { width: 1, height: 1 };
  #boxes = svg("g", "boxes");
  #wires = svg("g");
  #nodes = svg("g");
  #folds = svg("g");
  /** The grids of tensors. */
  plates = new Plates();
  #pulses = svg("g", "pulses");
  /** Fading, and no longer part of the graph. */
  #leaving = svg("g", "leaving");
  /** @type {Map<string, DrawnBox>} */
  #boxRecords = new Map();
  /** @type {Map<string, DrawnWire>} */
  #wireRecords = new Map();
  /** @type {Map<string, DrawnNode>} */
  #nodeRecords = new Map();
  /** @type {Map<string, DrawnFold>} */
  #foldRecords = new Map();
  /** The records in the scene's order. @type {{ nodes: DrawnNode[], wires: DrawnWire[], boxes: DrawnBox[] }} */
  #drawn = { nodes: [], wires: [], boxes: [] };
  #hands;
  #does;
  /** What is drawn. @type {Scene | null} */
  #scene = null;
  #step = Number.POSITIVE_INFINITY;
  /** Whether the gate of the step stands out; at rest none does. */
  #works = false;
  /** By key, since an edit changes the indices. @type {{ node: string } | { wire: string } | null} */
  #selected = null;
  /** The same, by index. @type {Selection | null} */
  #selection = null;
  /** @type {Paths | null} */
  #lit = null;
  /** The names whose shapes do not fit. @type {string[]} */
  #blamed = [];
  /** What an element that is pointed at was made of. @type {Told | null} */
  #pointed = null;
  /** The elements that it lights. @type {Parameters<Plates["point"]>[0]} */
  #elements = null;
  #isFar = false;
  #isStepping = false;
  /** Whether what is lit is a gate with its origin. */
  #isRelated = false;

  /** @param {Does} [does] */
  constructor(does = {}) {
    this.element.setAttribute("role", "group");
    for (const part of [this.#leaving, this.#pulses]) part.setAttribute("aria-hidden", "true");
    this.element.append(
      this.#leaving,
      this.#boxes,
      this.#wires,
      this.#pulses,
      this.#nodes,
      this.plates.element,
      this.#folds,
    );
    this.#does = does;
    this.#hands = new Hands(this, does);
  }

  /** Lights what is at a place with what it is derived from, and what is derived from it. @param {EventTarget | null} at */
  #relate(at) {
    const node = at instanceof Element ? at.closest(".node") : null;
    const index = node ? this.#drawn.nodes.findIndex(({ element }) => element === node) : -1;
    const nodes = relatedTo(this.#scene?.nodes ?? [], index);
    if (nodes.length > 0) this.light({ nodes, wires: [] });
    else if (this.#isRelated) this.light(null);
    this.#isRelated = nodes.length > 0;
  }

  /** Follows the focus within the box that the picture is in. @param {HTMLElement} box */
  follow(box) {
    this.#hands.follow(box);
    for (const [enters, leaves] of [
      ["pointerover", "pointerout"],
      ["focusin", "focusout"],
    ]) {
      box.addEventListener(enters ?? "", ({ target }) => this.#relate(target));
      box.addEventListener(leaves ?? "", () => this.#relate(null));
    }
  }

  /** What is drawn. */
  get scene() {
    return this.#scene;
  }

  /** What is chosen, as indices of the scene that is drawn. @returns {Selection | null} */
  get selection() {
    return this.#selection;
  }

  /** Shows the whole of a scene, at rest. @param {Scene} scene */
  draw(scene) {
    const { nodes, wires, boxes, folds, width } = scene;
    const height = scene.height + HEADROOM;
    this.size = { width, height };
    const before = this.#nodeRecords.size;
    const glides = before > 0 && Math.max(before, nodes.length) <= GLIDES && !prefersStill();
    const focused = this.#hands.release();
    const edited = new Map(scene.inputs.map((input) => [input.node, input]));
    this.#scene = scene;
    this.#lit = null;
    this.#isRelated = false;
    this.#step = Number.POSITIVE_INFINITY;
    this.#works = false;
    this.element.classList.toggle("gliding", glides);
    this.element.dataset.mode = scene.mode;
    this.element.setAttribute("viewBox", `0 ${-HEADROOM} ${width} ${height}`);
    this.element.style.setProperty("--width", String(width));
    this.element.style.setProperty("--height", String(height));

    /** @param {{ element: SVGElement }} record */
    const leaves = (record) => leave(record.element, this.#leaving, glides);
    patch(this.#boxes, this.#boxRecords, boxes, {
      key: (box) => box.key,
      create: (box) => enter(new DrawnBox(), box, glides),
      update: (record, box) => record.place(box, glides),
      leave: leaves,
    });
    patch(this.#nodes, this.#nodeRecords, nodes, {
      key: (node) => node.key,
      create: (node) => enter(new DrawnNode(), node, glides),
      update: (record, node) => {
        record.mode = scene.mode;
        record.place(node, glides);
      },
      leave: leaves,
    });
    patch(this.#wires, this.#wireRecords, wires, {
      key: (wire) => keyOfWire(wire, nodes),
      create: (wire) => enter(new DrawnWire(), { x: wire.labelX, y: wire.labelY }, glides),
      update: (record, wire) => {
        record.place(wire, scene, glides);
        const input = edited.get(wire.from);
        record.edit(editableOf(wire, scene, input), seedOf(wire, input));
      },
      leave: leaves,
    });
    patch(this.#folds, this.#foldRecords, folds, {
      key: (fold) => fold.key,
      create: () => new DrawnFold(),
      update: (record, fold) => {
        const last = nodes[fold.nodes.at(-1) ?? -1];
        if (last) record.place(fold, last, scene.steps.length - 1);
      },
      leave: (record) => record.element.remove(),
    });
    this.plates.draw(scene, { width, height, top: -HEADROOM }, glides, leaves);
    this.#pointed = null;
    this.#drawn = {
      nodes: nodes.flatMap(({ key }) => this.#nodeRecords.get(key) ?? []),
      wires: wires.flatMap((wire) => this.#wireRecords.get(keyOfWire(wire, nodes)) ?? []),
      boxes: boxes.flatMap(({ key }) => this.#boxRecords.get(key) ?? []),
    };
    this.#selection = this.#find(scene);
    this.#hands.draw(scene, focused);
    this.#mark();
  }

  /**
   * Shows a step: what is not computed yet is blank, the gate at work and its
   * wires stand out, kept values are marked.
   * @param {number} step
   * @param {Scene} _scene the one that is drawn
   */
  showStep(step, _scene) {
    const last = (this.#scene?.steps.length ?? 0) - 1;
    const before = Math.min(this.#step, last);
    this.#step = step;
    this.plates.showStep(step);
    // The last step is how the picture rests, unless it was come to as a step.
    this.#works = step < last || (step === last && before === last - 1);
    this.#mark();
    if (!this.#works) return;
    const at = this.#drawn.nodes[this.#scene?.steps[step]?.node ?? -1]?.at;
    if (at) this.#does.onWork?.(at);
    if (step === before + 1 && !prefersStill()) this.#pulse(step);
  }

  /** Marks what is chosen. @param {Selection | null} selection */
  select(selection) {
    const { nodes = [], wires = [] } = this.#scene ?? {};
    this.#selected = null;
    this.#selection = null;
    if (selection && "node" in selection) {
      const node = nodes[selection.node];
      if (node) this.#selected = { node: node.key };
    } else if (selection) {
      const wire = wires[selection.wire];
      if (wire) this.#selected = { wire: keyOfWire(wire, nodes) };
    }
    if (this.#selected) this.#selection = selection;
    this.#mark();
  }

  /** Lights paths and elements, and lets the rest stand back. @param {Paths | null} lit */
  light(lit) {
    this.#lit = lit;
    this.plates.point(lit?.elements ?? this.#elements);
    this.#mark();
  }

  /** Marks the nodes of names whose shapes do not fit. @param {string[]} names */
  blame(names) {
    if (names.length === 0 && this.#blamed.length === 0) return;
    this.#blamed = names;
    this.#mark();
  }

  /** Lights what an element was made of, and lets other elements stand back. @param {Spot | null} spot @param {Told | null} told */
  point(spot, told) {
    const { node = 0, side = "value", element = 0 } = spot ?? {};
    this.#elements = spot && (told?.lit ?? [{ node, side, elements: [element] }]);
    this.plates.point(this.#elements);
    this.#pointed = told;
    this.#mark();
  }

  /** An element with every digit. @param {Spot} spot */
  tell({ node, side, element }) {
    const record = this.plates.records.get(this.#scene?.nodes[node]?.key ?? "");
    return record?.faces[side].tell(element, this.plates.values, this.#step) ?? "";
  }

  /** Whether the picture is seen from so far that no label can be read. @param {boolean} isFar @param {Float64Array} values */
  seeFrom(isFar, values) {
    if (isFar === this.#isFar) return;
    this.#isFar = isFar;
    this.element.classList.toggle("far", isFar);
    if (isFar) for (const wire of this.#wireRecords.values()) wire.weigh(values);
    this.plates.seeFrom(isFar, values);
  }

  /**
   * Writes what changed. In a large picture what is out of sight waits for `catchUp`.
   * @param {Float64Array} values
   * @param {(area: Area) => boolean} isSeen
   */
  write(values, isSeen) {
    const all = this.#wireRecords.size <= WRITES;
    const isFar = this.#isFar;
    for (const wire of this.#wireRecords.values()) {
      if (isFar) wire.weigh(values);
      if (all || (!isFar && isSeen(wire.at))) wire.write(values);
      else wire.stale = true;
    }
    this.plates.write(values, isSeen);
    this.#hands.values = values;
  }

  /** Writes some of what waits. @param {Float64Array} values @returns {boolean} whether more does */
  catchUp(values) {
    let room = CHUNK;
    for (const wire of this.#wireRecords.values()) {
      if (!wire.stale) continue;
      if (room === 0) return true;
      wire.write(values);
      room -= 1;
    }
    if (this.plates.catchUp(values)) return true;
    // Of more nodes each tells its numbers as it gets the focus.
    if (this.#nodeRecords.size <= GLIDES) {
      for (const node of this.#drawn.nodes) node.tell(values, this.#step);
    }
    for (const wire of this.#drawn.wires) wire.tell(values);
    return false;
  }

  /** Writes the tooltip of what is at an element of the picture. @param {Element} at @param {Float64Array} values */
  explain(at, values) {
    const element = at.closest(".wire, .node");
    if (element) this.recordOf(element)?.explain(values, this.#step);
  }

  /** What an element of the picture stands for. @param {Element} element */
  recordOf(element) {
    for (const records of [this.#wireRecords, this.#nodeRecords]) {
      for (const record of records.values()) if (record.element === element) return record;
    }
    return undefined;
  }

  /** The records of the scene's nodes, wires and boxes, in its order. */
  get drawn() {
    return this.#drawn;
  }

  /** Every digit of the number that has the focus or is chosen; undefined where none is. */
  copied() {
    return this.#hands.copied();
  }

  /** Takes numbers that are pasted where an input's grid has the focus. @param {string} text @returns {boolean} whether one has */
  paste(text) {
    const node = this.#hands.pastes;
    if (node < 0 || !this.#does.onPaste) return false;
    this.#does.onPaste(node, text);
    return true;
  }

  /** Whether the gate of the step stands out; at rest none does. */
  get works() {
    return this.#works;
  }

  /** The step that is shown. */
  get step() {
    return this.#step;
  }

  /** Where what is chosen is in another scene. @param {Scene} scene @returns {Selection | null} */
  #find({ nodes, wires }) {
    if (!this.#selected) return null;
    if ("node" in this.#selected) {
      const { node: key } = this.#selected;
      const node = nodes.findIndex((one) => one.key === key);
      return node < 0 ? null : { node };
    }
    const { wire: key } = this.#selected;
    const wire = wires.findIndex((one) => keyOfWire(one, nodes) === key);
    return wire < 0 ? null : { wire };
  }

  #mark() {
    if (!this.#scene) return;
    const { wires, steps, names } = this.#scene;
    const selected = this.#selection;
    const selectedNode = selected && "node" in selected ? selected.node : -1;
    const selectedWire = selected && "wire" in selected ? selected.wire : -1;
    const at = this.#works ? steps[this.#step] : undefined;
    const [working, read] = [new Set(at?.wires), new Set(at?.reads)];
    const blamed = new Set(
      this.#blamed.map((name) => names.findLast((one) => one.name === name)?.node),
    );
    // What is pointed at stands out in its grids; a number has none.
    const pointed = this.#pointed?.lit.map(({ node }) => node) ?? [];
    const numbers = pointed.filter((node) => !this.#scene?.nodes[node]?.plate);
    const meant = this.#lit?.elements?.map(({ node }) => node) ?? [];
    const litNodes = new Set([...(this.#lit?.nodes ?? []), ...meant, ...numbers]);
    const litWires = new Set([...(this.#lit?.wires ?? []), ...(this.#pointed?.wires ?? [])]);
    const { classList } = this.element;
    classList.toggle("dimmed", this.#lit !== null);
    this.plates.dim(this.#lit && litNodes);
    if (classList.toggle("stepping", at !== undefined) !== this.#isStepping) {
      this.#isStepping = at !== undefined;
      this.#does.onPass?.(this.#isStepping);
    }
    classList.toggle("forward", at?.pass === "forward");
    classList.toggle("backward", at?.pass === "backward" || at?.pass === "base");
    for (const [index, drawn] of this.#drawn.wires.entries()) {
      const { forward = 0, backward = 0 } = wires[index] ?? {};
      drawn.marks.show({
        "no-value": forward > this.#step,
        "no-gradient": backward > this.#step,
        working: working.has(index),
        lit: litWires.has(index),
        selected: index === selectedWire,
      });
    }
    for (const [index, drawn] of this.#drawn.nodes.entries()) {
      const isSelected = index === selectedNode;
      const changed = drawn.marks.show({
        computed: (drawn.node?.forward ?? 0) <= this.#step,
        working: at?.node === index || (at !== undefined && worksAt(drawn.node, this.#step)),
        read: read.has(index),
        lit: litNodes.has(index),
        selected: isSelected,
        meets: blamed.has(index),
      });
      if (changed) drawn.element.setAttribute("aria-pressed", String(isSelected));
    }
  }

  /** A pulse along each wire that a step fills. @param {number} step */
  #pulse(step) {
    const at = this.#scene?.steps[step];
    const backward = at?.pass === "backward" || at?.pass === "base";
    for (const index of at?.wires ?? []) {
      const [wire, drawn] = [this.#scene?.wires[index], this.#drawn.wires[index]];
      if (!wire || !drawn) continue;
      const fills = at?.pass === "base" || (backward ? wire.to : wire.from) === at?.node;
      if (!fills) continue;
      const label = backward ? drawn.gradient : drawn.value;
      pulse(this.#pulses, drawn.path, label.element, backward);
    }
  }
}

/** Whether a gate of the backward pass works in a step. @param {SceneNode | null} node @param {number} step */
function worksAt(node, step) {
  return node?.derivative === true && node.forward === step;
}

/** A node that serves the gradient of another, with that one; one that is served, with all that serve it. @param {SceneNode[]} nodes @param {number} index @returns {number[]} none where no derivative is drawn */
function relatedTo(nodes, index) {
  const origin = nodes[index]?.origin ?? null;
  const serving = nodes.flatMap((node, at) => (node.origin === index ? [at] : []));
  const others = origin === null ? serving : [...serving, origin];
  return others.length > 0 ? [index, ...others] : [];
}

/** @param {SceneWire} wire @param {SceneNode[]} nodes @returns {string} */
function keyOfWire(wire, nodes) {
  const to = wire.to === null ? null : nodes[wire.to]?.key;
  return JSON.stringify([nodes[wire.from]?.key, to, wire.operand]);
}
