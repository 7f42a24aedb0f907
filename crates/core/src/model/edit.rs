//! An edit that changes nothing but the numbers of inputs: the model stays.

use super::Model;
use crate::graph::{Graph, NodeId};
use crate::lower::program::Input;
use crate::lower::read_literal;
use crate::op::{Domain, Op};
use crate::source::Span;
use crate::syntax::{Grown, MAX_SOURCE, renumbered};

/// A run of inputs, in whose literals all that differs lies.
struct Differing {
    /// The inputs: from the first to before the second.
    inputs: (usize, usize),
    /// Where the first literal starts in both texts, and where the last one ends in each.
    start: usize,
    ends: (usize, usize),
}

impl Model {
    /// Takes over an edited source if it differs from the model's own in nothing
    /// but the numbers that inputs are given: graph, gradient and plan stay, and
    /// the inputs' values and all places in the source are the new ones. Takes time
    /// linear in the source, little where the edit is small.
    ///
    /// Any other edit leaves the model as it is and gives false: compile it anew.
    /// So does an edit of a number that is a class of a loss or an index, since what there
    /// may be is known when compiling, and any where values are given in place of literals.
    #[must_use]
    pub fn edit(&mut self, source: &str) -> bool {
        if source == self.source {
            return true;
        }
        if self.overridden || source.len() > MAX_SOURCE {
            return false;
        }
        self.renumber(source).is_some()
    }

    fn renumber(&mut self, source: &str) -> Option<()> {
        let old = self.source.as_str();
        let Differing {
            inputs: (first, last),
            start,
            ends,
        } = differing(old, source, &self.program.inputs)?;
        let mut grown = renumbered(old.get(start..ends.0)?, source.get(start..ends.1)?)?;
        for number in &mut grown {
            number.end += start as u32;
        }
        let mut spans = Vec::with_capacity(last - first);
        let mut values = Vec::new();
        let mut moved = Moved::new(&grown);
        for input in &self.program.inputs[first..last] {
            let span = moved.span(input.span);
            spans.push(span);
            let text = |source: &str, span: Span| {
                let range = span.start as usize..span.end as usize;
                source.get(range).map(str::to_owned)
            };
            let new = text(source, span)?;
            if text(old, input.span)? == new {
                continue;
            }
            let graph = &self.program.graph;
            let tensor = read_literal(&new)?;
            if tensor.shape != graph.shape(input.node) || chooses(graph, input.node) {
                return None;
            }
            values.push((input.node, tensor.values));
        }
        // Nothing can fail from here on.
        let by = source.len() as i32 - old.len() as i32;
        for (node, values) in values {
            self.program.graph.set_input(node, values.into());
        }
        let (before, behind) = self.program.inputs.split_at_mut(last);
        for (input, span) in before[first..].iter_mut().zip(spans) {
            input.span = span;
        }
        for input in behind {
            let Span { start, end } = &mut input.span;
            *start = start.wrapping_add_signed(by);
            *end = end.wrapping_add_signed(by);
        }
        self.shifts
            .add(grown.iter().map(|number| (number.end, number.by)));
        source.clone_into(&mut self.source);
        Some(())
    }
}

/// Whether a gate's pattern depends on a node's numbers, as they are or spread along axes:
/// lowering has checked them.
fn chooses(graph: &Graph, node: NodeId) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        for (user, slot) in graph.uses(node).map(|edge| graph.user(edge)) {
            let op = graph.node(user).op;
            if op.domain(slot) == Some(Domain::Class) {
                return true;
            }
            if matches!(op, Op::Broadcast(_) | Op::Reshape) {
                open.push(user);
            }
        }
    }
    false
}

/// The inputs whose literals two texts differ in; none where they differ elsewhere.
fn differing(old: &str, new: &str, inputs: &[Input]) -> Option<Differing> {
    let ahead = common(old.bytes(), new.bytes());
    let most = old.len().min(new.len()) - ahead;
    let behind = common(old.bytes().rev(), new.bytes().rev()).min(most);
    let from = ahead as u32;
    let to = (old.len() - behind) as u32;
    // What stands just before or behind a literal may become a part of it.
    let first = inputs.partition_point(|input| input.span.end < from);
    let last = inputs.partition_point(|input| input.span.start <= to);
    let touched = inputs.get(first..last)?;
    let (start, end) = (touched.first()?.span.start, touched.last()?.span.end);
    (start <= from && to <= end).then(|| Differing {
        inputs: (first, last),
        start: start as usize,
        ends: (end as usize, end as usize + new.len() - old.len()),
    })
}

fn common(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Goes along numbers that have another length now.
struct Moved<'a> {
    grown: &'a [Grown],
    by: i32,
}

impl<'a> Moved<'a> {
    fn new(grown: &'a [Grown]) -> Self {
        Self { grown, by: 0 }
    }

    /// Where a span lies now that is behind those before.
    fn span(&mut self, span: Span) -> Span {
        let start = self.place(span.start);
        let end = self.place(span.end);
        Span { start, end }
    }

    fn place(&mut self, place: u32) -> u32 {
        while let Some((number, rest)) = self.grown.split_first()
            && number.end <= place
        {
            self.by += number.by;
            self.grown = rest;
        }
        place.wrapping_add_signed(self.by)
    }
}
