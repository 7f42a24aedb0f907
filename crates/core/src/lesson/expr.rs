//! Formulas over a gate's operands, its value and its upstream gradient.

use super::math::{self, As, Math, function, op, parens, row};
use crate::shape::Axes;
use std::f64::consts::PI;

/// A formula; as deep as a rule is long.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// An operand.
    X(usize),
    /// The gate's own value.
    Y,
    /// The upstream gradient.
    U,
    /// A number.
    N(f64),
    /// The sum of all.
    Add(Vec<Expr>),
    /// The first less the second.
    Sub(Box<[Expr; 2]>),
    /// The product of all, element by element.
    Mul(Vec<Expr>),
    /// The first over the second.
    Div(Box<[Expr; 2]>),
    /// The negative.
    Neg(Box<Expr>),
    /// The first to the power of the second.
    Pow(Box<[Expr; 2]>),
    /// A function by the name that the language has for it.
    Call(&'static str, Vec<Expr>),
    /// 1 where the relation holds, else 0.
    Holds(&'static str, Box<[Expr; 2]>),
    /// The second where the first is not 0, else the third.
    If(Box<[Expr; 3]>),
    /// The matrix product.
    Product(Box<[Expr; 2]>),
    /// The last two axes exchanged.
    Transposed(Box<Expr>),
    /// A function over axes, which go: the language's name for it.
    Over(&'static str, Axes, Box<Expr>),
    /// A function along axes, which stay.
    Along(&'static str, Axes, Box<Expr>),
    /// A result over axes, copied back along them to an operand's shape.
    Copies(Axes, usize, Box<Expr>),
    /// What only words say, and of what.
    Said(&'static str, Box<Expr>),
}

pub fn n(value: f64) -> Expr {
    Expr::N(value)
}

pub fn x(slot: usize) -> Expr {
    Expr::X(slot)
}

pub fn sub(a: Expr, b: Expr) -> Expr {
    Expr::Sub(Box::new([a, b]))
}

pub fn div(a: Expr, b: Expr) -> Expr {
    Expr::Div(Box::new([a, b]))
}

pub fn pow(a: Expr, b: Expr) -> Expr {
    Expr::Pow(Box::new([a, b]))
}

pub fn neg(a: Expr) -> Expr {
    Expr::Neg(Box::new(a))
}

pub fn mul(a: Expr, b: Expr) -> Expr {
    Expr::Mul(vec![a, b])
}

pub fn call(name: &'static str, a: Expr) -> Expr {
    Expr::Call(name, vec![a])
}

pub fn holds(sign: &'static str, a: Expr, b: Expr) -> Expr {
    Expr::Holds(sign, Box::new([a, b]))
}

pub fn choose(w: Expr, a: Expr, b: Expr) -> Expr {
    Expr::If(Box::new([w, a, b]))
}

/// What stands at the leaves of a formula.
pub struct Leaves {
    /// For each operand.
    pub operands: Vec<Math>,
    /// For the gate's value.
    pub value: Math,
    /// For the upstream gradient.
    pub upstream: Math,
    /// The sign of a product: a point between names, a cross between numbers.
    pub times: &'static str,
}

impl Expr {
    /// As mathematics.
    pub fn math(&self, at: &Leaves) -> Math {
        match self {
            Self::X(slot) => at
                .operands
                .get(*slot)
                .cloned()
                .unwrap_or_else(|| row(vec![])),
            Self::Y => at.value.clone(),
            Self::U => at.upstream.clone(),
            Self::N(value) => math::num(*value, As::Plain),
            Self::Add(terms) => sum(terms.iter().map(|term| term.math(at))),
            Self::Sub(both) => {
                let [a, b] = both.each_ref().map(|part| part.math(at));
                let b = if strength(&b) <= NEGATIVE {
                    parens(b)
                } else {
                    b
                };
                row(vec![a, op("−"), b])
            }
            Self::Mul(factors) => product(factors.iter().map(|factor| factor.math(at)), at.times),
            Self::Div(both) => {
                let [a, b] = both.each_ref().map(|part| part.math(at));
                math::frac(a, b)
            }
            Self::Neg(a) => {
                let a = a.math(at);
                let a = if strength(&a) <= NEGATIVE {
                    parens(a)
                } else {
                    a
                };
                row(vec![op("−"), a])
            }
            Self::Pow(both) => {
                let [a, b] = both.each_ref().map(|part| part.math(at));
                math::sup(base(a), b)
            }
            Self::Call(name, of) => called(name, of.iter().map(|a| a.math(at)).collect()),
            Self::Holds(sign, both) => {
                let [a, b] = both.each_ref().map(|part| part.math(at));
                math::fence("[", row(vec![a, op(sign), b]), "]")
            }
            Self::If(parts) => {
                let [w, a, b] = parts.each_ref().map(|part| part.math(at));
                let w = match w {
                    Math::Fence {
                        fence: ("[", inner, _),
                    } => *inner,
                    other => row(vec![other, op("≠"), math::num(0.0, As::Plain)]),
                };
                parens(row(vec![a, math::text("if"), w, math::text(", else"), b]))
            }
            Self::Product(both) => {
                let [a, b] = both.each_ref().map(|part| part.math(at));
                // An invisible sign of a product.
                let loose = |m: Math| match m {
                    Math::Frac { .. } => parens(m),
                    m => m,
                };
                row(vec![
                    loose(factor(a, true)),
                    op("\u{2062}"),
                    loose(factor(b, false)),
                ])
            }
            Self::Transposed(a) => math::sup(base(a.math(at)), function("T")),
            Self::Over(name, axes, a) | Self::Along(name, axes, a) => over(name, *axes, a.math(at)),
            Self::Copies(axes, _, a) if axes.is_empty() => a.math(at),
            Self::Copies(_, _, a) => match **a {
                Self::U => row(vec![math::text("copies of"), a.math(at)]),
                _ => a.math(at),
            },
            Self::Said(words, a) => row(vec![math::text(*words), a.math(at)]),
        }
    }

    /// As the language writes it, of names; none if it has no words for it.
    /// `kept` writes a result over axes so that it lies along an operand again.
    pub fn python(
        &self,
        names: &[&str],
        kept: &dyn Fn(&str, usize, Axes) -> String,
    ) -> Option<String> {
        let of = |part: &Self| part.python(names, kept);
        let all = |parts: &[Self], by: &str| {
            let parts: Option<Vec<String>> = parts.iter().map(of).collect();
            Some(format!("({})", parts?.join(by)))
        };
        let list = |axes: Axes| {
            let axes: Vec<String> = axes.iter().map(|axis| format!("{axis},")).collect();
            format!("({})", axes.join(" "))
        };
        Some(match self {
            // The names of the value and of the upstream gradient come last.
            Self::X(slot) => (*names.get(*slot)?).to_owned(),
            Self::Y => (*names.get(names.len().checked_sub(2)?)?).to_owned(),
            Self::U => (*names.last()?).to_owned(),
            Self::N(value) => format!("({value:?})"),
            Self::Add(terms) => all(terms, " + ")?,
            Self::Mul(factors) => all(factors, " * ")?,
            Self::Sub(both) => all(&both[..], " - ")?,
            Self::Div(both) => all(&both[..], " / ")?,
            Self::Pow(both) => all(&both[..], " ** ")?,
            Self::Product(both) => all(&both[..], " @ ")?,
            Self::Neg(a) => format!("(-{})", of(a)?),
            Self::Call("Φ", a) => {
                let a = of(a.first()?)?;
                format!("(gelu({a}) / {a})")
            }
            Self::Call("φ", a) => {
                let a = of(a.first()?)?;
                format!("(exp(-({a} ** 2) / 2) / {:?})", (2.0 * PI).sqrt())
            }
            Self::Call("join" | "won" | "hinge", _) => return None,
            Self::Call(name, parts) => format!("{name}{}", all(parts, ", ")?),
            Self::Holds(sign, both) => {
                let sign = match *sign {
                    "≤" => "<=",
                    "≥" => ">=",
                    "=" => "==",
                    "≠" => "!=",
                    other => other,
                };
                all(&both[..], &format!(" {sign} "))?
            }
            Self::If(parts) => format!("where{}", all(&parts[..], ", ")?),
            Self::Transposed(a) => format!("{}.T", of(a)?),
            Self::Over(name, axes, a) | Self::Along(name, axes, a) => {
                format!("{name}({}, axis={})", of(a)?, list(*axes))
            }
            Self::Copies(axes, _, a) if axes.is_empty() => of(a)?,
            Self::Copies(axes, slot, a) => kept(&of(a)?, *slot, *axes),
            Self::Said(..) => return None,
        })
    }
}

impl Expr {
    /// Whether a part stands in the formula.
    pub fn reads(&self, part: &Self) -> bool {
        if self == part {
            return true;
        }
        match self {
            Self::X(_) | Self::Y | Self::U | Self::N(_) => false,
            Self::Add(parts) | Self::Mul(parts) | Self::Call(_, parts) => {
                parts.iter().any(|one| one.reads(part))
            }
            Self::Sub(both)
            | Self::Div(both)
            | Self::Pow(both)
            | Self::Holds(_, both)
            | Self::Product(both) => both.iter().any(|one| one.reads(part)),
            Self::If(parts) => parts.iter().any(|one| one.reads(part)),
            Self::Neg(one)
            | Self::Transposed(one)
            | Self::Over(_, _, one)
            | Self::Along(_, _, one)
            | Self::Copies(_, _, one)
            | Self::Said(_, one) => one.reads(part),
        }
    }
}

/// How strongly a piece holds together: what stands beside it may need parentheses.
const SUM: u8 = 0;
const NEGATIVE: u8 = 1;
const PRODUCT: u8 = 2;
const POWER: u8 = 3;
const ATOM: u8 = 4;

fn strength(piece: &Math) -> u8 {
    match piece {
        Math::Row { row } => match row.as_slice() {
            [only] => strength(only),
            [Math::Op { op: "−" }, ..] => NEGATIVE,
            [Math::Num { num, .. }, ..] if num.starts_with('−') => NEGATIVE,
            [Math::Fn { .. }, Math::Fence { .. }] => ATOM,
            _ if math::is_element(piece) => ATOM,
            pieces => {
                let sum = |piece: &Math| match piece {
                    Math::Op { op } => !matches!(*op, "·" | "×" | "⊙" | "\u{2062}"),
                    Math::Text { text } => !text.is_empty(),
                    _ => false,
                };
                if pieces.iter().any(sum) { SUM } else { PRODUCT }
            }
        },
        Math::Num { num, .. } if num.starts_with('−') => NEGATIVE,
        Math::Num { num, .. } if num.contains('×') => PRODUCT,
        Math::Frac { .. } => PRODUCT,
        Math::Sup { .. } => POWER,
        _ => ATOM,
    }
}

/// What stands before a power.
pub fn base(piece: Math) -> Math {
    if strength(&piece) < ATOM {
        parens(piece)
    } else {
        piece
    }
}

fn factor(piece: Math, first: bool) -> Math {
    let strength = strength(&piece);
    let loose = strength == SUM || (strength == NEGATIVE && !first);
    if loose { parens(piece) } else { piece }
}

/// A sum; a negative term is in parentheses unless it comes first.
pub fn sum(terms: impl Iterator<Item = Math>) -> Math {
    let terms = terms.enumerate().map(|(at, term)| {
        let loose = at > 0 && strength(&term) == NEGATIVE;
        if loose { parens(term) } else { term }
    });
    row(math::joined(terms, &op("+")))
}

/// A product; a sum is in parentheses, and a negative factor unless it comes first.
pub fn product(factors: impl Iterator<Item = Math>, times: &'static str) -> Math {
    let factors = factors
        .enumerate()
        .map(|(at, piece)| factor(piece, at == 0));
    // A number multiplies every element.
    let number = |piece: &Math| matches!(piece, Math::Num { .. });
    let mut all: Vec<Math> = Vec::new();
    for piece in factors {
        if let Some(last) = all.last() {
            let plain = times == "⊙" && (number(last) || number(&piece));
            all.push(op(if plain { "·" } else { times }));
        }
        all.push(piece);
    }
    row(all)
}

fn called(name: &'static str, mut of: Vec<Math>) -> Math {
    if of.len() == 1 {
        let a = of.remove(0);
        return match name {
            "exp" => math::sup(Math::Id { id: "e".to_owned() }, a),
            "sqrt" => math::sqrt(a),
            "abs" => math::fence("|", a, "|"),
            "sigmoid" => row(vec![function("σ"), parens(a)]),
            name => row(vec![function(name), parens(a)]),
        };
    }
    let of = row(math::joined(of, &op(",")));
    row(vec![function(name), parens(of)])
}

fn over(name: &'static str, _axes: Axes, a: Math) -> Math {
    match name {
        "sum" => row(vec![function("Σ"), base(a)]),
        "prod" => row(vec![function("Π"), base(a)]),
        "norm" => math::fence("‖", a, "‖"),
        name => row(vec![function(name), parens(a)]),
    }
}
