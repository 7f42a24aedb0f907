//! The language's functions, by name.

use super::prelude::Own;
use crate::op::Op;
use crate::shape::Axes;
use crate::syntax::prelude::{ENTRIES, entry};

/// What a function name does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// An elementwise operation of its arguments.
    Elementwise(Op),
    /// The greatest of several, element by element, or of one over axes.
    Extreme {
        /// The least instead.
        least: bool,
    },
    /// An operation over axes, which go.
    Reduction(Op),
    /// An operation along one axis.
    Along(Op),
    /// The elements that indices name along an axis, or in a row: a list of them for all
    /// (`take`), or one for each element of the others (`gather`); the axis is named
    /// before them.
    Take {
        /// An index for each element.
        each: bool,
        /// The axis comes first.
        axis_first: bool,
    },
    /// Whole numbers in a row.
    Arange,
    /// Running sums along an axis, or of all elements in a row.
    CumSum,
    /// The gelu, exact or by a hyperbolic tangent.
    Gelu,
    /// `x` between two bounds, of which one may be left out.
    Clip,
    /// `a ** b`
    Pow,
    /// `a @ b`
    Matmul,
    /// NumPy's dot product.
    Dot,
    /// Every product of an element of one and an element of the other.
    Outer,
    /// Axes in another order.
    Transpose,
    /// The same elements in another shape.
    Reshape,
    /// The same elements in a row.
    Flatten,
    /// Values one after the other along an axis.
    Concatenate,
    /// Values of one shape along a new axis.
    Stack,
    /// A mean over two values of one shape.
    Loss(Op),
    /// Cross-entropy of scores and a class, classes or a distribution.
    CrossEntropy,
    /// The multiclass margin loss of scores and a class or classes.
    Hinge,
    /// `grad(y, x)`
    Grad,
    /// `np.array(x)`: x itself.
    Same,
    /// A definition of the prelude, of the name that is called.
    Prelude,
    /// What the prelude's definitions alone have.
    Own(Own),
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    name: &'static str,
    /// What it does.
    pub function: Function,
    /// Its parameters' names in order, each with the others that it goes by.
    pub parameters: &'static [&'static [&'static str]],
    /// How many of them have no default.
    pub required: usize,
}

const X: &[&str] = &["x", "input", "a"];
const Y: &[&str] = &["y", "other", "b"];
const AXIS: &[&str] = &["axis", "dim"];
const INDICES: &[&str] = &["indices", "index"];
const KEEP: &[&str] = &["keepdims", "keepdim"];
const REDUCTION: &[&[&str]] = &[X, AXIS, KEEP];
const SPREAD: &[&[&str]] = &[X, AXIS, KEEP, &["ddof", "correction", "unbiased"]];
const NORM: &[&[&str]] = &[X, &["ord", "p"], AXIS, KEEP];
const ALONG: &[&[&str]] = &[X, AXIS];
const LIST: &[&[&str]] = &[&["list", "arrays", "tensors"], AXIS];
const BOUNDS: &[&[&str]] = &[X, &["lo", "min", "a_min"], &["hi", "max", "a_max"]];
const SHAPE: &[&[&str]] = &[X, &["shape", "newshape"]];
const LOSS: &[&[&str]] = &[&["a", "input", "p"], &["b", "target", "t"]];
const SCORES: &[&str] = &["scores", "input"];
const TARGET: &[&str] = &["target"];

/// Names that need no import.
#[rustfmt::skip]
const FUNCTIONS: &[Signature] = &[
    of_one("exp", Op::Exp),
    of_one("log", Op::Log),
    of_one("log1p", Op::Log1p),
    of_one("expm1", Op::Expm1),
    of_one("sqrt", Op::Sqrt),
    of_one("sin", Op::Sin),
    of_one("cos", Op::Cos),
    of_one("tan", Op::Tan),
    of_one("sinh", Op::Sinh),
    of_one("cosh", Op::Cosh),
    of_one("tanh", Op::Tanh),
    of_one("sigmoid", Op::Sigmoid),
    of_one("relu", Op::Relu),
    row("leaky_relu", Function::Elementwise(Op::LeakyRelu), &[X, &["negative_slope"]], 1),
    of_one("elu", Op::Elu),
    row("gelu", Function::Gelu, &[X, &["approximate"]], 1),
    of_one("silu", Op::Silu),
    of_one("softplus", Op::Softplus),
    of_one("abs", Op::Abs),
    of_one("square", Op::Square),
    of_one("reciprocal", Op::Reciprocal),
    of_one("sign", Op::Sign),
    row("hypot", Function::Elementwise(Op::Hypot), &[X, Y], 2),
    row("logaddexp", Function::Elementwise(Op::LogAddExp), &[X, Y], 2),
    row("maximum", extreme(false), &[X, Y], 2),
    row("minimum", extreme(true), &[X, Y], 2),
    row("max", extreme(false), REDUCTION, 1),
    row("min", extreme(true), REDUCTION, 1),
    row("where", Function::Elementwise(Op::Where), &[&["cond", "condition"], &["a", "input", "x"], &["b", "other", "y"]], 3),
    row("clip", Function::Clip, BOUNDS, 1),
    row("pow", Function::Pow, &[X, &["y", "exponent", "b"]], 2),
    reduction("sum", Op::Sum(Axes::NONE)),
    reduction("mean", Op::Mean(Axes::NONE)),
    reduction("prod", Op::Prod(Axes::NONE)),
    row("var", Function::Reduction(Op::Var(Axes::NONE)), SPREAD, 1),
    row("std", Function::Reduction(Op::Std(Axes::NONE)), SPREAD, 1),
    row("take", take(false, false), &[X, INDICES, AXIS], 2),
    row("index_select", take(false, true), &[X, AXIS, INDICES], 3),
    row("take_along_axis", take(true, false), &[&["arr", "x"], INDICES, AXIS], 3),
    row("gather", take(true, true), &[X, AXIS, INDICES], 3),
    row("arange", Function::Arange, &[&["start", "end"], &["stop"], &["step"]], 1),
    row("cumsum", Function::CumSum, ALONG, 1),
    row("dot", Function::Dot, &[X, Y], 2),
    row("matmul", Function::Matmul, &[X, Y], 2),
    row("outer", Function::Outer, &[X, Y], 2),
    row("transpose", Function::Transpose, &[X, &["axes"]], 1),
    row("norm", Function::Reduction(Op::Norm(Axes::NONE)), NORM, 1),
    row("softmax", Function::Along(Op::Softmax(Axes::NONE)), ALONG, 1),
    row("log_softmax", Function::Along(Op::LogSoftmax(Axes::NONE)), ALONG, 1),
    reduction("logsumexp", Op::LogSumExp(Axes::NONE)),
    row("reshape", Function::Reshape, SHAPE, 2),
    row("flatten", Function::Flatten, &[X], 1),
    row("concatenate", Function::Concatenate, LIST, 1),
    row("stack", Function::Stack, LIST, 1),
    row("mse_loss", Function::Loss(Op::MseLoss), LOSS, 2),
    row("cross_entropy", Function::CrossEntropy, &[SCORES, TARGET], 2),
    row("bce_loss", Function::Loss(Op::BceLoss), LOSS, 2),
    row("binary_cross_entropy", Function::Loss(Op::BceLoss), LOSS, 2),
    row("hinge_loss", Function::Hinge, &[SCORES, TARGET, &["margin"]], 2),
    row("grad", Function::Grad, &[&["y", "outputs"], &["x", "inputs"]], 2),
    of_one("detach", Op::Detach),
];

/// Names that a module has besides.
const MODULE_ONLY: &[Signature] = &[
    row("array", Function::Same, &[X], 1),
    row("asarray", Function::Same, &[X], 1),
    row("tensor", Function::Same, &[X], 1),
    row("power", Function::Pow, &[X, Y], 2),
    of_one("absolute", Op::Abs),
    reduction("amax", Op::Max(Axes::NONE)),
    reduction("amin", Op::Min(Axes::NONE)),
    row("clamp", Function::Clip, BOUNDS, 1),
    row("cat", Function::Concatenate, LIST, 1),
];

/// Any function of the prelude: its definition has its parameters.
const PRELUDE: Signature = row("", Function::Prelude, &[], 0);

/// Names that the prelude's definitions have besides.
#[rustfmt::skip]
const OWN: &[Signature] = &[
    row("size", Function::Own(Own::Size), &[X, AXIS], 1),
    row("one_hot", Function::Own(Own::OneHot), &[TARGET, SCORES], 2),
    row("last_axes", Function::Own(Own::LastAxes), &[X, &["sizes"]], 2),
    row("channel_axes", Function::Own(Own::ChannelAxes), &[X], 1),
    row("buffer", Function::Own(Own::Buffer), &[X], 1),
    row("by_channel", Function::Own(Own::ByChannel), &[&["w"], X], 2),
    row("unchanged", Function::Own(Own::Unchanged), &[X, Y], 2),
    row("expanded", Function::Own(Own::Expanded), &[X, Y], 2),
    row("causal", Function::Own(Own::Causal), &[SCORES], 1),
    row("diagonal", Function::Own(Own::Diagonal), &[X], 1),
];

const fn row(
    name: &'static str,
    function: Function,
    parameters: &'static [&'static [&'static str]],
    required: usize,
) -> Signature {
    Signature {
        name,
        function,
        parameters,
        required,
    }
}

const fn of_one(name: &'static str, op: Op) -> Signature {
    row(name, Function::Elementwise(op), &[X], 1)
}

const fn reduction(name: &'static str, op: Op) -> Signature {
    row(name, Function::Reduction(op), REDUCTION, 1)
}

const fn take(each: bool, axis_first: bool) -> Function {
    Function::Take { each, axis_first }
}

const fn extreme(least: bool) -> Function {
    Function::Extreme { least }
}

/// The function of a name.
pub fn function(name: &str) -> Option<&'static Signature> {
    let found = FUNCTIONS.iter().find(|f| f.name == name);
    found.or_else(|| entry(name).map(|_| &PRELUDE))
}

/// The function of a name in a definition of the prelude.
pub fn prelude_function(name: &str) -> Option<&'static Signature> {
    let found = OWN.iter().find(|f| f.name == name);
    found.or_else(|| function(name))
}

/// The function of a name in an imported module.
pub fn module_function(name: &str) -> Option<&'static Signature> {
    let found = MODULE_ONLY.iter().find(|f| f.name == name);
    found.or_else(|| function(name))
}

/// Every function name.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    let prelude = ENTRIES.iter().map(|entry| entry.name);
    FUNCTIONS.iter().map(|f| f.name).chain(prelude)
}

/// Longest name, in letters, for which a likely other one is sought: a
/// comparison takes the product of two lengths, in time and in space.
const MAX_LIKE: usize = 64;

/// The known name that is most like one that is not, if one is like it.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > MAX_LIKE {
        return None;
    }
    // One slip of a short name, two of a longer one.
    let far = 1 + usize::from(length > 5);
    known
        // What differs more in length than `far` differs more in letters.
        .filter(|other| other.chars().count().abs_diff(length) <= far)
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|&(distance, other)| distance <= far && distance < other.chars().count())
        // Names stand in no order.
        .min()
        .map(|(_, other)| other)
}
