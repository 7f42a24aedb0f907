// The card: what there is to say of the gate or wire that is chosen.

import { CopyButton } from "./copying.js";
import { html } from "./elements.js";
import { patch } from "./keyed.js";
import { Lines, say, writeText } from "./line.js";
import { Formula } from "./math.js";
import { NumberInput } from "./number-input.js";
import { Panels } from "./panels.js";

/** @typedef {import("./backflow-wasm.js").Card} CardData */
/** @typedef {import("./backflow-wasm.js").Section} SectionData */
/** @typedef {import("./line.js").Paths} Paths */
/** @typedef {import("./panels.js").Does & { onNudge: (h: number) => void, onClose: () => void }} Does */

/** A part of the card. That of the nudge has a field for the step h. */
class Section {
  #title = html("h3", "caption");
  #lines;
  #does;
  /** @type {NumberInput | undefined} */
  #field;
  element;

  /** @param {SectionData} section @param {Does} does */
  constructor({ kind }, does) {
    this.#does = does;
    this.#lines = new Lines(does.onLight);
    this.element = html("section", kind, this.#title, this.#lines.element);
    if (kind === "nudge") this.#addField();
  }

  #addField() {
    const field = new NumberInput(
      { onInput: (h) => this.#does.onNudge(h) },
      { step: 0.01, isFinite: true },
    );
    field.element.ariaLabel = "h";
    this.#title.after(html("label", "h", html("var", "", "h"), " = ", field.element));
    this.#field = field;
  }

  /** @param {SectionData} section @param {number} h */
  show({ title, lines }, h) {
    writeText(this.#title, title);
    this.#field?.show(h);
    this.#lines.show(lines);
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
  /** The tabs. */
  panels;
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
    const gate = html("div", "of-gate", this.#sections);
    this.panels = new Panels(gate, does);
    gate.append(html("div", "foot", copy.element, ...this.panels.ways));
    this.#inside = html(
      "div",
      "inside",
      html("div", "heading", this.#heading, close),
      this.#subtitle,
      this.panels.element,
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
