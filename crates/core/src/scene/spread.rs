//! What a broadcast does on a wire's way into a gate.

use super::Spread;
use crate::graph::Graph;
use crate::op::Op;
use crate::view::{Outline, Thread, What, core, way};

/// The broadcast between what a wire carries and what its gate receives; none into a copy
/// or a closed box, which receive it as it is.
pub fn spread(graph: &Graph, outline: &Outline, thread: &Thread) -> Option<Spread> {
    let unit = &outline.units[thread.to?];
    if unit.what != What::Node {
        return None;
    }
    let way = way(graph, core(graph, unit.node), thread.operand, thread.node);
    way.into_iter().find_map(|gate| match graph.node(gate).op {
        Op::Broadcast(axes) => Some(Spread {
            to: graph.shape(gate).to_vec(),
            axes: axes.iter().collect(),
        }),
        _ => None,
    })
}
