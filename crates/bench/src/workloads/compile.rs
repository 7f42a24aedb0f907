//! What an edit of W2's program costs: compiling it, against running both passes.

use super::mlp_scalar::program;
use super::{Case, OURS};
use crate::flat::mlp::{Net, Points};
use crate::running::Running;
use crate::time::Side;
use backflow_core::model::{Model, Overrides};
use std::hint::black_box;

/// The side that runs what was compiled.
pub const RUN: &str = "run";

pub fn case() -> Result<Case, String> {
    let (net, points) = (Net::of(1), Points::of(7));
    let mut edited = net.clone();
    edited.w1[0][0] += 0.25;
    let sources = [program(&net, &points), program(&edited, &points)];
    let values = Overrides::default();
    let mut running = Running::model(&sources[0], &values, &[])?;
    running.run();
    let model = Model::new(&sources[1], &values).map_err(|errors| errors[0].message.clone())?;
    let mut turn = 0;
    Ok(Case {
        gates: model.program.gates,
        value: running.results()[0],
        sides: vec![
            Side::new(OURS, move || {
                turn += 1;
                // By turns, so that no time finds the program it had before.
                let model = Model::new(black_box(&sources[turn % 2]), &values);
                let arena = model.as_ref().map(Model::arena);
                let _ = black_box((&model, &arena));
            }),
            Side::new(RUN, move || running.run()),
        ],
    })
}
