//! The values of what goes over whole rows: reductions, softmax, losses.

use super::Told;
use super::gate::Gate;
use super::terms::{
    called, equal, exp, less, listed, negative, over, product, squared, sum, times,
};
use crate::lesson::math::{self, As, Math, joined, op, row};
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

    /// The mean of some elements of the operand.
    pub fn mean(&self, of: &[usize]) -> f64 {
        let total: f64 = of.iter().map(|&at| self.at(0, at)).sum();
        total / of.len() as f64
    }

    /// What a mean is called in a formula, and its number.
    pub fn mean_named(&self, of: &[usize], sign: &str) -> Math {
        if sign == "·" {
            return math::function("mean");
        }
        if self.known() {
            math::num(self.mean(of), As::Value)
        } else {
            math::blank(As::Value)
        }
    }

    /// `mean = (x[0] + x[1])/2 = 0.5`
    pub fn tell_mean(&self, of: &[usize], told: &mut Told) {
        let total = sum(of.len(), |i| self.x(0, of[i]));
        told.write(equal(vec![
            math::function("mean"),
            over(total, of.len()),
            self.mean_named(of, "×"),
        ]));
    }

    /// A reduction, or what depends on all of a row.
    pub fn tell_row(&self, element: usize, told: &mut Told) {
        let of = &self.members(element);
        let n = of.len();
        if matches!(self.op, Op::Var(_) | Op::Std(_)) {
            self.tell_mean(of, told);
        }
        self.made_of(element, n, told, |x, sign| {
            let each = |i: usize| x(0, of[i]);
            let powers = || sum(n, |i| exp(each(i)));
            match self.op {
                Op::Mean(_) => over(sum(n, each), n),
                Op::Prod(_) => product(n, sign, each),
                Op::Max(_) => called("max", listed(n, ",", each)),
                Op::Min(_) => called("min", listed(n, ",", each)),
                Op::Var(_) | Op::Std(_) => {
                    let mean = self.mean_named(of, sign);
                    let each = |i| squared(less(each(i), mean.clone()));
                    let var = over(sum(n, each), n);
                    if matches!(self.op, Op::Std(_)) {
                        math::sqrt(var)
                    } else {
                        var
                    }
                }
                Op::Norm(_) => math::sqrt(sum(n, |i| squared(each(i)))),
                Op::LogSumExp(_) => called("log", powers()),
                Op::Softmax(_) => math::frac(exp(x(0, element)), powers()),
                Op::LogSoftmax(_) => less(x(0, element), called("log", powers())),
                _ => sum(n, each),
            }
        });
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

    /// The greatest score of the row of an element, and the log of the sum of the
    /// exponentials of the scores less it.
    fn row_of(&self, at: usize) -> (f64, f64) {
        let (_, classes) = self.rows();
        let start = at / classes.max(1) * classes;
        let scores = &self.operands[0].values;
        let scores = scores.get(start..start + classes).unwrap_or_default();
        let most = scores.iter().fold(f64::NEG_INFINITY, |most, &x| {
            crate::op::extreme(false, most, x)
        });
        let total: f64 = scores.iter().map(|x| (x - most).exp()).sum();
        (most, total.ln())
    }

    /// The log of the softmax of a loss's scores, and the softmax.
    pub fn log_softmax_value(&self, at: usize) -> f64 {
        let (most, log) = self.row_of(at);
        (self.at(0, at) - most) - log
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
        let n = self.operands[0].values.len();
        let (rows, classes) = self.rows();
        match self.op {
            Op::MseLoss => self.made_of(element, n, told, |x, _| {
                over(sum(n, |i| squared(less(x(0, i), x(1, i)))), n)
            }),
            Op::CrossEntropy => {
                // Nothing is asked of a class that has no part in the target.
                let asked = |&at: &usize| self.at(1, at) != 0.0;
                let asked: Vec<usize> = (0..n).filter(asked).collect();
                let hot = self.operands[1].is_one_hot(self.graph());
                self.made_of(element, asked.len(), told, |x, sign| {
                    let total = sum(asked.len(), |i| {
                        let at = asked[i];
                        let log = if sign == "·" {
                            self.log_softmax(at)
                        } else if self.known() {
                            math::num(self.log_softmax_value(at), As::Value)
                        } else {
                            math::blank(As::Value)
                        };
                        if hot { log } else { times(x(1, at), log, sign) }
                    });
                    negative(over(total, rows))
                });
            }
            Op::BceLoss => self.made_of(element, n, told, |x, sign| {
                let one = || math::num(1.0, As::Plain);
                let log = |of| called("log", of);
                let each = |i| {
                    let (p, t) = (x(0, i), x(1, i));
                    let hit = times(t.clone(), log(p.clone()), sign);
                    let miss = times(less(one(), t), log(less(one(), p)), sign);
                    row(vec![hit, op("+"), miss])
                };
                negative(over(sum(n, each), n))
            }),
            Op::HingeLoss => {
                let right: Option<Vec<usize>> = (0..rows).map(|row| self.class(row)).collect();
                let Some(right) = right else {
                    told.say("a row asks for no class that there is");
                    return;
                };
                let wrong: Vec<usize> = (0..n)
                    .filter(|at| at % classes != right[at / classes])
                    .collect();
                self.made_of(element, wrong.len(), told, |x, _| {
                    let each = |i: usize| {
                        let at = wrong[i];
                        let row = at / classes;
                        let within = margin(at, row * classes + right[row], x);
                        let both = [math::num(0.0, As::Plain), within];
                        called("max", math::row(joined(both, &op(","))))
                    };
                    over(sum(wrong.len(), each), rows)
                });
            }
            _ => {}
        }
    }
}

/// `s[0, 2] − s[0, 1] + 1`: by how much the score of a class is within the margin of
/// the right one.
pub fn margin(at: usize, own: usize, x: &dyn Fn(usize, usize) -> Math) -> Math {
    let margin = [op("+"), x(2, at)];
    match less(x(0, at), x(0, own)) {
        Math::Row { row: pieces } => row(pieces.into_iter().chain(margin).collect()),
        other => row([other].into_iter().chain(margin).collect()),
    }
}
