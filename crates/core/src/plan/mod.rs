//! A graph compiled to a tape over one arena of numbers.
//!
//! Every node has a run of slots in the arena, in index order, so that what a
//! step reads always lies before what it writes. Running allocates nothing.

mod kernel;

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::shape::{self, Axes, ShapeId};
use kernel::Walk;

/// A tape, and where each node's value lies.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    offsets: Vec<u32>,
    tape: Vec<Step>,
    /// Operands of the steps that have more than two.
    many: Vec<u32>,
    walks: Vec<Walk>,
    products: Vec<Product>,
    zeros: usize,
    length: usize,
}

/// One operation on runs of slots.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: StepKind,
    /// First slot written.
    out: u32,
    /// How many.
    len: u32,
    /// First slot of the first operand, or an index into `many`.
    a: u32,
    /// The same of the second; a count for `many`; an index into `walks` or `products`.
    b: u32,
}

#[derive(Clone, Copy, Debug)]
enum StepKind {
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Add,
    Mul,
    AddMany,
    Extreme(bool),
    Winner(u16, bool),
    Copy,
    Sum,
    Mean,
    ExtremeOver(bool),
    Spread,
    Transpose,
    Matmul,
}

/// Sizes of a matrix product (rows × inner) (inner × columns), or of a
/// transposition of (rows × columns), repeated.
#[derive(Clone, Copy, Debug)]
struct Product {
    repeats: usize,
    rows: usize,
    inner: usize,
    columns: usize,
}

impl Plan {
    /// Compiles a graph.
    pub fn new(graph: &Graph) -> Self {
        let mut plan = Self::default();
        let mut widest = 1;
        for node in graph.nodes() {
            let len = graph.shape(node).iter().product::<usize>();
            plan.offsets.push(plan.length as u32);
            plan.length += len;
            widest = widest.max(len);
            plan.compile(graph, node, len as u32);
        }
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

    /// Number of steps of one run.
    pub fn steps(&self) -> usize {
        self.tape.len()
    }

    /// A new arena: constants and inputs in their places, the rest not yet run.
    pub fn arena(&self, graph: &Graph) -> Vec<f64> {
        let mut arena = vec![0.0; self.length];
        for node in graph.nodes() {
            if let Some(value) = graph.constant(node) {
                let start = self.offset(node);
                let len = graph.shape(node).iter().product::<usize>();
                arena[start..start + len].fill(value);
            }
        }
        for input in graph.inputs() {
            let start = self.offset(input.node);
            arena[start..start + input.value.len()].copy_from_slice(&input.value);
        }
        arena
    }

    fn compile(&mut self, graph: &Graph, node: NodeId, len: u32) {
        let op = graph.node(node).op;
        let count = graph.arity(node);
        if count == 0 {
            return;
        }
        let slot = |i: usize| self.offsets[graph.operand(node, i).index()];
        let (mut a, mut b) = (slot(0), if count == 2 { slot(1) } else { 0 });
        let first = graph.operand(node, 0);
        let kind = match op {
            Op::Add if count == 2 => StepKind::Add,
            Op::Mul => StepKind::Mul,
            Op::Add | Op::Maximum | Op::Minimum | Op::Winner(..) => {
                let operands = graph.operands(node).map(|x| self.offsets[x.index()]);
                (a, b) = (self.many.len() as u32, count as u32);
                self.many.extend(operands);
                match op {
                    Op::Winner(slot, least) => StepKind::Winner(slot, least),
                    Op::Add => StepKind::AddMany,
                    _ => StepKind::Extreme(op == Op::Minimum),
                }
            }
            Op::Sum(axes) | Op::Mean(axes) | Op::Max(axes) | Op::Min(axes) => {
                b = self.walk(graph.shape(first), axes);
                match op {
                    Op::Sum(_) => StepKind::Sum,
                    Op::Mean(_) => StepKind::Mean,
                    _ => StepKind::ExtremeOver(matches!(op, Op::Min(_))),
                }
            }
            Op::Broadcast(axes) => {
                b = self.walk(graph.shape(node), axes);
                StepKind::Spread
            }
            Op::Reshape => StepKind::Copy,
            Op::Transpose => {
                b = self.product(graph.shape(first), graph.shape(first));
                StepKind::Transpose
            }
            Op::Matmul => {
                let (left, right) = (graph.shape(first), graph.shape(graph.operand(node, 1)));
                let product = self.product(left, right);
                (a, b) = (self.many.len() as u32, product);
                let (left, right) = (graph.operand(node, 0), graph.operand(node, 1));
                self.many
                    .extend([left, right].map(|x| self.offsets[x.index()]));
                StepKind::Matmul
            }
            _ => match (op.of_one(), op.of_two()) {
                (Some(f), _) => StepKind::One(f),
                (_, Some(f)) => StepKind::Two(f),
                // Inputs and constants, which have no operands.
                _ => return,
            },
        };
        let out = self.offsets[node.index()];
        self.tape.push(Step {
            kind,
            out,
            len,
            a,
            b,
        });
    }

    fn walk(&mut self, shape: &[usize], axes: Axes) -> u32 {
        self.walks.push(Walk::new(shape, axes));
        self.walks.len() as u32 - 1
    }

    fn product(&mut self, left: &[usize], right: &[usize]) -> u32 {
        let last = |shape: &[usize], back| shape.len().checked_sub(back).map_or(1, |i| shape[i]);
        self.products.push(Product {
            repeats: left.iter().rev().skip(2).product(),
            rows: last(left, 2),
            inner: last(left, 1),
            columns: last(right, 1),
        });
        self.products.len() as u32 - 1
    }

    /// Runs the tape: every node's value follows from the inputs.
    pub fn run(&self, arena: &mut [f64]) {
        for step in &self.tape {
            self.step(step, arena);
        }
    }

    fn step(&self, step: &Step, arena: &mut [f64]) {
        let (a, b, len) = (step.a as usize, step.b as usize, step.len as usize);
        let (before, rest) = arena.split_at_mut(step.out as usize);
        let out = &mut rest[..len];
        match step.kind {
            StepKind::Add => kernel::two(out, &before[a..], &before[b..], |x, y| x + y),
            StepKind::Mul => kernel::two(out, &before[a..], &before[b..], |x, y| x * y),
            StepKind::Two(f) => kernel::two(out, &before[a..], &before[b..], f),
            StepKind::One(f) => {
                for (o, &x) in out.iter_mut().zip(&before[a..]) {
                    *o = f(x);
                }
            }
            StepKind::Copy => out.copy_from_slice(&before[a..a + len]),
            StepKind::AddMany => {
                let terms = &self.many[a..a + b];
                kernel::fold_many(out, before, terms, |sum, x| sum + x);
            }
            StepKind::Extreme(least) => {
                let operands = &self.many[a..a + b];
                kernel::fold_many(out, before, operands, |m, x| Op::extreme(least, m, x));
            }
            StepKind::Winner(slot, least) => {
                kernel::winner(out, before, &self.many[a..a + b], slot as usize, least);
            }
            StepKind::Sum => kernel::sum(out, &before[a..], &self.walks[b]),
            StepKind::Mean => kernel::mean(out, &before[a..], &self.walks[b]),
            StepKind::ExtremeOver(least) => {
                kernel::extreme(out, &before[a..], &self.walks[b], least);
            }
            StepKind::Spread => {
                let from = &before[a..];
                self.walks[b].each(|big, small| out[big] = from[small]);
            }
            StepKind::Transpose => {
                let p = self.products[b];
                kernel::transpose(out, &before[a..], p.repeats, p.rows, p.inner);
            }
            StepKind::Matmul => {
                let (left, right) = (self.many[a] as usize, self.many[a + 1] as usize);
                kernel::matmul(out, &before[left..], &before[right..], self.products[b]);
            }
        }
    }
}

/// Number of slots a value of a shape takes.
pub fn slots(graph: &Graph, shape: ShapeId) -> usize {
    shape::elements(graph.shapes.get(shape)).unwrap_or(usize::MAX)
}
