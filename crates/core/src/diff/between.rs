//! What the Jacobian of a node with respect to another looks like, and what a sweep
//! between them takes: through every path, from kinds and shapes alone.

use super::path::multiplications;
use super::structure::{Known, Structure, elements, known, named};
use crate::build::Builder;
use crate::definition::{partial, stops};
use crate::graph::{Graph, NodeId};

/// What is known of a Jacobian through every path, and of a sweep back along them.
#[derive(Clone, Debug)]
pub struct Between {
    /// None where no path leads.
    known: Option<Known>,
    from: Vec<usize>,
    to: Vec<usize>,
    /// The gates on the way, operands first.
    pub gates: Vec<NodeId>,
    /// Multiplications of one sweep back.
    pub multiplications: f64,
    /// Numbers of the gradients of one sweep back, below that of the result.
    pub numbers: f64,
}

/// Of a node with respect to another. Appends nodes that describe the operators; the
/// graph is a part of its own in which what counts as given is an input.
pub fn between(graph: &mut Graph, out: NodeId, x: NodeId) -> Between {
    let count = out.index() + 1;
    let mut leads = vec![false; count];
    leads[out.index()] = true;
    for i in (0..count).rev().filter(|&i| i > x.index()) {
        if leads[i] {
            for operand in graph.operands(NodeId::new(i)) {
                leads[operand.index()] = true;
            }
        }
    }
    let mut found = Between::apart(graph.shape(out), graph.shape(x));
    let mut all: Vec<Option<Known>> = vec![None; count];
    if x.index() < count {
        all[x.index()] = Some(Known::diagonal(true, found.from.len()));
    }
    let mut b = Builder::new(graph);
    for i in x.index() + 1..count {
        let node = NodeId::new(i);
        if !leads[i] || stops(b.graph.node(node).op) {
            continue;
        }
        let mut sum: Option<Known> = None;
        for slot in 0..b.graph.arity(node) {
            let operand = b.graph.operand(node, slot);
            let Some(before) = &all[operand.index()] else {
                continue;
            };
            if b.room().is_err() {
                // No more is looked at.
                let dense = elements(b.graph.shape(node)) * elements(b.graph.shape(operand));
                found.multiplications += dense as f64;
                sum = Some(Known::unknown());
                continue;
            }
            let operator = partial(&mut b, node, slot);
            let shape = b.graph.shape(operand).to_vec();
            let next = before.then(&known(b.graph, &operator, &shape).0);
            if next.zero {
                continue;
            }
            found.multiplications += multiplications(b.graph, &operator, &shape);
            sum = Some(sum.map_or(next.clone(), |sum| sum.plus(&next)));
        }
        if sum.is_some() {
            found.gates.push(node);
            found.numbers += elements(b.graph.shape(node)) as f64;
        }
        all[i] = sum;
    }
    found.known = all.pop().flatten();
    if found.known.is_none() {
        found.gates.clear();
        (found.multiplications, found.numbers) = (0.0, 0.0);
    } else if out != x {
        // The result's gradient is given, and that of x is made.
        found.numbers += elements(&found.from) as f64 - elements(&found.to) as f64;
    }
    found
}

impl Between {
    /// No path leads from a value of the second shape to one of the first.
    pub fn apart(to: &[usize], from: &[usize]) -> Self {
        Self {
            known: None,
            from: from.to_vec(),
            to: to.to_vec(),
            gates: Vec::new(),
            multiplications: 0.0,
            numbers: 0.0,
        }
    }

    /// The structure's name.
    pub fn structure(&self) -> Structure {
        let known = self.known.as_ref();
        known.map_or(Structure::Zero, |known| named(known, &self.from, &self.to))
    }

    /// The axes of x and of the result along which elements correspond one to one.
    pub fn pairs(&self) -> &[(usize, usize)] {
        self.known.as_ref().map_or(&[], |known| &known.pairs)
    }

    /// Whether an entry is zero whatever the numbers are.
    pub fn is_zero(&self, row: usize, column: usize) -> bool {
        let Some(known) = &self.known else {
            return true;
        };
        let place = |shape: &[usize], axis: usize, at: usize| {
            at / elements(&shape[axis + 1..]).max(1) % shape[axis].max(1)
        };
        let mut pairs = known.pairs.iter();
        known.is_diagonal() && row != column
            || pairs.any(|&(a, b)| place(&self.from, a, column) != place(&self.to, b, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Origin;
    use crate::op::Op;
    use crate::shape::Axes;

    #[test]
    fn what_is_known_goes_through_every_path() {
        let mut graph = Graph::default();
        let mut input = |shape: &[usize]| {
            let count = elements(shape);
            let shape = graph.shapes.intern(shape);
            graph.push_input(shape, vec![1.0; count].into(), Origin::default())
        };
        let (x, w) = (input(&[2, 3]), input(&[3, 3]));
        let shape = graph.shapes.intern(&[2, 3]);
        let s = graph.push(Op::Matmul, shape, &[x, w], Origin::default());
        let r = graph.push(Op::Relu, shape, &[s], Origin::default());
        let y = graph.push(Op::Add, shape, &[r, x], Origin::default());
        let sum = Op::Sum(Axes::all(2));
        let number = graph.shapes.intern(&[]);
        let loss = graph.push(sum, number, &[y], Origin::default());

        let found = between(&mut graph.clone(), y, x);
        assert_eq!(found.structure().to_string(), "2 blocks of 3 × 3");
        assert_eq!(found.gates, [s, r, y]);
        // 2 · 3 · 3 of the product and 6 of the mask.
        assert_eq!(found.multiplications, 24.0);
        // Of r, of s and of x.
        assert_eq!(found.numbers, 18.0);
        let zero = |row, column| found.is_zero(row, column);
        assert!(zero(0, 3) && zero(5, 2) && !zero(0, 2) && !zero(3, 5));

        let found = between(&mut graph.clone(), r, s);
        assert_eq!(found.structure(), Structure::Diagonal);
        assert!(found.is_zero(0, 1) && !found.is_zero(1, 1));
        assert_eq!(
            between(&mut graph.clone(), s, s).structure(),
            Structure::Identity
        );
        let found = between(&mut graph.clone(), s, r);
        assert_eq!(
            (found.structure(), found.is_zero(0, 0)),
            (Structure::Zero, true)
        );
        let found = between(&mut graph.clone(), loss, w);
        assert_eq!((found.structure(), found.numbers), (Structure::Dense, 27.0));
    }
}
