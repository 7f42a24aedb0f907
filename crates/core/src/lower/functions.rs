//! The language's functions, by name.

use crate::op::Op;

/// What a function name does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// An elementwise operation of one operand.
    Elementwise(Op),
    /// The greatest of several, element by element, or of one over axes.
    Extreme {
        /// The least instead.
        least: bool,
        /// Whether one operand alone is reduced.
        reduces: bool,
    },
    /// Sum over axes.
    Sum,
    /// Mean over axes.
    Mean,
    /// `a ** b`
    Pow,
    /// `a @ b`
    Matmul,
    /// `np.array(x)`: x itself.
    Same,
    /// In the language, but not here yet.
    Later,
}

/// Names that need no import.
const FUNCTIONS: &[(&str, Function)] = &[
    ("exp", Function::Elementwise(Op::Exp)),
    ("log", Function::Elementwise(Op::Log)),
    ("sqrt", Function::Elementwise(Op::Sqrt)),
    ("sin", Function::Elementwise(Op::Sin)),
    ("cos", Function::Elementwise(Op::Cos)),
    ("tanh", Function::Elementwise(Op::Tanh)),
    ("sigmoid", Function::Elementwise(Op::Sigmoid)),
    ("relu", Function::Elementwise(Op::Relu)),
    ("max", extreme(false, true)),
    ("min", extreme(true, true)),
    ("maximum", extreme(false, false)),
    ("minimum", extreme(true, false)),
    ("sum", Function::Sum),
    ("mean", Function::Mean),
    ("pow", Function::Pow),
    ("matmul", Function::Matmul),
];

/// Names that a module has besides.
const MODULE_ONLY: &[(&str, Function)] = &[
    ("array", Function::Same),
    ("asarray", Function::Same),
    ("tensor", Function::Same),
    ("power", Function::Pow),
];

const LATER: &[&str] = &[
    "tan",
    "sinh",
    "cosh",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "abs",
    "square",
    "reciprocal",
    "sign",
    "where",
    "clip",
    "prod",
    "var",
    "std",
    "dot",
    "outer",
    "transpose",
    "norm",
    "softmax",
    "log_softmax",
    "logsumexp",
    "reshape",
    "flatten",
    "concatenate",
    "stack",
    "mse_loss",
    "cross_entropy",
    "bce_loss",
    "hinge_loss",
    "grad",
    "detach",
];

const fn extreme(least: bool, reduces: bool) -> Function {
    Function::Extreme { least, reduces }
}

/// The function of a name.
pub fn function(name: &str) -> Option<Function> {
    let found = FUNCTIONS.iter().find(|f| f.0 == name).map(|f| f.1);
    found.or_else(|| LATER.contains(&name).then_some(Function::Later))
}

/// The function of a name in an imported module.
pub fn module_function(name: &str) -> Option<Function> {
    let found = MODULE_ONLY.iter().find(|f| f.0 == name).map(|f| f.1);
    found.or_else(|| function(name))
}

/// Every function name.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    FUNCTIONS.iter().map(|f| f.0).chain(LATER.iter().copied())
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
    let far = length.div_ceil(3);
    known
        // What differs more in length than `far` differs more in letters.
        .filter(|other| other.chars().count().abs_diff(length) <= far)
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|&(distance, other)| distance <= far && distance < other.chars().count())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, other)| other)
}
