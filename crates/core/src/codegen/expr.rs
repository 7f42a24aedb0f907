//! Pieces of Python: an expression with what has to be known of it to build on it.

use super::Dialect;
use crate::shape::Display;

/// How tightly an expression holds together; a looser one within a tighter one
/// stands in parentheses.
pub mod level {
    /// `a + b`
    pub const SUM: u8 = 2;
    /// `a * b`
    pub const PRODUCT: u8 = 3;
    /// `-a`
    pub const SIGN: u8 = 4;
    /// `a ** b`
    pub const POWER: u8 = 5;
    /// A name, a call, a number.
    pub const ATOM: u8 = 6;
}

/// An expression in some dialect.
#[derive(Clone, Debug)]
pub struct Expr {
    /// As it is written.
    pub text: String,
    /// How tightly it holds together.
    pub level: u8,
    /// The shape that it has: the node's, or a smaller one that broadcasts to it.
    pub shape: Vec<usize>,
    /// The number it is, if it is one written out.
    pub number: Option<f64>,
    /// Of ones and zeros: the test that says which.
    pub test: Option<String>,
    /// Whether it is a product of numbers, element by element.
    pub chain: bool,
    /// Whether its value is no part of another one's memory.
    pub fresh: bool,
    /// How many operations it has.
    pub size: usize,
    /// What it is when reshaped to that one's shape: shorter than the two together.
    pub reshaped: Option<Box<Self>>,
    /// The vector that it is a row or a column of.
    pub vector: Option<String>,
}

impl Expr {
    /// A name.
    pub fn name(text: &str, shape: &[usize]) -> Self {
        Self {
            text: text.to_owned(),
            level: level::ATOM,
            shape: shape.to_vec(),
            number: None,
            test: None,
            chain: false,
            fresh: false,
            size: 0,
            reshaped: None,
            vector: None,
        }
    }

    /// A number.
    pub fn number(value: f64, dialect: Dialect) -> Self {
        let negative = value.is_sign_negative() && !value.is_nan();
        Self {
            level: if negative { level::SIGN } else { level::ATOM },
            number: Some(value),
            fresh: true,
            ..Self::name(&number(value, dialect), &[])
        }
    }

    /// A number in every element of a shape, as a value of the dialect.
    pub fn filled(value: f64, shape: &[usize], dialect: Dialect) -> Self {
        let text = filled(value, shape, dialect);
        let level = if text.starts_with('-') {
            level::SIGN
        } else {
            level::ATOM
        };
        Self {
            level,
            fresh: true,
            ..Self::name(&text, shape)
        }
    }

    /// What an operation makes.
    pub fn made(text: &str, level: u8, shape: &[usize]) -> Self {
        Self {
            level,
            fresh: true,
            size: 1,
            ..Self::name(text, shape)
        }
    }

    /// Its text where what stands around it holds as tightly as a level.
    pub fn within(&self, level: u8) -> String {
        if self.level >= level {
            self.text.clone()
        } else {
            format!("({})", self.text)
        }
    }

    /// Its text as something that a dot or a bracket can follow.
    pub fn atom(&self) -> String {
        self.within(level::ATOM)
    }

    /// Itself as a value of the dialect and of just this shape.
    pub fn exact(&self, shape: &[usize], dialect: Dialect) -> Self {
        if let Some(value) = self.number {
            return Self {
                size: self.size,
                ..Self::filled(value, shape, dialect)
            };
        }
        if self.shape == shape {
            return self.clone();
        }
        let module = dialect.module();
        let text = format!("{module}.broadcast_to({}, {})", self.text, Display(shape));
        Self {
            size: self.size,
            fresh: false,
            ..Self::made(&text, level::ATOM, shape)
        }
    }
}

/// A number in every element of a shape, as a value of the dialect.
pub fn filled(value: f64, shape: &[usize], dialect: Dialect) -> String {
    let number = float(value, dialect);
    match (dialect, shape) {
        (Dialect::Math, _) => number,
        (Dialect::NumPy, []) => format!("np.float64({number})"),
        (Dialect::Torch, []) => format!("torch.tensor({number})"),
        (Dialect::Jax, []) => format!("jnp.array({number})"),
        (_, shape) if value == 1.0 => format!("{}.ones({})", dialect.module(), Display(shape)),
        (_, shape) if value == 0.0 => format!("{}.zeros({})", dialect.module(), Display(shape)),
        (_, shape) => format!("{}.full({}, {number})", dialect.module(), Display(shape)),
    }
}

/// A value of a shape, row-major, as the dialect writes it.
pub fn literal(values: &[f64], shape: &[usize], dialect: Dialect) -> String {
    if let ([value], []) = (values, shape) {
        return filled(*value, shape, dialect);
    }
    if values.is_empty() {
        return format!("{}.zeros({})", dialect.module(), Display(shape));
    }
    if values.len() > 1 && values.iter().all(|value| *value == 1.0) {
        return filled(1.0, shape, dialect);
    }
    let make = match dialect {
        Dialect::Torch => "torch.tensor",
        Dialect::Jax => "jnp.array",
        _ => "np.array",
    };
    format!("{make}({})", nested(values, shape, dialect))
}

/// Numbers in brackets, as deep as the shape is.
pub fn nested(values: &[f64], shape: &[usize], dialect: Dialect) -> String {
    // From the last axis outwards, each level gathered into rows of its size.
    let numbers = values.iter().map(|&value| float(value, dialect));
    let mut level: Vec<String> = numbers.collect();
    for (axis, &size) in shape.iter().enumerate().rev() {
        let count: usize = shape[..axis].iter().product();
        let mut items = level.into_iter();
        let rows = (0..count).map(|_| {
            let row: Vec<String> = items.by_ref().take(size).collect();
            format!("[{}]", row.join(", "))
        });
        level = rows.collect();
    }
    level.pop().unwrap_or_default()
}

/// A number as an expression has it: whole ones without a point.
pub fn number(value: f64, dialect: Dialect) -> String {
    let whole = value.fract() == 0.0 && value.abs() < 1e15;
    if whole && (value != 0.0 || value.is_sign_positive()) {
        format!("{value:.0}")
    } else {
        float(value, dialect)
    }
}

/// A number that Python takes for a floating-point one, with all its digits.
pub fn float(value: f64, dialect: Dialect) -> String {
    let module = dialect.module();
    if value.is_nan() {
        format!("{module}.nan")
    } else if value.is_infinite() {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{module}.inf")
    } else {
        format!("{value:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_all_their_digits() {
        let python = |value| number(value, Dialect::NumPy);
        assert_eq!(python(2.0), "2");
        assert_eq!(python(-0.0), "-0.0");
        assert_eq!(python(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(python(1e300), "1e300");
        assert_eq!(python(f64::NEG_INFINITY), "-np.inf");
        assert_eq!(float(2.0, Dialect::Math), "2.0");
    }

    #[test]
    fn values_are_nested_as_deep_as_their_shape() {
        let write = |values: &[f64], shape: &[usize]| literal(values, shape, Dialect::NumPy);
        assert_eq!(write(&[1.0, 2.0], &[2, 1]), "np.array([[1.0], [2.0]])");
        assert_eq!(write(&[1.0, 1.0], &[2]), "np.ones((2,))");
        assert_eq!(write(&[], &[2, 0]), "np.zeros((2, 0))");
        assert_eq!(write(&[3.0], &[]), "np.float64(3.0)");
    }
}
