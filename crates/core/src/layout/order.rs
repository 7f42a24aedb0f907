//! The order of each column: few crossings, operands from top to bottom.
//!
//! A depth-first walk gives the order in which a formula is read; barycentre
//! sweeps with adjacent exchange improve on it, and sifting finishes. A step
//! enters an item at its port, so operands out of order count as crossings.

use super::crossings::{self, Keys, Ranks};
use super::lists::{self, Lists};
use super::net::{Net, Wire};

/// Sweeps without fewer crossings after which to stop.
const PATIENCE: usize = 8;
/// Most sweeps.
const SWEEPS: usize = 60;
/// Comparisons of neighbours after which to stop.
const BUDGET: usize = 5_000_000;
/// How often at most a few nodes are moved anywhere.
const SHAKES: usize = 100;
/// Comparisons after which to stop that.
const SHAKING: usize = 200_000;
/// Crossings that keeping the order of the last picture is worth, and one more of
/// so many.
const EXCUSED: u64 = 4;
const WORTH: u64 = 5;
/// Steps from which on nothing but that order is looked at.
const LARGE: usize = 5_000;

/// Orders every column of the net; returns how many crossings are left.
///
/// Where the heights of some items in the last picture are known, what was above
/// another stays above it unless that crosses clearly more wires.
pub(super) fn order(net: &mut Net, wires: &[Wire], before: Option<&[Option<f64>]>) -> u64 {
    walk(net, wires);
    let known = before
        .map(Held)
        .filter(|held| held.0.iter().any(Option::is_some));
    let Some(held) = known else {
        return improve(net, Held(&[]));
    };
    let mut kept = net.clone();
    let crossings = improve(&mut kept, held);
    if net.steps.len() > LARGE {
        *net = kept;
        return crossings;
    }
    let fresh = improve(net, Held(&[]));
    let agrees = net.order.iter().all(|order| held.agrees(order));
    if agrees && fresh <= crossings || fresh + fresh / WORTH + EXCUSED < crossings {
        return fresh;
    }
    *net = kept;
    crossings
}

/// The heights of nodes whose order among themselves is to stay.
#[derive(Clone, Copy)]
struct Held<'a>(&'a [Option<f64>]);

impl Held<'_> {
    fn height(self, node: usize) -> Option<f64> {
        self.0.get(node).copied().flatten()
    }

    /// Whether two nodes are not to change places.
    fn both(self, a: usize, b: usize) -> bool {
        self.height(a).is_some() && self.height(b).is_some()
    }

    fn agrees(self, order: &[usize]) -> bool {
        let heights = order.iter().filter_map(|&node| self.height(node));
        heights.is_sorted()
    }

    /// Puts what is held in its order, in the places that it has together.
    fn hold(self, order: &mut [usize]) {
        if self.agrees(order) {
            return;
        }
        let places: Vec<usize> = (0..order.len())
            .filter(|&at| self.height(order[at]).is_some())
            .collect();
        let mut nodes: Vec<usize> = places.iter().map(|&at| order[at]).collect();
        crate::sort::by(&mut nodes, |&a, &b| {
            self.height(a)
                .unwrap_or(0.0)
                .total_cmp(&self.height(b).unwrap_or(0.0))
        });
        for (at, node) in places.into_iter().zip(nodes) {
            order[at] = node;
        }
    }
}

/// Sweeps over the columns in the order of the walk.
fn improve(net: &mut Net, held: Held) -> u64 {
    for column in 0..net.order.len() {
        held.hold(&mut net.order[column]);
    }
    let mut ranks = Ranks::new(net);
    let mut best = crossings::count(net, &ranks);
    if best == 0 {
        return 0;
    }
    let mut best_order = net.order.clone();
    let mut spent = 0;
    let mut stale = 0;
    exchange(net, &mut ranks, held, false, &mut spent);
    for sweep in 0..SWEEPS {
        let now = crossings::count(net, &ranks);
        if now < best {
            best = now;
            best_order.clone_from(&net.order);
            stale = 0;
        } else {
            stale += 1;
        }
        if best == 0 || stale > PATIENCE || spent > BUDGET {
            break;
        }
        barycentres(net, &mut ranks, held, sweep % 2 == 0);
        exchange(net, &mut ranks, held, sweep % 4 >= 2, &mut spent);
    }
    net.order = best_order;
    if best == 0 {
        return 0;
    }
    ranks = Ranks::new(net);
    sift(net, &mut ranks, held, &mut spent);
    let sifted = crossings::count(net, &ranks);
    shake(net, &mut ranks, held, sifted)
}

/// Moves a few nodes anywhere and sifts again, again and again, and keeps what has
/// the fewest crossings: what sifting one node at a time cannot reach.
fn shake(net: &mut Net, ranks: &mut Ranks, held: Held, crossings: u64) -> u64 {
    let (mut best, mut now) = (crossings, crossings);
    let mut best_order = net.order.clone();
    let mut last = net.order.clone();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut spent = 0;
    for _ in 0..SHAKES {
        if best == 0 || spent > SHAKING {
            break;
        }
        for _ in 0..3 {
            let column = random.below(net.order.len());
            let order = &mut net.order[column];
            let (from, to) = (random.below(order.len()), random.below(order.len()));
            if from < to {
                order[from..=to].rotate_left(1);
            } else {
                order[to..=from].rotate_right(1);
            }
            held.hold(order);
            ranks.renew(order);
        }
        exchange(net, ranks, held, false, &mut spent);
        sift(net, ranks, held, &mut spent);
        let found = crossings::count(net, ranks);
        if found < best {
            best = found;
            best_order.clone_from(&net.order);
        }
        if found <= now {
            now = found;
            last.clone_from(&net.order);
        } else {
            net.order.clone_from(&last);
            *ranks = Ranks::new(net);
        }
    }
    net.order = best_order;
    best
}

/// Numbers without a pattern, the same in every run: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % bound.max(1) as u64) as usize
    }
}

/// Orders each column as a depth-first walk over operands from the sinks meets it.
fn walk(net: &mut Net, wires: &[Wire]) {
    enum Visit {
        Node(usize),
        Wire(usize),
    }
    let to: Vec<usize> = wires.iter().map(|wire| wire.to).collect();
    let operands = Lists::group(net.real, &to);
    let mut met = Vec::with_capacity(net.column.len());
    let mut seen = vec![false; net.column.len()];
    let mut stack: Vec<Visit> = (0..net.real)
        .rev()
        .filter(|&node| net.outs[node].is_empty())
        .map(Visit::Node)
        .collect();
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Node(node) => {
                if !std::mem::replace(&mut seen[node], true) {
                    met.push(node);
                    stack.extend(operands[node].iter().rev().map(|&wire| Visit::Wire(wire)));
                }
            }
            Visit::Wire(wire) => {
                // From the right, as what another wire has shared begins at the left.
                let path = net.paths[wire].iter().rev();
                for dummy in path.map(|&step| net.steps[step].left) {
                    if !net.is_dummy(dummy) || std::mem::replace(&mut seen[dummy], true) {
                        break;
                    }
                    met.push(dummy);
                }
                stack.push(Visit::Node(wires[wire].from));
            }
        }
    }
    let columns: Vec<usize> = met.iter().map(|&node| net.column[node]).collect();
    net.order = Lists::group(net.order.len(), &columns).of(&met);
}

/// Sorts each column by the mean place of its neighbours on one side.
///
/// Nodes without such neighbours keep their places.
fn barycentres(net: &mut Net, ranks: &mut Ranks, held: Held, rightwards: bool) {
    let length = net.order.len();
    let (mut places, mut movers, mut means) = (Vec::new(), Vec::new(), Vec::new());
    // The first column has no neighbours on the side looked at.
    for step in 1..length {
        let (column, beside) = if rightwards {
            (step, step - 1)
        } else {
            (length - 1 - step, length - step)
        };
        let scale = 2.0_f64.powi(32) / (net.order[beside].len() + 1) as f64;
        places.clear();
        movers.clear();
        means.clear();
        for (place, &node) in net.order[column].iter().enumerate() {
            let ends = if rightwards {
                &net.ins[node]
            } else {
                &net.outs[node]
            };
            if ends.is_empty() {
                continue;
            }
            let total: f64 = ends
                .iter()
                .map(|end| {
                    let port = if rightwards { end.exit } else { end.entry };
                    ranks[end.node] as f64 + port.share()
                })
                .sum();
            places.push(place);
            movers.push(node);
            means.push((total / ends.len() as f64 * scale) as u32);
        }
        let by_mean = lists::sorted(means.iter().copied());
        for (&place, mover) in places.iter().zip(by_mean) {
            net.order[column][place] = movers[mover];
        }
        held.hold(&mut net.order[column]);
        ranks.renew(&net.order[column]);
    }
}

/// Swaps neighbours as long as that takes crossings away; `ties` also swaps once
/// where it changes nothing, which leads out of some dead ends.
fn exchange(net: &mut Net, ranks: &mut Ranks, held: Held, ties: bool, spent: &mut usize) {
    let mut keys = Keys::default();
    let mut filed = Vec::new();
    let mut fresh = vec![true; net.order.len()];
    for round in 0..4 {
        let mut improved = false;
        for column in 0..net.order.len() {
            if !std::mem::replace(&mut fresh[column], false) {
                continue;
            }
            keys.renew(net, ranks, column);
            let order = &mut net.order[column];
            // Places in the old order, as the keys are filed under these.
            filed.clear();
            filed.extend(0..order.len());
            let mut moved = false;
            for pass in 0..order.len() {
                let mut swapped = false;
                for place in 1..order.len() {
                    *spent += 1;
                    if held.both(order[place - 1], order[place]) {
                        continue;
                    }
                    let (upper, lower) = (filed[place - 1], filed[place]);
                    let gain = keys.gain(upper, lower);
                    if gain > 0 || (ties && round == 0 && pass == 0 && gain == 0) {
                        filed.swap(place - 1, place);
                        order.swap(place - 1, place);
                        swapped |= gain > 0;
                        moved = true;
                    }
                }
                if !swapped || *spent > BUDGET {
                    break;
                }
                improved = true;
            }
            if moved {
                ranks.renew(order);
                refresh(&mut fresh, column);
            }
        }
        if !improved || *spent > BUDGET {
            break;
        }
    }
}

/// Marks the columns beside one whose order has changed.
fn refresh(fresh: &mut [bool], column: usize) {
    for beside in [column.wrapping_sub(1), column + 1] {
        if let Some(fresh) = fresh.get_mut(beside) {
            *fresh = true;
        }
    }
}

/// Moves single nodes to the best place in their columns until nothing helps.
fn sift(net: &mut Net, ranks: &mut Ranks, held: Held, spent: &mut usize) {
    let limit = *spent + BUDGET;
    let mut keys = Keys::default();
    let mut fresh = vec![true; net.order.len()];
    loop {
        let mut improved = false;
        for column in 0..net.order.len() {
            if !std::mem::replace(&mut fresh[column], false) {
                continue;
            }
            keys.renew(net, ranks, column);
            let count = net.order[column].len();
            let mut filed: Vec<usize> = (0..count).collect();
            let mut moved = false;
            for node in 0..count {
                if *spent > limit {
                    break;
                }
                let place = filed.iter().position(|&other| other == node).unwrap_or(0);
                let (mut best, mut target) = (0, place);
                let mut total = 0;
                let order = &net.order[column];
                let stays = |other: usize| held.both(order[other], order[node]);
                for other in (0..place).rev() {
                    if stays(filed[other]) {
                        break;
                    }
                    total += keys.gain(filed[other], node);
                    if total > best {
                        (best, target) = (total, other);
                    }
                }
                total = 0;
                for (ahead, &other) in filed[place + 1..].iter().enumerate() {
                    if stays(other) {
                        break;
                    }
                    total += keys.gain(node, other);
                    if total > best {
                        (best, target) = (total, place + 1 + ahead);
                    }
                }
                *spent += count;
                if target < place {
                    filed[target..=place].rotate_right(1);
                } else {
                    filed[place..=target].rotate_left(1);
                }
                moved |= best > 0;
            }
            if moved {
                // What moved may make room for what stood still.
                fresh[column] = true;
                refresh(&mut fresh, column);
                let order: Vec<usize> = filed.iter().map(|&p| net.order[column][p]).collect();
                net.order[column].copy_from_slice(&order);
                ranks.renew(&order);
                improved = true;
            }
        }
        if !improved || *spent > limit {
            break;
        }
    }
}
