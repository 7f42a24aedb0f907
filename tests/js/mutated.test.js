// Damaged links, and anything else that is given as a state.

import assert from "node:assert/strict";
import test from "node:test";
import { readLink, writeLink } from "../../web/link.js";
import { plainLooking } from "../../web/looking.js";
import { stateOf } from "../../web/state.js";
import { plainView } from "../../web/view.js";
import { writingOf } from "../../web/writing.js";
import { LINKS, mutated } from "./support/mutate.js";
import { random } from "./support/random.js";

const SEED = 20_260_801;

/** What a state is, said anew. @param {import("../../web/state.js").State} state */
function check({ program, values, tangents, upstream, view, step, explicit, looking, ...rest }) {
  const isCount = (/** @type {unknown} */ n) =>
    n === null || (Number.isSafeInteger(n) && Number(n) >= 0);
  const isText = (/** @type {unknown} */ text) => text === null || typeof text === "string";
  const isNumbers = (/** @type {unknown} */ list) =>
    Array.isArray(list) && list.length > 0 && list.every((n) => typeof n === "number");
  assert.equal(typeof program, "string");
  for (const all of [values, tangents]) {
    assert.equal(Object.getPrototypeOf(all), Object.prototype);
    assert.ok(Object.values(all).every(isNumbers));
  }
  assert.ok(upstream === null || isNumbers(upstream));
  assert.deepEqual(Object.keys(view), Object.keys(plainView()));
  for (const keys of [view.open, view.closed, view.folded]) {
    assert.ok(Array.isArray(keys) && keys.every((key) => typeof key === "string" && key !== ""));
  }
  assert.ok(["reverse", "forward", "both"].includes(view.mode));
  for (const is of [view.copies, view.derivative, explicit]) assert.equal(typeof is, "boolean");
  assert.ok(isCount(step) && isCount(looking.operand) && isCount(looking.element));
  assert.deepEqual(Object.keys(looking), Object.keys(plainLooking()));
  assert.ok(["gate", "jacobian", "elements", "sizes", "paper"].includes(looking.tab));
  assert.ok(isText(looking.chosen));
  assert.ok(looking.pair === null || (looking.pair.length === 2 && looking.pair.every(isText)));
  assert.ok(looking.sizes === null || looking.sizes.every((n) => n >= 1 && n <= 8192));
  assert.deepEqual(Object.keys(rest), ["pane", "writing"]);
  assert.ok(isText(rest.pane) && isText(rest.writing.composite));
  assert.deepEqual(Object.keys(rest.writing), Object.keys(writingOf()));
}

test("ten thousand damaged links each give a state, or none", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const next = random(SEED);
  let read = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const link = mutated(LINKS[i % LINKS.length] ?? "", next);
    const state = readLink(link);
    if (state === null) continue;
    read += 1;
    check(state);
    // It is taken as it is, and can be linked again.
    assert.deepEqual(stateOf(state), state, link);
    assert.deepEqual(readLink(writeLink(state)), state, link);
  }
  assert.ok(read > 5000, `${read} tell of a program`);
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
});

test("what the page wrote it reads unchanged", () => {
  for (const link of LINKS) assert.equal(writeLink(readLink(link) ?? assert.fail()), link);
});

test("a part of a state is one, and so is anything", () => {
  const plain = stateOf({});
  check({ ...plain, program: "" });
  assert.equal(plain.program, null);
  for (const given of [undefined, null, 5, "state", [], () => 1, new Map(), Object.create(null)]) {
    assert.deepEqual(stateOf(given), plain);
  }
  assert.deepEqual(stateOf({ program: "f = 1", step: 2 }), { ...plain, program: "f = 1", step: 2 });
  assert.deepEqual(stateOf({ view: { copies: true } }).view, { ...plainView(), copies: true });
  // What an object inherits it does not say.
  assert.deepEqual(stateOf(Object.create({ program: "f = 1", pane: "code" })), plain);
  assert.deepEqual(stateOf({ view: Object.create({ copies: true }) }), plain);
});

test("what is of another type is as if it were not there", () => {
  const plain = stateOf({});
  const wrong = [null, 5, -1, 1.5, Number.NaN, "", "x", true, [], [[]], [null], {}, { length: 3 }];
  for (const name of Object.keys(plain)) {
    for (const given of [...wrong, () => 1, Symbol("s"), 10n]) {
      const state = stateOf({ [name]: given });
      check({ ...state, program: state.program ?? "" });
    }
  }
  for (const part of ["view", "looking", "writing"]) {
    for (const name of ["open", "mode", "tab", "pair", "sizes", "style", "composite", "chosen"]) {
      for (const given of wrong) {
        const state = stateOf({ [part]: { [name]: given } });
        check({ ...state, program: "" });
      }
    }
  }
  assert.deepEqual(stateOf({ values: { x: [1], y: ["1"], z: 2, w: [] } }).values, { x: [1] });
  assert.deepEqual(stateOf({ values: { x: new Float64Array([1, 2]) } }).values, { x: [1, 2] });
  assert.deepEqual(stateOf({ looking: { pair: ["a", "", "b"], sizes: [1, 2, 9999] } }), plain);
});
