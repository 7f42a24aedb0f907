// What is looked at in the card.

import assert from "node:assert/strict";
import test from "node:test";
import {
  chosenBy,
  hasTensor,
  keyOf,
  nameOf,
  operandsOf,
  placeOf,
  wiresOf,
} from "../../web/looking.js";

/** @param {string} key @param {string | null} name @param {number[]} [shape] */
const node = (key, name, shape = []) => ({ key, name, shape, symbol: "@" });

/** @param {number} from @param {number | null} to @param {number} operand @param {number[]} [shape] */
const wire = (from, to, operand, shape = []) => ({ from, to, operand, shape });

/** x and w into y, x and c into z, whose end is open. */
const scene = /** @type {import("../../web/looking.js").Scene} */ (
  /** @type {unknown} */ ({
    nodes: [
      node("x", "x", [2]),
      node("w", "w", [2]),
      node("y", "y"),
      node("c", "c"),
      node("z", "z"),
      node("y#2", "y"),
      node("a:mul", null),
    ],
    wires: [
      wire(1, 2, 1, [2]),
      wire(0, 2, 0, [2]),
      wire(3, 4, 1),
      wire(2, 4, 0),
      wire(0, 5, 0, [2]),
      wire(4, null, 0),
    ],
  })
);

test("what is chosen is found again by its key", () => {
  for (const [at] of scene.nodes.entries()) {
    assert.deepEqual(chosenBy(scene, keyOf(scene, { node: at })), { node: at });
  }
  for (const [at] of scene.wires.entries()) {
    assert.deepEqual(chosenBy(scene, keyOf(scene, { wire: at })), { wire: at });
  }
  for (const key of [null, "", "nothing", "x,y", "x,y,7", ",,"]) {
    assert.equal(chosenBy(scene, key), null);
  }
  assert.equal(keyOf(scene, { node: 99 }), null);
  assert.equal(keyOf(scene, { wire: 99 }), null);
});

test("the wires at hand are the operands, the chosen one first", () => {
  assert.deepEqual(wiresOf(scene, { node: 2 }), [1, 0]);
  assert.deepEqual(wiresOf(scene, { wire: 0 }), [0, 1]);
  // An input's are its uses, the open end's those of the output.
  assert.deepEqual(wiresOf(scene, { node: 0 }), [1, 4]);
  assert.deepEqual(wiresOf(scene, { wire: 5 }), [3, 2]);
  assert.deepEqual(wiresOf(scene, { node: 6 }), []);
});

test("numbers have no tabs", () => {
  assert.ok(hasTensor(scene, { node: 2 }) && hasTensor(scene, { wire: 1 }));
  assert.ok(!hasTensor(scene, { node: 4 }) && !hasTensor(scene, { wire: 5 }));
  assert.ok(!hasTensor(scene, { node: 6 }));
});

test("what has one name with another is told by its key", () => {
  assert.equal(nameOf(scene, 0), "x");
  assert.equal(nameOf(scene, 5), "y#2");
  assert.equal(nameOf(scene, 6), null);
  assert.deepEqual(operandsOf(scene, [1, 0]), ["x", "w"]);
  assert.deepEqual(operandsOf(scene, [1, 4]), ["x into y", "x into y#2"]);
});

test("an element has a place along each axis", () => {
  assert.deepEqual(placeOf([], 0), []);
  assert.deepEqual(placeOf([4], 3), [3]);
  assert.deepEqual(placeOf([2, 3], 5), [1, 2]);
  assert.deepEqual(placeOf([2, 3, 4], 17), [1, 1, 1]);
});
