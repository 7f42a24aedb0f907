//! `backflow eval`: every name's shape, value and gradient.

use crate::options::Options;
use crate::{Failure, Outcome, json, report};
use backflow_core::graph::NodeId;
use backflow_core::lower::program::Name;
use backflow_core::model::Model;
use backflow_core::op::Op;
use backflow_core::shape::Display;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// Runs a program and tells what it gave.
pub fn eval(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let (model, arena) = options.run(source)?;
    let results = Results {
        model: &model,
        arena: &arena,
    };
    Ok(Outcome::of(if options.json {
        format!("{}\n", results.json())
    } else {
        results.table()
    }))
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
