//! The Jacobian of the output by all inputs, a pass at a time: each is the program's own
//! tape with a unit vector for a seed.

use super::unsigned;
use crate::graph::NodeId;
use crate::model::Model;

/// A column of the Jacobian by forward mode: the output's tangent where the `k`-th number
/// of all inputs has the tangent 1 and every other has 0. None if there is no such number
/// or the model has no forward-mode pass.
pub fn column(model: &Model, ran: &[f64], k: usize) -> Option<Vec<f64>> {
    let output = model.program.output;
    let mut arena = ran.to_vec();
    let mut before = 0;
    let mut found = false;
    for &seed in model.seeds() {
        let slots = slots(model, &mut arena, seed);
        slots.fill(0.0);
        if let Some(slot) = k.checked_sub(before).and_then(|at| slots.get_mut(at)) {
            *slot = 1.0;
            found = true;
        }
        before += slots.len();
    }
    let tangent = model.tangent_of(output).filter(|_| found)?;
    model.plan.run(&mut arena);
    let values = &arena[tangent..][..model.elements(output)];
    Some(values.iter().copied().map(unsigned).collect())
}

/// A row of the Jacobian by reverse mode: the gradients of all inputs where the upstream
/// gradient is 1 at the `k`-th number of the output and 0 elsewhere. None if there is no
/// such number.
pub fn row(model: &Model, ran: &[f64], k: usize) -> Option<Vec<f64>> {
    let mut arena = ran.to_vec();
    let upstream = slots(model, &mut arena, model.gradient.seed);
    upstream.fill(0.0);
    *upstream.get_mut(k)? = 1.0;
    model.plan.run(&mut arena);
    let inputs = model.program.inputs.iter();
    let gradients = inputs.flat_map(|input| {
        let at = model.gradient_of(input.node);
        arena[at..][..model.elements(input.node)].iter().copied()
    });
    Some(gradients.map(unsigned).collect())
}

/// Where the value of an input of the graph stands.
fn slots<'a>(model: &Model, arena: &'a mut [f64], input: NodeId) -> &'a mut [f64] {
    let count = model.elements(input);
    &mut arena[model.plan.offset(input)..][..count]
}
