//! The formulas that a reader sees, evaluated by the language itself, against the
//! table of derivatives.

mod support;

use backflow_core::diff::gradient;
use backflow_core::lesson::{gradient_in_python, value_in_python};
use backflow_core::op::Op;
use std::fmt::Write;
use support::point::{node, ran};
use support::table::{Case, Gate, all_cases, gate, len, name, smooth};
use support::{Ran, Random, assert_close, input};

/// Operations whose gradient is told in words, for the language has none for it.
const IN_WORDS: &[&str] = &[
    "reshape",
    "permute",
    "slice",
    "scatter",
    "concatenate",
    "hinge_loss",
];

/// Whether `.T` means the last two axes, if it stands in the formula.
fn of_matrices(case: &Case) -> bool {
    !matches!(case.op, Op::Matmul | Op::Transpose) || case.output.len() <= 2
}

/// Numbers as the language writes them in an array of a shape.
fn literal(values: &[f64], shape: &[usize]) -> String {
    match shape {
        [] => format!("{:?}", values[0]),
        [size, rest @ ..] => {
            let parts = values.chunks(values.len() / size);
            let parts: Vec<String> = parts.map(|part| literal(part, rest)).collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

#[test]
fn formulas_are_the_derivatives() {
    let mut random = Random(7);
    let mut tried = std::collections::BTreeSet::new();
    for case in all_cases() {
        let Gate {
            mut graph,
            operands,
            y,
        } = gate(&case, &mut random);
        let matrices = of_matrices(&case);
        let empty = operands.iter().any(|&x| len(&graph, x) == 0) || len(&graph, y) == 0;
        if empty || !matrices {
            continue;
        }
        // At its kink the convention is told beside the formula.
        if matches!(case.op, Op::Std(axes) if axes.is_empty()) {
            continue;
        }
        let shape = graph.shape(y).to_vec();
        let seed = random.direction(len(&graph, y));
        let seed = input(&mut graph, &shape, seed);
        let found = gradient(&mut graph, y, seed, |node| operands.contains(&node));
        let found = found.expect("few operands");
        let run = Ran::new(&graph);
        let names: Vec<String> = (0..operands.len()).map(|i| format!("a{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut given = String::new();
        let all = operands.iter().chain([&y, &seed]);
        for (&x, name) in all.zip(names.iter().chain(&["y", "u"])) {
            let literal = literal(run.value(x), graph.shape(x));
            let _ = writeln!(given, "{name} = {literal}");
        }
        for (slot, &x) in operands.iter().enumerate() {
            if !smooth(case.op, slot) {
                continue;
            }
            let Some(formula) = gradient_in_python(&graph, y, slot, &names, ["y", "u"]) else {
                assert!(IN_WORDS.contains(&name(case.op)), "{}", name(case.op));
                continue;
            };
            tried.insert(name(case.op));
            let source = format!("{given}r = {formula} + 0 * a{slot}");
            let (model, arena) = ran(&source);
            let r = node(&model, "r");
            let count = len(&graph, x);
            assert_eq!(model.elements(r), count, "{source}");
            let got = &arena[model.plan.offset(r)..][..count];
            let zeros = vec![0.0; count];
            let expected = found.of(x).map_or(&zeros[..], |node| run.value(node));
            for (&got, &expected) in got.iter().zip(expected) {
                assert_close(&source, got, expected, 0.0, 1e-12);
            }
        }
    }
    let words = IN_WORDS.len() + "detach one_hot".split(' ').count();
    assert!(tried.len() + words + 12 > Op::ALL.len(), "{}", tried.len());
}

/// What a gate is said to compute is what it computes.
#[test]
fn formulas_are_the_values() {
    let mut random = Random(8);
    for case in all_cases() {
        let Gate { graph, operands, y } = gate(&case, &mut random);
        let empty = operands.iter().any(|&x| len(&graph, x) == 0) || len(&graph, y) == 0;
        if empty || !of_matrices(&case) {
            continue;
        }
        let run = Ran::new(&graph);
        let names: Vec<String> = (0..operands.len()).map(|i| format!("a{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let Some(formula) = value_in_python(&graph, y, &names) else {
            continue;
        };
        let mut source = String::new();
        for (&x, name) in operands.iter().zip(&names) {
            let literal = literal(run.value(x), graph.shape(x));
            let _ = writeln!(source, "{name} = {literal}");
        }
        let _ = write!(source, "r = {formula}");
        let (model, arena) = ran(&source);
        let r = node(&model, "r");
        let got = &arena[model.plan.offset(r)..][..model.elements(r)];
        assert_eq!(got.len(), len(&graph, y), "{source}");
        for (&got, &expected) in got.iter().zip(run.value(y)) {
            assert_close(&source, got, expected, 0.0, 1e-12);
        }
    }
}
