//! What each operation is: the page of mathematics that everything else reads.
//!
//! An arm has the derivative with respect to each operand as a linear map from values of
//! the operand's shape to values of the gate's, and of a composite the formula that it
//! stands for. A derivative may read the gate's own value (tanh′ = 1 − y²). Every
//! operation that a formula names stands in the table itself.

use super::clip;
use super::expr::{
    Expr, ONE, X, X1, Y, ZERO, by_pairs, choose, copies, holds, masked, n, of, of_both, others,
    over_count, pow, twice, written,
};
use super::linear::Linear::{
    Broadcast, CumSum, Divide, Identity, LeftProduct, Mask, Negate, Permute, Put, Reshape,
    RightProduct, Scale, Scatter, Slice, Sum, Take, Zero,
};
use super::words::{
    bounded_log, centred, density, deviation, hinge_active, hinge_margins, power, safely_over,
    shifted,
};
use super::{At, Definition, Map, Partial, Places};
use crate::op::{BCE_SMALLEST, Op, Relation};

/// The definition of a gate's operation, its derivative with respect to one operand.
pub fn define(at: &At<'_>) -> Definition {
    use Relation::{Equal, Greater, Less, NotEqual};
    let def = || Definition::of(at.slot);
    let sum = |axes| Sum(axes, at.from());
    match at.op() {
        Op::Input(_) | Op::Constant(_) => def(),

        // Arithmetic.
        Op::Add => def().each(|_| Identity),
        Op::Sub => def().partials([Identity, Negate]),
        Op::Mul => def().partials([Scale(X1), Scale(X)]),
        Op::Div => {
            // What a derivative emitted may be a name's value, and is no part of its own
            // derivative.
            let y = if at.is_emitted() { X / X1 } else { Y };
            let second = written(-(y / X1), -(X / pow(X1, n(2.0))));
            def().partials([Divide(X1), Scale(second)])
        }
        Op::Pow => {
            let log = written(of_both(Op::PowLog, X, X1), of(Op::Log, X));
            def().partials([power_base(at), Scale(Y * log).into()])
        }
        Op::Neg => def().partial(Negate),
        Op::Square => def().partial(Scale(n(2.0) * X)),
        Op::Reciprocal => def().partial(Scale(-twice(Y))),

        // Functions of one number.
        Op::Exp => def().partial(Scale(Y)),
        Op::Log => def().partial(Divide(X)),
        Op::PowLog => def().partials([Divide(X), Zero]),
        Op::Log1p => def().partial(Divide(ONE + X)),
        Op::Expm1 => def().partial(Scale(Y + ONE)),
        Op::Hypot => def().partials([Scale(X / Y), Scale(X1 / Y)]),
        // Infinite at 0.
        Op::Sqrt => def().partial(Divide(n(2.0) * Y)),
        Op::Sin => def().partial(Scale(of(Op::Cos, X))),
        Op::Cos => def().partial(Scale(-of(Op::Sin, X))),
        Op::Tan => def().partial(Scale(ONE + twice(Y))),
        Op::Sinh => def().partial(Scale(of(Op::Cosh, X))),
        Op::Cosh => def().partial(Scale(of(Op::Sinh, X))),
        Op::Tanh => def().partial(Scale(ONE - twice(Y))),
        Op::NormalCdf => def().partial(Scale(density(X))),
        Op::Abs => def().partial(Scale(of(Op::Sign, X))),
        Op::Relu => {
            let step = choose(holds(X, Greater, ZERO), ONE, ZERO);
            def().partial(Mask(written(of(Op::Step, X), step)))
        }
        Op::LeakyRelu => {
            let above = || holds(X, Greater, ZERO);
            let below = Scale(X).then(Mask(ONE - above()));
            def().partials([
                Scale(choose(above(), ONE, X1)).into(),
                below.written(Scale(choose(above(), ZERO, X))),
            ])
        }
        Op::Elu => {
            // Both are 1 at 0, where the second derivative is that of the right side.
            // Nothing overflows on the side that is not taken.
            let exp = of(Op::Exp, of_both(Op::Minimum, X, ZERO));
            let d = choose(holds(X, Less, ZERO), exp, ONE);
            let shown = choose(holds(X, Greater, ZERO), ONE, of(Op::Exp, X));
            def().partial(Scale(written(d, shown)))
        }

        // Choices: masks, which let through or give 0 whatever arrives.
        Op::Maximum | Op::Minimum => def().each(|slot| {
            let least = at.op() == Op::Minimum;
            let all = (0..at.arity()).map(Expr::X).collect();
            let share = Expr::Gate(Op::Winner(slot as u16, least), all);
            let tie = |slot| holds(Expr::X(slot), Equal, Y);
            let ties = Expr::Gate(Op::Add, (0..at.arity()).map(tie).collect());
            Mask(written(share, tie(slot) / ties))
        }),
        Op::Clip => def().each(|slot| Mask(clip::share(at, slot))),
        Op::Where => def().partials([
            Zero,
            Mask(holds(X, NotEqual, ZERO)),
            Mask(holds(X, Equal, ZERO)),
        ]),
        Op::Mask => def().partials([Scale(X1), Mask(X)]),

        // Constant between their jumps, or held constant.
        Op::Step | Op::Sign | Op::Tie | Op::Winner(..) | Op::Compare(_) => def(),
        Op::Detach | Op::OneHot => def(),

        // Products and reductions.
        Op::Matmul => def().partials([RightProduct(X1), LeftProduct(X)]),
        Op::Sum(axes) => def().partial(sum(axes)),
        Op::Mean(axes) => def().partial(sum(axes).then(Scale(ONE / n(at.count(axes))))),
        Op::CumSum(axis, back) => def().partial(CumSum(axis, back)),
        Op::Prod(axes) => def()
            .value(by_pairs(axes))
            .partial(Scale(others(axes)).then(sum(axes))),
        Op::Max(axes) | Op::Min(axes) => {
            let ties = || {
                let best = || copies(axes, Y);
                written(of_both(Op::Tie, X, best()), holds(X, Equal, best()))
            };
            let share = ties() / copies(axes, of(Op::Sum(axes), ties()));
            def().partial(Mask(share).then(sum(axes)))
        }

        // The same elements elsewhere.
        Op::Broadcast(axes) => def().partial(Broadcast(axes, at.to())),
        Op::Reshape => def().partial(Reshape(at.from(), at.to())),
        Op::Permute(order) => def().partial(Permute(order)),
        Op::Slice(cuts) => def().partial(Slice(Places::Cuts(cuts), at.from())),
        Op::Scatter(cuts) => def().partial(Scatter(Places::Cuts(cuts), at.to())),
        Op::Take(axis) => def().each(|slot| match slot {
            0 => Take(axis, at.indices(), at.from()),
            _ => Zero,
        }),
        Op::Put(axis) => def().each(|slot| match slot {
            0 => Put(axis, at.indices(), at.to()),
            _ => Zero,
        }),
        Op::Concat(axis) => def().each(|slot| Scatter(Places::Part(slot, axis as usize), at.to())),

        // Composites, each with a simple derivative of its own.
        Op::Sigmoid => def()
            .value(ONE / (of(Op::Exp, -X) + ONE))
            .partial(Scale((ONE - Y) * Y)),
        Op::Silu => {
            let s = || of(Op::Sigmoid, X);
            def()
                .value(X * s())
                .partial(Scale(s() * (ONE + X * (ONE - s()))))
        }
        Op::Gelu => def()
            .value(X * of(Op::NormalCdf, X))
            .partial(Scale(of(Op::NormalCdf, X) + X * density(X))),
        Op::Softplus => def()
            .value(of(Op::Log, ONE + of(Op::Exp, X)))
            .partial(Scale(of(Op::Sigmoid, X))),
        Op::LogAddExp => {
            let apart = of(Op::Exp, -of(Op::Abs, X - X1));
            let value = of_both(Op::Maximum, X, X1) + of(Op::Log1p, apart);
            let shown = of(Op::Log, of(Op::Exp, X) + of(Op::Exp, X1));
            let share = |of_what| Scale(of(Op::Sigmoid, of_what));
            def()
                .value(written(value, shown))
                .partials([share(X - X1), share(X1 - X)])
        }
        Op::Var(axes) => {
            let d = over_count(centred(axes), 2.0, at.count(axes));
            def()
                .value(of(Op::Mean(axes), of(Op::Square, centred(axes))))
                .partial(Scale(d).then(sum(axes)))
        }
        Op::Std(axes) => {
            // At 0 it lets nothing through, whatever arrives, as PyTorch has it.
            let count = at.count(axes);
            let d = deviation(axes, count) / copies(axes, choose(holds(Y, NotEqual, ZERO), Y, ONE));
            let shown = Scale(centred(axes) / (n(count) * copies(axes, Y))).then(sum(axes));
            let through = Scale(d)
                .then(sum(axes))
                .then(Mask(holds(Y, NotEqual, ZERO)));
            def()
                .value(of(Op::Sqrt, of(Op::Var(axes), X)))
                .partial(through.written(shown))
        }
        Op::Norm(axes) => def()
            .value(of(Op::Sqrt, of(Op::Sum(axes), of(Op::Square, X))))
            .partial(Scale(safely_over(axes, X)).then(sum(axes))),
        Op::LogSumExp(axes) => {
            // Not exp(x − y), which loses digits where y is large. But of an infinite y
            // the softmax is NaN in all places, and exp(x − y) 0 in all but those that
            // made it so.
            let softmax = of(Op::Softmax(axes), X);
            let some = holds(X - copies(axes, Y), NotEqual, n(f64::NEG_INFINITY));
            let d = written(masked(some, softmax.clone()), softmax);
            // For the greatest m, which is held constant.
            let (most, shifted) = shifted(axes);
            let sum_exp = |of_what| of(Op::Sum(axes), of(Op::Exp, of_what));
            def()
                .value(written(
                    most + of(Op::Log, sum_exp(shifted)),
                    of(Op::Log, sum_exp(X)),
                ))
                .partial(Scale(d).then(sum(axes)))
        }
        Op::Softmax(axes) => {
            // u ↦ w − y Σ w for w = y u
            let total = sum(axes).then(Broadcast(axes, at.from()));
            let less = total.then(Scale(Y)).then(Negate);
            let (_, shifted) = shifted(axes);
            let share = |of_what| {
                let exp = of(Op::Exp, of_what);
                exp.clone() / copies(axes, of(Op::Sum(axes), exp))
            };
            def()
                .value(written(share(shifted), share(X)))
                .partial(Scale(Y).then(Identity.plus(less)))
        }
        Op::LogSoftmax(axes) => {
            // u ↦ u − Σ eʸ u
            let total = Scale(of(Op::Exp, Y)).then(sum(axes));
            let less = total.then(Broadcast(axes, at.from())).then(Negate);
            def()
                .value(X - copies(axes, of(Op::LogSumExp(axes), X)))
                .partial(Identity.plus(less))
        }

        Op::MseLoss => {
            let all = at.all();
            let count = at.count(all);
            let d = |k: f64, difference: Expr| {
                let shown = n(2.0) * difference / n(count);
                Scale(written(n(k / count) * (X - X1), shown)).then(sum(all))
            };
            def()
                .value(of(Op::Mean(all), of(Op::Square, X - X1)))
                .partials([d(2.0, X - X1), d(-2.0, X1 - X)])
        }
        Op::CrossEntropy => {
            let (all, last, rows) = (at.all(), at.last(), at.rows());
            let log = || of(Op::LogSoftmax(last), X);
            let weight = copies(last, of(Op::Sum(last), X1));
            let softmax = of(Op::Softmax(last), X);
            let weighted = softmax.clone() * weight;
            let plain = if at.is_one_hot(1) {
                softmax
            } else {
                weighted.clone()
            };
            let difference = written(weighted, plain) - X1;
            // Where a class has no part in the target, nothing is asked of its score.
            let total = of(Op::Sum(all), masked(X1, log()));
            def().value(over_count(total, -1.0, rows)).partials([
                Scale(over_count(difference, 1.0, rows)).then(sum(all)),
                Scale(over_count(log(), -1.0, rows)).then(sum(all)),
            ])
        }
        Op::BceLoss => {
            let all = at.all();
            let count = at.count(all);
            let size = of_both(Op::Maximum, (ONE - X) * X, n(BCE_SMALLEST));
            let ratio = (X - X1) / written(size, (ONE - X) * X);
            let difference = bounded_log(ONE - X) - bounded_log(X);
            let each = X1 * bounded_log(X) + (ONE - X1) * bounded_log(ONE - X);
            def()
                .value(over_count(of(Op::Sum(all), each), -1.0, count))
                .partials([
                    Scale(over_count(ratio, 1.0, count)).then(sum(all)),
                    Scale(over_count(difference, 1.0, count)).then(sum(all)),
                ])
        }
        Op::HingeLoss => {
            let (all, last, rows) = (at.all(), at.last(), at.rows());
            let active = || hinge_active(last);
            let right = X1 * copies(last, of(Op::Sum(last), active()));
            let share = |active| Mask(over_count(active, 1.0, rows)).then(sum(all));
            let (margins, wrong) = hinge_margins(last);
            let cut = of_both(Op::Maximum, ZERO, margins.clone());
            let each = masked(wrong, written(of(Op::Relu, margins), cut));
            def()
                .value(over_count(of(Op::Sum(all), each), 1.0, rows))
                .partials([share(active() - right), Zero, share(active())])
        }
    }
}

/// p x^(p − 1), and 0 where p is 0.
fn power_base(at: &At<'_>) -> Partial {
    let known = at.number(1);
    let shown = Scale(match known {
        Some(p) if p == 0.0 || p == 1.0 => n(p),
        Some(p) if p == 2.0 => n(p) * X,
        Some(p) => n(p) * pow(X, n(p - 1.0)),
        None => X1 * pow(X, X1 - ONE),
    });
    let (d, [powers, nothing]) = power();
    let map: Map = match known {
        Some(0.0) => Zero,
        Some(_) => Scale(d),
        None => Scale(d).then(Mask(powers)).plus(Mask(nothing)),
    };
    map.written(shown)
}
