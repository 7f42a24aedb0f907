//! The places of the wires' labels.
//!
//! Every wire has a few candidates, in the two gaps next to either end; it takes the
//! one that touches least: other labels first, then other wires, then a steep
//! part of its own. A wire that shares its source with others has its label
//! rather at its gate, and one that does not, at its source.

use rustc_hash::FxHashMap;

use super::net::Net;
use super::route::Column;
use super::{LABEL, Point, Route};

/// Distance of the points at which a wire is felt by other wires' labels.
const STRIDE: f64 = 12.0;
/// How often every label is reconsidered.
const ROUNDS: usize = 4;

/// Wires from which on each has candidates in one gap only, and fewer.
const MANY: usize = 3000;

/// A place where a label may stand.
struct Candidate {
    at: Point,
    /// What it costs by itself.
    cost: f64,
}

/// Gives each route its label's place.
pub(super) fn place(net: &Net, columns: &[Column], routes: &mut [Route]) {
    let passing = passing(net, columns, routes);
    let candidates: Vec<Vec<Candidate>> = routes
        .iter()
        .enumerate()
        .map(|(wire, route)| {
            let mut candidates = candidates(net, columns, wire, route);
            for candidate in &mut candidates {
                let at = candidate.at;
                passing.near(at, |point, other| {
                    if other != wire && inside(at, point) {
                        candidate.cost += 0.9;
                    }
                });
            }
            candidates
        })
        .collect();
    let mut labels = Grid::default();
    let mut chosen: Vec<Option<Point>> = vec![None; routes.len()];
    for _ in 0..ROUNDS {
        let mut moved = false;
        for (wire, candidates) in candidates.iter().enumerate() {
            if let Some(old) = chosen[wire] {
                labels.take(old, wire);
            }
            let mut best: Option<(f64, Point)> = None;
            for candidate in candidates {
                let mut cost = candidate.cost;
                labels.near(candidate.at, |point, _| {
                    cost += 12.0 * overlap(candidate.at, point);
                });
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, candidate.at));
                }
            }
            let Some((_, at)) = best else { continue };
            moved |= chosen[wire] != Some(at);
            chosen[wire] = Some(at);
            labels.put(at, wire);
        }
        if !moved {
            break;
        }
    }
    for (route, at) in routes.iter_mut().zip(chosen) {
        route.label = at.unwrap_or(route.start);
    }
}

/// The wires by points on them in the gaps. Where wires run together only one of
/// them counts, and where a wire passes columns without stand-ins, only its ends.
fn passing(net: &Net, columns: &[Column], routes: &[Route]) -> Grid {
    let mut grid = Grid::default();
    let mut seen = vec![false; net.column.len()];
    for (wire, route) in routes.iter().enumerate() {
        let mut gap = net.column[net.wires[wire].from];
        for node in net.dummies(wire).chain([net.wires[wire].to]) {
            let next = net.column[node];
            let known = net.is_dummy(node) && std::mem::replace(&mut seen[node], true);
            let mut gaps = vec![gap, next - 1];
            gaps.dedup();
            for gap in gaps.into_iter().filter(|_| !known) {
                let (left, right) = (columns[gap].right, columns[gap + 1].left);
                let steps = ((right - left) / STRIDE).ceil().max(1.0);
                for step in 0..=steps as usize {
                    let x = left + (right - left) * step as f64 / steps;
                    grid.put(route.at(x), wire);
                }
            }
            gap = next;
        }
    }
    grid
}

/// Where the label of a wire may stand: in the two gaps next to either end.
fn candidates(net: &Net, columns: &[Column], index: usize, route: &Route) -> Vec<Candidate> {
    let wire = net.wires[index];
    let (first, last) = (net.column[wire.from], net.column[wire.to] - 1);
    let shared = net.outs[wire.from].len() > 1;
    let mut gaps = if net.wires.len() > MANY {
        vec![if shared { last } else { first }]
    } else {
        vec![first, first + 1, last.saturating_sub(1), last]
    };
    gaps.retain(|gap| (first..=last).contains(gap));
    gaps.dedup();
    let mut candidates = Vec::new();
    for gap in gaps {
        let away = if shared { last - gap } else { gap - first };
        let half = LABEL.width / 2.0;
        let left = columns[gap].right + half + 2.0;
        // The texts stand above and below, where a circle gives way.
        let room = (columns[gap + 1].left + 6.0 - half - left).max(0.0);
        let most = if net.wires.len() > MANY { 3.0 } else { 8.0 };
        let steps = (room / 6.0).floor().clamp(2.0, most);
        for step in 0..=steps as usize {
            let share = step as f64 / steps;
            let at = route.at(left + room * share);
            let slope = (route.at(at.x + 8.0).y - route.at(at.x - 8.0).y).abs() / 16.0;
            let side = if shared { 1.0 - share } else { share };
            let cost = 0.5 * side + 2.0 * slope.min(3.0) + 3.0 * away.min(2) as f64;
            candidates.push(Candidate { at, cost });
        }
    }
    candidates
}

/// Whether a point lies where a label's texts would stand.
fn inside(at: Point, point: Point) -> bool {
    (at.x - point.x).abs() < LABEL.width / 2.0 && (at.y - point.y).abs() < LABEL.height / 2.0
}

/// How much of the area of one label another covers.
fn overlap(a: Point, b: Point) -> f64 {
    let across = 1.0 - (a.x - b.x).abs() / LABEL.width;
    let down = 1.0 - (a.y - b.y).abs() / LABEL.height;
    across.max(0.0) * down.max(0.0)
}

/// Points that can be found by where they are.
#[derive(Default)]
struct Grid(FxHashMap<(i64, i64), Vec<(Point, usize)>>);

impl Grid {
    fn cell(at: Point) -> (i64, i64) {
        (
            (at.x / LABEL.width).floor() as i64,
            (at.y / LABEL.height).floor() as i64,
        )
    }

    fn put(&mut self, at: Point, owner: usize) {
        self.0.entry(Self::cell(at)).or_default().push((at, owner));
    }

    fn take(&mut self, at: Point, owner: usize) {
        if let Some(points) = self.0.get_mut(&Self::cell(at)) {
            points.retain(|point| point.1 != owner);
        }
    }

    /// Visits the points less than a label's size away, and some more.
    fn near(&self, at: Point, mut visit: impl FnMut(Point, usize)) {
        let (across, down) = Self::cell(at);
        for column in across - 1..=across + 1 {
            for row in down - 1..=down + 1 {
                for &(point, owner) in self.0.get(&(column, row)).into_iter().flatten() {
                    visit(point, owner);
                }
            }
        }
    }
}

impl Route {
    /// The point of the curve above or below `x`; beyond its ends, the end.
    fn at(&self, x: f64) -> Point {
        let place = self.segments.partition_point(|segment| segment[2].x < x);
        let start = match place {
            0 => self.start,
            _ => self.segments[place - 1][2],
        };
        match self.segments.get(place) {
            Some(&[a, b, end]) => on_cubic([start, a, b, end], x),
            None => start,
        }
    }
}

/// The point of a cubic at `x`, for one that never turns back.
fn on_cubic([start, a, b, end]: [Point; 4], x: f64) -> Point {
    let at = |t: f64, [p, q, r, s]: [f64; 4]| {
        let u = 1.0 - t;
        u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..14 {
        let middle = f64::midpoint(low, high);
        if at(middle, [start.x, a.x, b.x, end.x]) < x {
            low = middle;
        } else {
            high = middle;
        }
    }
    let t = f64::midpoint(low, high);
    Point {
        x: at(t, [start.x, a.x, b.x, end.x]),
        y: at(t, [start.y, a.y, b.y, end.y]),
    }
}
