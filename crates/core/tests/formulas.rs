//! The formulas that a reader sees, evaluated by the language itself, against the
//! table of derivatives.

mod support;

use backflow_core::diff::gradient;
use backflow_core::lesson::gradient_in_python;
use backflow_core::op::Op;
use std::fmt::Write;
use support::point::{node, ran};
use support::said::{Said, literal, of_matrices, programs};
use support::table::{Gate, all_cases, gate, len, name, smooth};
use support::{Ran, Random, assert_close, input};

/// Operations whose gradient is told in words, for the language has none for it.
const IN_WORDS: &[&str] = &[
    "reshape",
    "permute",
    "slice",
    "scatter",
    "concatenate",
    "take",
    "put",
    "hinge_loss",
];

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
    for program in programs(&mut Random(8)) {
        let Said { source, value, .. } = program;
        let (model, arena) = ran(&source);
        let r = node(&model, "r");
        let got = &arena[model.plan.offset(r)..][..model.elements(r)];
        assert_eq!(got.len(), value.len(), "{source}");
        for (&got, &expected) in got.iter().zip(&value) {
            assert_close(&source, got, expected, 0.0, 1e-12);
        }
    }
}
