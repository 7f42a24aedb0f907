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

/// A mistake in a program: where, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The source it is about.
    pub span: Span,
    /// What is wrong, in the reader's words, with the likely fix if there is one.
    pub message: String,
}

/// Brings diagnostics into the order of the source; those of one place stay as they came.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|d| d.span.start);
}

/// Line and column of a place, both from 1, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

/// Line and column of a byte of `source`.
pub fn position(source: &str, byte: u32) -> Position {
    let byte = floor_char_boundary(source, byte as usize);
    let before = &source[..byte];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Position {
        line: before.bytes().filter(|&b| b == b'\n').count() + 1,
        column: source[line_start..byte].chars().count() + 1,
    }
}

/// The line of `source` that holds a byte, without its end, and where it starts.
pub fn line_at(source: &str, byte: u32) -> (&str, usize) {
    let byte = floor_char_boundary(source, byte as usize);
    let start = source[..byte].rfind('\n').map_or(0, |i| i + 1);
    let end = source[byte..].find('\n').map_or(source.len(), |i| byte + i);
    (source[start..end].trim_end_matches('\r'), start)
}

/// Offset in UTF-16 units of a byte of `source`: how JavaScript counts.
pub fn utf16_offset(source: &str, byte: u32) -> usize {
    let byte = floor_char_boundary(source, byte as usize);
    source[..byte].chars().map(char::len_utf16).sum()
}

fn floor_char_boundary(source: &str, byte: usize) -> usize {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}
