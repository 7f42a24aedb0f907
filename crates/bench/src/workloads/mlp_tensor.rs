//! W4: the network with matrices as gates.

use super::{Case, FLAT, OURS};
use crate::data::{list, rows, same};
use crate::flat::mlp::{Net, Points, loss};
use crate::running::Running;
use crate::time::Side;
use backflow_core::model::Overrides;
use std::hint::black_box;

pub fn case() -> Result<Case, String> {
    let (net, points) = (Net::of(1), Points::of(7));
    let names = ["W1", "b1", "W2", "b2", "W3", "b3", "X", "T"];
    let source = program(&net, &points);
    let mut ours = Running::model(&source, &Overrides::default(), &names)?;
    ours.run();
    let results = ours.results();

    let (mut found, mut found_points) = (Net::zeros(), Points::zeros());
    let value = loss::<true>(&net, &points, &mut found, &mut found_points);
    let mut expected = vec![value];
    expected.extend(found.parts().concat());
    expected.extend(found_points.x.concat());
    expected.extend(found_points.t);
    same(&results, &expected)?;

    Ok(Case {
        gates: 13,
        value,
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                let (net, points) = black_box((&net, &points));
                black_box(loss::<true>(net, points, &mut found, &mut found_points));
                black_box((&mut found, &mut found_points));
            }),
        ],
    })
}

/// The program.
pub fn program(net: &Net, points: &Points) -> String {
    let lines = [
        format!("W1 = {}", rows(&net.w1)),
        format!("b1 = {}", list(net.b1)),
        format!("W2 = {}", rows(&net.w2)),
        format!("b2 = {}", list(net.b2)),
        format!("W3 = {}", rows(&net.w3.map(|w| [w]))),
        format!("b3 = {}", net.b3),
        format!("X = {}", rows(&points.x)),
        format!("T = {}", rows(&points.t.map(|t| [t]))),
        "A = tanh(X @ W1 + b1)".into(),
        "B = tanh(A @ W2 + b2)".into(),
        "Y = B @ W3 + b3".into(),
        "L = sum((Y - T) ** 2)".into(),
    ];
    lines.join("\n")
}
