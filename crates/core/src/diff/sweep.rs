//! Reverse and forward mode over the whole graph. Neither recurses.

use super::root::back;
use crate::build::{Builder, Full, Known};
use crate::definition::{partial, stops};
use crate::graph::{EdgeId, Graph, NodeId, Role};
use crate::shape::Axes;
use std::mem::replace;

/// The backward pass of one output: a node for every gradient that is not
/// structurally zero.
#[derive(Clone, Debug, Default)]
pub struct Gradient {
    /// The upstream gradient of the output.
    pub seed: NodeId,
    /// The first node and the first edge that can have one.
    base: (usize, usize),
    /// Half as long as optional nodes would be: the [end](NodeId::end) stands for none.
    nodes: Vec<NodeId>,
    edges: Vec<NodeId>,
}

impl Gradient {
    /// The gradient with respect to a node; none where no path leads to the output.
    pub fn of(&self, node: NodeId) -> Option<NodeId> {
        let at = node.index().checked_sub(self.base.0)?;
        some(*self.nodes.get(at)?)
    }

    /// The same where the backward pass has other places, as [`Model::with_backward`]
    /// needs it.
    ///
    /// [`Model::with_backward`]: crate::model::Model::with_backward
    pub(crate) fn moved(&self, places: &[NodeId]) -> Self {
        let moved = |node: &NodeId| places.get(node.index()).copied().unwrap_or(*node);
        Self {
            seed: moved(&self.seed),
            base: self.base,
            nodes: self.nodes.iter().map(moved).collect(),
            edges: self.edges.iter().map(moved).collect(),
        }
    }

    /// What flows back along one edge: its part of the operand's gradient.
    pub fn along(&self, edge: EdgeId) -> Option<NodeId> {
        let at = edge.index().checked_sub(self.base.1)?;
        some(*self.edges.get(at)?)
    }
}

fn some(node: NodeId) -> Option<NodeId> {
    (node != NodeId::end()).then_some(node)
}

/// Appends the backward pass of `output`: from `seed`, the upstream gradient of
/// the output's shape, to every node for which `wanted` holds and every node on
/// a path from one to the output.
///
/// Reverse mode as in Griewank and Walther, *Evaluating Derivatives* (2008),
/// chapter 3: linear in the number of edges.
///
/// # Errors
/// If it has too many operands.
pub fn gradient(
    graph: &mut Graph,
    output: NodeId,
    seed: NodeId,
    wanted: impl Fn(NodeId) -> bool,
) -> Result<Gradient, Full> {
    gradient_on(&mut Builder::new(graph), output, seed, 0, wanted)
}

/// [`gradient`] by a builder, of which no node before the `first` is wanted.
///
/// # Errors
/// If it has too many operands.
pub fn gradient_on(
    b: &mut Builder<'_>,
    output: NodeId,
    seed: NodeId,
    first: usize,
    wanted: impl Fn(NodeId) -> bool,
) -> Result<Gradient, Full> {
    gradient_telling(b, output, seed, first, &wanted, &mut |_, _| {})
}

/// [`gradient_on`] that tells of each node, latest first, how many nodes the graph had
/// before the gates of its backward step were appended.
///
/// # Errors
/// If it has too many operands.
pub fn gradient_telling(
    b: &mut Builder<'_>,
    output: NodeId,
    seed: NodeId,
    first: usize,
    wanted: &dyn Fn(NodeId) -> bool,
    tell: &mut dyn FnMut(NodeId, usize),
) -> Result<Gradient, Full> {
    const NONE: u32 = u32::MAX;
    let edge_count = b.graph.edge_count();
    let count = output.index() + 1;
    // Live: some wanted node is it or feeds it.
    let mut live = vec![false; count.saturating_sub(first)];
    let is_live = |live: &[bool], x: NodeId| {
        let at = x.index().checked_sub(first);
        at.is_some_and(|at| live[at])
    };
    for i in first..count {
        let node = NodeId::new(i);
        live[i - first] = !stops(b.graph.node(node).op)
            && (wanted(node) || b.graph.operands(node).any(|x| is_live(&live, x)));
    }
    let first_edge = if first < count {
        b.graph.operand_edge(NodeId::new(first), 0).index()
    } else {
        edge_count
    };
    let mut found = Gradient {
        seed,
        base: (first, first_edge),
        nodes: vec![NodeId::end(); live.len()],
        edges: vec![NodeId::end(); edge_count.saturating_sub(first_edge)],
    };
    // The parts of each node's gradient in the order of its uses, as lists through the edges:
    // the graph's own lists of uses have those of other passes in them.
    let mut earliest = vec![NONE; live.len()];
    let mut next = vec![NONE; found.edges.len()];
    let mut parts = Vec::new();
    for i in (first..count).rev() {
        let node = NodeId::new(i);
        if !live[i - first] && node != output {
            continue;
        }
        tell(node, b.graph.len());
        b.origin = b.graph.node(node).origin;
        b.origin.role = Role::Cotangent(node);
        let total = if node == output {
            seed
        } else {
            let mut edge = earliest[i - first];
            while let Some(part) = found.edges.get(edge as usize) {
                parts.push(*part);
                edge = next[edge as usize];
            }
            if parts.is_empty() {
                continue;
            }
            let total = b.sum_of(&parts);
            parts.clear();
            total
        };
        found.nodes[i - first] = total;
        for slot in 0..b.graph.arity(node) {
            let operand = b.graph.operand(node, slot);
            if is_live(&live, operand) {
                b.origin.role = Role::Cotangent(operand);
                let edge = b.graph.operand_edge(node, slot);
                let part = back(b, node, slot, total);
                found.edges[edge.index() - first_edge] = part.unwrap_or(NodeId::end());
                b.room()?;
            }
        }
        for slot in (0..b.graph.arity(node)).rev() {
            let edge = b.graph.operand_edge(node, slot).index() - first_edge;
            if found.edges[edge] != NodeId::end() {
                let operand = b.graph.operand(node, slot).index() - first;
                next[edge] = replace(&mut earliest[operand], edge as u32);
            }
        }
    }
    Ok(found)
}

/// Appends the forward-mode pass: the tangent of every node, given those of
/// some (`seeds`, each a node and its tangent). None is structurally zero.
///
/// # Errors
/// If it has too many operands.
pub fn tangents(
    graph: &mut Graph,
    seeds: &[(NodeId, NodeId)],
) -> Result<Vec<Option<NodeId>>, Full> {
    let all: Vec<NodeId> = graph.nodes().collect();
    tangents_on(&mut Builder::new(graph), seeds, &all)
}

/// Appends the tangents of `targets` and of what these depend on, by a builder.
/// One entry for every node there was; none is structurally zero or not needed.
///
/// # Errors
/// If it has too many operands.
pub fn tangents_on(
    b: &mut Builder<'_>,
    seeds: &[(NodeId, NodeId)],
    targets: &[NodeId],
) -> Result<Vec<Option<NodeId>>, Full> {
    let count = b.graph.len();
    let mut found = vec![None; count];
    for &(node, tangent) in seeds {
        found[node.index()] = Some(tangent);
    }
    let mut needed = vec![false; count];
    for target in targets {
        needed[target.index()] = true;
    }
    for i in (0..count).rev() {
        if needed[i] {
            for x in b.graph.operands(NodeId::new(i)) {
                needed[x.index()] = true;
            }
        }
    }
    let mut parts = Vec::new();
    for i in (0..count).filter(|&i| needed[i]) {
        let node = NodeId::new(i);
        if stops(b.graph.node(node).op) {
            continue;
        }
        b.origin = b.graph.node(node).origin;
        b.origin.role = Role::Tangent(node);
        parts.extend(found[i]);
        for slot in 0..b.graph.arity(node) {
            let operand = b.graph.operand(node, slot);
            if let Some(tangent) = found[operand.index()] {
                let local = partial(b, node, slot);
                parts.extend(local.apply(b, tangent));
                b.room()?;
            }
        }
        if !parts.is_empty() {
            found[i] = Some(b.sum_of(&parts));
            parts.clear();
        }
    }
    Ok(found)
}

/// The two ways to a Hessian-vector product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Forward mode over the backward pass: one more pass.
    ForwardOverReverse,
    /// As the lecture writes it: the backward pass of ⟨∂L/∂x, v⟩.
    ReverseOverReverse,
}

/// Appends the Hessian of what `gradient` is the backward pass of, with respect
/// to `x`, times `v`, a node of x's shape that does not depend on `x`. None if
/// it is structurally zero.
///
/// # Errors
/// If it has too many operands.
pub fn curvature(
    graph: &mut Graph,
    gradient: &Gradient,
    x: NodeId,
    v: NodeId,
    order: Order,
) -> Result<Option<NodeId>, Full> {
    let Some(first) = gradient.of(x) else {
        return Ok(None);
    };
    let known = Known::all(graph);
    let mut b = Builder::knowing(graph, known);
    match order {
        Order::ForwardOverReverse => {
            let tangents = tangents_on(&mut b, &[(x, v)], &[first])?;
            Ok(tangents[first.index()])
        }
        Order::ReverseOverReverse => {
            b.origin.role = Role::Cotangent(x);
            let product = b.mul(first, v);
            let axes = Axes::all(b.graph.shape(product).len());
            let inner = b.sum(axes, product);
            let shape = b.graph.node(inner).shape;
            let one = b.constant(1.0, shape);
            // When ∂L/∂x is constant, so may the product be.
            let second = gradient_on(&mut b, inner, one, x.index(), |node| node == x)?;
            Ok(second.of(x))
        }
    }
}
