//! Heights: rectangles centred on what they are wired to, long wires straight.
//!
//! Sweeps over the columns, each solved exactly (isotonic least squares: the
//! nearest heights that keep order and distance); then runs that have nothing to
//! bend for, long wires and chains of gates, are drawn straight.

use super::net::{End, Net};
use super::ports;
use super::{BETWEEN_BOXES, BETWEEN_WIRES, BOX_PITCH, Size, WIRE_TO_BOX};

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
/// Steps that the sweeps may look at in all; small nets settle earlier.
const BUDGET: usize = 4_000_000;

/// The height of each node's centre.
pub(super) fn heights(net: &Net, sizes: &[Size]) -> Vec<f64> {
    let mut heights = vec![0.0; net.column.len()];
    let mut placer = Placer {
        net,
        sizes,
        apart: Vec::new(),
        place: vec![0; net.column.len()],
    };
    for order in &net.order {
        let mut apart = Vec::with_capacity(order.len());
        let mut height = 0.0;
        for (place, &node) in order.iter().enumerate() {
            let gap = match place {
                0 => 0.0,
                _ => placer.distance(order[place - 1], node),
            };
            height += gap;
            heights[node] = height;
            placer.place[node] = place;
            apart.push(gap);
        }
        placer.apart.push(apart);
    }
    let steps: usize = net.outs.iter().map(Vec::len).sum();
    let sweeps = (BUDGET / (steps + net.column.len() + 1)).clamp(4, 40);
    for sweep in 0..sweeps {
        let early = sweep < sweeps / 2;
        placer.sweep(&mut heights, if early { RIGHT } else { BOTH }, false);
        placer.sweep(&mut heights, if early { LEFT } else { MOSTLY_LEFT }, true);
    }
    let runs = placer.runs();
    for _ in 0..sweeps.min(12) {
        for run in &runs {
            placer.straighten(&mut heights, run);
        }
    }
    heights
}

struct Placer<'a> {
    net: &'a Net,
    sizes: &'a [Size],
    /// The least distance of each place of each column from the place above.
    apart: Vec<Vec<f64>>,
    place: Vec<usize>,
}

impl Placer<'_> {
    /// The least distance between the centres of neighbours in a column.
    fn distance(&self, upper: usize, lower: usize) -> f64 {
        // A rectangle without height is the open end of a wire.
        let half = |node: usize| {
            let height = self.sizes.get(node).map_or(0.0, |size| size.height);
            (height > 0.0).then_some(height / 2.0)
        };
        match (half(upper), half(lower)) {
            (Some(a), Some(b)) => (a + b + BETWEEN_BOXES).max(BOX_PITCH),
            (Some(a), None) | (None, Some(a)) => a + WIRE_TO_BOX,
            (None, None) => BETWEEN_WIRES,
        }
    }

    /// The port's height from the centre of its node.
    fn port(&self, node: usize, end: &End) -> f64 {
        self.sizes
            .get(node)
            .map_or(0.0, |size| ports::entry(*size, end.port, end.ports).y)
    }

    /// How strongly a step wants to be level: most between dummies, as a bend in
    /// a long wire is seen most.
    fn weight(&self, left: usize, right: usize) -> f64 {
        match usize::from(self.net.is_dummy(left)) + usize::from(self.net.is_dummy(right)) {
            0 if self.net.column[left] > 0 && self.net.ins[left].is_empty() => SATELLITE,
            0 | 1 => 1.0,
            _ => 8.0,
        }
    }

    /// Where the node's neighbours want it, and how strongly.
    fn wish(&self, heights: &[f64], node: usize, pull: Pull) -> (f64, f64) {
        let (mut total, mut weights) = (0.0, 0.0);
        for end in &self.net.ins[node] {
            let weight = pull[0] * self.weight(end.node, node);
            total += weight * (heights[end.node] - self.port(node, end));
            weights += weight;
        }
        for end in &self.net.outs[node] {
            let weight = pull[1] * self.weight(node, end.node);
            total += weight * (heights[end.node] + self.port(end.node, end));
            weights += weight;
        }
        if weights > 0.0 {
            (total / weights, weights)
        } else if pull == BOTH {
            (heights[node], 1e-6)
        } else {
            // Nothing on this side: hold on to the other a little.
            (self.wish(heights, node, BOTH).0, 1e-3)
        }
    }

    fn sweep(&self, heights: &mut [f64], pull: Pull, rightwards: bool) {
        let length = self.net.order.len();
        for step in 0..length {
            let column = if rightwards { step } else { length - 1 - step };
            let order = &self.net.order[column];
            let wishes: Vec<_> = order
                .iter()
                .map(|&node| match pull {
                    // A wire on its way is drawn to both its ends alike.
                    MOSTLY_LEFT if self.net.is_dummy(node) => self.wish(heights, node, BOTH),
                    _ => self.wish(heights, node, pull),
                })
                .collect();
            let solved = isotonic(&wishes, &self.apart[column]);
            for (&node, height) in order.iter().zip(solved) {
                heights[node] = height;
            }
        }
    }

    /// Longest paths whose steps are each the only one out and the only one in,
    /// the longest first.
    fn runs(&self) -> Vec<Vec<usize>> {
        let net = self.net;
        let follower = |node: usize| match net.outs[node][..] {
            [end] if net.ins[end.node].len() == 1 => Some(end.node),
            _ => None,
        };
        let mut led = vec![false; net.column.len()];
        for node in 0..net.column.len() {
            if let Some(next) = follower(node) {
                led[next] = true;
            }
        }
        let mut runs: Vec<Vec<usize>> = (0..net.column.len())
            .filter(|&node| !led[node])
            .map(|first| std::iter::successors(Some(first), |&node| follower(node)).collect())
            .collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
        runs
    }

    /// How far up and down the node may go.
    fn room(&self, heights: &[f64], node: usize) -> (f64, f64) {
        let column = self.net.column[node];
        let place = self.place[node];
        let (order, apart) = (&self.net.order[column], &self.apart[column]);
        let above = match place {
            0 => f64::NEG_INFINITY,
            _ => heights[order[place - 1]] + apart[place],
        };
        let below = order
            .get(place + 1)
            .map_or(f64::INFINITY, |&next| heights[next] - apart[place + 1]);
        // Rounding may have left a hair less than no room.
        (above.min(heights[node]), below.max(heights[node]))
    }

    /// Gives the nodes of a run one height where there is room, and else as long
    /// parts of it as there is room for.
    fn straighten(&self, heights: &mut [f64], run: &[usize]) {
        let mut start = 0;
        while start < run.len() {
            let (mut low, mut high) = self.room(heights, run[start]);
            let mut end = start + 1;
            while end < run.len() {
                let (above, below) = self.room(heights, run[end]);
                if above.max(low) > below.min(high) {
                    break;
                }
                (low, high) = (above.max(low), below.min(high));
                end += 1;
            }
            let part = &run[start..end];
            let last = part[part.len() - 1];
            // A long wire is drawn to both its ends alike, a gate to its operands.
            let gates = part
                .iter()
                .any(|&node| !self.net.ins[node].is_empty() && !self.net.is_dummy(node));
            let pull = if gates { MOSTLY_LEFT } else { BOTH };
            let mut wishes = Vec::with_capacity(2);
            if !self.net.ins[part[0]].is_empty() {
                let (wish, weight) = self.wish(heights, part[0], LEFT);
                wishes.push((wish, weight * pull[0]));
            }
            if !self.net.outs[last].is_empty() {
                let (wish, weight) = self.wish(heights, last, RIGHT);
                wishes.push((wish, weight * pull[1]));
            }
            let weights: f64 = wishes.iter().map(|wish| wish.1).sum();
            if weights > 0.0 {
                let wish = wishes.iter().map(|wish| wish.0 * wish.1).sum::<f64>() / weights;
                let height = wish.max(low).min(high);
                for &node in part {
                    heights[node] = height;
                }
            }
            start = end;
        }
    }
}

/// The heights nearest to the wishes (height, weight) that are at least `apart`
/// from the one above: weighted least squares, by pooling neighbours that meet.
fn isotonic(wishes: &[(f64, f64)], apart: &[f64]) -> Vec<f64> {
    // With the distances taken off, the heights must only not decrease.
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(wishes.len());
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(wishes.len());
    for (&(wish, weight), gap) in wishes.iter().zip(apart) {
        offset += gap;
        offsets.push(offset);
        let mut pool = (wish - offset, weight, 1);
        while let Some(above) = pools.last().copied().filter(|above| above.0 > pool.0) {
            let weight = above.1 + pool.1;
            pool = (
                (above.0 * above.1 + pool.0 * pool.1) / weight,
                weight,
                above.2 + pool.2,
            );
            pools.pop();
        }
        pools.push(pool);
    }
    pools
        .into_iter()
        .flat_map(|(height, _, count)| std::iter::repeat_n(height, count))
        .zip(offsets)
        .map(|(height, offset)| height + offset)
        .collect()
}
