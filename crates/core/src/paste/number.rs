//! One number, as programs, printers and spreadsheets write it.

use crate::lower::{constant, fits};
use crate::number::read;

/// What a comma means in the cells of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comma {
    /// The decimal point; a dot is between thousands.
    Decimal,
    /// Between thousands.
    Thousands,
}

const NO_NUMBER: &str = "is not a number";

/// A number with a dot as its decimal point or an expression that is one, or a truth value as 1
/// or 0. Of anything else what it is.
pub(super) fn number(word: &str) -> Result<f64, &'static str> {
    match word {
        "True" | "true" | "TRUE" => return Ok(1.0),
        "False" | "false" | "FALSE" => return Ok(0.0),
        _ => {}
    }
    match read(word) {
        Some(number) => fits(word, number).map(|()| number),
        None if is_date(word) => Err(NO_NUMBER),
        None => constant(word).map_err(|_| NO_NUMBER),
    }
}

/// Whether a word is a date, which is no difference and no quotient.
fn is_date(word: &str) -> bool {
    let is_date = |by: char| {
        let parts: Vec<&str> = word.split(by).collect();
        let digits = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
        let short = |part: &&str| (1..=2).contains(&part.len());
        match parts.as_slice() {
            [year, month, day] | [day, month, year] if year.len() == 4 => {
                parts.iter().all(digits) && short(month) && short(day)
            }
            _ => false,
        }
    };
    is_date('-') || is_date('/')
}

/// A cell of a table.
pub(super) fn cell(text: &str, comma: Comma) -> Result<f64, &'static str> {
    let (thousands, decimal) = match comma {
        Comma::Decimal => ('.', ','),
        Comma::Thousands => (',', '.'),
    };
    // A comma that is a decimal point leaves the dot to the thousands.
    if comma == Comma::Decimal && !text.contains(',') && !grouped(text, thousands) {
        return Err(NO_NUMBER);
    }
    let mut halves = text.splitn(2, decimal);
    let whole = halves.next().unwrap_or_default();
    let part = halves.next();
    if !grouped(whole, thousands) || part.is_some_and(|part| part.contains(thousands)) {
        return Err(NO_NUMBER);
    }
    let is_space = |c: char| c == thousands || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}');
    let mut plain = whole.replace(is_space, "");
    if let Some(part) = part {
        plain.push('.');
        plain.push_str(part);
    }
    number(&plain)
}

/// Whether marks of thousands stand where they can: before every third digit from the right.
fn grouped(whole: &str, mark: char) -> bool {
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    if groups.peek().is_none() {
        return true;
    }
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let start = first.trim_start_matches(['-', '+', '\u{2212}']);
    (1..=3).contains(&start.len()) && digits(start) && groups.all(|g| g.len() == 3 && digits(g))
}
