//! The table: one line for every operation.

use super::Domain::{self, Any, Apart, AwayFromZero, Class, OneHot, Positive, Unit};
use super::numeric as n;
use super::tanh;
use super::{Arity, Form, Info, Kernel, Op, Relation};
use Arity::{AtLeast, Exactly};

/// An elementwise function of one number.
const fn one(
    name: &'static str,
    symbol: &'static str,
    domain: &'static [Domain],
    f: fn(f64) -> f64,
    [python, latex]: [&'static str; 2],
) -> Info {
    Info {
        name,
        symbol,
        arity: Exactly(1),
        form: Form::Elementwise,
        domains: domain,
        kernel: Kernel::One(f),
        python,
        latex,
    }
}

/// An elementwise function of two numbers.
const fn two(
    name: &'static str,
    symbol: &'static str,
    domains: &'static [Domain],
    f: fn(f64, f64) -> f64,
    forms: [&'static str; 2],
) -> Info {
    let info = whole(name, symbol, 2, Form::Elementwise, domains, forms);
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
    forms: [&'static str; 2],
) -> Info {
    let info = whole(name, symbol, 3, Form::Elementwise, domains, forms);
    Info {
        kernel: Kernel::Three(f),
        ..info
    }
}

/// An elementwise function of two or more numbers.
const fn many(
    name: &'static str,
    symbol: &'static str,
    domains: &'static [Domain],
    forms: [&'static str; 2],
) -> Info {
    let info = whole(name, symbol, 2, Form::Elementwise, domains, forms);
    Info {
        arity: AtLeast(2),
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
    [python, latex]: [&'static str; 2],
) -> Info {
    Info {
        name,
        symbol,
        arity: Exactly(arity),
        form,
        domains,
        kernel: Kernel::Array,
        python,
        latex,
    }
}

impl Op {
    /// What there is to say of an operation. Adding one adds a line here, its
    /// derivative in [`crate::diff::rules`], and nothing else if it is elementwise.
    #[rustfmt::skip]
    pub fn info(self) -> &'static Info {
        use Form::{Along, Loss, Own, Reduction};
        match self {
            Self::Input(_) => const { &whole("input", "", 0, Own, &[], ["", ""]) },
            Self::Constant(_) => const { &whole("constant", "", 0, Own, &[], ["", ""]) },

            Self::Add => const { &many("add", "+", &[Any], ["#* + *#", "#* + *#"]) },
            Self::Sub => const { &two("sub", "−", &[Any], |a, b| a - b, ["#0 - #1", "#0 - #1"]) },
            Self::Mul => const { &two("mul", "×", &[Any], |a, b| a * b, ["#0 * #1", r"#0 \cdot #1"]) },
            Self::Div => const { &two("div", "÷", &[Any, AwayFromZero], |a, b| a / b, ["#0 / #1", r"\frac{#0}{#1}"]) },
            Self::Pow => const { &two("pow", "^", &[Positive, AwayFromZero], n::power, ["#0 ** #1", "#0^{#1}"]) },
            Self::Neg => const { &one("neg", "×−1", &[Any], |a| -a, ["-#0", "-#0"]) },
            Self::Exp => const { &one("exp", "exp", &[Any], f64::exp, ["exp(#0)", "e^{#0}"]) },
            Self::Log => const { &one("log", "log", &[Positive], f64::ln, ["log(#0)", r"\log #0"]) },
            Self::Sqrt => const { &one("sqrt", "√", &[Positive], f64::sqrt, ["sqrt(#0)", r"\sqrt{#0}"]) },
            Self::Sin => const { &one("sin", "sin", &[Any], f64::sin, ["sin(#0)", r"\sin #0"]) },
            Self::Cos => const { &one("cos", "cos", &[Any], f64::cos, ["cos(#0)", r"\cos #0"]) },
            Self::Tan => const { &one("tan", "tan", &[Unit], f64::tan, ["tan(#0)", r"\tan #0"]) },
            Self::Sinh => const { &one("sinh", "sinh", &[Any], f64::sinh, ["sinh(#0)", r"\sinh #0"]) },
            Self::Cosh => const { &one("cosh", "cosh", &[Any], f64::cosh, ["cosh(#0)", r"\cosh #0"]) },
            Self::Tanh => const { &one("tanh", "tanh", &[Any], tanh, ["tanh(#0)", r"\tanh #0"]) },
            Self::Abs => const { &one("abs", "|x|", &[AwayFromZero], f64::abs, ["abs(#0)", r"\left|#0\right|"]) },
            Self::Sign => const { &one("sign", "sign", &[AwayFromZero], n::sign, ["sign(#0)", r"\operatorname{sign} #0"]) },
            Self::Square => const { &one("square", "x²", &[Any], |a| a * a, ["square(#0)", "#0^2"]) },
            Self::Reciprocal => const { &one("reciprocal", "1/x", &[AwayFromZero], |a| 1.0 / a, ["reciprocal(#0)", r"\frac{1}{#0}"]) },
            Self::Relu => const { &one("relu", "relu", &[AwayFromZero], |a| if a <= 0.0 { 0.0 } else { a }, ["relu(#0)", r"\max(0, #0)"]) },
            Self::LeakyRelu => const { &two("leaky_relu", "leaky", &[AwayFromZero, Unit], |a, s| if a <= 0.0 { a * s } else { a }, ["leaky_relu(#0, #1)", r"\operatorname{leaky}_{#1} #0"]) },
            Self::Elu => const { &one("elu", "elu", &[AwayFromZero], n::elu, ["elu(#0)", r"\operatorname{elu} #0"]) },
            Self::NormalCdf => const { &one("normal_cdf", "Φ", &[Any], n::normal_cdf, ["", r"\Phi(#0)"]) },
            Self::Maximum => const { &many("maximum", "max", &[Apart], ["max(#*, *#)", r"\max(#*, *#)"]) },
            Self::Minimum => const { &many("minimum", "min", &[Apart], ["min(#*, *#)", r"\min(#*, *#)"]) },
            Self::Clip => const { &three("clip", "clip", &[Apart], n::clip, ["clip(#0, #1, #2)", r"\operatorname{clip}(#0, #1, #2)"]) },
            Self::Where => const { &three("where", "where", &[OneHot, Any, Any], |w, a, b| if w == 0.0 { b } else { a }, ["where(#0, #1, #2)", r"\operatorname{where}(#0, #1, #2)"]) },
            Self::Compare(relation) => relation.info(),
            Self::Detach => const { &one("detach", "stop", &[Any], |a| a, ["detach(#0)", r"\operatorname{detach} #0"]) },

            Self::Matmul => const { &whole("matmul", "@", 2, Own, &[Any], ["#0 @ #1", "#0 #1"]) },
            Self::Sum(_) => const { &whole("sum", "Σ", 1, Reduction, &[Any], ["sum(#0, axis=#axes)", r"\sum #0"]) },
            Self::Mean(_) => const { &whole("mean", "mean", 1, Reduction, &[Any], ["mean(#0, axis=#axes)", r"\overline{#0}"]) },
            Self::Prod(_) => const { &whole("prod", "Π", 1, Reduction, &[Any], ["prod(#0, axis=#axes)", r"\prod #0"]) },
            Self::Max(_) => const { &whole("max", "max", 1, Reduction, &[Apart], ["max(#0, axis=#axes)", r"\max #0"]) },
            Self::Min(_) => const { &whole("min", "min", 1, Reduction, &[Apart], ["min(#0, axis=#axes)", r"\min #0"]) },

            Self::Broadcast(_) => const { &whole("broadcast", "copy", 1, Own, &[Any], ["", r"\operatorname{copy} #0"]) },
            Self::Reshape => const { &whole("reshape", "shape", 1, Own, &[Any], ["reshape(#0, #shape)", r"\operatorname{reshape} #0"]) },
            Self::Transpose => const { &whole("transpose", "ᵀ", 1, Own, &[Any], ["transpose(#0, #axes)", r"#0^{\top}"]) },
            Self::Permute(_) => const { &whole("permute", "axes", 1, Own, &[Any], ["transpose(#0, #axes)", r"\operatorname{permute} #0"]) },
            Self::Slice(_) => const { &whole("slice", "[ ]", 1, Own, &[Any], ["#0[#cuts]", r"#0_{[#cuts]}"]) },
            Self::Scatter(_) => const { &whole("scatter", "put", 1, Own, &[Any], ["", r"\operatorname{put}_{[#cuts]} #0"]) },
            Self::Concat(_) => const { &Info { arity: AtLeast(1), ..whole("concatenate", "join", 1, Own, &[Any], ["concatenate([#*, *#], axis=#axes)", r"\left[#*, *#\right]"]) } },
            Self::OneHot => const { &whole("one_hot", "one hot", 1, Own, &[Class], ["", r"\mathbf{1}_{#0}"]) },

            Self::Sigmoid => const { &one("sigmoid", "σ", &[Any], n::sigmoid, ["sigmoid(#0)", r"\sigma(#0)"]) },
            Self::Silu => const { &one("silu", "silu", &[Any], n::silu, ["silu(#0)", r"\operatorname{silu} #0"]) },
            Self::Gelu => const { &one("gelu", "gelu", &[Any], n::gelu, ["gelu(#0)", r"\operatorname{gelu} #0"]) },
            Self::Softplus => const { &one("softplus", "softplus", &[Any], n::softplus, ["softplus(#0)", r"\log(1 + e^{#0})"]) },
            Self::Var(_) => const { &whole("var", "var", 1, Reduction, &[Any], ["var(#0, axis=#axes)", r"\operatorname{var} #0"]) },
            Self::Std(_) => const { &whole("std", "std", 1, Reduction, &[Apart], ["std(#0, axis=#axes)", r"\operatorname{std} #0"]) },
            Self::Norm(_) => const { &whole("norm", "‖x‖", 1, Reduction, &[AwayFromZero], ["norm(#0, axis=#axes)", r"\left\|#0\right\|"]) },
            Self::LogSumExp(_) => const { &whole("logsumexp", "lse", 1, Reduction, &[Any], ["logsumexp(#0, axis=#axes)", r"\log \sum e^{#0}"]) },
            Self::Softmax(_) => const { &whole("softmax", "softmax", 1, Along, &[Any], ["softmax(#0, axis=#axes)", r"\operatorname{softmax} #0"]) },
            Self::LogSoftmax(_) => const { &whole("log_softmax", "log softmax", 1, Along, &[Any], ["log_softmax(#0, axis=#axes)", r"\log \operatorname{softmax} #0"]) },
            Self::MseLoss => const { &whole("mse_loss", "mse", 2, Loss, &[Any], ["mse_loss(#0, #1)", r"\overline{(#0 - #1)^2}"]) },
            Self::CrossEntropy => const { &whole("cross_entropy", "cross entropy", 2, Loss, &[Any, Unit], ["cross_entropy(#0, #1)", r"H(#1, \operatorname{softmax} #0)"]) },
            Self::BceLoss => const { &whole("bce_loss", "bce", 2, Loss, &[Unit], ["bce_loss(#0, #1)", r"H(#1, #0)"]) },
            Self::HingeLoss => const { &whole("hinge_loss", "hinge", 3, Loss, &[Apart, OneHot, Unit], ["", r"\operatorname{hinge}_{#2}(#0, #1)"]) },

            Self::Step => const { &one("step", "> 0", &[AwayFromZero], |a| if a <= 0.0 { 0.0 } else { 1.0 }, ["where(#0 <= 0, 0, 1)", r"[#0 > 0]"]) },
            Self::Tie => const { &two("tie", "=", &[Apart], n::tie, ["1 - (#0 < #1) - (#0 > #1)", "[#0 = #1]"]) },
            Self::Mask => const { &two("mask", "mask", &[AwayFromZero, Any], |w, a| if w == 0.0 { 0.0 } else { w * a }, ["where(#0, #0 * #1, 0)", r"#0 \cdot #1"]) },
            Self::Winner(..) => const { &Info { arity: AtLeast(2), ..whole("winner", "won", 2, Form::Elementwise, &[Apart], ["", r"[\text{won}]"]) } },
            Self::PowLog => const { &two("powlog", "log", &[Positive, Any], |a, b| if a == 0.0 && b >= 0.0 { 0.0 } else { a.ln() }, ["", r"\log #0"]) },
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
            Self::Greater => const { &two("greater", ">", &[Apart], |a, b| n::truth(a > b), ["#0 > #1", "[#0 > #1]"]) },
            Self::Less => const { &two("less", "<", &[Apart], |a, b| n::truth(a < b), ["#0 < #1", "[#0 < #1]"]) },
            Self::GreaterEqual => const { &two("greater_equal", "≥", &[Apart], |a, b| n::truth(a >= b), ["#0 >= #1", r"[#0 \ge #1]"]) },
            Self::LessEqual => const { &two("less_equal", "≤", &[Apart], |a, b| n::truth(a <= b), ["#0 <= #1", r"[#0 \le #1]"]) },
            Self::Equal => const { &two("equal", "=", &[Apart], |a, b| n::truth(a == b), ["#0 == #1", "[#0 = #1]"]) },
            Self::NotEqual => const { &two("not_equal", "≠", &[Apart], |a, b| n::truth(a != b), ["#0 != #1", r"[#0 \ne #1]"]) },
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
