import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIndex } from "../../web/format.js";
import { outline } from "../../web/regions.js";

const cells = { columns: 4, cellWidth: 10, cellHeight: 5 };
const corner = { x: 100, y: 200 };

/** The places inside the rectangles of a path, in cells. @param {string} path */
function inside(path) {
  const found = [];
  for (const [, x, y, width, height] of path.matchAll(/M(\S+) (\S+)h(\S+)v([\d.]+)H/g)) {
    const [left, top] = [(Number(x) - 100) / 10, (Number(y) - 200) / 5];
    for (let row = top; row < top + Number(height) / 5; row++) {
      for (let column = left; column < left + Number(width) / 10; column++) {
        found.push(row * 4 + column);
      }
    }
  }
  return found.sort((a, b) => a - b);
}

test("an outline covers each place once, whatever is chosen", () => {
  for (let chosen = 0; chosen < 1 << 12; chosen++) {
    const places = Array.from({ length: 12 }, (_, i) => i).filter((i) => chosen & (1 << i));
    assert.deepEqual(inside(outline(places, cells, corner)), places);
  }
});

test("rows, columns and sheets are one rectangle", () => {
  for (const places of [
    [4, 5, 6, 7],
    [1, 5, 9],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    [5, 6, 9, 10],
  ]) {
    assert.equal(outline(places, cells, corner).split("M").length - 1, 1, String(places));
  }
  assert.equal(outline([], cells, corner), "");
});

test("places are counted as Python counts them", () => {
  assert.equal(formatIndex(0, []), "[]");
  assert.equal(formatIndex(3, [5]), "[3]");
  assert.equal(formatIndex(5, [2, 3]), "[1, 2]");
  assert.equal(formatIndex(17, [2, 3, 4]), "[1, 1, 1]");
});
