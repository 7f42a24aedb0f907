//! Statements and blocks.

use super::ast::{Ast, Binary, BlockId, Def, DefId, ExprId, ExprKind, Import, Pragma, Stmt};
use super::ast::{StmtId, StmtKind, Symbol};
use super::lex::{Kind, Lexed, Token, lex};
use crate::source::{Diagnostic, Span};
use rustc_hash::FxHashSet;

/// Deepest nesting of brackets, signs and powers, and of blocks.
pub const MAX_DEPTH: usize = 1000;
/// Longest program, in bytes.
pub const MAX_SOURCE: usize = 1 << 20;

const MODULES: &[&str] = &["math", "numpy", "torch", "torch.nn.functional", "jax.numpy"];
/// Python's own words that start something outside the subset.
const OUTSIDE: &[&str] = &[
    "while", "class", "lambda", "if", "elif", "else", "try", "except", "finally", "with", "async",
    "await", "yield", "raise", "del", "global", "nonlocal", "assert", "pass", "break", "continue",
    "match", "print",
];

pub(super) const OUTSIDE_HERE: &str = "is Python, but outside the language of this page";

/// What the next lines belong to.
struct Open {
    block: BlockId,
    def: Option<DefId>,
}

pub(super) struct Parser<'s> {
    pub source: &'s str,
    pub tokens: &'s [Token],
    pub at: usize,
    pub ast: Ast,
    pub diagnostics: Vec<Diagnostic>,
    blocks: Vec<Open>,
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
        return (ast, vec![Diagnostic { span, message }]);
    }
    let Lexed {
        tokens,
        pragmas,
        diagnostics,
    } = lex(source);
    let mut parser = Parser {
        source,
        tokens: &tokens,
        at: 0,
        ast,
        diagnostics,
        blocks: vec![Open {
            block: program,
            def: None,
        }],
    };
    while parser.kind() != Kind::End {
        parser.line();
    }
    parser.attach(&pragmas);
    let Parser {
        ast,
        mut diagnostics,
        ..
    } = parser;
    diagnostics.sort_by_key(|d| d.span.start);
    // What the lexer could not read, the parser stumbles over too.
    diagnostics.dedup_by_key(|d| d.span.start);
    (ast, diagnostics)
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
        let span = self.span();
        &self.source[span.start as usize..span.end as usize]
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

    fn is_word(&self, word: &str) -> bool {
        self.kind() == Kind::Name && self.text() == word
    }

    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic {
            span,
            message: message.into(),
        });
    }

    fn end_of_line(&self) -> bool {
        matches!(self.kind(), Kind::Newline | Kind::End | Kind::Dedent) || self.is(";")
    }

    /// Leaves the rest of a line that could not be read.
    pub fn skip_line(&mut self) {
        while !matches!(self.kind(), Kind::Newline | Kind::End | Kind::Indent | Kind::Dedent) {
            self.advance();
        }
    }

    fn line(&mut self) {
        match self.kind() {
            Kind::Newline => self.advance(),
            Kind::Indent => {
                let span = self.span();
                self.error(span, "this line is indented, but nothing before it opens a block");
                self.advance();
            }
            Kind::Dedent => {
                self.advance();
                self.close();
            }
            _ => {
                self.statements();
                // A statement with a block has read its line's end itself.
                let before = self.tokens[self.at.saturating_sub(1)].kind;
                let fresh = matches!(before, Kind::Newline | Kind::Indent | Kind::Dedent);
                if !fresh && !self.end_of_line() {
                    let span = self.span();
                    let message = if is_reserved(self.text()) {
                        format!("'{}' {OUTSIDE_HERE}", self.text())
                    } else {
                        format!("'{}' is not expected here", self.text())
                    };
                    self.error(span, message);
                    self.skip_line();
                }
            }
        }
    }

    /// The statements of a line.
    fn statements(&mut self) {
        self.statement();
        while self.eat(";") {
            if !self.end_of_line() {
                self.statement();
            }
        }
    }

    fn close(&mut self) {
        // A dedent from a stray indent closes nothing.
        if self.blocks.len() > 1 {
            self.blocks.pop();
        }
    }

    fn push(&mut self, kind: StmtKind, start: Span) -> StmtId {
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

    fn assigns(&mut self, name: Symbol) {
        if let Some(def) = self.def() {
            self.ast.defs[def.0 as usize].locals.insert(name);
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
                    let message = format!("'{word}' {OUTSIDE_HERE}");
                    self.error(start, message);
                    return self.skip_statement();
                }
                _ => {}
            }
            if let Some(operator) = self.assignment() {
                return self.assign(operator);
            }
        }
        let value = self.expression();
        if self.is("=") || self.is(",") || self.is(":") {
            let message = match self.text() {
                "=" => "only a name can be assigned to",
                "," => "one value at a time: several names or values on a line are not read",
                _ => "type annotations are not read: leave ': …' out",
            };
            let span = self.ast.expr(value).span.to(self.span());
            self.error(span, message);
            return self.skip_line();
        }
        self.push(StmtKind::Expr(value), start);
    }

    /// Leaves a statement of Python's that is not read, with its block.
    fn skip_statement(&mut self) {
        self.skip_line();
        if self.kind() == Kind::Newline && self.tokens.get(self.at + 1).is_some_and(|t| t.kind == Kind::Indent) {
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

    /// The operator after the name that stands here, if it is an assignment's:
    /// none in it for a plain one.
    fn assignment(&self) -> Option<Option<Binary>> {
        let Kind::Mark(mark) = self.tokens.get(self.at + 1)?.kind else {
            return None;
        };
        Some(Some(match mark {
            "=" => return Some(None),
            "+=" => Binary::Add,
            "-=" => Binary::Sub,
            "*=" => Binary::Mul,
            "/=" => Binary::Div,
            "**=" => Binary::Pow,
            "@=" => Binary::Matmul,
            _ => return None,
        }))
    }

    fn assign(&mut self, operator: Option<Binary>) {
        let start = self.span();
        let Some(name) = self.name() else {
            return self.skip_line();
        };
        self.advance();
        let value = self.expression();
        if self.is("=") {
            let span = self.span();
            self.error(span, "one name at a time: write the second assignment on its own line");
            self.skip_line();
        }
        self.assigns(name);
        let kind = match operator {
            None => StmtKind::Assign(name, start, value),
            Some(operator) => StmtKind::Augment(name, start, operator, value),
        };
        self.push(kind, start);
    }

    /// A name that may be bound.
    fn name(&mut self) -> Option<Symbol> {
        let span = self.span();
        if self.kind() != Kind::Name {
            self.error(span, "a name is expected here");
            return None;
        }
        let text = self.text().to_owned();
        if is_reserved(&text) {
            self.error(span, format!("'{text}' is a word of Python's and cannot be a name"));
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
            self.expression()
        };
        if self.blocks.last().is_none_or(|open| open.def.is_none()) {
            self.error(start, "'return' stands at the end of a 'def'");
            return;
        }
        self.push(StmtKind::Return(value), start);
    }

    /// Reads what follows the colon: the rest of the line, or an indented block.
    fn body(&mut self, block: BlockId, def: Option<DefId>, start: Span) {
        if !self.eat(":") {
            let span = self.span();
            self.error(span, "':' is expected here");
            self.skip_line();
        }
        if self.blocks.len() > MAX_DEPTH {
            self.error(start, format!("blocks are nested more than {MAX_DEPTH} deep"));
            self.skip_line();
            return;
        }
        if self.kind() != Kind::Newline {
            self.blocks.push(Open { block, def });
            self.statements();
            self.blocks.pop();
            return;
        }
        self.advance();
        if self.kind() == Kind::Indent {
            self.advance();
            // `line` goes on with the block, and `close` ends it.
            self.blocks.push(Open { block, def });
        } else {
            self.error(start, "the lines of this block are missing: indent them");
        }
    }

    fn definition(&mut self) {
        let start = self.span();
        self.advance();
        if self.blocks.len() > 1 {
            self.error(start, "a 'def' stands at the left margin, not within a block");
        }
        let (Some(name), true) = (self.name(), self.eat("(")) else {
            self.error(start, "a definition reads 'def name(a, b):'");
            return self.skip_statement();
        };
        let mut parameters: Vec<(Symbol, Option<ExprId>)> = Vec::new();
        while !self.is(")") {
            let span = self.span();
            let Some(parameter) = self.name() else {
                return self.skip_statement();
            };
            if parameters.iter().any(|p| p.0 == parameter) {
                let text = self.ast.name(parameter).to_owned();
                self.error(span, format!("the parameter '{text}' stands twice"));
            }
            let default = self.eat("=").then(|| self.expression());
            if default.is_none() && parameters.last().is_some_and(|p| p.1.is_some()) {
                self.error(span, "a parameter without a default cannot follow one with a default");
            }
            parameters.push((parameter, default));
            if !self.eat(",") && !self.is(")") {
                let span = self.span();
                self.error(span, "',' or ')' is expected here");
                return self.skip_statement();
            }
        }
        self.advance();
        let block = self.ast.push_block();
        let id = DefId(self.ast.defs.len() as u32);
        let span = start.to(self.span());
        self.ast.defs.push(Def {
            name,
            parameters: parameters.into(),
            body: block,
            locals: FxHashSet::default(),
            span,
        });
        self.push(StmtKind::Def(id), start);
        self.body(block, Some(id), start);
    }

    fn repetition(&mut self) {
        let start = self.span();
        self.advance();
        let Some(name) = self.name() else {
            return self.skip_statement();
        };
        self.assigns(name);
        let form = "a loop reads 'for i in range(n):'";
        if !self.is_word("in") {
            self.error(start, form);
            return self.skip_statement();
        }
        self.advance();
        let iterated = self.expression();
        let span = self.ast.expr(iterated).span;
        let range = match &self.ast.expr(iterated).kind {
            ExprKind::Call(callee, arguments) => match &self.ast.expr(*callee).kind {
                ExprKind::Name(function) if self.ast.name(*function) == "range" => {
                    let keyword = arguments.iter().any(|a| a.keyword.is_some());
                    let ok = !keyword && (1..=3).contains(&arguments.len());
                    ok.then(|| arguments.iter().map(|a| a.value).collect::<Box<[_]>>())
                }
                _ => None,
            },
            _ => None,
        };
        let range = range.unwrap_or_else(|| {
            if !matches!(self.ast.expr(iterated).kind, ExprKind::Error) {
                self.error(span, form);
            }
            Box::default()
        });
        let body = self.ast.push_block();
        self.push(StmtKind::For { name, range, body }, start);
        self.body(body, None, start);
    }

    fn import(&mut self) {
        let start = self.span();
        let from = self.is_word("from");
        let mut bound = Vec::new();
        self.advance();
        loop {
            let (module, first) = self.module();
            let span = start.to(self.span());
            if !MODULES.contains(&module.as_str()) {
                let known = MODULES.join(", ");
                self.error(span, format!("'{module}' cannot be imported: only {known}"));
                return self.skip_line();
            }
            if from {
                self.imported_names(&mut bound);
                break;
            }
            let name = if self.is_word("as") {
                self.advance();
                self.name()
            } else {
                first
            };
            bound.extend(name.map(Import::Module));
            if !self.eat(",") {
                break;
            }
        }
        self.push(StmtKind::Import(bound.into()), start);
    }

    /// A dotted name, and its first part.
    fn module(&mut self) -> (String, Option<Symbol>) {
        let mut path = self.text().to_owned();
        let first = self.name();
        while self.eat(".") {
            path.push('.');
            path.push_str(self.text());
            self.advance();
        }
        (path, first)
    }

    fn imported_names(&mut self, bound: &mut Vec<Import>) {
        if !self.is_word("import") {
            let span = self.span();
            self.error(span, "'import' is expected here");
            return self.skip_line();
        }
        self.advance();
        if self.eat("*") {
            return;
        }
        let bracket = self.eat("(");
        loop {
            let span = self.span();
            let Some(function) = self.name() else {
                return self.skip_line();
            };
            let mut name = function;
            if self.is_word("as") {
                self.advance();
                let Some(alias) = self.name() else {
                    return self.skip_line();
                };
                name = alias;
            }
            bound.push(Import::Function(name, function, span));
            if !self.eat(",") {
                break;
            }
        }
        if bracket && !self.eat(")") {
            let span = self.span();
            self.error(span, "')' is expected here");
        }
    }

    /// Gives every `#:` comment to the statement of its line.
    fn attach(&mut self, comments: &[Span]) {
        for &comment in comments {
            let line_start = self.source[..comment.start as usize].rfind('\n').map_or(0, |i| i + 1);
            // Statements stand in the order of the source.
            let stmts = &self.ast.stmts;
            let first = stmts.partition_point(|stmt| (stmt.span.start as usize) < line_start);
            let stmt = stmts.get(first).filter(|stmt| stmt.span.start < comment.start);
            let stmt = stmt.map(|_| first);
            let text = &self.source[comment.start as usize + 2..comment.end as usize];
            match (stmt, read_pragma(text)) {
                (Some(stmt), Some(pragma)) => {
                    self.ast.pragmas.insert(stmt as u32, pragma);
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
            let value = words.next()?.parse::<f64>().ok()?;
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
