//! The operations a gate can have, in one table.

mod numeric;
mod table;
mod tanh;

use crate::shape::{Axes, CutsId, Permutation};
pub use numeric::extreme;
pub(crate) use tanh::{tanh, tanh_each};

/// Least logarithm within `bce_loss`, as PyTorch has it.
pub const BCE_LEAST_LOG: f64 = -100.0;
/// Least size of (1 − p) p in the derivative of `bce_loss`, as PyTorch has it.
pub const BCE_SMALLEST: f64 = 1e-12;

/// Declares [`Op`] and [`Op::ALL`] together: an operation has its representative where it
/// is declared, so no table over all of them can miss one.
macro_rules! operations {
    (
        $(#[$about:meta])*
        leaves { $($(#[$leaf_doc:meta])* $leaf:ident($index:ty),)* }
        gates { $($(#[$doc:meta])* $gate:ident $(($($field:ty),+) = ($($value:expr),+))?,)* }
        also { $($also:expr,)* }
    ) => {
        $(#[$about])*
        pub enum Op {
            $($(#[$leaf_doc])* $leaf($index),)*
            $($(#[$doc])* $gate $(($($field),+))?,)*
        }

        impl Op {
            /// One representative of each operation on operands, for tables over all of
            /// them; several of those that are several in one.
            pub const ALL: &[Self] = &[$(Self::$gate $(($($value),+))?,)* $($also,)*];
        }
    };
}

operations! {
    /// What a node does with its operands. Elementwise operations take operands of
    /// their own shape: where NumPy broadcasts, a [`Op::Broadcast`] gate stands between.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    leaves {
        /// A value that can be edited: an index into the graph's inputs.
        Input(u32),
        /// What never changes: an index into the graph's constants.
        Constant(u32),
    }
    gates {
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
        /// −a
        Neg,
        /// e to the power a
        Exp,
        /// Natural logarithm.
        Log,
        /// log(1 + a), with all digits where a is small.
        Log1p,
        /// eᵃ − 1, with all digits where a is small.
        Expm1,
        /// Square root.
        Sqrt,
        /// Sine.
        Sin,
        /// Cosine.
        Cos,
        /// Tangent.
        Tan,
        /// Hyperbolic sine.
        Sinh,
        /// Hyperbolic cosine.
        Cosh,
        /// Hyperbolic tangent.
        Tanh,
        /// |a|
        Abs,
        /// −1, 0 or 1
        Sign,
        /// a²
        Square,
        /// 1 / a
        Reciprocal,
        /// max(a, 0)
        Relu,
        /// a, but b · a where a ≤ 0
        LeakyRelu,
        /// a, but eᵃ − 1 where a ≤ 0
        Elu,
        /// The standard normal distribution's cumulative function.
        NormalCdf,
        /// √(a² + b²), which overflows only where the result does.
        Hypot,
        /// log(eᵃ + eᵇ), which overflows nowhere.
        LogAddExp,
        /// The greatest operand.
        Maximum,
        /// The least operand.
        Minimum,
        /// a, but no less than b and no more than c.
        Clip,
        /// b where a is not 0, else c.
        Where,
        /// 1 where a relation holds, else 0.
        Compare(Relation) = (Relation::Greater),
        /// a, as a constant to every derivative.
        Detach,

        /// Matrix product over the last two axes; the axes before are equal.
        Matmul,
        /// Sum over axes, which go.
        Sum(Axes) = (Axes::NONE),
        /// Mean over axes, which go.
        Mean(Axes) = (Axes::NONE),
        /// Product over axes, which go.
        Prod(Axes) = (Axes::NONE),
        /// Greatest element over axes, which go.
        Max(Axes) = (Axes::NONE),
        /// Least element over axes, which go.
        Min(Axes) = (Axes::NONE),

        /// At each place of an axis the sum of the elements up to there; of those from
        /// there on when `.1`, which is the adjoint.
        CumSum(u8, bool) = (0, false),

        /// Copies along new axes: the adjoint of `Sum` over them.
        Broadcast(Axes) = (Axes::NONE),
        /// The same elements in another shape.
        Reshape,
        /// Axes in another order.
        Permute(Permutation) = (Permutation::TRANSPOSE),
        /// The elements at regular places of each axis.
        Slice(CutsId) = (CutsId::WHOLE),
        /// The elements put at regular places of zeros: the adjoint of `Slice`.
        Scatter(CutsId) = (CutsId::WHOLE),
        /// The elements that indices name, counted from the end where they are below 0:
        /// the operands behind the first have an index each for the axes from `.0` on, in
        /// whose place their own axes stand. NaN where they name none.
        Take(u8) = (0),
        /// The elements added up at the places that indices name, in zeros: the adjoint
        /// of `Take`.
        Put(u8) = (0),
        /// Operands one after the other along an axis.
        Concat(u8) = (0),
        /// A row of as many zeros as there are classes with a 1 at the place the
        /// operand names; NaN in all of them where it names none.
        OneHot,

        /// 1 / (1 + e⁻ᵃ)
        Sigmoid,
        /// a · sigmoid(a)
        Silu,
        /// a times the standard normal distribution's cumulative function of a.
        Gelu,
        /// log(1 + eᵃ)
        Softplus,
        /// Mean square distance from the mean, over axes, which go.
        Var(Axes) = (Axes::NONE),
        /// Root of the variance over axes, which go.
        Std(Axes) = (Axes::NONE),
        /// Root of the sum of squares over axes, which go.
        Norm(Axes) = (Axes::NONE),
        /// Log of the sum of exponentials over axes, which go.
        LogSumExp(Axes) = (Axes::NONE),
        /// Exponentials over their sum along axes.
        Softmax(Axes) = (Axes::NONE),
        /// Log of the softmax along axes.
        LogSoftmax(Axes) = (Axes::NONE),
        /// Mean of (a − b)².
        MseLoss,
        /// Mean over rows of −Σ b log softmax(a) along the last axis.
        CrossEntropy,
        /// Mean of −(b log a + (1 − b) log(1 − a)), logarithms no less than −100.
        BceLoss,
        /// Mean over rows of the sum of max(0, a − aᵧ + c) over the classes but y,
        /// where b is 1 at y and else 0.
        HingeLoss,

        /// 1, but 0 where a ≤ 0: what relu lets through.
        Step,
        /// 1 where a and b are the same or not ordered, else 0.
        Tie,
        /// w · a, but 0 where w is 0, whatever a is.
        Mask,
        /// The part that operand `.0` has in being the greatest (least when `.1`):
        /// 1, or a fraction where several are.
        Winner(u16, bool) = (0, false),
        /// log a, but 0 where a = 0 and b ≥ 0: what d(a to the b)/db needs.
        PowLog,
    }
    also {
        Self::Compare(Relation::Less),
        Self::Compare(Relation::GreaterEqual),
        Self::Compare(Relation::LessEqual),
        Self::Compare(Relation::Equal),
        Self::Compare(Relation::NotEqual),
        Self::Winner(1, true),
        Self::CumSum(0, true),
    }
}

/// How two numbers can compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `>=`
    GreaterEqual,
    /// `<=`
    LessEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// How many operands an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// Just so many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
}

/// Where an operand's elements may be drawn from to try an operation: away from
/// kinks and poles by more than a difference moves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Any number.
    Any,
    /// Above 0.
    Positive,
    /// Not near 0.
    AwayFromZero,
    /// Well between 0 and 1.
    Unit,
    /// No two elements of all the operands are near each other.
    Apart,
    /// 1 at one place of each row, else 0; no derivative is asked for.
    OneHot,
    /// A class or an index, on which the gate's pattern depends: 0, 1 or 2 where it is
    /// tried. What there may be is known when compiling, and no derivative is asked for.
    Class,
}

/// How the shape of the result follows from the operands'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All of one shape.
    Elementwise,
    /// Without the axes it goes over.
    Reduction,
    /// The operand's shape; elements along the axes depend on each other.
    Along,
    /// A number, from operands of one shape.
    Loss,
    /// By a rule of its own.
    Own,
}

/// The arithmetic of an elementwise operation.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// Of one number.
    One(fn(f64) -> f64),
    /// Of two numbers.
    Two(fn(f64, f64) -> f64),
    /// Of three numbers.
    Three(fn(f64, f64, f64) -> f64),
    /// Of whole values: in [`crate::plan`].
    Array,
}

/// What there is to say of an operation besides its derivative.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Its name, as in keys and snapshots.
    pub name: &'static str,
    /// What its gate shows.
    pub symbol: &'static str,
    /// Its operands.
    pub arity: Arity,
    /// The shape of its result.
    pub form: Form,
    /// Where it is tried: a domain for each operand, the last for all further ones.
    pub domains: &'static [Domain],
    /// Its arithmetic.
    pub kernel: Kernel,
    /// Whether it stands for simpler operations: its definition has a value.
    pub opens: bool,
    /// The function that it is in a formula, if it has no sign of its own: by the name that
    /// the language has for it, if it has one.
    pub notation: &'static str,
}

impl Op {
    /// The elementwise operation of one number, for those that are.
    pub fn of_one(self) -> Option<fn(f64) -> f64> {
        match self.info().kernel {
            Kernel::One(f) => Some(f),
            _ => None,
        }
    }

    /// The elementwise operation of two numbers, for those that are.
    pub fn of_two(self) -> Option<fn(f64, f64) -> f64> {
        match self.info().kernel {
            Kernel::Two(f) => Some(f),
            _ => None,
        }
    }

    /// The elementwise operation of three numbers, for those that are.
    pub fn of_three(self) -> Option<fn(f64, f64, f64) -> f64> {
        match self.info().kernel {
            Kernel::Three(f) => Some(f),
            _ => None,
        }
    }

    /// The axes it goes over, for those that do.
    pub fn axes(self) -> Option<Axes> {
        match self {
            Self::Sum(axes)
            | Self::Mean(axes)
            | Self::Prod(axes)
            | Self::Max(axes)
            | Self::Min(axes)
            | Self::Broadcast(axes)
            | Self::Var(axes)
            | Self::Std(axes)
            | Self::Norm(axes)
            | Self::LogSumExp(axes)
            | Self::Softmax(axes)
            | Self::LogSoftmax(axes) => Some(axes),
            _ => None,
        }
    }

    /// The same operation over other axes; itself if it goes over none.
    pub fn with_axes(self, axes: Axes) -> Self {
        match self {
            Self::Sum(_) => Self::Sum(axes),
            Self::Mean(_) => Self::Mean(axes),
            Self::Prod(_) => Self::Prod(axes),
            Self::Max(_) => Self::Max(axes),
            Self::Min(_) => Self::Min(axes),
            Self::Broadcast(_) => Self::Broadcast(axes),
            Self::Var(_) => Self::Var(axes),
            Self::Std(_) => Self::Std(axes),
            Self::Norm(_) => Self::Norm(axes),
            Self::LogSumExp(_) => Self::LogSumExp(axes),
            Self::Softmax(_) => Self::Softmax(axes),
            Self::LogSoftmax(_) => Self::LogSoftmax(axes),
            other => other,
        }
    }

    /// Where an operand's elements are from; further operands are as the last.
    pub fn domain(self, slot: usize) -> Option<Domain> {
        let domains = self.info().domains;
        domains.get(slot).or(domains.last()).copied()
    }

    /// Whether the gate stands for several simpler ones, which
    /// [`crate::composite`] can put in its place.
    pub fn is_composite(self) -> bool {
        self.info().opens
    }
}
