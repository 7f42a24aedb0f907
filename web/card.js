// The card: what there is to say of the gate or wire that is chosen.

import { CopyButton } from "./copying.js";
import { html } from "./elements.js";
import { patch } from "./keyed.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Card} CardData */
/** @typedef {import("./backflow-wasm.js").Section} SectionData */
/** @typedef {import("./backflow-wasm.js").Line} LineData */
/** @typedef {{ nodes: number[], wires: number[] }} Paths */
/** @typedef {{ onLight: (paths: Paths | null) => void, onNudge: (h: number) => void, onClose: () => void }} Does */

/** A line of mathematics. One that tells of gates and wires lights them. */
class Line {
  #formula = new Formula();
  /** @type {Paths} */
  #paths = { nodes: [], wires: [] };
  element = html("li", "line");
  #math = html("span", "math", this.#formula.element);

  /** @param {(paths: Paths | null) => void} onLight */
  constructor(onLight) {
    this.#formula.element.ariaHidden = "true";
    this.#math.setAttribute("role", "math");
    this.element.append(this.#math);
    const light = () => onLight(this.#lights ? this.#paths : null);
    for (const event of ["pointerenter", "focusin"]) this.element.addEventListener(event, light);
    for (const event of ["pointerleave", "focusout"]) {
      this.element.addEventListener(event, () => onLight(null));
    }
  }

  get #lights() {
    return this.#paths.nodes.length + this.#paths.wires.length > 0;
  }

  /** @param {LineData} line */
  show({ math, text, nodes, wires }) {
    this.#formula.write(math);
    say(this.#math, text);
    this.#paths = { nodes, wires };
    if (this.element.classList.contains("lights") === this.#lights) return;
    this.element.classList.toggle("lights", this.#lights);
    if (this.#lights) this.#math.tabIndex = 0;
    else this.#math.removeAttribute("tabindex");
  }
}

/** A part of the card. That of the nudge has a field for the step h. */
class Section {
  #title = html("h3", "caption");
  #lines = html("ul", "lines");
  /** @type {Map<string, Line>} */
  #records = new Map();
  #does;
  /** @type {HTMLInputElement | undefined} */
  #field;
  element = html("section", "", this.#title, this.#lines);

  /** @param {SectionData} section @param {Does} does */
  constructor({ kind }, does) {
    this.#does = does;
    this.element.classList.add(kind);
    if (kind === "nudge") this.#addField();
  }

  #addField() {
    const field = html("input", "number");
    field.type = "number";
    field.step = "any";
    field.addEventListener("input", () => {
      const h = field.valueAsNumber;
      field.setAttribute("aria-invalid", String(!Number.isFinite(h)));
      if (Number.isFinite(h)) this.#does.onNudge(h);
    });
    this.#title.after(html("label", "h", html("var", "", "h"), " = ", field));
    this.#field = field;
  }

  /** @param {SectionData} section @param {number} h */
  show({ title, lines }, h) {
    writeText(this.#title, title);
    const field = this.#field;
    if (field && field.ariaInvalid !== "true" && field.valueAsNumber !== h) field.value = String(h);
    patch(
      this.#lines,
      this.#records,
      lines.map((line, at) => ({ line, at })),
      {
        key: ({ at }) => String(at),
        create: () => new Line(this.#does.onLight),
        update: (record, { line }) => record.show(line),
        leave: (record) => record.element.remove(),
      },
    );
  }
}

export class Card {
  #title = new Formula();
  #heading = html("h2", "", this.#title.element);
  #subtitle = html("p", "caption");
  #sections = html("div", "sections");
  /** @type {Map<string, Section>} */
  #records = new Map();
  #latex = "";
  #does;
  #inside;
  element = html("section", "card");

  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
    const close = html("button", "icon close", "×");
    close.type = "button";
    close.ariaLabel = "Close the card";
    close.title = "Close (Esc)";
    close.addEventListener("click", () => does.onClose());
    const copy = new CopyButton("Copy LaTeX", () => this.#latex);
    this.#inside = html(
      "div",
      "inside",
      html("div", "heading", this.#heading, close),
      this.#subtitle,
      this.#sections,
      copy.element,
    );
    this.#inside.hidden = true;
    this.element.ariaLabel = "Card";
    this.element.append(this.#inside);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      does.onClose();
    });
  }

  /** Shows what is to be said, or nothing. @param {CardData | null} card @param {number} h of the nudge */
  show(card, h) {
    if (this.#inside.hidden !== (card === null)) this.#inside.hidden = card === null;
    if (!card) return;
    this.#title.write(card.title);
    say(this.#heading, card.text);
    writeText(this.#subtitle, card.subtitle);
    this.#latex = card.latex;
    patch(this.#sections, this.#records, numbered(card.sections), {
      key: ({ key }) => key,
      create: ({ section }) => new Section(section, this.#does),
      update: (record, { section }) => record.show(section, h),
      leave: (record) => record.element.remove(),
    });
  }
}

/** Sections with keys: the kind, and a number from the second of a kind on. @param {SectionData[]} sections */
function numbered(sections) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return sections.map((section) => {
    const count = (seen.get(section.kind) ?? 0) + 1;
    seen.set(section.kind, count);
    return { key: `${section.kind}${count}`, section };
  });
}

// Each frame of a drag tells the card anew: what is written already is not written again.

/** @param {HTMLElement} element @param {string} text */
function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {string} text for who cannot see it */
function say(element, text) {
  if (element.ariaLabel !== text) element.ariaLabel = text;
}
