//! The arithmetic that made an element of a gate's value.

use super::Told;
use super::gate::Gate;
use super::places::{Source, source};
use super::terms::{equal, lines, sum, times};
use crate::definition::rule::formula;
use crate::lesson::formula::{Leaves, Write};
use crate::lesson::math::{self, As, Math, row, text};
use crate::modes::{Run, local_row};
use crate::op::{Domain, Form, Op};

impl Gate<'_> {
    /// Tells how an element was made.
    pub fn tell(&self, element: usize, told: &mut Told) {
        for slot in 0..self.operands.len() {
            let used = self.reads(slot, element);
            if used.is_empty() && source(self.graph(), self.node, element).is_some() {
                continue;
            }
            self.carry(slot, told);
            self.light(slot, used, told);
        }
        match self.op {
            Op::Matmul => self.tell_matmul(element, told),
            Op::OneHot => self.tell_one_hot(element, told),
            op if op.info().form == Form::Elementwise => self.tell_elementwise(element, told),
            op => match source(self.graph(), self.node, element) {
                Some(moved) => self.tell_moved(element, moved, told),
                None if op.info().form == Form::Loss => self.tell_loss(element, told),
                None if op.info().form == Form::Own => self.tell_sum(element, told),
                None => self.tell_row(element, told),
            },
        }
    }

    /// The elements of an operand that an element of the value is made of.
    fn reads(&self, slot: usize, element: usize) -> Vec<usize> {
        let graph = self.graph();
        if let Some(moved) = source(graph, self.node, element) {
            return match moved {
                Source::From(at, from) if at == slot => vec![from],
                _ => Vec::new(),
            };
        }
        match self.op {
            Op::Matmul => {
                let product = self.product();
                let pairs = (0..product.inner).map(|k| product.pair(element, k));
                pairs.map(|pair| pair[slot.min(1)]).collect()
            }
            Op::OneHot => vec![element / self.classes()],
            op => match op.info().form {
                Form::Elementwise => vec![element],
                Form::Loss => (0..self.operands[slot].values.len()).collect(),
                // The index that names it.
                Form::Own if self.op.domain(slot) == Some(Domain::Class) => {
                    self.index_of(slot, element).into_iter().collect()
                }
                Form::Own => {
                    let run = Run::of(self.now.model, self.now.arena);
                    let row = local_row(run, self.node, slot, element).into_iter();
                    row.map(|entry| entry.0).collect()
                }
                _ => self.members(element),
            },
        }
    }

    /// The index in an operand that names what an element was taken from.
    fn index_of(&self, slot: usize, element: usize) -> Option<usize> {
        let Op::Take(axis) = self.op else {
            return None;
        };
        let behind = self
            .shape_of(0)
            .get(usize::from(axis) + self.operands.len() - 1..)?;
        let inner: usize = behind.iter().product();
        let count: usize = self.shape_of(slot).iter().product();
        Some(element / inner.max(1) % count.max(1))
    }

    /// How many classes a one-hot row has.
    fn classes(&self) -> usize {
        self.shape().last().copied().unwrap_or(1).max(1)
    }

    /// The shapes of a matrix product.
    pub fn product(&self) -> Product {
        let size = |slot: usize, back: usize| {
            let shape = self.shape_of(slot);
            shape.len().checked_sub(back).map_or(1, |at| shape[at])
        };
        Product {
            rows: size(0, 2),
            inner: size(0, 1),
            columns: size(1, 1),
        }
    }

    /// `y[0, 1] = x[0, 0]·w[0, 1] + …`, and `2 × 2 + … = −1`.
    pub fn made(&self, element: usize, names: Math, numbers: Math, count: usize, told: &mut Told) {
        let (y, result) = (self.y(element), self.y_number(element));
        for math in lines(y, names, numbers, result, count) {
            told.write(math);
        }
    }

    /// The same with what is called by its own formula.
    fn made_of(
        &self,
        element: usize,
        count: usize,
        told: &mut Told,
        write: impl Fn(&dyn Fn(usize, usize) -> Math, &'static str) -> Math,
    ) {
        let names = write(&|slot, at| self.x(slot, at), "·");
        let numbers = write(&|slot, at| self.x_number(slot, at), "×");
        self.made(element, names, numbers, count, told);
    }

    fn tell_matmul(&self, element: usize, told: &mut Told) {
        let product = self.product();
        self.made_of(element, product.inner, told, |x, sign| {
            sum(product.inner, |k| {
                let [a, b] = product.pair(element, k);
                times(x(0, a), x(1, b), sign)
            })
        });
    }

    fn tell_elementwise(&self, element: usize, told: &mut Told) {
        let Some(formula) = formula(self.graph(), self.node) else {
            return;
        };
        self.made_of(element, 1, told, |x, times| {
            formula.math(&Leaves {
                operands: (0..self.operands.len()).map(|at| x(at, element)).collect(),
                value: text(""),
                upstream: text(""),
                times,
            })
        });
    }

    fn tell_moved(&self, element: usize, moved: Source, told: &mut Told) {
        let mut pieces = vec![self.y(element)];
        match moved {
            Source::From(slot, from) => {
                pieces.extend([self.x(slot, from), self.x_number(slot, from)]);
            }
            Source::Zero => pieces.push(math::num(0.0, As::Value)),
        }
        told.write(equal(pieces));
        if moved == Source::Zero {
            told.say("nothing is put here");
        }
    }

    /// Of what adds elements up, as its operator says.
    fn tell_sum(&self, element: usize, told: &mut Told) {
        let of = self.reads(0, element);
        if of.is_empty() {
            return self.tell_moved(element, Source::Zero, told);
        }
        self.made_of(element, of.len(), told, |x, _| {
            sum(of.len(), |k| x(0, of[k]))
        });
    }

    fn tell_one_hot(&self, element: usize, told: &mut Told) {
        let classes = self.classes();
        let class = math::num((element % classes) as f64, As::Plain);
        self.made_of(element, 1, told, |x, _| {
            let holds = row(vec![x(0, element / classes), math::op("="), class.clone()]);
            math::fence("[", holds, "]")
        });
    }
}

/// The sizes of a matrix product over the last two axes.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

impl Product {
    /// The two elements that the k-th term of an element multiplies.
    pub fn pair(self, element: usize, k: usize) -> [usize; 2] {
        let (row, column) = (element / self.columns.max(1), element % self.columns.max(1));
        let batch = row / self.rows.max(1);
        [
            row * self.inner + k,
            (batch * self.inner + k) * self.columns + column,
        ]
    }

    /// For an element of an operand, the elements of the value that it goes into, each
    /// with the element of the other operand that it is multiplied with.
    pub fn uses(self, slot: usize, element: usize) -> Vec<[usize; 2]> {
        if slot == 0 {
            let (row, k) = (element / self.inner.max(1), element % self.inner.max(1));
            let batch = row / self.rows.max(1);
            let column = |j| {
                [
                    row * self.columns + j,
                    (batch * self.inner + k) * self.columns + j,
                ]
            };
            return (0..self.columns).map(column).collect();
        }
        let (line, j) = (element / self.columns.max(1), element % self.columns.max(1));
        let (batch, k) = (line / self.inner.max(1), line % self.inner.max(1));
        let row = |i| {
            let row = batch * self.rows + i;
            [row * self.columns + j, row * self.inner + k]
        };
        (0..self.rows).map(row).collect()
    }
}
