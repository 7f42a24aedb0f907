//! Reverse and forward mode over the whole graph. Neither recurses.

use super::rules::partial;
use crate::build::Builder;
use crate::graph::{EdgeId, Graph, NodeId, Role};

/// The backward pass of one output: a node for every gradient that is not
/// structurally zero.
#[derive(Clone, Debug)]
pub struct Gradient {
    /// The upstream gradient of the output.
    pub seed: NodeId,
    nodes: Vec<Option<NodeId>>,
    edges: Vec<Option<NodeId>>,
}

impl Gradient {
    /// The gradient with respect to a node; none where no path leads to the output.
    pub fn of(&self, node: NodeId) -> Option<NodeId> {
        self.nodes.get(node.index()).copied().flatten()
    }

    /// What flows back along one edge: its part of the operand's gradient.
    pub fn along(&self, edge: EdgeId) -> Option<NodeId> {
        self.edges.get(edge.index()).copied().flatten()
    }
}

/// Appends the backward pass of `output`: from `seed`, the upstream gradient of
/// the output's shape, to every node for which `wanted` holds and every node on
/// a path from one to the output.
///
/// Reverse mode as in Griewank and Walther, *Evaluating Derivatives* (2008),
/// chapter 3: linear in the number of edges.
pub fn gradient(
    graph: &mut Graph,
    output: NodeId,
    seed: NodeId,
    wanted: impl Fn(NodeId) -> bool,
) -> Gradient {
    let edge_count = graph.edge_count();
    let count = output.index() + 1;
    // Live: some wanted node is it or feeds it.
    let mut live = vec![false; count];
    for i in 0..count {
        let node = NodeId::new(i);
        live[i] = wanted(node) || graph.operands(node).any(|x| live[x.index()]);
    }
    let mut found = Gradient {
        seed,
        nodes: vec![None; count],
        edges: vec![None; edge_count],
    };
    let mut b = Builder::new(graph);
    let mut parts = Vec::new();
    for i in (0..count).rev() {
        let node = NodeId::new(i);
        if !live[i] {
            continue;
        }
        b.origin = b.graph.node(node).origin;
        b.origin.role = Role::Cotangent(node);
        let total = if node == output {
            seed
        } else {
            // Uses come latest first; those that this pass has added are not the output's.
            let uses = b.graph.uses(node).filter_map(|edge| found.along(edge));
            parts.extend(uses);
            if parts.is_empty() {
                continue;
            }
            parts.reverse();
            let total = b.sum_of(&parts);
            parts.clear();
            total
        };
        found.nodes[i] = Some(total);
        for slot in 0..b.graph.arity(node) {
            let operand = b.graph.operand(node, slot);
            if live[operand.index()] {
                b.origin.role = Role::Cotangent(operand);
                let local = partial(&mut b, node, slot).adjoint(&mut b);
                let edge = b.graph.operand_edge(node, slot);
                found.edges[edge.index()] = local.apply(&mut b, total);
            }
        }
    }
    found
}

/// Appends the forward-mode pass: the tangent of every node, given those of
/// some (`seeds`, each a node and its tangent). None is structurally zero.
pub fn tangents(graph: &mut Graph, seeds: &[(NodeId, NodeId)]) -> Vec<Option<NodeId>> {
    let count = graph.len();
    let mut found = vec![None; count];
    for &(node, tangent) in seeds {
        found[node.index()] = Some(tangent);
    }
    let mut b = Builder::new(graph);
    let mut parts = Vec::new();
    for i in 0..count {
        let node = NodeId::new(i);
        b.origin = b.graph.node(node).origin;
        b.origin.role = Role::Tangent(node);
        parts.extend(found[i]);
        for slot in 0..b.graph.arity(node) {
            let operand = b.graph.operand(node, slot);
            if let Some(tangent) = found[operand.index()] {
                let local = partial(&mut b, node, slot);
                parts.extend(local.apply(&mut b, tangent));
            }
        }
        if !parts.is_empty() {
            found[i] = Some(b.sum_of(&parts));
            parts.clear();
        }
    }
    found
}
