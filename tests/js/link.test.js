// The state of an element as the fragment of an address, and back.

import assert from "node:assert/strict";
import test from "node:test";
import { readLink, writeLink } from "../../web/link.js";
import { plainLooking } from "../../web/looking.js";
import { plainView } from "../../web/view.js";
import { writingOf } from "../../web/writing.js";

/** @param {Partial<import("../../web/state.js").State>} part */
function state(part) {
  return {
    program: "f = 1",
    values: {},
    tangents: {},
    upstream: null,
    view: plainView(),
    step: null,
    explicit: false,
    looking: plainLooking(),
    pane: null,
    writing: writingOf(),
    ...part,
  };
}

test("what is written is read again", () => {
  const states = [
    state({}),
    state({ program: "" }),
    state({ program: "# π & <b>\nα = 1e-3\nf = α ** 2 % 5 + 'a'" }),
    state({ step: 0 }),
    state({ pane: "order" }),
    state({
      tangents: { x: [0], "f/half:v": [1, -2.5] },
      view: { ...plainView(), mode: "forward" },
    }),
    state({ pane: "code" }),
    state({ pane: "code", writing: writingOf({ style: "latex" }) }),
    state({ writing: writingOf({ style: "autograd-function", composite: "neuron" }) }),
    state({ step: 12, upstream: [-2.5e-7] }),
    state({ values: { x: [-2], "x#2": [0.1 + 0.2], "f/half:v": [1, 2, 3, Number.NaN] } }),
    state({ values: { x: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0] } }),
    state({ values: JSON.parse('{"__proto__":[1],"constructor":[2]}') }),
    state({
      view: {
        open: ["f/neuron", "f:sigmoid"],
        closed: ["h#2"],
        folded: ["f"],
        copies: true,
        mode: "both",
        derivative: true,
      },
    }),
    state({ explicit: true }),
    state({ looking: { ...plainLooking(), chosen: "f/neuron:mul2" } }),
    state({ looking: { ...plainLooking(), chosen: "x#2,y,1", tab: "jacobian", operand: 1 } }),
    state({ looking: { ...plainLooking(), chosen: "y", tab: "jacobian", pair: ["y", "i=0/x"] } }),
    state({ looking: { ...plainLooking(), chosen: "y", tab: "elements", element: 0 } }),
    state({ looking: { ...plainLooking(), chosen: "y,,0", tab: "sizes", sizes: [1, 8192, 64] } }),
  ];
  for (const one of states) assert.deepEqual(readLink(writeLink(one)), one);
});

test("a link is short and can be read", () => {
  const one = state({ program: "x = -2\nf = x * 3", values: { x: [1.5] }, step: 3 });
  assert.equal(writeLink(one), "program=x+%3D+-2%0Af+%3D+x+*+3&values=x:1.5&step=3");
  assert.equal(writeLink(one), writeLink({ ...one }));
});

test("what is looked at can be read in a link", () => {
  const looking = { ...plainLooking(), chosen: "x,y,0", tab: /** @type {const} */ ("elements") };
  const one = state({ explicit: true, looking: { ...looking, element: 4 } });
  const link = "program=f+%3D+1&jacobian=explicit&chosen=x,y,0&tab=elements&element=4";
  assert.equal(writeLink(one), link);
});

test("what tells of no program is no state", () => {
  for (const fragment of ["", "#", "#top", "#step=3", "#%", "#Program=x", "#values=x:1"]) {
    assert.equal(readLink(fragment), null);
  }
});

test("what cannot be read is as if it were not there", () => {
  const garbage = [
    "step=-1",
    "step=1.5",
    "step=99999999999999999999",
    "step=two",
    "values=x",
    "values=x:",
    "values=:1",
    "values=x:1,,2",
    "values=x:one;y:1 2",
    "upstream=",
    "upstream=a",
    "open=;;&closed=&folded=;",
    "copies=maybe",
    "jacobian=implicit",
    "chosen=&tab=&operand=&pair=&element=&sizes=",
    "tab=hessian&operand=-1&element=one",
    "pair=x",
    "pair=x;",
    "pair=x;y;z",
    "sizes=64,4096",
    "sizes=64,4096,0",
    "sizes=64,4096,8193",
    "sizes=1,2,3,4",
    "mode=sideways",
    "mode=",
    "tangents=x:a",
    "unknown=1&program",
    "%E0%A4%A=%",
  ];
  for (const part of garbage) {
    assert.deepEqual(readLink(`#program=f+%3D+1&${part}`), state({}), part);
  }
  // Of several values those that can be read are.
  assert.deepEqual(readLink("#program=f+%3D+1&values=x:a;y:2;;z")?.values, { y: [2] });
});

test("the lines of a program end as those of a field do", () => {
  assert.equal(readLink("#program=a%0D%0Db%0D%0Ac%0A%0Dd")?.program, "a\n\nb\nc\n\nd");
});
