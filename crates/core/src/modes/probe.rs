//! The output as a function of one node, to be moved by hand.

use super::check::{self, Element, Function, Source};
use crate::graph::NodeId;
use crate::model::Model;
use crate::op::Op;

/// The number ⟨upstream, output⟩ as a function of one node, which counts as an
/// independent value, whatever it is computed from. Only what depends on the node
/// is computed anew; what the program detaches is held constant.
#[derive(Clone, Debug)]
pub struct Probe {
    x: NodeId,
    /// Whether a node of the program depends on it.
    moves: Vec<bool>,
    function: Function,
}

impl Probe {
    /// Of a node of a model, at the values of a run.
    pub fn new(model: &Model, ran: &[f64], x: NodeId) -> Self {
        let graph = &model.program.graph;
        let mut moves = vec![false; graph.len()];
        moves[x.index()] = true;
        for node in model.forward().filter(|&node| node > x) {
            moves[node.index()] = graph.node(node).op != Op::Detach
                && graph.operands(node).any(|operand| moves[operand.index()]);
        }
        let function = Function::new(Source {
            model,
            ran,
            held: &held(x, &moves),
        });
        Self { x, moves, function }
    }

    /// Takes the values of another run of the same model.
    pub fn load(&mut self, model: &Model, ran: &[f64]) {
        self.function.load(Source {
            model,
            ran,
            held: &held(self.x, &self.moves),
        });
    }

    /// What the number is with one element of the node moved by `step`.
    pub fn moved(&mut self, element: usize, step: f64) -> f64 {
        self.function.moved(self.x, element, step)
    }

    /// About how many operations comparing an element takes.
    pub fn work(&self) -> usize {
        check::RUNS as usize * self.function.work()
    }

    /// Compares the gradient of an element with differences, at the values of the run
    /// that was loaded.
    pub fn compare(&mut self, model: &Model, ran: &[f64], element: usize) -> Element {
        let gradient = ran[model.gradient_of(self.x) + element];
        let source = Source {
            model,
            ran,
            held: &held(self.x, &self.moves),
        };
        self.function.compare(source, self.x, element, gradient)
    }
}

/// What does not depend on a node, and the node itself.
fn held(x: NodeId, moves: &[bool]) -> impl Fn(NodeId) -> bool + '_ {
    move |node| node == x || !moves[node.index()]
}
