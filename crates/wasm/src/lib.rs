//! The engine as the page sees it.
//!
//! Structure crosses by serde, when structure changes. Values never cross: the
//! page reads them where they lie in the wasm memory.

#![cfg_attr(
    not(test),
    deny(clippy::string_slice, reason = "it panics within a letter")
)]

mod types;

use backflow_core::codegen::{self, Asked, Code, Style};
use backflow_core::graph::NodeId;
use backflow_core::lesson::{self, Lesson, Now, Side};
use backflow_core::lower;
use backflow_core::model::{self, Extension, Model, Overrides};
use backflow_core::modes::passes;
use backflow_core::paste;
use backflow_core::scene::Scene;
use backflow_core::source::{Diagnostic, Meeting, Misfit, Span, position, utf16_offset};
use backflow_core::view::View;
use serde::Serialize;
use std::ops::Range;
use wasm_bindgen::prelude::*;

/// A program being edited: the last good model with its scene, and its values.
#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    compiled: Option<(Model, Scene)>,
    arena: Vec<f64>,
    /// What is said of the program's gates; none until it is asked for.
    lesson: Option<Lesson>,
    /// What is open, closed and folded.
    view: View,
}

/// What came of compiling.
#[derive(Serialize)]
struct Compiled<'a> {
    diagnostics: Vec<Told>,
    scene: Option<&'a Scene>,
    gates: usize,
}

/// A program with another literal for an input.
#[derive(Serialize)]
struct Resized {
    program: String,
    values: Vec<f64>,
    diagnostics: Vec<Told>,
}

/// A program with lines behind it, or why it cannot have them.
#[derive(Serialize)]
struct Extended {
    program: Option<String>,
    message: Option<String>,
}

/// A diagnostic, its places counted as JavaScript counts.
#[derive(Serialize)]
struct Told {
    message: String,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
    shapes: Option<ToldMisfit>,
}

/// Shapes that do not fit, as the page has them.
#[derive(Serialize)]
struct ToldMisfit {
    operands: Vec<ToldOperand>,
    operation: String,
    met: Vec<ToldMeeting>,
    fixes: Vec<ToldFix>,
}

#[derive(Serialize)]
struct ToldOperand {
    text: String,
    name: Option<String>,
    start: usize,
    end: usize,
    shape: Vec<usize>,
}

#[derive(Serialize)]
struct ToldMeeting {
    axes: Vec<Option<usize>>,
    fits: bool,
}

#[derive(Serialize)]
struct ToldFix {
    message: String,
    program: Option<String>,
}

impl ToldMisfit {
    fn new(source: &str, misfit: Misfit) -> Self {
        let operands = misfit.operands.into_iter().map(|operand| ToldOperand {
            text: text(source, operand.span).unwrap_or_default().to_owned(),
            name: operand.name,
            start: utf16_offset(source, operand.span.start),
            end: utf16_offset(source, operand.span.end),
            shape: operand.shape,
        });
        let met = misfit.met.into_iter();
        let fixes = misfit.fixes.into_iter().map(|fix| ToldFix {
            message: fix.message,
            program: fix.edit.and_then(|(span, with)| {
                let before = source.get(..span.start as usize)?;
                let after = source.get(span.end as usize..)?;
                Some([before, &with, after].concat())
            }),
        });
        Self {
            operands: operands.collect(),
            operation: misfit.operation,
            met: met
                .map(|Meeting { axes, fits }| ToldMeeting { axes, fits })
                .collect(),
            fixes: fixes.collect(),
        }
    }
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
            shapes: diagnostic.shapes.map(|it| ToldMisfit::new(source, *it)),
        }
    }
}

#[wasm_bindgen]
impl Engine {
    /// An engine without a program.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        throw_panics();
        #[cfg(target_arch = "wasm32")]
        backflow_core::host::ask(backflow_core::host::Host {
            nfkc: |text| js_sys::JsString::from(text).normalize("NFKC").into(),
            begins_name: |letter| has_property(letter, "XID_Start"),
            goes_on_name: |letter| has_property(letter, "XID_Continue"),
            number: |literal| JsValue::from_str(literal).unchecked_into_f64(),
        });
        Self::default()
    }

    /// Compiles a program and runs it. On a mistake the last good program stays.
    ///
    /// An input whose literal is still the same keeps the value it was given
    /// since: an edit elsewhere loses nothing. Where only numbers of inputs differ
    /// from the last good program, nothing is compiled.
    #[wasm_bindgen(unchecked_return_type = "Compiled")]
    pub fn compile(&mut self, source: &str) -> JsValue {
        let taken = if self.edit(source) {
            Ok(())
        } else {
            self.compile_anew(source)
        };
        self.tell(source, taken)
    }

    /// Changes what is open, closed and folded, of the last good program and of those
    /// to come. Values that were given stay. A view with which the program is too
    /// large is told as a mistake, and the one before stays.
    #[wasm_bindgen(js_name = setView, unchecked_return_type = "Compiled")]
    pub fn set_view(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "View")] view: JsValue,
    ) -> JsValue {
        let view = serde_wasm_bindgen::from_value(view).unwrap_or_default();
        let before = std::mem::replace(&mut self.view, view);
        let model = self.compiled.as_ref().map(|(model, _)| model);
        let source = model.map(|model| model.source().to_owned());
        let source = source.unwrap_or_default();
        let taken = if self.compiled.is_some() && self.view != before {
            self.compile_anew(&source)
        } else {
            Ok(())
        };
        if taken.is_err() {
            self.view = before;
        }
        self.tell(&source, taken)
    }

    /// What happens in a step, with the numbers as they are now; null if there is
    /// no such step.
    #[wasm_bindgen(unchecked_return_type = "Sentence | null")]
    pub fn sentence(&mut self, step: usize) -> JsValue {
        let sentence = self.taught(|lesson, now| lesson.sentence(now, step));
        crossed(&sentence)
    }

    /// What there is to say of a node of the scene at a step; null if there is no
    /// such node.
    #[wasm_bindgen(js_name = cardOfNode, unchecked_return_type = "Card | null")]
    pub fn card_of_node(&mut self, node: usize, step: usize) -> JsValue {
        let card = self.taught(|lesson, now| lesson.card_of_node(now, node, step));
        crossed(&card)
    }

    /// What there is to say of a wire of the scene at a step; null if there is no
    /// such wire.
    #[wasm_bindgen(js_name = cardOfWire, unchecked_return_type = "Card | null")]
    pub fn card_of_wire(&mut self, wire: usize, step: usize) -> JsValue {
        let card = self.taught(|lesson, now| lesson.card_of_wire(now, wire, step));
        crossed(&card)
    }

    /// What a change by `h` of a number does to the output, as predicted and as it
    /// is; null where the node is no number or no path leads from it to the output.
    #[wasm_bindgen(unchecked_return_type = "Section | null")]
    pub fn nudge(&mut self, node: usize, h: f64) -> JsValue {
        let section = self.taught(|lesson, now| lesson.nudge(now, node, h));
        crossed(&section)
    }

    /// Where the number of an element of a node's value or gradient comes from; null if there is
    /// no such element, and of a tangent's.
    #[wasm_bindgen(unchecked_return_type = "Element | null")]
    pub fn element(
        &mut self,
        node: usize,
        #[wasm_bindgen(unchecked_param_type = "\"value\" | \"gradient\" | \"tangent\"")] side: &str,
        element: usize,
        step: usize,
    ) -> JsValue {
        let side = match side {
            "value" => Side::Value,
            "gradient" => Side::Gradient,
            _ => return JsValue::NULL,
        };
        let found = self.taught(|lesson, now| lesson.element(now, node, side, element, step));
        crossed(&found)
    }

    /// The Jacobian of the gate that a wire enters, with respect to what it carries; null if
    /// there is no such wire.
    #[wasm_bindgen(js_name = lensOfWire, unchecked_return_type = "Lens | null")]
    pub fn lens_of_wire(&mut self, wire: usize, step: usize) -> JsValue {
        let lens = self.taught(|lesson, now| lesson.lens_of_wire(now, wire, step));
        crossed(&lens)
    }

    /// The Jacobian of a node with respect to another, through every path; null if there are
    /// no such nodes.
    #[wasm_bindgen(js_name = lensOfPair, unchecked_return_type = "Lens | null")]
    pub fn lens_of_pair(&mut self, out: usize, by: usize, step: usize) -> JsValue {
        let lens = self.taught(|lesson, now| lesson.lens_of_pair(now, out, by, step));
        crossed(&lens)
    }

    /// The local gradient slice of an element of what a wire carries; null if there is none.
    #[wasm_bindgen(unchecked_return_type = "Slice | null")]
    pub fn slice(&mut self, wire: usize, element: usize, step: usize) -> JsValue {
        let slice = self.taught(|lesson, now| lesson.slice(now, wire, element, step));
        crossed(&slice)
    }

    /// What all slices of what a wire carries come to; null if there is no such wire.
    #[wasm_bindgen(unchecked_return_type = "Whole | null")]
    pub fn whole(&mut self, wire: usize, step: usize) -> JsValue {
        let whole = self.taught(|lesson, now| lesson.whole(now, wire, step));
        crossed(&whole)
    }

    /// The chain from a node to the output; null if there is none, or none alone.
    #[wasm_bindgen(unchecked_return_type = "Chained | null")]
    pub fn chained(&mut self, node: usize) -> JsValue {
        let chained = self.taught(|lesson, now| lesson.chained(now, node));
        crossed(&chained)
    }

    /// The derivative of the output with respect to a node, on paper; null where no path leads
    /// from it.
    #[wasm_bindgen(unchecked_return_type = "Paper | null")]
    pub fn paper(&mut self, node: usize) -> JsValue {
        let paper = self.taught(|lesson, now| lesson.paper(now, node));
        crossed(&paper)
    }

    /// The program as code in a style, with asserts of the numbers as they are now, or why
    /// there is none; null without a program. The style `autograd-function` makes a function
    /// of a `composite`: a `def`, an operation or a gate's key; else of the first there is.
    #[wasm_bindgen(unchecked_return_type = "Code | { message: string } | null")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an optional text crosses by value"
    )]
    pub fn code(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CodeStyle")] style: &str,
        composite: Option<String>,
    ) -> JsValue {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Told {
            Written(Code),
            Wrong { message: String },
        }
        crossed(
            &self
                .written(style, composite.as_deref())
                .map(|it| match it {
                    Ok(code) => Told::Written(code),
                    Err(message) => Told::Wrong { message },
                }),
        )
    }

    /// The same as the text of a Jupyter notebook; none where there is no code.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "an optional text crosses by value"
    )]
    pub fn notebook(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CodeStyle")] style: &str,
        composite: Option<String>,
    ) -> Option<String> {
        let code = self.written(style, composite.as_deref())?.ok()?;
        Some(codegen::notebook(&code))
    }

    /// The dot products of cotangents and tangents at both ends; null unless there are both
    /// passes.
    #[wasm_bindgen(unchecked_return_type = "Identity | null")]
    pub fn identity(&mut self) -> JsValue {
        let identity = self.taught(|lesson, now| lesson.identity(now));
        crossed(&identity)
    }

    /// How many passes each mode needs; null without a program.
    #[wasm_bindgen(unchecked_return_type = "Passes | null")]
    pub fn passes(&mut self) -> JsValue {
        let passes = self.taught(|lesson, now| Some(lesson.passes(now)));
        crossed(&passes)
    }

    /// A column of the Jacobian of the output by all inputs, by a pass of forward mode; null
    /// where there is none or the view has no such pass.
    #[wasm_bindgen(unchecked_return_type = "number[] | null")]
    pub fn column(&self, k: usize) -> JsValue {
        let compiled = self.compiled.as_ref();
        crossed(&compiled.and_then(|(model, _)| passes::column(model, &self.arena, k)))
    }

    /// A row of that Jacobian, by a pass of reverse mode; null where there is none.
    #[wasm_bindgen(unchecked_return_type = "number[] | null")]
    pub fn row(&self, k: usize) -> JsValue {
        let compiled = self.compiled.as_ref();
        crossed(&compiled.and_then(|(model, _)| passes::row(model, &self.arena, k)))
    }

    /// The Hessian of the output with respect to a node of the scene; null if there is no such
    /// node.
    #[wasm_bindgen(unchecked_return_type = "Hessian | null")]
    pub fn hessian(&mut self, node: usize) -> JsValue {
        let found = self.taught(|lesson, now| lesson.hessian(now, node));
        crossed(&found)
    }

    /// The Hessian of the output with respect to a node times a vector of its shape, row by
    /// row; null where it is of another.
    #[wasm_bindgen(unchecked_return_type = "HessianProduct | null")]
    pub fn hvp(&mut self, node: usize, v: &[f64]) -> JsValue {
        let found = self.taught(|lesson, now| lesson.hessian_product(now, node, v));
        crossed(&found)
    }

    /// The last good program with lines behind it that compute something of second order by one
    /// of its inputs: `hvp`, `penalty`, `l2` or `newton`; or why it cannot have them.
    #[wasm_bindgen(unchecked_return_type = "Extended")]
    pub fn extended(&self, kind: &str, node: usize) -> JsValue {
        let found = self.compiled.as_ref().and_then(|(model, scene)| {
            let unit = scene.outline().units.get(node)?;
            let kind = Extension::of_name(kind)?;
            Some(model.extended(kind, unit.node))
        });
        let (program, message) = match found {
            Some(Ok(program)) => (Some(program), None),
            Some(Err(message)) => (None, Some(message)),
            None => (None, Some("there is nothing to extend".to_owned())),
        };
        crossed(&Extended { program, message })
    }

    /// Writes one element of an input, of its tangent or of the upstream gradient; `run` makes the rest follow.
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

    /// Offsets of the inputs whose values are not the program's, of the tangents that are not
    /// what they are at first, and of the upstream gradient if it is not one.
    pub fn edited(&self) -> Vec<usize> {
        let Some((model, _)) = &self.compiled else {
            return Vec::new();
        };
        let inputs = model.program.inputs.iter().map(|input| input.node);
        let inputs = inputs.chain([model.gradient.seed]);
        let inputs = inputs.chain(model.seeds().iter().copied());
        let edited = inputs.filter(|&input| {
            let is = self.arena[place(model, input)].iter().map(|x| x.to_bits());
            let was = model.given(input).unwrap_or_default();
            is.ne(was.iter().map(|x| x.to_bits()))
        });
        edited.map(|input| model.plan.offset(input)).collect()
    }

    /// A program with another shape for an input of the scene, by its place among them: `source`
    /// is a text that came of the last good program. Where no values are given, the elements
    /// there are now keep their places. Null if there is no such input.
    #[wasm_bindgen(unchecked_return_type = "Resized | null")]
    pub fn resized(
        &self,
        source: &str,
        input: usize,
        shape: &[usize],
        values: Option<Vec<f64>>,
    ) -> JsValue {
        crossed(&self.resize(source, input, shape, values))
    }

    /// Runs all passes.
    pub fn run(&mut self) {
        if let Some((model, _)) = &self.compiled {
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

impl Engine {
    /// Writes the program as code.
    fn written(&self, style: &str, composite: Option<&str>) -> Option<Result<Code, String>> {
        let (model, scene) = self.compiled.as_ref()?;
        let Some(style) = Style::named(style) else {
            return Some(Err(format!("there is no style '{style}'")));
        };
        let asked = Asked {
            model,
            arena: &self.arena,
            scene: Some(scene),
            composite,
        };
        Some(codegen::code(asked, style))
    }

    /// Asks the lesson of the last good program.
    fn taught<T>(&mut self, ask: impl FnOnce(&mut Lesson, Now<'_>) -> Option<T>) -> Option<T> {
        let (model, scene) = self.compiled.as_ref()?;
        let now = Now {
            model,
            scene,
            arena: &self.arena,
        };
        let lesson = self.lesson.get_or_insert_with(|| Lesson::new(model, scene));
        ask(lesson, now)
    }

    fn resize(
        &self,
        source: &str,
        input: usize,
        shape: &[usize],
        values: Option<Vec<f64>>,
    ) -> Option<Resized> {
        let (model, scene) = self.compiled.as_ref()?;
        let shown = scene.inputs.get(input)?.node;
        let node = scene.outline().units.get(shown)?.node;
        let input = model.program.inputs.iter().position(|it| it.node == node)?;
        let values = values.or_else(|| {
            let from = model.program.graph.shape(node);
            model::kept(from, &self.arena[place(model, node)], shape)
        });
        // Too many are as none: the model says so.
        let made = model.resized(source, input, shape, values.unwrap_or_default());
        let told = made.diagnostics.into_iter();
        let diagnostics = told.map(|d| Told::new(&made.program, d)).collect();
        Some(Resized {
            program: made.program,
            values: made.values,
            diagnostics,
        })
    }

    /// Takes over an edit of nothing but numbers of inputs, without compiling; false
    /// if it is any other.
    fn edit(&mut self, source: &str) -> bool {
        let Some((model, scene)) = &mut self.compiled else {
            return false;
        };
        let old = model.source().to_owned();
        let spans: Vec<Span> = model.program.inputs.iter().map(|i| i.span).collect();
        if !model.edit(source) {
            return false;
        }
        let model = &*model;
        let inputs = &model.program.inputs;
        let before = inputs.iter().zip(spans).map(|(input, span)| Given {
            name: &input.name,
            literal: text(&old, span),
        });
        // All is read before anything is written: an input may take another's value.
        let mut kept = Vec::new();
        let same = same(&before.collect::<Vec<_>>(), &given(model));
        for ((at, from), input) in same.into_iter().enumerate().zip(inputs) {
            if from == Some(at) {
                continue;
            }
            let other = from.map(|from| inputs[from].node);
            let other = other.filter(|&other| alike((model, other), (model, input.node)));
            let values = other.map(|other| self.arena[place(model, other)].to_vec());
            kept.push((input.node, values));
        }
        for (node, values) in kept {
            match values {
                Some(values) => self.arena[place(model, node)].copy_from_slice(&values),
                None => model.reset(&mut self.arena, node),
            }
        }
        scene.follow(model);
        true
    }

    /// Compiles a program. Where it has a mistake the one before stays.
    fn compile_anew(&mut self, source: &str) -> Result<(), Vec<Diagnostic>> {
        let model = Model::viewed(source, &Overrides::default(), &self.view)?;
        let mut arena = model.arena();
        if let Some((before, _)) = &self.compiled {
            keep_values(&mut arena, &model, &self.arena, before);
        }
        let scene = match &self.compiled {
            Some((_, before)) => Scene::after(&model, before),
            None => Scene::new(&model),
        };
        self.arena = arena;
        self.compiled = Some((model, scene));
        self.lesson = None;
        Ok(())
    }

    /// Runs a program that was taken over and tells what came of it.
    fn tell(&mut self, source: &str, taken: Result<(), Vec<Diagnostic>>) -> JsValue {
        let compiled = match (taken, &mut self.compiled) {
            (Err(diagnostics), _) => {
                let told = diagnostics.into_iter().map(|d| Told::new(source, d));
                Compiled {
                    diagnostics: told.collect(),
                    scene: None,
                    gates: 0,
                }
            }
            (Ok(()), Some((model, scene))) => {
                model.plan.run(&mut self.arena);
                count_utf16(scene, source);
                Compiled {
                    diagnostics: Vec::new(),
                    scene: Some(scene),
                    gates: model.program.gates,
                }
            }
            (Ok(()), None) => Compiled {
                diagnostics: Vec::new(),
                scene: None,
                gates: 0,
            },
        };
        crossed(&compiled)
    }
}

/// What a layer of N rows, D inputs and M outputs takes by its Jacobian, and without; null where
/// one of them is 0.
#[wasm_bindgen(unchecked_return_type = "Sizes | null")]
pub fn sizes(rows: usize, inputs: usize, outputs: usize) -> JsValue {
    crossed(&lesson::sizes(rows, inputs, outputs))
}

/// What each way to multiply a chain of Jacobians between values of these sizes takes, `hand`
/// being the reader's own; null where it is no chain.
#[wasm_bindgen(unchecked_return_type = "Orders | null")]
pub fn orders(sizes: &[usize], hand: &[usize]) -> JsValue {
    crossed(&lesson::orders(sizes, hand))
}

/// Numbers from a text that was copied elsewhere, or what is wrong with it.
#[wasm_bindgen(unchecked_return_type = "Pasted")]
pub fn pasted(text: &str) -> JsValue {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Told {
        Read { shape: Vec<usize>, values: Vec<f64> },
        Wrong { message: String },
    }
    crossed(&match paste::pasted(text) {
        Ok(paste::Pasted { shape, values }) => Told::Read { shape, values },
        Err(message) => Told::Wrong { message },
    })
}

/// The number that a text is, which may be an expression, or what is wrong with it.
#[wasm_bindgen(unchecked_return_type = "Constant")]
pub fn constant(text: &str) -> JsValue {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Told {
        Read { value: f64 },
        Wrong { message: String },
    }
    crossed(&match lower::constant(text) {
        Ok(value) => Told::Read { value },
        Err(message) => Told::Wrong { message },
    })
}

/// As an object of the page; what is missing is null.
fn crossed<T: Serialize>(value: &T) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    value.serialize(&serializer).unwrap_or(JsValue::NULL)
}

/// Carries edited values over: each input's whose name, literal and shape are as
/// they were, with its tangent's, and the upstream gradient's if the output still has that shape.
fn keep_values(arena: &mut [f64], model: &Model, old_arena: &[f64], old: &Model) {
    let inputs = |model: &Model, at: usize| model.program.inputs[at].node;
    let seeds = |model: &Model, at: usize| model.seeds().get(at).copied();
    let mut pairs = Vec::new();
    for (at, from) in same(&given(old), &given(model)).into_iter().enumerate() {
        let Some(from) = from else { continue };
        pairs.push((inputs(old, from), inputs(model, at)));
        pairs.extend(seeds(old, from).zip(seeds(model, at)));
    }
    if old.program.output_name == model.program.output_name {
        pairs.push((old.gradient.seed, model.gradient.seed));
    }
    for (there, here) in pairs {
        if alike((old, there), (model, here)) {
            arena[place(model, here)].copy_from_slice(&old_arena[place(old, there)]);
        }
    }
}

/// An input as the program gives it.
#[derive(PartialEq)]
struct Given<'a> {
    name: &'a str,
    literal: Option<&'a str>,
}

fn text(source: &str, span: Span) -> Option<&str> {
    source.get(span.start as usize..span.end as usize)
}

fn given(model: &Model) -> Vec<Given<'_>> {
    let inputs = model.program.inputs.iter();
    inputs
        .map(|input| Given {
            name: &input.name,
            literal: text(model.source(), input.span),
        })
        .collect()
}

/// For each input which one before it is: of the same name and literal.
fn same(before: &[Given<'_>], after: &[Given<'_>]) -> Vec<Option<usize>> {
    let mut from = 0;
    let find = |input: &Given<'_>| {
        let near = |from: usize| {
            let mut others = before[from..].iter().take(NEAR);
            others.position(|other| other == input)
        };
        // In order, so that two inputs of one name keep apart.
        match near(from) {
            Some(at) => {
                from += at + 1;
                Some(from - 1)
            }
            None => near(0),
        }
    };
    after.iter().map(find).collect()
}

/// Whether two nodes have the same shape.
fn alike(a: (&Model, NodeId), b: (&Model, NodeId)) -> bool {
    a.0.program.graph.shape(a.1) == b.0.program.graph.shape(b.1)
}

/// Where a node's value lies.
fn place(model: &Model, node: NodeId) -> Range<usize> {
    let start = model.plan.offset(node);
    start..start + model.elements(node)
}

/// How many inputs away the same one is looked for in the program before.
const NEAR: usize = 1000;

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

/// The memory in which the values lie; another one after [`renew`].
#[wasm_bindgen(js_name = memoryOfValues, unchecked_return_type = "WebAssembly.Memory")]
pub fn memory_of_values() -> JsValue {
    wasm_bindgen::memory()
}

/// Has the next call find a new instance of this module, in which nothing is left of this one:
/// for after a failure, which may have damaged it.
#[wasm_bindgen]
pub fn renew() {
    wasm_bindgen::handler::schedule_reinit();
}

/// A panic is a bug of ours: it reaches the page as an exception that says where. So a trap that
/// says nothing is memory that cannot be had, for which there is no panic.
#[cfg(target_arch = "wasm32")]
fn has_property(letter: char, property: &str) -> bool {
    let pattern = format!("^\\p{{{property}}}$");
    js_sys::RegExp::new(&pattern, "u").test(&letter.to_string())
}

fn throw_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
    });
}
