//! Shapes that do not fit: which axes met, and where.

use super::program::Made;
use super::{Lowerer, Message, Value};
use crate::shape::Axes;
use crate::source::{Diagnostic, Meeting, Misfit, Operand, Span};
use crate::syntax::ast::{Ast, Binary, ExprId, ExprKind, StmtKind, Symbol};
use crate::syntax::prelude::holds;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// How many calls and turns around a mistake are looked at.
const MAX_TURNS: usize = 4;

/// What stands in a piece of source.
#[derive(Clone, Copy, Debug)]
pub(super) enum Site {
    /// An expression.
    Expr(ExprId),
    /// `name += value`: where its name is, the operator and the value.
    Augment(Span, Binary, ExprId),
    /// The name in it.
    Target(Symbol),
}

/// The expressions of a tree by their places.
#[derive(Debug)]
pub(super) struct Sites(FxHashMap<Span, Site>);

impl Sites {
    pub fn new(ast: &Ast) -> Self {
        let exprs = (0..ast.exprs.len()).map(|at| ExprId(at as u32));
        let exprs = exprs.map(|id| (ast.expr(id).span, Site::Expr(id)));
        let augments = ast.stmts.iter().flat_map(|stmt| match stmt.kind {
            StmtKind::Augment(symbol, name, op, value) => vec![
                (stmt.span, Site::Augment(name, op, value)),
                (name, Site::Target(symbol)),
            ],
            _ => Vec::new(),
        });
        Self(exprs.chain(augments).collect())
    }

    /// What stands in just this place.
    pub fn at(&self, span: Span) -> Option<Site> {
        self.0.get(&span).copied()
    }

    /// The call of what is in a place, if it is called; else the place itself.
    pub fn called(&self, ast: &Ast, place: Span) -> Span {
        let calls = self.0.iter().filter_map(|(&span, site)| match site {
            Site::Expr(id) => match ast.expr(*id).kind {
                ExprKind::Call(callee, _) if ast.expr(callee).span == place => Some(span),
                _ => None,
            },
            _ => None,
        });
        calls.max_by_key(|span| span.end).unwrap_or(place)
    }

    /// The expression in just this place.
    pub fn expr(&self, span: Span) -> Option<ExprId> {
        match self.at(span) {
            Some(Site::Expr(id)) => Some(id),
            _ => None,
        }
    }
}

/// An operator as it is written.
pub(super) fn mark(op: Binary) -> &'static str {
    match op {
        Binary::Add => "+",
        Binary::Sub => "-",
        Binary::Mul => "*",
        Binary::Div => "/",
        Binary::Pow => "**",
        Binary::Matmul => "@",
    }
}

/// What is done in a place, as it is written: `@`, `+=`, `reshape`, `[ ]`.
fn operation(ast: &Ast, site: Option<Site>) -> String {
    match site {
        Some(Site::Augment(_, op, _)) => format!("{}=", mark(op)),
        Some(Site::Expr(id)) => match &ast.expr(id).kind {
            ExprKind::Binary(op, ..) => mark(*op).into(),
            ExprKind::Compare(op, ..) => (*op).into(),
            ExprKind::Call(callee, _) => match ast.expr(*callee).kind {
                ExprKind::Name(name) | ExprKind::Attribute(_, name) => ast.name(name).into(),
                _ => String::new(),
            },
            ExprKind::Attribute(_, name) => ast.name(*name).into(),
            _ => "[ ]".into(),
        },
        Some(Site::Target(_)) | None => String::new(),
    }
}

/// Shapes that broadcast meet from the right: axis by axis, the first axes first.
pub(super) fn aligned(shapes: &[&[usize]]) -> Vec<Meeting> {
    let rank = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let meeting = |place: usize| {
        let axes: Vec<Option<usize>> = shapes
            .iter()
            .map(|shape| (place + shape.len()).checked_sub(rank))
            .collect();
        let sizes = axes.iter().zip(shapes);
        let mut sizes = sizes.filter_map(|(axis, shape)| axis.map(|axis| shape[axis]));
        let mut wide = None;
        let fits = sizes.all(|size| size == 1 || *wide.get_or_insert(size) == size);
        Meeting { axes, fits }
    };
    (0..rank).map(meeting).collect()
}

/// The factors of a product meet with the last axis of the one and the last but one of
/// the other, if it has so many; with `batched` the axes before meet too.
pub(super) fn inner(p: &[usize], q: &[usize], batched: bool) -> Vec<Meeting> {
    let mut met = Vec::new();
    if batched && p.len() > 2 && q.len() > 2 {
        // Both lose two axes, and what is left is counted from the first.
        met = aligned(&[&p[..p.len() - 2], &q[..q.len() - 2]]);
    }
    let (left, right) = (
        p.len().checked_sub(1),
        match q.len() {
            0 => None,
            rank => Some(rank.saturating_sub(2)),
        },
    );
    let fits = left
        .zip(right)
        .is_some_and(|(left, right)| p[left] == q[right]);
    let axes = vec![left, right];
    met.push(Meeting { axes, fits });
    met
}

/// The axes of one shape, of which some are not as they should be.
pub(super) fn marked(rank: usize, wrong: Axes) -> Vec<Meeting> {
    let meeting = |axis| Meeting {
        axes: vec![Some(axis)],
        fits: !wrong.contains(axis),
    };
    (0..rank).map(meeting).collect()
}

/// The axes of a shape that has not the axis that is asked for, before them or behind.
pub(super) fn beyond(rank: usize, before: bool) -> Vec<Meeting> {
    let mut met = marked(rank, Axes::NONE);
    let missing = Meeting {
        axes: vec![None],
        fits: false,
    };
    met.insert(if before { 0 } else { rank }, missing);
    met
}

/// A shape of which nothing more is known than what it is.
pub(super) fn of_shape(shape: &[usize], span: Span) -> Operand {
    Operand {
        span,
        name: None,
        shape: shape.to_vec(),
    }
}

impl Message {
    /// A mistake about shapes.
    pub(super) fn shapes(text: String, operands: Vec<Operand>, met: Vec<Meeting>) -> Self {
        Self::Shapes(
            text,
            Box::new(Misfit {
                operands,
                operation: String::new(),
                met,
                fixes: Vec::new(),
            }),
        )
    }

    /// The same, told where the first operand is.
    pub(super) fn of(mut self, first: Operand) -> Self {
        if let Self::Shapes(_, misfit) = &mut self
            && let Some(operand) = misfit.operands.first_mut()
        {
            *operand = first;
        }
        self
    }
}

impl Lowerer<'_> {
    fn sites(&mut self) -> &Sites {
        let ast = self.ast;
        self.sites.get_or_insert_with(|| Sites::new(ast))
    }

    /// A value as a part of a mistake about shapes.
    pub(super) fn operand(&mut self, value: &Value, span: Span) -> Operand {
        let shape = self.shape_of(value);
        self.operand_of(shape, span)
    }

    /// A shape as a part of a mistake about shapes.
    pub(super) fn operand_of(&mut self, shape: Vec<usize>, span: Span) -> Operand {
        let ast = self.ast;
        let mut site = self.sites().at(span);
        let mut span = span;
        if holds(span) {
            let name = match site {
                Some(Site::Expr(id)) => match ast.expr(id).kind {
                    ExprKind::Name(name) => self.given(name),
                    _ => None,
                },
                _ => None,
            };
            span = name.unwrap_or_else(|| self.place(span));
            site = self.sites().at(span);
        }
        let symbol = match site {
            Some(Site::Expr(id)) => match ast.expr(id).kind {
                ExprKind::Name(symbol) => Some(symbol),
                _ => None,
            },
            Some(Site::Target(symbol)) => Some(symbol),
            _ => None,
        };
        // A definition's own names are not the program's.
        let own = |symbol| {
            let frame = self.frames.last();
            !self.top_level()
                && frame.is_some_and(|f| f.within.is_none() && f.names.contains_key(&symbol))
        };
        let name = symbol.filter(|&symbol| !own(symbol));
        let name = name.map(|symbol| ast.name(symbol).to_owned());
        Operand { span, name, shape }
    }

    /// Where the items of a list are that is written in a place.
    pub(super) fn places(&mut self, list: Span, count: usize) -> Vec<Span> {
        let ast = self.ast;
        if let Some(id) = self.sites().expr(list)
            && let ExprKind::List(items) | ExprKind::Tuple(items) = &ast.expr(id).kind
            && items.len() == count
        {
            return items.iter().map(|&item| ast.expr(item).span).collect();
        }
        vec![list; count]
    }

    /// Tells that shapes do not fit.
    pub(super) fn misfit(&mut self, span: Span, text: &str, mut misfit: Misfit) {
        let ast = self.ast;
        let span = self.place(span);
        misfit.operation = operation(ast, self.sites().at(span));
        let whence = match self.within() {
            Some(_) => self.whose(text),
            None => self.whence(),
        };
        let message = format!("{text}{whence}");
        self.tell(Diagnostic {
            shapes: Some(Box::new(misfit)),
            ..Diagnostic::new(span, message)
        });
    }

    /// In the call of which function of the prelude the program is, of which a message says
    /// something, if it does not say that itself.
    pub(super) fn whose(&self, text: &str) -> String {
        if self.within().is_none() || text.starts_with('\'') {
            return String::new();
        }
        self.whence()
    }

    /// In which turn of a loop and in which call the program is.
    fn whence(&self) -> String {
        let mut text = String::new();
        for open in self.open.iter().rev().take(MAX_TURNS) {
            match self.groups[open.group as usize].made {
                Made::Turn { name, value, .. } => {
                    let _ = write!(text, ", where {} is {value}", self.ast.name(name));
                }
                Made::Call(scope) => {
                    let scope = &self.scopes[scope as usize];
                    if let Some(name) = scope.name {
                        let _ = write!(text, ", in the call of '{}'", self.ast.name(name));
                    }
                    let label = self.labels.get(scope.label as usize);
                    if let Some(symbol) = label.and_then(|label| label.name) {
                        let _ = write!(text, " for '{}'", self.ast.name(symbol));
                    }
                    break;
                }
                Made::Composite(_) | Made::Mirror { .. } => {}
            }
        }
        text
    }
}
