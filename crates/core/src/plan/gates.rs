//! Elementwise arithmetic: on many numbers that lie here and there, and on whole
//! values.

use crate::op::{Kernel, Op, extreme};

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
            Op::Maximum | Op::Minimum => Self::Extreme(op == Op::Minimum),
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

/// Where the operands are of the numbers that are written.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    /// All that lies before the result.
    pub from: &'a [f64],
    /// As many slots as numbers are written for the first operand, then as many
    /// for the second, and so on; of whole values only the first slot of each.
    pub slots: &'a [u32],
    /// Whether the operands are whole values.
    pub whole: bool,
}

impl Operands<'_> {
    /// The operand in a place, for the number of an index.
    fn at(&self, place: usize, index: usize, count: usize) -> f64 {
        if self.whole {
            self.from[self.slots[place] as usize + index]
        } else {
            self.from[self.slots[place * count + index] as usize]
        }
    }

    fn value(&self, place: usize, count: usize) -> &[f64] {
        &self.from[self.slots[place] as usize..][..count]
    }
}

/// Writes what an operation makes of its operands.
pub fn write(arithmetic: Arithmetic, arity: usize, out: &mut [f64], operands: Operands<'_>) {
    match arithmetic {
        Arithmetic::Copy => one(out, operands, |x| x),
        Arithmetic::Neg => one(out, operands, |x| -x),
        Arithmetic::Square => one(out, operands, |x| x * x),
        Arithmetic::One(f) => one(out, operands, f),
        Arithmetic::Add => two(out, operands, |x, y| x + y),
        Arithmetic::Sub => two(out, operands, |x, y| x - y),
        Arithmetic::Mul => two(out, operands, |x, y| x * y),
        Arithmetic::Div => two(out, operands, |x, y| x / y),
        Arithmetic::Mask => two(out, operands, |w, x| if w == 0.0 { 0.0 } else { w * x }),
        Arithmetic::Two(f) => two(out, operands, f),
        Arithmetic::Three(f) => {
            let count = out.len();
            for (i, o) in out.iter_mut().enumerate() {
                let [x, y, z] = [0, 1, 2].map(|place| operands.at(place, i, count));
                *o = f(x, y, z);
            }
        }
        Arithmetic::AddMany => many(out, arity, operands, |sum, x| sum + x),
        Arithmetic::Extreme(least) => many(out, arity, operands, |m, x| extreme(least, m, x)),
        Arithmetic::Winner(slot, least) => winner(out, arity, operands, slot as usize, least),
    }
}

fn one(out: &mut [f64], operands: Operands<'_>, f: impl Fn(f64) -> f64) {
    if operands.whole {
        let values = operands.value(0, out.len());
        for (o, &x) in out.iter_mut().zip(values) {
            *o = f(x);
        }
    } else {
        for (o, &x) in out.iter_mut().zip(operands.slots) {
            *o = f(operands.from[x as usize]);
        }
    }
}

fn two(out: &mut [f64], operands: Operands<'_>, f: impl Fn(f64, f64) -> f64) {
    let (count, from) = (out.len(), operands.from);
    if operands.whole {
        let (x, y) = (operands.value(0, count), operands.value(1, count));
        for ((o, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *o = f(x, y);
        }
    } else {
        let (x, y) = operands.slots.split_at(count);
        for ((o, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *o = f(from[x as usize], from[y as usize]);
        }
    }
}

/// Folds many operands from the first to the last.
fn many(out: &mut [f64], arity: usize, operands: Operands<'_>, f: impl Fn(f64, f64) -> f64) {
    /// Numbers that are folded side by side, so that none waits for the last.
    const BLOCK: usize = 512;
    /// Fewer are folded one by one.
    const FEW: usize = 4;
    let count = out.len();
    if count < FEW {
        for (i, o) in out.iter_mut().enumerate() {
            let rest = (1..arity).map(|place| operands.at(place, i, count));
            *o = rest.fold(operands.at(0, i, count), &f);
        }
        return;
    }
    for (block, out) in out.chunks_mut(BLOCK).enumerate() {
        let start = block * BLOCK;
        for place in 0..arity {
            if operands.whole {
                let values = &operands.value(place, count)[start..][..out.len()];
                if place == 0 {
                    out.copy_from_slice(values);
                } else {
                    for (o, &x) in out.iter_mut().zip(values) {
                        *o = f(*o, x);
                    }
                }
            } else {
                let slots = &operands.slots[place * count + start..][..out.len()];
                for (o, &x) in out.iter_mut().zip(slots) {
                    let x = operands.from[x as usize];
                    *o = if place == 0 { x } else { f(*o, x) };
                }
            }
        }
    }
}

fn winner(out: &mut [f64], arity: usize, operands: Operands<'_>, slot: usize, least: bool) {
    let count = out.len();
    for (i, o) in out.iter_mut().enumerate() {
        let values = || (0..arity).map(|place| operands.at(place, i, count));
        let own = operands.at(slot, i, count);
        let beaten = values().any(|x| if least { x < own } else { x > own });
        *o = if beaten {
            0.0
        } else {
            // A NaN is no tie: it takes nothing from the others.
            1.0 / values().filter(|&x| x == own).count().max(1) as f64
        };
    }
}
