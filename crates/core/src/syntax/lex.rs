//! From text to tokens, with Python's lines and indentation.

use crate::host::{begins_name, goes_on_name};
use crate::number;
use crate::source::{Diagnostic, LINE_ENDS, Span, is_hidden, is_space, line_end};

/// Whether a letter goes on with a name. One that is not seen would make another of it.
fn continues(letter: char) -> bool {
    goes_on_name(letter) && !is_hidden(letter)
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A name or a keyword; the span has its text.
    Name,
    /// A number.
    Number(f64),
    /// An operator or a bracket.
    Mark(&'static str),
    /// The end of a logical line.
    Newline,
    /// The next lines stand further in.
    Indent,
    /// The next lines stand further out.
    Dedent,
    /// What could not be read; a diagnostic says why.
    Error,
    /// The end of the program.
    End,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its source.
    pub span: Span,
}

/// A program's tokens.
#[derive(Debug, Default)]
pub struct Lexed {
    /// The tokens; the last is `End`.
    pub tokens: Vec<Token>,
    /// The `#:` comments.
    pub pragmas: Vec<Span>,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

// Longest first.
const MARKS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "**", "+=", "-=", "*=", "/=", "@=", "%=", "|=", "&=", "^=",
    "==", "!=", "<=", ">=", "//", "->", ":=", "<<", ">>", "+", "-", "*", "/", "@", "(", ")", "[",
    "]", "{", "}", ",", ":", ";", ".", "=", "<", ">", "%", "&", "|", "^", "~", "!", "\\",
];

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    /// Open brackets: within them a line's end means nothing.
    open: Vec<char>,
    indents: Vec<usize>,
    out: Lexed,
}

/// Splits a program into tokens.
pub fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        source,
        at: 0,
        open: Vec::new(),
        indents: vec![0],
        out: Lexed::default(),
    };
    if source.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    lexer.line_start();
    while lexer.at < source.len() {
        lexer.token();
    }
    lexer.newline(source.len());
    for _ in 1..lexer.indents.len() {
        lexer.push(Kind::Dedent, source.len());
    }
    lexer.push(Kind::End, source.len());
    lexer.out
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// What has been read from a place on.
    fn read(&self, start: usize) -> &str {
        self.source.get(start..self.at).unwrap_or_default()
    }

    /// What is left behind one letter.
    fn after(&self, letter: char) -> &str {
        self.rest().strip_prefix(letter).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let span = Span {
            start: start as u32,
            end: self.at as u32,
        };
        self.out.tokens.push(Token { kind, span });
    }

    fn error(&mut self, start: usize, message: impl Into<String>) {
        let span = Span {
            start: start as u32,
            end: self.at as u32,
        };
        self.out
            .diagnostics
            .push(Diagnostic::new(span, message.into()));
        self.push(Kind::Error, start);
    }

    fn newline(&mut self, start: usize) {
        let blank = self
            .out
            .tokens
            .last()
            .is_none_or(|t| matches!(t.kind, Kind::Newline | Kind::Indent | Kind::Dedent));
        if !blank {
            self.push(Kind::Newline, start);
        }
    }

    /// Reads the white space before a line's first token and compares it with the lines before.
    fn line_start(&mut self) {
        let bytes = self.source.as_bytes();
        let start = self.at;
        let mut width = 0;
        while let Some(letter) = self.rest().chars().next().filter(|&c| is_space(c)) {
            match letter {
                '\t' => width = (width / 8 + 1) * 8,
                '\x0c' => width = 0,
                _ => width += 1,
            }
            self.at += letter.len_utf8();
        }
        if matches!(bytes.get(self.at), None | Some(b'\n' | b'\r' | b'#')) {
            return;
        }
        let last = self.indents.last().copied().unwrap_or(0);
        if width > last {
            self.indents.push(width);
            self.push(Kind::Indent, start);
        } else {
            while width < self.indents.last().copied().unwrap_or(0) {
                self.indents.pop();
                self.push(Kind::Dedent, start);
            }
            if width != self.indents.last().copied().unwrap_or(0) {
                self.error(start, "this line is indented unlike any line before it");
                self.out.tokens.pop();
            }
        }
    }

    /// Whether a bracket was forgotten: the next line is not further in than this
    /// statement and starts as only a statement can.
    fn next_line_is_a_statement(&self) -> bool {
        let rest = self.rest();
        let line = rest.trim_start_matches(is_space);
        if rest.len() - line.len() > self.indents.last().copied().unwrap_or(0) {
            return false;
        }
        let after = line.trim_start_matches(continues);
        let word = line.strip_suffix(after).unwrap_or_default();
        let after = after.trim_start_matches(is_space);
        match word {
            "" => false,
            "def" | "for" | "import" | "from" | "return" => true,
            _ => after.starts_with('=') && !after.starts_with("=="),
        }
    }

    fn token(&mut self) {
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return;
        };
        match first {
            '\n' | '\r' => {
                self.at += line_end(self.rest());
                if self.next_line_is_a_statement() {
                    self.open.clear();
                }
                if self.open.is_empty() {
                    self.newline(start);
                    self.line_start();
                }
            }
            c if is_space(c) => self.at += c.len_utf8(),
            '#' => {
                let end = self.rest().find(LINE_ENDS).unwrap_or(self.rest().len());
                self.at += end;
                if self.read(start).starts_with("#:") {
                    self.out.pragmas.push(Span {
                        start: start as u32,
                        end: self.at as u32,
                    });
                }
            }
            '\\' if self.after('\\').starts_with(LINE_ENDS) => {
                self.at += 1 + line_end(self.after('\\'));
            }
            '"' | '\'' => self.string(first),
            c if begins_name(c) && continues(c) => {
                let rest = self.rest();
                let end = rest.find(|c| !continues(c));
                self.at += end.unwrap_or(rest.len());
                if self.rest().starts_with(['"', '\'']) {
                    let quote = self.rest().chars().next().unwrap_or('"');
                    self.string(quote);
                } else {
                    self.push(Kind::Name, start);
                }
            }
            c if c.is_ascii_digit() => self.number(),
            '.' if self.after('.').starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            _ => self.mark(first),
        }
    }

    fn mark(&mut self, first: char) {
        let start = self.at;
        // Most are sorted out by their first letter.
        let starts = |mark: &&&str| mark.starts_with(first) && self.rest().starts_with(**mark);
        let Some(mark) = MARKS.iter().find(starts) else {
            self.at += first.len_utf8();
            let message = match first {
                '−' | '–' | '—' => format!("'{first}' is not a minus sign here: type '-'"),
                '×' | '·' | '⋅' => format!("'{first}' is not a product sign here: type '*'"),
                '²' | '³' => format!("write a power as '**': '{first}' is not read"),
                '√' => "write a root as sqrt(x): '√' is not read".to_owned(),
                c if c.is_control() => {
                    format!(
                        "a control character (U+{:04X}) has no meaning here",
                        u32::from(c)
                    )
                }
                c if is_hidden(c) => {
                    format!(
                        "a character that is not seen (U+{:04X}) stands here: delete it",
                        u32::from(c)
                    )
                }
                _ => format!("the character '{first}' has no meaning here"),
            };
            return self.error(start, message);
        };
        self.at += mark.len();
        match *mark {
            "(" | "[" | "{" => self.open.push(first),
            // A bracket that closes another one's is the parser's to report.
            ")" | "]" | "}" => drop(self.open.pop()),
            _ => {}
        }
        self.push(Kind::Mark(mark), start);
    }

    /// The name of the argument whose value stands here.
    fn keyword(&self) -> &str {
        match *self.out.tokens.as_slice() {
            [.., name, equals] if equals.kind == Kind::Mark("=") && name.kind == Kind::Name => {
                let Span { start, end } = name.span;
                let text = self.source.get(start as usize..end as usize);
                text.unwrap_or_default()
            }
            _ => "",
        }
    }

    fn string(&mut self, quote: char) {
        let start = self.at;
        let long = [quote; 3].iter().collect::<String>();
        let rest = self.rest();
        self.at += if let Some(inside) = rest.strip_prefix(&long) {
            inside.find(&long).map_or(rest.len(), |i| i + 6)
        } else {
            let line = rest.split(LINE_ENDS).next().unwrap_or_default();
            let inside = line.strip_prefix(quote).unwrap_or_default();
            inside.find(quote).map_or(line.len(), |i| i + 2)
        };
        let instead = match self.keyword() {
            _ if self.read(start).starts_with(&long) => "a comment starts with '#'",
            "approximate" => "approximate=True is the form by tanh, False the other",
            "reduction" => "a loss is a mean, and times the number of elements their sum",
            "label" => "leave it out",
            _ => "values are numbers",
        };
        let message = format!("text in quotes is not part of the language: {instead}");
        self.error(start, message);
    }

    fn number(&mut self) {
        let start = self.at;
        let bytes = self.source.as_bytes();
        let mut end = start;
        let mut exponent = false;
        while let Some(&byte) = bytes.get(end) {
            let sign = exponent && matches!(bytes[end - 1], b'e' | b'E');
            match byte {
                b'0'..=b'9' | b'_' | b'.' => {}
                b'e' | b'E' if !exponent => exponent = true,
                b'+' | b'-' if sign => {}
                b'a'..=b'z' | b'A'..=b'Z' => {}
                _ => break,
            }
            end += 1;
        }
        self.at = end;
        let text = self.read(start);
        let digits = text.replace('_', "");
        let misplaced = text.ends_with('_') || text.contains("__") || text.contains("._");
        match number::read(&digits) {
            Some(value) if !misplaced => {
                self.push(Kind::Number(value), start);
            }
            _ => {
                let name =
                    text.trim_start_matches(|c: char| c.is_ascii_digit() || "._".contains(c));
                let number = text.strip_suffix(name).unwrap_or_default();
                let message = if digits.starts_with("0x")
                    || digits.starts_with("0X")
                    || digits.starts_with("0b")
                    || digits.starts_with("0o")
                {
                    format!("'{text}' is not a decimal number: write it with the digits 0 to 9")
                } else if matches!(name, "j" | "J") {
                    format!("'{text}' is a complex number: values are real")
                } else if name.is_empty() || number.is_empty() || name.starts_with(['e', 'E']) {
                    format!("'{text}' is not a number")
                } else {
                    format!("'{text}' is not a number: for a product write '{number} * {name}'")
                };
                self.error(start, message);
            }
        }
    }
}
