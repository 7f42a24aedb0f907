//! The derivative of a clip, as PyTorch has it.

use crate::build::Builder;
use crate::graph::{Graph, NodeId};
use crate::op::{Op, Relation};

/// What a bound is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// There is none on that side: it never ties.
    Open,
    /// A number of the program. Nothing goes to a value that is equal to it.
    Number,
    /// An input or a gate. It shares with a value that is equal.
    Value,
}

/// The part that an operand has in min(max(x, low), high).
pub fn share(b: &mut Builder<'_>, y: NodeId, slot: usize) -> NodeId {
    let operands = [0, 1, 2].map(|slot| b.graph.operand(y, slot));
    let kinds = bounds(b.graph, y);
    match slot {
        0 => of_value(b, operands, kinds),
        1 => of_low(b, operands, kinds),
        _ => of_high(b, operands, kinds),
    }
}

fn compare(b: &mut Builder<'_>, p: NodeId, relation: Relation, q: NodeId) -> NodeId {
    b.two(Op::Compare(relation), p, q)
}

fn of_value(b: &mut Builder<'_>, [x, low, high]: [NodeId; 3], kinds: [Bound; 2]) -> NodeId {
    let mut share = b.constant_like(1.0, x);
    let sides = [
        (low, Relation::Greater, false),
        (high, Relation::Less, true),
    ];
    for (kind, (bound, inside, least)) in kinds.into_iter().zip(sides) {
        let part = match kind {
            Bound::Open => continue,
            Bound::Number => compare(b, x, inside, bound),
            Bound::Value => b.winner(0, least, &[x, bound]),
        };
        share = b.mul(share, part);
    }
    if kinds != [Bound::Value; 2] {
        return share;
    }
    // Between equal bounds nothing is shared.
    let [at_low, at_high] = [low, high].map(|bound| b.two(Op::Tie, x, bound));
    let alone = b.mul(at_low, at_high);
    let ordered = compare(b, low, Relation::Less, high);
    b.choose(ordered, share, alone)
}

fn of_low(b: &mut Builder<'_>, [x, low, high]: [NodeId; 3], kinds: [Bound; 2]) -> NodeId {
    let part = match kinds[0] {
        Bound::Value => b.winner(1, false, &[x, low]),
        Bound::Number | Bound::Open => compare(b, x, Relation::Less, low),
    };
    // The upper bound acts last.
    match kinds[1] {
        Bound::Open => part,
        Bound::Number => {
            let ordered = compare(b, low, Relation::Less, high);
            b.mul(part, ordered)
        }
        Bound::Value => {
            let beyond = compare(b, x, Relation::Less, low);
            let fits = compare(b, low, Relation::LessEqual, high);
            let alone = b.mul(beyond, fits);
            let ordered = compare(b, low, Relation::Less, high);
            b.choose(ordered, part, alone)
        }
    }
}

fn of_high(b: &mut Builder<'_>, [x, low, high]: [NodeId; 3], kinds: [Bound; 2]) -> NodeId {
    // It meets what the lower bound leaves.
    let met = match kinds[0] {
        Bound::Number => b.either(Op::Maximum, x, low),
        Bound::Value | Bound::Open => x,
    };
    let part = match kinds[1] {
        Bound::Value => b.winner(1, true, &[met, high]),
        Bound::Number | Bound::Open => compare(b, high, Relation::Less, met),
    };
    if kinds[0] != Bound::Value {
        return part;
    }
    let beyond = compare(b, high, Relation::Less, x);
    let crossed = compare(b, high, Relation::Less, low);
    let alone = b.either(Op::Maximum, beyond, crossed);
    let ordered = compare(b, low, Relation::Less, high);
    b.choose(ordered, part, alone)
}

/// What the bounds of a clip are.
pub fn bounds(graph: &Graph, y: NodeId) -> [Bound; 2] {
    [(1, f64::NEG_INFINITY), (2, f64::INFINITY)].map(|(slot, open)| {
        match graph.constant(graph.operand(y, slot)) {
            Some(value) if value == open => Bound::Open,
            Some(_) => Bound::Number,
            None => Bound::Value,
        }
    })
}
