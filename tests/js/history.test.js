// Undo and redo.

import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../web/history.js";

/** A number with a history. */
function edited() {
  let state = 0;
  let told = 0;
  const history = new History(
    () => state,
    (past) => {
      state = past;
    },
    () => {
      told += 1;
    },
  );
  /** @param {string} what @param {number} next @param {boolean} [holds] */
  const edit = (what, next, holds) => {
    history.before(what, holds);
    state = next;
  };
  return { history, edit, now: () => state, told: () => told };
}

test("changes of one thing are a step, of another the next", () => {
  const { history, edit, now } = edited();
  for (const next of [1, 2, 3]) edit("x", next);
  edit("y", 4);
  history.undo();
  assert.equal(now(), 3);
  history.undo();
  assert.equal(now(), 0);
  assert.equal(history.canUndo, false);
  history.undo();
  assert.equal(now(), 0);
  history.redo();
  history.redo();
  history.redo();
  assert.equal(now(), 4);
});

test("a pause ends a step, but not a drag", (t) => {
  t.mock.timers.enable({ apis: ["Date"] });
  const { history, edit, now } = edited();
  edit("typed", 1);
  t.mock.timers.tick(5000);
  edit("typed", 2);
  history.undo();
  assert.equal(now(), 1);
  edit("drag", 3, true);
  t.mock.timers.tick(5000);
  edit("drag", 4, true);
  history.end();
  edit("drag", 5, true);
  history.undo();
  assert.equal(now(), 4);
  history.undo();
  assert.equal(now(), 1);
});

test("an edit forgets what was undone; one that changed nothing leaves no step", () => {
  const { history, edit, now, told } = edited();
  edit("x", 1);
  history.undo();
  assert.equal(history.canRedo, true);
  edit("y", 2);
  assert.equal(history.canRedo, false);
  history.end();
  edit("z", 2);
  history.end(false);
  history.undo();
  assert.equal(now(), 0);
  assert.ok(told() >= 4);
});
