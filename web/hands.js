// What a reader does in the picture with a pointer or keys: choose, open, edit, walk.

import { activeBeside } from "./focus.js";
import { NumberField } from "./number-field.js";
import { startsNumber } from "./number-input.js";
import { PlateHands, sideOf } from "./plate-hands.js";
import { Scrub } from "./scrub.js";
import { walk, wireBetween } from "./walk.js";

/** @typedef {import("./drawn.js").Grip} Grip */
/** @typedef {import("./editable.js").Editable} Editable */
/** @typedef {import("./picture.js").Does} Does */
/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./walk.js").Place} Place */

const WAYS = /** @type {const} */ ({
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
});

export class Hands {
  #picture;
  #does;
  #field = new NumberField();
  #scrub = new Scrub(({ offset }, value, phase) => this.#does.onEdit?.(offset, value, phase));
  #plates;
  /** What the picture shows. @type {Float64Array} */
  values = new Float64Array();
  /** Where the keys are. @type {Place} */
  #place = { node: 0, via: null, side: "operands" };
  /** The one element that Tab reaches. @type {SVGElement | null} */
  #stop = null;
  /** Whose number is under the pointer. @type {Grip | null} */
  #grabbed = null;
  /** Which number of a wire was chosen last. @type {"value" | "gradient" | "tangent"} */
  #takes = "value";

  /** @param {Picture} picture @param {Does} does */
  constructor(picture, does) {
    this.#picture = picture;
    this.#does = does;
    this.#plates = new PlateHands(picture, does);
    const { element } = picture;
    element.addEventListener("pointerdown", (event) => this.#grab(event));
    element.addEventListener("pointermove", (event) => this.#scrub.move(event));
    element.addEventListener("pointerup", () => this.#release(true));
    element.addEventListener("pointercancel", () => this.#release(false));
    element.addEventListener("touchmove", (event) => this.#scrub.keep(event), { passive: false });
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("keyup", () => this.#scrub.endSteps());
  }

  /**
   * Follows the focus within the box that the picture is in. In Chromium an SVG element that
   * listens for the focus takes it, and Tab would stop at the picture instead of what is in it.
   * @param {HTMLElement} box
   */
  follow(box) {
    box.addEventListener("focusout", () => this.#scrub.endSteps());
    this.#plates.follow(box);
    box.addEventListener("focusin", ({ target }) => this.#focused(target));
  }

  /** Ends what the reader does to the scene that is drawn; tells which element has the focus, by its key. */
  release() {
    this.#release(false);
    this.#field.close(true);
    this.#plates.release();
    return this.#focusedKey();
  }

  #focusedKey() {
    const active = activeBeside(this.#picture.element);
    if (!(active instanceof SVGElement) || !this.#picture.element.contains(active)) return null;
    return active.dataset.key ?? active.dataset.box ?? "";
  }

  /** Keeps the place of the keys, and the focus, in a new scene. @param {Scene} scene @param {string | null} focused */
  draw(scene, focused) {
    const { nodes, boxes } = this.#picture.drawn;
    const keyOf = (/** @type {SVGElement} */ element) => element.dataset.key ?? element.dataset.box;
    const all = [...nodes, ...boxes].map(({ element }) => element);
    const last = focused ?? (this.#stop && keyOf(this.#stop));
    const stop = all.find((element) => keyOf(element) === last) ?? all[0] ?? null;
    const node = nodes.findIndex(({ element }) => element === stop);
    this.#place = { node: Math.max(node, 0), via: null, side: "operands" };
    this.#setStop(stop);
    if (focused !== null && scene.nodes.length > 0) stop?.focus({ preventScroll: true });
  }

  /** @param {SVGElement | null} stop */
  #setStop(stop) {
    this.#stop?.setAttribute("tabindex", "-1");
    this.#stop = stop;
    stop?.setAttribute("tabindex", "0");
  }

  // Pointer

  /** @param {PointerEvent} event */
  #grab(event) {
    const at = this.#gripOf(event.target);
    if (!at?.editable) return;
    this.#scrub.grab(event, at.grip, at.editable, this.values[at.editable.offset] ?? 0);
    this.#grabbed = at;
  }

  /** @param {boolean} isWhole false where the browser took the pointer away */
  #release(isWhole) {
    const done = this.#scrub.release();
    const at = this.#grabbed;
    this.#grabbed = null;
    if (!at) return;
    if (done === "moved") at.grip.focus({ preventScroll: true });
    else if (done === "pressed" && isWhole) this.#type(at);
  }

  /** @param {MouseEvent} event */
  #click({ target }) {
    if (!(target instanceof SVGElement) || this.#gripOf(target)) return;
    const { drawn } = this.#picture;
    const fold = target.closest(".fold");
    const box = target.closest(".box:not(.node)");
    const node = drawn.nodes.findIndex(({ element }) => element.contains(target));
    if (fold instanceof SVGElement) {
      this.#does.onFold?.(fold.dataset.fold ?? "");
    } else if (target.closest(".opener")) {
      const opens = !box;
      const key = drawn.nodes[node]?.node?.key;
      if (box instanceof SVGElement) this.#does.onToggle?.(box.dataset.box ?? "", false);
      else if (key !== undefined) this.#does.onToggle?.(key, opens);
    } else if (node >= 0) {
      this.#takes = "value";
      this.#place = { node, via: null, side: "operands" };
      drawn.nodes[node]?.element.focus({ preventScroll: true });
      this.#does.onSelect?.({ node });
      const own = this.#wireToEdit(node)?.own;
      if (own?.editable?.kind === "value") this.#type(own);
    } else {
      const wire = drawn.wires.findIndex(({ element }) => element.contains(target));
      const kinds = /** @type {const} */ (["gradient", "tangent"]);
      this.#takes = kinds.find((kind) => target.matches(`.${kind}`)) ?? "value";
      this.#does.onSelect?.(wire < 0 ? null : { wire });
    }
  }

  /** @param {EventTarget | null} target */
  #gripOf(target) {
    const wire = this.#picture.drawn.wires[this.#wireOf(target)];
    return wire?.seed.grip === target ? wire.seed : wire?.own;
  }

  /** The index of the wire that a grip is of; -1 of what is none. @param {EventTarget | null} target */
  #wireOf(target) {
    if (!(target instanceof SVGElement) || !target.matches(".grip")) return -1;
    const { wires } = this.#picture.drawn;
    return wires.findIndex(({ own, seed }) => own.grip === target || seed.grip === target);
  }

  // Editing

  /** The wire whose number stands for a node: an input's value, else the output's upstream gradient. @param {number} node */
  #wireToEdit(node) {
    const { drawn, scene } = this.#picture;
    return drawn.wires.find(({ editable }, i) => editable && scene?.wires[i]?.from === node);
  }

  /** Opens a field in the place of a number. @param {Grip} at @param {string} [typed] what it starts with instead */
  #type(at, typed) {
    const { editable, grip } = at;
    const parent = this.#picture.element.parentElement;
    if (!editable || !parent) return;
    // From afar no number is drawn: its node stands for it.
    const { drawn, scene } = this.#picture;
    const from = drawn.nodes[scene?.wires[this.#wireOf(grip)]?.from ?? -1]?.element;
    const place = grip.checkVisibility() ? grip : (from ?? grip);
    const value = this.values[editable.offset] ?? Number.NaN;
    this.#field.type(editable, { parent, place }, value, typed, {
      onEdit: (next, phase) => this.#does.onEdit?.(editable.offset, next, phase),
      onLeave: () => {
        // Who leaves by Tab or a click is elsewhere already.
        const active = activeBeside(grip);
        if (!active || active === this.#field.element) grip.focus({ preventScroll: true });
      },
    });
  }

  // Keys

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { target, key } = event;
    if (!(target instanceof SVGElement) || event.ctrlKey || event.metaKey) return;
    if (
      target.matches(".grip") ? this.#pressAtNumber(target, event) : this.#pressAt(target, event)
    ) {
      event.preventDefault();
      event.stopPropagation();
    } else if (key === "Escape" && this.#leave(target)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {SVGElement} target @param {KeyboardEvent} event @returns {boolean} whether the key means something here */
  #pressAtNumber(target, event) {
    const at = this.#gripOf(target);
    if (!at?.editable) return false;
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (steps) {
      const value = this.values[at.editable.offset] ?? 0;
      this.#scrub.step(at.editable, value, steps, event);
      at.tell(this.values);
      return true;
    }
    if (event.key === "Enter") {
      this.#type(at);
      return true;
    }
    if (startsNumber(event.key)) {
      this.#type(at, "");
      // The key itself goes into the field.
      event.stopPropagation();
      return false;
    }
    const { drawn, scene } = this.#picture;
    const { from, to } = scene?.wires[this.#wireOf(target)] ?? {};
    const next = event.key === "ArrowRight" ? to : event.key === "ArrowLeft" ? from : undefined;
    const element = drawn.nodes[next ?? -1]?.element;
    element?.focus();
    return element !== undefined;
  }

  /** @param {SVGElement} target @param {KeyboardEvent} event @returns {boolean} */
  #pressAt(target, event) {
    const { drawn, scene } = this.#picture;
    const { key, shiftKey, altKey } = event;
    if (!scene || altKey) return false;
    const node = drawn.nodes.findIndex(({ element }) => element === target);
    if (key in WAYS) {
      const way = WAYS[/** @type {keyof typeof WAYS} */ (key)];
      if (node >= 0) return this.#walk(scene, node, way, shiftKey);
      return this.#enter(scene, target);
    }
    if (key === "Enter") {
      const { key: name = "", opens = false } = scene.nodes[node] ?? {};
      if (target.dataset.box !== undefined) this.#does.onToggle?.(target.dataset.box, false);
      else if (target.dataset.fold !== undefined) this.#does.onFold?.(target.dataset.fold);
      else if (opens) this.#does.onToggle?.(name, true);
      else if (node >= 0) this.#choose(node);
      return true;
    }
    const side = node >= 0 ? sideOf(key) : undefined;
    if (side) return this.#plates.enter(scene.nodes[node], side);
    if (key === " " && node >= 0) {
      this.#does.onSelect?.({ node });
      return true;
    }
    const own = startsNumber(key) && this.#wireToEdit(node)?.own;
    // The key itself goes into the field.
    if (own && own.editable?.kind === "value") {
      event.stopPropagation();
      this.#type(own, "");
    }
    return false;
  }

  /** Enter on what does not open. @param {number} node */
  #choose(node) {
    this.#does.onSelect?.({ node });
    const own = this.#wireToEdit(node)?.own;
    if (own?.editable?.kind === "value") this.#type(own);
    else this.#plates.enter(this.#picture.scene?.nodes[node]);
  }

  /**
   * @param {Scene} scene
   * @param {number} node
   * @param {"left" | "right" | "up" | "down"} way
   * @param {boolean} choosesWire the wire that way instead
   */
  #walk(scene, node, way, choosesWire) {
    const from = this.#place.node === node ? this.#place : { ...this.#place, node, via: null };
    const to = walk(scene, from, way);
    const { drawn } = this.#picture;
    if (choosesWire && to && (way === "left" || way === "right")) {
      const wire =
        way === "left" ? wireBetween(scene, to.node, node) : wireBetween(scene, node, to.node);
      this.#does.onSelect?.({ wire });
      return true;
    }
    if (to) {
      this.#place = to;
      drawn.nodes[to.node]?.element.focus();
    } else if (way === "right") {
      // Past the output its upstream gradient.
      this.#wireToEdit(node)?.grip.focus();
    } else if (way === "left") {
      // Before an input its tangent.
      const seed = this.#wireToEdit(node)?.seed;
      if (seed?.editable) seed.grip.focus();
    }
    return true;
  }

  /** From a box to the first node in it. @param {Scene} scene @param {SVGElement} target */
  #enter(scene, target) {
    const { drawn } = this.#picture;
    const box = scene.boxes.findIndex((one) => one.key === target.dataset.box);
    const inside = scene.nodes.findIndex((node) => within(scene, node.box, box));
    if (box < 0 || inside < 0) return false;
    drawn.nodes[inside]?.element.focus();
    return true;
  }

  /** Out of a box, and in the end out of the picture. @param {SVGElement} target */
  #leave(target) {
    const { drawn, scene, element } = this.#picture;
    const node = drawn.nodes.findIndex((one) => one.element === target);
    const at = scene?.boxes.findIndex((one) => one.key === target.dataset.box) ?? -1;
    const box = at >= 0 ? scene?.boxes[at]?.parent : scene?.nodes[node]?.box;
    const around = drawn.boxes[box ?? -1]?.element;
    if (around) {
      around.focus();
      return true;
    }
    if (target.matches(".grip")) {
      const from = scene?.wires[this.#wireOf(target)]?.from;
      drawn.nodes[from ?? -1]?.element.focus();
      return true;
    }
    if (this.#does.onPoint?.("pin", null)) return true;
    if (this.#picture.selection) {
      this.#does.onSelect?.(null);
      return true;
    }
    element.parentElement?.focus({ preventScroll: true });
    return false;
  }

  /** @param {EventTarget | null} target */
  #focused(target) {
    if (!(target instanceof SVGElement)) return;
    const { drawn } = this.#picture;
    const node = drawn.nodes.findIndex(({ element }) => element === target);
    if (node >= 0) {
      drawn.nodes[node]?.tell(this.values, this.#picture.step);
      if (this.#place.node !== node) this.#place = { node, via: null, side: "operands" };
    }
    this.#gripOf(target)?.tell(this.values);
    this.#setStop(target);
  }

  /** The input whose grid, node or number has the focus; -1 where none has. */
  get pastes() {
    const inGrid = this.#plates.pastes;
    const active = activeBeside(this.#picture.element);
    if (inGrid >= 0 || !active) return inGrid;
    const { drawn, scene } = this.#picture;
    const wire = drawn.wires.findIndex(
      ({ own, editable }) => own.grip === active && editable?.kind === "value",
    );
    const own = drawn.nodes.findIndex(({ element }) => element === active);
    const node = scene?.wires[wire]?.from ?? own;
    return scene?.nodes[node]?.kind === "input" ? node : -1;
  }

  /** Every digit of what has the focus or is chosen; undefined where nothing is. */
  copied() {
    const element = this.#plates.copied(activeBeside(this.#picture.element));
    if (element !== undefined) return element;
    const { drawn, selection } = this.#picture;
    const { values } = this;
    if (selection && "wire" in selection) {
      const wire = drawn.wires[selection.wire];
      return wire?.[this.#takes].plainly(values);
    }
    const index = selection ? selection.node : this.#focusedKey() === null ? -1 : this.#place.node;
    return drawn.nodes[index]?.plainly(values);
  }
}

/** Whether a box is another one or stands in it. @param {Scene} scene @param {number | null} inner @param {number} outer */
function within({ boxes }, inner, outer) {
  for (let at = inner; at !== null; at = boxes[at]?.parent ?? null) if (at === outer) return true;
  return false;
}
