//! `backflow eval`: every name's shape, value and gradient.

use crate::Failure;
use crate::json;
use crate::report;
use backflow_core::graph::NodeId;
use backflow_core::lower::program::Name;
use backflow_core::lower::{Tensor, parse_value};
use backflow_core::model::{Model, Overrides};
use backflow_core::op::Op;
use backflow_core::shape::Display;
use lexopt::prelude::*;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// What the command line says.
pub struct Options {
    /// The program's file.
    pub file: String,
    set: Overrides,
    upstream: Option<Tensor>,
    json: bool,
}

impl Options {
    /// Reads the rest of the command line.
    pub fn read(arguments: &mut lexopt::Parser) -> Result<Self, Failure> {
        let (mut file, mut set, mut upstream, mut json) = (None, Overrides::default(), None, false);
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("set") => {
                    let text = arguments.value().and_then(ValueExt::string)?;
                    let Some((name, value)) = text.split_once('=') else {
                        return Err(Failure::Usage(format!(
                            "--set takes NAME=VALUE, not '{text}'"
                        )));
                    };
                    let value = parse_value(value)
                        .map_err(|error| Failure::Usage(format!("--set {name}: {error}")))?;
                    set.insert(name.trim().to_owned(), value);
                }
                Long("upstream") => {
                    let text = arguments.value().and_then(ValueExt::string)?;
                    let value = parse_value(&text)
                        .map_err(|error| Failure::Usage(format!("--upstream: {error}")))?;
                    upstream = Some(value);
                }
                Long("json") => json = true,
                Value(value) if file.is_none() => file = Some(value.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        let file = file.ok_or_else(|| Failure::Usage("the program's FILE is missing".into()))?;
        Ok(Self {
            file,
            set,
            upstream,
            json,
        })
    }
}

/// Runs a program and prints what it gave.
pub fn eval(source: &str, options: &Options) -> Result<String, Failure> {
    let model = Model::new(source, &options.set)
        .map_err(|errors| Failure::Program(report::report(&options.file, source, &errors)))?;
    let mut unknown = options.set.names().filter(|name| {
        !model
            .program
            .inputs
            .iter()
            .any(|input| input.name == **name)
    });
    if let Some(name) = unknown.next() {
        return Err(Failure::Usage(format!(
            "--set {name}: the program has no input '{name}'"
        )));
    }
    let mut arena = model.arena();
    if let Some(upstream) = &options.upstream {
        seed(&model, &mut arena, upstream)?;
    }
    model.plan.run(&mut arena);
    let results = Results {
        model: &model,
        arena: &arena,
    };
    Ok(if options.json {
        format!("{}\n", results.json())
    } else {
        results.table()
    })
}

fn seed(model: &Model, arena: &mut [f64], upstream: &Tensor) -> Result<(), Failure> {
    let shape = model.program.graph.shape(model.program.output);
    if shape != upstream.shape {
        let (want, got) = (Display(shape), Display(&upstream.shape));
        let text = format!("--upstream has shape {got}, but the output has shape {want}");
        return Err(Failure::Usage(text));
    }
    let start = model.upstream();
    arena[start..start + upstream.values.len()].copy_from_slice(&upstream.values);
    Ok(())
}

struct Results<'a> {
    model: &'a Model,
    arena: &'a [f64],
}

impl Results<'_> {
    fn shape(&self, node: NodeId) -> &[usize] {
        self.model.program.graph.shape(node)
    }

    fn run(&self, offset: usize, node: NodeId) -> &[f64] {
        &self.arena[offset..offset + self.model.elements(node)]
    }

    fn value(&self, node: NodeId) -> &[f64] {
        self.run(self.model.plan.offset(node), node)
    }

    fn gradient(&self, name: &Name) -> &[f64] {
        let offset = if name.folded {
            self.model.plan.zeros()
        } else {
            self.model.gradient_of(name.node)
        };
        self.run(offset, name.node)
    }

    fn kind(&self, node: NodeId) -> &'static str {
        match self.model.program.graph.node(node).op {
            Op::Input(_) => "input",
            Op::Constant(_) => "constant",
            _ => "gate",
        }
    }

    fn json(&self) -> Json {
        let program = &self.model.program;
        let names = program.names.iter().map(|name| {
            let shape = self.shape(name.node);
            let entry = json!({
                "kind": self.kind(name.node),
                "shape": shape,
                "value": json::nested(shape, self.value(name.node)),
                "grad": json::nested(shape, self.gradient(name)),
            });
            (name.name.clone(), entry)
        });
        json!({
            "output": program.output_name,
            "value": json::nested(self.shape(program.output), self.value(program.output)),
            "names": names.collect::<Map<String, Json>>(),
        })
    }

    fn table(&self) -> String {
        let program = &self.model.program;
        let mut rows = vec![["name", "kind", "shape", "value", "gradient"].map(str::to_owned)];
        rows.extend(program.names.iter().map(|name| {
            let shape = self.shape(name.node);
            [
                name.name.clone(),
                self.kind(name.node).to_owned(),
                Display(shape).to_string(),
                report::brief(shape, self.value(name.node)),
                report::brief(shape, self.gradient(name)),
            ]
        }));
        let mut text = report::columns(&rows);
        if program.output_name.is_none() {
            let shape = self.shape(program.output);
            let value = report::brief(shape, self.value(program.output));
            let _ = writeln!(text, "the output is {value}");
        }
        text
    }
}
