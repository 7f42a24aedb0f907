//! The wires' curves: level through the columns, bent only between them.

use super::net::{Net, Wire};
use super::place::Room;
use super::{Point, Route, Size};

/// Least width of the gap between columns.
const GAP: f64 = 18.0;
/// How much wider a gap is for each unit that its wires rise or fall.
const SLANT: f64 = 0.3;
/// Greatest width of a gap.
const GAP_WIDEST: f64 = 130.0;

/// How far a wire may be from where it has its room, to bend less.
const SLACK: f64 = 4.0;

/// Where a column's items or labels stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub left: f64,
    pub right: f64,
}

/// The columns from left to right; a gap is the wider, the further its wires
/// rise or fall.
pub(super) fn columns(net: &Net, room: &Room, heights: &[f64]) -> Vec<Column> {
    let mut climbs = vec![0.0_f64; net.order.len()];
    for step in &net.steps {
        let start = heights[step.left] + step.exit.at.y;
        let end = heights[step.right] + step.entry.at.y;
        let climb = &mut climbs[net.column[step.right]];
        *climb = climb.max((end - start).abs());
    }
    let mut columns: Vec<Column> = Vec::with_capacity(net.order.len());
    for (order, climb) in net.order.iter().zip(climbs) {
        let gap = GAP.max(SLANT * climb).min(GAP_WIDEST);
        let left = columns.last().map_or(0.0, |last| last.right + gap);
        let widths = order.iter().map(|&node| room.width(node));
        let right = left + widths.fold(0.0, f64::max);
        columns.push(Column { left, right });
    }
    columns
}

/// The centres of the items: sources end where their column ends, sinks begin
/// where it begins, the others stand in its middle.
pub(super) fn centres(
    net: &Net,
    sizes: &[Size],
    heights: &[f64],
    columns: &[Column],
) -> Vec<Point> {
    (0..net.real)
        .map(|node| {
            let Column { left, right } = columns[net.column[node]];
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
    wires: &[Wire],
    room: &Room,
    heights: &[f64],
    columns: &[Column],
    centres: &[Point],
) -> Vec<Route> {
    let mut stops: Vec<Stop> = Vec::new();
    wires
        .iter()
        .zip(net.paths.iter())
        .map(|(wire, path)| {
            let start = centres[wire.from] + wire.exit.at;
            let end = centres[wire.to] + wire.entry.at;
            stops.clear();
            stops.extend(path[..path.len() - 1].iter().map(|&step| {
                let node = net.steps[step].right;
                Stop {
                    column: columns[net.column[node]],
                    y: heights[node],
                    loose: room.height(node) == 0.0,
                }
            }));
            ease(&mut stops, start.y, end.y);
            let mut pen = Pen::new(start);
            pen.level(columns[net.column[wire.from]].right);
            for stop in &stops {
                pen.curve(Point {
                    x: stop.column.left,
                    y: stop.y,
                });
                pen.level(stop.column.right);
            }
            // Level where a narrow item stands back in its column, but a circle's
            // port is reached by the curve itself.
            let edge = columns[net.column[wire.to]].left;
            let stop = if centres[wire.to].x - room.width(wire.to) / 2.0 > edge + 0.5 {
                Point { x: edge, y: end.y }
            } else {
                end
            };
            pen.curve(stop);
            pen.level(end.x);
            pen.route
        })
        .collect()
}

/// A column that a wire passes, and its height there.
#[derive(Clone, Copy, Debug)]
struct Stop {
    column: Column,
    y: f64,
    /// Whether it may be moved a little: it has no label there.
    loose: bool,
}

/// Takes out bends that are too small to mean anything: the wire keeps its height
/// instead, or changes it over a long way, but is never far from where it has room.
fn ease(stops: &mut Vec<Stop>, start: f64, end: f64) {
    let near = |a: f64, b: f64| (a - b).abs() <= SLACK;
    // The height of the last stop that is kept, how many these are, and the heights
    // between which those after it lie.
    let (mut last, mut kept) = (start, 0);
    let between = |y: f64, low: f64, high: f64| near(y, low) && near(y, high);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for at in 0..stops.len() {
        let mut stop = stops[at];
        let next = stops.get(at + 1).map_or(end, |next| next.y);
        let (least, most) = (stop.y.min(low), stop.y.max(high));
        if stop.loose && between(last, least, most) && between(next, least, most) {
            (low, high) = (least, most);
            continue;
        }
        if stop.loose && near(stop.y, last) && between(last, least, most) {
            stop.y = last;
        }
        (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
        last = stop.y;
        stops[kept] = stop;
        kept += 1;
    }
    stops.truncate(kept);
}

/// Draws a route piece by piece.
pub(super) struct Pen {
    at: Point,
    pub route: Route,
}

impl Pen {
    pub fn new(start: Point) -> Self {
        Self {
            at: start,
            route: Route {
                start,
                ..Route::default()
            },
        }
    }

    /// A level line to `x`, if that lies ahead.
    pub fn level(&mut self, x: f64) {
        if x > self.at.x + 0.01 {
            let y = self.at.y;
            self.curve(Point { x, y });
        }
    }

    /// A cubic that leaves and arrives level.
    pub fn curve(&mut self, to: Point) {
        let x = self.at.x.midpoint(to.x);
        self.segment([Point { x, y: self.at.y }, Point { x, y: to.y }, to]);
    }

    /// Any cubic; pieces in one line become one.
    pub fn segment(&mut self, segment: [Point; 3]) {
        let to = segment[2];
        let before = match self.route.segments[..] {
            [.., [.., start], _] => start,
            _ => self.route.start,
        };
        let level = |y: f64| (y - to.y).abs() < 1e-6;
        if level(before.y) && level(self.at.y) && !self.route.segments.is_empty() {
            self.route.segments.pop();
            let x = before.x.midpoint(to.x);
            let [a, b] = [before.y, to.y].map(|y| Point { x, y });
            self.route.segments.push([a, b, to]);
        } else {
            self.route.segments.push(segment);
        }
        self.at = to;
    }
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
