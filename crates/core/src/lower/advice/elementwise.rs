//! Operands that do not broadcast.

use super::write::short;
use super::{Context, Idea, broadcasts, products};
use crate::lower::functions::{Function, module_function};
use crate::lower::misfit::Site;
use crate::shape::Display;
use crate::sort;
use crate::source::Span;
use crate::syntax::ast::{Argument, Binary, ExprId, ExprKind};

/// Most operands of which each is looked at.
const MOST_OPERANDS: usize = 4;
/// How many expressions are looked through for a reduction, and how many are found.
const MOST_SEEN: usize = 64;
const MOST_FOUND: usize = 3;

impl Context<'_> {
    /// Operands that would broadcast if one of them had an axis more or other axes.
    pub(super) fn elementwise(&self) -> Vec<Idea> {
        let shapes = self.shapes();
        if shapes.len() > MOST_OPERANDS {
            return Vec::new();
        }
        let mut ideas = self.kept();
        if let [p, q] = shapes[..]
            && products::fits(p, q)
        {
            ideas.extend(self.operator(Binary::Mul, "@"));
        }
        ideas.extend(self.widened());
        let turned = self.transposed(|shapes| broadcasts(shapes).is_some());
        // One with an axis less lacks that rather than to fit an other way round.
        let alike = shapes.iter().all(|shape| shape.len() == shapes[0].len());
        ideas.extend(
            turned
                .into_iter()
                .map(|idea| if alike { idea } else { idea.quiet() }),
        );
        ideas.extend(self.each_with_each());
        ideas.extend(self.same_elements());
        ideas
    }

    /// Another operator in the place of one.
    pub(super) fn operator(&self, from: Binary, to: &str) -> Option<Idea> {
        let (left, right, assigns) = match self.sites.at(self.span)? {
            Site::Augment(name, op, value) if op == from => (name, self.ast.expr(value).span, true),
            Site::Expr(id) => match self.ast.expr(id).kind {
                ExprKind::Binary(op, a, b) if op == from => {
                    (self.ast.expr(a).span, self.ast.expr(b).span, false)
                }
                _ => return None,
            },
            _ => return None,
        };
        let mark = self.between(left, right)?;
        // What is written without blanks may have a sign behind it.
        let length = crate::lower::misfit::mark(from).len() + usize::from(assigns);
        let mark = Span {
            start: mark.start,
            end: mark.start + length as u32,
        };
        let was = self.text(mark);
        let with = if assigns { format!("{to}=") } else { to.into() };
        let message = format!("use {with} instead of {was}");
        let edit = (mark, with);
        let said = self.with(&edit);
        Some(Idea::likely(message, edit, said))
    }

    /// A sum over an axis that stays with size 1.
    fn kept(&self) -> Vec<Idea> {
        let mut found: Vec<Idea> = Vec::new();
        for at in 0..self.misfit.operands.len() {
            let Some(id) = self.operand(at) else {
                continue;
            };
            let mut open = vec![id];
            let mut seen = 0;
            while let Some(id) = open.pop()
                && seen < MOST_SEEN
                && found.len() < MOST_FOUND
            {
                seen += 1;
                let expr = self.ast.expr(id);
                match &expr.kind {
                    ExprKind::Name(name) => open.extend(self.given(*name, self.span.start)),
                    ExprKind::Unary(_, a) => open.push(*a),
                    ExprKind::Binary(_, a, b) => open.extend([*b, *a]),
                    ExprKind::Call(callee, arguments) => {
                        found.extend(self.keeping(id, *callee, arguments));
                        open.extend(arguments.iter().rev().map(|argument| argument.value));
                        if let ExprKind::Attribute(base, _) = self.ast.expr(*callee).kind {
                            open.push(base);
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// `keepdims=True` in a call that takes an axis away.
    fn keeping(&self, call: ExprId, callee: ExprId, arguments: &[Argument]) -> Option<Idea> {
        let (ExprKind::Name(name) | ExprKind::Attribute(_, name)) = self.ast.expr(callee).kind
        else {
            return None;
        };
        let named = |argument: &Argument, names: &[&str]| {
            let keyword = argument.keyword.map(|keyword| self.ast.name(keyword));
            keyword.is_some_and(|keyword| names.contains(&keyword))
        };
        let reduces = matches!(
            module_function(self.ast.name(name))?.function,
            Function::Reduction(_) | Function::Extreme { .. }
        );
        let keeps = |argument: &Argument| named(argument, &["keepdims", "keepdim"]);
        if !reduces || arguments.is_empty() || arguments.iter().any(keeps) {
            return None;
        }
        let span = self.ast.expr(call).span;
        // Brackets around the call are a part of its place.
        let text = self.text(span);
        let own = self.ast.expr(callee).span;
        let mut end = span.end;
        if own.start > span.start {
            let within = text.strip_suffix(')')?.trim_end();
            end = span.start + within.len() as u32;
        }
        let at = Span {
            start: end.checked_sub(1)?,
            end: end.checked_sub(1)?,
        };
        let keyword = ", keepdims=True";
        let call = Span {
            start: own.start,
            end: at.start,
        };
        let whole = format!("{}{keyword})", self.text(call));
        let message = short(&format!("{})", self.text(call))).map_or_else(
            || "add keepdims=True".into(),
            |call| format!("keep the axis of {call}"),
        );
        let said = short(&whole).or_else(|| Some("keepdims=True".into()));
        Some(Idea::likely(message, (at, keyword.into()), said))
    }

    /// A new axis for an operand that has fewer than the others.
    fn widened(&self) -> Vec<Idea> {
        let shapes = self.shapes();
        let idea = |at: usize| {
            let mut others = shapes.clone();
            let own = others.remove(at);
            let index = subscript(own, &broadcasts(&others)?)?;
            let message = format!("give {} an axis", self.called(at));
            self.suffixed(at, &index, message)
        };
        (0..shapes.len()).rev().filter_map(idea).collect()
    }

    /// Every element of one vector with every one of another.
    fn each_with_each(&self) -> Option<Idea> {
        let operators = matches!(self.sites.at(self.span)?, Site::Expr(id)
            if matches!(self.ast.expr(id).kind, ExprKind::Binary(..) | ExprKind::Compare(..)));
        match self.shapes()[..] {
            [[_], [_]] if operators => {
                let message = "take each element with each".into();
                Some(self.suffixed(0, "[:, None]", message)?.quiet())
            }
            _ => None,
        }
    }

    /// As many elements in the other's shape.
    fn same_elements(&self) -> Option<Idea> {
        let shapes = self.shapes();
        let [p, q] = shapes[..] else {
            return None;
        };
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        let (at, to) = if p.len() < q.len() { (0, q) } else { (1, p) };
        let sorted = [p, q].map(|shape| {
            let mut sizes = shape.to_vec();
            sort::ascending(&mut sizes);
            sizes
        });
        // Axes in another order are no other shape.
        if count(p) != count(q) || sorted[0] == sorted[1] {
            return None;
        }
        let sizes: Vec<String> = to.iter().map(usize::to_string).collect();
        let message = format!("reshape {} to {}", self.called(at), Display(to));
        let suffix = format!(".reshape({})", sizes.join(", "));
        Some(self.suffixed(at, &suffix, message)?.quiet())
    }

    /// One of the operands transposed, the last first, where the shapes then fit.
    pub(super) fn transposed(&self, fits: impl Fn(&[&[usize]]) -> bool) -> Vec<Idea> {
        let shapes = self.shapes();
        let idea = |at: usize| {
            let own = shapes[at];
            let rank = own.len();
            if rank < 2 {
                return None;
            }
            let mut turned = own.to_vec();
            turned.swap(rank - 1, rank - 2);
            let mut all = shapes.clone();
            all[at] = &turned;
            if turned == own || !fits(&all) {
                return None;
            }
            let called = self.called(at);
            if let ExprKind::Attribute(base, name) = self.ast.expr(self.operand(at)?).kind
                && self.ast.name(name) == "T"
                && rank == 2
            {
                let span = self.misfit.operands[at].span;
                let with = self.text(self.ast.expr(base).span).to_owned();
                let message = format!("do not transpose {}", short(&with)?);
                let edit = (span, with);
                let said = self.with(&edit);
                return Some(Idea::likely(message, edit, said));
            }
            let message = format!("transpose {called}");
            if rank == 2 {
                return self.suffixed(at, ".T", message);
            }
            let mut order: Vec<String> = (0..rank).map(|axis| axis.to_string()).collect();
            order.swap(rank - 1, rank - 2);
            let suffix = format!(".transpose({})", order.join(", "));
            let message = format!("{message}'s last axes");
            self.suffixed(at, &suffix, message)
        };
        (0..shapes.len()).rev().filter_map(idea).collect()
    }
}

/// The subscript with which a shape of fewer axes broadcasts with a wider one, its axes
/// in their order: `[:, None]`.
fn subscript(own: &[usize], wide: &[usize]) -> Option<String> {
    if own.is_empty() || own.len() >= wide.len() {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    let mut left = own.iter().peekable();
    for size in wide {
        match left.next_if(|&&own| own == *size || own == 1 || *size == 1) {
            Some(_) => parts.push(":"),
            // A new axis at the front comes by itself.
            None if parts.is_empty() => {}
            None => parts.push("None"),
        }
    }
    if left.next().is_some() {
        return None;
    }
    let last = parts.iter().rposition(|&part| part == "None")?;
    parts.truncate(last + 1);
    Some(format!("[{}]", parts.join(", ")))
}
