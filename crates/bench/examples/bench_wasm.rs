//! The workloads as a module for Node, and what crossing to JavaScript costs.
#![cfg(target_arch = "wasm32")]

use backflow_bench::layouts::graphs;
use backflow_bench::{Row, time, workloads};
pub use backflow_engine::Engine;
use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A clock by a function that gives microseconds.
fn clock(microseconds: &Function) -> impl Fn() -> f64 {
    let microseconds = microseconds.clone();
    move || {
        let now = microseconds.call0(&JsValue::NULL);
        now.ok().and_then(|now| now.as_f64()).unwrap_or(f64::NAN)
    }
}

/// Measures the workloads whose name starts with `only`: rows as JSON.
///
/// # Errors
/// What is wrong with a workload.
#[wasm_bindgen]
pub fn measure(microseconds: &Function, only: &str, note: &Function) -> Result<String, JsError> {
    let say = |text: &str| {
        // Only a note is lost.
        let _ = note.call1(&JsValue::NULL, &text.into());
    };
    let rows = backflow_bench::measure(&clock(microseconds), only, &say);
    Ok(serde_json::to_string(&rows.map_err(|e| JsError::new(&e))?)?)
}

/// Times functions of JavaScript, each of which takes how often to do it: a row as JSON.
///
/// # Errors
/// None is to be expected.
#[wasm_bindgen]
pub fn compare(
    microseconds: &Function,
    workload: &str,
    value: f64,
    names: Vec<String>,
    functions: Vec<Function>,
) -> Result<String, JsError> {
    let side = |(name, function): (String, Function)| {
        time::Side::repeating(&name, move |times| {
            // An exception would show as a time of nothing.
            let _ = function.call1(&JsValue::NULL, &times.into());
        })
    };
    let sides = names.into_iter().zip(functions).map(side).collect();
    let row = Row {
        workload: workload.into(),
        size: String::new(),
        gates: 0,
        value,
        sides: time::compare(&clock(microseconds), sides),
    };
    Ok(serde_json::to_string(&row)?)
}

/// Times the layout of the largest of the graphs: a row as JSON.
///
/// # Errors
/// None is to be expected.
#[wasm_bindgen]
pub fn layout(microseconds: &Function) -> Result<String, JsError> {
    let graph = graphs::large();
    let side = time::Side::new("Backflow", || {
        std::hint::black_box(graph.lay());
    });
    let row = Row {
        workload: "layout".into(),
        size: String::new(),
        gates: graph.gates,
        value: 0.0,
        sides: time::compare(&clock(microseconds), vec![side]),
    };
    Ok(serde_json::to_string(&row)?)
}

/// The program of W1.
#[wasm_bindgen]
pub fn neuron() -> String {
    workloads::NEURON.into()
}

/// Values and gradients of many gates.
#[wasm_bindgen]
pub struct Gates(Vec<Gate>, Vec<f64>);

#[derive(Serialize)]
struct Gate {
    value: f64,
    gradient: f64,
}

#[wasm_bindgen]
impl Gates {
    /// Some gates.
    #[wasm_bindgen(constructor)]
    pub fn new(count: usize) -> Self {
        let numbers = backflow_bench::data::numbers(1, 2 * count);
        let gate = |pair: &[f64]| Gate {
            value: pair[0],
            gradient: pair[1],
        };
        Self(numbers.chunks_exact(2).map(gate).collect(), numbers)
    }

    /// Address of the numbers, value and gradient by turns.
    pub fn pointer(&self) -> usize {
        self.1.as_ptr() as usize
    }

    /// How many numbers there are.
    pub fn length(&self) -> usize {
        self.1.len()
    }

    /// The gates as objects.
    ///
    /// # Errors
    /// None is to be expected.
    pub fn serialised(&self) -> Result<JsValue, JsError> {
        Ok(serde_wasm_bindgen::to_value(&self.0)?)
    }
}
