//! A path of gates, and what each of its Jacobians takes: from shapes and from the
//! kinds of the operators.

use super::structure::{elements, image};
use crate::build::Builder;
use crate::definition::linear::Linear;
use crate::definition::partial;
use crate::graph::{Graph, NodeId};

/// One factor of the product: a gate's Jacobian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// Elements of the gate's result.
    pub rows: usize,
    /// Elements of its operand.
    pub columns: usize,
    /// Flops of applying the operator to one tangent.
    pub forward: f64,
    /// Flops of applying its adjoint to one cotangent.
    pub reverse: f64,
    /// Numbers that the operator itself is described by.
    pub described: f64,
}

/// Why a path is not given by its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChain {
    /// No path leads from the one to the other.
    Apart,
    /// Several gates that use this node lead on.
    Branches(NodeId),
    /// The second is not a gate that uses the first.
    NotNext(NodeId, NodeId),
}

/// The nodes of the one path from `x` to `output`, both included.
///
/// # Errors
/// If there is none, or if it branches: the caller may then choose the nodes.
pub fn path(graph: &Graph, x: NodeId, output: NodeId) -> Result<Vec<NodeId>, NoChain> {
    // Which nodes feed the output, from `x` on.
    let mut leads = vec![false; graph.len()];
    leads[output.index()] = true;
    for i in (x.index()..=output.index()).rev() {
        if leads[i] {
            for operand in graph.operands(NodeId::new(i)) {
                leads[operand.index()] = true;
            }
        }
    }
    if !leads[x.index()] {
        return Err(NoChain::Apart);
    }
    let mut nodes = vec![x];
    let mut at = x;
    while at != output {
        let mut next = None;
        for edge in graph.uses(at) {
            let (gate, _) = graph.user(edge);
            if leads[gate.index()] && next.is_some_and(|other| other != gate) {
                return Err(NoChain::Branches(at));
            }
            if leads[gate.index()] {
                next = Some(gate);
            }
        }
        at = next.ok_or(NoChain::Apart)?;
        nodes.push(at);
    }
    Ok(nodes)
}

/// The factors along a path of nodes, each an operand of the next. Where a gate
/// takes its operand in several slots (x · x), its Jacobian is the sum of theirs.
/// Appends the nodes that describe the operators.
///
/// # Errors
/// If a node does not use the one before it.
pub fn factors(b: &mut Builder<'_>, nodes: &[NodeId]) -> Result<Vec<Factor>, NoChain> {
    let steps = nodes.windows(2).map(|pair| {
        let (x, y) = (pair[0], pair[1]);
        let slots = (0..b.graph.arity(y)).filter(|&slot| b.graph.operand(y, slot) == x);
        let slots: Vec<usize> = slots.collect();
        if slots.is_empty() {
            return Err(NoChain::NotNext(x, y));
        }
        let from = b.graph.shape(x).to_vec();
        let (rows, columns) = (elements(b.graph.shape(y)), elements(&from));
        // What the slots give is added up.
        let sums = (slots.len() - 1) as f64;
        let mut factor = Factor {
            rows,
            columns,
            forward: sums * rows as f64,
            reverse: sums * columns as f64,
            described: 0.0,
        };
        for slot in slots {
            let operator = partial(b, y, slot);
            factor.forward += flops(b.graph, &operator, &from, false);
            factor.reverse += flops(b.graph, &operator, &from, true);
            factor.described += described(b.graph, &operator);
        }
        Ok(factor)
    });
    steps.collect()
}

/// Flops of applying an operator, or its adjoint, once.
pub fn flops(graph: &Graph, operator: &Linear, from: &[usize], adjoint: bool) -> f64 {
    let to = image(graph, operator, from);
    let (n, m) = (elements(from) as f64, elements(&to) as f64);
    match operator {
        Linear::Negate | Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => n,
        // A multiplication and an addition for each element of the factor and
        // each row or column it meets.
        Linear::LeftProduct(_) => 2.0 * m * from[from.len() - 2] as f64,
        Linear::RightProduct(_) => 2.0 * m * from[from.len() - 1] as f64,
        Linear::Sum(..) if !adjoint => (n - m).max(0.0),
        Linear::Broadcast(..) if adjoint => (m - n).max(0.0),
        Linear::CumSum(axis, _) => n - n / (from[usize::from(*axis)].max(1)) as f64,
        Linear::Take(..) if adjoint => m,
        Linear::Put(..) if !adjoint => n,
        // As deep as a rule is long: a handful.
        Linear::Then(parts) => {
            let mid = image(graph, &parts[0], from);
            flops(graph, &parts[0], from, adjoint) + flops(graph, &parts[1], &mid, adjoint)
        }
        Linear::Plus(parts) => {
            let added = if adjoint { n } else { m };
            let both = parts.iter().map(|p| flops(graph, p, from, adjoint));
            both.sum::<f64>() + added
        }
        // The same numbers, elsewhere.
        _ => 0.0,
    }
}

/// Multiplications and divisions among the flops of an operator, or of its adjoint.
pub fn multiplications(graph: &Graph, operator: &Linear, from: &[usize]) -> f64 {
    let to = image(graph, operator, from);
    let (n, m) = (elements(from) as f64, elements(&to) as f64);
    match operator {
        Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => n,
        Linear::LeftProduct(_) => m * from[from.len() - 2] as f64,
        Linear::RightProduct(_) => m * from[from.len() - 1] as f64,
        // As deep as a rule is long: a handful.
        Linear::Then(parts) => {
            let mid = image(graph, &parts[0], from);
            multiplications(graph, &parts[0], from) + multiplications(graph, &parts[1], &mid)
        }
        Linear::Plus(parts) => parts.iter().map(|p| multiplications(graph, p, from)).sum(),
        // Signs, sums, and the same numbers elsewhere.
        _ => 0.0,
    }
}

/// Numbers that an operator is described by.
fn described(graph: &Graph, operator: &Linear) -> f64 {
    match operator {
        Linear::Scale(d) | Linear::Divide(d) | Linear::Mask(d) => elements(graph.shape(*d)) as f64,
        Linear::LeftProduct(d) | Linear::RightProduct(d) => elements(graph.shape(*d)) as f64,
        Linear::Then(parts) | Linear::Plus(parts) => {
            parts.iter().map(|part| described(graph, part)).sum()
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Origin;
    use crate::op::Op;
    use crate::shape::Axes;

    /// x (2, 3) → x @ W (2, 4) → square by ×, in both slots → sum.
    #[test]
    fn factors_of_a_graph() {
        let mut graph = Graph::default();
        let mut input = |shape: &[usize]| {
            let count = elements(shape);
            let shape = graph.shapes.intern(shape);
            graph.push_input(shape, vec![1.0; count].into(), Origin::default())
        };
        let (x, w) = (input(&[2, 3]), input(&[3, 4]));
        let to = graph.shapes.intern(&[2, 4]);
        let s = graph.push(Op::Matmul, to, &[x, w], Origin::default());
        let q = graph.push(Op::Mul, to, &[s, s], Origin::default());
        let scalar = graph.shapes.intern(&[]);
        let sum = Op::Sum(Axes::all(2));
        let loss = graph.push(sum, scalar, &[q], Origin::default());
        let nodes = path(&graph, x, loss).expect("a path");
        assert_eq!(nodes, [x, s, q, loss]);
        let chain = factors(&mut Builder::new(&mut graph), &nodes).expect("a chain");
        let dims: Vec<_> = chain.iter().map(|f| (f.rows, f.columns)).collect();
        assert_eq!(dims, [(8, 6), (8, 8), (1, 8)]);
        // 2 · 2 · 3 · 4; twice 8 products and 8 sums; 7 sums, or 8 copies.
        let forward: Vec<_> = chain.iter().map(|f| f.forward).collect();
        assert_eq!(forward, [48.0, 24.0, 7.0]);
        let reverse: Vec<_> = chain.iter().map(|f| f.reverse).collect();
        assert_eq!(reverse, [48.0, 24.0, 0.0]);
        let described: Vec<_> = chain.iter().map(|f| f.described).collect();
        assert_eq!(described, [12.0, 16.0, 0.0]);
        // 2 · 3 · 4 either way; additions and copies count nothing.
        let local = partial(&mut Builder::new(&mut graph), s, 0);
        assert_eq!(multiplications(&graph, &local, &[2, 3]), 24.0);
        let local = partial(&mut Builder::new(&mut graph), q, 0);
        assert_eq!(multiplications(&graph, &local, &[2, 4]), 8.0);
        assert_eq!(path(&graph, loss, x), Err(NoChain::Apart));
        let not = factors(&mut Builder::new(&mut graph), &[x, q]);
        assert_eq!(not, Err(NoChain::NotNext(x, q)));
        // A second way on from s.
        let r = graph.push(Op::Neg, to, &[s], Origin::default());
        let both = graph.push(Op::Add, to, &[q, r], Origin::default());
        assert_eq!(path(&graph, x, both), Err(NoChain::Branches(s)));
    }

    #[test]
    fn a_sum_of_operators_adds_their_results() {
        let mut graph = Graph::default();
        let from = graph.shapes.intern(&[2, 3]);
        let sum = Linear::Sum([1].into_iter().collect(), from);
        let twice = sum.clone().plus(sum);
        assert_eq!(multiplications(&graph, &twice, &[2, 3]), 0.0);
        // Two sums of four additions and two more; or six copies, twice, added.
        assert_eq!(flops(&graph, &twice, &[2, 3], false), 10.0);
        assert_eq!(flops(&graph, &twice, &[2, 3], true), 6.0);
    }
}
