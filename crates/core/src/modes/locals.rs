//! The derivatives on the edges between single numbers, all at once.

use super::tape::{Run, Tape};
use crate::build::Builder;
use crate::definition::partial;
use crate::graph::{Graph, NodeId};
use crate::model::Model;
use crate::op::Op;
use crate::shape::ShapeId;

/// The local derivatives between single numbers, all on one tape.
#[derive(Clone, Debug)]
pub struct Locals {
    tape: Tape,
    given: Vec<(NodeId, NodeId)>,
    /// By edge, of the program's own; the derivative's node on the tape.
    edges: Vec<Option<NodeId>>,
}

impl Locals {
    /// Of a model's own gates, at the values of a run. What is structurally zero has
    /// none.
    pub fn new(model: &Model, ran: &[f64]) -> Self {
        let graph = &model.program.graph;
        let run = Run::of(model, ran);
        let scalar = |node: NodeId| graph.node(node).shape == ShapeId::SCALAR;
        let mut part = graph.emptied();
        let (mut places, mut given) = (Vec::new(), Vec::new());
        let mut operands = Vec::new();
        for node in model.forward() {
            let known = graph.node(node);
            operands.clear();
            let found = graph.operands(node).map(|x: NodeId| places[x.index()]);
            operands.extend(found.flatten());
            let whole = operands.len() == graph.arity(node) && !matches!(known.op, Op::Input(_));
            places.push(if !scalar(node) {
                None
            } else if whole {
                Some(part.push_copy(graph, node, &operands))
            } else {
                let place = part.push_input(known.shape, run.value(node).into(), known.origin);
                given.push((node, place));
                Some(place)
            });
        }
        let mut edges = Vec::new();
        let mut b = Builder::new(&mut part);
        let one = b.constant(1.0, ShapeId::SCALAR);
        for node in model.forward() {
            let first = edges.len();
            edges.resize(first + graph.arity(node), None);
            let Some(place) = places[node.index()] else {
                continue;
            };
            for slot in 0..b.graph.arity(place) {
                let edge = graph.operand_edge(node, slot);
                let local = partial(&mut b, place, slot);
                edges[edge.index()] = local.apply(&mut b, one);
            }
        }
        Self {
            tape: Tape::new(part),
            given,
            edges,
        }
    }

    /// Takes the values of a run of the same model.
    pub fn load(&mut self, model: &Model, ran: &[f64]) {
        self.tape.load(Run::of(model, ran), &self.given);
        self.tape.run();
    }

    /// The derivative of a gate with respect to an operand, both numbers.
    pub fn of(&self, graph: &Graph, gate: NodeId, slot: usize) -> Option<f64> {
        let edge = graph.operand_edge(gate, slot);
        let node = (*self.edges.get(edge.index())?)?;
        Some(self.tape.value(node)[0])
    }
}
