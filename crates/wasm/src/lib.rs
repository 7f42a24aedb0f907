//! The engine as the page sees it.
//!
//! Structure crosses by serde when structure changes; values never cross: the
//! page reads them in the wasm memory.

mod types;

use wasm_bindgen::prelude::*;

/// A program being edited: the last good graph, its plan and its values.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    arena: Vec<f64>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine without a program.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles a program. On a mistake the last good program stays.
    #[wasm_bindgen(unchecked_return_type = "Compiled")]
    pub fn compile(&mut self, source: &str) -> JsValue {
        let _ = source;
        JsValue::NULL
    }

    /// Writes one element of an input or of the upstream gradient; `run` makes the rest follow.
    pub fn set(&mut self, offset: usize, value: f64) {
        if let Some(slot) = self.arena.get_mut(offset) {
            *slot = value;
        }
    }

    /// Runs both passes.
    pub fn run(&mut self) {}

    /// Address of the values in the wasm memory, in bytes.
    pub fn values_pointer(&self) -> usize {
        self.arena.as_ptr() as usize
    }

    /// How many values there are.
    pub fn values_length(&self) -> usize {
        self.arena.len()
    }
}
