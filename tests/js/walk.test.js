// Where the arrow keys lead.

import assert from "node:assert/strict";
import { test } from "node:test";
import { walk } from "../../web/walk.js";

/** x and y into an add, twice: q = x + y, f = q + x. */
const SCENE = /** @type {import("../../web/backflow-wasm.js").Scene} */ (
  /** @type {unknown} */ ({
    nodes: [
      { x: 0, y: 0 },
      { x: 0, y: 50 },
      { x: 100, y: 25 },
      { x: 200, y: 10 },
    ],
    wires: [
      { from: 0, to: 2, operand: 0 },
      { from: 1, to: 2, operand: 1 },
      { from: 2, to: 3, operand: 0 },
      { from: 0, to: 3, operand: 1 },
      { from: 3, to: null, operand: 0 },
    ],
  })
);

/** Where keys lead from a node. @param {number} node @param {("left" | "right" | "up" | "down")[]} ways */
function after(node, ways) {
  /** @type {import("../../web/walk.js").Place} */
  let place = { node, via: null, side: "operands" };
  for (const way of ways) place = walk(SCENE, place, way) ?? place;
  return place.node;
}

test("left to the first operand, right to the first user", () => {
  assert.equal(after(2, ["left"]), 0);
  assert.equal(after(2, ["right"]), 3);
  // The upper one of two users.
  assert.equal(after(0, ["right"]), 3);
  assert.equal(after(0, ["right", "down"]), 2);
});

test("back to where the walk came from", () => {
  assert.equal(after(2, ["left", "down"]), 1);
  assert.equal(after(2, ["left", "down", "right"]), 2);
  assert.equal(after(2, ["left", "down", "right", "left"]), 1);
  // From f down to its second operand, x, and not on to q's.
  assert.equal(after(3, ["left", "right"]), 3);
});

test("nothing lies past the ends", () => {
  const place = /** @type {import("../../web/walk.js").Place} */ ({
    node: 0,
    via: null,
    side: "operands",
  });
  assert.equal(walk(SCENE, place, "left"), null);
  assert.equal(walk(SCENE, { ...place, node: 3 }, "right"), null);
  assert.equal(walk(SCENE, { ...place, node: 1 }, "down"), null);
});
