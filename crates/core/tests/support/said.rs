//! Every operation as the language writes it, in a program of its own.

use super::table::{Case, Gate, all_cases, gate, len};
use super::{Ran, Random};
use backflow_core::lesson::value_in_python;
use backflow_core::op::Op;
use backflow_core::shape::Permutation;
use std::fmt::Write;

/// A program whose output `r` is what an operation makes of its inputs.
pub struct Said {
    pub op: Op,
    pub source: String,
    /// What the operation itself makes of them.
    pub value: Vec<f64>,
}

/// Whether `.T` means the last two axes, if it stands in the formula.
pub fn of_matrices(case: &Case) -> bool {
    !matches!(case.op, Op::Matmul | Op::Permute(Permutation::TRANSPOSE)) || case.output.len() <= 2
}

/// Numbers as the language writes them in an array of a shape.
pub fn literal(values: &[f64], shape: &[usize]) -> String {
    match shape {
        [] => format!("{:?}", values[0]),
        [size, rest @ ..] => {
            let parts = values.chunks(values.len() / size);
            let parts: Vec<String> = parts.map(|part| literal(part, rest)).collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

/// A program for each case of each operation that the language can write.
pub fn programs(random: &mut Random) -> Vec<Said> {
    let mut found = Vec::new();
    for case in all_cases() {
        let Gate { graph, operands, y } = gate(&case, random);
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
        found.push(Said {
            op: case.op,
            source,
            value: run.value(y).to_vec(),
        });
    }
    found
}
