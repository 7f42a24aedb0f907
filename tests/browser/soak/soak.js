// A random walk over all that somebody can do with an element, and what must hold wherever it leads.
// Runs in a page, as text. An action is its kind and a number by which it chooses among what is there.

import { one, random } from "../../js/support/random.js";

/** @typedef {{ kind: string, seed: number }} Action */

/** What programs begin with, and what they go on with. */
const START = [
  "x = -2",
  "y = 5",
  "z = 0.5  #: range -1 1 step 0.01",
  "w = [1, -2, 3]",
  "W = [[1, 2, 3], [-1, 0, 2]]",
  "q = x + y",
  "def g(a, b=2):\n    c = a * b\n    return tanh(c) + a",
];
const LINES = [
  "f = q * z",
  "s = sigmoid(x * y)",
  "h = relu(W @ w)",
  "n = sum(w * w)",
  "p = softmax(w)",
  "u = g(x) + g(y, z)",
  "for i in range(3):\n    x = x * 0.5 + y",
  "d = grad(g(x), x)",
  "T = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
  "L = mse_loss(w, softmax(w))",
  "v = 1 / (1 + exp(-x))",
  "x = 3",
  "e = w[1] * x",
  "k = x / 0",
  "m = W.mean(axis=0) * w",
  "f = x * y * unknown",
];

const NUMBERS = ["0", "1/3", "-2.5", "1,5", "2*pi", "−4", "1e400", "", "abc", "inf", "7"];

/** @param {number} time */
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** What went wrong beside the checks: on the console, and what nobody caught. @type {string[]} */
const complaints = [];
for (const type of ["error", "unhandledrejection"]) {
  addEventListener(type, (event) => {
    // A browser's own, where a ResizeObserver needs another frame.
    const what = String(event.reason?.stack ?? event.error?.stack ?? event.message ?? event);
    if (!what.includes("ResizeObserver loop")) complaints.push(`${type}: ${what}`);
  });
}
for (const level of /** @type {const} */ (["error", "warn"])) {
  // biome-ignore lint/suspicious/noConsole: what is told there is what is looked for.
  const before = console[level];
  console[level] = (...told) => {
    complaints.push(`console.${level}: ${told.join(" ")}`);
    before(...told);
  };
}

// A browser goes to the whole screen for a hand alone; without, the graph fills the window.
Object.defineProperty(Element.prototype, "requestFullscreen", { value: undefined });

/** Every number as it is, for comparison. @param {unknown} value */
function exactly(value) {
  return JSON.stringify(value, (_, part) =>
    typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))
      ? `#${Object.is(part, -0) ? "-0" : part}`
      : part,
  );
}

/** Where two texts part. @param {string} what @param {string} is @param {string} was @returns {string | null} */
function apart(what, is, was) {
  if (is === was) return null;
  let at = 0;
  while (is[at] === was[at]) at += 1;
  const around = (/** @type {string} */ text) => text.slice(Math.max(0, at - 120), at + 80);
  return `${what} differ:\n    …${around(is)}…\n    …${around(was)}…`;
}

/** What one can do with an element. */
class Hands {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.root = element.shadowRoot;
  }

  /** @param {string} css */
  all(css) {
    return [...this.root.querySelectorAll(css)];
  }

  /** Those that are to be seen. @param {() => number} next @param {string} css */
  pick(next, css) {
    const seen = this.all(css).filter(
      (found) => found.checkVisibility() && !found.disabled && found.ariaDisabled !== "true",
    );
    return seen.length > 0 ? one(next, seen) : null;
  }

  /** @param {() => number} next @param {string} css */
  click(next, css) {
    const found = this.pick(next, css);
    found?.dispatchEvent(
      new MouseEvent("click", { bubbles: true, composed: true, cancelable: true }),
    );
    return found;
  }

  /** @param {Element | null} target @param {string} key @param {KeyboardEventInit} [held] */
  press(target, key, held = {}) {
    for (const type of ["keydown", "keyup"]) {
      const init = { key, bubbles: true, composed: true, cancelable: true, ...held };
      (target ?? this.root.querySelector(".body"))?.dispatchEvent(new KeyboardEvent(type, init));
    }
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} text */
  input(field, text) {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  }

  /** Types into the field that has the focus, and ends it. @param {() => number} next @param {HTMLInputElement} field */
  type(next, field) {
    for (let i = next() * 3; i > 0; i -= 1) this.input(field, one(next, NUMBERS));
    if (next() < 0.2) this.press(field, one(next, ["ArrowUp", "ArrowDown"]));
    this.press(field, one(next, ["Enter", "Escape", "Enter", "Tab"]));
    field.blur();
  }

  /** @param {string} text */
  async program(text) {
    const told = new Promise((resolve) => {
      this.element.addEventListener("backflow-change", resolve, { once: true });
    });
    this.input(this.root.querySelector("textarea"), text);
    // Where compiling is slow, typing waits for a pause.
    await Promise.race([told, pause(2000)]);
  }

  /** @type {Record<string, (next: () => number) => unknown>} */
  static ways = {
    async write(next) {
      const count = 1 + Math.floor(next() * 6);
      const lines = Array.from({ length: count }, () => one(next, LINES));
      await this.program([...START, ...lines].join("\n"));
    },
    async line(next) {
      const lines = this.element.program.split("\n");
      const at = next() < 0.7 ? lines.length : Math.floor(next() * lines.length);
      lines.splice(at, next() < 0.3 ? 1 : 0, one(next, [...START, ...LINES]));
      await this.program(lines.join("\n"));
    },
    async letter(next) {
      const { program } = this.element;
      const at = Math.floor(next() * program.length);
      const typed = next() < 0.5 ? "" : one(next, [..."0123456789.+-*/()[],= \nxyzf#"]);
      await this.program(program.slice(0, at) + typed + program.slice(at + (next() < 0.7 ? 1 : 0)));
    },
    async literal(next) {
      const numbers = [...this.element.program.matchAll(/-?\d+(?:\.\d+)?/g)];
      if (numbers.length === 0) return;
      const { index, 0: old } = one(next, numbers);
      const text = String(Math.round((next() - 0.5) * 200) / 10);
      const { program } = this.element;
      await this.program(program.slice(0, index) + text + program.slice(index + old.length));
    },
    example(next) {
      const select = this.root.querySelector(".menu select");
      select.value = one(next, [...select.options]).value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    slide(next) {
      const slider = this.pick(next, ".inputs .slider");
      if (!slider) return;
      const pointer = (/** @type {string} */ type) =>
        slider.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true }));
      pointer("pointerdown");
      for (let i = next() * 4; i > 0; i -= 1) {
        const [min, max] = [Number(slider.min), Number(slider.max)];
        this.input(slider, String(min + (max - min) * next()));
      }
      pointer("pointerup");
    },
    field(next) {
      const field = this.pick(next, ".inputs .number, .card .number, .pane .number, .sheet-index");
      field?.focus();
      if (field) this.type(next, field);
    },
    typed(next) {
      const grip = this.pick(next, ".picture .grip");
      grip?.focus();
      if (grip) this.press(grip, one(next, ["Enter", "ArrowUp", "ArrowDown"]));
      const { activeElement } = this.root;
      if (activeElement?.matches(".in-place")) this.type(next, activeElement);
    },
    cell(next) {
      const grid = this.pick(next, ".inputs [role=grid]");
      if (!grid) return;
      grid.focus();
      for (let i = next() * 4; i > 0; i -= 1) {
        const shiftKey = next() < 0.2;
        this.press(grid, one(next, ["ArrowRight", "ArrowDown", "ArrowLeft", "Home"]), { shiftKey });
      }
      if (next() < 0.3) {
        const clipboardData = new DataTransfer();
        const text = one(next, ["1/2\t−3\n4\t5", "7", "1\tx", "[[1, 2], [3, 4]]", "1e400"]);
        clipboardData.setData("text/plain", text);
        const init = { bubbles: true, composed: true, cancelable: true };
        const event = new ClipboardEvent("paste", init);
        Object.defineProperty(event, "clipboardData", { value: clipboardData });
        grid.dispatchEvent(event);
        return;
      }
      this.press(grid, one(next, ["Enter", "Delete", "ArrowUp"]), { altKey: next() < 0.3 });
      const { activeElement } = this.root;
      if (activeElement?.matches(".in-place")) this.type(next, activeElement);
    },
    shape(next) {
      const field = this.pick(next, ".inputs .size:not([readonly])");
      if (!field) return;
      field.focus();
      this.input(field, one(next, ["2×3", "3×2", "4", "2×2", "x", "0", "2×1×2"]));
      this.press(field, one(next, ["Enter", "Escape", "Enter"]));
      field.blur();
      if (next() < 0.7) this.click(next, ".inputs .account button");
    },
    fill(next) {
      this.click(next, ".inputs .more");
      this.click(next, ".inputs .shaping button");
    },
    step(next) {
      const scrubber = this.root.querySelector(".scrubber");
      const roll = next();
      if (roll < 0.4) this.input(scrubber, String(Math.floor(next() * (Number(scrubber.max) + 1))));
      else if (roll < 0.7) this.click(next, ".timeline .steps button");
      else this.press(scrubber, one(next, ["ArrowLeft", "ArrowRight", "Home", "End"]));
      // Nothing plays on while something else is done.
      if (this.root.querySelector(".timeline [aria-label^=Pause]")) this.press(scrubber, " ");
    },
    explicit(next) {
      const scrubber = this.root.querySelector(".scrubber");
      this.input(scrubber, String(Math.ceil((0.5 + next() / 2) * Number(scrubber.max))));
      this.click(next, ".backward-by .switch button");
    },
    box(next) {
      this.click(next, ".picture .opener");
    },
    fold(next) {
      this.click(next, ".picture .fold, .tools .fold");
    },
    tool(next) {
      this.click(next, ".copies, .derivative, .smaller, .larger, .fit");
    },
    mode(next) {
      const radio = one(next, this.all(".modes input[type=radio]"));
      if (radio.checkVisibility()) radio.click();
    },
    passes(next) {
      this.click(next, ".modes .fill");
    },
    pane(next) {
      this.click(next, "[data-pane] button, button[data-pane]");
    },
    inPane(next) {
      this.click(next, ".pane button:not([download])");
    },
    choose(next) {
      this.click(next, ".picture .node .frame, .picture .wire text, .picture .wire .curve");
    },
    card(next) {
      this.click(next, ".card [role=tab], .card button:not(.copy button)");
    },
    look(next) {
      const select = this.pick(next, ".card select, .pane select");
      if (!select) return;
      select.value = one(next, [...select.options]).value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
    walk(next) {
      const stop = this.root.querySelector(".picture [tabindex='0']");
      stop?.focus();
      for (let i = next() * 8; i > 0; i -= 1) {
        const key = one(next, [
          ...["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "ArrowRight", "ArrowLeft"],
          ...["Enter", " ", "Escape", "v", "g", "t", "Home", "End", "PageDown"],
        ]);
        const { activeElement } = this.root;
        this.press(activeElement, key, { shiftKey: next() < 0.15 });
        if (this.root.activeElement?.matches(".in-place")) this.type(next, this.root.activeElement);
      }
    },
    undo(next) {
      this.click(next, ".undo, .undo, .redo");
    },
    set(next) {
      const { nodes } = this.element.snapshot();
      // The upstream gradient, where it is drawn, is given by nobody.
      const inputs = nodes.filter(({ kind, name }) => kind === "input" && !name?.includes("∂"));
      const input = inputs.length > 0 ? one(next, inputs) : null;
      const fill = (/** @type {any} */ value) =>
        Array.isArray(value) ? value.map(fill) : Math.round((next() - 0.5) * 100) / 8;
      const last = input && inputs.findLast(({ name }) => name === input.name);
      if (last) this.element.setInput(last.name, fill(last.value));
    },
    present() {
      this.root.querySelector(".present")?.click();
    },
    resize(next) {
      this.element.style.inlineSize = `${Math.round(300 + next() * 900)}px`;
    },
    async rest(next) {
      await pause(next() * 400);
    },
  };

  /** @param {Action} action */
  async act({ kind, seed }) {
    await Hands.ways[kind].call(this, random(seed));
  }
}

/**
 * What must hold of an element wherever it is; null where it does.
 * @param {Hands} hands
 * @param {number} depth how many steps are undone and redone
 * @returns {Promise<string | null>}
 */
async function wrong(hands, depth) {
  const { element } = hands;
  await frame();
  await frame();
  if (complaints.length > 0) return complaints.splice(0).join("\n");
  const base = new URL("web/", document.baseURI);
  const { readLink, writeLink } = await import(new URL("link.js", base));
  const { state } = element;
  const snapshot = exactly(element.snapshot());
  const linked = readLink(writeLink(state));
  const told = apart("the state and its link", exactly(linked), exactly(state));
  if (told) return told;
  const isGood = element.snapshot().diagnostics.length === 0;
  const fresh = document.createElement("backflow-graph");
  fresh.program = "f = 1";
  document.body.append(fresh);
  try {
    await fresh.ready;
    fresh.state = state;
    const own = fresh.snapshot();
    // Of a program with a mistake nobody but this element knows the last good one.
    const what = isGood
      ? (apart("the snapshots of a fresh element and of this one", exactly(own), snapshot) ??
        apart(
          "the states of a fresh element and of this one",
          exactly(fresh.state),
          exactly(state),
        ))
      : apart(
          "the messages of a fresh element and of this one",
          exactly(own.diagnostics),
          exactly(element.snapshot().diagnostics),
        );
    if (what) return what;
  } finally {
    fresh.remove();
  }
  const goes = async (/** @type {string} */ way) => {
    const button = hands.root.querySelector(`.${way}`);
    if (button.ariaDisabled === "true") return false;
    button.click();
    if (complaints.length > 0) throw new Error(complaints.splice(0).join("\n"));
    return true;
  };
  let steps = 0;
  while (steps < depth && (await goes("undo"))) steps += 1;
  for (let i = 0; i < steps; i += 1) await goes("redo");
  const back = exactly(element.snapshot());
  await frame();
  return (
    apart(`the snapshots before and after ${steps} steps of undo and of redo`, back, snapshot) ??
    (complaints.length > 0 ? complaints.splice(0).join("\n") : null)
  );
}

/**
 * Does some actions and checks what must hold after them.
 * @param {HTMLElement} element
 * @param {Action[]} actions
 * @param {number} depth
 * @returns {Promise<{ done: number, wrong: string } | null>} null where all holds
 */
export async function follow(element, actions, depth) {
  const hands = new Hands(element);
  for (const [at, action] of actions.entries()) {
    let what = null;
    try {
      await hands.act(action);
      if (at + 1 === actions.length) what = await wrong(hands, depth);
      else if (complaints.length > 0) what = complaints.splice(0).join("\n");
    } catch (error) {
      what = String(error?.stack ?? error);
    }
    if (what) return { done: at + 1, wrong: what };
  }
  return null;
}

/** Some actions by a seed. @param {number} seed @param {number} count @returns {Action[]} */
export function actions(seed, count) {
  const next = random(seed);
  const kinds = Object.keys(Hands.ways);
  return Array.from({ length: count }, () => ({
    kind: one(next, kinds),
    seed: Math.floor(next() * 2 ** 32),
  }));
}
