//! Heights: rectangles centred on what they are wired to, long wires straight.
//!
//! Sweeps over the columns, each solved exactly (isotonic least squares: the
//! nearest heights that keep order and distance); then runs that have nothing to
//! bend for, long wires and chains of gates, are drawn straight.

use std::ops::Range;

use super::Size;
use super::lists::{self, Lists};
use super::net::{End, Net};

/// Least distance between the edges of items in a column.
const BETWEEN_ITEMS: f64 = 16.0;
/// Least distance between a wire and the edge of an item that it passes.
const WIRE_TO_ITEM: f64 = 16.0;
/// Least distance between wires in a column.
const BETWEEN_WIRES: f64 = 16.0;
/// Least distance between labels, and between a label and a wire.
const TO_LABEL: f64 = 6.0;
/// Least distance between labels of wires into one gate, so that they fit its ports.
const AT_ONE_GATE: f64 = 2.0;

/// How strongly a node is drawn to its left neighbours and to its right ones.
type Pull = [f64; 2];

const LEFT: Pull = [1.0, 0.0];
const RIGHT: Pull = [0.0, 1.0];
const BOTH: Pull = [1.0, 1.0];
/// Gates are centred on their operands, as one draws them.
const MOSTLY_LEFT: Pull = [1.0, 0.02];

/// How strongly a gate is drawn to a source that stands beside its use: the line
/// of a long sum stays level, and its terms hang from it.
const SATELLITE: f64 = 0.05;
/// How strongly a line is kept level from which many wires branch off, each of
/// which would draw it a little towards its gate.
const TRUNK: f64 = 200.0;
/// Steps that the sweeps may look at in all; small nets settle earlier.
const BUDGET: usize = 2_000_000;
/// Movement in a sweep below which the heights have settled.
const SETTLED: f64 = 0.02;

/// Labels are level with the ports that their wires enter, so that wires bend once.
const AT_PORT: Pull = [0.001, 1.0];

/// The room that each node takes: an item's own, a label's, or none.
pub(super) struct Room<'a> {
    pub items: &'a [Size],
    /// The room above each of them.
    pub heads: &'a [f64],
    /// By node; nothing for items.
    pub labels: &'a [Size],
}

impl Room<'_> {
    /// How wide a node is.
    pub fn width(&self, node: usize) -> f64 {
        let size = self.items.get(node).or(self.labels.get(node));
        size.map_or(0.0, |size| size.width)
    }

    /// How high a node is.
    pub fn height(&self, node: usize) -> f64 {
        let size = self.items.get(node).or(self.labels.get(node));
        size.map_or(0.0, |size| size.height)
    }

    /// The room above a node.
    pub fn head(&self, node: usize) -> f64 {
        self.heads.get(node).copied().unwrap_or_default()
    }

    /// How high the label at a node is.
    fn label(&self, node: usize) -> f64 {
        let size = self.labels.get(node);
        size.map_or(0.0, |size| size.height)
    }
}

/// The height of each node's centre.
pub(super) fn heights(net: &Net, room: &Room) -> Vec<f64> {
    let mut placer = Placer::new(net, room);
    let steps: usize = net.ins.iter().map(<[End]>::len).sum();
    let sweeps = (BUDGET / (steps + net.column.len() + 1)).clamp(4, 40);
    placer.settle(sweeps / 2, RIGHT, LEFT);
    placer.settle(sweeps.div_ceil(2), BOTH, MOSTLY_LEFT);
    let (places, runs) = runs(net, &placer.place);
    for _ in 0..sweeps.min(12) {
        for run in &runs {
            placer.straighten(&places[run.clone()]);
        }
    }
    for column in 0..net.order.len() {
        if placer.of_labels[column] {
            placer.solve(column, AT_PORT);
        }
    }
    let heights = placer.place.iter().map(|&place| placer.heights[place]);
    heights.collect()
}

/// A step as one of its ends feels it.
#[derive(Clone, Copy, Debug)]
struct Spring {
    /// The place of the node at the other end.
    place: usize,
    /// How far below that node's centre this one's is when the step is level.
    offset: f64,
    weight: f64,
}

/// The nodes by their places, counted through all columns from top to bottom, so
/// that what is looked at in turn lies together.
struct Placer<'a> {
    net: &'a Net,
    /// The place of each node.
    place: Vec<usize>,
    heights: Vec<f64>,
    /// The least distance from the place above; none at the top of a column.
    gaps: Vec<f64>,
    ins: Lists<Spring>,
    outs: Lists<Spring>,
    /// Which columns are for labels.
    of_labels: Vec<bool>,
    /// Neighbours that have met: their height less the distances above them in
    /// their column, their weight and how many they are.
    pools: Vec<(f64, f64, usize)>,
}

/// The distance at the top of a column.
const NO_GAP: f64 = f64::NEG_INFINITY;

impl<'a> Placer<'a> {
    /// Each column as close as may be.
    fn new(net: &'a Net, room: &Room) -> Self {
        let count = net.column.len();
        let mut place = vec![0; count];
        let mut heights = Vec::with_capacity(count);
        let mut gaps = Vec::with_capacity(count);
        for order in net.order.iter() {
            let mut height = 0.0;
            for (index, &node) in order.iter().enumerate() {
                place[node] = heights.len();
                let gap = match index {
                    0 => NO_GAP,
                    _ => distance(net, room, order[index - 1], node),
                };
                height += gap.max(0.0);
                heights.push(height);
                gaps.push(gap);
            }
        }
        let nodes = net.order.items();
        let ins = net.ins.map(nodes, |node, end| Spring {
            place: place[end.node],
            offset: -end.drop,
            weight: weight(net, end.node, node),
        });
        let outs = net.outs.map(nodes, |node, end| Spring {
            place: place[end.node],
            offset: end.drop,
            weight: weight(net, node, end.node),
        });
        Self {
            net,
            place,
            heights,
            gaps,
            ins,
            outs,
            of_labels: net
                .order
                .iter()
                .map(|order| order.iter().all(|&node| net.is_dummy(node)))
                .collect(),
            pools: Vec::new(),
        }
    }

    /// Where the neighbours of the node at a place want it, and how strongly.
    fn wish(&self, place: usize, pull: Pull) -> (f64, f64) {
        let (mut total, mut weights) = (0.0, 0.0);
        for (springs, pull) in [&self.ins, &self.outs].into_iter().zip(pull) {
            if pull > 0.0 {
                for spring in &springs[place] {
                    let weight = pull * spring.weight;
                    total += weight * (self.heights[spring.place] + spring.offset);
                    weights += weight;
                }
            }
        }
        if weights > 0.0 {
            (total / weights, weights)
        } else if pull == BOTH {
            (self.heights[place], 1e-6)
        } else {
            // Nothing on this side: hold on to the other a little.
            (self.wish(place, BOTH).0, 1e-3)
        }
    }

    /// Sweeps leftwards and rightwards, each with its pull, until little moves.
    fn settle(&mut self, most: usize, leftwards: Pull, rightwards: Pull) {
        for _ in 0..most {
            let before = self.heights.clone();
            for column in (0..self.net.order.len()).rev() {
                self.solve(column, leftwards);
            }
            for column in 0..self.net.order.len() {
                self.solve(column, rightwards);
            }
            let mut pairs = self.heights.iter().zip(before);
            if pairs.all(|(now, before)| (now - before).abs() < SETTLED) {
                break;
            }
        }
    }

    /// Gives a column the heights nearest to what its nodes wish that keep order
    /// and distance: weighted least squares, by pooling neighbours that meet.
    fn solve(&mut self, column: usize, pull: Pull) {
        let nodes = self.net.order.items();
        let places = self.net.order.range(column);
        // With the distances taken off, the heights must only not decrease.
        let mut offset = 0.0;
        self.pools.clear();
        for place in places.clone() {
            // A wire on its way is drawn to both its ends alike.
            let on_its_way = !self.of_labels[column] && self.net.is_dummy(nodes[place]);
            let pull = match pull {
                MOSTLY_LEFT if on_its_way => BOTH,
                _ => pull,
            };
            let (wish, mut weight) = self.wish(place, pull);
            offset += self.gaps[place].max(0.0);
            let (mut height, mut count) = (wish - offset, 1);
            while let Some(above) = self.pools.pop_if(|above| above.0 > height) {
                let both = above.1 + weight;
                height = (above.0 * above.1 + height * weight) / both;
                weight = both;
                count += above.2;
            }
            self.pools.push((height, weight, count));
        }
        let mut place = places.start;
        offset = 0.0;
        for &(height, _, count) in &self.pools {
            for _ in 0..count {
                offset += self.gaps[place].max(0.0);
                self.heights[place] = height + offset;
                place += 1;
            }
        }
    }

    /// How far up and down the node at a place may go.
    fn room(&self, place: usize) -> (f64, f64) {
        let at = self.heights[place];
        let above = match self.gaps[place] {
            NO_GAP => NO_GAP,
            gap => self.heights[place - 1] + gap,
        };
        let below = match self.gaps.get(place + 1) {
            None | Some(&NO_GAP) => f64::INFINITY,
            Some(gap) => self.heights[place + 1] - gap,
        };
        // Rounding may have left a hair less than no room.
        (above.min(at), below.max(at))
    }

    /// Gives the places of a run one height where there is room, and else as long
    /// parts of it as there is room for.
    fn straighten(&mut self, run: &[usize]) {
        let nodes = self.net.order.items();
        let mut start = 0;
        while start < run.len() {
            let (mut low, mut high) = self.room(run[start]);
            let mut end = start + 1;
            while end < run.len() {
                let (above, below) = self.room(run[end]);
                if above.max(low) > below.min(high) {
                    break;
                }
                (low, high) = (above.max(low), below.min(high));
                end += 1;
            }
            let part = &run[start..end];
            let (first, last) = (part[0], part[part.len() - 1]);
            let gates = part
                .iter()
                .any(|&place| !self.ins[place].is_empty() && !self.net.is_dummy(nodes[place]));
            let left = (!self.ins[first].is_empty()).then(|| self.wish(first, LEFT));
            let right = (!self.outs[last].is_empty()).then(|| self.wish(last, RIGHT));
            let height = match (left, right) {
                // A wire bends once where that will do: one that shares its source
                // with others behind this, else before its target.
                (Some((left, _)), Some((right, _))) if !gates => {
                    let source = self.net.ins[nodes[first]].first().map(|end| end.node);
                    let shared = source.is_some_and(|node| self.net.outs[node].len() > 1);
                    let fits = |height: &f64| (low..=high).contains(height);
                    let ends = if shared { [right, left] } else { [left, right] };
                    let best = ends.into_iter().find(fits);
                    best.unwrap_or(left.midpoint(right).max(low).min(high))
                }
                // A gate is drawn to its operands.
                (Some((left, a)), Some((right, b))) => {
                    let [a, b] = [a * MOSTLY_LEFT[0], b * MOSTLY_LEFT[1]];
                    ((left * a + right * b) / (a + b)).max(low).min(high)
                }
                (Some((wish, _)), None) | (None, Some((wish, _))) => wish.max(low).min(high),
                (None, None) => self.heights[first].max(low).min(high),
            };
            for &place in part {
                self.heights[place] = height;
            }
            start = end;
        }
    }
}

/// The least distance between the centres of neighbours in a column.
fn distance(net: &Net, room: &Room, upper: usize, lower: usize) -> f64 {
    // An item without height is the end of a wire.
    let half = |node: usize| {
        let height = room.items.get(node).map_or(0.0, |size| size.height);
        (height > 0.0).then_some(height / 2.0)
    };
    let labels = room.label(upper).midpoint(room.label(lower));
    if labels > 0.0 {
        let target = |node: usize| net.outs[node].iter().map(|end| end.node).next();
        let both = room.label(upper).min(room.label(lower)) > 0.0;
        let one_gate = both && target(upper) == target(lower);
        return labels + if one_gate { AT_ONE_GATE } else { TO_LABEL };
    }
    let head = room.head(lower);
    match (half(upper), half(lower)) {
        (Some(a), Some(b)) => a + b + head + BETWEEN_ITEMS,
        (Some(a), None) | (None, Some(a)) => a + head + WIRE_TO_ITEM,
        (None, None) => BETWEEN_WIRES,
    }
}

/// How strongly a step wants to be level: most between dummies, as a bend in
/// a long wire is seen most, and above all in one from which others branch off.
fn weight(net: &Net, left: usize, right: usize) -> f64 {
    let source = |node: usize| net.ins[node].is_empty() && net.column[node] > 0;
    let branches = |node: usize| net.is_dummy(node) && net.outs[node].len() > 1;
    match (net.is_dummy(left), net.is_dummy(right)) {
        (false, _) if source(left) => SATELLITE,
        (true, false) if net.ins[left].iter().any(|end| source(end.node)) => SATELLITE,
        (true, true) if branches(left) && !goes_on(net, right) => 1.0,
        (true, true) if branches(left) || net.ins[left].iter().any(|end| branches(end.node)) => {
            TRUNK
        }
        (true, true) => 8.0,
        _ => 1.0,
    }
}

/// Whether a wire from which others may branch off goes on at a node: to another
/// stand-in, at once or behind a label.
fn goes_on(net: &Net, node: usize) -> bool {
    let mut ends = net.outs[node].iter();
    net.is_dummy(node) && ends.any(|end| net.is_dummy(end.node))
}

/// Longest paths of steps without a drop that are each the only one in and, but for
/// lines from which others branch off, the only one out, the longest first: their places end
/// to end, and where each begins and ends.
fn runs(net: &Net, places: &[usize]) -> (Vec<usize>, Vec<Range<usize>>) {
    let follower = |node: usize| match &net.outs[node] {
        [end] if net.ins[end.node].len() == 1 && end.drop == 0.0 => Some(end.node),
        ends if net.is_dummy(node) => {
            let mut nodes = ends.iter().map(|end| end.node);
            nodes.find(|&node| goes_on(net, node))
        }
        _ => None,
    };
    let count = net.column.len();
    let mut led = vec![false; count];
    for next in (0..count).filter_map(follower) {
        led[next] = true;
    }
    let mut along = Vec::with_capacity(count);
    let mut runs = Vec::new();
    for first in (0..count).filter(|&node| !led[node]) {
        let start = along.len();
        let mut next = Some(first);
        while let Some(node) = next {
            along.push(places[node]);
            next = follower(node);
        }
        runs.push(start..along.len());
    }
    let by_length = lists::sorted(runs.iter().map(|run| u32::MAX - run.len() as u32));
    let runs = by_length.into_iter().map(|run| runs[run].clone()).collect();
    (along, runs)
}
