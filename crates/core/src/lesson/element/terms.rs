//! Sums and lists of many terms, of which the first few and the last are written.

use crate::definition::expr::{Expr, X, X1};
use crate::lesson::formula::{self, Leaves, Write};
use crate::lesson::math::{self, As, Math, function, joined, op, parens, row, text};

/// Most terms that are all written.
const MOST: usize = 8;
/// How many are written at the front of more.
const FIRST: usize = 3;

/// Which of many are written: none for those that are left out.
fn written(count: usize) -> impl Iterator<Item = Option<usize>> {
    let all = count <= MOST;
    let front = 0..if all { count } else { FIRST };
    let rest = if all {
        [None; 0].to_vec()
    } else {
        vec![None, Some(count - 1)]
    };
    front.map(Some).chain(rest)
}

/// Pieces with something between, shortened.
pub fn listed(count: usize, between: &'static str, mut each: impl FnMut(usize) -> Math) -> Math {
    let pieces = written(count).map(|at| at.map_or_else(|| op("…"), &mut each));
    row(joined(pieces, &op(between)))
}

/// A sum, shortened; 0 where there is nothing.
pub fn sum(count: usize, mut each: impl FnMut(usize) -> Math) -> Math {
    if count == 0 {
        return math::num(0.0, As::Plain);
    }
    let terms = written(count).map(|at| {
        at.map_or_else(
            || op("…"),
            |at| {
                let term = each(at);
                if at == 0 { term } else { inner(term) }
            },
        )
    });
    formula::sum(terms)
}

/// A product of many, shortened; 1 where there is nothing.
pub fn product(count: usize, times: &'static str, mut each: impl FnMut(usize) -> Math) -> Math {
    if count == 0 {
        return math::num(1.0, As::Plain);
    }
    let factors = written(count).map(|at| at.map_or_else(|| op("…"), &mut each));
    formula::product(factors, times)
}

/// A product of two.
pub fn times(a: Math, b: Math, sign: &'static str) -> Math {
    formula::product([a, b].into_iter(), sign)
}

/// A term behind another: its first factor in parentheses if that is below zero.
fn inner(term: Math) -> Math {
    let Math::Row { row: mut pieces } = term else {
        return term;
    };
    let leads = matches!(&pieces[..], [Math::Num { num, .. }, Math::Op { op: "×" | "·" }, ..] if num.starts_with('−'));
    if leads {
        let first = pieces.remove(0);
        pieces.insert(0, parens(first));
    }
    row(pieces)
}

/// How many terms there are, where not all are written.
fn counted(count: usize) -> Option<Math> {
    (count > MOST).then(|| text(format!("({count} terms)")))
}

/// Something over a count; itself over 1.
pub fn over(of: Math, count: usize) -> Math {
    if count == 1 {
        return of;
    }
    math::frac(of, math::num(count as f64, As::Plain))
}

/// A function of something.
pub fn called(name: &'static str, of: Math) -> Math {
    row(vec![function(name), parens(of)])
}

/// A formula of some pieces.
fn of(formula: &Expr, operands: Vec<Math>) -> Math {
    formula.math(&Leaves {
        operands,
        value: text(""),
        upstream: text(""),
        times: "·",
    })
}

/// A difference; what is below zero or a sum is in parentheses.
pub fn less(a: Math, b: Math) -> Math {
    of(&(X - X1), vec![a, b])
}

/// The negative of something.
pub fn negative(a: Math) -> Math {
    of(&-X, vec![a])
}

/// Equal things, without repetitions.
pub fn equal(pieces: Vec<Math>) -> Math {
    let mut pieces = pieces;
    pieces.dedup_by_key(|piece| piece.plain());
    row(joined(pieces, &op("=")))
}

/// `y = x·w`, and below it `2 × 3 = 6`: what is made of terms in names, then in numbers,
/// on one line where the numbers are the result itself.
pub fn lines(of: Math, names: Math, numbers: Math, result: Math, count: usize) -> Vec<Math> {
    if numbers.plain() == result.plain() {
        return vec![equal(vec![of, names, result])];
    }
    let names = equal(vec![of, names]);
    let names = row([names].into_iter().chain(counted(count)).collect());
    vec![names, equal(vec![numbers, result])]
}
