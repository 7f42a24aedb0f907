//! Losses: a number from scores or predictions and a target.

use super::misfit::{beyond, marked};
use super::{Lowerer, Message, Value};
use crate::graph::NodeId;
use crate::op::Op;
use crate::shape::{self, Axes, Display};
use crate::source::{Meeting, Span};

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
            let operands = [(a, operands[0].1), (b, operands[1].1)];
            let text = format!("cannot take the loss between {shapes}");
            return Err(self.apart(text, &operands));
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
        let (sizes, order) = self.classes_last("cross_entropy", scores)?;
        let mut scores_node = self.node(&scores.0)?;
        let moved: Vec<usize> = order.iter().map(|&i| sizes[i]).collect();
        let target = (self.settled(target.0.clone())?, target.1);
        let own = self.shape_of(&target.0);
        let mut target_node = if own == sizes {
            self.node(&target.0)?
        } else {
            self.one_hot("cross_entropy", (&sizes, scores.1), &target, &moved)?
        };
        if !order.is_sorted() {
            let permute = Op::Permute(self.graph.shapes.intern_permutation(&order));
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
            let text = format!(
                "'hinge_loss' takes a vector of scores or a matrix of rows of them, not {shape}"
            );
            let met = match sizes.len() {
                0 => beyond(0, false),
                rank => marked(rank, (0..rank - 2).collect()),
            };
            let operand = self.operand_of(sizes, scores.1);
            return Err(Message::shapes(text, vec![operand], met));
        }
        let target = (self.settled(target.0.clone())?, target.1);
        let right = self.one_hot("hinge_loss", (&sizes, scores.1), &target, &sizes)?;
        let settled = self.settled(margin.0.clone())?;
        let own = self.shape_of(&settled);
        if !own.is_empty() {
            let shape = Display(&own);
            let text = format!("the margin is a number, and this has shape {shape}");
            let met = marked(own.len(), Axes::all(own.len()));
            let operand = self.operand_of(own, margin.1);
            return Err(Message::shapes(text, vec![operand], met));
        }
        let margin = self.spread(&settled, &sizes, margin.1)?;
        self.gate(Op::HingeLoss, &[], &[node, right, margin], span)
    }

    /// Ones at the classes of a target and else 0, in the shape of scores.
    pub(super) fn one_hot_like(
        &mut self,
        name: &str,
        scores: &(Value, Span),
        target: &(Value, Span),
    ) -> Result<Value, Message> {
        let (sizes, order) = self.classes_last(name, scores)?;
        let moved: Vec<usize> = order.iter().map(|&i| sizes[i]).collect();
        let hot = self.one_hot(name, (&sizes, scores.1), target, &moved)?;
        if order.is_sorted() {
            return Ok(Value::Node(hot));
        }
        let last = order.len() - 1;
        let back: Vec<usize> = [0, last].into_iter().chain(1..last).collect();
        let back = Op::Permute(self.graph.shapes.intern_permutation(&back));
        self.implied(back, &sizes, hot, target.1).map(Value::Node)
    }

    /// The shape of scores, and its axes with that of the classes last.
    fn classes_last(
        &mut self,
        name: &str,
        scores: &(Value, Span),
    ) -> Result<(Vec<usize>, Vec<usize>), Message> {
        let node = self.node(&scores.0)?;
        let sizes = self.graph.shape(node).to_vec();
        let axis = match sizes.len() {
            0 => {
                let text = format!("'{name}' takes a score for each class: a vector");
                let operand = self.operand(&scores.0, scores.1);
                return Err(Message::shapes(text, vec![operand], beyond(0, false)));
            }
            1 => 0,
            _ => 1,
        };
        let others = (0..sizes.len()).filter(|&i| i != axis);
        let order = others.chain([axis]).collect();
        Ok((sizes, order))
    }

    /// Rows with a 1 at each class of a target and else 0, of the scores' shape with
    /// its classes last; `said` is the shape the reader knows.
    fn one_hot(
        &mut self,
        name: &str,
        (said, scores): (&[usize], Span),
        target: &(Value, Span),
        moved: &[usize],
    ) -> Result<NodeId, Message> {
        let (rows, classes) = moved.split_at(moved.len() - 1);
        let own = self.shape_of(&target.0);
        if own != rows {
            let whole = match name {
                "cross_entropy" => format!(" or {}", Display(said)),
                _ => String::new(),
            };
            let text = format!(
                "'{name}' of scores {} takes a target of shape {}{whole}, not {}",
                Display(said),
                Display(rows),
                Display(&own)
            );
            // The classes lie along one axis of the scores: the others are the target's.
            let axis = said.len().min(2) - 1;
            let axes: Vec<usize> = (0..said.len()).filter(|&i| i != axis).collect();
            let met = (0..axes.len().max(own.len())).map(|at| {
                let (of, to) = (axes.get(at).copied(), (at < own.len()).then_some(at));
                let fits = of.zip(to).is_some_and(|(of, to)| said[of] == own[to]);
                let axes = vec![of, to];
                Meeting { axes, fits }
            });
            let met = met.collect();
            let scores = self.operand_of(said.to_vec(), scores);
            let target = self.operand_of(own, target.1);
            return Err(Message::shapes(text, vec![scores, target], met));
        }
        let node = self.node(&target.0)?;
        if let Some(text) = self.no_class(node, classes[0]) {
            let axis = said.len().min(2) - 1;
            let met = marked(said.len(), [axis].into_iter().collect());
            let met = met.into_iter().map(|Meeting { axes, fits }| Meeting {
                axes: vec![axes[0], None],
                fits,
            });
            let met = met.collect();
            let scores = self.operand_of(said.to_vec(), scores);
            let target = self.operand_of(own, target.1);
            return Err(Message::shapes(text, vec![scores, target], met));
        }
        self.implied(Op::OneHot, moved, node, target.1)
    }

    /// What is wrong with the classes that are written out.
    fn no_class(&self, node: NodeId, count: usize) -> Option<String> {
        let same = self.graph.constant(node);
        let values = match self.graph.node(node).op {
            Op::Input(index) => &*self.graph.inputs()[index as usize].value,
            _ => self.graph.table(node).unwrap_or(same.as_slice()),
        };
        let exists = |&&class: &&f64| class.fract() != 0.0 || class < 0.0 || class >= count as f64;
        let class = values.iter().find(exists)?;
        let last = count.saturating_sub(1);
        Some(format!(
            "there is no class {class}: {count} scores have the classes 0 to {last}"
        ))
    }
}
