//! The output as a function of one node, to be moved by hand.

use super::tape::{Part, Run, Tape};
use crate::graph::NodeId;
use crate::model::Model;
use crate::op::Op;

/// The number ⟨upstream, output⟩ as a function of one node, which counts as an
/// independent value, whatever it is computed from. Only what depends on the node
/// is computed anew; what the program detaches is held constant.
#[derive(Clone, Debug)]
pub struct Probe {
    tape: Tape,
    given: Vec<(NodeId, NodeId)>,
    x: Option<NodeId>,
    output: Option<NodeId>,
    upstream: Vec<f64>,
}

impl Probe {
    /// Of a node of a model, at the values of a run.
    pub fn new(model: &Model, ran: &[f64], x: NodeId) -> Self {
        let program = &model.program;
        let graph = &program.graph;
        let mut moves = vec![false; graph.len()];
        moves[x.index()] = true;
        for node in model.forward().filter(|&node| node > x) {
            moves[node.index()] = graph.node(node).op != Op::Detach
                && graph.operands(node).any(|operand| moves[operand.index()]);
        }
        let fixed = |node: NodeId| node == x || !moves[node.index()];
        let part = Part::new(Run::of(model, ran), &[program.output], fixed);
        let (x, output) = (part.place(x), part.place(program.output));
        let mut probe = Self {
            given: part.given,
            tape: Tape::new(part.graph),
            x,
            output,
            upstream: Vec::new(),
        };
        probe.load(model, ran);
        probe
    }

    /// Takes the values of another run of the same model.
    pub fn load(&mut self, model: &Model, ran: &[f64]) {
        self.tape.load(Run::of(model, ran), &self.given);
        let count = model.elements(model.program.output);
        self.upstream.clear();
        self.upstream
            .extend_from_slice(&ran[model.upstream()..][..count]);
    }

    /// What the number is with one element of the node moved by `step`.
    pub fn moved(&mut self, element: usize, step: f64) -> f64 {
        let before = self.x.map(|x| {
            let slot = &mut self.tape.value_mut(x)[element];
            std::mem::replace(slot, *slot + step)
        });
        self.tape.run();
        let output = self.output.map_or(&[][..], |node| self.tape.value(node));
        let terms = output.iter().zip(&self.upstream);
        // What nothing arrives at is not asked for.
        let terms = terms.filter(|term| *term.1 != 0.0);
        let total = terms.map(|(y, u)| y * u).sum();
        if let (Some(x), Some(before)) = (self.x, before) {
            self.tape.value_mut(x)[element] = before;
        }
        total
    }

    /// The central difference of an element, over `step` to either side.
    pub fn difference(&mut self, element: usize, step: f64) -> f64 {
        let [low, high] = [-step, step].map(|by| self.moved(element, by));
        (high - low) / (2.0 * step)
    }
}
