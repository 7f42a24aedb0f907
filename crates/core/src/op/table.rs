//! The table: one line for every operation.

use super::Domain::{self, Any, Apart, AwayFromZero, Class, OneHot, Positive, Unit};
use super::numeric as n;
use super::tanh;
use super::{Arity, Form, Info, Kernel, Op, Relation};
use crate::shape::Permutation;
use Arity::{AtLeast, Exactly};

/// An elementwise function of one number.
const fn one(
    name: &'static str,
    symbol: &'static str,
    domain: &'static [Domain],
    f: fn(f64) -> f64,
) -> Info {
    Info {
        name,
        symbol,
        arity: Exactly(1),
        form: Form::Elementwise,
        domains: domain,
        kernel: Kernel::One(f),
        opens: false,
        notation: name,
    }
}

/// An elementwise function of two numbers.
const fn two(
    name: &'static str,
    symbol: &'static str,
    domains: &'static [Domain],
    f: fn(f64, f64) -> f64,
) -> Info {
    let info = whole(name, symbol, 2, Form::Elementwise, domains);
    Info {
        kernel: Kernel::Two(f),
        ..info
    }
}

/// An elementwise function of three numbers.
const fn three(
    name: &'static str,
    symbol: &'static str,
    domains: &'static [Domain],
    f: fn(f64, f64, f64) -> f64,
) -> Info {
    let info = whole(name, symbol, 3, Form::Elementwise, domains);
    Info {
        kernel: Kernel::Three(f),
        ..info
    }
}

/// An elementwise function of two or more numbers.
const fn many(name: &'static str, symbol: &'static str, domains: &'static [Domain]) -> Info {
    let info = whole(name, symbol, 2, Form::Elementwise, domains);
    Info {
        arity: AtLeast(2),
        ..info
    }
}

/// An operation that mathematics calls by another name.
const fn called(name: &'static str, info: Info) -> Info {
    Info {
        opens: false,
        notation: name,
        ..info
    }
}

/// An operation that stands for simpler ones.
const fn composite(info: Info) -> Info {
    Info {
        opens: true,
        ..info
    }
}

/// A function of whole values.
const fn whole(
    name: &'static str,
    symbol: &'static str,
    arity: usize,
    form: Form,
    domains: &'static [Domain],
) -> Info {
    Info {
        name,
        symbol,
        arity: Exactly(arity),
        form,
        domains,
        kernel: Kernel::Array,
        opens: false,
        notation: name,
    }
}

impl Op {
    /// What there is to say of an operation. Adding one adds a line here, its
    /// derivative in [`crate::definition`], and nothing else if it is elementwise.
    #[rustfmt::skip]
    pub fn info(self) -> &'static Info {
        use Form::{Along, Loss, Own, Reduction};
        match self {
            Self::Input(_) => const { &whole("input", "", 0, Own, &[]) },
            Self::Constant(_) => const { &whole("constant", "", 0, Own, &[]) },

            Self::Add => const { &many("add", "+", &[Any]) },
            Self::Sub => const { &two("sub", "−", &[Any], |a, b| a - b) },
            Self::Mul => const { &two("mul", "×", &[Any], |a, b| a * b) },
            Self::Div => const { &two("div", "÷", &[Any, AwayFromZero], |a, b| a / b) },
            Self::Pow => const { &two("pow", "^", &[Positive, AwayFromZero], n::power) },
            Self::Neg => const { &one("neg", "×−1", &[Any], |a| -a) },
            Self::Exp => const { &one("exp", "exp", &[Any], f64::exp) },
            Self::Log => const { &one("log", "log", &[Positive], f64::ln) },
            Self::Log1p => const { &one("log1p", "log1p", &[Positive], f64::ln_1p) },
            Self::Expm1 => const { &one("expm1", "expm1", &[Any], f64::exp_m1) },
            Self::Sqrt => const { &one("sqrt", "√", &[Positive], f64::sqrt) },
            Self::Sin => const { &one("sin", "sin", &[Any], f64::sin) },
            Self::Cos => const { &one("cos", "cos", &[Any], f64::cos) },
            Self::Tan => const { &one("tan", "tan", &[Unit], f64::tan) },
            Self::Sinh => const { &one("sinh", "sinh", &[Any], f64::sinh) },
            Self::Cosh => const { &one("cosh", "cosh", &[Any], f64::cosh) },
            Self::Tanh => const { &one("tanh", "tanh", &[Any], tanh) },
            Self::Abs => const { &one("abs", "|x|", &[AwayFromZero], f64::abs) },
            Self::Sign => const { &one("sign", "sign", &[AwayFromZero], n::sign) },
            Self::Square => const { &one("square", "x²", &[Any], |a| a * a) },
            Self::Reciprocal => const { &one("reciprocal", "1/x", &[AwayFromZero], |a| 1.0 / a) },
            Self::Relu => const { &one("relu", "relu", &[AwayFromZero], |a| if a <= 0.0 { 0.0 } else { a }) },
            Self::LeakyRelu => const { &two("leaky_relu", "leaky", &[AwayFromZero, Unit], |a, s| if a <= 0.0 { a * s } else { a }) },
            Self::Elu => const { &one("elu", "elu", &[AwayFromZero], n::elu) },
            Self::NormalCdf => const { &called("Φ", one("normal_cdf", "Φ", &[Any], n::normal_cdf)) },
            Self::Hypot => const { &two("hypot", "hypot", &[AwayFromZero], f64::hypot) },
            Self::LogAddExp => const { &composite(two("logaddexp", "lae", &[Any], n::log_add_exp)) },
            Self::Maximum => const { &called("max", many("maximum", "max", &[Apart])) },
            Self::Minimum => const { &called("min", many("minimum", "min", &[Apart])) },
            Self::Clip => const { &three("clip", "clip", &[Apart], n::clip) },
            Self::Where => const { &three("where", "where", &[OneHot, Any, Any], |w, a, b| if w == 0.0 { b } else { a }) },
            Self::Compare(relation) => relation.info(),
            Self::Detach => const { &one("detach", "stop", &[Any], |a| a) },

            Self::Matmul => const { &whole("matmul", "@", 2, Own, &[Any]) },
            Self::Sum(_) => const { &whole("sum", "Σ", 1, Reduction, &[Any]) },
            Self::Mean(_) => const { &whole("mean", "mean", 1, Reduction, &[Any]) },
            Self::Prod(_) => const { &composite(whole("prod", "Π", 1, Reduction, &[Any])) },
            Self::Max(_) => const { &whole("max", "max", 1, Reduction, &[Apart]) },
            Self::Min(_) => const { &whole("min", "min", 1, Reduction, &[Apart]) },

            Self::CumSum(_, false) => const { &whole("cumsum", "Σ…", 1, Own, &[Any]) },
            Self::CumSum(_, true) => const { &called("reverse cumsum", whole("reverse_cumsum", "…Σ", 1, Own, &[Any])) },

            Self::Broadcast(_) => const { &whole("broadcast", "copy", 1, Own, &[Any]) },
            Self::Reshape => const { &whole("reshape", "shape", 1, Own, &[Any]) },
            Self::Permute(Permutation::TRANSPOSE) => const { &whole("transpose", "ᵀ", 1, Own, &[Any]) },
            Self::Permute(_) => const { &whole("permute", "axes", 1, Own, &[Any]) },
            Self::Slice(_) => const { &whole("slice", "[ ]", 1, Own, &[Any]) },
            Self::Scatter(_) => const { &whole("scatter", "put", 1, Own, &[Any]) },
            Self::Take(_) => const { &Info { arity: AtLeast(2), ..whole("take", "[i]", 2, Own, &[Any, Class]) } },
            Self::Put(_) => const { &Info { arity: AtLeast(2), ..whole("put", "put +", 2, Own, &[Any, Class]) } },
            Self::Concat(_) => const { &called("join", Info { arity: AtLeast(1), ..whole("concatenate", "join", 1, Own, &[Any]) }) },
            Self::OneHot => const { &whole("one_hot", "one hot", 1, Own, &[Class]) },

            Self::Sigmoid => const { &composite(one("sigmoid", "σ", &[Any], n::sigmoid)) },
            Self::Silu => const { &composite(one("silu", "silu", &[Any], n::silu)) },
            Self::Gelu => const { &composite(one("gelu", "gelu", &[Any], n::gelu)) },
            Self::Softplus => const { &composite(one("softplus", "softplus", &[Any], n::softplus)) },
            Self::Var(_) => const { &composite(whole("var", "var", 1, Reduction, &[Any])) },
            Self::Std(_) => const { &composite(whole("std", "std", 1, Reduction, &[Apart])) },
            Self::Norm(_) => const { &composite(whole("norm", "‖x‖", 1, Reduction, &[AwayFromZero])) },
            Self::LogSumExp(_) => const { &composite(whole("logsumexp", "lse", 1, Reduction, &[Any])) },
            Self::Softmax(_) => const { &composite(whole("softmax", "softmax", 1, Along, &[Any])) },
            Self::LogSoftmax(_) => const { &composite(whole("log_softmax", "log softmax", 1, Along, &[Any])) },
            Self::MseLoss => const { &composite(whole("mse_loss", "mse", 2, Loss, &[Any])) },
            Self::CrossEntropy => const { &composite(whole("cross_entropy", "cross entropy", 2, Loss, &[Any, Unit])) },
            Self::BceLoss => const { &composite(whole("bce_loss", "bce", 2, Loss, &[Unit])) },
            Self::HingeLoss => const { &composite(called("hinge", whole("hinge_loss", "hinge", 3, Loss, &[Apart, OneHot, Unit]))) },

            Self::Step => const { &one("step", "> 0", &[AwayFromZero], |a| if a <= 0.0 { 0.0 } else { 1.0 }) },
            Self::Tie => const { &two("tie", "=", &[Apart], n::tie) },
            Self::Mask => const { &two("mask", "mask", &[AwayFromZero, Any], |w, a| if w == 0.0 { 0.0 } else { w * a }) },
            Self::Winner(..) => const { &called("won", Info { arity: AtLeast(2), ..whole("winner", "won", 2, Form::Elementwise, &[Apart]) }) },
            Self::PowLog => const { &called("log", two("powlog", "log", &[Positive, Any], |a, b| if a == 0.0 && b >= 0.0 { 0.0 } else { a.ln() })) },
        }
    }
}

impl Relation {
    /// The relation as Python writes it.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::Less => "<",
            Self::GreaterEqual => ">=",
            Self::LessEqual => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }

    /// The relation that Python writes so.
    pub fn of(mark: &str) -> Option<Self> {
        use Relation::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        let all = [Greater, Less, GreaterEqual, LessEqual, Equal, NotEqual];
        all.into_iter().find(|relation| relation.mark() == mark)
    }

    #[rustfmt::skip]
    fn info(self) -> &'static Info {
        match self {
            Self::Greater => const { &two("greater", ">", &[Apart], |a, b| n::truth(a > b)) },
            Self::Less => const { &two("less", "<", &[Apart], |a, b| n::truth(a < b)) },
            Self::GreaterEqual => const { &two("greater_equal", "≥", &[Apart], |a, b| n::truth(a >= b)) },
            Self::LessEqual => const { &two("less_equal", "≤", &[Apart], |a, b| n::truth(a <= b)) },
            Self::Equal => const { &two("equal", "=", &[Apart], |a, b| n::truth(a == b)) },
            Self::NotEqual => const { &two("not_equal", "≠", &[Apart], |a, b| n::truth(a != b)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::HashSet, mem::discriminant};

    #[test]
    fn names_are_distinct() {
        let kinds = Op::ALL.iter().map(|op| (op.info().name, discriminant(op)));
        let kinds: HashSet<_> = kinds.collect();
        let names: HashSet<_> = kinds.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), kinds.len());
    }
}
