// The order of multiplication: a chain of Jacobians as rectangles, and what each way to multiply
// them takes.

import { Sizes } from "./chain-sizes.js";
import { html, svg } from "./elements.js";
import { patch } from "./keyed.js";
import { Formula } from "./math.js";
import { prefersStill } from "./motion.js";

/** @typedef {import("./backflow-wasm.js").Orders} OrdersData */
/** @typedef {import("./backflow-wasm.js").OrderWay} Way */
/** @typedef {import("./backflow-wasm.js").Chained} Chained */
/** @typedef {"reverse" | "forward" | "best" | "hand"} WayName */
/** A product of neighbouring factors. @typedef {{ low: number, high: number }} Part */
/** Where a part is drawn. @typedef {{ key: string, part: Part, rows: number, columns: number, x: number, y: number, width: number, height: number }} Placed */

/** @type {Record<WayName, string>} */
const WAYS = {
  reverse: "from the loss (reverse mode)",
  forward: "from the input (forward mode)",
  best: "best order",
  hand: "by hand",
};

/** What the page opens with: the lecture's chain of four gates to a scalar loss. */
const LECTURE = [6, 5, 5, 4, 1];

/** What the frameworks do. */
const TODAY =
  "PyTorch, JAX and TensorFlow have both modes today: torch.func.vjp and jvp, jax.vjp and jvp, " +
  "tf.GradientTape and ForwardAccumulator. None looks for another order by itself.";

/** The drawing, in its own units. */
const ROOM = { width: 640, height: 170, gap: 26, tallest: 110 };

/** How long a product is looked at while they are played, in milliseconds. */
const STAYS = 1100;

/** A rectangle with its name and its size. */
class Rectangle {
  element = svg("g", "factor");
  #shape = svg("rect");
  #name = svg("text", "name");
  #size = svg("text", "size");

  constructor() {
    this.element.append(this.#shape, this.#name, this.#size);
  }

  /** @param {Placed} placed */
  place({ part, rows, columns, x, y, width, height }) {
    // As styles, so that they glide.
    const { style } = this.#shape;
    style.setProperty("x", `${x}px`);
    style.setProperty("y", `${y}px`);
    style.setProperty("width", `${width}px`);
    style.setProperty("height", `${height}px`);
    for (const [text, at] of /** @type {const} */ ([
      [this.#name, y - 7],
      [this.#size, y + height + 15],
    ])) {
      text.setAttribute("x", String(x + width / 2));
      text.setAttribute("y", String(at));
    }
    this.#name.textContent = nameOf(part);
    this.#size.textContent = `${rows}×${columns}`;
    this.element.classList.toggle("made", part.low < part.high);
  }
}

/** Between two neighbours: multiplies them. */
class Gap {
  element = svg("g", "gap");
  #room = svg("circle", "room");
  #sign = svg("text", "", "·");

  /** @param {(at: number) => void} onMultiply */
  constructor(onMultiply) {
    this.at = 0;
    this.element.setAttribute("role", "button");
    this.element.append(this.#room, this.#sign);
    this.#room.setAttribute("r", "13");
    this.element.addEventListener("click", () => onMultiply(this.at));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      onMultiply(this.at);
    });
  }

  /** @param {number} x @param {string} label @param {boolean} isNext */
  place(x, label, isNext) {
    for (const [name, value] of /** @type {const} */ ([
      ["cx", x],
      ["cy", ROOM.height / 2],
    ])) {
      this.#room.setAttribute(name, String(value));
    }
    this.#sign.setAttribute("x", String(x));
    this.#sign.setAttribute("y", String(ROOM.height / 2));
    this.element.setAttribute("tabindex", "0");
    this.element.setAttribute("aria-label", label);
    this.element.classList.toggle("next", isNext);
  }
}

/** One way, with what it takes: choosing it shows its products. */
class WayRow {
  element = html("li", "way");
  #radio = html("input");
  #formula = new Formula();
  #work = html("span", "work");
  #bar = html("span", "amount");

  /** @param {WayName} name @param {string} group @param {() => void} onChoose */
  constructor(name, group, onChoose) {
    this.#radio.type = "radio";
    this.#radio.name = group;
    this.#radio.value = name;
    this.#radio.addEventListener("change", onChoose);
    this.#formula.element.ariaHidden = "true";
    this.#bar.ariaHidden = "true";
    this.element.append(
      html("label", "", this.#radio, " ", WAYS[name]),
      this.#formula.element,
      this.#work,
      html("span", "scale", this.#bar),
    );
  }

  /** @param {Way} way @param {boolean} isChosen @param {number} most multiplications of any way */
  show({ formula, cost, products }, isChosen, most) {
    this.#radio.checked = isChosen;
    this.#formula.write(formula);
    const largest = products.length > 0 ? `, largest product ${cost.memory}` : "";
    this.#work.textContent = `${cost.work} multiplications${largest}`;
    const share = most > 0 ? Math.max(cost.multiplications / most, 0.004) : 0;
    this.#bar.style.setProperty("--share", String(products.length > 0 ? share : 0));
  }
}

let groups = 0;

/** The pane. */
export class Orders {
  #ask;
  #drawing = svg("svg", "chain");
  #factors = svg("g");
  #gaps = svg("g");
  /** @type {Map<string, Rectangle>} */
  #rectangles = new Map();
  /** @type {Map<string, Gap>} */
  #gapRecords = new Map();
  #told = html("p", "told");
  #said = html("p", "said");
  #formed = html("span");
  #sizes;
  /** @type {Record<WayName, WayRow>} */
  #rows;
  #play = html("button", "play", "Play");
  /** @type {WayName} */
  #way = "reverse";
  /** How many products are made. */
  #step = 0;
  /** @type {number[]} */
  #hand = [];
  /** @type {OrdersData | null} */
  #data = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #playing;
  element;

  /** @param {(sizes: Uint32Array, hand: Uint32Array) => OrdersData | null} ask */
  constructor(ask) {
    this.#ask = ask;
    this.#sizes = new Sizes(LECTURE, () => this.#restart());
    groups += 1;
    const row = (/** @type {WayName} */ name) =>
      new WayRow(name, `backflow-way-${groups}`, () => this.#choose(name));
    this.#rows = {
      reverse: row("reverse"),
      forward: row("forward"),
      best: row("best"),
      hand: row("hand"),
    };
    this.#drawing.setAttribute("viewBox", `0 0 ${ROOM.width} ${ROOM.height}`);
    this.#drawing.setAttribute("role", "group");
    this.#drawing.setAttribute("aria-label", "The product of Jacobians, drawn to scale");
    this.#drawing.append(this.#factors, this.#gaps);
    this.#told.setAttribute("role", "status");
    const ways = html("ul", "ways", ...Object.values(this.#rows).map((one) => one.element));
    ways.setAttribute("role", "list");
    this.element = html(
      "section",
      "ordering",
      html("h2", "", "The order of multiplication"),
      html(
        "p",
        "caption",
        "The chain rule is a product of Jacobians, and the product is associative: the result is " +
          "the same in any order, the work is not. The loss is at the left, the input at the right.",
      ),
      this.#sizes.element,
      this.#drawing,
      html(
        "div",
        "player",
        this.#button("‹", "Back", () => this.#go(this.#step - 1)),
        this.#play,
        this.#button("›", "Next product", () => this.#go(this.#step + 1)),
        this.#told,
      ),
      ways,
      this.#said,
      html("p", "caption", "The Jacobians themselves take ", this.#formed, "; numbers of 4 bytes."),
      html("p", "caption", TODAY),
    );
    this.#play.type = "button";
    this.#play.addEventListener("click", () => this.#toggle());
  }

  /** Offers the sizes of the program's own chain. @param {Chained | null} chained */
  offer(chained) {
    this.#sizes.offer(chained);
  }

  /** Shows it for the first time, or again. */
  open() {
    if (!this.#data) this.#restart();
  }

  disconnect() {
    this.#pause();
  }

  /** @param {string} sign @param {string} name @param {() => void} act */
  #button(sign, name, act) {
    const button = html("button", "icon", sign);
    button.type = "button";
    button.ariaLabel = name;
    button.title = name;
    button.addEventListener("click", () => {
      this.#pause();
      act();
    });
    return button;
  }

  /** @param {WayName} way */
  #choose(way) {
    this.#pause();
    this.#way = way;
    this.#step = way === "hand" ? this.#hand.length : 0;
    this.#write();
  }

  #restart() {
    this.#pause();
    this.#hand = [];
    this.#step = 0;
    this.#write();
  }

  /** @param {number} step */
  #go(step) {
    const last = this.#data?.[this.#way].products.length ?? 0;
    this.#step = Math.min(Math.max(step, 0), last);
    this.#write();
  }

  #toggle() {
    if (this.#playing !== undefined) {
      this.#pause();
      return;
    }
    if (this.#step === (this.#data?.[this.#way].products.length ?? 0)) this.#go(0);
    this.#await();
  }

  #await() {
    this.#play.textContent = "Pause";
    this.#playing = setTimeout(() => {
      this.#go(this.#step + 1);
      if (this.#step < (this.#data?.[this.#way].products.length ?? 0)) this.#await();
      else this.#pause();
    }, STAYS);
  }

  #pause() {
    clearTimeout(this.#playing);
    this.#playing = undefined;
    this.#play.textContent = "Play";
  }

  /** Multiplies two neighbours by hand, from the products that are shown. @param {number} at */
  #multiply(at) {
    this.#pause();
    const made = this.#data?.[this.#way].products.slice(0, this.#step) ?? [];
    this.#hand = gapsOf(this.#sizes.sizes.length - 1, made);
    this.#hand.push(at);
    this.#way = "hand";
    this.#step = this.#hand.length;
    this.#write();
    // The gap is gone, and the keys go on from its neighbour.
    const gaps = [...this.#gapRecords.values()];
    (gaps[Math.min(at, gaps.length - 1)]?.element ?? this.#play).focus();
  }

  #write() {
    const { sizes } = this.#sizes;
    const data = this.#ask(Uint32Array.from(sizes), Uint32Array.from(this.#hand));
    this.#data = data;
    if (!data) return;
    const names = /** @type {WayName[]} */ (Object.keys(WAYS));
    const most = Math.max(...names.map((name) => data[name].cost.multiplications));
    for (const name of names) this.#rows[name].show(data[name], name === this.#way, most);
    this.#said.textContent = data.said;
    this.#formed.textContent = data.formed;
    const { products } = data[this.#way];
    const made = products.slice(0, this.#step);
    this.#draw(sizes, made, products[this.#step]);
    const last = made.at(-1);
    const count = `${this.#step} of ${sizes.length - 2}`;
    this.#told.textContent = last ? `product ${count}: ${last.work}` : `no product yet`;
  }

  /** @param {number[]} sizes @param {Part[]} made @param {{ low: number, mid: number } | undefined} next */
  #draw(sizes, made, next) {
    const parts = partsOf(sizes.length - 1, made);
    const placed = arranged(parts, sizes);
    this.#drawing.classList.toggle("still", prefersStill());
    patch(this.#factors, this.#rectangles, placed, {
      key: ({ key }) => key,
      create: () => new Rectangle(),
      update: (record, one) => record.place(one),
      leave: (record) => record.element.remove(),
    });
    const pairs = placed.slice(1).map((right, at) => ({ left: placed[at], right }));
    patch(this.#gaps, this.#gapRecords, pairs, {
      key: ({ right }) => String(right.part.high),
      create: () => new Gap((at) => this.#multiply(at)),
      update: (record, { left, right }) => {
        if (!left) return;
        // Places count from the input's side.
        record.at = parts.length - 1 - placed.indexOf(right);
        const x = (left.x + left.width + right.x) / 2;
        const label = `multiply ${nameOf(left.part)} (${left.rows}×${left.columns}) by ${nameOf(right.part)} (${right.rows}×${right.columns})`;
        record.place(x, label, right.part.low === next?.low && right.part.high === next?.mid);
      },
      leave: (record) => record.element.remove(),
    });
  }
}

/** The products there are after some were made, from the loss's side. @param {number} factors @param {Part[]} made @returns {Part[]} */
function partsOf(factors, made) {
  let parts = Array.from({ length: factors }, (_, at) => ({ low: at, high: at }));
  for (const { low, high } of made) {
    const rest = parts.filter((part) => part.high < low || part.low > high);
    parts = [...rest, { low, high }].sort((a, b) => a.low - b.low);
  }
  return parts.reverse();
}

/** The gaps, by their places at the time, that make some products. @param {number} factors @param {(Part & { mid: number })[]} made */
function gapsOf(factors, made) {
  return made.map(({ low }, at) => {
    const parts = partsOf(factors, made.slice(0, at)).reverse();
    return parts.findIndex((part) => part.low === low);
  });
}

/** @param {Part} part */
function nameOf({ low, high }) {
  const digits = (/** @type {number} */ at) =>
    String(at + 1).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? "");
  let name = "";
  for (let at = high; at >= low; at--) name += `J${digits(at)}`;
  return name.length > 12 ? `J${digits(high)}…J${digits(low)}` : name;
}

/** Places to scale, from the loss's side. @param {Part[]} parts @param {number[]} sizes @returns {Placed[]} */
function arranged(parts, sizes) {
  const rectangles = parts.map((part) => ({
    part,
    rows: sizes[part.high + 1] ?? 1,
    columns: sizes[part.low] ?? 1,
  }));
  const wide = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
  const gaps = ROOM.gap * sizes.length;
  // Of all the factors, so that the scale stays while they are multiplied.
  const scale = Math.min((ROOM.width - gaps - 40) / wide, ROOM.tallest / Math.max(...sizes));
  const size = (/** @type {number} */ count) => Math.max(count * scale, 2);
  const widths = rectangles.map(({ columns }) => size(columns));
  const whole = widths.reduce((sum, width) => sum + width, 0) + ROOM.gap * (parts.length - 1);
  let x = (ROOM.width - whole) / 2;
  return rectangles.map(({ part, rows, columns }, at) => {
    const [width, height] = [widths[at] ?? 2, size(rows)];
    const one = { x, y: (ROOM.height - height) / 2, width, height };
    x += width + ROOM.gap;
    return { key: `${part.low}-${part.high}`, part, rows, columns, ...one };
  });
}
