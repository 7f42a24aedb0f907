//! The values of what goes over whole rows: reductions, softmax, losses.

use super::gate::Gate;
use super::read::Reading;
use super::terms::{called, equal, over, sum};
use super::{Told, number};
use crate::lesson::math::{self, As, Math, op, row};
use crate::op::{Form, Op};
use crate::shape::Axes;
use crate::shape::{group, members};

impl Gate<'_> {
    /// The elements of the operand that are taken together for an element of the value.
    pub fn members(&self, element: usize) -> Vec<usize> {
        let (shape, axes) = (self.shape_of(0), self.axes());
        match self.op.info().form {
            Form::Along => members(shape, axes, group(shape, axes, element)),
            _ => members(shape, axes, element),
        }
    }

    /// The axes that a reduction goes over.
    pub fn axes(&self) -> Axes {
        self.op.axes().unwrap_or_default()
    }

    /// `mean = (x[0] + x[1])/2 = 0.5`
    pub fn tell_mean(&self, of: &[usize], told: &mut Told) {
        let terms = sum(of.len(), |i| self.x(0, of[i]));
        let total: f64 = of.iter().map(|&at| self.at(0, at)).sum();
        let mean = self.known().then_some(total / of.len() as f64);
        told.write(equal(vec![
            math::function("mean"),
            over(terms, of.len()),
            number(mean.as_ref(), true, As::Value),
        ]));
    }

    /// A reduction, or what depends on all of a row.
    pub fn tell_row(&self, element: usize, told: &mut Told) {
        let of = &self.members(element);
        if matches!(self.op, Op::Var(_) | Op::Std(_)) {
            self.tell_mean(of, told);
        }
        self.tell_read(element, told);
        if matches!(self.op, Op::Max(_) | Op::Min(_)) && self.known() {
            self.tell_winner(element, of, told);
        }
    }

    /// Which of some elements is the greatest.
    fn tell_winner(&self, element: usize, of: &[usize], told: &mut Told) {
        let Some(&value) = self.values().get(element) else {
            return;
        };
        let won: Vec<usize> = of
            .iter()
            .copied()
            .filter(|&at| self.at(0, at) == value)
            .collect();
        let which = self.extreme();
        let Some(&first) = won.first() else {
            return;
        };
        let words = match won.len() {
            1 => format!("is the {which}"),
            2 => format!("is the {which}, and so is 1 more"),
            more => format!("is the {which}, and so are {} more", more - 1),
        };
        told.write(row(vec![self.x(0, first), math::text(words)]));
    }

    /// What a maximum or minimum looks for.
    pub fn extreme(&self) -> &'static str {
        match self.op {
            Op::Min(_) | Op::Minimum => "least",
            _ => "greatest",
        }
    }

    /// How many rows and classes a loss goes over.
    pub fn rows(&self) -> (usize, usize) {
        let classes = self.shape_of(0).last().copied().unwrap_or(1);
        let rows = self.operands[0].values.len() / classes.max(1);
        (rows, classes)
    }

    /// `softmax(s)[0, 2]`
    pub fn softmax(&self, at: usize) -> Math {
        let (name, place) = self.operands[0].place(self.graph(), at);
        math::at(&called("softmax", name), &place)
    }

    /// `log softmax(s)[0, 2]`
    pub fn log_softmax(&self, at: usize) -> Math {
        row(vec![
            math::function("log"),
            op("\u{2062}"),
            self.softmax(at),
        ])
    }

    /// The class that a row asks for; none where it is not one alone.
    pub fn class(&self, row: usize) -> Option<usize> {
        let (_, classes) = self.rows();
        let right = self.operands[1].values;
        let row = right.get(row * classes..(row + 1) * classes)?;
        let class = row.iter().position(|&part| part == 1.0)?;
        let others = row.iter().filter(|&&part| part != 0.0).count();
        (others == 1).then_some(class)
    }

    /// The formula of a loss over its rows.
    pub fn tell_loss(&self, element: usize, told: &mut Told) {
        let (rows, _) = self.rows();
        if self.op == Op::HingeLoss && (0..rows).any(|row| self.class(row).is_none()) {
            told.say("a row asks for no class that there is");
            return;
        }
        self.tell_read(element, told);
    }

    /// What the definition makes of the elements.
    fn tell_read(&self, element: usize, told: &mut Told) {
        let reading = Reading::new(self, "·");
        let names = reading.made(element);
        let numbers = Reading::new(self, "×").made(element);
        self.made(element, names, numbers, reading.terms.get(), told);
    }
}
