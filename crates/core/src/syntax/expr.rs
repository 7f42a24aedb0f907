//! Expressions, by an operator-precedence parser with a stack of its own, so
//! that deep nesting is a message and not an overflow.

use super::ast::{Argument, Binary, ExprId, ExprKind, Subscript, Symbol, Unary};
use super::lex::Kind;
use super::parse::{MAX_DEPTH, Parser, is_reserved, outside};
use crate::source::Span;

/// What waits for the value that is being read.
enum Pending {
    Unary(Unary, Span),
    Binary(Binary, ExprId),
    Compare(&'static str, ExprId),
    /// `a if`
    If(ExprId),
    /// `a if condition else`
    Else(ExprId, ExprId),
    Group(Group),
}

/// An open bracket.
struct Group {
    span: Span,
    kind: GroupKind,
    items: Vec<ExprId>,
    /// Whether a comma has been read: `(a,)` is a tuple.
    comma: bool,
    keyword: Option<Symbol>,
    arguments: Vec<Argument>,
    subscripts: Vec<Subscript>,
    /// The parts of the slice that is being read, and how many colons it had.
    slice: [Option<ExprId>; 3],
    colons: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum GroupKind {
    Paren,
    List,
    Call(ExprId),
    Index(ExprId),
}

impl Group {
    fn new(kind: GroupKind, span: Span) -> Self {
        Self {
            span,
            kind,
            items: Vec::new(),
            comma: false,
            keyword: None,
            arguments: Vec::new(),
            subscripts: Vec::new(),
            slice: [None; 3],
            colons: 0,
        }
    }

    fn closing(&self) -> &'static str {
        match self.kind {
            GroupKind::Paren | GroupKind::Call(_) => ")",
            GroupKind::List | GroupKind::Index(_) => "]",
        }
    }

    /// Takes one item; none where nothing stood before a colon, comma or bracket.
    fn take(&mut self, item: Option<ExprId>) {
        match self.kind {
            GroupKind::Paren | GroupKind::List => self.items.extend(item),
            GroupKind::Call(_) => {
                let keyword = self.keyword.take();
                self.arguments
                    .extend(item.map(|value| Argument { keyword, value }));
            }
            GroupKind::Index(_) if self.colons > 0 => {
                self.slice[self.colons] = item;
                self.subscripts.push(Subscript::Slice(self.slice));
                (self.slice, self.colons) = ([None; 3], 0);
            }
            GroupKind::Index(_) => self.subscripts.extend(item.map(Subscript::At)),
        }
    }
}

const COMPARE: u8 = 1;
const UNARY: u8 = 4;
const POWER: u8 = 5;

fn binary(mark: &str) -> Option<(Binary, u8)> {
    Some(match mark {
        "+" => (Binary::Add, 2),
        "-" => (Binary::Sub, 2),
        "*" => (Binary::Mul, 3),
        "/" => (Binary::Div, 3),
        "@" => (Binary::Matmul, 3),
        "**" => (Binary::Pow, POWER),
        _ => return None,
    })
}

struct Reader {
    stack: Vec<Pending>,
    /// Brackets, signs and powers open at once.
    depth: usize,
    /// The value just read, when an operator is expected next.
    value: Option<ExprId>,
}

impl Parser<'_> {
    /// Reads an expression. On a mistake the rest of the line is left, and the
    /// expression is an error.
    pub fn expression(&mut self) -> ExprId {
        let start = self.span();
        let mut reader = Reader {
            stack: Vec::new(),
            depth: 0,
            value: None,
        };
        match self.read(&mut reader) {
            Ok(value) => value,
            Err((span, message)) => {
                self.error(span, message);
                self.skip_line();
                self.ast.push_expr(ExprKind::Error, start)
            }
        }
    }

    fn read(&mut self, r: &mut Reader) -> Result<ExprId, (Span, String)> {
        loop {
            if r.depth > MAX_DEPTH {
                let message = format!("the expression is nested more than {MAX_DEPTH} deep");
                return Err((self.span(), message));
            }
            match r.value {
                None => self.operand(r)?,
                Some(value) => {
                    if let Some(done) = self.operator(r, value)? {
                        return Ok(done);
                    }
                }
            }
        }
    }

    /// Reads what a value starts with.
    fn operand(&mut self, r: &mut Reader) -> Result<(), (Span, String)> {
        let span = self.span();
        let kind = match self.kind() {
            Kind::Number(value) => ExprKind::Number {
                value,
                is_whole: !self.text().contains(['.', 'e', 'E']),
            },
            Kind::Name => match self.text() {
                "True" => ExprKind::Bool(true),
                "False" => ExprKind::Bool(false),
                "None" => ExprKind::None,
                word if is_reserved(word) => {
                    let message = match word {
                        "in" | "as" | "def" | "for" | "return" | "import" | "from" => {
                            format!("a value is expected here, not '{word}'")
                        }
                        _ => outside(word),
                    };
                    return Err((span, message));
                }
                _ => {
                    let text = self.text().to_owned();
                    ExprKind::Name(self.ast.intern(&text))
                }
            },
            Kind::Mark(mark @ ("-" | "+")) => {
                let op = if mark == "-" {
                    Unary::Minus
                } else {
                    Unary::Plus
                };
                r.stack.push(Pending::Unary(op, span));
                r.depth += 1;
                self.advance();
                return Ok(());
            }
            Kind::Mark(mark @ ("(" | "[")) => {
                let kind = if mark == "(" {
                    GroupKind::Paren
                } else {
                    GroupKind::List
                };
                self.advance();
                self.open(r, kind, span);
                return Ok(());
            }
            Kind::Mark(":" | ")" | "]" | ",") if self.may_be_missing(r) => {
                return self.end_item(r, None);
            }
            _ => return Err((self.before_end(span, r), self.missing(r))),
        };
        self.advance();
        r.value = Some(self.ast.push_expr(kind, span));
        Ok(())
    }

    fn open(&mut self, r: &mut Reader, kind: GroupKind, span: Span) {
        r.stack.push(Pending::Group(Group::new(kind, span)));
        r.depth += 1;
        r.value = None;
        self.keyword(r);
    }

    /// Reads `name=` at the start of an argument.
    fn keyword(&mut self, r: &mut Reader) {
        let Some(Pending::Group(group)) = r.stack.last_mut() else {
            return;
        };
        let next = self.tokens.get(self.at + 1).map(|t| t.kind);
        if matches!(group.kind, GroupKind::Call(_))
            && self.kind() == Kind::Name
            && next == Some(Kind::Mark("="))
        {
            let text = self.text().to_owned();
            group.keyword = Some(self.ast.intern(&text));
            self.advance();
            self.advance();
        }
    }

    /// Whether a bracket may close, or a colon come, with no value before it.
    fn may_be_missing(&self, r: &Reader) -> bool {
        let Some(Pending::Group(group)) = r.stack.last() else {
            return false;
        };
        let closes = self.is(group.closing());
        match group.kind {
            GroupKind::Index(_) => group.colons > 0 || self.is(":") || (closes && group.comma),
            GroupKind::Call(_) => closes && group.keyword.is_none(),
            GroupKind::Paren | GroupKind::List => closes,
        }
    }

    /// Where a value is missing: at a line's end, the operator before it.
    fn before_end(&self, span: Span, r: &Reader) -> Span {
        if self.end_of_text() && !r.stack.is_empty() {
            return self.tokens[self.at.saturating_sub(1)].span;
        }
        span
    }

    fn missing(&self, r: &Reader) -> String {
        let before = match r.stack.last() {
            Some(Pending::Binary(..) | Pending::Compare(..) | Pending::Unary(..)) => {
                let token = self.tokens[self.at.saturating_sub(1)].span;
                let mark = self.part(token);
                format!(" after '{mark}'")
            }
            Some(Pending::Group(group)) if self.end_of_text() => {
                let open = if group.closing() == ")" { '(' } else { '[' };
                return format!("'{open}' is not closed, and a value is missing");
            }
            _ => String::new(),
        };
        if self.end_of_text() {
            return format!("a value is missing{before}");
        }
        match self.kind() {
            Kind::Mark("{") => "sets and dictionaries are outside the language of this page".into(),
            Kind::Mark(mark @ ("*" | "**")) if before.is_empty() => {
                format!(
                    "'{mark}' before a value is outside the language of this page: write the values themselves"
                )
            }
            Kind::Mark("~") => "'~' is outside the language of this page: write 1 - mask".into(),
            Kind::Mark("=") => "'=' is not expected here: to compare, write '=='".into(),
            _ => format!("a value is expected{before}, not '{}'", self.text()),
        }
    }

    fn end_of_text(&self) -> bool {
        matches!(
            self.kind(),
            Kind::Newline | Kind::End | Kind::Dedent | Kind::Indent
        )
    }

    /// Reads what may follow a value; the whole expression when it has ended.
    fn operator(
        &mut self,
        r: &mut Reader,
        value: ExprId,
    ) -> Result<Option<ExprId>, (Span, String)> {
        let span = self.span();
        let Kind::Mark(mark) = self.kind() else {
            if self.is_prelude && self.choice(r) {
                return Ok(None);
            }
            return self.ended(r);
        };
        match mark {
            "(" => {
                self.advance();
                self.open(r, GroupKind::Call(value), span);
            }
            "[" => {
                self.advance();
                self.open(r, GroupKind::Index(value), span);
            }
            "." => {
                self.advance();
                if self.kind() != Kind::Name {
                    return Err((self.span(), "a name is expected after '.'".into()));
                }
                let text = self.text().to_owned();
                let name = self.ast.intern(&text);
                let whole = self.ast.expr(value).span.to(self.span());
                r.value = Some(self.ast.push_expr(ExprKind::Attribute(value, name), whole));
                self.advance();
            }
            ">" | "<" | ">=" | "<=" | "==" | "!=" => {
                let left = self.reduce(r, COMPARE);
                if matches!(r.stack.last(), Some(Pending::Compare(..))) {
                    return Err((span, "compare two values at a time".into()));
                }
                r.stack.push(Pending::Compare(mark, left));
                r.value = None;
                self.advance();
            }
            "//" | "%" | "&" | "|" | "^" | "~" | "<<" | ">>" | ":=" | "!" => {
                let hint = if mark == "^" {
                    ": a power is written '**'"
                } else {
                    ""
                };
                let message = format!("'{mark}' is outside the language of this page{hint}");
                return Err((span, message));
            }
            _ => {
                let Some((op, precedence)) = binary(mark) else {
                    return self.ended(r);
                };
                // A power binds to the right: nothing before it is done yet.
                let left = self.reduce(
                    r,
                    if op == Binary::Pow {
                        POWER + 1
                    } else {
                        precedence
                    },
                );
                if op == Binary::Pow {
                    r.depth += 1;
                }
                r.stack.push(Pending::Binary(op, left));
                r.value = None;
                self.advance();
            }
        }
        Ok(None)
    }

    /// Finishes what binds at least as tightly as `precedence`, down to the innermost bracket.
    fn reduce(&mut self, r: &mut Reader, precedence: u8) -> ExprId {
        let mut value = r.value.take().unwrap_or(ExprId(0));
        while let Some(top) = r.stack.last() {
            let own = match top {
                Pending::Unary(..) => UNARY,
                Pending::Binary(Binary::Pow, _) => POWER,
                Pending::Binary(Binary::Add | Binary::Sub, _) => 2,
                Pending::Binary(..) => 3,
                // One comparison at a time: `operator` reports the second.
                Pending::Compare(..) | Pending::Else(..) => 0,
                Pending::If(_) | Pending::Group(_) => break,
            };
            if own < precedence {
                break;
            }
            let right = self.ast.expr(value).span;
            value = match r.stack.pop() {
                Some(Pending::Unary(op, sign)) => {
                    r.depth -= 1;
                    self.ast
                        .push_expr(ExprKind::Unary(op, value), sign.to(right))
                }
                Some(Pending::Binary(op, left)) => {
                    r.depth -= usize::from(op == Binary::Pow);
                    let span = self.ast.expr(left).span.to(right);
                    self.ast.push_expr(ExprKind::Binary(op, left, value), span)
                }
                Some(Pending::Compare(op, left)) => {
                    let span = self.ast.expr(left).span.to(right);
                    self.ast.push_expr(ExprKind::Compare(op, left, value), span)
                }
                Some(Pending::Else(then, condition)) => {
                    let span = self.ast.expr(then).span.to(right);
                    let parts = [condition, then, value];
                    self.ast.push_expr(ExprKind::Choice(parts), span)
                }
                _ => break,
            };
        }
        value
    }

    /// Reads what only the prelude has behind a value: `is None`, `is not None`, and the
    /// `if` and `else` of a choice.
    fn choice(&mut self, r: &mut Reader) -> bool {
        let end = self.span();
        match self.text() {
            "is" => {
                self.advance();
                let not = self.is_word("not");
                if not {
                    self.advance();
                }
                let value = self.reduce(r, COMPARE);
                let span = self.ast.expr(value).span.to(end);
                r.value = Some(self.ast.push_expr(ExprKind::IsNone(value, not), span));
            }
            "if" => {
                let then = self.reduce(r, 0);
                r.stack.push(Pending::If(then));
            }
            "else" => {
                let condition = self.reduce(r, 0);
                match r.stack.pop() {
                    Some(Pending::If(then)) => r.stack.push(Pending::Else(then, condition)),
                    other => {
                        r.stack.extend(other);
                        return false;
                    }
                }
            }
            _ => return false,
        }
        self.advance();
        true
    }

    /// A token that continues no value: it ends an item, or the expression.
    fn ended(&mut self, r: &mut Reader) -> Result<Option<ExprId>, (Span, String)> {
        let value = self.reduce(r, 0);
        if r.stack.is_empty() {
            return Ok(Some(value));
        }
        self.end_item(r, Some(value)).map(|()| None)
    }

    /// Ends an item of the innermost bracket, and the bracket if it closes here.
    fn end_item(&mut self, r: &mut Reader, item: Option<ExprId>) -> Result<(), (Span, String)> {
        let Some(Pending::Group(group)) = r.stack.last_mut() else {
            return Err((self.span(), "this is not expected here".into()));
        };
        r.value = None;
        if self.is(":") && matches!(group.kind, GroupKind::Index(_)) && group.colons < 2 {
            group.slice[group.colons] = item;
            group.colons += 1;
            self.advance();
            return Ok(());
        }
        if self.is(",") {
            group.take(item);
            group.comma = true;
            self.advance();
            self.keyword(r);
            return Ok(());
        }
        if !self.is(group.closing()) {
            let open = if group.closing() == ")" { '(' } else { '[' };
            if self.end_of_text() {
                return Err((group.span, format!("'{open}' is not closed")));
            }
            let message = match self.kind() {
                Kind::Name if is_reserved(self.text()) => outside(self.text()),
                Kind::Error => "this cannot be read".into(),
                _ => {
                    let (text, closing) = (self.text(), group.closing());
                    let ways = self.beside();
                    let ways = ways.unwrap_or(format!("an operator, ',' or '{closing}' is"));
                    format!("'{text}' is not expected here: {ways}")
                }
            };
            return Err((self.span(), message));
        }
        group.take(item);
        let close = self.span();
        self.advance();
        r.depth -= 1;
        let Some(Pending::Group(group)) = r.stack.pop() else {
            return Ok(());
        };
        let span = group.span.to(close);
        let base = |p: &Self, base: ExprId| p.ast.expr(base).span.to(close);
        let value = match group.kind {
            GroupKind::Paren => match *group.items {
                [only] if !group.comma => {
                    // The brackets belong to its source from now on.
                    self.ast.exprs[only.0 as usize].span = span;
                    only
                }
                _ => self
                    .ast
                    .push_expr(ExprKind::Tuple(group.items.into()), span),
            },
            GroupKind::List => self.ast.push_expr(ExprKind::List(group.items.into()), span),
            GroupKind::Call(callee) => {
                let span = base(self, callee);
                self.ast
                    .push_expr(ExprKind::Call(callee, group.arguments.into()), span)
            }
            GroupKind::Index(whole) => {
                let span = base(self, whole);
                self.ast
                    .push_expr(ExprKind::Index(whole, group.subscripts.into()), span)
            }
        };
        r.value = Some(value);
        Ok(())
    }
}
