//! A graph compiled to a tape over one arena of numbers.
//!
//! Every node has a run of slots in the arena, in the order in which nodes are
//! computed, so that what is read always lies before what is written. Gates of
//! single numbers that do the same and do not wait for each other are one run of
//! the tape; every other gate is a step. Running allocates nothing, but for the
//! largest matrix products outside of WebAssembly.

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
use order::{Kind, LEAF, Order, STEP};
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

/// Marks the kind of a run whose operands lie evenly, piece by piece.
const EVEN: u32 = 1 << 31;

/// Gates of one kind whose results lie side by side, or a step.
#[derive(Clone, Copy, Debug)]
struct Run {
    kind: u32,
    /// How many gates; of a step, which.
    count: u32,
}

impl Plan {
    /// Compiles a graph, in time linear in its size.
    pub fn new(graph: &Graph) -> Self {
        let order = Order::new(graph);
        let mut plan = Self {
            offsets: vec![0; graph.len()],
            ..Self::default()
        };
        let mut widest = 1;
        let mut like = Vec::new();
        let mut made_by = vec![0; graph.len()];
        for (kind, gates) in order.runs() {
            if kind <= STEP {
                for &node in gates {
                    let id = NodeId::new(node as usize);
                    let len = slots(graph, graph.node(id).shape);
                    plan.offsets[node as usize] = plan.length as u32;
                    plan.length += len;
                    widest = widest.max(len);
                    if kind == STEP {
                        let count = plan.steps.push(graph, id, &plan.offsets, len);
                        plan.tape.push(Run { kind, count });
                    }
                }
                if kind == LEAF {
                    plan.leaves = plan.length;
                }
                continue;
            }
            order::alike(graph, gates, &made_by, &mut like);
            let gates = &mut like;
            let arity = order.kinds[kind as usize].arity as usize;
            let start = plan.operands.len();
            for place in 0..arity {
                plan.operands.extend(gates.iter().map(|&node| {
                    let operand = graph.operand(NodeId::new(node as usize), place);
                    plan.offsets[operand.index()]
                }));
            }
            even::ascend(&mut plan.operands[start..], gates);
            for &mut node in &mut *gates {
                plan.offsets[node as usize] = plan.length as u32;
                made_by[node as usize] = plan.tape.len() as u32 + 1;
                plan.length += 1;
            }
            let count = gates.len() as u32;
            let even = even::pieces(&plan.operands[start..], gates.len());
            let kind = if let Some(even) = even {
                plan.operands.truncate(start);
                plan.operands.extend(even);
                kind | EVEN
            } else {
                kind
            };
            plan.tape.push(Run { kind, count });
        }
        plan.kinds = order.kinds;
        plan.zeros = plan.length;
        plan.length += widest;
        plan
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
        let gates = self.tape.iter().filter(|run| run.kind != STEP);
        self.steps.len() + gates.map(|run| run.count as usize).sum::<usize>()
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
            let count = run.count as usize;
            if run.kind == STEP {
                let (from, rest) = arena.split_at_mut(at);
                at += self.steps.run(count, from, rest);
                continue;
            }
            let Kind { arithmetic, arity } = self.kinds[(run.kind & !EVEN) as usize];
            let arity = arity as usize;
            if run.kind & EVEN != 0 {
                let (from, mut rest) = arena.split_at_mut(at);
                let end = at + count;
                while at < end {
                    let (piece, after) = next.split_at(2 + even::NUMBERS * arity);
                    let (out, further) = rest.split_at_mut(piece[0] as usize);
                    at += out.len();
                    let (row, slots) = (piece[1] as usize, &piece[2..]);
                    Even { from, row, slots }.write(out, arithmetic, arity);
                    (next, rest) = (after, further);
                }
                continue;
            }
            let (slots, after) = next.split_at(count * arity);
            next = after;
            if count == 1
                && let Some(value) = gates::single(arithmetic, arena, slots)
            {
                arena[at] = value;
            } else {
                let (from, rest) = arena.split_at_mut(at);
                Scattered { from, slots }.write(&mut rest[..count], arithmetic, arity);
            }
            at += count;
        }
    }
}

/// Number of slots a value of a shape takes.
pub fn slots(graph: &Graph, shape: ShapeId) -> usize {
    shape::elements(graph.shapes.get(shape)).unwrap_or(usize::MAX)
}
