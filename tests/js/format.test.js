import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNumber, formatShape, formatTensor, nest, splitName } from "../../web/format.js";

test("numbers have three significant digits and a true minus", () => {
  /** @type {[number, string][]} */
  const cases = [
    [-12, "−12"],
    [0, "0"],
    [-0, "0"],
    [0.1 + 0.2, "0.3"],
    [0.36787944117144233, "0.368"],
    [-0.19661193324148185, "−0.197"],
    [1.3678794411714423, "1.37"],
    [0.39998, "0.400"],
    [2.9999, "3.00"],
    [99.96, "100"],
    [123456, "123456"],
    [1234.5, "1235"],
    [99999.7, "100000"],
    [-123456.7, "−1.23×10⁵"],
    [1e21, "1×10²¹"],
    [1.2e-7, "1.2×10⁻⁷"],
    [-4.5399e-5, "−4.54×10⁻⁵"],
    [5e-324, "4.94×10⁻³²⁴"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NEGATIVE_INFINITY, "−∞"],
    [Number.NaN, "NaN"],
  ];
  for (const [number, text] of cases) assert.equal(formatNumber(number), text, String(number));
});

test("tensors nest row by row", () => {
  const values = new Float64Array([9, 1, -2, 3, 0.5, 7, 8]);
  assert.equal(nest(values, 1, []), 1);
  assert.deepEqual(nest(values, 1, [2, 3]), [
    [1, -2, 3],
    [0.5, 7, 8],
  ]);
  assert.equal(formatTensor(nest(values, 1, [2, 2])), "[[1, −2], [3, 0.5]]");
  assert.equal(formatShape([3, 4]), "(3×4)");
});

test("digits at the end of a name are a subscript", () => {
  assert.deepEqual(splitName("w0"), { base: "w", subscript: "0" });
  assert.deepEqual(splitName("x_12"), { base: "x", subscript: "12" });
  assert.deepEqual(splitName("grad_w"), { base: "grad_w", subscript: "" });
  assert.deepEqual(splitName("_1"), { base: "_1", subscript: "" });
  assert.deepEqual(splitName("층2"), { base: "층", subscript: "2" });
});
