//! Mathematics as a tree: from one value the page makes `MathML`, [`super::latex`]
//! LaTeX, and [`super::write`] plain text and words to be spoken.

use crate::number;
use serde::Serialize;

/// A piece of mathematics. Trees are as deep as a formula is, never as a program.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Math {
    /// Pieces side by side.
    Row {
        /// From left to right.
        row: Vec<Math>,
    },
    /// A fraction.
    Frac {
        /// Numerator and denominator.
        frac: Box<[Math; 2]>,
    },
    /// A power.
    Sup {
        /// Base and exponent.
        sup: Box<[Math; 2]>,
    },
    /// A subscript.
    Sub {
        /// Base and index.
        sub: Box<[Math; 2]>,
    },
    /// A square root.
    Sqrt {
        /// What stands under it.
        sqrt: Box<Math>,
    },
    /// A name.
    Id {
        /// The name, without a subscript.
        id: String,
    },
    /// A number.
    Num {
        /// As a reader sees it.
        num: String,
        /// All its digits.
        exact: String,
        /// What it is, for its colour.
        #[serde(rename = "as")]
        role: As,
    },
    /// A tangent: a name with a dot over it.
    Dot {
        /// The name, in parentheses if it is an expression.
        dot: Box<Math>,
    },
    /// An operator or a relation.
    Op {
        /// The sign.
        op: &'static str,
    },
    /// The name of a function.
    Fn {
        /// The name.
        #[serde(rename = "fn")]
        name: &'static str,
    },
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// Something between fences.
    Fence {
        /// The opening fence, what stands between, and the closing one.
        fence: (&'static str, Box<Math>, &'static str),
    },
    /// Something with its shape below it.
    Under {
        /// What it is, and what stands below.
        under: Box<[Math; 2]>,
    },
    /// Rows of cells, aligned.
    Table {
        /// The rows.
        table: Vec<Vec<Math>>,
    },
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum As {
    /// Computed forward.
    Value,
    /// Of the backward pass.
    Gradient,
    /// Of the forward-mode pass.
    Tangent,
    /// A local derivative.
    Local,
    /// Anything else.
    Plain,
}

pub fn row(row: Vec<Math>) -> Math {
    Math::Row { row }
}

pub fn frac(over: Math, under: Math) -> Math {
    let frac = Box::new([over, under]);
    Math::Frac { frac }
}

pub fn sup(base: Math, exponent: Math) -> Math {
    let sup = Box::new([base, exponent]);
    Math::Sup { sup }
}

pub fn sub(base: Math, index: Math) -> Math {
    let sub = Box::new([base, index]);
    Math::Sub { sub }
}

pub fn sqrt(inner: Math) -> Math {
    let sqrt = Box::new(inner);
    Math::Sqrt { sqrt }
}

pub fn op(op: &'static str) -> Math {
    Math::Op { op }
}

pub fn function(name: &'static str) -> Math {
    Math::Fn { name }
}

pub fn text(text: impl Into<String>) -> Math {
    let text = text.into();
    Math::Text { text }
}

pub fn fence(open: &'static str, inner: Math, close: &'static str) -> Math {
    let fence = (open, Box::new(inner), close);
    Math::Fence { fence }
}

/// With something below it.
pub fn under(above: Math, below: Math) -> Math {
    let under = Box::new([above, below]);
    Math::Under { under }
}

/// Rows of numbers between brackets.
pub fn matrix(values: &[f64], columns: usize, role: As) -> Math {
    let rows = values.chunks(columns.max(1));
    let table = rows.map(|row| row.iter().map(|&v| num(v, role)).collect());
    let table = Math::Table {
        table: table.collect(),
    };
    fence("[", table, "]")
}

pub fn parens(inner: Math) -> Math {
    fence("(", inner, ")")
}

/// A number.
pub fn num(value: f64, role: As) -> Math {
    Math::Num {
        num: number::brief(value),
        exact: number::exact(value),
        role,
    }
}

/// A number of the program itself, or of a rule.
pub fn given(value: f64, role: As) -> Math {
    Math::Num {
        num: number::given(value),
        exact: number::exact(value),
        role,
    }
}

/// What is not computed yet.
pub fn blank(role: As) -> Math {
    Math::Num {
        num: "…".to_owned(),
        exact: String::new(),
        role,
    }
}

/// A name of the program, with its digits as a subscript.
pub fn name(name: &str) -> Math {
    let (base, index) = number::split_name(name);
    let id = Math::Id {
        id: base.to_owned(),
    };
    if index.is_empty() {
        return id;
    }
    let index = Math::Num {
        num: index.to_owned(),
        exact: index.to_owned(),
        role: As::Plain,
    };
    sub(id, index)
}

/// A name for the so-manieth time, as names are bound again: a⁽²⁾.
pub fn again(name: Math, time: usize) -> Math {
    sup(name, text(format!("({time})")))
}

/// ∂a/∂b
pub fn partial(of: &Math, by: &Math) -> Math {
    let piece = |x: &Math| row(vec![op("∂"), tight(x)]);
    frac(piece(of), piece(by))
}

/// An element of what a name stands for: x[0, 1]. A number has no subscripts.
pub fn at(name: &Math, subscripts: &[usize]) -> Math {
    if subscripts.is_empty() {
        return name.clone();
    }
    let places = subscripts.iter().map(|&place| num(place as f64, As::Plain));
    let places = row(joined(places, &op(",")));
    let whole = matches!(name, Math::Row { row } if matches!(row[..], [Math::Fn { .. }, Math::Fence { .. }]));
    let name = if whole { name.clone() } else { tight(name) };
    row(vec![name, fence("[", places, "]")])
}

/// Whether a piece is an element of something.
pub fn is_element(x: &Math) -> bool {
    let Math::Row { row } = x else {
        return false;
    };
    matches!(&row[..], [name, Math::Fence { fence: ("[", ..) }] if !matches!(name, Math::Op { .. }))
}

/// In parentheses if it is an expression.
pub fn tight(x: &Math) -> Math {
    match x {
        x if is_element(x) => x.clone(),
        Math::Row { row } if row.len() > 1 => parens(x.clone()),
        Math::Sup { sup } if matches!(sup[1], Math::Text { .. }) => x.clone(),
        Math::Frac { .. } | Math::Sup { .. } => parens(x.clone()),
        _ => x.clone(),
    }
}

/// The tangent of a name: ẋ. A subscript or a count stays outside of the dot.
pub fn dot(name: &Math) -> Math {
    match name {
        Math::Sub { sub: parts } => sub(dot(&parts[0]), parts[1].clone()),
        Math::Sup { sup: parts } if matches!(parts[1], Math::Text { .. }) => {
            sup(dot(&parts[0]), parts[1].clone())
        }
        name => Math::Dot {
            dot: Box::new(tight(name)),
        },
    }
}

/// Pieces with something between each.
pub fn joined(pieces: impl IntoIterator<Item = Math>, between: &Math) -> Vec<Math> {
    let mut all = Vec::new();
    for piece in pieces {
        if !all.is_empty() {
            all.push(between.clone());
        }
        all.push(piece);
    }
    all
}
