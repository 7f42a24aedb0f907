// What a reader does in the grids of tensors: point, walk from element to element, edit, choose a sheet.

import { editableElement } from "./editable.js";
import { activeBeside } from "./focus.js";
import { NumberField } from "./number-field.js";
import { startsNumber } from "./number-input.js";
import { isSame } from "./pointing.js";
import { Scrub } from "./scrub.js";

/** @typedef {import("./backflow-wasm.js").SceneNode} SceneNode */
/** @typedef {import("./editable.js").Editable} Editable */
/** @typedef {import("./face.js").Face} Face */
/** @typedef {import("./face.js").Side} Side */
/** @typedef {import("./picture.js").Does} Does */
/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./plate.js").DrawnPlate} DrawnPlate */

/** An element of a node's value or gradient. @typedef {{ node: number, side: Side, element: number }} Spot */
/** The same with what it is drawn in. @typedef {{ record: DrawnPlate, face: Face, spot: Spot }} Found */

/** Which side a key leads to. @param {string} key @returns {Side | undefined} */
export function sideOf(key) {
  return /** @type {Record<string, Side>} */ ({ v: "value", g: "gradient", t: "tangent" })[key];
}

/** Rows that a page of a large map has. */
const PAGE = 10;

export class PlateHands {
  #picture;
  #does;
  #field = new NumberField();
  #scrub = new Scrub(({ offset }, value, phase) => this.#does.onEdit?.(offset, value, phase));
  /** What was pinned last. @type {Spot | null} */
  #pinned = null;
  /** What is typed over. @type {Found | null} */
  #typed = null;
  /** Where the pointer was pressed. @type {Found | null} */
  #pressed = null;
  /** Where the pointer is, for the next frame. @type {{ target: EventTarget | null, x: number, y: number } | null} */
  #pointer = null;
  #frame = 0;

  /** @param {Picture} picture @param {Does} does */
  constructor(picture, does) {
    this.#picture = picture;
    this.#does = does;
    const { element } = picture.plates;
    element.addEventListener("pointerdown", (event) => this.#grab(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#drop(event));
    element.addEventListener("pointercancel", () => this.release());
    element.addEventListener("pointerleave", () => this.#leave());
    element.addEventListener("touchmove", (event) => this.#scrub.keep(event), { passive: false });
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("dblclick", (event) => this.#open(event));
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("keyup", () => this.#scrub.endSteps());
  }

  /** Follows the focus within the box that the picture is in. @param {HTMLElement} box */
  follow(box) {
    box.addEventListener("focusin", ({ target }) => {
      const isTyped = target === this.#field.element;
      const found = isTyped ? this.#typed : target instanceof Element ? this.#found(target) : null;
      this.#does.onPoint?.("focus", found?.spot ?? null);
    });
    box.addEventListener("focusout", () => {
      this.#scrub.endSteps();
      this.#does.onPoint?.("focus", null);
    });
  }

  /** Ends what the reader does to the scene that is drawn. */
  release() {
    this.#scrub.release();
    this.#pressed = null;
    this.#field.close(true);
    this.#leave();
  }

  get #values() {
    return this.#picture.plates.values;
  }

  // Where

  /** What has the focus of the keys: an element of a grid. @param {Element} target @returns {Found | null} */
  #found(target) {
    if (!target.matches(".cell")) return null;
    const record = this.#picture.plates.recordOf(target);
    if (!record) return null;
    const { side, element } = record.place;
    return this.#foundIn(record, side, element);
  }

  /** @param {DrawnPlate} record @param {Side} side @param {number} element @returns {Found} */
  #foundIn(record, side, element) {
    return { record, face: record.faces[side], spot: { node: record.index, side, element } };
  }

  /** What is at a point of the window. @param {EventTarget | null} target @param {number} x @param {number} y @returns {Found | null} */
  #at(target, x, y) {
    if (!(target instanceof Element)) return null;
    const record = this.#picture.plates.recordOf(target);
    const face = record?.shown.find((one) => one.element.contains(target));
    const matrix = this.#picture.element.getScreenCTM();
    if (!record || !face || !matrix) return null;
    const element = face.elementAt(new DOMPoint(x, y).matrixTransform(matrix.inverse()));
    return element < 0 ? null : this.#foundIn(record, face.side, element);
  }

  /** @param {Found} found */
  #editableOf({ record, spot }) {
    const { scene } = this.#picture;
    return scene && editableElement(spot, scene, record.at);
  }

  /** Whether the elements are written, so that each can be dragged. @param {Found} found */
  #isWritten({ record }) {
    return record.node?.plate?.map === false;
  }

  /** An element of a map is dragged once it is chosen. @param {Found} found */
  #hasFocus({ record, face, spot }) {
    const { side, element } = record.place;
    const isPlace = side === spot.side && element === spot.element;
    return isPlace && activeBeside(record.element) === face.cursor;
  }

  // Pointer

  /** @param {PointerEvent} event */
  #grab(event) {
    const found = this.#at(event.target, event.clientX, event.clientY);
    this.#pressed = found;
    if (!found || !(this.#isWritten(found) || this.#hasFocus(found))) return;
    const editable = this.#editableOf(found);
    if (!editable) return;
    this.#scrub.grab(event, found.face.pane, editable, this.#values[editable.offset] ?? 0);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.#scrub.move(event);
    this.#pointer = { target: event.target, x: event.clientX, y: event.clientY };
    this.#frame ||= requestAnimationFrame(() => this.#hover());
  }

  #hover() {
    this.#frame = 0;
    const at = this.#pointer;
    if (!at) return;
    // What is dragged is looked at elsewhere.
    const found = this.#scrub.moves ? null : this.#at(at.target, at.x, at.y);
    if (found) {
      const { face, spot } = found;
      face.explain(face.tell(spot.element, this.#values, this.#picture.step));
    }
    this.#does.onPoint?.("hover", found?.spot ?? null);
  }

  #leave() {
    this.#pointer = null;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#does.onPoint?.("hover", null);
  }

  /** @param {PointerEvent} event */
  #drop(event) {
    const done = this.#scrub.release();
    const found = this.#pressed;
    if (!found || !done) return;
    event.stopPropagation();
    if (done === "moved") this.#focus(found);
    else if (this.#isWritten(found)) this.#type(found);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { target } = event;
    if (!(target instanceof Element)) return;
    // Not a choice of nothing.
    event.stopPropagation();
    const record = this.#picture.plates.recordOf(target);
    const sheet = record?.sheetOf(target) ?? null;
    if (record && sheet !== null) {
      this.#turn(record, sheet);
      return;
    }
    const found = this.#at(target, event.clientX, event.clientY);
    if (!found || this.#field.isOpen || (this.#isWritten(found) && this.#editableOf(found))) return;
    this.#focus(found);
    this.#pin(found.spot);
  }

  /** An element of a map is typed where it is clicked twice. @param {MouseEvent} event */
  #open(event) {
    const found = this.#at(event.target, event.clientX, event.clientY);
    if (found && this.#editableOf(found)) this.#type(found);
  }

  /** @param {Spot} spot */
  #pin(spot) {
    this.#pinned = spot;
    this.#does.onPoint?.("pin", spot);
  }

  // Focus and typing

  /** From a node into its grids. @param {SceneNode | undefined} node @param {Side} [side] @returns {boolean} whether it has any */
  enter(node, side) {
    const record = node && this.#picture.plates.records.get(node.key);
    if (!record || node?.shape.includes(0)) return false;
    const to = side ?? record.place.side;
    if (!record.shown.includes(record.faces[to])) return false;
    this.#focus(this.#foundIn(record, to, record.place.element));
    return true;
  }

  /** @param {Found} found */
  #focus({ record, face, spot }) {
    // What is typed elsewhere ends first, for it gives the focus back to its element.
    this.#field.close(true);
    const sheet = Math.floor(spot.element / record.sheetSize);
    record.place = { side: spot.side, element: spot.element };
    if (sheet !== record.sheet) record.turn(sheet, this.#values);
    face.focus(spot.element, face.tell(spot.element, this.#values, this.#picture.step));
  }

  /** @param {Found} found @param {string} [typed] */
  #type(found, typed) {
    const editable = this.#editableOf(found);
    const parent = this.#picture.element.parentElement;
    if (!editable || !parent) return;
    this.#focus(found);
    const place = found.face.cursor;
    if (!place) return;
    const value = this.#values[editable.offset] ?? Number.NaN;
    this.#typed = found;
    this.#field.type(editable, { parent, place }, value, typed, {
      onEdit: (next, phase) => this.#does.onEdit?.(editable.offset, next, phase),
      onLeave: () => {
        const active = activeBeside(place);
        if (!active || active === this.#field.element) this.#focus(found);
      },
    });
  }

  /** @param {DrawnPlate} record @param {number} sheet */
  #turn(record, sheet) {
    if (!record.turn(sheet, this.#values)) return;
    const { side, element } = record.place;
    record.place.element = sheet * record.sheetSize + (element % record.sheetSize);
    const active = activeBeside(record.element);
    if (active && record.faces[side].element.contains(active)) {
      this.#focus(this.#foundIn(record, side, record.place.element));
    }
  }

  // Keys

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { target } = event;
    if (!(target instanceof SVGElement)) return;
    const isDone = target.matches(".face")
      ? this.#pressAtAll(target, event)
      : this.#pressAt(target, event);
    if (isDone) event.preventDefault();
    // Keys of the gates mean nothing here; those of copying and zooming do.
    if (isDone || /^(Arrow|Home|End|Enter)/.test(event.key)) event.stopPropagation();
  }

  /** All of a grid has the focus. @param {SVGElement} target @param {KeyboardEvent} event @returns {boolean} */
  #pressAtAll(target, event) {
    const record = this.#picture.plates.recordOf(target);
    if (!record || event.ctrlKey || event.metaKey) return false;
    if (!/^(Arrow|Escape|Enter)/.test(event.key)) return false;
    const { side, element } = record.place;
    this.#focus(this.#foundIn(record, side, element));
    return true;
  }

  /** @param {SVGElement} target @param {KeyboardEvent} event @returns {boolean} whether the key means something here */
  #pressAt(target, event) {
    const found = this.#found(target);
    if (!found) return false;
    const { record, face, spot } = found;
    const { key, shiftKey, altKey } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key !== "a") return this.#jump(found, key);
      face.element.focus({ preventScroll: true });
      return true;
    }
    const editable = this.#editableOf(found);
    const steps = { ArrowUp: 1, ArrowDown: -1 }[key];
    if (editable && steps && (shiftKey || altKey)) {
      this.#scrub.step(editable, this.#values[editable.offset] ?? 0, steps, event);
      this.#relabel(found);
      return true;
    }
    if (altKey) return false;
    if (key === "Escape") return this.#escape(found);
    if (key === "Enter") {
      if (editable) this.#type(found);
      else this.#pin(spot);
      return true;
    }
    const side = sideOf(key);
    if (side) {
      if (!record.shown.includes(record.faces[side])) return false;
      this.#focus(this.#foundIn(record, side, spot.element));
      return true;
    }
    if (editable && startsNumber(key)) {
      // The key itself goes into the field.
      event.stopPropagation();
      this.#type(found, "");
      return false;
    }
    return this.#walk(found, key);
  }

  /** @param {Found} found */
  #relabel({ face, spot }) {
    face.cursor?.setAttribute(
      "aria-label",
      face.tell(spot.element, this.#values, this.#picture.step),
    );
  }

  /** Out of the grid; first from what is pinned elsewhere. @param {Found} found */
  #escape({ record, spot }) {
    if (this.#does.onPoint?.("pin", null) && !isSame(this.#pinned, spot)) return true;
    const { drawn } = this.#picture;
    drawn.nodes[record.index]?.element.focus({ preventScroll: true });
    return true;
  }

  /** With Ctrl to the corners. @param {Found} found @param {string} key */
  #jump({ record, spot }, key) {
    const start = record.sheet * record.sheetSize;
    const to = { Home: start, End: start + record.sheetSize - 1 }[key];
    if (to === undefined) return false;
    this.#focus(this.#foundIn(record, spot.side, to));
    return true;
  }

  /** @param {Found} found @param {string} key @returns {boolean} */
  #walk({ record, spot }, key) {
    const plate = record.node?.plate;
    if (!plate) return false;
    const { rows, columns } = plate;
    const size = record.sheetSize;
    const start = record.sheet * size;
    const [row, column] = [
      Math.floor((spot.element - start) / columns),
      (spot.element - start) % columns,
    ];
    if ((key === "PageUp" || key === "PageDown") && record.sheets > 1) {
      this.#turn(record, record.sheet + (key === "PageUp" ? -1 : 1));
      return true;
    }
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, columns - 1],
      PageUp: [Math.max(0, row - PAGE), column],
      PageDown: [Math.min(rows - 1, row + PAGE), column],
    }[key];
    if (!to) return false;
    let [down = 0, across = 0] = to;
    let { side } = spot;
    // Past the edge into the other grid, where it lies there.
    const corners = record.shown.map((one) => ({ side: one.side, ...one.box }));
    const isBeside = corners.every(({ y }) => y === corners[0]?.y);
    const inOrder = corners.sort((a, b) => (isBeside ? a.x - b.x : a.y - b.y));
    const [at, length] = isBeside ? [across, columns] : [down, rows];
    const way = at < 0 ? -1 : at >= length ? 1 : 0;
    const other = inOrder[inOrder.findIndex((one) => one.side === side) + way]?.side;
    if (way !== 0 && other) {
      const into = way > 0 ? 0 : length - 1;
      if (isBeside) across = into;
      else down = into;
      side = other;
    }
    if (across < 0 || down < 0 || across >= columns || down >= rows) return true;
    this.#focus(this.#foundIn(record, side, start + down * columns + across));
    return true;
  }

  // Copying

  /** What of a grid is copied: the element that has the focus, or all; undefined where none has. @param {Element | null} active */
  copied(active) {
    const record = active && this.#picture.plates.recordOf(active);
    if (!record || !active) return undefined;
    const face = record.shown.find((one) => one.element.contains(active));
    return face?.plainly(this.#values, active === face.element ? null : record.place.element);
  }

  /** The input whose value has the focus; -1 where none has. */
  get pastes() {
    const active = activeBeside(this.#picture.element);
    const record = active && this.#picture.plates.recordOf(active);
    if (!record || !active || record.node?.kind !== "input") return -1;
    return record.faces.value.element.contains(active) ? record.index : -1;
  }
}
