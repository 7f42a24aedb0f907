//! Elements that indices name: of an axis, or of several at once, as NumPy has them.

use super::arguments::{Given, axis, place, whole};
use super::literal::Tensor;
use super::{Lowerer, Message, Value};
use crate::graph::NodeId;
use crate::op::Op;
use crate::shape::{self, Display};
use crate::source::Span;

impl Lowerer<'_> {
    /// Whether an index is a list of them, or the number of an input.
    pub(super) fn are_indices(&self, value: &Value) -> bool {
        match *value {
            Value::List(..) | Value::Table(..) => true,
            Value::Node(node) => match self.graph.node(node).op {
                Op::Input(_) => true,
                // Masks and numbers that are computed have messages of their own.
                Op::Compare(_) => false,
                _ => !self.graph.shape(node).is_empty(),
            },
            _ => false,
        }
    }

    /// Indices into an axis of a value of a shape, each of which names an element.
    pub(super) fn indices(
        &mut self,
        (value, span): (&Value, Span),
        own: &[usize],
        (axis, base): (usize, Span),
    ) -> Result<NodeId, Message> {
        if let Value::List(items, _) = value
            && items.iter().any(|item| matches!(item, Value::Bool(_)))
        {
            return Err("a truth value cannot be an index".into());
        }
        let node = self.node(value)?;
        let same = self.graph.constant(node);
        let known = match self.graph.node(node).op {
            Op::Input(index) => self.graph.inputs()[index as usize].value.to_vec(),
            Op::Constant(_) => {
                let each = self.graph.table(node);
                each.unwrap_or(same.as_slice()).to_vec()
            }
            _ => {
                return Err(
                    "indices must be known before anything runs, and these are computed: \
                            write them as a list, or give the list a name"
                        .into(),
                );
            }
        };
        for index in known {
            if index.fract() != 0.0 || index.abs() >= 9e15 {
                return Err(format!("an index is a whole number, not {index}").into());
            }
            if place(index as i64, own[axis]).is_none() && !self.graph.shape(node).contains(&0) {
                return Err(self.outside((index as i64, span), own, (axis, base)));
            }
        }
        Ok(node)
    }

    /// The elements that indices name along axes of a value: in the axes' place if they are
    /// neighbours, else before all others.
    pub(super) fn taken(
        &mut self,
        x: NodeId,
        picks: &[(usize, NodeId)],
        span: Span,
    ) -> Result<Value, Message> {
        let mut of = Vec::new();
        for &(_, node) in picks {
            let own = self.graph.shape(node);
            of = shape::broadcast(&of, own).ok_or_else(|| {
                let (a, b) = (Display(&of), Display(own));
                format!("indices of shapes {a} and {b} do not go together")
            })?;
        }
        let mut operands = vec![x];
        for &(_, node) in picks {
            operands.push(self.spread(&Value::Node(node), &of, span)?);
        }
        let own = self.graph.shape(x).to_vec();
        let first = picks.first().map_or(0, |pick| pick.0);
        let neighbours = picks.iter().zip(first..).all(|(pick, axis)| pick.0 == axis);
        let axis = if neighbours { first } else { 0 };
        if !neighbours {
            let taken = picks.iter().map(|pick| pick.0);
            let others = (0..own.len()).filter(|&axis| picks.iter().all(|pick| pick.0 != axis));
            let order: Vec<usize> = taken.chain(others).collect();
            let moved: Vec<usize> = order.iter().map(|&axis| own[axis]).collect();
            let order = self.graph.shapes.intern_permutation(&order);
            operands[0] = self.implied(Op::Permute(order), &moved, x, span)?;
        }
        let whole = self.graph.shape(operands[0]);
        let sizes = shape::taken(whole, axis, picks.len(), &of);
        self.gate(Op::Take(axis as u8), &sizes, &operands, span)
    }

    /// `take` and `gather`, by the names that the libraries have for them.
    pub(super) fn take(
        &mut self,
        (value, base): (Value, Span),
        indices: &(Value, Span),
        at: Given,
        each: bool,
        span: Span,
    ) -> Result<Value, Message> {
        let value = self.settled(value)?;
        let mut x = self.node(&value)?;
        let mut own = self.graph.shape(x).to_vec();
        let at = if let Some((at, _)) = at.filter(|at| !matches!(at.0, Value::None)) {
            let at = axis(&at, own.len(), &own);
            at.map_err(|wrong| wrong.of(self.operand(&value, base)))?
        } else {
            if own.len() != 1 {
                own = vec![own.iter().product()];
                x = self.implied(Op::Reshape, &own, x, span)?;
            }
            0
        };
        let node = self.indices((&indices.0, indices.1), &own, (at, base))?;
        if !each {
            return self.taken(x, &[(at, node)], span);
        }
        let of = self.graph.shape(node).to_vec();
        let fits = |axis: usize| axis == at || of[axis] <= own[axis];
        if of.len() != own.len() || !(0..of.len()).all(fits) {
            let (of, own) = (Display(&of), Display(&own));
            return Err(format!(
                "an index for each element has the shape of the value but along axis {at}: \
                 {of} does not fit {own}"
            )
            .into());
        }
        let count: usize = of.iter().product();
        let mut picks = Vec::new();
        for axis in 0..own.len() {
            if axis == at {
                picks.push((axis, node));
                continue;
            }
            let values = (0..count).map(|i| shape::subscripts(&of, i)[axis] as f64);
            let values = values.collect();
            let shape = of.clone();
            picks.push((axis, self.table(Tensor { shape, values }, span)?));
        }
        self.taken(x, &picks, span)
    }

    /// `arange(stop)`, `arange(start, stop, step)`: whole numbers.
    pub(super) fn arange(&mut self, bounds: [Given; 3], span: Span) -> Result<Value, Message> {
        let mut known = [None; 3];
        for (known, given) in known.iter_mut().zip(bounds) {
            *known = match given {
                Some((value, _)) => Some(whole(&value, "a bound of 'arange'")?),
                None => None,
            };
        }
        let (start, stop) = match known {
            [Some(start), Some(stop), _] => (start, stop),
            [only, ..] => (0, only.unwrap_or(0)),
        };
        let step = known[2].unwrap_or(1);
        if step == 0 {
            return Err("the step of 'arange' cannot be 0".into());
        }
        let ahead = (stop - start).signum() == step.signum();
        let count = (stop - start).unsigned_abs().div_ceil(step.unsigned_abs());
        let count = if ahead { count as usize } else { 0 };
        self.admit(&[count])?;
        let values = (0..count).map(|i| (start + i as i64 * step) as f64);
        let values = values.collect();
        let shape = vec![count];
        self.table(Tensor { shape, values }, span).map(Value::Node)
    }
}
