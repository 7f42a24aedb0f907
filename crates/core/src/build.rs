//! Appending derived nodes: what is constant folds, what is there already is shared.

mod known;

use crate::graph::{Graph, NodeId, Origin};
use crate::op::{Op, Relation};
use crate::shape::{self, Axes, Cut, Permutation, ShapeId};
pub use known::Known;
use rustc_hash::FxHashMap;

/// Most operands that a graph has with what is derived from a program.
pub const MAX_OPERANDS: usize = 20_000_000;

/// A graph has more operands than it may: what was to be appended is not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Appends nodes to a graph, each once.
pub struct Builder<'g> {
    /// The graph it appends to.
    pub graph: &'g mut Graph,
    /// The origin of what is appended next.
    pub origin: Origin,
    /// Most operands that the graph may have.
    pub most: usize,
    known: Known,
}

impl<'g> Builder<'g> {
    /// A builder on a graph. It shares what it appends itself.
    pub fn new(graph: &'g mut Graph) -> Self {
        Self::knowing(graph, Known::default())
    }

    /// A builder that shares what is known already.
    pub fn knowing(graph: &'g mut Graph, known: Known) -> Self {
        let origin = Origin::default();
        Self {
            graph,
            origin,
            most: MAX_OPERANDS,
            known,
        }
    }

    /// Whether there is room for more: what appends without end asks at every gate.
    ///
    /// # Errors
    /// If the graph has more operands than it may.
    pub fn room(&self) -> Result<(), Full> {
        if self.graph.edge_count() > self.most {
            return Err(Full);
        }
        Ok(())
    }

    /// What it knows in the end, for the next one.
    pub fn known(self) -> Known {
        self.known
    }

    /// A number in every element of a shape.
    pub fn constant(&mut self, value: f64, shape: ShapeId) -> NodeId {
        let (graph, origin) = (&mut *self.graph, self.origin);
        self.known.constant(graph, value, shape, origin)
    }

    /// A number in every element of a node's shape.
    pub fn constant_like(&mut self, value: f64, node: NodeId) -> NodeId {
        self.constant(value, self.shape(node))
    }

    fn shape(&self, node: NodeId) -> ShapeId {
        self.graph.node(node).shape
    }

    fn is(&self, node: NodeId, value: f64) -> bool {
        self.graph.constant(node) == Some(value)
    }

    fn append(&mut self, op: Op, shape: ShapeId, operands: &[NodeId]) -> NodeId {
        let (graph, origin) = (&mut *self.graph, self.origin);
        self.known.node(graph, op, shape, operands, origin)
    }

    /// An elementwise operation of one operand.
    pub fn one(&mut self, op: Op, a: NodeId) -> NodeId {
        let shape = self.shape(a);
        if let (Some(f), Some(x)) = (op.of_one(), self.graph.constant(a)) {
            return self.constant(f(x), shape);
        }
        self.append(op, shape, &[a])
    }

    /// An elementwise operation of two operands.
    pub fn two(&mut self, op: Op, a: NodeId, b: NodeId) -> NodeId {
        let shape = self.shape(a);
        let constants = (self.graph.constant(a), self.graph.constant(b));
        if let (Some(f), (Some(x), Some(y))) = (op.of_two(), constants) {
            return self.constant(f(x, y), shape);
        }
        self.append(op, shape, &[a, b])
    }

    /// a where w is not 0, else b.
    pub fn choose(&mut self, w: NodeId, a: NodeId, b: NodeId) -> NodeId {
        match self.graph.constant(w) {
            Some(0.0) => b,
            Some(_) => a,
            None => self.append(Op::Where, self.shape(a), &[w, a, b]),
        }
    }

    /// The sum of one or more nodes. Equal terms of many are counted, for as terms
    /// they would double with each further derivative.
    pub fn sum_of(&mut self, terms: &[NodeId]) -> NodeId {
        match *terms {
            [a] => a,
            [a, b] => self.add(a, b),
            _ => {
                let distinct = self.counted(terms);
                match *distinct {
                    [a] => a,
                    [a, b] => self.add(a, b),
                    _ => self.append(Op::Add, self.shape(terms[0]), &distinct),
                }
            }
        }
    }

    /// Terms without those that are so many times another one, which is counted.
    fn counted(&mut self, terms: &[NodeId]) -> Vec<NodeId> {
        let mut places: FxHashMap<NodeId, usize> = FxHashMap::default();
        // Each with how many times which node all like it are, where there are several.
        let mut found: Vec<(NodeId, f64, Option<NodeId>)> = Vec::new();
        for &term in terms {
            let (count, node) = self.multiple(term);
            let place = *places.entry(node).or_insert(found.len());
            match found.get_mut(place) {
                None => found.push((term, count, None)),
                Some((_, all, of)) => {
                    *all += count;
                    *of = Some(node);
                }
            }
        }
        let found = found.into_iter();
        let term = |(term, count, of): (NodeId, f64, Option<NodeId>)| {
            of.map_or(term, |node| self.times(node, count))
        };
        found.map(term).collect()
    }

    /// A node as so many times another one: a whole number, few enough to be counted on
    /// without an error.
    fn multiple(&self, node: NodeId) -> (f64, NodeId) {
        const MOST: f64 = (1u64 << 30) as f64;
        let (mut count, mut node) = (1.0, node);
        while self.graph.node(node).op == Op::Mul {
            let factor = self.graph.constant(self.graph.operand(node, 1));
            let whole = |k: &f64| *k >= 1.0 && k.fract() == 0.0 && count * k <= MOST;
            match factor.filter(whole) {
                Some(factor) => (count, node) = (count * factor, self.graph.operand(node, 0)),
                None => break,
            }
        }
        (count, node)
    }

    /// a + b
    pub fn add(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.graph.constant(a), self.graph.constant(b)) {
            (Some(x), Some(y)) => self.constant_like(x + y, a),
            _ => self.append(Op::Add, self.shape(a), &[a, b]),
        }
    }

    /// a − b
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.two(Op::Sub, a, b)
    }

    /// a · b
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (self.is(a, 1.0), self.is(b, 1.0)) {
            (true, _) => b,
            (_, true) => a,
            _ if self.is(b, -1.0) => self.neg(a),
            _ if self.is(a, -1.0) => self.neg(b),
            _ => self.two(Op::Mul, a, b),
        }
    }

    /// a · c, for a number c.
    pub fn times(&mut self, a: NodeId, c: f64) -> NodeId {
        let c = self.constant_like(c, a);
        self.mul(a, c)
    }

    /// a / b
    pub fn div(&mut self, a: NodeId, b: NodeId) -> NodeId {
        if self.is(b, 1.0) {
            return a;
        }
        self.two(Op::Div, a, b)
    }

    /// a to the power b
    pub fn pow(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match self.graph.constant(b) {
            Some(1.0) => a,
            // Of NaN too.
            Some(0.0) => self.constant_like(1.0, a),
            _ => self.two(Op::Pow, a, b),
        }
    }

    /// −a
    pub fn neg(&mut self, a: NodeId) -> NodeId {
        match self.graph.node(a).op {
            Op::Neg => self.graph.operand(a, 0),
            _ => self.one(Op::Neg, a),
        }
    }

    /// w · a, 0 where w is 0
    pub fn mask(&mut self, w: NodeId, a: NodeId) -> NodeId {
        match self.graph.constant(w) {
            Some(0.0) => self.constant_like(0.0, a),
            Some(_) => self.mul(w, a),
            None => self.two(Op::Mask, w, a),
        }
    }

    /// 1 where a relation to a number holds, else 0
    pub fn compare(&mut self, a: NodeId, relation: Relation, c: f64) -> NodeId {
        let c = self.constant_like(c, a);
        self.two(Op::Compare(relation), a, c)
    }

    /// Matrix product over the last two axes.
    pub fn matmul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let mut sizes = self.graph.shape(a).to_vec();
        if let (Some(last), Some(&columns)) = (sizes.last_mut(), self.graph.shape(b).last()) {
            *last = columns;
        }
        let shape = self.graph.shapes.intern(&sizes);
        self.append(Op::Matmul, shape, &[a, b])
    }

    /// The last two axes exchanged.
    pub fn transpose(&mut self, a: NodeId) -> NodeId {
        self.permute(Permutation::TRANSPOSE, a)
    }

    /// Axis i of the result is axis `order[i]` of a.
    pub fn permute(&mut self, order: Permutation, a: NodeId) -> NodeId {
        let own = self.graph.shape(a);
        let order_of = |order| self.graph.shapes.permutation(order, own.len());
        let places = order_of(order);
        if places.iter().enumerate().all(|(i, &axis)| i == axis) {
            return a;
        }
        let sizes: Vec<usize> = places.iter().map(|&axis| own[axis]).collect();
        if let Op::Permute(inner) = self.graph.node(a).op {
            let inner = order_of(inner);
            if places.iter().enumerate().all(|(i, &axis)| inner[axis] == i) {
                return self.graph.operand(a, 0);
            }
        }
        let shape = self.graph.shapes.intern(&sizes);
        match self.graph.constant(a) {
            Some(value) => self.constant(value, shape),
            None => self.append(Op::Permute(order), shape, &[a]),
        }
    }

    /// A reduction over its axes, which go.
    pub fn over(&mut self, op: Op, a: NodeId) -> NodeId {
        let sizes = shape::without(self.graph.shape(a), op.axes().unwrap_or_default());
        let shape = self.graph.shapes.intern(&sizes);
        self.append(op, shape, &[a])
    }

    /// An operation of operands of one shape, element by element.
    pub fn each(&mut self, op: Op, operands: &[NodeId]) -> NodeId {
        let shape = operands.first().map_or(ShapeId::SCALAR, |&a| self.shape(a));
        self.append(op, shape, operands)
    }

    /// Sum over axes, which go.
    pub fn sum(&mut self, axes: Axes, a: NodeId) -> NodeId {
        if axes.is_empty() {
            return a;
        }
        if let Some(value) = self.graph.constant(a) {
            let count: usize = axes.iter().map(|axis| self.graph.shape(a)[axis]).product();
            let sizes = shape::without(self.graph.shape(a), axes);
            let shape = self.graph.shapes.intern(&sizes);
            return self.constant(value * count as f64, shape);
        }
        self.over(Op::Sum(axes), a)
    }

    /// An operation along axes that keeps the shape.
    pub fn along(&mut self, op: Op, a: NodeId) -> NodeId {
        self.append(op, self.shape(a), &[a])
    }

    /// Copies along new axes, to a shape.
    pub fn broadcast(&mut self, axes: Axes, shape: ShapeId, a: NodeId) -> NodeId {
        match self.graph.constant(a) {
            _ if axes.is_empty() => a,
            Some(value) => self.constant(value, shape),
            None => self.append(Op::Broadcast(axes), shape, &[a]),
        }
    }

    /// The same elements in another shape.
    pub fn reshape(&mut self, shape: ShapeId, a: NodeId) -> NodeId {
        match self.graph.constant(a) {
            _ if self.shape(a) == shape => a,
            Some(value) => self.constant(value, shape),
            None => self.append(Op::Reshape, shape, &[a]),
        }
    }

    /// The elements at the places of cuts, one for every axis.
    pub fn slice(&mut self, cuts: &[Cut], a: NodeId) -> NodeId {
        let sizes: Vec<usize> = cuts.iter().map(|cut| cut.count).collect();
        let shape = self.graph.shapes.intern(&sizes);
        if let Some(value) = self.graph.constant(a) {
            return self.constant(value, shape);
        }
        let cuts = self.graph.shapes.intern_cuts(cuts);
        self.append(Op::Slice(cuts), shape, &[a])
    }

    /// The elements that indices name along axes from one on.
    pub fn take(&mut self, axis: u8, indices: &[NodeId], a: NodeId) -> NodeId {
        let to = shape::taken(
            self.graph.shape(a),
            usize::from(axis),
            indices.len(),
            indices.first().map_or(&[], |&i| self.graph.shape(i)),
        );
        let shape = self.graph.shapes.intern(&to);
        let operands: Vec<NodeId> = [a].iter().chain(indices).copied().collect();
        self.append(Op::Take(axis), shape, &operands)
    }

    /// The elements added up where indices name, in zeros of a shape.
    pub fn put(&mut self, axis: u8, indices: &[NodeId], shape: ShapeId, a: NodeId) -> NodeId {
        if self.is(a, 0.0) {
            return self.constant(0.0, shape);
        }
        let operands: Vec<NodeId> = [a].iter().chain(indices).copied().collect();
        self.append(Op::Put(axis), shape, &operands)
    }

    /// The elements at the places of cuts in zeros of a shape.
    pub fn scatter(&mut self, cuts: &[Cut], shape: ShapeId, a: NodeId) -> NodeId {
        if self.is(a, 0.0) {
            return self.constant(0.0, shape);
        }
        let cuts = self.graph.shapes.intern_cuts(cuts);
        self.append(Op::Scatter(cuts), shape, &[a])
    }
}
