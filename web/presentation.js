// The graph and its timeline alone, as large as the screen.

/** What steps: the keys of who stands before a class. A clicker has those of pages. */
const STEPS = new Set([" ", "ArrowLeft", "ArrowRight", "End", "Home", "PageDown", "PageUp"]);

export class Presentation {
  #host;
  #body;
  #does;
  #left = () => {
    if (this.isOn && !document.fullscreenElement) this.leave();
  };
  /** Where the focus was before. @type {Element | null} */
  #before = null;
  /** Whether the pointer was used last, and whether it gave the focus to what has it. */
  #isPointed = false;
  #isGivenByPointer = false;
  isOn = false;

  /**
   * @param {HTMLElement} host
   * @param {HTMLElement} body has the focus while it is on, unless the reader takes it elsewhere
   * @param {{ onChange: (isOn: boolean) => void, onStep: (event: KeyboardEvent) => void }} does
   */
  constructor(host, body, does) {
    this.#host = host;
    this.#body = body;
    this.#does = does;
    const listen = { capture: true };
    body.addEventListener("pointerdown", () => this.#point(true), listen);
    body.addEventListener("keydown", (event) => this.#press(event), listen);
    body.addEventListener("focusin", () => {
      this.#isGivenByPointer = this.#isPointed;
    });
  }

  toggle() {
    if (this.isOn) this.leave();
    else this.enter();
  }

  enter() {
    if (this.isOn) return;
    this.#before = this.#host.shadowRoot?.activeElement ?? null;
    this.#set(true);
    // A button that keeps the focus would take the keys.
    this.#body.focus({ preventScroll: true });
    document.addEventListener("fullscreenchange", this.#left);
    // Where there is none, or the page may not, it fills the window.
    this.#host.requestFullscreen?.().catch(() => {});
  }

  leave() {
    if (!this.isOn) return;
    document.removeEventListener("fullscreenchange", this.#left);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.#set(false);
    const { activeElement } = this.#host.shadowRoot ?? {};
    const before = this.#before;
    this.#before = null;
    if (activeElement && (before instanceof HTMLElement || before instanceof SVGElement)) {
      before.focus({ preventScroll: true });
    }
  }

  /** @param {boolean} isOn */
  #set(isOn) {
    this.isOn = isOn;
    this.#body.classList.toggle("presenting", isOn);
    this.#does.onChange(isOn);
  }

  /** @param {boolean} isPointed */
  #point(isPointed) {
    this.#isPointed = isPointed;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    this.#point(false);
    if (!this.isOn || !STEPS.has(event.key) || !this.#isFree(event)) return;
    event.preventDefault();
    // Nor is it for the page around, whose slides may turn.
    event.stopPropagation();
    this.#body.focus({ preventScroll: true });
    this.#does.onStep(event);
  }

  /** Whether a key is not for what has the focus: nobody types there, or went there by keys. @param {KeyboardEvent} event */
  #isFree({ target, key, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey || !(target instanceof Element)) return false;
    // A stack has sheets; nothing else has pages.
    if (key.startsWith("Page") && !target.matches(".cell")) return true;
    if (target.matches("input:not(.scrubber), textarea")) return false;
    return this.#isGivenByPointer || target === this.#body || target.matches(".graph, .scrubber");
  }
}
