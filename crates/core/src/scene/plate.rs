//! The grids of a tensor beside its symbol: how large they are, and where each stands.

use super::Plate;
use crate::layout::{Point, Size};
use crate::view::Mode;

/// The room of a number in a grid: three digits, a sign and a point.
const CELL: Size = Size {
    width: 52.0,
    height: 20.0,
};
/// Most rows and columns of a sheet that is written as numbers.
const WRITTEN: usize = 8;
/// Most numbers of a vector that is.
const ROW: usize = 10;
/// How long the longer side of a map is at most, how long the shorter one at least where
/// its cells allow it, and how long a side of a cell is at most.
const MAP: f64 = 128.0;
const MAP_THIN: f64 = 24.0;
const MAP_CELL: f64 = 12.0;
/// The room below a map for its scale, and how wide that is.
const SCALE: Size = Size {
    width: 120.0,
    height: 18.0,
};
/// The room above the value's grid in which the sheet of a stack is chosen.
const SELECTOR: Size = Size {
    width: 72.0,
    height: 18.0,
};
/// The room at the top and at the right of a grid for the edges of the sheets behind.
const EDGES: f64 = 6.0;
/// Between two grids, one above the other or side by side.
const BETWEEN: f64 = 8.0;
const BESIDE: f64 = 12.0;
/// The border around all.
const PAD: f64 = 4.0;
/// The side of a grid without elements.
const EMPTY: f64 = 12.0;

/// The plate of a shape, with its upper left corner at the origin; none for a number.
pub fn plate(shape: &[usize], mode: Mode) -> Option<Plate> {
    let (leading, rows, columns) = match *shape {
        [] => return None,
        [columns] => (&[][..], 1, columns),
        [ref leading @ .., rows, columns] => (leading, rows, columns),
    };
    let most = if shape.len() == 1 { ROW } else { WRITTEN };
    let map = rows > WRITTEN || columns > most;
    let cell = if map { dot(rows, columns) } else { CELL };
    let sheet = Size {
        width: (columns as f64 * cell.width).max(EMPTY),
        height: (rows as f64 * cell.height).max(EMPTY),
    };
    let stack = !leading.is_empty();
    let edges = if stack { EDGES } else { 0.0 };
    // A grid with what stands around it.
    let scale = if map { SCALE } else { Size::NONE };
    let grid = Size {
        width: (sheet.width + edges).max(scale.width),
        height: edges + sheet.height + scale.height,
    };
    let left = (grid.width - edges - sheet.width) / 2.0;
    let beside = rows > 2 && rows >= 2 * columns;
    let (across, down) = if beside {
        (grid.width + BESIDE, 0.0)
    } else {
        (0.0, grid.height + BETWEEN)
    };
    // The tangent's grid comes first, the value's next and the gradient's last.
    let [value, gradient] = match mode {
        Mode::Reverse => [0.0, 1.0],
        Mode::Forward => [1.0, 1.0],
        Mode::Both => [1.0, 2.0],
    };
    let selector = if stack { SELECTOR } else { Size::NONE };
    // The wire leaves between value and gradient.
    let below = if beside { 0.0 } else { selector.height };
    let (first_x, first_y) = (PAD + left, PAD + selector.height + edges);
    let tangent = mode.has_tangents();
    Some(Plate {
        rows,
        columns,
        leading: leading.to_vec(),
        map,
        x: 0.0,
        y: 0.0,
        width: 2.0 * PAD + (gradient * across + grid.width).max(selector.width),
        height: 2.0 * PAD + selector.height + gradient * down + grid.height + below,
        cell_width: cell.width,
        cell_height: cell.height,
        value_x: first_x + value * across,
        value_y: first_y + value * down,
        gradient_x: first_x + gradient * across,
        gradient_y: first_y + gradient * down,
        tangent_x: tangent.then_some(first_x),
        tangent_y: tangent.then_some(first_y),
    })
}

/// The size of a cell of a map. Long thin maps are as thick as can be seen.
fn dot(rows: usize, columns: usize) -> Size {
    let [rows, columns] = [rows, columns].map(|count| count.max(1) as f64);
    let even = (MAP / rows.max(columns)).min(MAP_CELL);
    let side = |count: f64| even.max(MAP_THIN / count).min(MAP_CELL);
    Size {
        width: side(columns),
        height: side(rows),
    }
}

impl Plate {
    /// The plate moved.
    pub(super) fn at(mut self, by: Point) -> Self {
        for x in [&mut self.x, &mut self.value_x, &mut self.gradient_x] {
            *x += by.x;
        }
        for y in [&mut self.y, &mut self.value_y, &mut self.gradient_y] {
            *y += by.y;
        }
        self.tangent_x = self.tangent_x.map(|x| x + by.x);
        self.tangent_y = self.tangent_y.map(|y| y + by.y);
        self
    }
}
