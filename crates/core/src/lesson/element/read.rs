//! Definitions read at one element: formulas in the names or the numbers of elements.

use super::gate::Gate;
use super::terms::{called, less, listed, negative, over, product, sum};
use crate::definition::expr::{Expr, Routine, X};
use crate::definition::linear::Linear;
use crate::definition::rule;
use crate::definition::{Map, value};
use crate::lesson::formula::{self, gate_of};
use crate::lesson::math::{self, As, Math};
use crate::op::{Form, Kernel, Op, extreme};
use crate::shape::{Axes, group, members, without};
use std::cell::{Cell, RefCell};

/// Reads the formulas of a gate at elements.
pub struct Reading<'r, 'a> {
    gate: &'r Gate<'a>,
    /// The sign of a product: a point between names, a cross between numbers.
    sign: &'static str,
    /// How many terms the outermost sum has.
    pub terms: Cell<usize>,
    /// The elements that were read: of which operand, or of the value.
    pub seen: RefCell<Vec<(Option<usize>, usize)>>,
}

/// What stands in a place.
#[derive(Clone, Debug)]
enum Piece {
    /// A number by the structure of the formula: no term where it is 0, no factor where 1.
    Fixed(f64),
    /// Anything else, or its negative.
    Is(bool, Math),
}

use Piece::{Fixed, Is};

impl Piece {
    fn math(self) -> Math {
        match self {
            Fixed(value) => math::given(value, As::Plain),
            Is(false, math) => math,
            Is(true, math) => negative(math),
        }
    }
}

impl<'r, 'a> Reading<'r, 'a> {
    /// In names (`·`) or in numbers (`×`).
    pub fn new(gate: &'r Gate<'a>, sign: &'static str) -> Self {
        Self {
            gate,
            sign,
            terms: Cell::new(1),
            seen: RefCell::default(),
        }
    }

    /// What the gate's value is made of at an element: of a composite as it opens.
    pub fn made(&self, element: usize) -> Math {
        let (graph, node) = (self.gate.graph(), self.gate.node);
        let of = self.of(self.gate.op).or_else(|| rule::formula(graph, node));
        of.map_or_else(|| math::text(""), |of| self.piece(&of, element).math())
    }

    /// An entry of the Jacobian that a map has: of an element of the value by one of the
    /// operand.
    pub fn local(&self, map: &Map, to: usize, from: usize) -> Math {
        self.entry(map, to, from).math()
    }

    /// What a composite of the gate's operands stands for.
    fn of(&self, op: Op) -> Option<Expr> {
        let graph = self.gate.graph();
        let operands: Vec<_> = graph.operands(self.gate.node).collect();
        value(graph, op, &operands)
    }

    fn entry(&self, map: &Map, to: usize, from: usize) -> Piece {
        let one_if = |holds: bool| Fixed(f64::from(u8::from(holds)));
        match map {
            Linear::Identity => one_if(to == from),
            Linear::Negate if to == from => Fixed(-1.0),
            Linear::Scale(d) | Linear::Mask(d) if to == from => self.piece(d, from),
            Linear::Divide(d) if to == from => quotient(Fixed(1.0), self.piece(d, from)),
            Linear::Sum(axes, shape) => {
                let shape = self.gate.graph().shapes.get(*shape);
                one_if(group(shape, *axes, from) == to)
            }
            Linear::Broadcast(axes, shape) => {
                let shape = self.gate.graph().shapes.get(*shape);
                one_if(group(shape, *axes, to) == from)
            }
            Linear::Then(parts) => {
                let between = if is_elementwise(&parts[1]) {
                    Some(to)
                } else {
                    self.image(&parts[0], from)
                };
                between.map_or(Fixed(0.0), |at| {
                    let last = self.entry(&parts[1], to, at);
                    self.times(last, self.entry(&parts[0], at, from))
                })
            }
            Linear::Plus(parts) => {
                let [a, b] = parts.each_ref().map(|part| self.entry(part, to, from));
                plus(a, b)
            }
            _ => Fixed(0.0),
        }
    }

    /// The one element that an element goes into.
    fn image(&self, map: &Map, from: usize) -> Option<usize> {
        match map {
            map if is_elementwise(map) => Some(from),
            Linear::Sum(axes, shape) => {
                Some(group(self.gate.graph().shapes.get(*shape), *axes, from))
            }
            Linear::Then(parts) => self.image(&parts[1], self.image(&parts[0], from)?),
            _ => None,
        }
    }

    /// The shape of what a formula stands for.
    fn shape(&self, of: &Expr) -> Vec<usize> {
        match of {
            Expr::X(slot) | Expr::Copies(_, slot, _) => self.gate.shape_of(*slot).to_vec(),
            Expr::Y => self.gate.shape().to_vec(),
            Expr::Written(both) => self.shape(&both[1]),
            Expr::Gate(op, parts) => {
                let parts = parts.iter().filter(|part| !matches!(part, Expr::N(_)));
                let shape = parts.map(|part| self.shape(part)).next();
                match (op.info().form, op.axes(), shape) {
                    (Form::Reduction, Some(axes), Some(shape)) => without(&shape, axes),
                    (_, _, shape) => shape.unwrap_or_default(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn see(&self, slot: Option<usize>, elements: impl IntoIterator<Item = usize>) {
        let seen = elements.into_iter().map(|element| (slot, element));
        self.seen.borrow_mut().extend(seen);
    }

    fn leaf(&self, slot: usize, element: usize) -> Math {
        self.see(Some(slot), [element]);
        match self.sign {
            "·" => self.gate.x(slot, element),
            _ => self.gate.x_number(slot, element),
        }
    }

    /// Something that has a name of its own, with its number.
    fn named(&self, of: &Expr, element: usize, name: impl FnOnce() -> Math) -> Piece {
        Is(
            false,
            match self.sign {
                "·" => name(),
                _ if self.gate.known() => math::num(self.number(of, element), As::Value),
                _ => math::blank(As::Value),
            },
        )
    }

    fn piece(&self, of: &Expr, element: usize) -> Piece {
        if let Some(value) = self.fixed(of, element) {
            return Fixed(value);
        }
        match of {
            Expr::X(slot) => Is(false, self.leaf(*slot, element)),
            Expr::Y => {
                self.see(None, [element]);
                let gate = self.gate;
                let names = self.sign == "·";
                Is(
                    false,
                    if names {
                        gate.y(element)
                    } else {
                        gate.y_number(element)
                    },
                )
            }
            Expr::Copies(axes, slot, part) => {
                let at = group(self.gate.shape_of(*slot), *axes, element);
                match &**part {
                    mean @ Expr::Gate(Op::Mean(axes), of) if of[..] == [X] => {
                        self.see(Some(0), members(self.gate.shape_of(0), *axes, at));
                        self.named(mean, at, || math::function("mean"))
                    }
                    part => self.piece(part, at),
                }
            }
            Expr::Written(both) => match &both[0] {
                Expr::Routine(Routine::Others(axes), _) => self.others(*axes, element),
                _ => self.piece(&both[1], element),
            },
            Expr::Gate(op, parts) => self.gate(*op, parts, element),
            Expr::Named(..) | Expr::Routine(..) => Is(false, math::text("")),
            Expr::N(_) | Expr::U => Is(false, math::text("")),
        }
    }

    fn gate(&self, op: Op, parts: &[Expr], element: usize) -> Piece {
        let one = |at: usize| self.piece(&parts[at], element);
        match op {
            Op::Mul | Op::Mask if parts[0] != parts[1] => self.times(one(0), one(1)),
            Op::Div => quotient(one(0), one(1)),
            Op::Add if parts.len() == 2 => plus(one(0), one(1)),
            // p − y is told with the y that is 0.
            Op::Sub if self.fixed(&parts[0], element).is_none() => match parts[1] {
                Expr::X(slot) => Is(false, less(one(0).math(), self.leaf(slot, element))),
                _ => plus(one(0), negated(one(1))),
            },
            Op::Sub => plus(one(0), negated(one(1))),
            Op::Neg => negated(one(0)),
            Op::Detach => one(0),
            Op::Softmax(axes) | Op::LogSoftmax(axes) if parts[..] == [X] => {
                let row = group(self.gate.shape_of(0), axes, element);
                self.see(Some(0), members(self.gate.shape_of(0), axes, row));
                let of = Expr::Gate(op, parts.to_vec());
                self.named(&of, element, || match op {
                    Op::Softmax(_) => self.gate.softmax(element),
                    _ => self.gate.log_softmax(element),
                })
            }
            Op::Var(_) | Op::LogSumExp(_) if parts[..] == [X] => match self.of(op) {
                Some(of) => self.piece(&of, element),
                None => Fixed(0.0),
            },
            _ if op.info().form == Form::Reduction => {
                Is(false, self.reduction(op, &parts[0], element))
            }
            _ => {
                let written = parts.iter().map(|part| self.piece(part, element).math());
                Is(false, gate_of(op, parts, written.collect(), self.sign))
            }
        }
    }

    fn reduction(&self, op: Op, part: &Expr, element: usize) -> Math {
        let axes = op.axes().unwrap_or_default();
        let mut of = members(&self.shape(part), axes, element);
        let all = of.len();
        of.retain(|&at| !matches!(op, Op::Sum(_)) || self.fixed(part, at) != Some(0.0));
        let each = |i: usize| self.piece(part, of[i]).math();
        let count = of.len();
        // What is left out of a long sum is read too.
        if self.terms.replace(count) == 1
            && let Expr::X(slot) = part
        {
            self.see(Some(*slot), of.iter().copied());
        }
        match op {
            Op::Mean(_) => over(sum(count, each), all),
            Op::Prod(_) => product(count, self.sign, each),
            Op::Max(_) => called("max", listed(count, ",", each)),
            Op::Min(_) => called("min", listed(count, ",", each)),
            _ => sum(count, each),
        }
    }

    /// The product of the other elements of the first operand over axes.
    fn others(&self, axes: Axes, element: usize) -> Piece {
        let shape = self.gate.shape_of(0);
        let mut of = members(shape, axes, group(shape, axes, element));
        self.see(Some(0), of.iter().copied());
        of.retain(|&other| other != element);
        let product = product(of.len(), self.sign, |i| self.leaf(0, of[i]));
        Is(false, product)
    }

    fn times(&self, a: Piece, b: Piece) -> Piece {
        match (a, b) {
            (Fixed(0.0), _) | (_, Fixed(0.0)) => Fixed(0.0),
            (Fixed(1.0), other) | (other, Fixed(1.0)) => other,
            (Fixed(-1.0), other) | (other, Fixed(-1.0)) => negated(other),
            (Fixed(a), Fixed(b)) => Fixed(a * b),
            (Is(sign, a), Is(other, b)) => {
                let both = [a, b].into_iter();
                Is(sign != other, formula::product(both, self.sign))
            }
            (a, b) => {
                let both = [a.math(), b.math()].into_iter();
                Is(false, formula::product(both, self.sign))
            }
        }
    }

    /// What a formula is by its structure alone: numbers, rows with a 1 at a class, what
    /// these mask, and how many there are of something.
    fn fixed(&self, of: &Expr, element: usize) -> Option<f64> {
        match of {
            Expr::N(value) => Some(*value),
            Expr::X(slot) => {
                let operand = self.gate.operands.get(*slot)?;
                if !operand.is_one_hot(self.gate.graph()) {
                    return None;
                }
                self.see(Some(*slot), [element]);
                Some(self.gate.at(*slot, element))
            }
            Expr::Copies(axes, slot, part) => {
                let at = group(self.gate.shape_of(*slot), *axes, element);
                self.fixed(part, at)
            }
            Expr::Written(both) => self.fixed(&both[1], element),
            Expr::Gate(Op::Mask, parts) => {
                if self.number(&parts[0], element) == 0.0 {
                    return Some(0.0);
                }
                let weight = self.fixed(&parts[0], element)?;
                Some(weight * self.fixed(&parts[1], element)?)
            }
            Expr::Gate(Op::Mul, parts) => match [0, 1].map(|at| self.fixed(&parts[at], element)) {
                [Some(0.0), _] | [_, Some(0.0)] => Some(0.0),
                [a, b] => Some(a? * b?),
            },
            Expr::Gate(Op::Sum(_), parts) => match &parts[0] {
                // A row that asks for one class in all has the weight 1.
                Expr::X(1) => Some(self.number(of, element)).filter(|&sum| sum == 1.0),
                tie if is_comparison(tie) => Some(self.number(of, element)),
                _ => None,
            },
            Expr::Gate(op @ (Op::Add | Op::Sub | Op::Neg | Op::Div), parts) => {
                let all = parts.iter().map(|part| self.fixed(part, element));
                applied(*op, &all.collect::<Option<Vec<f64>>>()?)
            }
            _ => None,
        }
    }

    /// The number that a formula is at an element, as it is computed.
    pub fn number(&self, of: &Expr, element: usize) -> f64 {
        match of {
            Expr::X(slot) => self.gate.at(*slot, element),
            Expr::Y => self.gate.value(element),
            Expr::N(value) => *value,
            Expr::Copies(axes, slot, part) => {
                let at = group(self.gate.shape_of(*slot), *axes, element);
                self.number(part, at)
            }
            Expr::Written(both) => self.number(&both[0], element),
            Expr::Gate(op, parts) => match op.info().form {
                // Only of the operand itself.
                Form::Along => self.gate.of_row(*op, element),
                Form::Reduction => {
                    let axes = op.axes().unwrap_or_default();
                    let of = members(&self.shape(&parts[0]), axes, element);
                    let count = of.len() as f64;
                    let all = of.into_iter().map(|at| self.number(&parts[0], at));
                    let total: f64 = all.sum();
                    match op {
                        Op::Sum(_) => total,
                        Op::Mean(_) => total / count,
                        // No formula asks for another one's number.
                        _ => f64::NAN,
                    }
                }
                _ => {
                    let all = parts.iter().map(|part| self.number(part, element));
                    applied(*op, &all.collect::<Vec<f64>>()).unwrap_or(f64::NAN)
                }
            },
            _ => f64::NAN,
        }
    }
}

fn quotient(a: Piece, b: Piece) -> Piece {
    match (a, b) {
        (Fixed(0.0), _) => Fixed(0.0),
        (a, Fixed(1.0)) => a,
        (Is(sign, a), b) => Is(sign, math::frac(a, b.math())),
        (a, b) => Is(false, math::frac(a.math(), b.math())),
    }
}

fn plus(a: Piece, b: Piece) -> Piece {
    match (a, b) {
        (Fixed(0.0), other) | (other, Fixed(0.0)) => other,
        (Fixed(a), Fixed(b)) => Fixed(a + b),
        (a, Fixed(b)) if b < 0.0 => plus(a, Is(true, math::num(-b, As::Plain))),
        (a, Is(true, b)) => Is(false, less(a.math(), b)),
        (a, b) => {
            let both = [a.math(), b.math()].into_iter();
            Is(false, formula::sum(both))
        }
    }
}

/// Whether a map takes each element to itself.
fn is_elementwise(map: &Map) -> bool {
    match map {
        Linear::Identity | Linear::Negate => true,
        Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => true,
        Linear::Then(parts) => parts.iter().all(is_elementwise),
        _ => false,
    }
}

fn is_comparison(of: &Expr) -> bool {
    match of {
        Expr::Gate(Op::Compare(_) | Op::Tie, _) => true,
        Expr::Written(both) => is_comparison(&both[1]),
        _ => false,
    }
}

fn negated(of: Piece) -> Piece {
    match of {
        Fixed(value) => Fixed(-value),
        Is(sign, math) => Is(!sign, math),
    }
}

/// What an elementwise operation makes of some numbers.
fn applied(op: Op, of: &[f64]) -> Option<f64> {
    Some(match (op, op.info().kernel, of) {
        (_, Kernel::One(f), &[a]) => f(a),
        (_, Kernel::Two(f), &[a, b]) => f(a, b),
        (_, Kernel::Three(f), &[a, b, c]) => f(a, b, c),
        (Op::Add, _, all) => all.iter().sum(),
        (Op::Maximum | Op::Minimum, _, all) => {
            let least = op == Op::Minimum;
            all.iter().copied().reduce(|a, b| extreme(least, a, b))?
        }
        _ => return None,
    })
}
