//! Scores and targets.

use super::{Context, Idea};
use crate::lower::literal::tensor;
use crate::syntax::ast::{ExprId, ExprKind};

impl Context<'_> {
    /// A target, or scores, of the shape that the loss takes.
    pub(super) fn targets(&self) -> Vec<Idea> {
        let shapes = self.shapes();
        let [scores, target] = shapes[..] else {
            return Vec::new();
        };
        // Where no class is met it is the class that is not there.
        let is_class = |at: usize| self.misfit.met.iter().all(|m| m.axes[at].is_none());
        if !target.is_empty() && !is_class(1) || target.is_empty() && scores.len() == 2 {
            return self.reshaped_target(scores, target);
        }
        self.counted_from_zero().into_iter().collect()
    }

    fn reshaped_target(&self, scores: &[usize], target: &[usize]) -> Vec<Idea> {
        let mut ideas = Vec::new();
        let count: usize = target.iter().product();
        let called = self.called(1);
        match (scores, target) {
            (&[_], &[1]) => {
                ideas.extend(self.suffixed(1, "[0]", format!("take the only element of {called}")));
            }
            (&[rows, _], [_, _, ..]) if count == rows => {
                let message = format!("take the elements of {called} in a row");
                ideas.extend(self.suffixed(1, ".flatten()", message));
            }
            _ => {}
        }
        if let (&[rows, columns], &[other]) = (scores, target)
            && other == columns
            && rows != columns
        {
            let message = format!("transpose {}", self.called(0));
            ideas.extend(self.suffixed(0, ".T", message));
        }
        if let (&[rows, columns], &[p, q]) = (scores, target)
            && (p, q) == (columns, rows)
        {
            ideas.extend(self.suffixed(1, ".T", format!("transpose {called}")));
        }
        ideas
    }

    /// Classes that are counted from 1.
    fn counted_from_zero(&self) -> Option<Idea> {
        let scores = &self.misfit.operands[0].shape;
        let count = *scores.get(scores.len().min(2).checked_sub(1)?)?;
        let target = self.operand(1)?;
        let written = self.written(target)?;
        let counted = |&class: &f64| class.fract() == 0.0 && class >= 1.0 && class <= count as f64;
        if !written.iter().all(counted) {
            return None;
        }
        let span = self.ast.expr(target).span;
        let with = match self.whole(target) {
            Some(class) => (class - 1).to_string(),
            None => format!("{} - 1", self.atom(target)),
        };
        let said = super::write::short(&with);
        let message = "count classes from 0".into();
        Some(Idea::likely(message, (span, with), said))
    }

    /// The numbers that are written for a value.
    fn written(&self, id: ExprId) -> Option<Vec<f64>> {
        let id = match self.ast.expr(id).kind {
            ExprKind::Name(name) => self.given(name, self.span.start)?,
            _ => id,
        };
        let read = tensor(self.ast, id)?.ok()?;
        Some(read.values)
    }
}
