//! A graph compiled to a tape over one arena of numbers.
//!
//! Every node has a run of slots in the arena, in the order in which nodes are
//! computed, so that what is read always lies before what is written. Gates of
//! single numbers that do the same and do not wait for each other are one run of
//! the tape; every other gate is a step. Running allocates nothing, but for the
//! largest matrix products outside of WebAssembly.

mod compile;
mod even;
mod gates;
mod gemm;
mod kernel;
mod order;
mod step;
mod walk;

use crate::graph::{Graph, NodeId};
use crate::shape::{self, ShapeId};
use even::Even;
use gates::{Operands, Scattered};
use order::Kind;
use step::Steps;

/// A tape, and where each node's value lies.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    offsets: Vec<u32>,
    tape: Vec<Run>,
    kinds: Vec<Kind>,
    /// Where the operands of the runs lie, one run after the other: slots for
    /// [`Scattered`], or [`even::pieces`].
    operands: Vec<u32>,
    steps: Steps,
    /// Number of slots of inputs and constants, which come first.
    leaves: usize,
    zeros: usize,
    length: usize,
}

/// Gates whose results lie side by side, or a step.
#[derive(Clone, Copy, Debug)]
enum Run {
    /// One step: its number.
    Step(u32),
    /// So many gates, each of a kind and of one or two operands: a chain, or what
    /// is too little to be sorted.
    Chain(u32),
    /// Gates of one kind, whose operands lie anywhere: kind and number of gates.
    Scattered(u32, u32),
    /// The same with operands that lie evenly.
    Even(u32, u32),
}

impl Plan {
    /// Compiles a graph, in time linear in its size.
    pub fn new(graph: &Graph) -> Self {
        compile::compile(graph)
    }

    /// First slot of a node's value.
    pub fn offset(&self, node: NodeId) -> usize {
        self.offsets[node.index()] as usize
    }

    /// First slot of a run of zeros as long as the longest value: where the
    /// gradient is read that is structurally zero.
    pub fn zeros(&self) -> usize {
        self.zeros
    }

    /// Number of steps of one run: a gate each.
    pub fn steps(&self) -> usize {
        let gates = self.tape.iter().map(|run| match *run {
            Run::Step(_) => 1,
            Run::Chain(count) | Run::Scattered(_, count) | Run::Even(_, count) => count as usize,
        });
        gates.sum()
    }

    /// A new arena: constants and inputs in their places, the rest not yet run.
    pub fn arena(&self, graph: &Graph) -> Vec<f64> {
        let mut arena = vec![0.0; self.length];
        for node in graph.nodes() {
            let start = self.offset(node);
            if let Some(value) = graph.constant(node) {
                let len = graph.shape(node).iter().product::<usize>();
                arena[start..start + len].fill(value);
            } else if let Some(values) = graph.table(node) {
                arena[start..start + values.len()].copy_from_slice(values);
            }
        }
        for input in graph.inputs() {
            let start = self.offset(input.node);
            arena[start..start + input.value.len()].copy_from_slice(&input.value);
        }
        arena
    }

    /// Runs the tape: every node's value follows from the inputs.
    pub fn run(&self, arena: &mut [f64]) {
        let mut next = self.operands.as_slice();
        let mut at = self.leaves;
        for run in &self.tape {
            match *run {
                Run::Step(which) => {
                    let (from, rest) = arena.split_at_mut(at);
                    at += self.steps.run(which as usize, from, rest);
                }
                Run::Chain(count) => {
                    let (chain, after) = next.split_at(count as usize * gates::CHAINED);
                    gates::chain(&self.kinds, chain, arena, at);
                    next = after;
                    at += count as usize;
                }
                Run::Scattered(kind, count) => {
                    let Kind { arithmetic, arity } = self.kinds[kind as usize];
                    let (arity, count) = (arity as usize, count as usize);
                    let (slots, after) = next.split_at(count * arity);
                    let (from, rest) = arena.split_at_mut(at);
                    Scattered { from, slots }.write(&mut rest[..count], arithmetic, arity);
                    next = after;
                    at += count;
                }
                Run::Even(kind, count) => {
                    let Kind { arithmetic, arity } = self.kinds[kind as usize];
                    let arity = arity as usize;
                    let (from, mut rest) = arena.split_at_mut(at);
                    at += count as usize;
                    let mut left = count;
                    while left > 0 {
                        let (piece, after) = next.split_at(2 + even::NUMBERS * arity);
                        let (out, further) = rest.split_at_mut(piece[0] as usize);
                        left -= piece[0];
                        let (row, slots) = (piece[1] as usize, &piece[2..]);
                        Even { from, row, slots }.write(out, arithmetic, arity);
                        (next, rest) = (after, further);
                    }
                }
            }
        }
    }
}

/// Number of slots a value of a shape takes.
pub fn slots(graph: &Graph, shape: ShapeId) -> usize {
    shape::elements(graph.shapes.get(shape)).unwrap_or(usize::MAX)
}
