//! Where the derivative of a gate is a choice.

use crate::graph::NodeId;
use crate::modes::matrix::reduced;
use crate::modes::tape::Tape;
use crate::op::Op;

/// An element of a node.
pub type Place = (NodeId, usize);
/// Two elements that are equal, or one that is 0.
pub type Pair = (Place, Option<Place>);

/// Whether a product has left the range of numbers at its small end: its digits are gone,
/// while those of its derivatives are not.
pub fn underflows(tape: &Tape) -> bool {
    let graph = tape.last().graph;
    graph.nodes().any(|y| {
        let is_product = matches!(
            graph.node(y).op,
            Op::Mul | Op::Div | Op::Square | Op::Pow | Op::Reciprocal | Op::Exp | Op::Prod(_)
        );
        let gone = |value: f64| value.is_subnormal() || value == 0.0;
        let has_zero = |x: NodeId| tape.value(x).contains(&0.0);
        is_product
            && tape.value(y).iter().any(|&value| gone(value))
            && !graph.operands(y).any(has_zero)
    })
}

/// Where the derivative of a gate is a choice at the values of a tape.
pub fn touching(tape: &Tape) -> Vec<Pair> {
    let graph = tape.last().graph;
    let mut found = Vec::new();
    for y in graph.nodes() {
        let operands: Vec<NodeId> = graph.operands(y).collect();
        let values = |node: NodeId| tape.value(node).iter().copied().enumerate();
        let zeros = |node: NodeId| {
            values(node)
                .filter(|v| v.1 == 0.0)
                .map(move |v| ((node, v.0), None))
        };
        let mut equal = |a: NodeId, b: NodeId| {
            let pairs = values(a).zip(values(b)).filter(|(a, b)| a.1 == b.1);
            found.extend(pairs.map(|((i, _), _)| ((a, i), Some((b, i)))));
        };
        match graph.node(y).op {
            Op::Maximum | Op::Minimum => {
                let mut first = vec![None; tape.value(y).len()];
                for &x in &operands {
                    for (i, _) in values(x).filter(|v| v.1 == tape.value(y)[v.0]) {
                        match first[i] {
                            None => first[i] = Some((x, i)),
                            other => found.push(((x, i), other)),
                        }
                    }
                }
            }
            Op::Clip => operands[1..]
                .iter()
                .for_each(|&bound| equal(operands[0], bound)),
            Op::Compare(_) => equal(operands[0], operands[1]),
            Op::Relu | Op::LeakyRelu | Op::Abs | Op::Sign | Op::Step => {
                found.extend(zeros(operands[0]));
            }
            Op::Norm(_) | Op::Std(_) => found.extend(zeros(y)),
            Op::Max(axes) | Op::Min(axes) => {
                let x = operands[0];
                let mut first = vec![None; tape.value(y).len()];
                for (i, place) in reduced(graph.shape(x), axes).into_iter().enumerate() {
                    if tape.value(x)[i] == tape.value(y)[place] {
                        match first[place] {
                            None => first[place] = Some((x, i)),
                            other => found.push(((x, i), other)),
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}
