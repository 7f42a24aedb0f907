//! Composite gates opened: the simpler gates they stand for.
//!
//! Closed, a composite is one gate with its own rule; open, it is gates with
//! theirs. Values and gradients are the same where both are finite; far out the
//! closed gate keeps what the open one loses to overflow.

use crate::build::Builder;
use crate::definition;
use crate::graph::{Graph, NodeId, Role};

/// A graph that was made of another one.
pub struct Remade {
    /// The new graph.
    pub graph: Graph,
    /// The place of each node of the old graph in the new one; the
    /// [end](NodeId::end) for one that is gone.
    pub places: Vec<NodeId>,
    /// How many nodes the new graph had before each node of the old one was copied,
    /// and how many it has in the end.
    pub starts: Vec<usize>,
}

/// Copies a graph node by node: `copy` appends to the new graph what stands for a
/// node of the old one, whose operands' places it is given, and says which node
/// that is.
pub fn remade(
    graph: &Graph,
    mut copy: impl FnMut(&mut Graph, NodeId, &[NodeId], &[NodeId]) -> NodeId,
) -> Remade {
    let mut new = graph.emptied();
    let mut places: Vec<NodeId> = Vec::with_capacity(graph.len());
    let mut starts = Vec::with_capacity(graph.len() + 1);
    let mut operands = Vec::new();
    for node in graph.nodes() {
        operands.clear();
        operands.extend(graph.operands(node).map(|x: NodeId| places[x.index()]));
        starts.push(new.len());
        let place = copy(&mut new, node, &operands, &places);
        places.push(place);
    }
    starts.push(new.len());
    Remade {
        graph: new,
        places,
        starts,
    }
}

/// A copy of a graph with the composites that `which` holds for opened one level down.
pub fn opened_once(graph: &Graph, mut which: impl FnMut(NodeId) -> bool) -> Remade {
    remade(graph, |new, node, operands, _| {
        let old = graph.node(node);
        if !old.op.is_composite() || !which(node) {
            return new.push_copy(graph, node, operands);
        }
        let start = new.len();
        let mut b = Builder::new(new);
        b.origin = old.origin;
        let inner = old.origin.role == Role::Implied;
        if inner {
            // The gate is a part of the one behind it: that is its last gate alone.
            b.origin.role = Role::Written;
        }
        let whole = definition::opened(&mut b, old.op, operands).unwrap_or_default();
        if inner && whole.index() >= start {
            new.demote(whole);
        }
        whole
    })
}

/// A copy of a graph with the composites that `which` holds for opened, and what
/// they are made of too, until none is left; with it the place of each node of
/// the old graph in the new one.
pub fn opened(graph: &Graph, which: impl Fn(NodeId) -> bool) -> (Graph, Vec<NodeId>) {
    let composite = |graph: &Graph, node| graph.node(node).op.is_composite();
    let mut opens: Vec<bool> = graph
        .nodes()
        .map(|node| composite(graph, node) && which(node))
        .collect();
    let mut places: Vec<NodeId> = graph.nodes().collect();
    let mut current = graph.clone();
    while opens.contains(&true) {
        let made = opened_once(&current, |node| opens[node.index()]);
        // What an opened gate is made of opens in its turn.
        let mut next = vec![false; made.graph.len()];
        for (at, _) in opens.iter().enumerate().filter(|(_, opens)| **opens) {
            for part in (made.starts[at]..made.starts[at + 1]).map(NodeId::new) {
                next[part.index()] = composite(&made.graph, part);
            }
        }
        for place in &mut places {
            *place = made.places[place.index()];
        }
        (current, opens) = (made.graph, next);
    }
    (current, places)
}
