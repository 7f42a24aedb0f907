//! Formulas over a gate's operands, its value and its upstream gradient.

use crate::op::{Op, Relation};
use crate::shape::Axes;
use std::ops;

/// A formula; as deep as a definition is long.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An operand.
    X(usize),
    /// The gate's own value.
    Y,
    /// The upstream gradient.
    U,
    /// A number in every element.
    N(f64),
    /// What a gate computes of some parts. Numbers among them have the shape of the
    /// others.
    Gate(Op, Vec<Expr>),
    /// A result over axes, copied back along them to an operand's shape.
    Copies(Axes, usize, Box<Expr>),
    /// A function that no gate has, by the name that mathematics has for it.
    Named(&'static str, Vec<Expr>),
    /// What takes more gates than a formula has letters, over a part.
    Routine(Routine, Box<Expr>),
    /// The first is computed, the second is what mathematics writes: the same but for
    /// what happens at the ends of the range of numbers and at special points.
    Written(Box<[Expr; 2]>),
}

/// What is appended gate by gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routine {
    /// For each element the product of the others over axes.
    Others(Axes),
    /// The product over axes, in pairs.
    Pairs(Axes),
}

/// The first operand.
pub const X: Expr = Expr::X(0);
/// The second operand.
pub const X1: Expr = Expr::X(1);
/// The third operand.
pub const X2: Expr = Expr::X(2);
/// The gate's own value.
pub const Y: Expr = Expr::Y;
/// The upstream gradient.
pub const U: Expr = Expr::U;
/// 1
pub const ONE: Expr = Expr::N(1.0);
/// 0
pub const ZERO: Expr = Expr::N(0.0);

/// A number.
pub const fn n(value: f64) -> Expr {
    Expr::N(value)
}

/// A gate of one part.
pub fn of(op: Op, a: Expr) -> Expr {
    Expr::Gate(op, vec![a])
}

/// A gate of two parts.
pub fn of_both(op: Op, a: Expr, b: Expr) -> Expr {
    Expr::Gate(op, vec![a, b])
}

/// a² as a product, whose derivative is that of a product.
pub fn twice(a: Expr) -> Expr {
    a.clone() * a
}

/// a to the power b.
pub fn pow(a: Expr, b: Expr) -> Expr {
    of_both(Op::Pow, a, b)
}

/// 1 where the relation holds, else 0.
pub fn holds(a: Expr, relation: Relation, b: Expr) -> Expr {
    of_both(Op::Compare(relation), a, b)
}

/// a where w is not 0, else b.
pub fn choose(w: Expr, a: Expr, b: Expr) -> Expr {
    Expr::Gate(Op::Where, vec![w, a, b])
}

/// w · a, and 0 where w is 0 whatever a is.
pub fn masked(w: Expr, a: Expr) -> Expr {
    of_both(Op::Mask, w, a)
}

/// A result over axes along the first operand again.
pub fn copies(axes: Axes, a: Expr) -> Expr {
    Expr::Copies(axes, 0, Box::new(a))
}

/// What is computed, and what mathematics writes for it.
pub fn written(computed: Expr, as_if: Expr) -> Expr {
    Expr::Written(Box::new([computed, as_if]))
}

/// k · a / n, by one factor.
pub fn over_count(a: Expr, k: f64, count: f64) -> Expr {
    let factor = match k.abs() {
        1.0 => a.clone(),
        size => n(size) * a.clone(),
    };
    let shown = if count == 1.0 {
        factor
    } else {
        factor / n(count)
    };
    let shown = if k < 0.0 { -shown } else { shown };
    written(n(k / count) * a, shown)
}

/// The product of the others over axes for each element of the first operand.
pub fn others(axes: Axes) -> Expr {
    let computed = Expr::Routine(Routine::Others(axes), Box::new(X));
    written(computed, copies(axes, Y) / X)
}

/// The product over axes, in pairs.
pub fn by_pairs(axes: Axes) -> Expr {
    let computed = Expr::Routine(Routine::Pairs(axes), Box::new(X));
    written(computed, of(Op::Prod(axes), X))
}

impl ops::Add for Expr {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        of_both(Op::Add, self, other)
    }
}

impl ops::Sub for Expr {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        of_both(Op::Sub, self, other)
    }
}

impl ops::Mul for Expr {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        of_both(Op::Mul, self, other)
    }
}

impl ops::Div for Expr {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        of_both(Op::Div, self, other)
    }
}

impl ops::Neg for Expr {
    type Output = Self;

    fn neg(self) -> Self {
        of(Op::Neg, self)
    }
}

impl Expr {
    /// What it is made of, one level down.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::X(_) | Self::Y | Self::U | Self::N(_) => &[],
            Self::Gate(_, parts) | Self::Named(_, parts) => parts,
            Self::Copies(_, _, part) | Self::Routine(_, part) => std::slice::from_ref(part),
            Self::Written(both) => &both[1..],
        }
    }

    /// Whether a part stands in the formula as it is written.
    pub fn reads(&self, part: &Self) -> bool {
        self == part || self.parts().iter().any(|one| one.reads(part))
    }

    /// The formula that mathematics writes.
    #[must_use]
    pub fn as_written(self) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(Self::as_written).collect();
        match self {
            Self::Written(both) => {
                let [_, written] = *both;
                written.as_written()
            }
            Self::Gate(op, parts) => Self::Gate(op, all(parts)),
            Self::Named(name, parts) => Self::Named(name, all(parts)),
            Self::Copies(axes, slot, part) => Self::Copies(axes, slot, Box::new(part.as_written())),
            Self::Routine(routine, part) => Self::Routine(routine, Box::new(part.as_written())),
            leaf => leaf,
        }
    }
}
