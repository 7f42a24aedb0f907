//! Elementwise arithmetic: on many numbers that lie here and there, and on whole
//! values.

use crate::graph::{Graph, NodeId};
use crate::op::{Kernel, Op, extreme};

/// What a gate does. To the power 2 is a square, which needs no look at the exponent.
pub fn operation(graph: &Graph, gate: NodeId) -> Op {
    match graph.node(gate).op {
        Op::Pow if graph.constant(graph.operand(gate, 1)) == Some(2.0) => Op::Square,
        op => op,
    }
}

/// The arithmetic of an elementwise gate. What is frequent has a name of its own,
/// so that no function is called for every number.
#[derive(Clone, Copy, Debug)]
pub enum Arithmetic {
    Copy,
    Neg,
    Square,
    Add,
    Sub,
    Mul,
    Div,
    Mask,
    One(fn(f64) -> f64),
    Two(fn(f64, f64) -> f64),
    Three(fn(f64, f64, f64) -> f64),
    AddMany,
    Extreme(bool),
    Winner(u16, bool),
}

impl Arithmetic {
    /// That of an operation of so many operands, if it works element by element.
    pub fn of(op: Op, arity: u32) -> Option<Self> {
        Some(match op {
            Op::Reshape | Op::Detach => Self::Copy,
            Op::Neg => Self::Neg,
            Op::Square => Self::Square,
            Op::Add if arity == 2 => Self::Add,
            Op::Add => Self::AddMany,
            Op::Sub => Self::Sub,
            Op::Mul => Self::Mul,
            Op::Div => Self::Div,
            Op::Mask => Self::Mask,
            Op::Maximum => Self::Extreme(false),
            Op::Minimum => Self::Extreme(true),
            Op::Winner(slot, least) => Self::Winner(slot, least),
            _ => match op.info().kernel {
                Kernel::One(f) => Self::One(f),
                Kernel::Two(f) => Self::Two(f),
                Kernel::Three(f) => Self::Three(f),
                Kernel::Array => return None,
            },
        })
    }
}

fn mask(weight: f64, x: f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * x }
}

/// What an operation makes of single numbers: the same as [`Operands::write`],
/// for chains of gates, of which each waits for the last.
pub fn single(arithmetic: Arithmetic, from: &[f64], slots: &[u32]) -> Option<f64> {
    let x = |place: usize| from[slots[place] as usize];
    Some(match arithmetic {
        Arithmetic::Copy => x(0),
        Arithmetic::Neg => -x(0),
        Arithmetic::Square => x(0) * x(0),
        Arithmetic::One(f) => f(x(0)),
        Arithmetic::Add => x(0) + x(1),
        Arithmetic::Sub => x(0) - x(1),
        Arithmetic::Mul => x(0) * x(1),
        Arithmetic::Div => x(0) / x(1),
        Arithmetic::Mask => mask(x(0), x(1)),
        Arithmetic::Two(f) => f(x(0), x(1)),
        _ => return None,
    })
}

/// Where the operands are of the numbers that are written.
#[derive(Clone, Copy)]
pub struct Operands<'a, const EVEN: bool> {
    /// All that lies before the result.
    pub from: &'a [f64],
    /// If the operands lie evenly, the first slot of each and the step to the next
    /// one. Else as many slots as numbers are written for the first operand, then
    /// as many for the second, and so on.
    pub slots: &'a [u32],
}

impl<const EVEN: bool> Operands<'_, EVEN> {
    /// The first slot of an operand that lies evenly, and the step.
    fn even(&self, place: usize) -> (usize, isize) {
        let (start, step) = (self.slots[2 * place], self.slots[2 * place + 1]);
        (start as usize, step.cast_signed() as isize)
    }

    /// The operand in a place, for the number of an index.
    fn at(&self, place: usize, index: usize, count: usize) -> f64 {
        if EVEN {
            let (start, step) = self.even(place);
            self.from[start.wrapping_add_signed(step * index.cast_signed())]
        } else {
            self.from[self.slots[place * count + index] as usize]
        }
    }

    /// Writes what an operation makes of so many operands.
    pub fn write(self, out: &mut [f64], arithmetic: Arithmetic, arity: usize) {
        match arithmetic {
            Arithmetic::Copy => self.one(out, |x| x),
            Arithmetic::Neg => self.one(out, |x| -x),
            Arithmetic::Square => self.one(out, |x| x * x),
            Arithmetic::One(f) => self.one(out, f),
            Arithmetic::Add => self.two(out, |x, y| x + y),
            Arithmetic::Sub => self.two(out, |x, y| x - y),
            Arithmetic::Mul => self.two(out, |x, y| x * y),
            Arithmetic::Div => self.two(out, |x, y| x / y),
            Arithmetic::Mask => self.two(out, mask),
            Arithmetic::Two(f) => self.two(out, f),
            Arithmetic::Three(f) => {
                let count = out.len();
                for (i, o) in out.iter_mut().enumerate() {
                    let [x, y, z] = [0, 1, 2].map(|place| self.at(place, i, count));
                    *o = f(x, y, z);
                }
            }
            Arithmetic::AddMany => self.many(out, arity, |sum, x| sum + x),
            Arithmetic::Extreme(least) => self.many(out, arity, |m, x| extreme(least, m, x)),
            Arithmetic::Winner(slot, least) => self.winner(out, arity, slot as usize, least),
        }
    }

    fn one(self, out: &mut [f64], f: impl Fn(f64) -> f64) {
        let slots = self.slots.get(..out.len()).unwrap_or(self.slots);
        self.fold(0, slots, 0, out, |_, x| f(x));
    }

    /// Takes each operand of a place, from the `start`th on, into a number.
    fn fold(
        &self,
        place: usize,
        slots: &[u32],
        start: usize,
        out: &mut [f64],
        f: impl Fn(f64, f64) -> f64,
    ) {
        let from = self.from;
        if EVEN {
            let (first, step) = self.even(place);
            let first = first.wrapping_add_signed(step * start.cast_signed());
            if step == 1 {
                for (o, &x) in out.iter_mut().zip(&from[first..]) {
                    *o = f(*o, x);
                }
            } else {
                let mut at = first;
                for o in out {
                    *o = f(*o, from[at]);
                    at = at.wrapping_add_signed(step);
                }
            }
        } else {
            for (o, &x) in out.iter_mut().zip(slots) {
                *o = f(*o, from[x as usize]);
            }
        }
    }

    fn two(self, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        let from = self.from;
        if EVEN {
            let ((x, dx), (y, dy)) = (self.even(0), self.even(1));
            match (dx, dy) {
                (1, 1) => {
                    let (x, y) = (&from[x..], &from[y..]);
                    for ((o, &x), &y) in out.iter_mut().zip(x).zip(y) {
                        *o = f(x, y);
                    }
                }
                (0, 1) => {
                    let x = from[x];
                    for (o, &y) in out.iter_mut().zip(&from[y..]) {
                        *o = f(x, y);
                    }
                }
                (1, 0) => {
                    let y = from[y];
                    for (o, &x) in out.iter_mut().zip(&from[x..]) {
                        *o = f(x, y);
                    }
                }
                _ => {
                    let (mut x, mut y) = (x, y);
                    for o in out {
                        *o = f(from[x], from[y]);
                        x = x.wrapping_add_signed(dx);
                        y = y.wrapping_add_signed(dy);
                    }
                }
            }
        } else {
            let (x, y) = self.slots.split_at(out.len());
            for ((o, &x), &y) in out.iter_mut().zip(x).zip(y) {
                *o = f(from[x as usize], from[y as usize]);
            }
        }
    }

    /// Folds many operands from the first to the last.
    fn many(self, out: &mut [f64], arity: usize, f: impl Fn(f64, f64) -> f64) {
        /// Numbers that are folded side by side, so that none waits for the last.
        const BLOCK: usize = 512;
        /// Fewer are folded one by one.
        const FEW: usize = 4;
        let count = out.len();
        if count < FEW {
            for (i, o) in out.iter_mut().enumerate() {
                let rest = (1..arity).map(|place| self.at(place, i, count));
                *o = rest.fold(self.at(0, i, count), &f);
            }
            return;
        }
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            let start = block * BLOCK;
            for place in 0..arity {
                let slots: &[u32] = if EVEN {
                    &[]
                } else {
                    &self.slots[place * count + start..][..out.len()]
                };
                if place == 0 {
                    self.fold(place, slots, start, out, |_, x| x);
                } else {
                    self.fold(place, slots, start, out, &f);
                }
            }
        }
    }

    fn winner(self, out: &mut [f64], arity: usize, slot: usize, least: bool) {
        let count = out.len();
        for (i, o) in out.iter_mut().enumerate() {
            let values = || (0..arity).map(|place| self.at(place, i, count));
            let own = self.at(slot, i, count);
            let beaten = values().any(|x| if least { x < own } else { x > own });
            *o = if beaten {
                0.0
            } else {
                // A NaN is no tie: it takes nothing from the others.
                1.0 / values().filter(|&x| x == own).count().max(1) as f64
            };
        }
    }
}
