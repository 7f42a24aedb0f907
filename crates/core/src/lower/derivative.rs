//! `grad(y, x)`: a derivative as a part of the program's graph.

use super::gates::no_number;
use super::mirror::{Steps, mirrored};
use super::misfit::marked;
use super::{Lowerer, Message, Value};
use crate::build::Builder;
use crate::diff::gradient_telling;
use crate::graph::{NodeId, Origin, Role};
use crate::lower::program::{MAX_GATES, MAX_OPERANDS};
use crate::op::Op;
use crate::shape::{Axes, Display, ShapeId};
use crate::source::Span;

/// How many nodes and operands of a derivative count as one task.
const NODES_A_TASK: usize = 20;

/// Most nodes and operands that all derivatives of a program go over.
const MAX_SWEPT: usize = 40_000_000;

impl Lowerer<'_> {
    /// The gradient of a number with respect to what it was computed from: the
    /// nodes of its backward pass, appended. Zeros where no path leads from one to
    /// the other.
    pub(super) fn grad(
        &mut self,
        (y, place): &(Value, Span),
        x: &Value,
        span: Span,
    ) -> Result<Value, Message> {
        let (y, x) = (self.variable(y)?, self.variable(x)?);
        let shape = self.graph.shape(y).to_vec();
        if !shape.is_empty() {
            let text = format!(
                "grad takes the derivative of a number, and this has shape {}: \
                 sum it first, say",
                Display(&shape)
            );
            let met = marked(shape.len(), Axes::all(shape.len()));
            let operand = self.operand_of(shape, *place);
            return Err(Message::shapes(text, vec![operand], met));
        }
        let named = self.labels.get(self.graph.node(x).origin.label as usize);
        if x > y && named.is_none_or(|label| label.root != Some(x)) {
            return Err(
                "grad takes the derivative by a name, from which the first was \
                        computed: give this value a name first"
                    .into(),
            );
        }
        let first = self.graph.operand_edge(x, 0).index();
        let edges = self.graph.edge_count() - first;
        let over = self.graph.len() - x.index() + edges + self.groups.len();
        self.swept += over;
        self.left = self.left.saturating_sub(over / NODES_A_TASK);
        if self.swept > MAX_SWEPT {
            return Err(Message::Fatal(
                "the derivatives of this program take too long".into(),
            ));
        }
        let before = self.graph.len();
        let origin = self.origin(span, Role::Cotangent(y));
        let known = std::mem::take(&mut self.derived);
        let mut b = Builder::knowing(&mut self.graph, known);
        b.origin = origin;
        b.most = MAX_OPERANDS;
        let seed = b.constant(1.0, ShapeId::SCALAR);
        let mut steps = Steps::default();
        let gradient = if x <= y {
            let mut tell = |node, start| steps.begin(node, start);
            gradient_telling(&mut b, y, seed, x.index(), &|node| node == x, &mut tell)
        } else {
            Ok(crate::diff::Gradient::default())
        };
        steps.end(b.graph.len());
        let mut known = b.known();
        // What is over the limit is told where it is counted.
        let found = gradient.ok().and_then(|gradient| gradient.of(x));
        if let Some(found) = found {
            known.forget(&self.graph, found);
        }
        self.derived = known;
        self.mirror(&steps);
        let node = self.own(found, x, seed, before, origin);
        self.count_from(before)?;
        Ok(Value::Node(node))
    }

    /// Puts the gates of a backward pass through groups in groups of their own.
    fn mirror(&mut self, steps: &Steps) {
        let is_whole = |of: u32| !self.open.iter().any(|open| open.group == of);
        let around = self.open.last().map(|open| open.group);
        let mirrors = &mut self.mirrors;
        let found = mirrored(&self.groups, steps, around, &is_whole, &mut |of| {
            let count = mirrors.entry(of).or_default();
            *count += 1;
            *count - 1
        });
        self.groups.extend(found);
    }

    /// A value that has a gradient.
    fn variable(&mut self, value: &Value) -> Result<NodeId, Message> {
        match value {
            Value::List(..) | Value::Table(..) | Value::Tuple(_) => {
                Err("grad takes one value at a time: grad(y, x)".into())
            }
            Value::Node(_) | Value::Number { .. } => self.node(value),
            other => Err(no_number(other)),
        }
    }

    /// A gradient as a node that nothing else stands for, since the program can
    /// give it a name and ask for the gradient with respect to that.
    fn own(
        &mut self,
        found: Option<NodeId>,
        x: NodeId,
        seed: NodeId,
        before: usize,
        origin: Origin,
    ) -> NodeId {
        let shape = self.graph.node(x).shape;
        let Some(found) = found else {
            return self.graph.push_constant(0.0, shape, origin);
        };
        if let Some(value) = self.graph.constant(found) {
            return self.graph.push_constant(value, shape, origin);
        }
        if found.index() >= before {
            return found;
        }
        // What arrives is 1 times what was there.
        let one = match shape {
            ShapeId::SCALAR => seed,
            shape => self.graph.push_constant(1.0, shape, origin),
        };
        self.graph.push(Op::Mul, shape, &[found, one], origin)
    }

    /// Counts nodes that were appended without being asked for one by one.
    fn count_from(&mut self, first: usize) -> Result<(), Message> {
        for i in first..self.graph.len() {
            let node = NodeId::new(i);
            let sizes = self.graph.shape(node).to_vec();
            self.admit(&sizes)?;
            self.gates += usize::from(!self.graph.is_constant(node));
        }
        if self.gates > MAX_GATES {
            return Err(Message::Fatal(
                "the program has more than 1,000,000 gates".into(),
            ));
        }
        Ok(())
    }
}
