//! The wires' curves: level through the columns, bent only between them.

use super::net::Net;
use super::ports;
use super::{GAP, GAP_WIDEST, Point, Route, Size};

/// Where a wire that must part from others bends in a gap, as a share of it: its
/// level part, and its label, then stand before its gate. A wire that leaves
/// alone bends as late.
const EARLY: f64 = 0.2;

/// Where a column's rectangles stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub left: f64,
    pub right: f64,
    /// The furthest that a wire rises or falls in the gap after it.
    climb: f64,
}

/// The columns from left to right; a gap is the wider, the further its wires
/// rise or fall.
pub(super) fn columns(net: &Net, sizes: &[Size], heights: &[f64]) -> Vec<Column> {
    let mut columns = Vec::with_capacity(net.order.len());
    let mut left = 0.0;
    for order in net.order.iter() {
        let width = order
            .iter()
            .filter_map(|&node| sizes.get(node))
            .fold(0.0, |width: f64, size| width.max(size.width));
        let right = left + width;
        let climb = order
            .iter()
            .flat_map(|&node| {
                net.outs[node]
                    .iter()
                    .map(move |end| (heights[end.node] - heights[node]).abs())
            })
            .fold(0.0, f64::max);
        columns.push(Column { left, right, climb });
        left = right + (GAP + 0.16 * (climb - 100.0).max(0.0)).min(GAP_WIDEST);
    }
    columns
}

/// The centres of the rectangles: sources end where their column ends, sinks
/// begin where it begins, the others stand in its middle.
pub(super) fn centres(
    net: &Net,
    sizes: &[Size],
    heights: &[f64],
    columns: &[Column],
) -> Vec<Point> {
    (0..net.real)
        .map(|node| {
            let Column { left, right, .. } = columns[net.column[node]];
            let half = sizes[node].width / 2.0;
            let x = if net.ins[node].is_empty() {
                right - half
            } else if net.outs[node].is_empty() {
                left + half
            } else {
                left.midpoint(right)
            };
            Point {
                x,
                y: heights[node],
            }
        })
        .collect()
}

/// The curve of each wire of the net, without its label's place.
pub(super) fn routes(
    net: &Net,
    sizes: &[Size],
    heights: &[f64],
    columns: &[Column],
    centres: &[Point],
) -> Vec<Route> {
    (0..net.wires.len())
        .map(|index| {
            let wire = net.wires[index];
            let shared = net.outs[wire.from].len() > 1;
            let bend = |gap: &Column| bend(gap, shared);
            let mut column = columns[net.column[wire.from]];
            let mut pen = Pen::new(centres[wire.from] + ports::exit(sizes[wire.from]));
            pen.level(column.right);
            for dummy in net.dummies(index) {
                let next = columns[net.column[dummy]];
                let edge = Point {
                    x: next.left,
                    y: heights[dummy],
                };
                pen.curve(edge, bend(&column));
                pen.level(next.right);
                column = next;
            }
            let end = centres[wire.to] + ports::entry(sizes[wire.to], wire.port, wire.ports);
            // Level where a narrow rectangle stands back in its column, but a
            // circle's port is reached by the curve itself.
            let edge = columns[net.column[wire.to]].left;
            let stop = if centres[wire.to].x - sizes[wire.to].width / 2.0 > edge + 0.5 {
                Point { x: edge, y: end.y }
            } else {
                end
            };
            pen.curve(stop, bend(&column));
            pen.level(end.x);
            pen.route
        })
        .collect()
}

/// Draws a route piece by piece.
struct Pen {
    at: Point,
    route: Route,
}

impl Pen {
    fn new(start: Point) -> Self {
        Self {
            at: start,
            route: Route {
                start,
                ..Route::default()
            },
        }
    }

    /// A level line to `x`, if that lies ahead.
    fn level(&mut self, x: f64) {
        if x > self.at.x + 0.01 {
            let y = self.at.y;
            self.curve(Point { x, y }, 0.5);
        }
    }

    /// A cubic that leaves and arrives level; pieces in one line become one.
    fn curve(&mut self, to: Point, bend: f64) {
        let before = match self.route.segments[..] {
            [.., [.., start], _] => start,
            _ => self.route.start,
        };
        let level = |y: f64| (y - to.y).abs() < 1e-9;
        if level(before.y) && level(self.at.y) && !self.route.segments.is_empty() {
            self.route.segments.pop();
            self.at = before;
        }
        let x = self.at.x + (to.x - self.at.x) * bend;
        self.route
            .segments
            .push([Point { x, y: self.at.y }, Point { x, y: to.y }, to]);
        self.at = to;
    }
}

/// Where in a gap a wire bends, as a share of it. The further the wires climb
/// there, the more they need the whole way and bend in its middle; all by the
/// same rule, or neighbours would cross for nothing.
fn bend(gap: &Column, shared: bool) -> f64 {
    let lean = (1.8 - gap.climb / GAP).clamp(0.0, 1.0) * (0.5 - EARLY);
    if shared { 0.5 - lean } else { 0.5 + lean }
}

impl std::ops::Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}
