//! A graph compiled to a tape over one arena of numbers.
//!
//! Every node has a run of slots in the arena, in index order, so that what a
//! step reads always lies before what it writes. Running allocates nothing.

mod kernel;
mod walk;

use crate::graph::{Graph, NodeId};
use crate::op::{Kernel, Op, extreme};
use crate::shape::{self, ShapeId};
use kernel::Statistic;
use walk::{Rows, Walk};

/// A tape, and where each node's value lies.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    offsets: Vec<u32>,
    tape: Vec<Step>,
    /// Operands of the steps that have more than two.
    many: Vec<u32>,
    walks: Vec<Walk>,
    rows: Vec<Rows>,
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
    Three(fn(f64, f64, f64) -> f64),
    Add,
    Mul,
    AddMany,
    Extreme(bool),
    Winner(u16, bool),
    Copy,
    Sum,
    ProductOver,
    ExtremeOver(bool),
    Statistic(Statistic),
    Softmax(bool),
    /// Reads where a walk says.
    Gather,
    /// Writes where a walk says, and zeros elsewhere.
    Scatter,
    Concat,
    OneHot,
    Transpose,
    Matmul,
    Mse,
    CrossEntropy,
    Bce,
    Hinge,
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
            Op::Sum(axes) | Op::Prod(axes) | Op::Max(axes) | Op::Min(axes) => {
                b = self.walk(Walk::over(graph.shape(first), axes));
                match op {
                    Op::Sum(_) => StepKind::Sum,
                    Op::Prod(_) => StepKind::ProductOver,
                    _ => StepKind::ExtremeOver(matches!(op, Op::Min(_))),
                }
            }
            Op::Mean(axes)
            | Op::Var(axes)
            | Op::Std(axes)
            | Op::Norm(axes)
            | Op::LogSumExp(axes)
            | Op::Softmax(axes)
            | Op::LogSoftmax(axes) => {
                self.rows.push(Rows::new(graph.shape(first), axes));
                b = self.rows.len() as u32 - 1;
                match op {
                    Op::Mean(_) => StepKind::Statistic(Statistic::Mean),
                    Op::Var(_) => StepKind::Statistic(Statistic::Var),
                    Op::Std(_) => StepKind::Statistic(Statistic::Std),
                    Op::Norm(_) => StepKind::Statistic(Statistic::Norm),
                    Op::LogSumExp(_) => StepKind::Statistic(Statistic::LogSumExp),
                    _ => StepKind::Softmax(matches!(op, Op::LogSoftmax(_))),
                }
            }
            Op::Broadcast(axes) => {
                b = self.walk(Walk::over(graph.shape(node), axes));
                StepKind::Gather
            }
            Op::Permute(order) => {
                let order = graph.shapes.get(order);
                b = self.walk(Walk::permuted(graph.shape(first), order));
                StepKind::Gather
            }
            Op::Slice(cuts) => {
                b = self.walk(Walk::cut(graph.shape(first), graph.shapes.cuts(cuts)));
                StepKind::Gather
            }
            Op::Scatter(cuts) => {
                b = self.walk(Walk::cut(graph.shape(node), graph.shapes.cuts(cuts)));
                StepKind::Scatter
            }
            Op::Concat(axis) => {
                // Each operand, and where its run ends in each block of the result.
                a = self.many.len() as u32;
                b = count as u32;
                let behind = |x: NodeId| graph.shape(x)[axis as usize..].iter().product::<usize>();
                for x in graph.operands(node) {
                    let place = [self.offsets[x.index()], behind(x) as u32];
                    self.many.extend(place);
                }
                self.many.push(behind(node) as u32);
                StepKind::Concat
            }
            Op::OneHot => {
                b = graph.shape(node).last().copied().unwrap_or(1) as u32;
                StepKind::OneHot
            }
            Op::MseLoss | Op::BceLoss | Op::CrossEntropy | Op::HingeLoss => {
                a = self.many.len() as u32;
                let operands = graph.operands(node).map(|x| self.offsets[x.index()]);
                self.many.extend(operands);
                let shape = graph.shape(first);
                let size = shape.iter().product::<usize>() as u32;
                let classes = shape.last().copied().unwrap_or(1) as u32;
                self.many.extend([size, classes]);
                match op {
                    Op::MseLoss => StepKind::Mse,
                    Op::BceLoss => StepKind::Bce,
                    Op::CrossEntropy => StepKind::CrossEntropy,
                    _ => StepKind::Hinge,
                }
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
            _ => match op.info().kernel {
                Kernel::One(f) => StepKind::One(f),
                Kernel::Two(f) => StepKind::Two(f),
                Kernel::Three(f) => {
                    let operands = graph.operands(node).map(|x| self.offsets[x.index()]);
                    a = self.many.len() as u32;
                    self.many.extend(operands);
                    StepKind::Three(f)
                }
                // Inputs and constants, which have no operands.
                Kernel::Array => return,
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

    fn walk(&mut self, walk: Walk) -> u32 {
        self.walks.push(walk);
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
            StepKind::Three(f) => {
                let [x, y, z] = [0, 1, 2].map(|i| &before[self.many[a + i] as usize..]);
                for (i, o) in out.iter_mut().enumerate() {
                    *o = f(x[i], y[i], z[i]);
                }
            }
            StepKind::Extreme(least) => {
                let operands = &self.many[a..a + b];
                kernel::fold_many(out, before, operands, |m, x| extreme(least, m, x));
            }
            StepKind::Winner(slot, least) => {
                kernel::winner(out, before, &self.many[a..a + b], slot as usize, least);
            }
            StepKind::Sum => kernel::sum(out, &before[a..], &self.walks[b]),
            StepKind::ProductOver => kernel::product(out, &before[a..], &self.walks[b]),
            StepKind::ExtremeOver(least) => {
                kernel::extreme_over(out, &before[a..], &self.walks[b], least);
            }
            StepKind::Statistic(which) => {
                kernel::statistic(out, &before[a..], &self.rows[b], which);
            }
            StepKind::Softmax(false) => kernel::softmax(out, &before[a..], &self.rows[b]),
            StepKind::Softmax(true) => kernel::log_softmax(out, &before[a..], &self.rows[b]),
            StepKind::Gather => {
                let from = &before[a..];
                self.walks[b].each(|own, other| out[own] = from[other]);
            }
            StepKind::Scatter => {
                let from = &before[a..];
                out.fill(0.0);
                self.walks[b].each(|own, other| out[other] = from[own]);
            }
            StepKind::Concat => {
                let whole = self.many[a + 2 * b] as usize;
                let mut at = 0;
                for part in self.many[a..a + 2 * b].chunks(2) {
                    let (start, len) = (part[0] as usize, part[1] as usize);
                    for (i, block) in out.chunks_mut(whole.max(1)).enumerate() {
                        block[at..at + len].copy_from_slice(&before[start + i * len..][..len]);
                    }
                    at += len;
                }
            }
            StepKind::OneHot => kernel::one_hot(out, &before[a..], b),
            StepKind::Mse | StepKind::Bce => {
                let size = self.many[a + 2] as usize;
                let [x, y] = [0, 1].map(|i| &before[self.many[a + i] as usize..][..size]);
                out[0] = match step.kind {
                    StepKind::Mse => kernel::mse(x, y),
                    _ => kernel::bce(x, y),
                };
            }
            StepKind::CrossEntropy => {
                let (size, classes) = (self.many[a + 2] as usize, self.many[a + 3] as usize);
                let [x, y] = [0, 1].map(|i| &before[self.many[a + i] as usize..][..size]);
                out[0] = kernel::cross_entropy(x, y, classes);
            }
            StepKind::Hinge => {
                let (size, classes) = (self.many[a + 3] as usize, self.many[a + 4] as usize);
                let [x, y, z] = [0, 1, 2].map(|i| &before[self.many[a + i] as usize..][..size]);
                out[0] = kernel::hinge(x, y, z, classes);
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
