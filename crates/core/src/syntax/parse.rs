//! Statements and blocks.

use super::ast::{Ast, Binary, BlockId, DefId, ExprKind, Pragma, Stmt, normal};
use super::ast::{StmtId, StmtKind, Symbol};
use super::lex::{Kind, Lexed, Token, lex};
use super::refused::is_assignment;
use crate::number;
use crate::source::{Diagnostic, Span, line_start, sort};

/// Deepest nesting of brackets, signs and powers, and of blocks.
pub const MAX_DEPTH: usize = 1000;
/// Longest program, in bytes.
pub const MAX_SOURCE: usize = 1 << 20;

/// Python's own words that start something outside the subset.
const OUTSIDE: &[&str] = &[
    "while", "class", "lambda", "if", "elif", "else", "try", "except", "finally", "with", "async",
    "await", "yield", "raise", "del", "global", "nonlocal", "assert", "pass", "break", "continue",
    "match", "print",
];

pub(super) const NO_TYPES: &str = "type annotations are not read: leave them out";
const ONE_VALUE: &str = "one value at a time: several names or values on a line are not read, \
                         write a line for each";

/// What Python has in several places and the language of the page has not, and what does instead.
const INSTEAD: &[(&[&str], &str)] = &[
    (&["if", "elif", "else"], ": where(condition, a, b) chooses"),
    (&["while"], ": 'for i in range(n):' repeats"),
    (&["for"], ": write the elements one by one, [f(a), f(b)]"),
    (
        &["class", "lambda"],
        ": a function is written 'def name(a, b):'",
    ),
    (&["print"], ": every value is shown, leave the line out"),
    (&["assert", "pass", "with", "del"], ": leave it out"),
];

/// What is said of a word of Python's.
pub(super) fn outside(word: &str) -> String {
    let instead = INSTEAD.iter().find(|(words, _)| words.contains(&word));
    let instead = instead.map_or("", |found| found.1);
    format!("'{word}' is Python, but outside the language of this page{instead}")
}

/// `name = …` or `name += …`.
#[derive(Clone, Copy)]
enum Assignment {
    Plain,
    Augmented(Binary),
}

/// What the next lines belong to.
pub(super) struct Open {
    pub block: BlockId,
    pub def: Option<DefId>,
}

pub(super) struct Parser<'s> {
    pub source: &'s str,
    pub tokens: &'s [Token],
    pub at: usize,
    pub ast: Ast,
    pub diagnostics: Vec<Diagnostic>,
    pub blocks: Vec<Open>,
    /// Whether a line began with the prompt of Python's console.
    pub is_prompted: bool,
    /// The statements that are refused as wholes.
    pub refused: Vec<Span>,
    /// Whether it reads the prelude, which is written in more of Python than programs are.
    pub is_prelude: bool,
}

/// Reads a program. What could not be read is left out or stands as an error
/// expression, and is told in the diagnostics, in the order of the source.
pub fn parse(source: &str) -> (Ast, Vec<Diagnostic>) {
    let mut ast = Ast::default();
    let program = ast.push_block();
    if source.len() > MAX_SOURCE {
        let span = Span { start: 0, end: 0 };
        let message = format!(
            "the program is {} bytes long: at most {MAX_SOURCE} (1 MiB) are read",
            source.len()
        );
        return (ast, vec![Diagnostic::new(span, message)]);
    }
    let Lexed {
        tokens,
        pragmas,
        diagnostics,
    } = lex(source);
    let mut parser = Parser::new(source, &tokens, ast, program);
    parser.diagnostics = diagnostics;
    parser.lines();
    parser.attach(&pragmas);
    let Parser {
        mut ast,
        mut diagnostics,
        refused,
        ..
    } = parser;
    ast.add_prelude();
    sort(&mut diagnostics);
    // What the lexer could not read, the parser stumbles over too.
    diagnostics.dedup_by_key(|d| d.span.start);
    // Of a statement that is refused nothing else is said.
    let mut refused = refused.iter().peekable();
    diagnostics.retain(|d| {
        let at = d.span.start;
        while refused.next_if(|whole| whole.end <= at).is_some() {}
        refused.peek().is_none_or(|whole| at <= whole.start)
    });
    (ast, diagnostics)
}

impl<'s> Parser<'s> {
    /// Before it has read anything, with a block for what it reads.
    pub fn new(source: &'s str, tokens: &'s [Token], ast: Ast, block: BlockId) -> Self {
        Self {
            source,
            tokens,
            at: 0,
            ast,
            diagnostics: Vec::new(),
            blocks: vec![Open { block, def: None }],
            is_prompted: false,
            refused: Vec::new(),
            is_prelude: false,
        }
    }

    /// Reads all lines.
    pub fn lines(&mut self) {
        while self.kind() != Kind::End {
            self.line();
        }
    }
}

impl Parser<'_> {
    pub fn token(&self) -> Token {
        self.tokens[self.at]
    }

    pub fn kind(&self) -> Kind {
        self.token().kind
    }

    pub fn span(&self) -> Span {
        self.token().span
    }

    pub fn text(&self) -> &str {
        self.part(self.span())
    }

    /// What to write where two values stand side by side, as on paper.
    pub fn beside(&self) -> Option<String> {
        let before = self.tokens.get(self.at.checked_sub(1)?)?;
        let is_value = |kind| matches!(kind, Kind::Name | Kind::Number(_));
        let (first, second) = (self.part(before.span), self.text());
        if !is_value(self.kind()) || is_reserved(first) {
            return None;
        }
        match before.kind {
            Kind::Name => Some(format!(
                "write '{first}({second})' to call {first}, '{first} * {second}' to multiply"
            )),
            // Two numbers are no product: a sign between them is missing, or a comma.
            Kind::Number(_) if self.kind() == Kind::Name => {
                Some(format!("write '{first} * {second}' to multiply"))
            }
            _ => None,
        }
    }

    /// A part of the source.
    pub fn part(&self, span: Span) -> &str {
        let range = span.start as usize..span.end as usize;
        self.source.get(range).unwrap_or_default()
    }

    /// Moves on, but never past the end.
    pub fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    pub fn is(&self, mark: &str) -> bool {
        matches!(self.kind(), Kind::Mark(m) if m == mark)
    }

    pub fn eat(&mut self, mark: &str) -> bool {
        let is = self.is(mark);
        if is {
            self.advance();
        }
        is
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.kind() == Kind::Name && self.text() == word
    }

    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(span, message.into()));
    }

    pub fn end_of_line(&self) -> bool {
        matches!(self.kind(), Kind::Newline | Kind::End | Kind::Dedent) || self.is(";")
    }

    /// Leaves the rest of a line that could not be read.
    pub fn skip_line(&mut self) {
        while !matches!(
            self.kind(),
            Kind::Newline | Kind::End | Kind::Indent | Kind::Dedent
        ) {
            self.advance();
        }
    }

    fn line(&mut self) {
        match self.kind() {
            Kind::Newline => self.advance(),
            Kind::Indent => {
                let span = self.span();
                self.error(
                    span,
                    "this line is indented, but nothing before it opens a block",
                );
                self.advance();
            }
            Kind::Dedent => {
                self.advance();
                self.close();
            }
            _ => {
                self.statements();
            }
        }
    }

    /// The statements of a line.
    pub fn statements(&mut self) {
        self.guarded();
        while self.eat(";") {
            if !self.end_of_line() {
                self.guarded();
            }
        }
    }

    /// A statement; where it is wrong, the names that it would bind are known to be.
    fn guarded(&mut self) {
        let (from, told, stmts) = (self.at, self.diagnostics.len(), self.ast.stmts.len());
        let block = self.blocks.last().map_or(Ast::PROGRAM, |open| open.block);
        if self.is_prompt() {
            let span = self.span();
            // It stands before every line.
            if !std::mem::replace(&mut self.is_prompted, true) {
                let message = "Python's console writes this before a line: leave it out, \
                               and the lines that it answers";
                self.error(span, message);
            }
            self.skip_line();
            return self.refuse(from, block);
        }
        self.statement();
        // A statement with a block has read its line's end itself.
        let before = self.tokens[self.at.saturating_sub(1)].kind;
        let fresh = matches!(before, Kind::Newline | Kind::Indent | Kind::Dedent);
        if !fresh && !self.end_of_line() {
            let span = self.span();
            let message = match self.text() {
                word if is_reserved(word) => outside(word),
                "," => ONE_VALUE.to_owned(),
                other => match self.beside() {
                    Some(ways) => format!("'{other}' is not expected here: {ways}"),
                    None => format!("'{other}' is not expected here"),
                },
            };
            self.error(span, message);
            self.skip_line();
        }
        if self.diagnostics.len() > told {
            let start = self.tokens[from].span;
            if self.diagnostics[told..]
                .iter()
                .any(|d| d.span.start == start.start)
            {
                let end = self.tokens[self.at.saturating_sub(1).max(from)].span;
                self.refused.push(start.to(end));
            }
            // What was read of it is no statement.
            let read = self.ast.blocks[block.0 as usize].last().copied();
            if let Some(read) = read.filter(|read| read.0 as usize >= stmts) {
                let kind = &mut self.ast.stmts[read.0 as usize].kind;
                if let StmtKind::Expr(_) | StmtKind::Assign(..) | StmtKind::Augment(..) = kind {
                    *kind = StmtKind::Refused(Box::default());
                }
            }
            self.refuse(from, block);
        }
    }

    fn is_prompt(&self) -> bool {
        let next = self.tokens.get(self.at + 1).map(|token| token.kind);
        self.is(">>") && next == Some(Kind::Mark(">")) || self.is("...") && self.is_prompted
    }

    fn close(&mut self) {
        // A dedent from a stray indent closes nothing.
        if self.blocks.len() > 1 {
            self.blocks.pop();
        }
    }

    pub fn push(&mut self, kind: StmtKind, start: Span) -> StmtId {
        let end = self.tokens[self.at.saturating_sub(1)].span;
        let id = StmtId(self.ast.stmts.len() as u32);
        self.ast.stmts.push(Stmt {
            kind,
            span: start.to(end),
        });
        if let Some(open) = self.blocks.last() {
            self.ast.blocks[open.block.0 as usize].push(id);
        }
        id
    }

    fn def(&self) -> Option<DefId> {
        self.blocks.iter().rev().find_map(|open| open.def)
    }

    pub fn assigns(&mut self, name: Symbol) {
        if let Some(def) = self.def() {
            let locals = &mut self.ast.defs[def.0 as usize].locals;
            locals.add(u64::from(name.0));
        }
    }

    fn statement(&mut self) {
        let start = self.span();
        if self.kind() == Kind::Name {
            match self.text() {
                "def" => return self.definition(),
                "for" => return self.repetition(),
                "return" => return self.returned(),
                "import" | "from" => return self.import(),
                word if OUTSIDE.contains(&word) && !self.is_assigned() => {
                    let message = outside(word);
                    self.error(start, message);
                    return self.skip_statement();
                }
                _ => {}
            }
            if let Some(form) = self.assignment() {
                return self.assign(form);
            }
        }
        if self.is("%") || self.is("!") {
            let message = "this line is for a notebook, not for Python: leave it out";
            self.error(start, message);
            return self.skip_line();
        }
        let value = self.expression();
        let assigns = matches!(self.kind(), Kind::Mark(mark) if is_assignment(mark));
        if assigns || self.is(",") || self.is(":") {
            let message = match self.text() {
                _ if assigns => match self.ast.expr(value).kind {
                    ExprKind::Index(..) => {
                        "only a name can be assigned to, no element: x = [a, b] puts elements together"
                    }
                    _ => "only a name can be assigned to",
                },
                "," => ONE_VALUE,
                _ => NO_TYPES,
            };
            let span = self.ast.expr(value).span.to(self.span());
            self.error(span, message);
            return self.skip_line();
        }
        self.push(StmtKind::Expr(value), start);
    }

    /// Leaves a statement of Python's that is not read, with its blocks.
    pub fn skip_statement(&mut self) {
        self.skip_block();
        loop {
            let next = self.at + usize::from(self.kind() == Kind::Newline);
            let clause = self.tokens.get(next).is_some_and(|token| {
                let Span { start, end } = token.span;
                let text = self.source.get(start as usize..end as usize);
                text.is_some_and(|text| matches!(text, "elif" | "else" | "except" | "finally"))
            });
            if !clause {
                return;
            }
            self.at = next;
            self.skip_block();
        }
    }

    fn skip_block(&mut self) {
        self.skip_line();
        if self.kind() == Kind::Newline
            && self
                .tokens
                .get(self.at + 1)
                .is_some_and(|t| t.kind == Kind::Indent)
        {
            self.advance();
            let mut depth = 0usize;
            loop {
                match self.kind() {
                    Kind::Indent => depth += 1,
                    Kind::Dedent => depth -= 1,
                    Kind::End => return,
                    _ => {}
                }
                self.advance();
                if depth == 0 {
                    return;
                }
            }
        }
    }

    fn is_assigned(&self) -> bool {
        self.assignment().is_some()
    }

    /// The assignment that starts with the name that stands here, if one does.
    fn assignment(&self) -> Option<Assignment> {
        let Kind::Mark(mark) = self.tokens.get(self.at + 1)?.kind else {
            return None;
        };
        Some(Assignment::Augmented(match mark {
            "=" => return Some(Assignment::Plain),
            "+=" => Binary::Add,
            "-=" => Binary::Sub,
            "*=" => Binary::Mul,
            "/=" => Binary::Div,
            "**=" => Binary::Pow,
            "@=" => Binary::Matmul,
            _ => return None,
        }))
    }

    fn assign(&mut self, form: Assignment) {
        let start = self.span();
        let Some(name) = self.name() else {
            return self.skip_line();
        };
        self.advance();
        let value = self.expression();
        if self.is("=") {
            let span = self.span();
            self.error(
                span,
                "one name at a time: write the second assignment on its own line",
            );
            self.skip_line();
        }
        self.assigns(name);
        let kind = match form {
            Assignment::Plain => StmtKind::Assign(name, start, value),
            Assignment::Augmented(operator) => StmtKind::Augment(name, start, operator, value),
        };
        self.push(kind, start);
    }

    /// A name that may be bound.
    pub fn name(&mut self) -> Option<Symbol> {
        let span = self.span();
        if self.kind() != Kind::Name {
            self.error(span, "a name is expected here");
            return None;
        }
        let text = normal(self.text()).into_owned();
        if is_reserved(&text) {
            self.error(
                span,
                format!("'{text}' is a word of Python's and cannot be a name"),
            );
            return None;
        }
        self.advance();
        Some(self.ast.intern(&text))
    }

    fn returned(&mut self) {
        let start = self.span();
        self.advance();
        let value = if self.end_of_line() {
            self.error(start, "'return' needs a value here");
            self.ast.push_expr(ExprKind::Error, start)
        } else {
            let value = self.expression();
            if self.end_of_line() {
                value
            } else {
                // A part of it would not be what is returned.
                self.ast.push_expr(ExprKind::Error, start)
            }
        };
        if self.blocks.last().is_none_or(|open| open.def.is_none()) {
            self.error(start, "'return' stands at the end of a 'def'");
            return;
        }
        self.push(StmtKind::Return(value), start);
    }

    /// Gives every `#:` comment to the statement of its line.
    fn attach(&mut self, comments: &[Span]) {
        for &comment in comments {
            let line_start = line_start(self.source, comment.start as usize);
            // Statements stand in the order of the source.
            let stmts = &self.ast.stmts;
            let first = stmts.partition_point(|stmt| (stmt.span.start as usize) < line_start);
            let stmt = stmts
                .get(first)
                .filter(|stmt| stmt.span.start < comment.start);
            let stmt = stmt.map(|_| first);
            let text = self.part(comment);
            let text = text.strip_prefix("#:").unwrap_or(text);
            match (stmt, read_pragma(text)) {
                (Some(stmt), Some(pragma)) => {
                    self.ast.pragmas.push((StmtId(stmt as u32), pragma));
                }
                (None, Some(_)) => self.error(comment, "a '#:' comment stands behind an input"),
                (_, None) => self.error(
                    comment,
                    "a '#:' comment reads '#: range -5 5 step 0.1' or '#: fixed'",
                ),
            }
        }
    }
}

fn read_pragma(text: &str) -> Option<Pragma> {
    let mut pragma = Pragma::default();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = number::read(words.next()?)?;
            value.is_finite().then_some(value)
        };
        match word {
            "fixed" => pragma.fixed = true,
            "range" => {
                let (low, high) = (number()?, number()?);
                pragma.range = (low < high).then_some((low, high));
                pragma.range?;
            }
            "step" => pragma.step = number().filter(|&step| step > 0.0).map(Some)?,
            _ => return None,
        }
    }
    Some(pragma)
}

/// Words that Python keeps for itself.
pub(super) fn is_reserved(word: &str) -> bool {
    const OTHER: &[&str] = &[
        "def", "for", "in", "return", "import", "from", "as", "and", "or", "not", "is", "None",
        "True", "False",
    ];
    OTHER.contains(&word) || (OUTSIDE.contains(&word) && !matches!(word, "match" | "print"))
}
