//! Which constants are drawn, and which are written in their gate: `+1`, `×2`.

use crate::graph::{Graph, NodeId};
use crate::lower::program::Program;
use crate::op::Op;

/// How the constants of a program are shown: one use at a time.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    /// Whether a node is a constant that has a name, or is the output.
    named: Vec<bool>,
    /// Whether a node is a constant that stands as a node of its own.
    stands: Vec<bool>,
}

impl Constants {
    /// The constants of a program whose graph has nothing appended yet.
    pub fn new(program: &Program) -> Self {
        let graph = &program.graph;
        let names = program.names.iter().filter(|name| !name.folded);
        let roots = program.labels.iter().filter_map(|label| label.root);
        let mut named = vec![false; graph.len()];
        for node in names.map(|n| n.node).chain(roots).chain([program.output]) {
            named[node.index()] = graph.is_constant(node);
        }
        let mut found = Self {
            stands: named.clone(),
            named,
        };
        for gate in graph.nodes() {
            for slot in 0..graph.arity(gate) {
                let operand = graph.operand(gate, slot);
                if graph.is_constant(operand) && !found.holds(graph, gate, slot) {
                    found.stands[operand.index()] = true;
                }
            }
        }
        found
    }

    /// Whether a constant stands as a node of its own: it has a name, or some gate
    /// needs it as a wire.
    pub fn stands(&self, node: NodeId) -> bool {
        self.stands.get(node.index()) == Some(&true)
    }

    /// Whether a node is a constant that has a name, or is the output.
    pub fn is_named(&self, node: NodeId) -> bool {
        self.named.get(node.index()) == Some(&true)
    }

    /// Whether a gate shows the number in one of its slots itself: it is beside one
    /// other operand and has no name.
    pub fn holds(&self, graph: &Graph, gate: NodeId, slot: usize) -> bool {
        let arity = graph.arity(gate);
        let number = |slot: usize| {
            let operand = graph.operand(gate, slot);
            graph.constant(operand).is_some() && !self.is_named(operand)
        };
        if arity > 3 || !number(slot) {
            return false;
        }
        let alone = || (0..arity).filter(|&slot| number(slot)).count() == 1;
        match graph.node(gate).op {
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Pow | Op::Maximum | Op::Minimum => {
                arity == 2 && alone()
            }
            Op::Compare(_) => alone(),
            Op::LeakyRelu | Op::Clip => slot > 0,
            Op::HingeLoss => slot == 2,
            _ => false,
        }
    }
}
