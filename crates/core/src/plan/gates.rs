//! Elementwise arithmetic: on many numbers that lie here and there, and on whole
//! values.

use super::order::Kind;
use crate::graph::{Graph, NodeId};
use crate::op::{Kernel, Op, extreme, tanh, tanh_each};
use std::slice::Iter;

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
    One(fn(f64) -> f64),
    /// The same with a function for numbers that lie side by side, which is faster.
    Each(fn(f64) -> f64, fn(&mut [f64])),
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
            Op::Tanh => Self::Each(tanh, tanh_each),
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

/// Numbers for a gate of a chain: its kind and two operands.
pub const CHAINED: usize = 3;

/// Computes gates one by one, each of one or two operands: the same as
/// [`Operands::write`]. It is a function of its own so that all it needs stays in
/// registers.
#[inline(never)]
pub fn chain(kinds: &[Kind], gates: &[u32], arena: &mut [f64], at: usize) {
    let (gates, _) = gates.as_chunks::<CHAINED>();
    // What is computed has operands, which lie before it.
    let (Some((&gate, gates)), Some(before)) = (gates.split_first(), at.checked_sub(1)) else {
        return;
    };
    let mut chain = Chain {
        gate,
        gates: gates.iter(),
        lies: before,
        last: arena[before],
    };
    loop {
        let more = match kinds[chain.gate[0] as usize].arithmetic {
            Arithmetic::Copy => chain.one(arena, |x| x),
            Arithmetic::Neg => chain.one(arena, |x| -x),
            Arithmetic::Square => chain.one(arena, |x| x * x),
            Arithmetic::One(f) | Arithmetic::Each(f, _) => chain.one(arena, f),
            Arithmetic::Add => chain.two(arena, |x, y| x + y),
            Arithmetic::Sub => chain.two(arena, |x, y| x - y),
            Arithmetic::Mul => chain.two(arena, |x, y| x * y),
            Arithmetic::Two(f) => chain.two(arena, f),
            Arithmetic::Extreme(least) => chain.two(arena, |x, y| extreme(least, x, y)),
            // They take more than two numbers: see `Kind::is_simple`.
            Arithmetic::AddMany | Arithmetic::Three(_) | Arithmetic::Winner(..) => {
                chain.two(arena, |_, _| f64::NAN)
            }
        };
        if !more {
            return;
        }
    }
}

/// What is left of a chain, and its last result.
struct Chain<'a> {
    gate: [u32; CHAINED],
    gates: Iter<'a, [u32; CHAINED]>,
    /// Where the last number is. The next result goes behind it.
    lies: usize,
    last: f64,
}

impl Chain<'_> {
    /// Computes a gate of one operand. False if the chain ends.
    #[inline]
    fn one(&mut self, arena: &mut [f64], f: impl Fn(f64) -> f64) -> bool {
        let x = self.operand(arena, self.gate[1]);
        self.write(arena, f(x))
    }

    /// Computes gates of two operands as long as they are of one kind. False if the
    /// chain ends.
    #[inline]
    fn two(&mut self, arena: &mut [f64], f: impl Fn(f64, f64) -> f64) -> bool {
        let kind = self.gate[0];
        loop {
            let [_, a, b] = self.gate;
            let y = f(self.operand(arena, a), self.operand(arena, b));
            if !self.write(arena, y) {
                return false;
            }
            if self.gate[0] != kind {
                return true;
            }
        }
    }

    /// Most gates of a chain read the last result: that need not wait for memory.
    #[inline]
    fn operand(&self, arena: &[f64], slot: u32) -> f64 {
        let slot = slot as usize;
        if slot == self.lies {
            self.last
        } else {
            arena[slot]
        }
    }

    /// Writes a result and goes on to the next gate.
    #[inline]
    fn write(&mut self, arena: &mut [f64], result: f64) -> bool {
        self.lies += 1;
        self.last = result;
        arena[self.lies] = result;
        self.gates.next().is_some_and(|&gate| {
            self.gate = gate;
            true
        })
    }
}

/// Where the operands are of the numbers that are written.
pub trait Operands: Copy {
    /// The operand in a place, of a number among so many.
    fn at(self, place: usize, index: usize, count: usize) -> f64;

    /// Writes a function of one operand.
    fn one(self, out: &mut [f64], f: impl Fn(f64) -> f64);

    /// Writes a function of two operands.
    fn two(self, out: &mut [f64], f: impl Fn(f64, f64) -> f64);

    /// Writes a function of three operands.
    fn three(self, out: &mut [f64], f: fn(f64, f64, f64) -> f64);

    /// Folds many operands from the first to the last, for many numbers side by
    /// side, so that none waits for the last.
    fn many(self, out: &mut [f64], arity: usize, f: impl Fn(f64, f64) -> f64);

    /// Writes what an operation makes of so many operands.
    fn write(self, out: &mut [f64], arithmetic: Arithmetic, arity: usize) {
        match arithmetic {
            Arithmetic::Copy => self.one(out, |x| x),
            Arithmetic::Neg => self.one(out, |x| -x),
            Arithmetic::Square => self.one(out, |x| x * x),
            Arithmetic::Each(_, f) => {
                self.one(out, |x| x);
                f(out);
            }
            Arithmetic::One(f) => self.one(out, f),
            Arithmetic::Add => self.two(out, |x, y| x + y),
            Arithmetic::Sub => self.two(out, |x, y| x - y),
            Arithmetic::Mul => self.two(out, |x, y| x * y),
            Arithmetic::Two(f) => self.two(out, f),
            Arithmetic::Three(f) => self.three(out, f),
            Arithmetic::AddMany => self.many(out, arity, |sum, x| sum + x),
            Arithmetic::Extreme(least) => self.many(out, arity, |m, x| extreme(least, m, x)),
            Arithmetic::Winner(slot, least) => self.winner(out, arity, slot as usize, least),
        }
    }

    /// Writes the part that the operand in a place has in being the extreme.
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

/// Operands anywhere.
#[derive(Clone, Copy)]
pub struct Scattered<'a> {
    /// All that lies before the result.
    pub from: &'a [f64],
    /// As many slots as numbers are written for the first operand, then as many
    /// for the second, and so on.
    pub slots: &'a [u32],
}

impl Operands for Scattered<'_> {
    fn at(self, place: usize, index: usize, count: usize) -> f64 {
        self.from[self.slots[place * count + index] as usize]
    }

    fn one(self, out: &mut [f64], f: impl Fn(f64) -> f64) {
        for (o, &x) in out.iter_mut().zip(self.slots) {
            *o = f(self.from[x as usize]);
        }
    }

    fn two(self, out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        let (x, y) = self.slots.split_at(out.len());
        for ((o, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *o = f(self.from[x as usize], self.from[y as usize]);
        }
    }

    fn three(self, out: &mut [f64], f: fn(f64, f64, f64) -> f64) {
        let count = out.len();
        for (i, o) in out.iter_mut().enumerate() {
            let [x, y, z] = [0, 1, 2].map(|place| self.at(place, i, count));
            *o = f(x, y, z);
        }
    }

    fn many(self, out: &mut [f64], arity: usize, f: impl Fn(f64, f64) -> f64) {
        /// So many numbers stay in the nearest cache.
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
            for place in 0..arity {
                let slots = &self.slots[place * count + block * BLOCK..];
                for (o, &x) in out.iter_mut().zip(slots) {
                    let x = self.from[x as usize];
                    *o = if place == 0 { x } else { f(*o, x) };
                }
            }
        }
    }
}
