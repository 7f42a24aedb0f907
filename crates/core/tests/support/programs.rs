//! A program for every operation.

use super::Random;
use super::said::literal;
use super::table::{all_cases, domain, gate, len};
use backflow_core::lesson::value_in_python as python;
use backflow_core::op::Domain;
use backflow_core::shape::Display;
use std::fmt::Write;

/// Every operation at small shapes, of operands named `a0`, `a1` …, and behind it a number
/// `L` made of squares. What the language has no words for is left out.
pub fn programs(random: &mut Random) -> Vec<String> {
    let mut programs = Vec::new();
    for case in all_cases() {
        let made = gate(&case, random);
        let names: Vec<String> = (0..made.operands.len()).map(|i| format!("a{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let sizes = made.operands.iter().map(|&x| len(&made.graph, x));
        let empty = sizes.clone().any(|size| size == 0) || sizes.sum::<usize>() > 12;
        let Some(form) = python(&made.graph, made.y, &names).filter(|_| !empty) else {
            continue;
        };
        let mut source = String::new();
        for (slot, (&x, name)) in made.operands.iter().zip(&names).enumerate() {
            let shape = made.graph.shape(x);
            let count = len(&made.graph, x);
            if domain(case.op, slot) == Domain::Class {
                let places: Vec<f64> = (0..count).map(|_| random.below(3) as f64).collect();
                let _ = writeln!(source, "{name} = {}", literal(&places, shape));
                continue;
            }
            let values: Vec<String> = (0..count)
                .map(|_| format!("{:?}", random.between(0.3, 0.7)))
                .collect();
            let flat = values.join(", ");
            let value = match shape {
                [] => flat,
                [_] => format!("[{flat}]"),
                shape => format!("reshape([{flat}], {})", Display(shape)),
            };
            let _ = writeln!(source, "{name} = {value}");
        }
        let _ = write!(source, "r = {form}\nL = sum(r * r)");
        programs.push(source);
    }
    programs
}
