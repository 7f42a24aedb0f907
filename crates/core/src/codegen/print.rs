//! Nodes of a graph as expressions: what is used several times or is long gets a
//! line of its own.

use super::expr::Expr;
use super::ops::Ops;
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::sort;
use rustc_hash::{FxHashMap, FxHashSet};

/// Most operations in one expression.
const LONG: usize = 8;
/// Most operations that are written more than once.
const AGAIN: usize = 1;

/// Expressions, and the lines that stand before them.
pub struct Printed {
    /// A name and its value, in order.
    pub before: Vec<(String, String)>,
    /// An expression for each node that was asked for.
    pub found: Vec<Expr>,
    /// Which of the named nodes are read.
    pub read: FxHashSet<NodeId>,
}

/// Writes nodes. Those that have a name are read by it; `fresh` names lines.
pub fn print(
    graph: &Graph,
    ops: &mut Ops<'_>,
    names: &FxHashMap<NodeId, Expr>,
    targets: &[NodeId],
    mut fresh: impl FnMut() -> String,
) -> Printed {
    let mut uses: FxHashMap<NodeId, usize> = FxHashMap::default();
    let mut read = FxHashSet::default();
    let mut needed = Vec::new();
    let mut seen = FxHashSet::default();
    let mut open = targets.to_vec();
    while let Some(node) = open.pop() {
        *uses.entry(node).or_default() += 1;
        if names.contains_key(&node) {
            read.insert(node);
        } else if seen.insert(node) {
            needed.push(node);
            open.extend(graph.operands(node));
            if repeats(graph, node) {
                let first = uses.entry(graph.operand(node, 0)).or_default();
                *first += 2;
            }
        }
    }
    sort::ascending(&mut needed);
    let mut made: FxHashMap<NodeId, Expr> = FxHashMap::default();
    let mut before = Vec::new();
    for node in needed {
        let mut expr = if graph.is_constant(node) {
            ops.constant(graph, node)
        } else {
            let operands = graph.operands(node);
            let operands = operands.map(|x| made.get(&x).or_else(|| names.get(&x)).cloned());
            let operands: Option<Vec<Expr>> = operands.collect();
            ops.gate(graph, node, operands.unwrap_or_default())
        };
        let again = uses.get(&node).map_or(0, |count| count - 1);
        if expr.size > LONG || expr.size * again > AGAIN {
            let name = fresh();
            let named = Expr::name(&name, &expr.shape);
            before.push((name, expr.text));
            expr = named;
        }
        made.insert(node, expr);
    }
    let all = targets.iter();
    let found = all.filter_map(|x| made.get(x).or_else(|| names.get(x)).cloned());
    Printed {
        found: found.collect(),
        before,
        read,
    }
}

/// Whether the text of a gate has that of its first operand several times.
fn repeats(graph: &Graph, node: NodeId) -> bool {
    match graph.node(node).op {
        Op::Abs | Op::LeakyRelu | Op::Elu | Op::Tie | Op::Sign => true,
        Op::Mask => {
            let weight = graph.node(graph.operand(node, 0)).op;
            !matches!(weight, Op::Compare(_) | Op::Step | Op::Tie)
        }
        _ => false,
    }
}
