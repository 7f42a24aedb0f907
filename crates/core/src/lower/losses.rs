//! Losses: a number from scores or predictions and a target.

use super::{Lowerer, Message, Value};
use crate::graph::NodeId;
use crate::op::Op;
use crate::shape::{self, Display};
use crate::source::Span;

impl Lowerer<'_> {
    /// A mean over two values, which broadcast.
    pub(super) fn loss(
        &mut self,
        op: Op,
        operands: &[(Value, Span); 2],
        span: Span,
    ) -> Result<Value, Message> {
        let a = self.settled(operands[0].0.clone())?;
        let b = self.settled(operands[1].0.clone())?;
        let (p, q) = (self.shape_of(&a), self.shape_of(&b));
        let Some(sizes) = shape::broadcast(&p, &q) else {
            let shapes = format!("{} and {}", Display(&p), Display(&q));
            return Err(format!("cannot take the loss between {shapes}").into());
        };
        let a = self.spread(&a, &sizes, operands[0].1)?;
        let b = self.spread(&b, &sizes, operands[1].1)?;
        self.gate(op, &[], &[a, b], span)
    }

    /// Cross-entropy of scores with a class, with a class for each row, or with a
    /// distribution of the scores' shape. Classes lie along the last axis of a
    /// vector or matrix and, as PyTorch has it, along the second of more axes.
    pub(super) fn cross_entropy(
        &mut self,
        scores: &(Value, Span),
        target: &(Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let mut scores_node = self.node(&scores.0)?;
        let sizes = self.graph.shape(scores_node).to_vec();
        let axis = match sizes.len() {
            0 => return Err("'cross_entropy' takes a score for each class: a vector".into()),
            1 => 0,
            _ => 1,
        };
        let last = sizes.len() - 1;
        let order: Vec<usize> = (0..sizes.len())
            .filter(|&i| i != axis)
            .chain([axis])
            .collect();
        let moved: Vec<usize> = order.iter().map(|&i| sizes[i]).collect();
        let target = (self.settled(target.0.clone())?, target.1);
        let own = self.shape_of(&target.0);
        let mut target_node = if own == sizes {
            self.node(&target.0)?
        } else {
            self.one_hot("cross_entropy", &target, &moved, &sizes)?
        };
        if axis != last {
            let permute = Op::Permute(self.graph.shapes.intern(&order));
            scores_node = self.implied(permute, &moved, scores_node, span)?;
            if own == sizes {
                target_node = self.implied(permute, &moved, target_node, span)?;
            }
        }
        self.gate(Op::CrossEntropy, &[], &[scores_node, target_node], span)
    }

    /// The multiclass margin loss of scores with a class or with one for each row.
    pub(super) fn hinge(
        &mut self,
        scores: &(Value, Span),
        target: &(Value, Span),
        margin: &(Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let node = self.node(&scores.0)?;
        let sizes = self.graph.shape(node).to_vec();
        if sizes.is_empty() || sizes.len() > 2 {
            let shape = Display(&sizes);
            return Err(format!(
                "'hinge_loss' takes a vector of scores or a matrix of rows of them, not {shape}"
            )
            .into());
        }
        let target = (self.settled(target.0.clone())?, target.1);
        let right = self.one_hot("hinge_loss", &target, &sizes, &sizes)?;
        let settled = self.settled(margin.0.clone())?;
        let own = self.shape_of(&settled);
        if !own.is_empty() {
            let shape = Display(&own);
            return Err(format!("the margin is a number, and this has shape {shape}").into());
        }
        let margin = self.spread(&settled, &sizes, margin.1)?;
        self.gate(Op::HingeLoss, &[], &[node, right, margin], span)
    }

    /// Rows with a 1 at each class of a target and else 0, of the scores' shape with
    /// its classes last; `said` is the shape the reader knows.
    fn one_hot(
        &mut self,
        name: &str,
        target: &(Value, Span),
        moved: &[usize],
        said: &[usize],
    ) -> Result<NodeId, Message> {
        let (rows, classes) = moved.split_at(moved.len() - 1);
        let own = self.shape_of(&target.0);
        if own != rows {
            let whole = match name {
                "cross_entropy" => format!(" or {}", Display(said)),
                _ => String::new(),
            };
            let (scores, rows, own) = (Display(said), Display(rows), Display(&own));
            return Err(format!(
                "'{name}' of scores {scores} takes a target of shape {rows}{whole}, not {own}"
            )
            .into());
        }
        let node = self.node(&target.0)?;
        self.classes_exist(node, classes[0])?;
        self.implied(Op::OneHot, moved, node, target.1)
    }

    /// Checks the classes that are written out.
    fn classes_exist(&self, node: NodeId, count: usize) -> Result<(), Message> {
        let same = self.graph.constant(node);
        let values = match self.graph.node(node).op {
            Op::Input(index) => &*self.graph.inputs()[index as usize].value,
            _ => self.graph.table(node).unwrap_or(same.as_slice()),
        };
        let exists = |&&class: &&f64| class.fract() != 0.0 || class < 0.0 || class >= count as f64;
        match values.iter().find(exists) {
            None => Ok(()),
            Some(class) => Err(format!(
                "there is no class {class}: {count} scores have the classes 0 to {}",
                count.saturating_sub(1)
            )
            .into()),
        }
    }
}
