//! The prelude: functions that are compositions of others, written in the program language
//! and, where it says so, in a little more of Python. Of `prelude.py` a program has what it
//! names, behind its own definitions.

use super::ast::{Ast, DefId, Prelude, StmtId, StmtKind, Symbol};
use super::lex::lex;
use super::parse::{MAX_SOURCE, Parser};
use crate::source::Span;

const TEXT: &str = include_str!("prelude.py");

/// How far the places of the prelude are moved: behind all those of a program.
const BEHIND: u32 = MAX_SOURCE as u32 + 1;

/// A function of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// The comment before it: how libraries write a call of it, where they have it with
    /// just this meaning, as in `# torch: F.mish(input)`.
    pub calls: &'static str,
    /// Its definition.
    text: &'static str,
    /// Where that is.
    at: u32,
}

/// All functions of the prelude.
pub const ENTRIES: &[Entry] = &read::<{ count(TEXT.as_bytes()) }>();

/// Whether two empty lines end before a place, and before them another line.
const fn is_gap(text: &[u8], at: usize) -> bool {
    at > 2 && text[at - 1] == b'\n' && text[at - 2] == b'\n' && text[at - 3] == b'\n'
}

/// How many definitions a text has, of which one stands behind each gap.
const fn count(text: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        count += is_gap(text, at) as usize;
        at += 1;
    }
    count
}

/// Takes the text apart, as it is compiled.
const fn read<const COUNT: usize>() -> [Entry; COUNT] {
    let bytes = TEXT.as_bytes();
    let none = Entry {
        name: "",
        calls: "",
        text: "",
        at: 0,
    };
    let (mut found, mut which, mut at) = ([none; COUNT], 0, 0);
    while which < COUNT {
        while !is_gap(bytes, at) {
            at += 1;
        }
        let start = at;
        // Its comments, its name up to the bracket, and its lines.
        while bytes[at] == b'#' {
            while bytes[at] != b'\n' {
                at += 1;
            }
            at += 1;
        }
        let def = at;
        while bytes[at] != b'(' {
            at += 1;
        }
        let bracket = at;
        while at < bytes.len() && !is_gap(bytes, at) {
            at += 1;
        }
        found[which] = Entry {
            name: part(def + "def ".len(), bracket),
            calls: part(start, def),
            text: part(def, at),
            at: def as u32,
        };
        which += 1;
    }
    found
}

/// A part of the text.
const fn part(from: usize, to: usize) -> &'static str {
    match TEXT.split_at_checked(to) {
        Some((before, _)) => match before.split_at_checked(from) {
            Some((_, part)) => part,
            None => "",
        },
        None => "",
    }
}

/// The function of a name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// Whether a place is in the prelude.
pub fn holds(span: Span) -> bool {
    span.start >= BEHIND
}

impl Ast {
    /// Adds what the program names of the prelude, and what that names of it.
    pub(super) fn add_prelude(&mut self) {
        let mut at = 0;
        while at < self.word_count() {
            if let Some(entry) = entry(self.name(Symbol(at as u32))) {
                self.add(entry);
            }
            at += 1;
        }
    }

    fn add(&mut self, entry: &Entry) {
        let prelude = self.prelude.unwrap_or_else(|| Prelude {
            block: self.push_block(),
            first: DefId(self.defs.len() as u32),
            from: StmtId(self.stmts.len() as u32),
        });
        self.prelude = Some(prelude);
        let (exprs, stmts) = (self.exprs.len(), self.stmts.len());
        let tokens = lex(entry.text).tokens;
        let mut parser = Parser::new(entry.text, &tokens, std::mem::take(self), prelude.block);
        parser.is_prelude = true;
        parser.lines();
        debug_assert!(parser.diagnostics.is_empty(), "{:?}", parser.diagnostics);
        *self = parser.ast;
        let moved = |span: &mut Span| {
            span.start += BEHIND + entry.at;
            span.end += BEHIND + entry.at;
        };
        for expr in &mut self.exprs[exprs..] {
            moved(&mut expr.span);
        }
        for stmt in &mut self.stmts[stmts..] {
            moved(&mut stmt.span);
            if let StmtKind::Assign(_, span, _) | StmtKind::Augment(_, span, ..) = &mut stmt.kind {
                moved(span);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    #[test]
    fn all_of_it_is_read() {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), TEXT.matches("def ").count());
        for name in names {
            let (ast, diagnostics) = parse(name);
            assert_eq!(diagnostics, []);
            let defs = &ast.defs;
            assert!(defs.iter().any(|def| ast.name(def.name) == name), "{name}");
        }
    }

    #[test]
    fn a_program_has_of_it_what_it_names() {
        let (ast, _) = parse("x = 2\ny = mish(x)");
        assert_eq!(ast.defs.len(), 1);
        let (ast, _) = parse("x = 2\ny = tanh(x)");
        assert_eq!((ast.defs.len(), ast.blocks.len()), (0, 1));
    }
}
