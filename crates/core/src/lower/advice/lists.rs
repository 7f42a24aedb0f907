//! Values that cannot be put together.

use super::{Context, Idea};
use crate::source::Span;
use crate::syntax::ast::Argument;

impl Context<'_> {
    /// Values that could be put together along another axis, or with one more.
    pub(super) fn concatenated(&self, arguments: &[Argument]) -> Vec<Idea> {
        let shapes = self.shapes();
        let [p, q] = shapes[..] else {
            return self.axis(arguments.get(1..).unwrap_or_default(), 0);
        };
        let given = arguments.iter().skip(1).find(|argument| {
            let keyword = argument.keyword.map(|name| self.ast.name(name));
            keyword.is_none_or(|name| matches!(name, "axis" | "dim"))
        });
        let mut ideas = Vec::new();
        for axis in 0..p.len() {
            let fits = p.len() == q.len() && (0..p.len()).all(|i| i == axis || p[i] == q[i]);
            if !fits {
                continue;
            }
            let edit = match given {
                Some(argument) => (self.ast.expr(argument.value).span, axis.to_string()),
                None => (self.last(arguments), format!(", axis={axis}")),
            };
            let message = format!("put them together along axis {axis}");
            ideas.push(Idea::likely(message, edit, Some(format!("axis={axis}"))));
        }
        if p.len().abs_diff(q.len()) == 1 {
            let at = usize::from(q.len() < p.len());
            for index in ["[None]", "[:, None]"] {
                let message = format!("give {} an axis: {index}", self.called(at));
                ideas.extend(self.suffixed(at, index, message));
            }
        }
        ideas.extend(self.transposed(|shapes| shapes[0].len() == shapes[1].len()));
        ideas
    }

    /// Behind the last argument of a call.
    fn last(&self, arguments: &[Argument]) -> Span {
        let end = arguments.last().map_or(self.span.end, |argument| {
            self.ast.expr(argument.value).span.end
        });
        Span { start: end, end }
    }
}
