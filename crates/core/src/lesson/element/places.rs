//! Where gates that only move elements take each from and put it.

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{flat, group, inverse, members, subscripts};

/// Where an element of a gate that only moves elements comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An operand's slot, and the element.
    From(usize, usize),
    /// Nothing was put there.
    Zero,
}

/// Where an element comes from; none of a gate that does more than move.
pub fn source(graph: &Graph, gate: NodeId, element: usize) -> Option<Source> {
    let to = graph.shape(gate);
    let from = |slot: usize| graph.shape(graph.operand(gate, slot));
    let place = match graph.node(gate).op {
        Op::Reshape => element,
        Op::Broadcast(axes) => group(to, axes, element),
        Op::Permute(order) => {
            let at = subscripts(to, element);
            let back = inverse(&graph.shapes.permutation(order, to.len()));
            flat(from(0), back.into_iter().map(|place| at[place]))
        }
        Op::Slice(cuts) => {
            let at = subscripts(to, element);
            let cuts = graph.shapes.cuts(cuts).iter();
            let back: Vec<usize> = cuts.zip(at).map(|(cut, at)| cut.place(at)).collect();
            flat(from(0), back)
        }
        Op::Scatter(cuts) => {
            let at = subscripts(to, element);
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let back: Option<Vec<usize>> = cuts.map(|(cut, at)| cut.index(at)).collect();
            match back {
                Some(back) => flat(from(0), back),
                None => return Some(Source::Zero),
            }
        }
        Op::Concat(axis) => {
            let axis = usize::from(axis);
            let mut at = subscripts(to, element);
            for slot in 0..graph.arity(gate) {
                let size = from(slot)[axis];
                if at[axis] < size {
                    return Some(Source::From(slot, flat(from(slot), at)));
                }
                at[axis] -= size;
            }
            return Some(Source::Zero);
        }
        _ => return None,
    };
    Some(Source::From(0, place))
}

/// Where a gate that only moves elements puts one of an operand's; none of a gate that
/// does more.
pub fn targets(graph: &Graph, gate: NodeId, slot: usize, element: usize) -> Option<Vec<usize>> {
    let to = graph.shape(gate);
    let from = graph.shape(graph.operand(gate, slot));
    let at = subscripts(from, element);
    let place = match graph.node(gate).op {
        Op::Reshape => element,
        Op::Broadcast(axes) => return Some(members(to, axes, element)),
        Op::Permute(order) => {
            let order = graph.shapes.permutation(order, to.len());
            let on: Vec<usize> = order.iter().map(|&axis| at[axis]).collect();
            flat(to, on)
        }
        Op::Slice(cuts) => {
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let on: Option<Vec<usize>> = cuts.map(|(cut, at)| cut.index(at)).collect();
            match on {
                Some(on) => flat(to, on),
                None => return Some(Vec::new()),
            }
        }
        Op::Scatter(cuts) => {
            let cuts = graph.shapes.cuts(cuts).iter().zip(at);
            let on: Vec<usize> = cuts.map(|(cut, at)| cut.place(at)).collect();
            flat(to, on)
        }
        Op::Concat(axis) => {
            let axis = usize::from(axis);
            let before = graph.operands(gate).take(slot);
            let before: usize = before.map(|x| graph.shape(x)[axis]).sum();
            let mut at = at;
            at[axis] += before;
            flat(to, at)
        }
        _ => return None,
    };
    Some(vec![place])
}
