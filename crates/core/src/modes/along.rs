//! The Jacobian along one path of gates as an operator with its numbers.

use super::column::{Sparse, column};
use super::limits::{Limits, TooLarge};
use super::tape::{Part, Run, Tape};
use crate::build::Builder;
use crate::definition::linear::Linear;
use crate::definition::partial;
use crate::diff::jacobian::{Mode, sweep};
use crate::diff::path::multiplications;
use crate::diff::structure::{Structure, structure};
use crate::graph::NodeId;

/// What stands on a path: the product of the operators of its gates, each of an
/// operand that the gate before it computes. All other operands are held.
#[derive(Clone, Debug)]
pub struct Along {
    tape: Tape,
    operator: Linear,
    in_shape: Vec<usize>,
    out_shape: Vec<usize>,
}

impl Along {
    /// Of gates, each with the slot in which the path enters it, at the values of a run.
    ///
    /// # Errors
    /// If it takes too much memory; of no gates there is nothing.
    pub fn new(run: Run<'_>, path: &[(NodeId, usize)]) -> Result<Option<Self>, TooLarge> {
        let graph = run.graph;
        let (Some(&(first, slot)), Some(&(last, _))) = (path.first(), path.last()) else {
            return Ok(None);
        };
        let on_path = |node: NodeId| path.iter().any(|step| step.0 == node);
        let part = Part::new(run, &[last], |node| {
            !on_path(node) && !graph.is_constant(node)
        });
        let in_shape = graph.shape(graph.operand(first, slot)).to_vec();
        let places: Vec<_> = path
            .iter()
            .map(|&(gate, slot)| (part.place(gate), slot))
            .collect();
        let mut part = part.graph;
        let mut operator = Linear::Identity;
        let mut b = Builder::new(&mut part);
        for (place, slot) in places {
            let next = place.map_or(Linear::Zero, |place| partial(&mut b, place, slot));
            operator = operator.then(next);
        }
        let mut tape = Tape::derived(part)?;
        tape.run();
        Ok(Some(Self {
            tape,
            operator,
            in_shape,
            out_shape: graph.shape(last).to_vec(),
        }))
    }

    /// What its matrix looks like, whatever the numbers are.
    pub fn structure(&self) -> Structure {
        let graph = self.tape.last().graph;
        structure(graph, &self.operator, &self.in_shape).0
    }

    /// Multiplications of the operator, or of its adjoint, applied once.
    pub fn multiplications(&self) -> f64 {
        multiplications(self.tape.last().graph, &self.operator, &self.in_shape)
    }

    /// The shape of the operand's value: columns.
    pub fn in_shape(&self) -> &[usize] {
        &self.in_shape
    }

    /// The shape of the result: rows.
    pub fn out_shape(&self) -> &[usize] {
        &self.out_shape
    }

    /// A column of its matrix: what an element of the operand does to the result. Places
    /// that are not there are zero by structure.
    pub fn column(&self, element: usize) -> Sparse {
        let unit = vec![(element, 1.0)];
        column(self.tape.last(), &self.operator, &self.in_shape, unit).0
    }
}

/// One sweep between two nodes at the values of a run: the Jacobian times a tangent of
/// `x`, or a cotangent of `out` times the Jacobian. `x` and what is `given` count as
/// independent values. Elements that `seed` lacks count as 0; zeros where no path leads.
///
/// # Errors
/// If it takes too much work or memory.
pub fn swept(
    run: Run<'_>,
    out: NodeId,
    x: NodeId,
    given: &[NodeId],
    mode: Mode,
    seed: &[f64],
    limits: Limits,
) -> Result<Vec<f64>, TooLarge> {
    let like = match mode {
        Mode::Forward => out,
        Mode::Reverse => x,
    };
    let zeros = || vec![0.0; run.graph.shape(like).iter().product()];
    let mut part = Part::new(run, &[out], |node| node == x || given.contains(&node));
    let (Some(y), Some(x)) = (part.place(out), part.place(x)) else {
        return Ok(zeros());
    };
    let (u, result) = sweep(&mut part.graph, y, x, mode)?;
    let Some(result) = result else {
        return Ok(zeros());
    };
    let mut tape = Tape::derived(part.graph)?;
    super::limits::check_work("Jacobian", 1, tape.work(), limits)?;
    tape.set(u, seed);
    tape.run();
    Ok(tape.value(result).to_vec())
}
