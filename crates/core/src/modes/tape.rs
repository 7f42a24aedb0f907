//! A part of a graph with numbers of its own.

use super::limits::{TooLarge, check_memory};
use crate::graph::{Graph, NodeId};
use crate::model::Model;
use crate::op::Op;
use crate::plan::Plan;

/// A graph at the values of a run: the point at which it is differentiated.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its plan.
    pub plan: &'a Plan,
    /// An arena of the plan that has been run.
    pub arena: &'a [f64],
}

impl<'a> Run<'a> {
    /// Of a model.
    pub fn of(model: &'a Model, arena: &'a [f64]) -> Self {
        Self {
            graph: &model.program.graph,
            plan: &model.plan,
            arena,
        }
    }

    /// A node's value, row-major.
    pub fn value(&self, node: NodeId) -> &'a [f64] {
        let len = self.graph.shape(node).iter().product();
        &self.arena[self.plan.offset(node)..][..len]
    }
}

/// What some nodes of a graph depend on, as a graph of its own whose inputs
/// have the values of a run.
#[derive(Clone, Debug)]
pub struct Part {
    /// The part; it can be extended.
    pub graph: Graph,
    /// Nodes of the whole that have become inputs, and what they have become.
    pub given: Vec<(NodeId, NodeId)>,
    places: Vec<Option<NodeId>>,
}

impl Part {
    /// The part that `targets` depend on. Nodes that are `given` become inputs
    /// with the value they have in the run.
    pub fn new(run: Run<'_>, targets: &[NodeId], given: impl Fn(NodeId) -> bool) -> Self {
        let graph = run.graph;
        let mut needed = vec![false; graph.len()];
        for target in targets {
            needed[target.index()] = true;
        }
        for node in graph.nodes().rev() {
            if needed[node.index()] && !given(node) {
                for x in graph.operands(node) {
                    needed[x.index()] = true;
                }
            }
        }
        let mut part = graph.emptied();
        let (mut places, mut taken) = (vec![None; graph.len()], Vec::new());
        let mut operands = Vec::new();
        for node in graph.nodes().filter(|node| needed[node.index()]) {
            let known = graph.node(node);
            let place = if given(node) || matches!(known.op, Op::Input(_)) {
                let value = run.value(node).into();
                let place = part.push_input(known.shape, value, known.origin);
                taken.push((node, place));
                place
            } else {
                operands.clear();
                // Operands come first and are needed too.
                operands.extend(graph.operands(node).filter_map(|x| places[x.index()]));
                part.push_copy(graph, node, &operands)
            };
            places[node.index()] = Some(place);
        }
        Self {
            graph: part,
            given: taken,
            places,
        }
    }

    /// Where a node of the whole is; none if it is not needed.
    pub fn place(&self, node: NodeId) -> Option<NodeId> {
        self.places[node.index()]
    }
}

/// A graph with its plan and its arena.
#[derive(Clone, Debug)]
pub struct Tape {
    graph: Graph,
    plan: Plan,
    arena: Vec<f64>,
}

impl Tape {
    /// Compiles a graph that a derivative has been appended to.
    ///
    /// # Errors
    /// If its values take more than [`super::limits::MAX_TAPE`].
    pub(super) fn derived(graph: Graph) -> Result<Self, TooLarge> {
        check_memory(&graph)?;
        Ok(Self::new(graph))
    }

    /// Compiles a graph; its inputs have their values.
    pub fn new(graph: Graph) -> Self {
        let plan = Plan::new(&graph);
        let arena = plan.arena(&graph);
        Self { graph, plan, arena }
    }

    /// A model's own nodes without the backward pass, at the values of a run.
    pub fn forward(model: &Model, arena: &[f64]) -> Self {
        let all: Vec<NodeId> = model.forward().collect();
        Self::new(Part::new(Run::of(model, arena), &all, |_| false).graph)
    }

    /// The graph with the values of the last run.
    pub fn last(&self) -> Run<'_> {
        Run {
            graph: &self.graph,
            plan: &self.plan,
            arena: &self.arena,
        }
    }

    /// About how many operations a run takes: the numbers of all values, and the
    /// terms of matrix products, eight of which are as fast as another number.
    pub fn work(&self) -> usize {
        let terms = self.graph.nodes().map(|node| {
            let own = self.value(node).len();
            match self.graph.node(node).op {
                Op::Matmul => {
                    let inner = self.graph.shape(self.graph.operand(node, 0)).last();
                    own.saturating_mul(1 + inner.copied().unwrap_or(1) / 8)
                }
                _ => own,
            }
        });
        terms.fold(0, usize::saturating_add)
    }

    /// Computes every node's value from the inputs. Allocates nothing.
    pub fn run(&mut self) {
        self.plan.run(&mut self.arena);
    }

    /// A node's value, row-major.
    pub fn value(&self, node: NodeId) -> &[f64] {
        self.last().value(node)
    }

    /// A node's value, to be edited: of an input, before a run.
    pub fn value_mut(&mut self, node: NodeId) -> &mut [f64] {
        let len = self.graph.shape(node).iter().product();
        &mut self.arena[self.plan.offset(node)..][..len]
    }

    /// Gives inputs the values that nodes of another graph have in a run.
    pub fn load(&mut self, run: Run<'_>, given: &[(NodeId, NodeId)]) {
        for &(node, place) in given {
            self.value_mut(place).copy_from_slice(run.value(node));
        }
    }

    /// Edits an input; elements that `values` lacks become 0.
    pub fn set(&mut self, node: NodeId, values: &[f64]) {
        let slots = self.value_mut(node);
        slots.fill(0.0);
        for (slot, &value) in slots.iter_mut().zip(values) {
            *slot = value;
        }
    }
}
