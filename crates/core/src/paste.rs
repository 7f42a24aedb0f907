//! Numbers from a text that was copied elsewhere: a spreadsheet, NumPy, PyTorch, a program.

use crate::lower::{Tensor, constants};

mod list;
mod number;
mod table;
#[cfg(test)]
mod tests;

/// Longest text that is read, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// Most axes, as of a program's values.
const MAX_AXES: usize = 32;

/// An array of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Pasted {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, row-major.
    pub values: Vec<f64>,
}

/// Reads an array, or says in plain words what is wrong. A number is what [`constant`](crate::lower::constant) reads.
///
/// With brackets it is a nested list as Python, NumPy and PyTorch write it, alone or within a
/// call such as `tensor(…, device='cuda:0')`, or a matrix as MATLAB writes it. Without, it is
/// rows of cells between tabs, semicolons, commas or spaces; between tabs and semicolons a
/// comma may be the decimal point. One row is a vector, one number a number.
///
/// # Errors
/// What stands in the text that is no array, and where.
pub fn pasted(text: &str) -> Result<Pasted, String> {
    if text.len() > MAX_TEXT {
        return Err("the text is longer than 1 MiB".to_owned());
    }
    // A tab at the start stands behind an empty cell.
    let text = text
        .trim_start_matches(['\n', '\r', ' ', '\u{feff}'])
        .trim_end();
    if text.is_empty() {
        return Err("there are no numbers in the text".to_owned());
    }
    if text.contains('…') || text.as_bytes().windows(3).any(|three| three == b"...") {
        return Err("the text leaves numbers out: copy it again after \
             np.set_printoptions(threshold=sys.maxsize) in NumPy, \
             torch.set_printoptions(profile='full') in PyTorch"
            .to_owned());
    }
    if text.contains(['[', '(', '{']) {
        // With operators between what is in brackets it is of the language.
        list::read(text).or_else(|error| match constants(text) {
            Ok(Tensor { shape, values }) if !values.is_empty() => Ok(Pasted { shape, values }),
            _ => Err(error),
        })
    } else {
        table::read(text)
    }
}

/// How many of something there are.
fn count(number: usize, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {of}{plural}")
}

/// A piece of the text as it is told of: not too long.
fn told(word: &str) -> String {
    const LONGEST: usize = 24;
    if word.chars().nth(LONGEST).is_none() {
        return format!("'{word}'");
    }
    let start: String = word.chars().take(LONGEST).collect();
    format!("'{start}' and so on")
}
