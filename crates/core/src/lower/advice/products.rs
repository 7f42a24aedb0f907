//! Factors whose inner sizes differ.

use super::{Context, Idea, broadcasts};
use crate::lower::misfit::Site;
use crate::shape::broadcast;
use crate::source::Span;
use crate::syntax::ast::{Binary, ExprKind};

impl Context<'_> {
    /// Factors that could be multiplied if one were transposed, element by element, or
    /// the other way round.
    pub(super) fn products(&self) -> Vec<Idea> {
        let shapes = self.shapes();
        let [p, q] = shapes[..] else {
            return Vec::new();
        };
        if p.is_empty() || q.is_empty() {
            // The message says it.
            let idea = self.operator(Binary::Matmul, "*");
            return idea.into_iter().map(Idea::quiet).collect();
        }
        let mut ideas = self.transposed(|shapes| fits(shapes[0], shapes[1]));
        if broadcasts(&shapes).is_some() {
            ideas.extend(self.operator(Binary::Matmul, "*"));
        }
        if let [rows] = *p
            && fits(&[rows, 1], q)
        {
            let message = format!("take {} as a column", self.called(0));
            ideas.extend(self.suffixed(0, "[:, None]", message));
        }
        if let [columns] = *q
            && fits(p, &[1, columns])
        {
            let message = format!("take {} as a row", self.called(1));
            ideas.extend(self.suffixed(1, "[None]", message));
        }
        if fits(q, p) {
            ideas.extend(self.swapped());
        }
        if p.len() == 1 && q.len() == 1 {
            ideas.extend(self.every_product());
        }
        ideas
    }

    /// The factors in the other order.
    fn swapped(&self) -> Option<Idea> {
        let (a, b) = (self.operand(0)?, self.operand(1)?);
        let (left, right) = (self.ast.expr(a).span, self.ast.expr(b).span);
        let between = Span {
            start: left.end,
            end: right.start,
        };
        // A method's receiver stands before it.
        let comma = self.text(between);
        if left.end > right.start || comma.contains('(') || comma.contains('#') {
            return None;
        }
        let with = [self.atom(b), comma.into(), self.atom(a)].concat();
        let message = format!("swap {} and {}", self.called(0), self.called(1));
        Some(Idea::new(message, (left.to(right), with)))
    }

    /// A vector's every element with another's every element.
    fn every_product(&self) -> Option<Idea> {
        let Site::Expr(id) = self.sites.at(self.span)? else {
            return None;
        };
        let ExprKind::Binary(_, a, b) = self.ast.expr(id).kind else {
            return None;
        };
        let [a, b] = [a, b].map(|id| self.text(self.ast.expr(id).span));
        let edit = (self.span, format!("outer({a}, {b})"));
        Some(Idea::new("take every product".into(), edit))
    }
}

/// Whether shapes can be multiplied as matrices.
pub(super) fn fits(p: &[usize], q: &[usize]) -> bool {
    let (Some(&left), false) = (p.last(), q.is_empty()) else {
        return false;
    };
    let before = |shape: &[usize]| shape[..shape.len().saturating_sub(2)].to_vec();
    left == q[q.len().saturating_sub(2)] && broadcast(&before(p), &before(q)).is_some()
}
