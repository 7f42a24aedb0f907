//! The order of each column: few crossings, operands from top to bottom.
//!
//! A depth-first walk gives the order in which a formula is read; barycentre
//! sweeps with adjacent exchange improve on it, and sifting finishes. A step
//! enters a rectangle at its port, so operands out of order count as crossings.

use super::crossings::{self, Ranks};
use super::net::Net;

/// Sweeps without fewer crossings after which to stop.
const PATIENCE: usize = 8;
/// Most sweeps.
const SWEEPS: usize = 60;
/// Comparisons of neighbours after which to stop.
const BUDGET: usize = 5_000_000;

/// Orders every column of the net; returns how many crossings are left.
pub(super) fn order(net: &mut Net) -> u64 {
    walk(net);
    let mut ranks = Ranks::new(net);
    let mut best = crossings::count(net, &ranks);
    let mut best_order = net.order.clone();
    let mut spent = 0;
    let mut stale = 0;
    exchange(net, &mut ranks, false, &mut spent);
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
        barycentres(net, &mut ranks, sweep % 2 == 0);
        exchange(net, &mut ranks, sweep % 4 >= 2, &mut spent);
    }
    net.order = best_order;
    ranks = Ranks::new(net);
    if best > 0 {
        sift(net, &mut ranks, &mut spent);
    }
    crossings::count(net, &ranks)
}

/// Orders each column as a depth-first walk over operands from the sinks meets it.
fn walk(net: &mut Net) {
    enum Visit {
        Node(usize),
        Wire(usize),
    }
    let mut operands = vec![Vec::new(); net.real];
    for (index, wire) in net.wires.iter().enumerate() {
        operands[wire.to].push(index);
    }
    for wires in &mut operands {
        wires.sort_by_key(|&wire| std::cmp::Reverse(net.wires[wire].port));
    }
    let mut order = vec![Vec::new(); net.order.len()];
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
                    order[net.column[node]].push(node);
                    stack.extend(operands[node].iter().map(|&wire| Visit::Wire(wire)));
                }
            }
            Visit::Wire(wire) => {
                for dummy in net.dummies(wire) {
                    if !std::mem::replace(&mut seen[dummy], true) {
                        order[net.column[dummy]].push(dummy);
                    }
                }
                stack.push(Visit::Node(net.wires[wire].from));
            }
        }
    }
    net.order = order;
}

/// Sorts each column by the mean place of its neighbours on one side.
///
/// Nodes without such neighbours keep their places.
fn barycentres(net: &mut Net, ranks: &mut Ranks, rightwards: bool) {
    let length = net.order.len();
    for step in 0..length {
        let column = if rightwards { step } else { length - 1 - step };
        let mut places = Vec::new();
        let mut movers = Vec::new();
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
                    let port = if rightwards {
                        0.0
                    } else {
                        (end.port as f64 + 0.5) / end.ports as f64 - 0.5
                    };
                    ranks[end.node] as f64 + port
                })
                .sum();
            places.push(place);
            movers.push((total / ends.len() as f64, node));
        }
        movers.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (place, (_, node)) in places.into_iter().zip(movers) {
            net.order[column][place] = node;
        }
        ranks.renew(&net.order[column]);
    }
}

/// Swaps neighbours as long as that takes crossings away; `ties` also swaps once
/// where it changes nothing, which leads out of some dead ends.
fn exchange(net: &mut Net, ranks: &mut Ranks, ties: bool, spent: &mut usize) {
    for round in 0..4 {
        let mut improved = false;
        for column in 0..net.order.len() {
            let keys = crossings::Keys::new(net, ranks, column);
            let order = &mut net.order[column];
            // Places in the old order, as the keys are filed under these.
            let mut filed: Vec<usize> = (0..order.len()).collect();
            for pass in 0..order.len() {
                let mut swapped = false;
                for place in 1..order.len() {
                    *spent += 1;
                    let (upper, lower) = (filed[place - 1], filed[place]);
                    let gain = keys.gain(upper, lower);
                    if gain > 0 || (ties && round == 0 && pass == 0 && gain == 0) {
                        filed.swap(place - 1, place);
                        order.swap(place - 1, place);
                        swapped |= gain > 0;
                    }
                }
                if !swapped || *spent > BUDGET {
                    break;
                }
                improved = true;
            }
            ranks.renew(order);
        }
        if !improved || *spent > BUDGET {
            break;
        }
    }
}

/// Moves single nodes to the best place in their columns until nothing helps.
fn sift(net: &mut Net, ranks: &mut Ranks, spent: &mut usize) {
    let limit = *spent + BUDGET;
    loop {
        let mut improved = false;
        for column in 0..net.order.len() {
            let keys = crossings::Keys::new(net, ranks, column);
            let count = net.order[column].len();
            let mut filed: Vec<usize> = (0..count).collect();
            for node in 0..count {
                if *spent > limit {
                    break;
                }
                let place = filed.iter().position(|&other| other == node).unwrap_or(0);
                let (mut best, mut target) = (0, place);
                let mut total = 0;
                for other in (0..place).rev() {
                    total += keys.gain(filed[other], node);
                    if total > best {
                        (best, target) = (total, other);
                    }
                }
                total = 0;
                for (ahead, &other) in filed[place + 1..].iter().enumerate() {
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
                improved |= best > 0;
            }
            let old = std::mem::take(&mut net.order[column]);
            net.order[column] = filed.into_iter().map(|place| old[place]).collect();
            ranks.renew(&net.order[column]);
        }
        if !improved || *spent > limit {
            break;
        }
    }
}
