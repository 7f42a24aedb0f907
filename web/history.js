// What can be undone and redone: states, one before each step of the reader.

/** Changes of one thing that follow each other within this time are one step, in milliseconds. */
const PAUSE = 1000;

/** So many steps are kept. */
const DEPTH = 500;

/**
 * @template State
 */
export class History {
  #save;
  #restore;
  #onChange;
  /** @type {State[]} */
  #past = [];
  /** @type {State[]} */
  #future = [];
  /** What changes belong to the last step, and until when. @type {{ what: string, until: number } | null} */
  #open = null;

  /**
   * @param {() => State} save
   * @param {(state: State) => void} restore
   * @param {() => void} onChange where what can be undone or redone may have changed
   */
  constructor(save, restore, onChange) {
    this.#save = save;
    this.#restore = restore;
    this.#onChange = onChange;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * To be called before the reader changes something. Changes of the same thing
   * are one step until it ends or the reader pauses.
   * @param {string} what
   * @param {boolean} [holds] one step however long it takes, until `end`
   */
  before(what, holds = false) {
    const now = Date.now();
    const goes = this.#open?.what === what && now < this.#open.until;
    if (!goes) {
      this.#past.push(this.#save());
      if (this.#past.length > DEPTH) this.#past.shift();
      this.#future = [];
      this.#onChange();
    }
    const until = holds ? Number.POSITIVE_INFINITY : now + PAUSE;
    this.#open = { what, until: goes ? Math.max(until, this.#open?.until ?? 0) : until };
  }

  /** The step is over. @param {boolean} [changed] false where all is as it was before it */
  end(changed = true) {
    if (!changed && this.#open) {
      this.#past.pop();
      this.#onChange();
    }
    this.#open = null;
  }

  undo() {
    this.#go(this.#past, this.#future);
  }

  redo() {
    this.#go(this.#future, this.#past);
  }

  /** Forgets all of it. */
  clear() {
    this.#past = [];
    this.#future = [];
    this.#open = null;
    this.#onChange();
  }

  /** @param {State[]} from @param {State[]} to */
  #go(from, to) {
    this.#open = null;
    const state = from.pop();
    if (state === undefined) return;
    to.push(this.#save());
    this.#restore(state);
    this.#onChange();
  }
}
