// The tabs of the card: the gate, and how its tensors pass gradients back. Only what is seen is
// asked for.

import { html } from "./elements.js";
import { Lens } from "./lens.js";
import { hasTensor, plainLooking, TABS, wiresOf } from "./looking.js";
import { Paper } from "./paper.js";
import { SizePanel } from "./sizes.js";
import { SlicePanel } from "./slice.js";

/** @typedef {import("./backflow-wasm.js").Scene} Scene */
/** @typedef {import("./engine.js").Evaluator} Evaluator */
/** @typedef {import("./lesson.js").Selection} Selection */
/** @typedef {import("./line.js").Paths} Paths */
/** @typedef {import("./looking.js").Looking} Looking */
/** @typedef {import("./looking.js").Tab} Tab */

/**
 * What a panel tells of.
 * @typedef {object} Asked
 * @property {Evaluator} evaluator
 * @property {Scene} scene
 * @property {Selection} selection
 * @property {number} step
 * @property {Looking} looking
 * @property {number[]} wires those at hand
 * @property {number} wire the one that is looked at; −1 where there is none
 */

/**
 * @typedef {object} Does
 * @property {(change: Partial<Looking>) => void} onLook the reader looks at something else
 * @property {(paths: Paths | null) => void} onLight for as long as something is pointed at
 * @property {(paths: Paths | null) => void} onStay lights the picture for as long as the panel is seen
 */

/** @typedef {{ element: HTMLElement, show: (asked: Asked) => void, leave?: () => void }} Panel */

/** @type {Record<Tab, string>} */
const NAMES = {
  gate: "Gate",
  jacobian: "Jacobian",
  elements: "Element by element",
  sizes: "Sizes",
  paper: "On paper",
};

/** @type {Record<Exclude<Tab, "gate">, new (does: Does) => Panel>} */
const MADE = { jacobian: Lens, elements: SlicePanel, sizes: SizePanel, paper: Paper };

let count = 0;

export class Panels {
  #does;
  #looking = plainLooking();
  /** @type {Map<Tab, HTMLButtonElement>} */
  #buttons = new Map();
  #list = html("div", "tabs");
  #inside;
  #gate;
  /** Where there are no tabs. */
  #ways = /** @type {Tab[]} */ (["jacobian", "paper"]).map((tab) => {
    const button = html("button", "quiet", NAMES[tab]);
    button.type = "button";
    button.addEventListener("click", () => this.#does.onLook({ tab }));
    return button;
  });
  /** Made when they are looked at. @type {Map<Tab, Panel>} */
  #panels = new Map();
  /** @type {Panel | null} */
  #shown = null;
  element;

  /** @param {HTMLElement} gate what the card says of the gate @param {Does} does */
  constructor(gate, does) {
    this.#gate = gate;
    this.#inside = html("div", "panel", gate);
    this.#does = {
      ...does,
      onLook: (/** @type {Partial<Looking>} */ change) => {
        this.#looking = { ...this.#looking, ...change };
        does.onLook(change);
      },
    };
    count += 1;
    const id = `panel-${count}`;
    this.#inside.id = id;
    this.#list.setAttribute("role", "tablist");
    this.#list.ariaLabel = "What the card tells";
    for (const tab of TABS) {
      const button = html("button", "", NAMES[tab]);
      button.type = "button";
      button.setAttribute("role", "tab");
      button.id = `${id}-${tab}`;
      button.setAttribute("aria-controls", id);
      button.addEventListener("click", () => this.#does.onLook({ tab }));
      this.#buttons.set(tab, button);
      this.#list.append(button);
    }
    this.#list.addEventListener("keydown", (event) => this.#press(event));
    this.element = html("div", "panels", this.#list, this.#inside);
  }

  /** What is looked at; what is chosen is told by who shows. */
  get looking() {
    return this.#looking;
  }

  set looking(looking) {
    this.#looking = looking;
  }

  /** Whether the gate itself is told of. */
  get isGate() {
    return this.#looking.tab === "gate";
  }

  /** The ways to what numbers have too, where there are no tabs. */
  get ways() {
    return this.#ways;
  }

  /** @param {Omit<Asked, "looking" | "wires" | "wire">} asked */
  show(asked) {
    const { scene, selection } = asked;
    const looking = this.#looking;
    const wires = wiresOf(scene, selection);
    const wire = wires[looking.operand ?? 0] ?? wires[0] ?? -1;
    const isTensor = hasTensor(scene, selection);
    // A number has its pairs only.
    const isTabbed = isTensor || !this.isGate;
    if (this.#list.hidden !== !isTabbed) this.#list.hidden = !isTabbed;
    for (const way of this.#ways) way.hidden = isTabbed;
    for (const [tab, button] of this.#buttons) {
      button.hidden = !isTensor && (tab === "elements" || tab === "sizes");
      const isSelected = tab === looking.tab;
      button.tabIndex = isSelected ? 0 : -1;
      button.ariaSelected = String(isSelected);
    }
    if (isTabbed) {
      this.#inside.setAttribute("role", "tabpanel");
      this.#inside.setAttribute("aria-labelledby", `${this.#inside.id}-${looking.tab}`);
    } else {
      for (const name of ["role", "aria-labelledby"]) this.#inside.removeAttribute(name);
    }
    const panel = this.#panelOf(looking.tab);
    if (this.#shown !== panel) this.#shown?.leave?.();
    this.#shown = panel;
    const element = panel?.element ?? this.#gate;
    if (this.#inside.firstElementChild !== element) this.#inside.replaceChildren(element);
    panel?.show({ ...asked, looking, wires, wire });
  }

  /** Nothing is shown any more. */
  leave() {
    this.#shown?.leave?.();
    this.#shown = null;
  }

  /** @param {Tab} tab @returns {Panel | null} */
  #panelOf(tab) {
    if (tab === "gate") return null;
    let panel = this.#panels.get(tab);
    if (!panel) {
      panel = new MADE[tab](this.#does);
      this.#panels.set(tab, panel);
    }
    return panel;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const tabs = TABS.filter((tab) => !this.#buttons.get(tab)?.hidden);
    const at = tabs.indexOf(this.#looking.tab);
    const last = tabs.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const tab = tabs[Math.min(Math.max(next, 0), last)];
    if (!tab) return;
    this.#does.onLook({ tab });
    this.#buttons.get(tab)?.focus();
  }
}
