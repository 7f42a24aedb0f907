//! W2: the network with every scalar its own gate.

use super::{Case, FLAT, OURS, REVERSE};
use crate::data::same;
use crate::flat::mlp::{Net, POINTS, Points, WIDTH, loss};
use crate::running::Running;
use crate::time::Side;
use backflow_core::model::{Model, Overrides};
use reverse::{Gradient, Tape, Var};
use std::fmt::Write;
use std::hint::black_box;

pub fn case() -> Result<Case, String> {
    let (net, points) = (Net::of(1), Points::of(7));
    let source = program(&net, &points);
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut ours = Running::model(&source, &Overrides::default(), &names)?;
    ours.run();
    let results = ours.results();

    let (mut found, mut unused) = (Net::zeros(), Points::zeros());
    let value = loss::<false>(&net, &points, &mut found, &mut unused);
    same(&results, &[&[value], &found.parts().concat()[..]].concat())?;
    let (tape, parameters) = (Tape::new(), net.parts().concat());
    same(&results, &recorded(&tape, &parameters, &points))?;

    let same_points = points.clone();
    let gates = Model::new(&source, &Overrides::default()).map_or(0, |m| m.program.gates);
    Ok(Case {
        gates,
        value,
        sides: vec![
            Side::new(OURS, move || ours.run()),
            Side::new(FLAT, move || {
                let (net, points) = black_box((&net, &points));
                black_box(loss::<false>(net, points, &mut found, &mut unused));
                black_box(&mut found);
            }),
            Side::new(REVERSE, move || {
                black_box(recorded(&tape, black_box(&parameters), &same_points));
            }),
        ],
    })
}

/// A name for every weight and bias, in the order of [`Net::parts`].
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for (name, rows) in [("u", 2), ("p", 0), ("v", WIDTH), ("q", 0), ("w", 0)] {
        if rows == 0 {
            names.extend((0..WIDTH).map(|i| format!("{name}{i}")));
        }
        for row in 0..rows {
            names.extend((0..WIDTH).map(|i| format!("{name}{row}_{i}")));
        }
    }
    names.push("r".into());
    names
}

/// The program: what one point adds to the loss is a definition.
pub fn program(net: &Net, points: &Points) -> String {
    let mut text = String::new();
    let values = net.parts().concat();
    for (name, value) in names().iter().zip(values) {
        push(&mut text, format_args!("{name} = {value}\n"));
    }
    push(&mut text, format_args!("def point(x0, x1, t):\n"));
    for i in 0..WIDTH {
        let sum = format_args!("u0_{i} * x0 + u1_{i} * x1 + p{i}");
        push(&mut text, format_args!("    a{i} = tanh({sum})\n"));
    }
    for j in 0..WIDTH {
        let sum = sum(|i| format!("v{i}_{j} * a{i}"));
        push(&mut text, format_args!("    b{j} = tanh({sum} + q{j})\n"));
    }
    let sum = sum(|j| format!("w{j} * b{j}"));
    push(&mut text, format_args!("    y = {sum} + r\n"));
    push(&mut text, format_args!("    return (y - t) ** 2\n"));
    for point in 0..POINTS {
        let ([x0, x1], t) = (points.x[point], points.t[point]);
        let assign = if point == 0 { "=" } else { "+=" };
        push(
            &mut text,
            format_args!("L {assign} point({x0}, {x1}, {t})\n"),
        );
    }
    text
}

fn sum(term: impl Fn(usize) -> String) -> String {
    let terms: Vec<String> = (0..WIDTH).map(term).collect();
    terms.join(" + ")
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _ = text.write_fmt(line);
}

fn recorded(tape: &Tape, parameters: &[f64], points: &Points) -> Vec<f64> {
    tape.clear();
    let vars = tape.add_vars(parameters);
    let (u, rest) = vars.split_at(2 * WIDTH);
    let (p, rest) = rest.split_at(WIDTH);
    let (v, rest) = rest.split_at(WIDTH * WIDTH);
    let (q, rest) = rest.split_at(WIDTH);
    let (w, r) = rest.split_at(WIDTH);
    let mut loss: Option<Var<'_>> = None;
    for (x, t) in points.x.iter().zip(&points.t) {
        let first = |i: usize| (u[i] * x[0] + u[WIDTH + i] * x[1] + p[i]).tanh();
        let a: [Var<'_>; WIDTH] = std::array::from_fn(first);
        let second = |j: usize| {
            let terms = (1..WIDTH).map(|i| v[i * WIDTH + j] * a[i]);
            (terms.fold(v[j] * a[0], |sum, x| sum + x) + q[j]).tanh()
        };
        let b: [Var<'_>; WIDTH] = std::array::from_fn(second);
        let terms = (1..WIDTH).map(|j| w[j] * b[j]);
        let miss = terms.fold(w[0] * b[0], |sum, x| sum + x) + r[0] - *t;
        let square = miss * miss;
        loss = Some(loss.map_or(square, |loss| loss + square));
    }
    let Some(loss) = loss else {
        return Vec::new();
    };
    let gradients = loss.grad().wrt(&vars);
    [&[loss.val], &gradients[..]].concat()
}
