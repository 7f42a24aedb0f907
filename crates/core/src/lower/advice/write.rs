//! Edits as they are written.

use super::{Context, Edit, Idea};
use crate::source::{LINE_ENDS, Operand, Span};
use crate::syntax::ast::{ExprId, ExprKind, StmtKind, Symbol, Unary};

/// Longest text that a message repeats, in bytes.
const SHORT: usize = 40;
/// Longest name of an operand.
const NAME: usize = 24;

impl Context<'_> {
    pub(super) fn text(&self, span: Span) -> &str {
        let range = span.start as usize..span.end as usize;
        self.source.get(range).unwrap_or_default()
    }

    /// The expression that an operand is; none where a name is assigned.
    pub(super) fn operand(&self, at: usize) -> Option<ExprId> {
        self.sites.expr(self.misfit.operands.get(at)?.span)
    }

    /// What an operand is called.
    pub(super) fn called(&self, at: usize) -> String {
        let operand = self.misfit.operands.get(at);
        let text = operand.map_or("", |operand| self.text(operand.span));
        if text.len() <= NAME && !text.contains(LINE_ENDS) {
            return text.into();
        }
        match (at, self.misfit.operands.len()) {
            (_, 1) => "the operand".into(),
            (0, _) => "the first operand".into(),
            (1, _) => "the second operand".into(),
            _ => "the last operand".into(),
        }
    }

    /// Whether an expression is a sum, a product, a sign …, without brackets around it.
    fn is_open(&self, id: ExprId) -> bool {
        let start = self.ast.expr(id).span.start;
        match self.ast.expr(id).kind {
            ExprKind::Binary(_, first, _) | ExprKind::Compare(_, first, _) => {
                start == self.ast.expr(first).span.start
            }
            ExprKind::Unary(..) => !self.text(self.ast.expr(id).span).starts_with('('),
            _ => false,
        }
    }

    /// An expression's text, in brackets where it needs them to be a part of another.
    pub(super) fn atom(&self, id: ExprId) -> String {
        let text = self.text(self.ast.expr(id).span);
        if self.is_open(id) {
            format!("({text})")
        } else {
            text.into()
        }
    }

    /// Puts something like `.T` behind an expression.
    pub(super) fn behind(&self, id: ExprId, suffix: &str) -> Option<Edit> {
        let span = self.ast.expr(id).span;
        if matches!(self.ast.expr(id).kind, ExprKind::Number { .. }) {
            return None;
        }
        if self.is_open(id) {
            return Some((span, self.atom(id) + suffix));
        }
        let end = Span {
            start: span.end,
            end: span.end,
        };
        Some((end, suffix.into()))
    }

    /// An idea that puts something behind an operand.
    pub(super) fn suffixed(&self, at: usize, suffix: &str, message: String) -> Option<Idea> {
        let id = self.operand(at)?;
        let edit = self.behind(id, suffix)?;
        let own = self.text(self.ast.expr(id).span);
        let alike = |o: &&Operand| self.text(o.span) == own;
        let said = match self.misfit.operands.iter().filter(alike).count() {
            1 => short(&(self.atom(id) + suffix)),
            // Which of them is seen in the whole.
            _ => self.with(&edit),
        };
        Some(Idea::likely(message, edit, said))
    }

    /// The first of a mark and its place between two places.
    pub(super) fn between(&self, left: Span, right: Span) -> Option<Span> {
        let mut at = left.end;
        let mut rest = self.source.get(at as usize..right.start as usize)?;
        loop {
            let mark = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
            at += (rest.len() - mark.len()) as u32;
            rest = mark;
            if !rest.starts_with('#') {
                break;
            }
            let behind = rest.trim_start_matches(|c: char| !LINE_ENDS.contains(&c));
            if behind.is_empty() {
                return None;
            }
            at += (rest.len() - behind.len()) as u32;
            rest = behind;
        }
        let is_end = |c: char| c.is_whitespace() || c == '\\' || c == '#';
        let length = rest.find(is_end).unwrap_or(rest.len()) as u32;
        (length > 0).then_some(Span {
            start: at,
            end: at + length,
        })
    }

    /// The text of the whole place with an edit in it.
    pub(super) fn with(&self, (span, with): &Edit) -> Option<String> {
        let before = self.text(Span {
            start: self.span.start,
            end: span.start,
        });
        let after = self.text(Span {
            start: span.end,
            end: self.span.end,
        });
        short(&[before, with, after].concat())
    }

    /// A whole number as it is written.
    pub(super) fn whole(&self, id: ExprId) -> Option<i64> {
        let (sign, id) = match self.ast.expr(id).kind {
            ExprKind::Unary(Unary::Minus, operand) => (-1, operand),
            _ => (1, id),
        };
        match self.ast.expr(id).kind {
            ExprKind::Number { value, .. } if value.fract() == 0.0 && value.abs() < 1e9 => {
                Some(sign * value as i64)
            }
            _ => None,
        }
    }

    /// What a name was last given before a place.
    pub(super) fn given(&self, name: Symbol, before: u32) -> Option<ExprId> {
        let given = self.ast.stmts.iter().filter_map(|stmt| match stmt.kind {
            StmtKind::Assign(symbol, _, value) if symbol == name && stmt.span.end <= before => {
                Some((stmt.span.start, value))
            }
            _ => None,
        });
        given.max_by_key(|given| given.0).map(|given| given.1)
    }
}

/// A text, if a message may repeat it.
pub(super) fn short(text: &str) -> Option<String> {
    (text.len() <= SHORT && !text.contains(LINE_ENDS)).then(|| text.into())
}
