//! Formulas as mathematics and as the language writes them.

use super::math::{self, As, Math, function, op, parens, row};
use crate::definition::expr::Expr;
use crate::op::{Form, Op, Relation};
use crate::shape::{Axes, Permutation};
use std::f64::consts::PI;

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

/// Writes a formula.
pub trait Write {
    /// As mathematics.
    fn math(&self, at: &Leaves) -> Math;

    /// As the language writes it, of names; none if it has no words for it.
    /// `kept` writes a result over axes so that it lies along an operand again.
    fn python(&self, names: &[&str], kept: &dyn Fn(&str, usize, Axes) -> String) -> Option<String>;
}

impl Write for Expr {
    fn math(&self, at: &Leaves) -> Math {
        match self {
            Self::X(slot) => at
                .operands
                .get(*slot)
                .cloned()
                .unwrap_or_else(|| row(vec![])),
            Self::Y => at.value.clone(),
            Self::U => at.upstream.clone(),
            Self::N(value) => math::given(*value, As::Plain),
            Self::Gate(op, parts) => {
                let written = parts.iter().map(|part| part.math(at)).collect();
                gate_of(*op, parts, written, at.times)
            }
            Self::Named(name, parts) => called(name, parts.iter().map(|a| a.math(at)).collect()),
            Self::Copies(axes, _, a) => match **a {
                Self::U if !axes.is_empty() => called("broadcast", vec![a.math(at)]),
                _ => a.math(at),
            },
            Self::Routine(_, a) => a.math(at),
            Self::Written(both) => both[1].math(at),
        }
    }

    fn python(&self, names: &[&str], kept: &dyn Fn(&str, usize, Axes) -> String) -> Option<String> {
        Some(match self {
            // The names of the value and of the upstream gradient come last.
            Self::X(slot) => (*names.get(*slot)?).to_owned(),
            Self::Y => (*names.get(names.len().checked_sub(2)?)?).to_owned(),
            Self::U => (*names.last()?).to_owned(),
            Self::N(value) => format!("({value:?})"),
            Self::Gate(op, parts) => {
                let parts = parts.iter().map(|part| part.python(names, kept));
                gate_in_python(*op, &parts.collect::<Option<Vec<String>>>()?)?
            }
            Self::Named("φ", a) => {
                let a = a.first()?.python(names, kept)?;
                format!("(exp(-({a} ** 2) / 2) / {:?})", (2.0 * PI).sqrt())
            }
            Self::Copies(axes, _, a) if axes.is_empty() => a.python(names, kept)?,
            Self::Copies(axes, slot, a) => kept(&a.python(names, kept)?, *slot, *axes),
            Self::Written(both) => both[1].python(names, kept)?,
            Self::Named(..) | Self::Routine(..) => return None,
        })
    }
}

/// A gate of some parts, which are written already, as mathematics.
pub fn gate_of(of: Op, parts: &[Expr], written: Vec<Math>, times: &'static str) -> Math {
    let one = || math::num(1.0, As::Plain);
    let zero = || math::num(0.0, As::Plain);
    let two = || math::num(2.0, As::Plain);
    match (of, written.as_slice()) {
        (Op::Add, terms) => sum(terms.iter().cloned()),
        // a · a
        (Op::Mul, [a, _]) if parts[0] == parts[1] => math::sup(base(a.clone()), two()),
        (Op::Mul | Op::Mask, factors) => product(factors.iter().cloned(), times),
        (Op::Sub, [a, b]) => row(vec![a.clone(), op("−"), held(b)]),
        (Op::Div, [a, b]) => math::frac(a.clone(), b.clone()),
        (Op::Reciprocal, [a]) => math::frac(one(), a.clone()),
        (Op::Neg, [a]) => row(vec![op("−"), held(a)]),
        (Op::Pow, [a, b]) => math::sup(base(a.clone()), b.clone()),
        (Op::Square, [a]) => math::sup(base(a.clone()), two()),
        (Op::Compare(relation), [a, b]) => bracket(a.clone(), sign(relation), b.clone()),
        (Op::Step, [a]) => bracket(a.clone(), ">", zero()),
        (Op::Tie, [a, b]) => bracket(a.clone(), "=", b.clone()),
        (Op::Where, [w, a, b]) => {
            let w = match w.clone() {
                Math::Fence {
                    fence: ("[", inner, _),
                } => *inner,
                other => row(vec![other, op("≠"), zero()]),
            };
            let (a, b) = (a.clone(), b.clone());
            parens(row(vec![a, math::text("if"), w, math::text(", else"), b]))
        }
        (Op::Matmul, [a, b]) => {
            // An invisible sign of a product, which would part a visible one.
            let times = |piece: &Math| {
                matches!(
                    piece,
                    Math::Op {
                        op: "·" | "×" | "⊙"
                    }
                )
            };
            let loose = |m: Math| match &m {
                Math::Frac { .. } => parens(m),
                Math::Row { row } if row.iter().any(times) => parens(m),
                _ => m,
            };
            row(vec![
                loose(factor(a.clone(), true)),
                op("\u{2062}"),
                loose(factor(b.clone(), false)),
            ])
        }
        (Op::Permute(Permutation::TRANSPOSE), [a]) => math::sup(base(a.clone()), function("T")),
        (Op::Exp, [a]) => math::sup(Math::Id { id: "e".to_owned() }, a.clone()),
        (Op::Sqrt, [a]) => math::sqrt(a.clone()),
        (Op::Abs, [a]) => math::fence("|", a.clone(), "|"),
        (Op::Norm(_), [a]) => math::fence("‖", a.clone(), "‖"),
        (Op::Sum(_), [a]) => row(vec![function("Σ"), base(a.clone())]),
        (Op::Prod(_), [a]) => row(vec![function("Π"), base(a.clone())]),
        (Op::Sigmoid, [a]) => row(vec![function("σ"), parens(a.clone())]),
        (Op::PowLog, [a, _]) => called("log", vec![a.clone()]),
        (Op::Take(axis), [a, indices @ ..]) => {
            let all = (0..axis).map(|_| op(":")).chain(indices.iter().cloned());
            let indices = row(math::joined(all, &op(",")));
            row(vec![base(a.clone()), math::fence("[", indices, "]")])
        }
        _ => called(of.info().notation, written),
    }
}

fn bracket(a: Math, sign: &'static str, b: Math) -> Math {
    math::fence("[", row(vec![a, op(sign), b]), "]")
}

/// What stands behind a minus sign.
fn held(a: &Math) -> Math {
    if strength(a) <= NEGATIVE {
        parens(a.clone())
    } else {
        a.clone()
    }
}

/// The sign of a relation.
pub fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Greater => ">",
        Relation::Less => "<",
        Relation::GreaterEqual => "≥",
        Relation::LessEqual => "≤",
        Relation::Equal => "=",
        Relation::NotEqual => "≠",
    }
}

/// A gate of some parts as the language writes it; none if it has no words for it.
fn gate_in_python(op: Op, parts: &[String]) -> Option<String> {
    let joined = |by: &str| format!("({})", parts.join(by));
    Some(match (op, parts) {
        (Op::Add, _) => joined(" + "),
        (Op::Sub, _) => joined(" - "),
        (Op::Mul | Op::Mask, _) => joined(" * "),
        (Op::Div, _) => joined(" / "),
        (Op::Pow, _) => joined(" ** "),
        (Op::Matmul, _) => joined(" @ "),
        (Op::Neg, [a]) => format!("(-{a})"),
        (Op::Square, [a]) => format!("({a} ** 2)"),
        (Op::Reciprocal, [a]) => format!("(1 / {a})"),
        (Op::Compare(relation), _) => joined(&format!(" {} ", relation.mark())),
        (Op::Step, [a]) => format!("({a} > 0)"),
        (Op::Tie, _) => joined(" == "),
        (Op::Permute(Permutation::TRANSPOSE), [a]) => format!("{a}.T"),
        (Op::NormalCdf, [a]) => format!("(gelu({a}) / {a})"),
        (Op::PowLog, [a, _]) => format!("log({a})"),
        (Op::CumSum(axis, back), [a]) => {
            let flipped = |a: String| {
                if back {
                    format!("{a}[{}::-1]", ":, ".repeat(usize::from(axis)))
                } else {
                    a
                }
            };
            flipped(format!("cumsum({}, axis={axis})", flipped(a.clone())))
        }
        (Op::Winner(..) | Op::HingeLoss, _) => return None,
        (op, _) if op.info().form == Form::Own => return None,
        (op, parts) => {
            let name = op.info().notation;
            let axes = match (op.info().form, op.axes()) {
                (Form::Reduction | Form::Along, Some(axes)) => {
                    let axes: Vec<String> = axes.iter().map(|axis| format!("{axis},")).collect();
                    format!(", axis=({})", axes.join(" "))
                }
                _ => String::new(),
            };
            format!("{name}({}{axes})", parts.join(", "))
        }
    })
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
    let of = match of.len() {
        1 => of.remove(0),
        _ => row(math::joined(of, &op(","))),
    };
    row(vec![function(name), parens(of)])
}
