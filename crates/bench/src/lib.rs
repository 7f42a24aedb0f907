//! The workloads by which Backflow's speed is told, each beside the same thing
//! written by hand.
//!
//! Nothing here knows a clock or a machine: [`measure`] is given one, so that
//! the same code runs natively and as WebAssembly. Before a workload is timed
//! both sides must give the same numbers.

pub mod bars;
pub mod data;
pub mod flat;
pub mod layouts;
pub mod report;
pub mod running;
pub mod time;
pub mod workloads;

use time::{Clock, Timing, compare};

/// What was measured of one workload.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Row {
    /// Which one: `W1` and so on.
    pub workload: String,
    /// Its size; empty where there is only one.
    pub size: String,
    /// How many gates it has; 0 where that says nothing.
    pub gates: usize,
    /// The number it computes, by which others can tell that they compute the same.
    pub value: f64,
    /// The sides, Backflow first.
    pub sides: Vec<Timing>,
}

impl Row {
    /// One of the sides.
    pub fn side(&self, name: &str) -> Option<&Timing> {
        self.sides.iter().find(|side| side.name == name)
    }
}

/// Measures every workload whose name starts with `only`; `note` hears what comes next.
///
/// # Errors
/// A program that does not compile, or two sides that do not agree.
pub fn measure(clock: Clock<'_>, only: &str, note: &dyn Fn(&str)) -> Result<Vec<Row>, String> {
    let chosen = workloads::ALL.iter().filter(|w| w.name.starts_with(only));
    chosen
        .map(|workload| {
            let (name, size) = (workload.name, workload.size);
            note(&format!("{name} {size}"));
            let case = (workload.case)().map_err(|error| format!("{name} {size}: {error}"))?;
            Ok(Row {
                workload: name.into(),
                size: size.into(),
                gates: case.gates,
                value: case.value,
                sides: compare(clock, case.sides),
            })
        })
        .collect()
}
