//! What W2's program costs to compile and what an edit of it costs, against running
//! both passes.

use super::mlp_scalar::program;
use super::{Case, OURS};
use crate::data::same;
use crate::flat::mlp::{Net, Points};
use crate::running::Running;
use crate::time::Side;
use backflow_core::model::{Model, Overrides};
use std::hint::black_box;

/// The side that runs what was compiled.
pub const RUN: &str = "run";
/// The side that compiles a program it has not seen.
pub const NEW: &str = "new";

/// Backflow's side takes over an edit: one weight has another number by turns.
pub fn case() -> Result<Case, String> {
    let (net, points) = (Net::of(1), Points::of(7));
    let mut edited = net.clone();
    edited.w1[0][0] += 0.25;
    let sources = [program(&net, &points), program(&edited, &points)];
    let new = sources.clone();
    let values = Overrides::default();
    let compile = |source: &str| {
        Model::new(source, &Overrides::default()).map_err(|errors| errors[0].message.clone())
    };
    let mut running = Running::model(&sources[0], &values, &[])?;
    running.run();
    let mut model = compile(&sources[0])?;
    let mut arena = model.arena();
    take_over(&mut model, &mut arena, &sources[1])?;
    model.plan.run(&mut arena);
    let anew = compile(&sources[1])?;
    let mut expected = anew.arena();
    anew.plan.run(&mut expected);
    same(&arena, &expected)?;

    let mut turns = [0, 0];
    Ok(Case {
        gates: model.program.gates,
        value: running.results()[0],
        sides: vec![
            Side::new(OURS, move || {
                turns[0] += 1;
                let source = black_box(&sources[turns[0] % 2]);
                let _ = black_box(take_over(&mut model, &mut arena, source));
            }),
            Side::new(RUN, move || running.run()),
            Side::new(NEW, move || {
                turns[1] += 1;
                let model = Model::new(black_box(&new[turns[1] % 2]), &values);
                let arena = model.as_ref().map(Model::arena);
                let _ = black_box((&model, &arena));
            }),
        ],
    })
}

/// What an editor does: the model follows, and the inputs get their values.
fn take_over(model: &mut Model, arena: &mut [f64], source: &str) -> Result<(), String> {
    if !model.edit(source) {
        return Err("more than a number was edited".into());
    }
    for input in &model.program.inputs {
        model.reset(arena, input.node);
    }
    Ok(())
}
