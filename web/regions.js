// Cells of a grid as outlines: what belongs together has one.

/** How many elements stand in a row, and how large each is. @typedef {{ columns: number, cellWidth: number, cellHeight: number }} Cells */

/**
 * Path data around places of a sheet: neighbours in a row are one rectangle, and so are
 * rows that begin and end alike.
 * @param {Iterable<number>} places ascending
 * @param {Cells} cells
 * @param {{ x: number, y: number }} corner of the sheet
 * @returns {string}
 */
export function outline(places, { columns, cellWidth, cellHeight }, corner) {
  let path = "";
  for (const { row, rows, from, to } of rectangles(places, columns)) {
    const [x, y] = [corner.x + from * cellWidth, corner.y + row * cellHeight];
    path += `M${x} ${y}h${(to - from) * cellWidth}v${rows * cellHeight}H${x}z`;
  }
  return path;
}

/** @typedef {{ row: number, rows: number, from: number, to: number }} Rectangle */

/** @param {Iterable<number>} places @param {number} columns @returns {Rectangle[]} */
function rectangles(places, columns) {
  /** @type {Rectangle[]} */
  const found = [];
  // Those that the row above ends with, by where they begin.
  /** @type {Map<number, Rectangle>} */
  let above = new Map();
  /** @type {Map<number, Rectangle>} */
  let now = new Map();
  let current = 0;
  /** @type {Rectangle | null} */
  let run = null;
  const end = () => {
    if (!run) return;
    const same = above.get(run.from);
    if (same?.to === run.to && same.row + same.rows === run.row) {
      same.rows += 1;
      now.set(run.from, same);
    } else {
      found.push(run);
      now.set(run.from, run);
    }
    run = null;
  };
  for (const place of places) {
    const row = Math.floor(place / columns);
    const column = place % columns;
    if (run && row === current && run.to === column) {
      run.to += 1;
      continue;
    }
    end();
    if (row !== current) {
      above = now;
      now = new Map();
      current = row;
    }
    run = { row, rows: 1, from: column, to: column + 1 };
  }
  end();
  return found;
}
