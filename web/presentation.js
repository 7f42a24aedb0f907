// The graph and its timeline alone, as large as the screen.

export class Presentation {
  #host;
  #body;
  #onChange;
  #left = () => {
    if (this.isOn && !document.fullscreenElement) this.leave();
  };
  isOn = false;

  /** @param {HTMLElement} host @param {HTMLElement} body @param {(isOn: boolean) => void} onChange */
  constructor(host, body, onChange) {
    this.#host = host;
    this.#body = body;
    this.#onChange = onChange;
  }

  toggle() {
    if (this.isOn) this.leave();
    else this.enter();
  }

  enter() {
    if (this.isOn) return;
    this.#set(true);
    document.addEventListener("fullscreenchange", this.#left);
    // Where there is none, or the page may not, it fills the window.
    this.#host.requestFullscreen?.().catch(() => {});
  }

  leave() {
    if (!this.isOn) return;
    document.removeEventListener("fullscreenchange", this.#left);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.#set(false);
  }

  /** @param {boolean} isOn */
  #set(isOn) {
    this.isOn = isOn;
    this.#body.classList.toggle("presenting", isOn);
    this.#onChange(isOn);
  }
}
