//! Lines that mean one thing in NumPy and another in PyTorch or in Python: each as its own
//! library has it. `fixtures/programs/libraries.py` has the lines.

use backflow_core::model::{Model, Overrides};
use serde_json::Value;

const LINES: &str = include_str!("fixtures/libraries.json");
const TOLERANCE: f64 = 1e-12;

/// The numbers of nested arrays, in order; the strings are those of what is not finite.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        Value::String(text) => vec![text.parse().expect("inf, -inf or nan")],
        number => vec![number.as_f64().expect("a number")],
    }
}

fn same(got: &[f64], expected: &[f64]) -> bool {
    let close = |(&a, &b): (&f64, &f64)| {
        a.to_bits() == b.to_bits()
            || (a.is_nan() && b.is_nan())
            || (a != 0.0 && (a - b).abs() <= TOLERANCE * b.abs())
            || (b.is_finite()
                && (a - b).abs() < 1e-15
                && a.is_sign_negative() == b.is_sign_negative())
    };
    got.len() == expected.len() && got.iter().zip(expected).all(close)
}

/// What is wrong with a line, if something is.
fn wrong(line: &Value) -> Option<String> {
    let source = line["source"].as_str()?;
    let model = match Model::new(source, &Overrides::default()) {
        Ok(model) => model,
        Err(told) => return Some(format!("{:?}", told.first().map(|d| &d.message))),
    };
    let mut arena = model.arena();
    model.plan.run(&mut arena);
    let program = &model.program;
    let shape = program.graph.shape(program.output);
    if line["shape"] != Value::from(shape) {
        return Some(format!("the shape is {shape:?}"));
    }
    let read = |node, offset: usize| &arena[offset..][..model.elements(node)];
    let value = read(program.output, model.plan.offset(program.output));
    if !same(value, &flat(&line["value"])) {
        return Some(format!("{value:?} instead of {}", line["value"]));
    }
    let x = program.names.iter().find(|name| name.name == "x")?.node;
    let gradient = read(x, model.gradient_of(x));
    let expected = line.get("grad").map(flat)?;
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= TOLERANCE * b.abs().max(1.0);
    let same = gradient.iter().zip(&expected).all(close);
    (!same).then(|| format!("the gradient of x is {gradient:?} instead of {expected:?}"))
}

#[test]
fn a_line_means_what_its_library_means() {
    let file: Value = serde_json::from_str(LINES).expect("the fixtures are JSON");
    let lines = file["fixtures"].as_array().expect("a list");
    assert!(lines.len() > 100, "only {} lines", lines.len());
    let told = lines.iter().filter_map(|line| {
        let source = line["source"].as_str()?;
        Some(format!("{}: {}", source.lines().last()?, wrong(line)?))
    });
    let told: Vec<String> = told.collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
