//! Axes that are not there, places outside of one, sizes that do not come out.

use super::write::short;
use super::{Context, Idea};
use crate::source::Span;
use crate::syntax::ast::{Argument, ExprId, ExprKind, Subscript};

/// How far from a size that is written a fitting one is sought.
const FAR: i64 = 1000;

impl Context<'_> {
    /// The items of a tuple or list, else the expression alone.
    fn listed(&self, id: ExprId) -> Vec<ExprId> {
        match &self.ast.expr(id).kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => items.to_vec(),
            _ => vec![id],
        }
    }

    /// An axis that the value has; `more` axes than it has may be named.
    pub(super) fn axis(&self, rest: &[Argument], more: usize) -> Vec<Idea> {
        let Some(operand) = self.misfit.operands.first() else {
            return Vec::new();
        };
        let rank = (operand.shape.len() + more) as i64;
        let named = |argument: &&Argument| match argument.keyword {
            None => true,
            Some(name) => matches!(self.ast.name(name), "axis" | "dim" | "axes"),
        };
        let places = rest.iter().filter(named);
        let places = places.flat_map(|argument| self.listed(argument.value));
        let ideas = places.filter_map(|place| {
            let axis = self.whole(place)?;
            let near = axis.clamp(-rank, (rank - 1).max(-rank));
            if near == axis || rank == 0 {
                return None;
            }
            let message = format!("use axis {near}");
            let edit = (self.ast.expr(place).span, near.to_string());
            Some(Idea::likely(message, edit, Some(format!("axis {near}"))))
        });
        ideas.collect()
    }

    /// A place that is there.
    pub(super) fn index(&self, base: ExprId, subscripts: &[Subscript]) -> Vec<Idea> {
        let Some(shape) = self.misfit.operands.first().map(|o| &o.shape) else {
            return Vec::new();
        };
        let met = self.misfit.met.iter().find(|meeting| !meeting.fits);
        let Some(axis) = met.and_then(|meeting| meeting.axes[0]) else {
            return self
                .fewer(base, subscripts, shape.len())
                .into_iter()
                .collect();
        };
        let Some((place, at)) = self
            .operand(1)
            .and_then(|place| Some((place, self.whole(place)?)))
        else {
            return Vec::new();
        };
        let span = self.ast.expr(place).span;
        let size = shape[axis] as i64;
        let (near, message) = match at {
            _ if size == 0 => return Vec::new(),
            at if at < 0 => (0, "take the first"),
            at if at == size => (size - 1, "take the last: places count from 0"),
            _ => (-1, "take the last"),
        };
        let mut ideas = vec![Idea::new(message.into(), (span, near.to_string()))];
        let fits = |size: usize| (-(size as i64)..size as i64).contains(&at);
        if let ([Subscript::At(_)], Some(true)) = (subscripts, shape.get(1).copied().map(fits)) {
            let here = Span {
                start: span.start,
                end: span.start,
            };
            let edit = (here, ":, ".to_owned());
            ideas.push(Idea::new("choose along the next axis".into(), edit));
        }
        ideas
    }

    /// Without the indices that are too many.
    fn fewer(&self, base: ExprId, subscripts: &[Subscript], rank: usize) -> Option<Idea> {
        let mut axes = 0;
        let extra = subscripts.iter().position(|subscript| {
            let new = matches!(subscript, Subscript::At(id)
                if matches!(self.ast.expr(*id).kind, ExprKind::None));
            axes += usize::from(!new);
            axes > rank
        })?;
        let ends = |subscript: &Subscript| match subscript {
            Subscript::At(id) => Some(self.ast.expr(*id).span),
            Subscript::Slice(_) => None,
        };
        let [first, last] = [subscripts.get(extra)?, subscripts.last()?].map(ends);
        let start = self.ast.expr(base).span.end;
        let before = self.text(Span {
            start,
            end: first?.start,
        });
        // With the comma before it.
        let cut = Span {
            start: start + before.trim_end().strip_suffix(',')?.len() as u32,
            end: last?.end,
        };
        let edit = (cut, String::new());
        let said = self.with(&edit);
        Some(Idea::likely(
            "leave out what is too much".into(),
            edit,
            said,
        ))
    }

    /// Sizes of which the elements come out.
    pub(super) fn reshaped(&self, rest: &[Argument]) -> Vec<Idea> {
        let Some(shape) = self.misfit.operands.first().map(|o| &o.shape) else {
            return Vec::new();
        };
        let places: Vec<ExprId> = rest
            .iter()
            .flat_map(|argument| self.listed(argument.value))
            .collect();
        let sizes = places.iter().map(|&place| self.whole(place));
        let Some(sizes) = sizes.collect::<Option<Vec<i64>>>() else {
            return Vec::new();
        };
        let count = shape
            .iter()
            .try_fold(1i64, |n, &size| n.checked_mul(size as i64));
        let (Some(count), true) = (count, sizes.len() < FAR as usize) else {
            return Vec::new();
        };
        let open = sizes.contains(&-1);
        let idea = |at: usize| {
            let others = sizes.iter().enumerate();
            let others = others
                .filter(|&(i, &size)| i != at && size != -1)
                .try_fold(1i64, |n, (_, &size)| n.checked_mul(size))?;
            if sizes[at] == -1 || others <= 0 || count % others != 0 {
                return None;
            }
            let rest = count / others;
            let size = if open {
                // What is left is for −1.
                let from = sizes[at].min(rest);
                let low = from.saturating_sub(FAR).max(1);
                (low..=from).rev().find(|size| rest % size == 0)?
            } else {
                rest
            };
            let mut wanted: Vec<String> = sizes.iter().map(i64::to_string).collect();
            wanted[at] = size.to_string();
            let wanted = match &wanted[..] {
                [one] => format!("({one},)"),
                several => format!("({})", several.join(", ")),
            };
            let message = format!("reshape to {wanted}");
            let edit = (self.ast.expr(places[at]).span, size.to_string());
            Some(Idea::likely(message, edit, short(&wanted)))
        };
        (0..sizes.len()).rev().filter_map(idea).collect()
    }

    /// A number of an array, of which there is a derivative.
    pub(super) fn summed(&self) -> Vec<Idea> {
        let Some(operand) = self.misfit.operands.first() else {
            return Vec::new();
        };
        let with = format!("sum({})", self.text(operand.span));
        let message = format!("sum {}", self.called(0));
        vec![Idea::new(message, (operand.span, with))]
    }
}
