//! Equations between numbers that hold as they are printed.
//!
//! Numbers are printed with three digits, so an equation may come out wrong:
//! 0.1 + 100 = 100. The rule: "=" is written where the left side, reckoned from
//! its printed numbers, rounds to the printed right side, in the place of its last
//! digit. A result that is printed without decimals is no rounded one: it must be
//! hit. And no term of a sum may vanish below the result's last place. Where a
//! function is called, "=" is written where its printed numbers are all of their
//! digits.
//!
//! Where three digits do not do, numbers that end within six are printed to their
//! end: 0.1 + 100 = 100.1. Where that does not do either, "≈" is written, and three
//! digits stay if the printed sides are near each other; only where they are not,
//! because terms cancel, operands are printed with more: 100.144 − 100 ≈ 0.144.
//! So what is written stays as short as a projector wants it.

use super::math::Math;
use super::reckon::{summed, terms};
use crate::number;

/// How far apart the sides of "≈" may be, in parts of the right one.
const NEAR: f64 = 0.02;
/// Most digits of an operand.
const MOST: usize = 15;

/// A line with its equations as they hold.
pub fn settled(math: Math) -> Math {
    match math {
        Math::Row { row } => {
            let mut row: Vec<Math> = row.into_iter().map(settled).collect();
            settle_row(&mut row);
            Math::Row { row }
        }
        Math::Table { table } => {
            let settle = |cells: Vec<Math>| cells.into_iter().map(settled).collect();
            Math::Table {
                table: table.into_iter().map(settle).collect(),
            }
        }
        other => other,
    }
}

fn settle_row(row: &mut [Math]) {
    let ends = |piece: &Math| match piece {
        Math::Text { .. } => true,
        Math::Op { op } => matches!(*op, "=" | "≈" | "≠" | "→" | "," | "<" | ">" | "≤" | "≥"),
        _ => false,
    };
    for at in 0..row.len() {
        if row[at] != (Math::Op { op: "=" }) {
            continue;
        }
        let from = row[..at].iter().rposition(ends).map_or(0, |end| end + 1);
        let to = row[at + 1..].iter().position(ends);
        let to = to.map_or(row.len(), |end| at + 1 + end);
        let (left, right) = row.split_at_mut(at + 1);
        let (left, right) = (&mut left[from..at], &mut right[..to - at - 1]);
        let numbers = |side: &[Math]| side.iter().all(is_numeric) && side.iter().any(has_number);
        if numbers(left) && numbers(right) {
            let op = settle(left, right);
            row[at] = Math::Op { op };
        }
    }
}

/// How numbers are printed.
#[derive(Clone, Copy)]
enum Print {
    Brief,
    Ended,
    Digits(usize),
}

/// The sign between two sides, whose numbers are printed as that needs.
fn settle(left: &mut [Math], right: &mut [Math]) -> &'static str {
    use Print::{Brief, Digits, Ended};
    for [of_left, of_right] in [
        [Brief, Brief],
        [Brief, Ended],
        [Ended, Brief],
        [Ended, Ended],
    ] {
        print(left, of_left);
        print(right, of_right);
        if compare(left, right) == Some(Sides::Equal) {
            return "=";
        }
    }
    print(right, Brief);
    for digits in 3..=MOST {
        print(left, Digits(digits));
        match compare(left, right) {
            Some(Sides::Equal) => return "=",
            Some(Sides::Near) => return "≈",
            Some(Sides::Apart) => {}
            None => break,
        }
    }
    print(left, Brief);
    "≈"
}

#[derive(PartialEq)]
enum Sides {
    Equal,
    Near,
    Apart,
}

/// How two printed sides are to each other; none where the left one calls a function
/// of a rounded number, or shapes are others.
fn compare(left: &[Math], right: &[Math]) -> Option<Sides> {
    let results = literal(right);
    let Some(terms) = terms(left) else {
        let (of, results) = (numbers(left), results?);
        let exact = |number: &Number<'_>| number.is_exact();
        let rounded = |number: &Number<'_>| number.is_exact() || number.has_places();
        let called = of.iter().all(exact) && results.iter().all(rounded);
        let handed = |number: &Number<'_>| of.iter().any(|other| other.num == number.num);
        let equal = called || (hands_on(left) && results.iter().all(handed));
        return equal.then_some(Sides::Equal);
    };
    let (total, found) = (summed(&terms)?, summed(&self::terms(right)?)?);
    if total.shape != found.shape {
        return None;
    }
    let (mut equal, mut near) = (true, true);
    for (at, (&reckoned, &printed)) in total.data.iter().zip(&found.data).enumerate() {
        let sizes = terms.iter().filter_map(|term| term.get(at)).map(f64::abs);
        let scale: f64 = sizes.clone().sum();
        // Of a result that is rounded, half a unit of its last place.
        let result = results.as_ref().and_then(|results| results.get(at));
        let half = result
            .filter(|number| number.has_places())
            .map(|number| 0.5 * number.unit());
        let half = half.unwrap_or(0.0);
        let apart = (reckoned - printed).abs();
        let same = reckoned == printed || (reckoned.is_nan() && printed.is_nan());
        let slack = 1e-12 * scale;
        // What reckoning in floats may lose says nothing of a result that is as small.
        let tells = slack <= half || slack <= 1e-9 * printed.abs() || printed == 0.0;
        let least = slack.max(half * (1.0 - 1e-9));
        let vanishes = sizes.clone().any(|size| size > 0.0 && size < least);
        let close = apart <= half * (1.0 + 1e-9) + slack;
        equal &= same || (close && tells && !vanishes);
        near &= same || apart <= NEAR * printed.abs() + slack;
    }
    Some(match (equal, near) {
        (true, _) => Sides::Equal,
        (false, true) => Sides::Near,
        (false, false) => Sides::Apart,
    })
}

/// A number as it is printed.
struct Number<'a> {
    num: &'a str,
    exact: &'a str,
}

impl Number<'_> {
    /// Whether all digits are printed, but for rounding in the last place of all.
    fn is_exact(&self) -> bool {
        let [printed, all] = [self.num, self.exact].map(number::value);
        let same = |a: f64, b: f64| (a - b).abs() <= 4.0 * f64::EPSILON * b.abs();
        printed
            .zip(all)
            .is_some_and(|(a, b)| a.0.to_bits() == b.0.to_bits() || same(a.0, b.0))
    }

    fn has_places(&self) -> bool {
        self.num.contains('.')
    }

    fn unit(&self) -> f64 {
        number::value(self.num).map_or(0.0, |value| value.1)
    }
}

/// The numbers of a side, from left to right.
fn numbers(side: &[Math]) -> Vec<Number<'_>> {
    let mut found = Vec::new();
    for piece in side {
        match piece {
            Math::Num { num, exact, .. } => found.push(Number { num, exact }),
            other => found.extend(parts(other).into_iter().flat_map(numbers)),
        }
    }
    found
}

/// The numbers of a side that is nothing but a number, or numbers between brackets.
fn literal(side: &[Math]) -> Option<Vec<Number<'_>>> {
    let [only] = side else {
        return None;
    };
    let inner = match only {
        Math::Fence {
            fence: ("[", inner, _),
        } => &**inner,
        Math::Row { row } => return literal(row),
        other => other,
    };
    let plain = |piece: &Math| matches!(piece, Math::Num { .. } | Math::Op { op: "," });
    let all = match inner {
        Math::Row { row } => row.iter().all(plain),
        Math::Table { table } => table.iter().flatten().all(plain),
        piece => plain(piece),
    };
    all.then(|| numbers(side))
}

/// The pieces that a piece is made of.
fn parts(piece: &Math) -> Vec<&[Math]> {
    match piece {
        Math::Row { row } => vec![row],
        Math::Frac { frac: both } | Math::Sup { sup: both } => vec![&both[..]],
        Math::Sqrt { sqrt: inner }
        | Math::Fence {
            fence: (_, inner, _),
        } => {
            vec![std::slice::from_ref(inner)]
        }
        Math::Table { table } => table.iter().map(Vec::as_slice).collect(),
        _ => Vec::new(),
    }
}

/// Whether functions hand on numbers as they are, and nothing else is done to them.
fn hands_on(side: &[Math]) -> bool {
    side.iter().all(|piece| match piece {
        Math::Fn { name } => matches!(*name, "max" | "min" | "relu" | "clip" | "detach" | "join"),
        Math::Num { .. } | Math::Op { op: "," } => true,
        Math::Row { row } => hands_on(row),
        Math::Fence {
            fence: ("(" | "[", inner, _),
        } => hands_on(std::slice::from_ref(inner)),
        _ => false,
    })
}

fn has_number(piece: &Math) -> bool {
    !numbers(std::slice::from_ref(piece)).is_empty()
}

/// Whether a piece says a number by numbers: no name, no words and nothing left out.
fn is_numeric(piece: &Math) -> bool {
    match piece {
        Math::Num { exact, .. } => number::value(exact).is_some(),
        Math::Op { op } => !matches!(*op, "…" | "∂" | "Δ" | "′"),
        Math::Fn { .. } => true,
        Math::Sup { sup } => {
            let e = matches!(&sup[0], Math::Id { id } if id == "e");
            (e || is_numeric(&sup[0])) && is_numeric(&sup[1])
        }
        Math::Text { text } => matches!(text.as_str(), "if" | ", else"),
        Math::Id { .. } | Math::Sub { .. } | Math::Dot { .. } | Math::Under { .. } => false,
        other => parts(other).into_iter().flatten().all(is_numeric),
    }
}

/// Prints the numbers of a side.
fn print(side: &mut [Math], how: Print) {
    for piece in side {
        match piece {
            Math::Num { num, exact, .. } => {
                if let Some((value, _)) = number::value(exact) {
                    *num = match how {
                        Print::Brief => number::brief(value),
                        Print::Ended => number::ended(value),
                        Print::Digits(count) => number::digits(value, count),
                    };
                }
            }
            Math::Row { row } => print(row, how),
            Math::Frac { frac: both } | Math::Sup { sup: both } => print(&mut both[..], how),
            Math::Sqrt { sqrt: inner }
            | Math::Fence {
                fence: (_, inner, _),
            } => {
                print(std::slice::from_mut(inner), how);
            }
            Math::Table { table } => table.iter_mut().for_each(|row| print(row, how)),
            _ => {}
        }
    }
}
