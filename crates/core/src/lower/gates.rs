//! Making gates: shapes checked, operands broadcast to one shape.

use super::misfit::{aligned, inner, marked};
use super::{Lowerer, Message, Tensor, Value};
use crate::graph::{NodeId, Origin, Role};
use crate::lower::program::{MAX_BYTES, MAX_GATES, MAX_OPERANDS};
use crate::op::{Kernel, Op, extreme};
use crate::shape::{self, Axes, Display, MAX_RANK, ShapeId};
use crate::source::Span;
use crate::syntax::ast::Binary;

impl Lowerer<'_> {
    pub(super) fn origin(&self, span: Span, role: Role) -> Origin {
        let label = self.label.unwrap_or(0) as u32;
        let span = self.place(span);
        Origin { span, label, role }
    }

    /// The sizes a value has before it is a node.
    pub(super) fn shape_of(&self, value: &Value) -> Vec<usize> {
        match value {
            Value::Node(node) => self.graph.shape(*node).to_vec(),
            _ => Vec::new(),
        }
    }

    /// Counts what a node of a shape takes and refuses what is too much: the operands
    /// of all nodes before it, too.
    pub(super) fn admit(&mut self, sizes: &[usize]) -> Result<ShapeId, Message> {
        if self.graph.edge_count() > MAX_OPERANDS {
            return Err(Message::Fatal(
                "the gates of this program have more than 4,000,000 operands".into(),
            ));
        }
        if sizes.is_empty() && self.bytes < MAX_BYTES - 8 {
            self.bytes += 8;
            return Ok(ShapeId::SCALAR);
        }
        if sizes.len() > MAX_RANK {
            return Err(format!("a value can have at most {MAX_RANK} axes").into());
        }
        // An array of no elements can have huge axes, and what is made of it fewer.
        let within = sizes
            .iter()
            .try_fold(1usize, |n, &size| n.checked_mul(size.max(1)))
            .is_some_and(|n| n <= MAX_BYTES);
        let bytes = shape::elements(sizes).and_then(|n| n.checked_mul(8));
        let bytes = bytes.filter(|_| within);
        let total = bytes.and_then(|bytes| self.bytes.checked_add(bytes));
        match total {
            Some(total) if total <= MAX_BYTES => {
                self.bytes = total;
                Ok(self.graph.shapes.intern(sizes))
            }
            _ => Err(Message::Fatal(format!(
                "the values of this program take more than {} MiB",
                MAX_BYTES >> 20
            ))),
        }
    }

    /// Counts a gate and refuses one too many.
    fn count_gate(&mut self) -> Result<(), Message> {
        self.gates += 1;
        if self.gates > MAX_GATES {
            return Err(Message::Fatal(
                "the program has more than 1,000,000 gates".into(),
            ));
        }
        Ok(())
    }

    /// Appends a gate.
    pub(super) fn gate(
        &mut self,
        op: Op,
        sizes: &[usize],
        operands: &[NodeId],
        span: Span,
    ) -> Result<Value, Message> {
        self.count_gate()?;
        let shape = self.admit(sizes)?;
        let origin = self.origin(span, Role::Written);
        Ok(Value::Node(self.graph.push(op, shape, operands, origin)))
    }

    /// Gives a gate's value another shape, as a part of that gate: the reshape
    /// is what was written, and the gate its inner part.
    pub(super) fn finish_as(
        &mut self,
        gate: Value,
        sizes: &[usize],
        span: Span,
    ) -> Result<Value, Message> {
        let Value::Node(node) = gate else {
            return Ok(gate);
        };
        if self.graph.shape(node) == sizes {
            return Ok(gate);
        }
        self.graph.demote(node);
        let shape = self.admit(sizes)?;
        let origin = self.origin(span, Role::Written);
        let reshaped = self.graph.push(Op::Reshape, shape, &[node], origin);
        Ok(Value::Node(reshaped))
    }

    /// Appends a gate that what is written needs.
    pub(super) fn implied(
        &mut self,
        op: Op,
        sizes: &[usize],
        operand: NodeId,
        span: Span,
    ) -> Result<NodeId, Message> {
        let shape = self.admit(sizes)?;
        let origin = self.origin(span, Role::Implied);
        Ok(self.graph.push(op, shape, &[operand], origin))
    }

    /// A literal's node, of a shape.
    pub(super) fn constant(
        &mut self,
        value: f64,
        sizes: &[usize],
        span: Span,
    ) -> Result<NodeId, Message> {
        let span = self.place(span);
        // One literal is one node for each shape, however often a loop comes by.
        let shape = self.graph.shapes.intern(sizes);
        let key = (span, value.to_bits(), shape);
        if let Some(&node) = self.constants.get(&key) {
            return Ok(node);
        }
        self.admit(sizes)?;
        let origin = self.origin(span, Role::Written);
        let node = self.graph.push_constant(value, shape, origin);
        self.constants.insert(key, node);
        Ok(node)
    }

    /// A value as a node of its own shape.
    pub(super) fn node(&mut self, value: &Value) -> Result<NodeId, Message> {
        match *value {
            Value::Node(node)
            | Value::Number {
                node: Some(node), ..
            } => Ok(node),
            Value::Number { value, span, .. } => self.constant(value, &[], span),
            Value::List(ref items, span) => self.array(items, span),
            Value::Table(ref tensor, span) => self.table(Tensor::clone(tensor), span),
            _ => Err(no_number(value)),
        }
    }

    /// A list's value as an array; any other as it is.
    pub(super) fn settled(&mut self, value: Value) -> Result<Value, Message> {
        match value {
            Value::List(..) | Value::Table(..) => self.node(&value).map(Value::Node),
            Value::Node(_) | Value::Number { .. } => Ok(value),
            other => Err(no_number(&other)),
        }
    }

    /// A value as a node of a larger shape.
    pub(super) fn spread(
        &mut self,
        value: &Value,
        sizes: &[usize],
        span: Span,
    ) -> Result<NodeId, Message> {
        if let Value::Number {
            value,
            span,
            node: None,
            ..
        } = *value
        {
            return self.constant(value, sizes, span);
        }
        let node = self.node(value)?;
        let own = self.graph.shape(node);
        if own.len() == sizes.len() && own.iter().eq(sizes) {
            return Ok(node);
        }
        let own = own.to_vec();
        let ahead = sizes.len() - own.len();
        let new: Axes = (0..sizes.len())
            .filter(|&axis| axis < ahead || own[axis - ahead] != sizes[axis])
            .collect();
        // Axes of size 1 go before they come back as copies.
        let kept = shape::without(sizes, new);
        let node = if kept == own {
            node
        } else {
            self.implied(Op::Reshape, &kept, node, span)?
        };
        if new.is_empty() {
            return Ok(node);
        }
        self.implied(Op::Broadcast(new), sizes, node, span)
    }

    /// An elementwise gate, its operands broadcast.
    pub(super) fn elementwise(
        &mut self,
        op: Op,
        operands: &[(Value, Span)],
        span: Span,
        said: &str,
    ) -> Result<Value, Message> {
        if let Some((nodes, count)) = self.scalars(operands) {
            self.count_gate()?;
            let shape = self.admit(&[])?;
            let origin = self.origin(span, Role::Written);
            let nodes = &nodes[..count];
            return Ok(Value::Node(self.graph.push(op, shape, nodes, origin)));
        }
        if let Some(number) = self.known_now(op, operands, span) {
            return Ok(number);
        }
        let mut sizes: Vec<usize> = Vec::new();
        let mut settled = Vec::with_capacity(operands.len());
        for (value, at) in operands {
            // What is no number says so before shapes are spoken of.
            let value = self.settled(value.clone())?;
            let own = self.shape_of(&value);
            settled.push((value, *at));
            let Some(wide) = shape::broadcast(&sizes, &own) else {
                let (a, b) = (Display(&sizes), Display(&own));
                let why = mismatch(&sizes, &own);
                let text = format!("cannot {said} {a} and {b}: {why}");
                return Err(self.apart(text, &settled));
            };
            sizes = wide;
        }
        let mut nodes = Vec::with_capacity(operands.len());
        for (value, at) in &settled {
            nodes.push(self.spread(value, &sizes, *at)?);
        }
        self.gate(op, &sizes, &nodes, span)
    }

    /// What is said of operands that do not broadcast.
    pub(super) fn apart(&mut self, text: String, operands: &[(Value, Span)]) -> Message {
        // A number fits everything, and is no part of it.
        let operands: Vec<_> = operands
            .iter()
            .map(|(value, at)| self.operand(value, *at))
            .filter(|operand| !operand.shape.is_empty())
            .collect();
        let shapes: Vec<&[usize]> = operands.iter().map(|o| &o.shape[..]).collect();
        let met = aligned(&shapes);
        Message::shapes(text, operands, met)
    }

    /// The operands of a gate that are all nodes of single numbers, with how many they
    /// are: most are, and nothing is to be broadcast.
    fn scalars(&self, operands: &[(Value, Span)]) -> Option<([NodeId; 3], usize)> {
        let mut nodes = [NodeId::default(); 3];
        if operands.len() > nodes.len() {
            return None;
        }
        for (place, (value, _)) in nodes.iter_mut().zip(operands) {
            match *value {
                Value::Node(node) if self.graph.node(node).shape == ShapeId::SCALAR => {
                    *place = node;
                }
                _ => return None,
            }
        }
        Some((nodes, operands.len()))
    }

    /// The number that an elementwise operation gives where all its operands are
    /// known now and one of them is no literal, or numbers are asked for.
    fn known_now(&self, op: Op, operands: &[(Value, Span)], span: Span) -> Option<Value> {
        let node = |(operand, _): &(Value, Span)| matches!(operand, Value::Node(_));
        if operands.iter().any(node) {
            return None;
        }
        // Of the prelude no number is a gate, as what it is given is a node or an option.
        let mut any = self.numbers > 0 || self.within().is_some();
        let mut all_whole = true;
        let mut numbers = Vec::with_capacity(operands.len());
        for (operand, _) in operands {
            match *operand {
                // What has a node has a name, and a gradient that goes to it.
                Value::Number {
                    value,
                    folded,
                    node,
                    is_whole,
                    ..
                } if folded || node.is_none() || self.numbers > 0 => {
                    all_whole &= is_whole;
                    any |= folded;
                    numbers.push(value);
                }
                _ => return None,
            }
        }
        let value = match (op.info().kernel, numbers.as_slice()) {
            _ if !any => return None,
            (Kernel::One(f), &[a]) => f(a),
            (Kernel::Two(f), &[a, b]) => f(a, b),
            (Kernel::Three(f), &[a, b, c]) => f(a, b, c),
            (Kernel::Array, &[first, ref rest @ ..]) => match op {
                Op::Add => numbers.iter().sum(),
                Op::Maximum => rest.iter().fold(first, |m, &x| extreme(false, m, x)),
                Op::Minimum => rest.iter().fold(first, |m, &x| extreme(true, m, x)),
                _ => return None,
            },
            _ => return None,
        };
        let stays_whole = match op {
            Op::Add | Op::Sub | Op::Mul | Op::Neg | Op::Abs | Op::Maximum | Op::Minimum => true,
            Op::Pow => numbers[1] >= 0.0,
            _ => false,
        };
        let is_whole = all_whole && stays_whole;
        Some(Value::Number {
            // Among whole numbers there is one 0.
            value: if is_whole && value == 0.0 { 0.0 } else { value },
            span,
            node: None,
            folded: true,
            is_whole,
        })
    }

    /// An operator's gate.
    pub(super) fn binary(
        &mut self,
        op: Binary,
        a: (Value, Span),
        b: (Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let (op, said) = match op {
            Binary::Add => (Op::Add, "add"),
            Binary::Sub => (Op::Sub, "subtract"),
            Binary::Mul => (Op::Mul, "multiply"),
            Binary::Div => (Op::Div, "divide"),
            Binary::Pow => (Op::Pow, "raise to a power"),
            Binary::Matmul => return self.matmul(&a, &b, span),
        };
        self.elementwise(op, &[a, b], span, said)
    }

    /// `a @ b` as NumPy's matmul: vectors count as a row before and a column
    /// behind, axes before the last two broadcast.
    pub(super) fn matmul(
        &mut self,
        a: &(Value, Span),
        b: &(Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let (left, right) = (self.node(&a.0)?, self.node(&b.0)?);
        let (p, q) = (
            self.graph.shape(left).to_vec(),
            self.graph.shape(right).to_vec(),
        );
        let apart = |this: &mut Self, why: &str, batched: bool| {
            let text = format!("cannot multiply {} @ {}: {why}", Display(&p), Display(&q));
            let operands = [(&p, a.1), (&q, b.1)];
            let operands = operands.map(|(shape, at)| this.operand_of(shape.clone(), at));
            Err(Message::shapes(
                text,
                operands.into(),
                inner(&p, &q, batched),
            ))
        };
        if p.is_empty() || q.is_empty() {
            return apart(self, "a number is multiplied with '*'", false);
        }
        let mut full_p = p.clone();
        if p.len() == 1 {
            full_p.insert(0, 1);
        }
        let mut full_q = q.clone();
        if q.len() == 1 {
            full_q.push(1);
        }
        let (batch_p, core_p) = full_p.split_at(full_p.len() - 2);
        let (batch_q, core_q) = full_q.split_at(full_q.len() - 2);
        let (inner_p, inner_q) = (core_p[1], core_q[0]);
        if inner_p != inner_q {
            let why = format!("the inner sizes {inner_p} and {inner_q} differ");
            return apart(self, &why, true);
        }
        let Some(batch) = shape::broadcast(batch_p, batch_q) else {
            return apart(self, "the axes before the last two do not fit", true);
        };
        let wide = |core: &[usize]| [batch.as_slice(), core].concat();
        let (wide_p, wide_q) = (wide(core_p), wide(core_q));
        let left = self.spread_matrix(left, &full_p, &wide_p, span)?;
        let right = self.spread_matrix(right, &full_q, &wide_q, span)?;
        let whole = wide(&[core_p[0], core_q[1]]);
        let product = self.gate(Op::Matmul, &whole, &[left, right], span)?;
        let mut sizes = batch;
        if p.len() > 1 {
            sizes.push(core_p[0]);
        }
        if q.len() > 1 {
            sizes.push(core_q[1]);
        }
        self.finish_as(product, &sizes, span)
    }

    fn spread_matrix(
        &mut self,
        node: NodeId,
        full: &[usize],
        wide: &[usize],
        span: Span,
    ) -> Result<NodeId, Message> {
        let node = if self.graph.shape(node) == full {
            node
        } else {
            self.implied(Op::Reshape, full, node, span)?
        };
        self.spread(&Value::Node(node), wide, span)
    }

    /// A reduction over axes; all of them where none are named.
    pub(super) fn reduce(
        &mut self,
        make: impl Fn(Axes) -> Op,
        value: &(Value, Span),
        axes: Option<Axes>,
        keepdims: bool,
        span: Span,
    ) -> Result<Value, Message> {
        let node = self.node(&value.0)?;
        let own = self.graph.shape(node).to_vec();
        let axes = axes.unwrap_or_else(|| Axes::all(own.len()));
        let op = make(axes);
        let empty = own
            .iter()
            .enumerate()
            .any(|(i, &n)| n == 0 && axes.contains(i));
        if empty && matches!(op, Op::Max(_) | Op::Min(_)) {
            let none = (0..own.len()).filter(|&axis| own[axis] == 0 && axes.contains(axis));
            let met = marked(own.len(), none.collect());
            let text = format!(
                "an array of shape {} has no greatest or least element",
                Display(&own)
            );
            let operand = self.operand_of(own, value.1);
            return Err(Message::shapes(text, vec![operand], met));
        }
        let sizes = shape::without(&own, axes);
        let reduced = self.gate(op, &sizes, &[node], span)?;
        if keepdims {
            return self.finish_as(reduced, &shape::kept(&own, axes), span);
        }
        Ok(reduced)
    }
}

/// Which axes do not fit.
fn mismatch(a: &[usize], b: &[usize]) -> String {
    let pairs = a.iter().rev().zip(b.iter().rev()).enumerate();
    let mut bad = pairs.filter(|(_, (x, y))| x != y && **x != 1 && **y != 1);
    bad.next()
        .map_or_else(String::new, |(back, (x, y))| match back {
            0 => format!("their last axes have sizes {x} and {y}"),
            1 => format!("their last axes but one have sizes {x} and {y}"),
            _ => format!("their axes {back} before the last have sizes {x} and {y}"),
        })
}

/// What is said of a value that is no number.
pub(super) fn no_number(value: &Value) -> Message {
    let what = match value {
        Value::Poison => return Message::Silent,
        Value::List(..) | Value::Table(..) => "a list",
        Value::Tuple(_) => "a tuple",
        Value::Def(_) | Value::Function(..) => "a function: call it with '(…)'",
        Value::Module(_) => "a module",
        Value::Extremes(..) => {
            return "PyTorch's max and min along an axis give values and indices: write amax or \
                    amin, or '.values' behind the call"
                .into();
        }
        Value::Bool(_) => "a truth value",
        _ => "'None'",
    };
    format!("a number or an array is expected here, not {what}").into()
}
