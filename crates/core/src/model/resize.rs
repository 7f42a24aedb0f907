//! An input with another shape: the program's text with another literal, and what that breaks.

use super::{Model, Overrides};
use crate::lower::written_literals;
use crate::source::{Diagnostic, LINE_ENDS, Span};
use crate::syntax::{MAX_SOURCE, parse};
use std::fmt::Write;

/// Longest line that a matrix is written on, in letters.
const WIDTH: usize = 60;

const TOO_LONG: &str = "the program would be longer than 1 MiB";

/// A program with another literal for an input.
#[derive(Clone, Debug)]
pub struct Resized {
    /// The text.
    pub program: String,
    /// What the literal says now.
    pub values: Vec<f64>,
    /// What is wrong with the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Model {
    /// Gives an input another shape and other values, in a text that came of the model's own
    /// and may have mistakes. Around the literal the text stays as it is, and so do the
    /// comments within. A number that no literal writes is written as 0.
    ///
    /// Takes time linear in the text and in the values, and that of compiling the text.
    pub fn resized(
        &self,
        source: &str,
        input: usize,
        shape: &[usize],
        values: Vec<f64>,
    ) -> Resized {
        let program = match self.rewritten(source, input, shape, &values) {
            Ok(program) => program,
            Err(message) => {
                return Resized {
                    program: source.to_owned(),
                    values,
                    diagnostics: vec![Diagnostic::new(Span::default(), message)],
                };
            }
        };
        let compiled = Self::viewed(&program, &Overrides::default(), &self.view);
        Resized {
            program,
            values,
            diagnostics: compiled.err().unwrap_or_default(),
        }
    }

    fn rewritten(
        &self,
        source: &str,
        input: usize,
        shape: &[usize],
        values: &[f64],
    ) -> Result<String, String> {
        let inputs = &self.program.inputs;
        let name = &inputs.get(input).ok_or("there is no such input")?.name;
        let size = elements(shape);
        if size.is_none_or(|size| size > MAX_SOURCE / 2) {
            return Err(TOO_LONG.to_owned());
        }
        if shape.is_empty() || size == Some(0) || size != Some(values.len()) {
            return Err("a shape has axes of one element or more".to_owned());
        }
        // Of the inputs of a name the same one.
        let nth = inputs[..input].iter().filter(|it| it.name == *name).count();
        let (ast, _) = parse(source);
        let span = written_literals(&ast, name).nth(nth);
        let gone = || format!("the program no longer says what '{name}' is");
        let span = span.ok_or_else(gone)?;
        let place = span.start as usize..span.end as usize;
        let (before, behind) = (source.get(..place.start), source.get(place.end..));
        let (Some(before), Some(old), Some(behind)) = (before, source.get(place), behind) else {
            return Err(gone());
        };
        let line = before.rsplit(LINE_ENDS).next().unwrap_or_default();
        // A comment behind the literal is of the line on which the statement starts.
        let rest = behind.split(LINE_ENDS).next().unwrap_or_default();
        let on_one_line = !old.contains(LINE_ENDS) && rest.contains('#');
        let indent = line.chars().count();
        let literal = literal(shape, values, old, indent, on_one_line);
        let program = [before, &literal, behind].concat();
        if program.len() > MAX_SOURCE {
            return Err(TOO_LONG.to_owned());
        }
        Ok(program)
    }
}

/// The elements of one shape in another: those whose places from the last axis on are in both
/// keep them, others are 0. None where there would be more than a program can write.
///
/// A vector is the first row of a matrix, and a number the first element.
pub fn kept(from: &[usize], values: &[f64], to: &[usize]) -> Option<Vec<f64>> {
    let size = elements(to).filter(|&size| size <= MAX_SOURCE / 2)?;
    let mut at = vec![0; to.len()];
    let mut kept = Vec::with_capacity(size);
    for _ in 0..size {
        kept.push(
            place(from, &at)
                .and_then(|at| values.get(at).copied())
                .unwrap_or(0.0),
        );
        // The next one, the last axis first.
        for (axis, index) in at.iter_mut().enumerate().rev() {
            *index += 1;
            if *index < to[axis] {
                break;
            }
            *index = 0;
        }
    }
    Some(kept)
}

/// Where an element lies in a shape of other axes, by its indices counted from the last.
fn place(shape: &[usize], at: &[usize]) -> Option<usize> {
    let more = at.len().saturating_sub(shape.len());
    if at[..more].iter().any(|&index| index > 0) {
        return None;
    }
    let missing = shape.len() - (at.len() - more);
    let indices = std::iter::repeat_n(&0, missing).chain(&at[more..]);
    shape
        .iter()
        .zip(indices)
        .try_fold(0, |sum, (&size, &index)| {
            (index < size).then_some(sum * size + index)
        })
}

fn elements(shape: &[usize]) -> Option<usize> {
    shape
        .iter()
        .try_fold(1usize, |n, &size| n.checked_mul(size))
}

/// A literal, from some column on, with the comments of the one before it.
fn literal(shape: &[usize], values: &[f64], old: &str, indent: usize, on_one_line: bool) -> String {
    let rows = rows(shape, values);
    let joined = rows.join(" ");
    let comment = |line: &str| {
        let comment = line.trim_start_matches(|c: char| c != '#');
        comment.trim().to_owned()
    };
    let old = old.replace("\r\n", "\n");
    let mut comments: Vec<String> = old.split(LINE_ENDS).map(comment).collect();
    while comments.last().is_some_and(String::is_empty) {
        comments.pop();
    }
    let is_short = !old.contains(LINE_ENDS) && indent + joined.chars().count() <= WIDTH;
    if on_one_line || comments.is_empty() && is_short {
        return joined;
    }
    let mut lines = rows;
    // A row stands below the first one of its list.
    for line in lines.iter_mut().skip(1) {
        let depth = shape.len() - line.chars().take_while(|&c| c == '[').count();
        *line = " ".repeat(indent + depth) + line;
    }
    // Comments keep their lines; the last line goes on with what stands behind the literal.
    if comments.len() >= lines.len() {
        if let Some(last) = lines.last_mut() {
            last.pop();
        }
        let more = comments.len() - lines.len();
        lines.extend(std::iter::repeat_n(" ".repeat(indent + 1), more));
        lines.push(format!("{}]", " ".repeat(indent)));
    }
    for (line, comment) in lines.iter_mut().zip(&comments) {
        if !comment.is_empty() {
            let space = if line.ends_with(' ') { "" } else { "  " };
            line.push_str(space);
            line.push_str(comment);
        }
    }
    lines.join("\n")
}

/// The innermost lists, with the brackets and commas around them.
fn rows(shape: &[usize], values: &[f64]) -> Vec<String> {
    let columns = shape.last().copied().unwrap_or(1);
    let sizes: Vec<usize> = (1..=shape.len())
        .map(|axes| shape[shape.len() - axes..].iter().product())
        .collect();
    let bounds = |at: usize| {
        sizes
            .iter()
            .take_while(|&&size| at.is_multiple_of(size))
            .count()
    };
    let row = |(at, row): (usize, &[f64])| {
        let (start, end) = (at * columns, (at + 1) * columns);
        let mut text = "[".repeat(bounds(start));
        for (at, &value) in row.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            write_number(&mut text, value);
        }
        text.push_str(&"]".repeat(bounds(end)));
        text.push_str(if end < values.len() { "," } else { "" });
        text
    };
    values.chunks(columns).enumerate().map(row).collect()
}

/// A number as a program writes it.
fn write_number(text: &mut String, value: f64) {
    // Writing to a text cannot fail.
    let _ = if !value.is_finite() {
        write!(text, "0")
    } else if value.fract() == 0.0
        && value.abs() < 1e15
        && (value != 0.0 || value.is_sign_positive())
    {
        write!(text, "{value}")
    } else {
        write!(text, "{value:?}")
    };
}
