//! W3: a chain, `L = x; repeat n: L = sin(L)·1.01 + x`.

use super::{Case, FLAT, OURS, REVERSE};
use crate::data::same;
use crate::flat::chain::chain;
use crate::running::Running;
use crate::time::Side;
use reverse::{Gradient, Tape};
use std::hint::black_box;

const X: f64 = 0.5;

pub fn case(n: usize) -> Result<Case, String> {
    // Through the graph, not the program below: at the largest size it is past
    // the language's limit of a million gates.
    let mut ours = Running::chain(X, n)?;
    ours.run();
    let results = ours.results();
    let mut links = vec![0.0; n];
    same(&results, &chain(X, &mut links))?;
    let tape = Tape::new();
    same(&results, &recorded(&tape, X, n))?;
    Ok(Case {
        gates: 3 * n,
        value: results[0],
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                black_box(chain(black_box(X), black_box(&mut links)));
            }),
            Side::new(REVERSE, move || {
                black_box(recorded(&tape, black_box(X), n));
            }),
        ],
    })
}

fn recorded(tape: &Tape, x: f64, n: usize) -> [f64; 2] {
    tape.clear();
    let x = tape.add_var(x);
    let mut output = x;
    for _ in 0..n {
        output = output.sin() * 1.01 + x;
    }
    [output.val, output.grad().wrt(&x)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use backflow_core::model::Overrides;

    #[test]
    fn the_program_is_the_same_chain() {
        let source = format!("x = {X}\nL = x\nfor i in range(500):\n    L = sin(L) * 1.01 + x\n");
        let mut written = Running::model(&source, &Overrides::default(), &["x"]).unwrap();
        let mut built = Running::chain(X, 500).unwrap();
        written.run();
        built.run();
        assert_eq!(written.steps(), built.steps());
        assert_eq!(written.results(), built.results());
    }
}
