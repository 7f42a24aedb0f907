//! W1: one neuron, all gradients.

use super::{Case, FLAT, OURS, REVERSE};
use crate::data::same;
use crate::flat::neuron::neuron;
use crate::running::Running;
use crate::time::Side;
use backflow_core::model::Overrides;
use reverse::{Gradient, Tape};
use std::hint::black_box;

/// Its program.
pub const PROGRAM: &str = "\
w0 = 2.0
x0 = -1.0
w1 = -3.0
x1 = -2.0
w2 = -3.0
L = sigmoid(w0 * x0 + w1 * x1 + w2)
";
const INPUTS: [f64; 5] = [2.0, -1.0, -3.0, -2.0, -3.0];

pub fn case() -> Result<Case, String> {
    let names = ["w0", "x0", "w1", "x1", "w2"];
    let mut ours = Running::model(PROGRAM, &Overrides::default(), &names)?;
    ours.run();
    let results = ours.results();
    same(&results, &neuron(INPUTS))?;
    let tape = Tape::new();
    same(&results, &recorded(&tape, INPUTS))?;
    Ok(Case {
        gates: 5,
        value: results[0],
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, || {
                black_box(neuron(black_box(INPUTS)));
            }),
            Side::new(REVERSE, move || {
                black_box(recorded(&tape, black_box(INPUTS)));
            }),
        ],
    })
}

fn recorded(tape: &Tape, inputs: [f64; 5]) -> [f64; 6] {
    tape.clear();
    let vars = inputs.map(|x| tape.add_var(x));
    let [w0, x0, w1, x1, w2] = vars;
    // Not `1.0 / x`, whose gradient this crate has wrong.
    let y = (1.0 + (-(w0 * x0 + w1 * x1 + w2)).exp()).recip();
    let gradient = y.grad();
    let [a, b, c, d, e] = vars.map(|x| gradient.wrt(&x));
    [y.val, a, b, c, d, e]
}
