// What is open and folded, and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { folded, plainView, toggled } from "../../web/view.js";

test("a box that is closed and opened again has one say", () => {
  const closed = toggled(plainView(), "f/neuron", false);
  assert.deepEqual(closed, {
    open: [],
    closed: ["f/neuron"],
    folded: [],
    copies: false,
    mode: "reverse",
    derivative: false,
  });
  assert.deepEqual(toggled(closed, "f/neuron", true).closed, []);
  assert.deepEqual(toggled(closed, "f/neuron", true).open, ["f/neuron"]);
});

test("a gate that was folded unfolds where it is opened", () => {
  const one = folded(toggled(plainView(), "g", true), "f");
  assert.deepEqual(one, {
    open: ["g"],
    closed: [],
    folded: ["f"],
    copies: false,
    mode: "reverse",
    derivative: false,
  });
  assert.deepEqual(folded(one, "f").folded, ["f"]);
  const opened = toggled(one, "f", true);
  assert.deepEqual(opened, {
    open: ["g"],
    closed: [],
    folded: [],
    copies: false,
    mode: "reverse",
    derivative: false,
  });
});
