//! Statements that could not be read: which names they would have bound, so that what
//! follows from one mistake is not told as another.

use super::ast::{BlockId, Stmt, StmtId, StmtKind};
use super::lex::{Kind, Token};
use super::parse::{Parser, is_reserved};
use crate::source::Span;

/// What the words of a line say of the names behind them.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    /// They are bound if an `=` follows.
    Targets,
    /// They are bound: `for a, b in`, `def f`, `import a as b`.
    Names,
    /// They are bound, but for those of a path, of which the first is.
    Modules,
    /// Nothing more is bound in this line.
    Nothing,
}

impl Parser<'_> {
    /// Stands in for what was left of a statement, from a token on, in its block.
    pub(super) fn refuse(&mut self, from: usize, block: BlockId) {
        let names = self.bound(from);
        let names = names.iter().map(|name| self.ast.intern(name)).collect();
        for &name in &names {
            self.assigns(name);
        }
        let last = self.tokens[self.at.saturating_sub(1).max(from)].span;
        let id = StmtId(self.ast.stmts.len() as u32);
        let kind = StmtKind::Refused(names);
        let span = Span {
            start: last.end,
            end: last.end,
        };
        self.ast.stmts.push(Stmt { kind, span });
        self.ast.blocks[block.0 as usize].push(id);
    }

    /// The names that the tokens from a place on, up to where the parser is, would bind.
    fn bound(&self, from: usize) -> Vec<String> {
        let tokens = &self.tokens[from..self.at.max(from)];
        let text = |token: &Token| {
            let Span { start, end } = token.span;
            self.source.get(start as usize..end as usize).unwrap_or("")
        };
        // Of a definition or a class, which have names of their own within, the name alone.
        let defines = tokens
            .first()
            .is_some_and(|first| matches!(text(first), "def" | "class"));
        let mut found: Vec<String> = Vec::new();
        let mut targets: Vec<&str> = Vec::new();
        let mut reading = Reading::Targets;
        // Open brackets behind a value: what is within them is read, not bound.
        let mut within = 0usize;
        let mut brackets: Vec<bool> = Vec::new();
        let mut before = Kind::Newline;
        let mut path = false;
        for token in tokens {
            let word = text(token);
            match token.kind {
                Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Mark(";") => {
                    if defines {
                        break;
                    }
                    targets.clear();
                    reading = Reading::Targets;
                }
                Kind::Mark("(" | "[" | "{") => {
                    let value = matches!(before, Kind::Name | Kind::Mark(")" | "]"));
                    within += usize::from(value);
                    brackets.push(value);
                }
                Kind::Mark(")" | "]" | "}") => {
                    within -= usize::from(brackets.pop() == Some(true));
                }
                Kind::Mark(":") if within == 0 => match reading {
                    // The type that is said of a name.
                    Reading::Targets if !targets.is_empty() => reading = Reading::Nothing,
                    // What stands behind the colon of a block is a statement.
                    Reading::Nothing => reading = Reading::Targets,
                    _ => {}
                },
                Kind::Mark(mark) if within == 0 && is_assignment(mark) => {
                    found.extend(targets.drain(..).map(str::to_owned));
                    reading = Reading::Targets;
                }
                Kind::Mark(",") => path = false,
                Kind::Name if within == 0 => match (word, reading) {
                    ("def" | "class" | "for", _) => reading = Reading::Names,
                    ("import" | "as", _) => {
                        if reading == Reading::Modules && word == "as" {
                            found.pop();
                        }
                        reading = Reading::Modules;
                        path = false;
                    }
                    ("in" | "from" | "while" | "if" | "elif" | "with" | "return", _) => {
                        reading = Reading::Nothing;
                    }
                    _ if is_reserved(word) => {}
                    (_, Reading::Targets) if before != Kind::Mark(".") => targets.push(word),
                    (_, Reading::Modules) if path => {}
                    (_, Reading::Names | Reading::Modules) => {
                        path = true;
                        found.push(word.to_owned());
                        if defines {
                            break;
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
            before = token.kind;
        }
        found
    }
}

/// Whether a mark binds what stands before it.
pub(super) fn is_assignment(mark: &str) -> bool {
    mark == ":=" || mark.ends_with('=') && !matches!(mark, "==" | "!=" | "<=" | ">=")
}
