//! Counting the crossings between neighbouring columns.

use super::net::Net;

/// The place of each node in its column.
pub(super) struct Ranks(Vec<usize>);

impl Ranks {
    pub fn new(net: &Net) -> Self {
        let mut ranks = Self(vec![0; net.column.len()]);
        for order in &net.order {
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

/// A port's place in its column: by node, then from top to bottom.
fn port_key(place: usize, port: usize) -> u64 {
    ((place as u64) << 32) | port as u64
}

/// The crossings of all steps, in O(steps · log steps).
pub(super) fn count(net: &Net, ranks: &Ranks) -> u64 {
    let mut total = 0;
    let mut keys = Vec::new();
    let mut spare = Vec::new();
    for order in &net.order {
        keys.clear();
        for &node in order {
            let start = keys.len();
            keys.extend(
                net.outs[node]
                    .iter()
                    .map(|end| port_key(ranks[end.node], end.port)),
            );
            keys[start..].sort_unstable();
        }
        total += inversions(&mut keys, &mut spare);
    }
    total
}

/// Pairs out of order; sorts the keys (bottom-up merging).
fn inversions(keys: &mut Vec<u64>, spare: &mut Vec<u64>) -> u64 {
    let mut total = 0;
    let mut width = 1;
    while width < keys.len() {
        spare.clear();
        for run in keys.chunks(2 * width) {
            let (left, right) = run.split_at(width.min(run.len()));
            let mut taken = 0;
            for &key in right {
                while taken < left.len() && left[taken] <= key {
                    spare.push(left[taken]);
                    taken += 1;
                }
                total += (left.len() - taken) as u64;
                spare.push(key);
            }
            spare.extend(&left[taken..]);
        }
        std::mem::swap(keys, spare);
        width *= 2;
    }
    total
}

/// The sorted places of the neighbours of a column's nodes, filed by the node's
/// place; valid while the neighbouring columns keep their orders.
pub(super) struct Keys {
    keys: Vec<u64>,
    /// Where each node's left neighbours begin, and its right ones.
    starts: Vec<[usize; 2]>,
}

impl Keys {
    pub fn new(net: &Net, ranks: &Ranks, column: usize) -> Self {
        let mut keys = Vec::new();
        let mut starts = Vec::with_capacity(net.order[column].len() + 1);
        for &node in &net.order[column] {
            let left = keys.len();
            keys.extend(net.ins[node].iter().map(|end| ranks[end.node] as u64));
            keys[left..].sort_unstable();
            let right = keys.len();
            keys.extend(
                net.outs[node]
                    .iter()
                    .map(|end| port_key(ranks[end.node], end.port)),
            );
            keys[right..].sort_unstable();
            starts.push([left, right]);
        }
        starts.push([keys.len(); 2]);
        Self { keys, starts }
    }

    /// How many crossings go away when `upper` and `lower` swap places.
    pub fn gain(&self, upper: usize, lower: usize) -> i64 {
        let left = |node: usize| &self.keys[self.starts[node][0]..self.starts[node][1]];
        let right = |node: usize| &self.keys[self.starts[node][1]..self.starts[node + 1][0]];
        balance(left(upper), left(lower)) + balance(right(upper), right(lower))
    }
}

/// Pairs in which the upper node's key is the greater, less those in which it is
/// the smaller.
fn balance(upper: &[u64], lower: &[u64]) -> i64 {
    if let ([a], [b]) = (upper, lower) {
        return i64::from(a > b) - i64::from(a < b);
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
