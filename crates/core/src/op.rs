//! The operations a gate can have, in one table.

use crate::shape::Axes;
use std::cmp::Ordering;

/// What a node does with its operands. Elementwise operations take operands of
/// their own shape: where NumPy broadcasts, a [`Op::Broadcast`] gate stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A value that can be edited: an index into the graph's inputs.
    Input(u32),
    /// One number in every element: an index into the graph's constants.
    Constant(u32),
    /// a + b + …
    Add,
    /// a − b
    Sub,
    /// a · b
    Mul,
    /// a / b
    Div,
    /// a to the power b
    Pow,
    /// Matrix product over the last two axes; the axes before are equal.
    Matmul,
    /// −a
    Neg,
    /// e to the power a
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e⁻ᵃ)
    Sigmoid,
    /// max(a, 0)
    Relu,
    /// The greatest operand.
    Maximum,
    /// The least operand.
    Minimum,
    /// Sum over axes, which go.
    Sum(Axes),
    /// Mean over axes, which go.
    Mean(Axes),
    /// Greatest element over axes, which go.
    Max(Axes),
    /// Least element over axes, which go.
    Min(Axes),
    /// Copies along new axes: the adjoint of `Sum` over them.
    Broadcast(Axes),
    /// The same elements in another shape.
    Reshape,
    /// The last two axes exchanged.
    Transpose,
    /// 1, but 0 where a ≤ 0: what relu lets through.
    Step,
    /// 1 where a and b are the same or not ordered, else 0.
    Equal,
    /// w · a, but 0 where w is 0, whatever a is.
    Mask,
    /// The part that operand `.0` has in being the greatest (least when `.1`):
    /// 1, or a fraction where several are.
    Winner(u16, bool),
    /// log a, but 0 where a = 0 and b ≥ 0: what d(a to the b)/db needs.
    PowLog,
}

/// How many operands an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// Just so many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

/// What there is to say of an operation besides its arithmetic.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Its name, as in keys and snapshots.
    pub name: &'static str,
    /// What its gate shows.
    pub symbol: &'static str,
    /// Its operands.
    pub arity: Arity,
}

impl Op {
    /// The table.
    pub fn info(self) -> Info {
        use Arity::{AtLeast, Exactly};
        let (name, symbol, arity) = match self {
            Self::Input(_) => ("input", "", Exactly(0)),
            Self::Constant(_) => ("constant", "", Exactly(0)),
            Self::Add => ("add", "+", AtLeast(2)),
            Self::Sub => ("sub", "−", Exactly(2)),
            Self::Mul => ("mul", "×", Exactly(2)),
            Self::Div => ("div", "÷", Exactly(2)),
            Self::Pow => ("pow", "^", Exactly(2)),
            Self::Matmul => ("matmul", "@", Exactly(2)),
            Self::Neg => ("neg", "×−1", Exactly(1)),
            Self::Exp => ("exp", "exp", Exactly(1)),
            Self::Log => ("log", "log", Exactly(1)),
            Self::Sqrt => ("sqrt", "√", Exactly(1)),
            Self::Sin => ("sin", "sin", Exactly(1)),
            Self::Cos => ("cos", "cos", Exactly(1)),
            Self::Tanh => ("tanh", "tanh", Exactly(1)),
            Self::Sigmoid => ("sigmoid", "σ", Exactly(1)),
            Self::Relu => ("relu", "relu", Exactly(1)),
            Self::Maximum => ("maximum", "max", AtLeast(2)),
            Self::Minimum => ("minimum", "min", AtLeast(2)),
            Self::Sum(_) => ("sum", "Σ", Exactly(1)),
            Self::Mean(_) => ("mean", "mean", Exactly(1)),
            Self::Max(_) => ("max", "max", Exactly(1)),
            Self::Min(_) => ("min", "min", Exactly(1)),
            Self::Broadcast(_) => ("broadcast", "copy", Exactly(1)),
            Self::Reshape => ("reshape", "shape", Exactly(1)),
            Self::Transpose => ("transpose", "ᵀ", Exactly(1)),
            Self::Step => ("step", "> 0", Exactly(1)),
            Self::Equal => ("equal", "=", Exactly(2)),
            Self::Mask => ("mask", "mask", Exactly(2)),
            Self::Winner(..) => ("winner", "won", AtLeast(2)),
            Self::PowLog => ("powlog", "log", Exactly(2)),
        };
        Info {
            name,
            symbol,
            arity,
        }
    }

    /// One representative of each operation, for tables over all of them.
    pub const ALL: &[Self] = &[
        Self::Add,
        Self::Sub,
        Self::Mul,
        Self::Div,
        Self::Pow,
        Self::Matmul,
        Self::Neg,
        Self::Exp,
        Self::Log,
        Self::Sqrt,
        Self::Sin,
        Self::Cos,
        Self::Tanh,
        Self::Sigmoid,
        Self::Relu,
        Self::Maximum,
        Self::Minimum,
        Self::Sum(Axes::NONE),
        Self::Mean(Axes::NONE),
        Self::Max(Axes::NONE),
        Self::Min(Axes::NONE),
        Self::Broadcast(Axes::NONE),
        Self::Reshape,
        Self::Transpose,
        Self::Step,
        Self::Equal,
        Self::Mask,
        Self::Winner(0, false),
        Self::Winner(1, true),
        Self::PowLog,
    ];

    /// The elementwise operation of two numbers, for those that are.
    pub fn of_two(self) -> Option<fn(f64, f64) -> f64> {
        Some(match self {
            Self::Sub => |a, b| a - b,
            Self::Mul => |a, b| a * b,
            Self::Div => |a, b| a / b,
            Self::Pow => power,
            Self::Equal => |a, b| f64::from(u8::from(!differ(a, b))),
            Self::Mask => |w, a| if w == 0.0 { 0.0 } else { w * a },
            Self::PowLog => |a, b| if a == 0.0 && b >= 0.0 { 0.0 } else { a.ln() },
            _ => return None,
        })
    }

    /// The elementwise operation of one number, for those that are.
    pub fn of_one(self) -> Option<fn(f64) -> f64> {
        Some(match self {
            Self::Neg => |a| -a,
            Self::Exp => f64::exp,
            Self::Log => f64::ln,
            Self::Sqrt => f64::sqrt,
            Self::Sin => f64::sin,
            Self::Cos => f64::cos,
            Self::Tanh => f64::tanh,
            Self::Sigmoid => sigmoid,
            Self::Relu => |a| if a <= 0.0 { 0.0 } else { a },
            Self::Step => |a| if a <= 0.0 { 0.0 } else { 1.0 },
            _ => return None,
        })
    }

    /// Folds one more number into the greatest or least so far; NaN stays.
    pub fn extreme(least: bool, so_far: f64, next: f64) -> f64 {
        let better = if least { next < so_far } else { next > so_far };
        if better || next.is_nan() {
            next
        } else {
            so_far
        }
    }
}

/// Whether one is greater than the other: not so with NaN.
fn differ(a: f64, b: f64) -> bool {
    a.partial_cmp(&b).is_some_and(Ordering::is_ne)
}

/// Python's `**`: whole exponents by multiplication as every libm does, the rest by `powf`.
fn power(a: f64, b: f64) -> f64 {
    if b == 2.0 { a * a } else { a.powf(b) }
}

/// 1 / (1 + e⁻ᵃ) without overflow on either side.
fn sigmoid(a: f64) -> f64 {
    if a >= 0.0 {
        1.0 / (1.0 + (-a).exp())
    } else {
        let e = a.exp();
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct() {
        let mut names: Vec<_> = Op::ALL.iter().map(|op| op.info().name).collect();
        names.dedup();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn sigmoid_is_finite_far_out() {
        assert!((sigmoid(1000.0) - 1.0).abs() < 1e-15);
        assert!(sigmoid(-1000.0).abs() < 1e-300);
        assert!(sigmoid(f64::NAN).is_nan());
    }
}
