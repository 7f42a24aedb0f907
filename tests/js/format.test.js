import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  formatExactly,
  formatNumber,
  formatShape,
  formatTensor,
  nest,
  splitName,
} from "../../web/format.js";

/** @type {{ numbers: string[][], names: string[][] }} */
const cases = JSON.parse(
  readFileSync(new URL("../fixtures/numbers.json", import.meta.url), "utf8"),
);

test("numbers have three significant digits and a true minus", () => {
  for (const [number, short, all] of cases.numbers) {
    assert.equal(formatNumber(Number(number)), short, number);
    assert.equal(formatExactly(Number(number)), all, number);
  }
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
  for (const [name = "", base, subscript] of cases.names) {
    assert.deepEqual(splitName(name), { base, subscript }, name);
  }
});
