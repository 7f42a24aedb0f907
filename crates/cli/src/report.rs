//! Text for a person: diagnostics with their source, and a table.

use backflow_core::number::exact;
use backflow_core::shape::Display;
use backflow_core::source::{Diagnostic, Meeting, Misfit, is_hidden, line_at, position};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Most columns of source that a message shows.
const WIDTH: usize = 120;
/// Most letters of an operand that a figure shows.
const NAME: usize = 24;
/// Most letters that a column makes room for.
const COLUMN: usize = 400;
/// Most elements of a value that the table shows.
const ELEMENTS: usize = 12;

/// Every diagnostic as `FILE:LINE:COL: error: message`, the line of source and an underline.
pub fn report(file: &str, source: &str, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let Diagnostic {
            span,
            message,
            shapes,
            ..
        } = diagnostic;
        let place = position(source, span.start);
        let _ = writeln!(
            text,
            "{}:{}:{}: error: {}",
            shown(file),
            place.line,
            place.column,
            shown(message)
        );
        let (line, line_start) = line_at(source, span.start);
        let [start, end] = [span.start, span.end].map(|at| {
            let at = (at as usize).saturating_sub(line_start);
            at.min(line.len())
        });
        if line.len() > WIDTH * 4 || line.trim().is_empty() {
            continue;
        }
        let end = end.max(start);
        let [before, within, behind] = [0..start, start..end, end..line.len()]
            .map(|part| excerpt(line.get(part).unwrap_or_default()));
        // A tab before the underline stays a tab, so that both stand alike.
        let blank: String = before
            .chars()
            .map(|c| {
                if c == '\t' {
                    "\t".to_owned()
                } else {
                    " ".repeat(width(c))
                }
            })
            .collect();
        let underline = "^".repeat(within.width().max(1));
        let _ = writeln!(text, "    {before}{within}{behind}\n    {blank}{underline}");
        if let Some(misfit) = shapes {
            text.push_str(&figure(source, misfit));
        }
    }
    text
}

/// Every operand with its shape, and which sizes met; nothing where no two met.
fn figure(source: &str, misfit: &Misfit) -> String {
    let sizes = |meeting: &Meeting| {
        let axes = meeting.axes.iter().zip(&misfit.operands);
        let mut sizes: Vec<usize> = axes
            .filter_map(|(axis, operand)| operand.shape.get((*axis)?).copied())
            .collect();
        sizes.dedup();
        sizes
    };
    let differing = misfit.met.iter().filter(|meeting| !meeting.fits).map(sizes);
    let met: Vec<String> = differing
        .filter(|sizes| sizes.len() > 1)
        .map(|sizes| {
            let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
            sizes.join(" meets ")
        })
        .collect();
    if met.is_empty() {
        return String::new();
    }
    let last = misfit.operands.len() - 1;
    let rows = misfit.operands.iter().enumerate().map(|(at, operand)| {
        let span = operand.span.start as usize..operand.span.end as usize;
        let written = source.get(span).unwrap_or_default();
        let mut words = written.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.chars().count() > NAME {
            words = words.chars().take(NAME - 1).chain(['…']).collect();
        }
        let words = shown(&words);
        let shape = Display(&operand.shape).to_string();
        let note = if at == last {
            format!("← {}", met.join(", "))
        } else {
            String::new()
        };
        [words, shape, note]
    });
    let rows: Vec<_> = rows.collect();
    let lines = columns(&rows);
    let lines = lines.lines().map(|line| format!("    {line}\n"));
    lines.collect()
}

/// A text of a program or of the command line as a terminal may have it: what would be obeyed
/// or not be seen is written as Python writes it in a string.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let code = u32::from(letter);
        let _ = match letter {
            '\t' => write!(out, "\\t"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            _ if !is_hidden(letter) => write!(out, "{letter}"),
            _ if code < 0x100 => write!(out, "\\x{code:02x}"),
            _ if code < 0x1_0000 => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out
}

/// The same of a piece of a line, in which tabs stay.
fn excerpt(text: &str) -> String {
    let pieces: Vec<String> = text.split('\t').map(shown).collect();
    pieces.join("\t")
}

fn width(letter: char) -> usize {
    unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0)
}

/// All digits of a number, with a power of ten where zeros would have to be counted, as in
/// the page, but with a minus sign that the language reads from every keyboard.
pub fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        _ if value.is_sign_negative() && value == 0.0 => "-0".to_owned(),
        _ => exact(value).replace('−', "-"),
    }
}

/// A value in one line; a large one by its first elements.
pub fn brief(shape: &[usize], values: &[f64]) -> String {
    if values.len() > ELEMENTS {
        let first: Vec<String> = values[..3].iter().map(|&v| number(v)).collect();
        return format!("[{}, … {} numbers]", first.join(", "), values.len());
    }
    let mut text = String::new();
    let rows: Vec<usize> = (0..shape.len())
        .map(|axis| shape[axis..].iter().product())
        .collect();
    if values.is_empty() {
        return "[]".into();
    }
    for (i, value) in values.iter().enumerate() {
        let starts = rows.iter().filter(|&&row| i % row == 0).count();
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(&"[".repeat(starts));
        text.push_str(&number(*value));
        let ends = rows.iter().filter(|&&row| (i + 1) % row == 0).count();
        text.push_str(&"]".repeat(ends));
    }
    text
}

/// Rows in columns, two blanks between; what is very wide sticks out.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut text = String::new();
    let widths: [usize; N] = std::array::from_fn(|i| {
        let widths = rows.iter().map(|row| row[i].width());
        widths.max().unwrap_or(0).min(COLUMN)
    });
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Rows of numbers in columns, each as wide as its widest.
pub fn matrix(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(row.len(), 0);
        for (cell, width) in row.iter().zip(&mut widths) {
            *width = cell.len().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, &width)| format!("{cell:>width$}"))
            .collect();
        let _ = writeln!(text, "{}", cells.join("  "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use backflow_core::source::Span;

    #[test]
    fn the_underline_stands_below_wide_letters() {
        let diagnostics = [Diagnostic::new(
            Span { start: 9, end: 12 },
            "unknown name 'abc'".into(),
        )];
        let text = report("-", "값 = 1 +abc", &diagnostics);
        let expected = "-:1:8: error: unknown name 'abc'\n    값 = 1 +abc\n            ^^^\n";
        // 값 is 3 bytes, 1 character and 2 columns.
        assert_eq!(text, expected);
    }

    #[test]
    fn the_underline_stands_below_letters_that_are_escaped() {
        // A title of the terminal, and letters turned round.
        let source = "x = \u{1b}]0;t\u{7}\t\u{202e}1 + ab # \u{9b}2J";
        let at = source.find("ab").map_or(0, |at| at as u32);
        let (start, end) = (at, at + 2);
        let span = Span { start, end };
        let message = "unknown name 'a\u{2066}b'".into();
        let text = report("a\u{1b}.py", source, &[Diagnostic::new(span, message)]);
        let line = r"x = \x1b]0;t\x07";
        let behind = r"\u202e1 + ";
        let blanks = [line, behind].map(|text| " ".repeat(text.len()));
        let expected = [
            r"a\x1b.py:1:17: error: unknown name 'a\u2066b'".to_owned(),
            format!("    {line}\t{behind}ab # \\x9b2J"),
            format!("    {}\t{}^^\n", blanks[0], blanks[1]),
        ];
        assert_eq!(text, expected.join("\n"));
    }

    #[test]
    fn a_matrix_is_told_in_one_line() {
        assert_eq!(brief(&[2, 2], &[1.0, 2.0, 3.0, 4.5]), "[[1, 2], [3, 4.5]]");
        assert_eq!(brief(&[], &[-12.0]), "-12");
    }
}
