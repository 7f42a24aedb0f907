//! Formulas that several definitions share: what carries the numbers through where the
//! plain formula would lose them, and how mathematics writes it.

use super::expr::{
    Expr, ONE, X, X1, X2, Y, ZERO, choose, copies, holds, masked, n, of, of_both, pow, twice,
    written,
};
use crate::op::{BCE_LEAST_LOG, Op, Relation};
use crate::shape::Axes;
use std::f64::consts::PI;

/// The standard normal distribution's density: e^(−x²/2) / √(2π).
pub fn density(x: Expr) -> Expr {
    let bell = of(Op::Exp, n(-0.5) * twice(x.clone()));
    let density = n(1.0 / (2.0 * PI).sqrt()) * bell;
    written(density, Expr::Named("φ", vec![x]))
}

/// The first operand less its mean over axes.
pub fn centred(axes: Axes) -> Expr {
    X - copies(axes, of(Op::Mean(axes), X))
}

/// The first operand less its mean over axes, over how many go into the mean.
pub fn deviation(axes: Axes, count: f64) -> Expr {
    n(1.0 / count) * centred(axes)
}

/// The greatest of the first operand over axes, held constant, and the operand less it.
pub fn shifted(axes: Axes) -> (Expr, Expr) {
    let most = of(Op::Detach, of(Op::Max(axes), X));
    (most.clone(), X - copies(axes, most))
}

/// An operand over the gate's own value, a root over axes, and 0 where that is 0: nothing
/// is divided by 0, so that a second derivative stays finite there.
pub fn safely_over(axes: Axes, x: Expr) -> Expr {
    let some = || holds(Y, Relation::NotEqual, ZERO);
    let ratio = x.clone() / copies(axes, choose(some(), Y, ONE));
    written(masked(copies(axes, some()), ratio), x / copies(axes, Y))
}

/// log p, no less than −100.
pub fn bounded_log(p: Expr) -> Expr {
    let log = of(Op::Log, p);
    written(of_both(Op::Maximum, log.clone(), n(BCE_LEAST_LOG)), log)
}

/// scores − right score + margin, and 1 − right: what the hinge loss cuts at 0 and masks.
pub fn hinge_margins(last: Axes) -> (Expr, Expr) {
    let own = copies(last, of(Op::Sum(last), masked(X1, X)));
    (X - own + X2, ONE - X1)
}

/// 1 where a class but the right one is within the margin.
pub fn hinge_active(last: Axes) -> Expr {
    let (margins, wrong) = hinge_margins(last);
    of(Op::Step, margins) * wrong
}

/// p x^(p − 1), and what lets it through and what nothing comes of: where p is 0, x⁰ is 1
/// everywhere.
pub fn power() -> (Expr, [Expr; 2]) {
    let power = || pow(X, X1 - ONE);
    let powers = || holds(X1, Relation::NotEqual, ZERO);
    // Where p is 0 this lets nothing through, but d has a derivative by p, x^(p − 1).
    let flat = (ONE - powers()) * holds(X, Relation::NotEqual, ZERO);
    let nothing = masked(masked(flat, X1), power());
    (masked(X1, power()), [powers(), nothing])
}
