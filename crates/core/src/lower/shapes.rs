//! Functions that give elements another arrangement, and products made of them.

use super::apply::{Called, MAX_OPERANDS};
use super::arguments::{Arguments, Given, axis, sizes, whole};
use super::functions::Signature;
use super::literal::Tensor;
use super::misfit::{self, marked};
use super::{Lowerer, Message, Value};
use crate::graph::{NodeId, Role};
use crate::op::Op;
use crate::shape::{Cut, Display, elements};
use crate::sort;
use crate::source::{Meeting, Operand, Span};
use crate::syntax::ast::{Binary, Library};

impl Lowerer<'_> {
    /// A written-out array within an expression.
    pub(super) fn table(&mut self, tensor: Tensor, span: Span) -> Result<NodeId, Message> {
        if let Some(&known) = self.tables.get(&span)
            && self.graph.shape(known) == tensor.shape
            && same(self.graph.table(known), &tensor.values)
        {
            return Ok(known);
        }
        let shape = self.admit(&tensor.shape)?;
        let origin = self.origin(span, Role::Written);
        let node = self.graph.push_table(tensor.values.into(), shape, origin);
        self.tables.insert(span, node);
        Ok(node)
    }

    /// A list's values as an array: stacked, or written out if they are all literals.
    pub(super) fn array(&mut self, items: &[Value], span: Span) -> Result<NodeId, Message> {
        let literal = |item: &Value| match *item {
            Value::Number {
                value, node: None, ..
            } => Some(value),
            _ => None,
        };
        if let Some(values) = items.iter().map(literal).collect::<Option<Vec<f64>>>() {
            let shape = vec![values.len()];
            return self.table(Tensor { shape, values }, span);
        }
        let nodes = self.nodes(items)?;
        self.stack(nodes, 0, (span, span))
    }

    fn nodes(&mut self, items: &[Value]) -> Result<Vec<NodeId>, Message> {
        items.iter().map(|item| self.node(item)).collect()
    }

    /// The items of a `list` argument, one or more, and where they are listed.
    fn items(&mut self, name: &str, list: Given) -> Result<(Vec<NodeId>, Span), Message> {
        let (nodes, place) = match list {
            Some((Value::List(items, place), _) | (Value::Tuple(items), place)) => {
                (self.nodes(&items)?, place)
            }
            Some((Value::Table(table, place), _)) => (self.written_rows(&table, place)?, place),
            Some((Value::Node(node), place)) if !self.graph.shape(node).is_empty() => {
                (self.rows(node, place)?, place)
            }
            _ => return Err(format!("'{name}' takes a list: {name}([a, b])").into()),
        };
        if nodes.is_empty() {
            return Err(format!("'{name}' of no values has no shape").into());
        }
        Ok((nodes, place))
    }

    /// The rows of a table as it is written, each by itself.
    pub(super) fn written_rows(
        &mut self,
        table: &Tensor,
        place: Span,
    ) -> Result<Vec<NodeId>, Message> {
        let (count, shape) = (table.shape[0], &table.shape[1..]);
        let size: usize = shape.iter().product();
        if count > MAX_OPERANDS {
            return Err(format!("a list of values takes at most {MAX_OPERANDS}").into());
        }
        let places = self.places(place, count);
        let rows = places.into_iter().enumerate().map(|(at, place)| {
            let values = table.values[at * size..][..size].to_vec();
            let shape = shape.to_vec();
            self.table(Tensor { shape, values }, place)
        });
        rows.collect()
    }

    /// What an array has along its first axis.
    fn rows(&mut self, array: NodeId, place: Span) -> Result<Vec<NodeId>, Message> {
        let own = self.graph.shape(array).to_vec();
        let (count, row) = (own[0], &own[1..]);
        if count > MAX_OPERANDS {
            return Err(format!("a list of values takes at most {MAX_OPERANDS}").into());
        }
        let kept: Vec<usize> = [&[1], row].concat();
        let mut rows = Vec::with_capacity(count);
        for at in 0..count {
            let whole = row.iter().map(|&size| Cut::whole(size));
            let cuts: Vec<Cut> = [Cut::run(at, 1)].into_iter().chain(whole).collect();
            let cuts = self.graph.shapes.intern_cuts(&cuts);
            let cut = self.implied(Op::Slice(cuts), &kept, array, place)?;
            rows.push(self.implied(Op::Reshape, row, cut, place)?);
        }
        Ok(rows)
    }

    /// The first of the items of a list and one that does not fit it.
    fn unlike(&mut self, nodes: &[NodeId], other: usize, list: Span) -> [Operand; 2] {
        let places = self.places(list, nodes.len());
        [0, other].map(|at| {
            let shape = self.graph.shape(nodes[at]).to_vec();
            self.operand_of(shape, places[at])
        })
    }

    pub(super) fn stacked(
        &mut self,
        name: &str,
        list: Given,
        at: Given,
        span: Span,
    ) -> Result<Value, Message> {
        let (items, place) = self.items(name, list)?;
        let own = self.graph.shape(items[0]);
        let at = at.map_or(Ok(0), |(value, _)| axis(&value, own.len() + 1, own));
        let at = at.map_err(|wrong| {
            let [first, _] = self.unlike(&items, 0, place);
            wrong.of(first)
        })?;
        self.stack(items, at, (place, span)).map(Value::Node)
    }

    /// Values of one shape along a new axis; they are listed in the first place.
    fn stack(
        &mut self,
        mut nodes: Vec<NodeId>,
        at: usize,
        (list, span): (Span, Span),
    ) -> Result<NodeId, Message> {
        let own = nodes
            .first()
            .map_or(Vec::new(), |&n| self.graph.shape(n).to_vec());
        let unlike = |&node: &NodeId| self.graph.shape(node) != own;
        if let Some(other) = nodes.iter().position(unlike) {
            let operands = self.unlike(&nodes, other, list);
            let [p, q] = [0, 1].map(|at| &operands[at].shape[..]);
            let shapes = format!("{} and {}", Display(p), Display(q));
            let text = format!("values in a list must have one shape, not {shapes}");
            let met = one_by_one(p, q, None);
            return Err(Message::shapes(text, operands.into(), met));
        }
        let mut row = own;
        row.insert(at, 1);
        for node in &mut nodes {
            *node = self.implied(Op::Reshape, &row, *node, span)?;
        }
        self.join(&nodes, at, span)
    }

    pub(super) fn concatenate(
        &mut self,
        name: &str,
        list: Given,
        at: Given,
        span: Span,
    ) -> Result<Value, Message> {
        let (nodes, place) = self.items(name, list)?;
        let own = self.graph.shape(nodes[0]).to_vec();
        if own.is_empty() {
            return Err(format!("numbers have no axis to '{name}' along: stack([a, b])").into());
        }
        let at = at.map_or(Ok(0), |(value, _)| axis(&value, own.len(), &own));
        let at = at.map_err(|wrong| {
            let [first, _] = self.unlike(&nodes, 0, place);
            wrong.of(first)
        })?;
        for (place_of, &node) in nodes.iter().enumerate() {
            let other = self.graph.shape(node);
            let fits =
                other.len() == own.len() && (0..own.len()).all(|i| i == at || own[i] == other[i]);
            if !fits {
                let shapes = format!("{} and {}", Display(&own), Display(other));
                let text = format!("cannot {name} {shapes} along axis {at}");
                let operands = self.unlike(&nodes, place_of, place);
                let met = one_by_one(&operands[0].shape, &operands[1].shape, Some(at));
                return Err(Message::shapes(text, operands.into(), met));
            }
        }
        self.join(&nodes, at, span).map(Value::Node)
    }

    /// Values one after the other along an axis.
    fn join(&mut self, nodes: &[NodeId], at: usize, span: Span) -> Result<NodeId, Message> {
        if nodes.len() > MAX_OPERANDS {
            return Err(format!("a list of values takes at most {MAX_OPERANDS}").into());
        }
        let mut sizes = self.graph.shape(nodes[0]).to_vec();
        let along = nodes.iter().map(|&node| self.graph.shape(node)[at]);
        let total = along.fold(0, usize::saturating_add);
        sizes[at] = total;
        match self.gate(Op::Concat(at as u8), &sizes, nodes, span)? {
            Value::Node(node) => Ok(node),
            _ => Err(Message::Silent),
        }
    }

    /// Axes in another order; the other way round where none is given.
    pub(super) fn transpose(
        &mut self,
        value: Value,
        order: Option<Vec<usize>>,
        span: Span,
    ) -> Result<Value, Message> {
        let value = self.settled(value)?;
        let own = self.shape_of(&value);
        let order = order.unwrap_or_else(|| (0..own.len()).rev().collect());
        let node = self.node(&value)?;
        if order.iter().enumerate().all(|(i, &axis)| i == axis) {
            return self.gate(Op::Reshape, &own, &[node], span);
        }
        let sizes: Vec<usize> = order.iter().map(|&axis| own[axis]).collect();
        let order = self.graph.shapes.intern_permutation(&order);
        self.gate(Op::Permute(order), &sizes, &[node], span)
    }

    /// The last two axes exchanged.
    pub(super) fn exchanged(&mut self, value: Value, span: Span) -> Result<Value, Message> {
        let rank = self.shape_of(&value).len();
        let Some(last) = rank.checked_sub(1).filter(|&last| last > 0) else {
            return self.transpose(value, None, span);
        };
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(last, last - 1);
        self.transpose(value, Some(order), span)
    }

    /// `transpose`, as NumPy has it and with two axes as PyTorch has it.
    pub(super) fn transposed(
        &mut self,
        called: &Called,
        given: Arguments,
        span: Span,
    ) -> Result<Value, Message> {
        let Called { name, library, .. } = called;
        let mut at = given.positional.first().map_or(span, |a| a.1);
        let mut positional = given.positional.into_iter().map(|a| a.0);
        let mut value = positional.next();
        let mut places: Vec<Value> = positional.collect();
        for (keyword, argument, place) in given.keywords {
            match self.ast.name(keyword) {
                "axes" if places.is_empty() => places.push(argument),
                "x" | "input" | "a" if value.is_none() => {
                    value = Some(argument);
                    at = place;
                }
                other => {
                    return Err(
                        format!("'{name}' has no argument '{other}' here: it takes axes").into(),
                    );
                }
            }
        }
        let value = value.ok_or_else(|| Message::from(format!("'{name}' needs a value")))?;
        let value = self.settled(value)?;
        let own = self.shape_of(&value);
        let (places, listed) = match places.as_slice() {
            [] | [Value::None] => return self.transpose(value, None, span),
            [Value::Tuple(items) | Value::List(items, _)] => (items.to_vec(), true),
            _ => (places, false),
        };
        let mut order = Vec::with_capacity(places.len());
        for place in &places {
            let axis = axis(place, own.len(), &own);
            order.push(axis.map_err(|wrong| wrong.of(self.operand(&value, at)))?);
        }
        let is_arrays = matches!(library, Library::Numpy | Library::Jax);
        if !listed && order.len() == 2 && own.len() >= 2 && !is_arrays {
            if own.len() == 2 && order == [0, 1] && !library.is_torch() {
                let text = "transpose(0, 1) leaves the axes as they are in NumPy and exchanges \
                            them in PyTorch: write '.T' to exchange them";
                return Err(text.into());
            }
            if own.len() > 2 || library.is_torch() {
                // PyTorch's: two axes exchanged.
                let (first, second) = (order[0], order[1]);
                order = (0..own.len()).collect();
                order.swap(first, second);
            }
        }
        let mut sorted = order.clone();
        sort::ascending(&mut sorted);
        if !sorted.iter().enumerate().all(|(i, &axis)| i == axis) || order.len() != own.len() {
            let shape = Display(&own);
            let text = format!("the axes of shape {shape} are named once each");
            let unnamed = (0..own.len()).filter(|axis| !order.contains(axis));
            let met = marked(own.len(), unnamed.collect());
            let operand = self.operand(&value, at);
            return Err(Message::shapes(text, vec![operand], met));
        }
        self.transpose(value, Some(order), span)
    }

    /// `reshape(x, (2, 3))` and `x.reshape(2, 3)`.
    pub(super) fn reshaped(
        &mut self,
        name: &str,
        signature: &Signature,
        mut given: Arguments,
        span: Span,
    ) -> Result<Value, Message> {
        if given.positional.len() > 2 {
            let at = given.positional[1..]
                .iter()
                .fold(given.positional[1].1, |all, one| all.to(one.1));
            let items: Vec<Value> = given.positional.drain(1..).map(|a| a.0).collect();
            given.positional.push((Value::Tuple(items.into()), at));
        }
        let [x, shape] = self.arrange::<2>(name, signature, given)?;
        let (value, place) = x.unwrap_or((Value::Poison, span));
        let value = self.settled(value)?;
        let own = self.shape_of(&value);
        let sizes = match shape {
            Some((Value::Tuple(items) | Value::List(items, _), at)) => sizes(&items, &own, at),
            Some((one, at)) => {
                whole(&one, "a size")?;
                sizes(&[one], &own, at)
            }
            None => return Err(Message::Silent),
        };
        let sizes = sizes.map_err(|wrong| wrong.of(self.operand(&value, place)))?;
        self.reshape(&value, &sizes, span)
    }

    fn reshape(&mut self, value: &Value, to: &[usize], span: Span) -> Result<Value, Message> {
        // A gate also where nothing changes: what has its own name has its own gradient.
        let node = self.node(value)?;
        self.gate(Op::Reshape, to, &[node], span)
    }

    pub(super) fn flatten(&mut self, value: Value, span: Span) -> Result<Value, Message> {
        let value = self.settled(value)?;
        let count = elements(&self.shape_of(&value)).unwrap_or(usize::MAX);
        self.reshape(&value, &[count], span)
    }

    /// A value in another shape, as a part of the gate that asks for it.
    fn shaped(&mut self, node: NodeId, to: &[usize], span: Span) -> Result<NodeId, Message> {
        if self.graph.shape(node) == to {
            return Ok(node);
        }
        self.implied(Op::Reshape, to, node, span)
    }

    /// Every product of an element of one and an element of the other.
    pub(super) fn outer(
        &mut self,
        a: &(Value, Span),
        b: &(Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let (left, right) = (self.node(&a.0)?, self.node(&b.0)?);
        let [n, m] = [left, right].map(|node| self.graph.shape(node).iter().product());
        let left = self.shaped(left, &[n, 1], span)?;
        let right = self.shaped(right, &[m], span)?;
        let operands = [(Value::Node(left), a.1), (Value::Node(right), b.1)];
        self.elementwise(Op::Mul, &operands, span, "multiply")
    }

    /// NumPy's dot: the sum over the last axis of `a` and the last but one of `b`.
    pub(super) fn dot(
        &mut self,
        a: &(Value, Span),
        b: &(Value, Span),
        span: Span,
    ) -> Result<Value, Message> {
        let a = (self.settled(a.0.clone())?, a.1);
        let b = (self.settled(b.0.clone())?, b.1);
        let (p, q) = (self.shape_of(&a.0), self.shape_of(&b.0));
        if p.is_empty() || q.is_empty() {
            return self.binary(Binary::Mul, a, b, span);
        }
        if q.len() <= 2 {
            return self.matmul(&a, &b, span);
        }
        let (rows, inner) = p.split_at(p.len() - 1);
        let axis = q.len() - 2;
        if inner[0] != q[axis] {
            let shapes = format!("{} and {}", Display(&p), Display(&q));
            let text = format!(
                "cannot take the dot product of {shapes}: the inner sizes {} and {} differ",
                inner[0], q[axis]
            );
            let met = misfit::inner(&p, &q, false);
            let operands = [(&p, a.1), (&q, b.1)];
            let operands = operands.map(|(shape, at)| self.operand_of(shape.clone(), at));
            return Err(Message::shapes(text, operands.into(), met));
        }
        let mut order: Vec<usize> = (0..q.len()).filter(|&i| i != axis).collect();
        let mut result = rows.to_vec();
        result.extend(order.iter().map(|&i| q[i]));
        order.insert(0, axis);
        let moved: Vec<usize> = order.iter().map(|&i| q[i]).collect();
        let order = self.graph.shapes.intern_permutation(&order);
        let (left, right) = (self.node(&a.0)?, self.node(&b.0)?);
        let right = self.implied(Op::Permute(order), &moved, right, span)?;
        let count = |sizes: &[usize]| sizes.iter().product::<usize>();
        let (height, width) = (count(rows), count(&moved[1..]));
        let left = self.shaped(left, &[height, inner[0]], span)?;
        let right = self.shaped(right, &[inner[0], width], span)?;
        let product = self.gate(Op::Matmul, &[height, width], &[left, right], span)?;
        self.finish_as(product, &result, span)
    }
}

/// Axes that meet one by one from the first, but for one along which sizes may differ.
fn one_by_one(p: &[usize], q: &[usize], along: Option<usize>) -> Vec<Meeting> {
    let met = (0..p.len().max(q.len())).map(|axis| {
        let axes = [p, q].map(|shape| (axis < shape.len()).then_some(axis));
        let fits = p.len().min(q.len()) > axis && (along == Some(axis) || p[axis] == q[axis]);
        let axes = axes.into();
        Meeting { axes, fits }
    });
    met.collect()
}

/// Whether a table holds these very numbers, NaN being itself.
fn same(table: Option<&[f64]>, values: &[f64]) -> bool {
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    table.is_some_and(|table| bits(table) == bits(values))
}
