//! The places of the wires' labels.
//!
//! Every wire has a few candidates, in the two gaps next to either end; it takes the
//! one that touches least: other labels first, then other wires, then a steep
//! part of its own. A wire that shares its source with others has its label
//! rather at its gate, and one that does not, at its source.

use std::ops::Range;

use super::lists::Lists;
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
#[derive(Clone, Copy, Debug)]
struct Candidate {
    wire: usize,
    gap: usize,
    at: Point,
    /// What it costs by itself.
    cost: f64,
}

/// Gives each route its label's place.
pub(super) fn place(net: &Net, columns: &[Column], routes: &mut [Route]) {
    let mut candidates = Vec::new();
    for (wire, route) in routes.iter().enumerate() {
        suggest(net, columns, wire, route, &mut candidates);
    }
    let cells = Cells::new(columns.len(), &candidates);
    feel(net, columns, routes, &cells, &mut candidates);
    let chosen = choose(routes.len(), &cells, &candidates);
    for (route, at) in routes.iter_mut().zip(chosen) {
        route.label = at.map_or(route.start, |candidate| candidates[candidate].at);
    }
}

/// Adds the places where the label of a wire may stand: in the two gaps next to
/// either end.
fn suggest(
    net: &Net,
    columns: &[Column],
    index: usize,
    route: &Route,
    candidates: &mut Vec<Candidate>,
) {
    let wire = net.wires[index];
    let (first, last) = (net.column[wire.from], net.column[wire.to] - 1);
    let shared = net.outs[wire.from].len() > 1;
    let many = net.wires.len() > MANY;
    for gap in ends(first, last, if many { 1 } else { 2 }) {
        let away = if shared { last - gap } else { gap - first };
        if many && away > 0 {
            continue;
        }
        let half = LABEL.width / 2.0;
        let left = columns[gap].right + half + 2.0;
        // The texts stand above and below, where a circle gives way.
        let room = (columns[gap + 1].left + 6.0 - half - left).max(0.0);
        let steps = (room / 6.0)
            .floor()
            .clamp(2.0, if many { 3.0 } else { 8.0 });
        let curve = route.curve(left);
        for step in 0..=steps as usize {
            let share = step as f64 / steps;
            let x = left + room * share;
            let (y, slope) = curve.at(x);
            let side = if shared { 1.0 - share } else { share };
            let cost = 0.5 * side + 2.0 * slope.abs().min(3.0) + 3.0 * away.min(2) as f64;
            candidates.push(Candidate {
                wire: index,
                gap,
                at: Point { x, y },
                cost,
            });
        }
    }
}

/// The first and the last `count` of the gaps, each once.
fn ends(first: usize, last: usize, count: usize) -> impl Iterator<Item = usize> {
    let start = first..(first + count).min(last + 1);
    let end = (last + 1).saturating_sub(count).max(start.end)..last + 1;
    start.chain(end)
}

/// Adds what it costs a label to stand on wires other than its own, felt at points
/// on these in the gaps. Where wires run together only one of them counts, and
/// where a wire passes columns without stand-ins, only its ends.
fn feel(
    net: &Net,
    columns: &[Column],
    routes: &[Route],
    cells: &Cells,
    candidates: &mut [Candidate],
) {
    let by_cell = cells.group(candidates);
    let mut seen = vec![false; net.column.len()];
    for (wire, route) in routes.iter().enumerate() {
        let mut end = net.column[net.wires[wire].to];
        // From the right, as what another wire has shared begins at the left.
        for node in net.dummies(wire).rev().chain([net.wires[wire].from]) {
            let start = net.column[node];
            for gap in ends(start, end - 1, 1) {
                let (left, right) = (columns[gap].right, columns[gap + 1].left);
                let curve = route.curve(left.midpoint(right));
                let steps = ((right - left) / STRIDE).ceil().max(1.0);
                for step in 0..=steps as usize {
                    let x = left + (right - left) * step as f64 / steps;
                    let (y, _) = curve.at(x);
                    for &index in by_cell.span(cells.near(gap, y)) {
                        let candidate = &mut candidates[index];
                        if candidate.wire != wire && inside(candidate.at, Point { x, y }) {
                            candidate.cost += 0.9;
                        }
                    }
                }
            }
            if net.is_dummy(node) && std::mem::replace(&mut seen[node], true) {
                break;
            }
            end = start;
        }
    }
}

/// The candidate that each wire takes.
fn choose(wires: usize, cells: &Cells, candidates: &[Candidate]) -> Vec<Option<usize>> {
    let mut chosen: Vec<Option<usize>> = vec![None; wires];
    // The candidates chosen in each cell: the first, and after each wire's the next.
    let mut heads: Vec<Option<usize>> = vec![None; cells.count()];
    let mut nexts: Vec<Option<usize>> = vec![None; wires];
    for _ in 0..ROUNDS {
        let mut moved = false;
        let mut start = 0;
        for group in candidates.chunk_by(|a, b| a.wire == b.wire) {
            let wire = group[0].wire;
            if let Some(old) = chosen[wire] {
                let Candidate { gap, at, .. } = candidates[old];
                let next = nexts[wire];
                let mut link = &mut heads[cells.of(gap, at.y)];
                while let Some(other) = *link {
                    if other == old {
                        *link = next;
                        break;
                    }
                    link = &mut nexts[candidates[other].wire];
                }
            }
            let mut best = (f64::INFINITY, start);
            for (place, candidate) in group.iter().enumerate() {
                let mut cost = candidate.cost;
                for head in &heads[cells.near(candidate.gap, candidate.at.y)] {
                    let mut link = *head;
                    while let Some(other) = link {
                        cost += 12.0 * overlap(candidate.at, candidates[other].at);
                        link = nexts[candidates[other].wire];
                    }
                }
                if cost < best.0 {
                    best = (cost, start + place);
                }
            }
            moved |= chosen[wire] != Some(best.1);
            chosen[wire] = Some(best.1);
            let Candidate { gap, at, .. } = candidates[best.1];
            nexts[wire] = heads[cells.of(gap, at.y)].replace(best.1);
            start += group.len();
        }
        if !moved {
            break;
        }
    }
    chosen
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

/// Each gap between columns in cells as high as a label, from one above the
/// highest candidate to one below the lowest: what is less than a label's height
/// away is in the same cell or in one beside it.
struct Cells {
    /// The row of each gap's first cell.
    top: Vec<i64>,
    /// Where the cells of each gap begin, and where those of the last end.
    starts: Vec<usize>,
}

impl Cells {
    fn new(gaps: usize, candidates: &[Candidate]) -> Self {
        let mut rows = vec![(i64::MAX, i64::MIN); gaps];
        for candidate in candidates {
            let (top, bottom) = &mut rows[candidate.gap];
            let row = row(candidate.at.y);
            *top = row.min(*top);
            *bottom = row.max(*bottom);
        }
        let mut starts = vec![0];
        let mut top = Vec::with_capacity(gaps);
        for (first, last) in rows {
            let (above, count) = if first > last {
                (0, 0)
            } else {
                (first - 1, last - first + 3)
            };
            starts.push(starts[top.len()] + count as usize);
            top.push(above);
        }
        Self { top, starts }
    }

    fn count(&self) -> usize {
        self.starts[self.top.len()]
    }

    /// The cell of a candidate.
    fn of(&self, gap: usize, y: f64) -> usize {
        self.starts[gap] + (row(y) - self.top[gap]) as usize
    }

    /// The cells in which candidates may be less than a label's height away.
    fn near(&self, gap: usize, y: f64) -> Range<usize> {
        let (start, end) = (self.starts[gap], self.starts[gap + 1]);
        let row = row(y) - self.top[gap];
        let cell = |row: i64| end.min(start + usize::try_from(row).unwrap_or(0));
        cell(row - 1)..cell(row + 2)
    }

    fn group(&self, candidates: &[Candidate]) -> Lists<usize> {
        let cells: Vec<usize> = candidates
            .iter()
            .map(|candidate| self.of(candidate.gap, candidate.at.y))
            .collect();
        Lists::group(self.count(), &cells)
    }
}

fn row(y: f64) -> i64 {
    (y / LABEL.height).floor() as i64
}
