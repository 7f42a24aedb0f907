//! What is aimed at.

use std::fmt;

/// A bound of a ratio or a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bar {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Bar {
    /// `pass` or `miss`.
    pub fn verdict(self, value: f64) -> &'static str {
        let holds = match self {
            Self::AtMost(bound) => value <= bound,
            Self::AtLeast(bound) => value >= bound,
        };
        if holds { "pass" } else { "**miss**" }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(bound) => write!(f, "≤ {bound}"),
            Self::AtLeast(bound) => write!(f, "≥ {bound}"),
        }
    }
}

/// What code runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The machine itself.
    Native,
    /// WebAssembly with 128-bit vectors, under Node.
    Wasm,
}

/// Backflow's time over that of flat code on the same target.
pub fn over_flat(target: Target, workload: &str, size: &str) -> Option<Bar> {
    let (native, wasm) = match workload {
        "W1" => (3.5, Some(3.0)),
        "W2" => (2.5, Some(2.0)),
        "W3" => (2.0, Some(1.6)),
        "W4" => (1.5, Some(1.5)),
        // In wasm the bar is a multiple of the native product: `wasm_over_native`.
        "W5" if size != "64" => (1.1, None),
        "W6a" | "W6b" => (2.0, Some(2.0)),
        _ => return None,
    };
    match target {
        Target::Native => Some(Bar::AtMost(native)),
        Target::Wasm => wasm.map(Bar::AtMost),
    }
}

/// The time of the crate `reverse` over Backflow's.
pub fn reverse_over(workload: &str) -> Option<Bar> {
    match workload {
        "W1" => Some(Bar::AtLeast(3.0)),
        "W2" => Some(Bar::AtLeast(2.0)),
        "W3" => Some(Bar::AtLeast(1.0)),
        _ => None,
    }
}

/// W3: the cost of a gate in long chains over that in a short one.
pub const GROWTH: Bar = Bar::AtMost(1.3);
/// W5 from 256: Backflow's time as wasm over the native product's.
pub const WASM_OVER_NATIVE: Bar = Bar::AtMost(2.5);
/// Taking over an edit of one number in W2's program over one forward and backward run.
pub const COMPILE: Bar = Bar::AtMost(10.0);
/// W1 called from JavaScript, in microseconds.
pub const CALL: Bar = Bar::AtMost(0.15);
/// Reading 1,000 gates in JavaScript, in microseconds.
pub const VIEW: Bar = Bar::AtMost(10.0);
/// Serialising 1,000 gates over reading them.
pub const SERIALISED: Bar = Bar::AtLeast(50.0);
