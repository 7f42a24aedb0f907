// The local gradient slice: element by element of an operand, what it does to all of the gate's
// value, and how the upstream gradient makes its gradient of that.

import { Cells } from "./cells.js";
import { Choice } from "./choice.js";
import { Walk } from "./element-walk.js";
import { html } from "./elements.js";
import { formatNumber, sizeOf } from "./format.js";
import { Lines, say, writeText } from "./line.js";
import { keyOf, nameOf, operandsOf, placeOf } from "./looking.js";
import { Formula } from "./math.js";
import { GLIDE, prefersStill } from "./motion.js";
import { Orders } from "./orders.js";

/** @typedef {import("./backflow-wasm.js").Slice} SliceData */
/** @typedef {import("./backflow-wasm.js").Whole} Whole */
/** @typedef {import("./panels.js").Asked} Asked */
/** @typedef {import("./panels.js").Does} Does */

export class SlicePanel {
  #does;
  #operand = new Choice("of", (at) => this.#does.onLook({ operand: Number(at), element: null }));
  #walk = new Walk((element, isDragged) => this.#go(element, isDragged));
  #title = new Formula();
  #heading = html("h3", "", this.#title.element);
  #local = new Cells();
  #upstream = new Cells();
  #lines;
  #downstream = new Cells((element) => this.#go(element, false));
  #whole;
  #orders = new Orders();
  #nothing = html("p", "caption");
  #one;
  #all;
  /** What has been gone to, of the wire with this key. */
  #visited = { key: "", count: 0, elements: /** @type {Set<number>} */ (new Set()) };
  /** The element that is shown; their number for all. */
  #at = 0;
  /** Whether the next number comes from its sum to its place. */
  #falls = false;
  element;

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    this.#lines = new Lines(does.onLight);
    this.#whole = new Lines(does.onLight);
    const product = html("span", "times", "·");
    product.ariaHidden = "true";
    const factors = html("div", "factors", this.#local.element, product, this.#upstream.element);
    this.#one = html("div", "one", this.#heading, factors, this.#lines.element);
    this.#all = html("div", "all", this.#whole.element, this.#orders.element);
    this.element = html(
      "div",
      "slice",
      this.#operand.element,
      this.#walk.element,
      this.#one,
      this.#all,
      this.#downstream.element,
      this.#nothing,
    );
  }

  leave() {
    this.#walk.pause();
    this.#does.onStay(null);
  }

  /** @param {Asked} asked */
  show(asked) {
    const { evaluator, scene, wire, wires, step, looking } = asked;
    const { from = -1, shape = [] } = scene.wires[wire] ?? {};
    const count = sizeOf(shape);
    const names = operandsOf(scene, wires);
    const options = names.map((text, at) => ({ value: String(at), text }));
    this.#operand.show([options], String(wires.indexOf(wire)));
    this.#operand.element.hidden = options.length < 2;
    const at = Math.min(looking.element ?? 0, count);
    this.#visit(keyOf(scene, { wire }) ?? "", count, at);
    this.#at = at;
    const isAll = at === count;
    // All of it has a slice too, which tells the gradient that was filled.
    const slice = wire < 0 ? null : evaluator.slice(wire, isAll ? 0 : at, step);
    const name = nameOf(scene, from) ?? names[wires.indexOf(wire)] ?? "";
    const row = shape.at(-1) ?? 1;
    this.#walk.show(at, count, row, isAll ? `all of ${name}` : elementOf(name, shape, at));
    this.#one.hidden = isAll || !slice?.entries;
    this.#all.hidden = !isAll;
    this.#downstream.element.hidden = !slice;
    const nothing = slice ? (isAll || slice.entries ? "" : "Not computed yet.") : "No slices here.";
    writeText(this.#nothing, nothing);
    this.#nothing.hidden = nothing === "";
    if (slice) this.#showSlice(slice, name, isAll);
    if (isAll) this.#showWhole(evaluator.whole(wire, step));
    const paths = slice && { nodes: [slice.gate, slice.operand], wires: [wire] };
    this.#does.onStay(paths && !isAll ? { ...paths, elements: slice.lit } : null);
    this.#fall(slice);
  }

  /** @param {SliceData} slice @param {string} name @param {boolean} isAll */
  #showSlice(slice, name, isAll) {
    const { shape, zeros, entries, upstream } = slice;
    if (!isAll) {
      this.#title.write(slice.title);
      say(this.#heading, slice.text);
      const meets = (/** @type {number} */ at) => !zeros[at];
      this.#local.show({
        title: "local slice",
        name: slice.text,
        shape,
        numbers: entries,
        kind: "local",
        zeros,
        isLit: meets,
      });
      this.#upstream.show({
        title: "upstream",
        name: "upstream gradient",
        shape,
        numbers: upstream,
        kind: "gradient",
        isLit: meets,
      });
      this.#lines.show(slice.lines);
    }
    this.#downstream.show({
      title: `downstream, of ${name}`,
      name: `downstream gradient of ${name}`,
      shape: slice.operandShape,
      numbers: slice.downstream,
      kind: "gradient",
      isBlank: (at) => !isAll && !this.#visited.elements.has(at),
      at: isAll ? null : this.#at,
    });
  }

  /** @param {Whole | null} whole */
  #showWhole(whole) {
    this.#whole.show(whole?.lines ?? []);
    this.#orders.show(whole?.orders ?? []);
  }

  /** @param {number} element @param {boolean} isDragged */
  #go(element, isDragged) {
    const before = this.#at;
    const { elements } = this.#visited;
    if (element === 0 && before >= this.#visited.count) elements.clear();
    // What the scrubber is drawn over is visited too.
    const [least, most] = [Math.min(before, element), Math.max(before, element)];
    if (isDragged) for (let at = least; at < most; at += 1) elements.add(at);
    this.#falls = !isDragged && element !== before;
    this.#does.onLook({ element });
  }

  /** @param {string} key @param {number} count @param {number} at */
  #visit(key, count, at) {
    if (this.#visited.key !== key || this.#visited.count !== count) {
      this.#visited = { key, count, elements: new Set() };
      // One that is come to by a link has those before it behind it.
      for (let before = 0; before < at; before += 1) this.#visited.elements.add(before);
      this.#walk.pause();
      this.#falls = false;
    }
    this.#visited.elements.add(at);
  }

  /** Lets the result come from its sum to its place. @param {SliceData | null} slice */
  #fall(slice) {
    const falls = this.#falls && !prefersStill();
    this.#falls = false;
    const target = this.#downstream.at(this.#at);
    const numbers = this.#lines.element.querySelectorAll("mn.gradient");
    const source = numbers[numbers.length - 1];
    const result = slice?.result ?? null;
    if (!falls || !target || !source || result === null) return;
    const [from, to] = [source.getBoundingClientRect(), target.getBoundingClientRect()];
    const here = this.element.getBoundingClientRect();
    const number = html("span", "falling", formatNumber(result));
    number.ariaHidden = "true";
    number.style.insetInlineStart = `${to.x + to.width / 2 - here.x}px`;
    number.style.insetBlockStart = `${to.y + to.height / 2 - here.y}px`;
    this.element.append(number);
    const [x, y] = [middle(from).x - middle(to).x, middle(from).y - middle(to).y];
    const moves = { translate: [`calc(${x}px - 50%) calc(${y}px - 50%)`, "-50% -50%"] };
    const moving = number.animate(moves, { duration: GLIDE, easing: "ease-in" });
    target.classList.add("awaited");
    const land = () => {
      number.remove();
      target.classList.remove("awaited");
    };
    moving.finished.then(land, land);
  }
}

/** @param {DOMRect} box */
function middle({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

/** `x[0, 2]`. @param {string} name @param {number[]} shape @param {number} at */
function elementOf(name, shape, at) {
  if (shape.length === 0) return name;
  return `${name}[${placeOf(shape, at).join(", ")}]`;
}
