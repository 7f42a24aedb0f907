//! Places in a program's text, and what is said about them.

/// A piece of source, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// How far the places of a text have moved since it was read, by edits of numbers
/// within it: a place is where a token starts or ends.
#[derive(Clone, Debug, Default)]
pub struct Shifts(
    /// Ascending: from where on places moved, as they were, and how far.
    Vec<(u32, i32)>,
);

impl Shifts {
    /// Where what was in a span is now.
    pub fn now(&self, span: Span) -> Span {
        let now = |place: u32| {
            let next = self.0.partition_point(|step| step.0 <= place);
            let by = next.checked_sub(1).map_or(0, |at| self.0[at].1);
            place.wrapping_add_signed(by)
        };
        Span {
            start: now(span.start),
            end: now(span.end),
        }
    }

    /// Where a place was.
    fn before(&self, place: u32) -> u32 {
        let moved = |step: &(u32, i32)| step.0.wrapping_add_signed(step.1);
        let next = self.0.partition_point(|step| moved(step) <= place);
        let by = next.checked_sub(1).map_or(0, |at| self.0[at].1);
        place.wrapping_add_signed(by.wrapping_neg())
    }

    /// Moves what is at or behind some places by so many bytes each. They are in
    /// ascending order, and places of the text before any of them is moved.
    pub fn add(&mut self, moves: impl Iterator<Item = (u32, i32)>) {
        let mut moves: Vec<_> = moves.map(|(at, by)| (self.before(at), by)).collect();
        if moves.is_empty() {
            return;
        }
        let mut before = 0;
        for &(at, sum) in &self.0 {
            moves.push((at, sum - before));
            before = sum;
        }
        // Two ascending runs, which this finds.
        crate::sort::by_key(&mut moves, |step| step.0);
        moves.dedup_by(|next, step| {
            let same = next.0 == step.0;
            step.1 += if same { next.1 } else { 0 };
            same
        });
        moves.retain(|step| step.1 != 0);
        let mut sum = 0;
        for step in &mut moves {
            sum += step.1;
            step.1 = sum;
        }
        self.0 = moves;
    }
}

/// A mistake in a program: where, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The source it is about.
    pub span: Span,
    /// What is wrong, in the reader's words, with the likely fix if there is one.
    pub message: String,
    /// The shapes that do not fit, where it is about shapes.
    pub shapes: Option<Box<Misfit>>,
    /// The name that may be meant in place of the last one there; only until it was tried.
    pub meant: Option<String>,
}

impl Diagnostic {
    /// A mistake that is not about shapes.
    pub fn new(span: Span, message: String) -> Self {
        Self {
            span,
            message,
            shapes: None,
            meant: None,
        }
    }
}

/// Shapes that met and do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The operands, in their order.
    pub operands: Vec<Operand>,
    /// `@`, `+`, `reshape`: what they met at.
    pub operation: String,
    /// The axes that met: one of each operand, none where one has no such axis.
    pub met: Vec<Meeting>,
    /// What may be meant, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// An operand with its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Where it is written.
    pub span: Span,
    /// The name of the program that it is, if it is one and nothing else.
    pub name: Option<String>,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// Axes that met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The axis of each operand; none where it has no such axis.
    pub axes: Vec<Option<usize>>,
    /// Whether their sizes fit.
    pub fits: bool,
}

/// A change of the program that makes shapes fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// `transpose w`, to be read after "try".
    pub message: String,
    /// What is replaced by what; the program then has the shapes fit here.
    pub edit: Option<(Span, String)>,
}

/// Brings diagnostics into the order of the source; those of one place stay as they came.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    crate::sort::by_key(diagnostics, |d| d.span.start);
}

/// Line and column of a place, both from 1, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

/// What ends a line, as Python has it: LF, CR LF, or CR alone.
pub const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// How many bytes the end of a line takes that stands at the start of a text; 0 where none does.
pub fn line_end(text: &str) -> usize {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// Where the line starts that holds a byte of `source`. The two letters of a CR LF both
/// belong to the line that they end.
pub fn line_start(source: &str, byte: usize) -> usize {
    let (before, behind) = split(source, byte);
    let within = before.strip_suffix('\r');
    let before = within
        .filter(|_| behind.starts_with('\n'))
        .unwrap_or(before);
    before.rfind(LINE_ENDS).map_or(0, |at| at + 1)
}

/// Line and column of a byte of `source`.
pub fn position(source: &str, byte: u32) -> Position {
    let start = line_start(source, byte as usize);
    let (before, _) = split(source, byte as usize);
    let (lines, _) = split(source, start);
    let line = before.strip_prefix(lines).unwrap_or_default();
    // The letters of a CR LF are one end.
    let ends = lines.matches(LINE_ENDS).count() - lines.matches("\r\n").count();
    Position {
        line: ends + 1,
        column: line.chars().count() + 1,
    }
}

/// The line of `source` that holds a byte, without its end, and where it starts.
pub fn line_at(source: &str, byte: u32) -> (&str, usize) {
    let start = line_start(source, byte as usize);
    let (_, rest) = split(source, start);
    let line = rest.split(LINE_ENDS).next().unwrap_or_default();
    (line, start)
}

/// Whether a letter is a space within a line, of whatever width: a text from a web page or a
/// word processor has others than Python's.
pub fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\x0c')
        || matches!(
            letter,
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
        )
}

/// Whether a letter is shown as what it is called instead: control characters, and those
/// that are not seen, or turn or join what stands around them.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{3164}' | '\u{ffa0}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Offset in UTF-16 units of a byte of `source`: how JavaScript counts.
pub fn utf16_offset(source: &str, byte: u32) -> usize {
    let (before, _) = split(source, byte as usize);
    before.chars().map(char::len_utf16).sum()
}

/// A text before and from the letter that a byte is of.
fn split(source: &str, byte: usize) -> (&str, &str) {
    let byte = byte.min(source.len());
    let starts = (0..=byte).rev();
    let mut halves = starts.filter_map(|byte| source.split_at_checked(byte));
    halves.next().unwrap_or((source, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_pythons() {
        let places = |source: &str| {
            let found = (0..=source.len() as u32).map(|at| {
                let Position { line, column } = position(source, at);
                format!("{line}:{column}")
            });
            found.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(places("ab\nc"), "1:1 1:2 1:3 2:1 2:2");
        assert_eq!(places("ab\rc"), "1:1 1:2 1:3 2:1 2:2");
        assert_eq!(places("ab\r\nc"), "1:1 1:2 1:3 1:4 2:1 2:2");
        assert_eq!(places("\r\r\n\n\r"), "1:1 2:1 2:2 3:1 4:1 5:1");
        // A line separator ends no line of Python's.
        assert_eq!(position("a\u{2028}b", 4).line, 1);
        let lines = |source: &'static str| [0, 1, 2, 3, 4, 5].map(|at| line_at(source, at));
        assert_eq!(
            lines("ab\r\nc"),
            [
                ("ab", 0),
                ("ab", 0),
                ("ab", 0),
                ("ab", 0),
                ("c", 4),
                ("c", 4)
            ]
        );
        assert_eq!(line_at("a\rbc\rd", 3), ("bc", 2));
    }

    /// A text of numbers between commas, of which some take more or fewer letters
    /// again and again: every place is where counting finds it.
    #[test]
    fn shifts_add_up() {
        let starts = |lengths: &[u32]| {
            let ends = lengths.iter().scan(0, |at, length| {
                *at += length + 1;
                Some(*at)
            });
            [0].into_iter().chain(ends).collect::<Vec<u32>>()
        };
        let mut lengths = [3u32, 1, 4, 1, 5];
        let first = (lengths, starts(&lengths));
        let mut shifts = Shifts::default();
        for edit in [
            &[(1, 2)][..],
            &[(3, 1)],
            &[(0, -2), (1, -1), (4, -4)],
            &[(1, -1), (2, 7)],
            &[],
            &[(0, 2), (2, -7), (3, -1), (4, 4)],
        ] {
            let at = starts(&lengths);
            let end = |i: usize| at[i] + lengths[i];
            shifts.add(edit.iter().map(|&(i, by)| (end(i), by)));
            for &(i, by) in edit {
                lengths[i] = lengths[i].wrapping_add_signed(by);
            }
            let now = starts(&lengths);
            for i in 0..lengths.len() {
                let span = |starts: &[u32], lengths: &[u32]| Span {
                    start: starts[i],
                    end: starts[i] + lengths[i],
                };
                assert_eq!(shifts.now(span(&first.1, &first.0)), span(&now, &lengths));
            }
        }
        // All is as it was: nothing is left to look up.
        assert_eq!(lengths, first.0);
        assert!(shifts.0.is_empty());
    }
}
