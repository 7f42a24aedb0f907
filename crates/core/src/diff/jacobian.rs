//! One sweep of an explicit Jacobian, as more of the graph.
//!
//! Its rows are gradients, one for every element of the result; its columns are
//! tangents, one for every element of what is varied. Either mode gives all of
//! it by unit vectors: Griewank and Walther, *Evaluating Derivatives* (2008),
//! section 3.2.

use super::structure::elements;
use super::sweep::{gradient, tangents_on};
use crate::build::{Builder, Full};
use crate::graph::{Graph, NodeId, Origin};

/// A direction of sweeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A sweep for every element of what is varied: columns.
    Forward,
    /// A sweep for every element of the result: rows.
    Reverse,
}

/// The mode that needs fewer sweeps for the Jacobian of `output` with respect to
/// `x`, and how many; reverse mode if both need as many.
pub fn cheaper(graph: &Graph, output: NodeId, x: NodeId) -> (Mode, usize) {
    let rows = elements(graph.shape(output));
    let columns = elements(graph.shape(x));
    if columns < rows {
        (Mode::Forward, columns)
    } else {
        (Mode::Reverse, rows)
    }
}

/// Appends one sweep from a new input, the seed, which has the shape of `x` in
/// forward mode and of `output` in reverse mode. Gives the seed and the result
/// of the sweep: the Jacobian times the seed, or the seed times the Jacobian.
/// There is no result where no path leads from `x` to `output`.
///
/// # Errors
/// If it has too many operands.
pub fn sweep(
    graph: &mut Graph,
    output: NodeId,
    x: NodeId,
    mode: Mode,
) -> Result<(NodeId, Option<NodeId>), Full> {
    let like = match mode {
        Mode::Forward => x,
        Mode::Reverse => output,
    };
    let shape = graph.node(like).shape;
    let zeros = vec![0.0; elements(graph.shape(like))];
    let seed = graph.push_input(shape, zeros.into(), Origin::default());
    let result = match mode {
        Mode::Forward => {
            tangents_on(&mut Builder::new(graph), &[(x, seed)], &[output])?[output.index()]
        }
        Mode::Reverse => gradient(graph, output, seed, |node| node == x)?.of(x),
    };
    Ok((seed, result))
}
