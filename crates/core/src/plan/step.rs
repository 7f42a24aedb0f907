//! The steps of a tape that write whole values.

use super::even::{self, Even};
use super::gates::{self, Arithmetic, Operands};
use super::gemm::{self, Sizes};
use super::kernel::{self, Statistic};
use super::walk::{Rows, Walk};
use crate::graph::{Graph, NodeId};
use crate::op::{Op, extreme};
use crate::shape::place;

/// Steps, and the tables they refer to.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    list: Vec<Step>,
    /// Of each step where its operands are, and further numbers.
    numbers: Vec<u32>,
    walks: Vec<Walk>,
    rows: Vec<Rows>,
}

/// One operation on whole values.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: StepKind,
    /// How many slots are written.
    len: u32,
    /// How many operands there are.
    arity: u32,
    /// Where its part of the numbers begins.
    numbers: u32,
}

/// What a step does; a number is an index into the walks or the rows.
#[derive(Clone, Copy, Debug)]
enum StepKind {
    Elementwise(Arithmetic),
    Sum(u32),
    Prod(u32),
    Extreme(u32, bool),
    Statistic(u32, Statistic),
    Softmax(u32),
    LogSoftmax(u32),
    Gather(u32),
    Scatter(u32),
    /// Elements before the axes and behind them, how many indices each has, and the sizes
    /// of the axes; whether they are put.
    Take(bool),
    /// Elements along the axis, and behind it; whether from the end.
    CumSum(bool),
    /// For each operand how much of it lies in each block of the result, and how
    /// long a block is.
    Concat,
    /// How many classes there are.
    OneHot,
    /// How often, rows, inner size and columns.
    Matmul,
    /// The losses: elements of an operand, and how many of them are a row.
    Mse,
    CrossEntropy,
    Bce,
    Hinge,
}

impl Steps {
    /// Appends the step that computes a node, and says which one it is.
    pub fn push(&mut self, graph: &Graph, node: NodeId, offsets: &[u32], len: usize) -> u32 {
        let arity = graph.arity(node) as u32;
        let numbers = self.numbers.len() as u32;
        let slot = |x: NodeId| offsets[x.index()];
        let kind = if let Some(arithmetic) = Arithmetic::of(gates::operation(graph, node), arity) {
            for x in graph.operands(node) {
                // Where all elements are the same, one of them is read.
                let same = graph.constant(x).is_some();
                self.numbers.extend([slot(x), u32::from(!same), 0]);
            }
            StepKind::Elementwise(arithmetic)
        } else {
            self.numbers.extend(graph.operands(node).map(slot));
            self.kind(graph, node)
        };
        self.list.push(Step {
            kind,
            len: len as u32,
            arity,
            numbers,
        });
        self.list.len() as u32 - 1
    }

    fn kind(&mut self, graph: &Graph, node: NodeId) -> StepKind {
        let own = graph.shape(node);
        let first = graph.shape(graph.operand(node, 0));
        let last = |shape: &[usize], back| shape.len().checked_sub(back).map_or(1, |i| shape[i]);
        match graph.node(node).op {
            Op::Sum(axes) => StepKind::Sum(self.walk(Walk::over(first, axes))),
            Op::Prod(axes) => StepKind::Prod(self.walk(Walk::over(first, axes))),
            Op::Max(axes) => StepKind::Extreme(self.walk(Walk::over(first, axes)), false),
            Op::Min(axes) => StepKind::Extreme(self.walk(Walk::over(first, axes)), true),
            Op::Broadcast(axes) => StepKind::Gather(self.walk(Walk::over(own, axes))),
            Op::Permute(order) => {
                let order = graph.shapes.permutation(order, first.len());
                StepKind::Gather(self.walk(Walk::permuted(first, &order)))
            }
            Op::Slice(cuts) => {
                StepKind::Gather(self.walk(Walk::cut(first, graph.shapes.cuts(cuts))))
            }
            Op::Scatter(cuts) => {
                StepKind::Scatter(self.walk(Walk::cut(own, graph.shapes.cuts(cuts))))
            }
            op @ (Op::Take(axis) | Op::Put(axis)) => {
                let puts = matches!(op, Op::Put(_));
                let whole = if puts { own } else { first };
                let (before, rest) = whole.split_at(usize::from(axis));
                let (along, behind) = rest.split_at(graph.arity(node) - 1);
                let count = |sizes: &[usize]| sizes.iter().product::<usize>();
                let indices = count(graph.shape(graph.operand(node, 1)));
                let sizes = [count(before), count(behind), indices];
                self.numbers
                    .extend(sizes.iter().chain(along).map(|&size| size as u32));
                StepKind::Take(puts)
            }
            Op::CumSum(axis, back) => {
                let behind = &own[usize::from(axis)..];
                let sizes = [behind[0], behind[1..].iter().product()];
                self.numbers.extend(sizes.map(|size| size as u32));
                StepKind::CumSum(back)
            }
            op @ (Op::Mean(axes)
            | Op::Var(axes)
            | Op::Std(axes)
            | Op::Norm(axes)
            | Op::LogSumExp(axes)
            | Op::Softmax(axes)
            | Op::LogSoftmax(axes)) => {
                let rows = self.rows.len() as u32;
                self.rows.push(Rows::new(first, axes));
                match op {
                    Op::Mean(_) => StepKind::Statistic(rows, Statistic::Mean),
                    Op::Var(_) => StepKind::Statistic(rows, Statistic::Var),
                    Op::Std(_) => StepKind::Statistic(rows, Statistic::Std),
                    Op::Norm(_) => StepKind::Statistic(rows, Statistic::Norm),
                    Op::LogSumExp(_) => StepKind::Statistic(rows, Statistic::LogSumExp),
                    Op::Softmax(_) => StepKind::Softmax(rows),
                    _ => StepKind::LogSoftmax(rows),
                }
            }
            Op::Concat(axis) => {
                let behind = |x: NodeId| graph.shape(x)[axis as usize..].iter().product::<usize>();
                let parts = graph.operands(node).chain([node]);
                self.numbers.extend(parts.map(|x| behind(x) as u32));
                StepKind::Concat
            }
            Op::OneHot => {
                self.numbers.push(last(own, 1) as u32);
                StepKind::OneHot
            }
            Op::Matmul => {
                let right = graph.shape(graph.operand(node, 1));
                let repeats = first.iter().rev().skip(2).product();
                let sizes = [repeats, last(first, 2), last(first, 1), last(right, 1)];
                self.numbers.extend(sizes.map(|size| size as u32));
                StepKind::Matmul
            }
            op => {
                let size = first.iter().product::<usize>();
                self.numbers.extend([size as u32, last(first, 1) as u32]);
                match op {
                    Op::MseLoss => StepKind::Mse,
                    Op::BceLoss => StepKind::Bce,
                    Op::CrossEntropy => StepKind::CrossEntropy,
                    _ => StepKind::Hinge,
                }
            }
        }
    }

    fn walk(&mut self, walk: Walk) -> u32 {
        self.walks.push(walk);
        self.walks.len() as u32 - 1
    }

    /// Does one step: reads what lies before its result, writes that at the start
    /// of `rest`, and says how much it is.
    pub fn run(&self, which: usize, from: &[f64], rest: &mut [f64]) -> usize {
        let step = self.list[which];
        let len = step.len as usize;
        let out = &mut rest[..len];
        let arity = step.arity as usize;
        let numbers = &self.numbers[step.numbers as usize..];
        if let StepKind::Elementwise(arithmetic) = step.kind {
            let slots = &numbers[..even::NUMBERS * arity];
            let row = len.max(1);
            Even { from, row, slots }.write(out, arithmetic, arity);
            return len;
        }
        let (slots, numbers) = numbers.split_at(arity);
        let number = |i: usize| numbers[i] as usize;
        let operand = |i: usize| &from[slots[i] as usize..];
        let walk = |i: u32| &self.walks[i as usize];
        let rows = |i: u32| &self.rows[i as usize];
        match step.kind {
            StepKind::Elementwise(_) => {}
            StepKind::Sum(i) => {
                out.fill(0.0);
                kernel::fold(out, operand(0), walk(i), |sum, x| sum + x);
            }
            StepKind::Prod(i) => {
                out.fill(1.0);
                kernel::fold(out, operand(0), walk(i), |product, x| product * x);
            }
            StepKind::Extreme(i, least) => {
                let none = if least { f64::INFINITY } else { -f64::INFINITY };
                out.fill(none);
                kernel::fold(out, operand(0), walk(i), |m, x| extreme(least, m, x));
            }
            StepKind::Statistic(i, which) => kernel::statistic(out, operand(0), rows(i), which),
            StepKind::Softmax(i) => kernel::softmax(out, operand(0), rows(i)),
            StepKind::LogSoftmax(i) => kernel::log_softmax(out, operand(0), rows(i)),
            StepKind::Gather(i) => kernel::gather(out, operand(0), walk(i)),
            StepKind::Scatter(i) => kernel::scatter(out, operand(0), walk(i)),
            StepKind::Take(puts) => {
                let [before, behind, count] = [0, 1, 2].map(number);
                let sizes = 0..arity - 1;
                let each = sizes.clone().map(|i| number(3 + i)).product();
                let index = |at: usize| {
                    sizes.clone().try_fold(0, |flat, i| {
                        let size = number(3 + i);
                        Some(flat * size + place(operand(1 + i)[at], size)?)
                    })
                };
                let sizes = [before, each, behind, count];
                if puts {
                    kernel::put(out, operand(0), sizes, index);
                } else {
                    kernel::take(out, operand(0), sizes, index);
                }
            }
            StepKind::CumSum(back) => kernel::cum_sum(out, operand(0), [0, 1].map(number), back),
            StepKind::Concat => {
                let whole = number(arity);
                let mut at = 0;
                for part in 0..arity {
                    let (operand, len) = (operand(part), number(part));
                    for (i, block) in out.chunks_mut(whole.max(1)).enumerate() {
                        block[at..at + len].copy_from_slice(&operand[i * len..][..len]);
                    }
                    at += len;
                }
            }
            StepKind::OneHot => kernel::one_hot(out, operand(0), number(0)),
            StepKind::Matmul => {
                let [rows, inner, columns] = [1, 2, 3].map(number);
                let sizes = Sizes {
                    rows,
                    inner,
                    columns,
                };
                for i in 0..number(0) {
                    gemm::product(
                        &mut out[i * rows * columns..][..rows * columns],
                        &operand(0)[i * rows * inner..][..rows * inner],
                        &operand(1)[i * inner * columns..][..inner * columns],
                        sizes,
                    );
                }
            }
            StepKind::Mse | StepKind::Bce | StepKind::CrossEntropy | StepKind::Hinge => {
                let (size, classes) = (number(0), number(1));
                let value = |i: usize| &operand(i)[..size];
                out[0] = match step.kind {
                    StepKind::Mse => kernel::mse(value(0), value(1)),
                    StepKind::Bce => kernel::bce(value(0), value(1)),
                    StepKind::CrossEntropy => kernel::cross_entropy(value(0), value(1), classes),
                    _ => kernel::hinge(value(0), value(1), value(2), classes),
                };
            }
        }
        len
    }
}
