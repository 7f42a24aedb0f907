// Where typing begins another piece, which undo takes back by itself: a word with the signs and
// the space around it, a run of deletions, what is composed or put in at once.

/** What goes on with what came before, where it came before too. */
const RUNS = ["insertText", "insertLineBreak", "insertCompositionText", "deleteContentBackward"];

export class Typing {
  /** What was done last. */
  #kind = "";
  /** Where the caret was then. */
  #caret = -1;
  #endsInSpace = false;
  #hasWord = false;

  /**
   * @param {{ inputType: string, data: string | null }} input
   * @param {number} caret where it is now
   * @returns {boolean} whether another piece begins
   */
  begins({ inputType, data }, caret) {
    // A line break is typed like any space; some browsers call it a text.
    const kind = inputType === "insertLineBreak" ? "insertText" : inputType;
    const text = inputType === "insertLineBreak" ? "\n" : (data ?? "");
    const goesOn =
      kind === this.#kind && RUNS.includes(inputType) && this.#isThere(kind, text, caret);
    const isWord = /^[\p{L}\p{N}_]/u.test(text);
    const begins =
      !goesOn || (kind === "insertText" && isWord && this.#hasWord && this.#endsInSpace);
    this.#hasWord = isWord || (this.#hasWord && !begins);
    this.#endsInSpace = /\s$/.test(text);
    [this.#kind, this.#caret] = [kind, caret];
    return begins;
  }

  /** Whether the caret has stayed where it was. @param {string} kind @param {string} text @param {number} caret */
  #isThere(kind, text, caret) {
    if (kind === "insertText") return caret === this.#caret + text.length;
    // By words too; what is composed is replaced in its place.
    return kind === "insertCompositionText" || caret < this.#caret;
  }
}
