//! Counting the crossings between neighbouring columns.

use super::lists::sort;
use super::net::{Net, Slot};

/// The place of each node in its column.
pub(super) struct Ranks(Vec<usize>);

impl Ranks {
    pub fn new(net: &Net) -> Self {
        let mut ranks = Self(vec![0; net.column.len()]);
        for order in net.order.iter() {
            ranks.renew(order);
        }
        ranks
    }

    /// Takes over a column's new order.
    pub fn renew(&mut self, order: &[usize]) {
        for (place, &node) in order.iter().enumerate() {
            self.0[node] = place;
        }
    }
}

impl std::ops::Index<usize> for Ranks {
    type Output = usize;

    fn index(&self, node: usize) -> &usize {
        &self.0[node]
    }
}

/// The sorted places of the neighbours of a column's nodes, filed by the node's
/// place; valid while the neighbouring columns keep their orders.
#[derive(Default)]
pub(super) struct Keys {
    places: Vec<u64>,
    /// Where each node's left neighbours begin, and its right ones.
    starts: Vec<[usize; 2]>,
    /// The places of those with one on each side, as most of a large net have.
    single: Vec<Option<[u64; 2]>>,
}

impl Keys {
    /// Takes over a column.
    pub fn renew(&mut self, net: &Net, ranks: &Ranks, column: usize) {
        self.places.clear();
        self.starts.clear();
        self.single.clear();
        for &node in &net.order[column] {
            let left = self.places.len();
            let keys = net.ins[node].iter();
            self.places
                .extend(keys.map(|end| key(ranks[end.node], end.exit)));
            sort(&mut self.places[left..]);
            let right = self.places.len();
            outs(&mut self.places, net, ranks, node);
            self.starts.push([left, right]);
            self.single.push(match self.places[left..] {
                [a, b] if right == left + 1 => Some([a, b]),
                _ => None,
            });
        }
        self.starts.push([self.places.len(); 2]);
    }

    /// How many crossings go away when `upper` and `lower` swap places.
    pub fn gain(&self, upper: usize, lower: usize) -> i64 {
        if let (Some([a, b]), Some([c, d])) = (self.single[upper], self.single[lower]) {
            return order(a, c) + order(b, d);
        }
        let left = |node: usize| &self.places[self.starts[node][0]..self.starts[node][1]];
        let right = |node: usize| &self.places[self.starts[node][1]..self.starts[node + 1][0]];
        balance(left(upper), left(lower)) + balance(right(upper), right(lower))
    }
}

/// What a step is sorted by: the place of the node at its other end, then the
/// port there from top to bottom.
fn key(place: usize, slot: Slot) -> u64 {
    ((place as u64) << 32) | u64::from(slot.rank)
}

/// Adds the sorted places of a node's right neighbours.
fn outs(keys: &mut Vec<u64>, net: &Net, ranks: &Ranks, node: usize) {
    let start = keys.len();
    let ends = net.outs[node].iter();
    keys.extend(ends.map(|end| key(ranks[end.node], end.entry)));
    sort(&mut keys[start..]);
}

/// The crossings of all steps, in O(steps · log steps).
pub(super) fn count(net: &Net, ranks: &Ranks) -> u64 {
    let mut total = 0;
    let mut keys = Vec::new();
    for order in net.order.iter() {
        keys.clear();
        for &node in order {
            if net.outs[node].iter().all(|end| end.exit.of == 1) {
                outs(&mut keys, net, ranks, node);
            } else {
                // What leaves at different ports may cross, too.
                let ends = net.outs[node].iter();
                let mut by_port: Vec<(u32, u64)> = ends
                    .map(|end| (end.exit.rank, key(ranks[end.node], end.entry)))
                    .collect();
                crate::sort::ascending(&mut by_port);
                keys.extend(by_port.iter().map(|&(_, key)| key));
            }
        }
        total += sort(&mut keys);
    }
    total
}

/// What two steps have to gain by a swap.
fn order(upper: u64, lower: u64) -> i64 {
    i64::from(upper > lower) - i64::from(upper < lower)
}

/// Pairs in which the upper node's key is the greater, less those in which it is
/// the smaller.
fn balance(upper: &[u64], lower: &[u64]) -> i64 {
    if let ([a], [b]) = (upper, lower) {
        return order(*a, *b);
    }
    let mut total = 0;
    let (mut below, mut upto) = (0, 0);
    for key in upper {
        while below < lower.len() && lower[below] < *key {
            below += 1;
        }
        upto = upto.max(below);
        while upto < lower.len() && lower[upto] == *key {
            upto += 1;
        }
        total += i64::try_from(below + upto).unwrap_or(i64::MAX)
            - i64::try_from(lower.len()).unwrap_or(i64::MAX);
    }
    total
}
