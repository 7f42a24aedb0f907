//! The forward-mode pass beside a program: a seed for each input, and the tangents of
//! what depends on them.

use super::Model;
use crate::build::{Builder, Full};
use crate::diff::tangents_on;
use crate::graph::{NodeId, Origin, Role};

/// The nodes of a forward-mode pass.
#[derive(Clone, Debug)]
pub(super) struct Tangents {
    /// The tangent of each input, in the order of the program: an input of the graph.
    seeds: Vec<NodeId>,
    /// For each of the program's own nodes its tangent; none where that is
    /// structurally zero.
    nodes: Vec<Option<NodeId>>,
}

impl Tangents {
    /// Appends the tangents of the first `forward` nodes, and their seeds: 1 at the first
    /// element of the first input, 0 elsewhere.
    ///
    /// # Errors
    /// If they have too many operands.
    pub fn new(b: &mut Builder<'_>, inputs: &[NodeId], forward: usize) -> Result<Self, Full> {
        let seeds = inputs.iter().enumerate().map(|(at, &input)| {
            let node = b.graph.node(input);
            let (shape, origin) = (node.shape, node.origin);
            let mut value = vec![0.0; b.graph.shape(input).iter().product()];
            if let Some(first) = value.first_mut().filter(|_| at == 0) {
                *first = 1.0;
            }
            let role = Role::Tangent(input);
            let origin = Origin { role, ..origin };
            b.graph.push_input(shape, value.into(), origin)
        });
        let seeds: Vec<NodeId> = seeds.collect();
        let pairs: Vec<(NodeId, NodeId)> = inputs.iter().copied().zip(seeds.clone()).collect();
        let all: Vec<NodeId> = (0..forward).map(NodeId::new).collect();
        let mut nodes = tangents_on(b, &pairs, &all)?;
        nodes.truncate(forward);
        Ok(Self { seeds, nodes })
    }
}

impl Model {
    /// The tangents that the inputs are given, in the order of the program; none unless the
    /// view has a forward-mode pass.
    pub fn seeds(&self) -> &[NodeId] {
        self.tangents.as_ref().map_or(&[], |found| &found.seeds)
    }

    /// The tangent of one of the program's own nodes; none where it is structurally zero,
    /// since no path leads there from an input, or where there is no forward-mode pass.
    pub fn tangent(&self, node: NodeId) -> Option<NodeId> {
        *self.tangents.as_ref()?.nodes.get(node.index())?
    }

    /// Where the tangent of one of the program's own nodes lies in the arena; none where
    /// there is no forward-mode pass.
    pub fn tangent_of(&self, node: NodeId) -> Option<usize> {
        self.tangents.as_ref()?;
        let tangent = self.tangent(node);
        Some(tangent.map_or(self.plan.zeros(), |tangent| self.plan.offset(tangent)))
    }
}
