//! What a broadcast does on a wire's way into a gate.

use super::Spread;
use crate::graph::Graph;
use crate::op::Op;
use crate::view::{Outline, Thread, What, core};

/// The broadcast between what a wire carries and what its gate receives; none into a copy
/// or a closed box, which receive it as it is.
pub fn spread(graph: &Graph, outline: &Outline, thread: &Thread) -> Option<Spread> {
    let unit = &outline.units[thread.to?];
    let &[arrives] = &thread.edges[..] else {
        return None;
    };
    if unit.what != What::Node {
        return None;
    }
    let gate = core(graph, unit.node);
    let mut edge = graph.operand_edge(gate, thread.operand);
    let mut node = graph.operand(gate, thread.operand);
    while edge != arrives && graph.arity(node) == 1 {
        if let Op::Broadcast(axes) = graph.node(node).op {
            return Some(Spread {
                to: graph.shape(node).to_vec(),
                axes: axes.iter().collect(),
            });
        }
        edge = graph.operand_edge(node, 0);
        node = graph.operand(node, 0);
    }
    None
}
