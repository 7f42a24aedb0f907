//! `backflow jvp`, `hvp` and `jacobian`: the modes of differentiation.

use crate::options::{Options, find, shaped, split};
use crate::{Failure, Outcome, json, report};
use backflow_core::diff::Order;
use backflow_core::modes::{Curvature, Forward, Jacobian, Limits, Run, jacobian as matrix};
use backflow_core::shape::Display;
use serde_json::json;
use std::fmt::Write;

/// The output and its tangent.
pub fn jvp(source: &str, options: &Options) -> Result<Outcome, Failure> {
    if options.tangents.is_empty() {
        return Err(Failure::Usage("--tangent NAME=VALUE is missing".into()));
    }
    let (model, arena) = options.run(source)?;
    let mut along = Vec::new();
    for (name, value) in &options.tangents {
        let found = shaped(&model, "--tangent", name, value)?;
        if !found.folded {
            // A later one replaces an earlier one.
            along.retain(|&(node, _)| node != found.node);
            along.push((found.node, &*value.values));
        }
    }
    let output = model.program.output;
    let forward = Forward::new(&model, &arena, &along, &[output])?;
    let shape = model.program.graph.shape(output);
    let value = &arena[model.plan.offset(output)..][..model.elements(output)];
    let tangent = forward.tangent(output);
    Ok(Outcome::of(if options.json {
        let value = json!({
            "value": json::nested(shape, value),
            "tangent": json::nested(shape, tangent),
        });
        format!("{value}\n")
    } else {
        let row = |name: &str, values| {
            [
                name.into(),
                Display(shape).to_string(),
                report::brief(shape, values),
            ]
        };
        let name = model.program.output_name.as_deref().unwrap_or("output");
        let head = ["", "shape", "value"].map(str::to_owned);
        report::columns(&[head, row(name, value), row("tangent", tangent)])
    }))
}

/// The Hessian of the output with respect to a name, times a value.
pub fn hvp(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let (name, value) = split("hvp", &options.arguments[0])?;
    let (model, arena) = options.run(source)?;
    let found = shaped(&model, "hvp", &name, &value)?;
    let shape = model.program.graph.shape(found.node);
    let mut curvature = Curvature::new(&model, &arena, found.node, Order::ForwardOverReverse)?;
    let zeros = vec![0.0; value.values.len()];
    let product = if found.folded {
        &zeros
    } else {
        curvature.times(&value.values)
    };
    Ok(Outcome::of(if options.json {
        format!("{}\n", json!({ "hvp": json::nested(shape, product) }))
    } else {
        let head = ["", "shape", "value"].map(str::to_owned);
        let row = [
            "hvp".into(),
            Display(shape).to_string(),
            report::brief(shape, product),
        ];
        report::columns(&[head, row])
    }))
}

/// The Jacobian of one name with respect to another.
pub fn jacobian(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let (model, arena) = options.run(source)?;
    let [out, x] = [0, 1].map(|i| &*options.arguments[i]);
    let (y, by) = (find(&model, "OUT", out)?, find(&model, "IN", x)?);
    let found = matrix(Run::of(&model, &arena), y.node, by.node, Limits::default());
    let mut found = found?;
    if y.folded || by.folded {
        found.entries.fill(0.0);
    }
    let Jacobian {
        out_shape,
        in_shape,
        entries,
    } = &found;
    let (rows, columns) = (found.rows(), found.columns());
    if options.json {
        let value = json!({
            "out_shape": out_shape,
            "in_shape": in_shape,
            "rows": json::nested(&[rows, columns], entries),
        });
        return Ok(Outcome::of(format!("{value}\n")));
    }
    let (to, from) = (Display(out_shape), Display(in_shape));
    let mut text = String::new();
    let _ = writeln!(
        text,
        "the Jacobian of {out} {to} with respect to {x} {from}"
    );
    let cells: Vec<Vec<String>> = (0..rows)
        .map(|i| {
            entries[i * columns..][..columns]
                .iter()
                .map(|&entry| report::number(entry))
                .collect()
        })
        .collect();
    text.push_str(&report::matrix(&cells));
    Ok(Outcome::of(text))
}
