import assert from "node:assert/strict";
import test from "node:test";
import { Typing } from "../../web/typing.js";

/** Types a text at a place, letter by letter; where another piece begins stands a bar. */
function typed(typing, text, at = 0) {
  let caret = at;
  return [...text]
    .map((data) => {
      caret += data.length;
      const input =
        data === "\n"
          ? { inputType: "insertLineBreak", data: null }
          : { inputType: "insertText", data };
      return (typing.begins(input, caret) ? "|" : "") + data;
    })
    .join("");
}

const act = (typing, inputType, caret, data = null) => typing.begins({ inputType, data }, caret);

test("a piece is a word with the signs and the space around it", () => {
  assert.equal(typed(new Typing(), "x = 12\n  y = f(x, -z)"), "|x = |12\n  |y = |f(x, -z)");
  assert.equal(typed(new Typing(), " * 2 + a"), "| * 2 + |a");
});

test("typing elsewhere is another piece", () => {
  const typing = new Typing();
  typed(typing, "ab");
  assert.equal(typed(typing, "cd", 2), "cd");
  assert.equal(typed(typing, "e", 1), "|e");
});

test("deletions in a row are one piece, apart from what is typed", () => {
  const typing = new Typing();
  typed(typing, "abcd");
  assert.equal(act(typing, "deleteContentBackward", 3), true);
  assert.equal(act(typing, "deleteContentBackward", 2), false);
  assert.equal(typed(typing, "ef", 2), "|ef");
});

test("what is put in at once is a piece, and what follows another", () => {
  const typing = new Typing();
  typed(typing, "ab");
  assert.equal(act(typing, "insertFromPaste", 9), true);
  assert.equal(act(typing, "insertFromPaste", 16), true);
  assert.equal(typed(typing, "c", 16), "|c");
});

test("what is composed is one piece", () => {
  const typing = new Typing();
  assert.equal(act(typing, "insertCompositionText", 1, "k"), true);
  assert.equal(act(typing, "insertCompositionText", 1, "か"), false);
  assert.equal(act(typing, "insertCompositionText", 2, "かn"), false);
  assert.equal(typed(typing, "x", 2), "|x");
});
