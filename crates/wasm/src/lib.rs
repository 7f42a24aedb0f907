//! The engine as the page sees it.
//!
//! Structure crosses by serde, when structure changes. Values never cross: the
//! page reads them where they lie in the wasm memory.

mod types;

use backflow_core::model::{Model, Overrides};
use backflow_core::scene::Scene;
use backflow_core::source::{Diagnostic, position, utf16_offset};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A program being edited: the last good model and its values.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    model: Option<Model>,
    source: String,
    arena: Vec<f64>,
}

/// What came of compiling.
#[derive(Serialize)]
struct Compiled {
    diagnostics: Vec<Told>,
    scene: Option<Scene>,
    gates: usize,
}

/// A diagnostic, its places counted as JavaScript counts.
#[derive(Serialize)]
struct Told {
    message: String,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
}

impl Told {
    fn new(source: &str, diagnostic: Diagnostic) -> Self {
        let place = position(source, diagnostic.span.start);
        Self {
            message: diagnostic.message,
            start: utf16_offset(source, diagnostic.span.start),
            end: utf16_offset(source, diagnostic.span.end),
            line: place.line,
            column: place.column,
        }
    }
}

#[wasm_bindgen]
impl Engine {
    /// An engine without a program.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        report_panics();
        Self::default()
    }

    /// Compiles a program and runs it. On a mistake the last good program stays.
    ///
    /// An input whose literal is still the same keeps the value it was given
    /// since: an edit elsewhere loses nothing.
    #[wasm_bindgen(unchecked_return_type = "Compiled")]
    pub fn compile(&mut self, source: &str) -> JsValue {
        let compiled = match Model::new(source, &Overrides::default()) {
            Ok(model) => {
                let mut arena = model.arena();
                if let Some(before) = &self.model {
                    keep_values(
                        &mut arena,
                        &model,
                        source,
                        &self.arena,
                        before,
                        &self.source,
                    );
                }
                model.plan.run(&mut arena);
                let mut scene = Scene::new(&model);
                count_utf16(&mut scene, source);
                let gates = model.program.gates;
                self.source = source.into();
                self.arena = arena;
                self.model = Some(model);
                Compiled {
                    diagnostics: Vec::new(),
                    scene: Some(scene),
                    gates,
                }
            }
            Err(diagnostics) => {
                let told = diagnostics.into_iter().map(|d| Told::new(source, d));
                Compiled {
                    diagnostics: told.collect(),
                    scene: None,
                    gates: 0,
                }
            }
        };
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
        compiled.serialize(&serializer).unwrap_or(JsValue::NULL)
    }

    /// Writes one element of an input or of the upstream gradient; `run` makes the rest follow.
    pub fn set(&mut self, offset: usize, value: f64) {
        if let Some(slot) = self.arena.get_mut(offset) {
            *slot = value;
        }
    }

    /// Writes a run of elements, as `set` does one.
    pub fn set_all(&mut self, offset: usize, values: &js_sys::Float64Array) {
        let end = offset.saturating_add(values.length() as usize);
        if let Some(slots) = self.arena.get_mut(offset..end) {
            values.copy_to(slots);
        }
    }

    /// Runs both passes.
    pub fn run(&mut self) {
        if let Some(model) = &self.model {
            model.plan.run(&mut self.arena);
        }
    }

    /// Address of the values in the wasm memory, in bytes.
    pub fn values_pointer(&self) -> usize {
        self.arena.as_ptr() as usize
    }

    /// How many values there are.
    pub fn values_length(&self) -> usize {
        self.arena.len()
    }
}

/// How many inputs away the same one is looked for in the program before.
const NEAR: usize = 1000;

/// Carries edited values over: each input's whose name, literal and shape are as
/// they were, and the upstream gradient's if the output still has that shape.
fn keep_values(
    arena: &mut [f64],
    model: &Model,
    source: &str,
    old_arena: &[f64],
    old: &Model,
    old_source: &str,
) {
    let text = |source: &str, span: backflow_core::source::Span| {
        let range = span.start as usize..span.end as usize;
        source.get(range).map(str::to_owned)
    };
    let inputs = |m: &Model, source: &str| {
        let inputs = m.program.inputs.iter();
        inputs
            .map(|i| (i.name.clone(), text(source, i.span), i.node))
            .collect::<Vec<_>>()
    };
    let before = inputs(old, old_source);
    let mut pairs: Vec<_> = Vec::new();
    let mut from = 0;
    for (name, literal, node) in inputs(model, source) {
        // In order, so that two inputs of one name keep apart.
        let found = before[from..]
            .iter()
            .take(NEAR)
            .position(|other| other.0 == name && other.1 == literal);
        if let Some(at) = found {
            pairs.push((before[from + at].2, node));
            from += at + 1;
        } else if let Some(other) = {
            let mut others = before.iter().take(NEAR);
            others.find(|o| o.0 == name && o.1 == literal)
        } {
            pairs.push((other.2, node));
        }
    }
    let same_output = old.program.output_name == model.program.output_name;
    if same_output {
        pairs.push((old.gradient.seed, model.gradient.seed));
    }
    for (there, here) in pairs {
        if old.program.graph.shape(there) == model.program.graph.shape(here) {
            let (there, at) = (old.plan.offset(there), model.plan.offset(here));
            let count = model.elements(here);
            arena[at..at + count].copy_from_slice(&old_arena[there..there + count]);
        }
    }
}

/// Turns the scene's places in the source from bytes into UTF-16 units.
fn count_utf16(scene: &mut Scene, source: &str) {
    if source.is_ascii() {
        return;
    }
    let mut units = vec![0; source.len() + 1];
    let mut count = 0;
    for (byte, letter) in source.char_indices() {
        units[byte..byte + letter.len_utf8()].fill(count);
        count += letter.len_utf16();
    }
    units[source.len()] = count;
    for node in &mut scene.nodes {
        node.start = units[node.start.min(source.len())];
        node.end = units[node.end.min(source.len())];
    }
}

/// A panic is a bug of ours: the console says where.
fn report_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            web_sys::console::error_1(&info.to_string().into());
        }));
    });
}
