//! The Jacobian of one gate with respect to one operand.

use super::column::{Sparse, column};
use super::limits::{Limits, TooLarge, check_entries};
use super::matrix::{Full, Matrix, matrix};
use super::tape::{Part, Run, Tape};
use crate::build::Builder;
use crate::definition::linear::Linear;
use crate::definition::partial;
use crate::diff::structure::{Structure, structure};
use crate::graph::{Graph, NodeId};

/// What stands on one edge of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// The shape of the gate's value: rows.
    pub out_shape: Vec<usize>,
    /// The shape of the operand's value: columns.
    pub in_shape: Vec<usize>,
    /// What the matrix looks like, whatever the numbers are.
    pub structure: Structure,
    /// The matrix; not formed if that would take more entries than may be.
    pub matrix: Result<Matrix, TooLarge>,
}

/// The Jacobian of a gate with respect to the operand in a slot, which must be
/// less than the gate's arity, at the values of a run. Another operand that is
/// the same node counts as another.
///
/// It is the operator of [`partial`] as a matrix: exact zeros stand where the
/// structure has them, even beside infinite entries.
pub fn local(run: Run<'_>, gate: NodeId, slot: usize, limits: Limits) -> Local {
    let graph = run.graph;
    let x = graph.operand(gate, slot);
    let (out_shape, in_shape) = (graph.shape(gate).to_vec(), graph.shape(x).to_vec());
    let (operator, part) = alone(run, gate, slot);
    let (structure, _) = structure(&part, &operator, &in_shape);
    let most = limits.entries;
    let formed = check_entries("Jacobian", &out_shape, &in_shape, limits).and_then(|()| {
        if structure == Structure::Zero {
            let count = |shape: &[usize]| shape.iter().product();
            return Ok(Matrix::zeros(count(&out_shape), count(&in_shape)));
        }
        let mut tape = Tape::derived(part)?;
        tape.run();
        let formed = matrix(tape.last(), &operator, &in_shape, most);
        formed
            .map(|found| found.0)
            .map_err(|Full| TooLarge::Entries {
                matrix: "Jacobian",
                shapes: [out_shape.clone(), in_shape.clone()],
                limit: most,
            })
    });
    Local {
        out_shape,
        in_shape,
        structure,
        matrix: formed,
    }
}

/// One column of it: what one element of the operand does to the gate's value, with the
/// places that the structure has; none if that takes more than there may be.
pub fn local_column(run: Run<'_>, gate: NodeId, slot: usize, element: usize) -> Sparse {
    let in_shape = run.graph.shape(run.graph.operand(gate, slot)).to_vec();
    let (operator, part) = alone(run, gate, slot);
    let Ok(mut tape) = Tape::derived(part) else {
        return Vec::new();
    };
    tape.run();
    column(tape.last(), &operator, &in_shape, vec![(element, 1.0)]).0
}

/// One row of it: what makes an element of the gate's value; as little as a column.
pub fn local_row(run: Run<'_>, gate: NodeId, slot: usize, element: usize) -> Sparse {
    let (operator, mut part) = alone(run, gate, slot);
    let adjoint = operator.adjoint(&mut Builder::new(&mut part));
    let Ok(mut tape) = Tape::derived(part) else {
        return Vec::new();
    };
    tape.run();
    let unit = vec![(element, 1.0)];
    column(tape.last(), &adjoint, run.graph.shape(gate), unit).0
}

/// The operator of a gate alone, with its operands given. Constants stay, for a rule may
/// know them.
fn alone(run: Run<'_>, gate: NodeId, slot: usize) -> (Linear, Graph) {
    let part = Part::new(run, &[gate], |node| {
        node != gate && !run.graph.is_constant(node)
    });
    let place = part.place(gate).unwrap_or_default();
    let mut graph = part.graph;
    let operator = partial(&mut Builder::new(&mut graph), place, slot);
    (operator, graph)
}

/// What that Jacobian looks like, whatever the numbers are; reads none.
pub fn local_structure(graph: &Graph, gate: NodeId, slot: usize) -> Structure {
    let mut part = graph.emptied();
    let operands: Vec<NodeId> = graph
        .operands(gate)
        .map(|x| {
            if graph.constant(x).is_some() {
                return part.push_copy(graph, x, &[]);
            }
            let node = graph.node(x);
            part.push_input(node.shape, Box::default(), node.origin)
        })
        .collect();
    let place = part.push_copy(graph, gate, &operands);
    let operator = partial(&mut Builder::new(&mut part), place, slot);
    let in_shape = graph.shape(graph.operand(gate, slot));
    structure(&part, &operator, in_shape).0
}
