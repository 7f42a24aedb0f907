//! The derivative of a clip, as PyTorch has it.

use super::At;
use super::expr::{Expr, ONE, X, X1, X2, choose, holds, of_both, written};
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
pub fn share(at: &At<'_>, slot: usize) -> Expr {
    use Relation::{Greater, Less};
    let kinds = bounds(at.graph, at.operands);
    let (computed, plain) = match slot {
        0 => (of_value(kinds), holds(X, Greater, X1) * holds(X, Less, X2)),
        1 => (of_low(kinds), holds(X, Less, X1) * holds(X1, Less, X2)),
        _ => {
            let raised = of_both(Op::Maximum, X, X1);
            (of_high(kinds), holds(raised, Greater, X2))
        }
    };
    written(computed, plain)
}

/// The part of one of two in being the greatest, or the least.
fn won(slot: u16, least: bool, a: Expr, b: Expr) -> Expr {
    of_both(Op::Winner(slot, least), a, b)
}

fn ordered() -> Expr {
    holds(X1, Relation::Less, X2)
}

fn of_value(kinds: [Bound; 2]) -> Expr {
    let sides = [(X1, Relation::Greater, false), (X2, Relation::Less, true)];
    let parts = kinds.into_iter().zip(sides);
    let parts = parts.filter_map(|(kind, (bound, inside, least))| match kind {
        Bound::Open => None,
        Bound::Number => Some(holds(X, inside, bound)),
        Bound::Value => Some(won(0, least, X, bound)),
    });
    let share = parts.fold(ONE, |share, part| share * part);
    if kinds != [Bound::Value; 2] {
        return share;
    }
    // Between equal bounds nothing is shared.
    let alone = of_both(Op::Tie, X, X1) * of_both(Op::Tie, X, X2);
    choose(ordered(), share, alone)
}

fn of_low(kinds: [Bound; 2]) -> Expr {
    let beyond = || holds(X, Relation::Less, X1);
    let part = match kinds[0] {
        Bound::Value => won(1, false, X, X1),
        Bound::Number | Bound::Open => beyond(),
    };
    // The upper bound acts last.
    match kinds[1] {
        Bound::Open => part,
        Bound::Number => part * ordered(),
        Bound::Value => {
            let alone = beyond() * holds(X1, Relation::LessEqual, X2);
            choose(ordered(), part, alone)
        }
    }
}

fn of_high(kinds: [Bound; 2]) -> Expr {
    // It meets what the lower bound leaves.
    let met = || match kinds[0] {
        Bound::Number => of_both(Op::Maximum, X, X1),
        Bound::Value | Bound::Open => X,
    };
    let part = match kinds[1] {
        Bound::Value => won(1, true, met(), X2),
        Bound::Number | Bound::Open => holds(X2, Relation::Less, met()),
    };
    if kinds[0] != Bound::Value {
        return part;
    }
    let beyond = holds(X2, Relation::Less, X);
    let crossed = holds(X2, Relation::Less, X1);
    choose(ordered(), part, of_both(Op::Maximum, beyond, crossed))
}

/// What the bounds of a clip of some operands are.
pub fn bounds(graph: &Graph, operands: &[NodeId]) -> [Bound; 2] {
    [(1, f64::NEG_INFINITY), (2, f64::INFINITY)].map(|(slot, open)| {
        match operands.get(slot).and_then(|&bound| graph.constant(bound)) {
            Some(value) if value == open => Bound::Open,
            Some(_) => Bound::Number,
            None => Bound::Value,
        }
    })
}
