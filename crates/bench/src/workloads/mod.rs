//! The workloads: what each computes, and its sides.

mod chain;
mod compile;
mod hvp;
mod matmul;
mod mlp_scalar;
mod mlp_tensor;
mod neuron;

use crate::time::Side;

/// Backflow's side.
pub const OURS: &str = "Backflow";
/// The side written by hand.
pub const FLAT: &str = "flat";
/// The side of the crate `reverse`.
pub const REVERSE: &str = "reverse";

/// The workload of calls from JavaScript.
pub const CALLED: &str = "call";
/// The side of values read by a view of the memory.
pub const VIEW: &str = "view";
/// The side of values serialised.
pub const SERIALISED: &str = "serialised";

/// A workload of one size.
pub struct Workload {
    /// `W1` and so on.
    pub name: &'static str,
    /// Its size; empty where there is only one.
    pub size: &'static str,
    /// Sets it up and holds the sides to each other.
    pub case: fn() -> Result<Case, String>,
}

/// A workload that is ready to be timed.
pub struct Case {
    /// How many gates it has; 0 where that says nothing.
    pub gates: usize,
    /// The first of its results.
    pub value: f64,
    /// The sides, Backflow first.
    pub sides: Vec<Side<'static>>,
}

const fn workload(
    name: &'static str,
    size: &'static str,
    case: fn() -> Result<Case, String>,
) -> Workload {
    Workload { name, size, case }
}

/// All of them.
pub const ALL: &[Workload] = &[
    workload("W1", "", neuron::case),
    workload("W2", "", mlp_scalar::case),
    workload("W3", "10³", || chain::case(1_000)),
    workload("W3", "10⁵", || chain::case(100_000)),
    workload("W3", "10⁶", || chain::case(1_000_000)),
    workload("W4", "", mlp_tensor::case),
    workload("W5", "64", || matmul::case(64)),
    workload("W5", "256", || matmul::case(256)),
    workload("W5", "512", || matmul::case(512)),
    workload("W6a", "", hvp::log_sum_exp),
    workload("W6b", "", hvp::network),
    workload("compile", "", compile::case),
];

pub use compile::{NEW, RUN};
pub use neuron::PROGRAM as NEURON;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_agree() {
        for workload in ALL.iter().filter(|w| !matches!(w.size, "10⁶" | "512")) {
            let case = (workload.case)();
            let case = case.unwrap_or_else(|e| panic!("{} {}: {e}", workload.name, workload.size));
            assert!(case.value.is_finite() && case.value != 0.0);
            assert!(case.sides.len() >= 2);
        }
    }
}
