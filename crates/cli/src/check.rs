//! `backflow check`: every input's gradient beside a central difference.

use crate::options::Options;
use crate::{Failure, Outcome, json, report};
use backflow_core::model::Model;
use backflow_core::modes::check::{Checked, Element, TOLERANCE, Verdict, check as compare};
use backflow_core::shape::Display;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write;

/// Most elements that the table tells something of besides its rows.
const NOTES: usize = 20;

/// Compares, and fails where a gradient differs.
pub fn check(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let (model, arena) = options.run(source)?;
    let checked = compare(&model, &arena);
    let agrees = checked.iter().all(Checked::agrees);
    let text = if options.json {
        format!("{}\n", as_json(&model, &arena, &checked, agrees))
    } else {
        table(&model, &arena, &checked)
    };
    Ok(Outcome { text, agrees })
}

fn gradient<'a>(model: &Model, arena: &'a [f64], input: &Checked) -> &'a [f64] {
    &arena[model.gradient_of(input.node)..][..model.elements(input.node)]
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "differs",
        Verdict::Kink => "kink",
        Verdict::Jump => "jump",
        Verdict::NotFinite => "not finite",
        Verdict::Uncertain => "uncertain",
    }
}

/// The place of an element along each axis.
fn place(shape: &[usize], index: usize) -> Vec<usize> {
    let behind = |axis: usize| shape[axis + 1..].iter().product::<usize>();
    (0..shape.len())
        .map(|axis| index / behind(axis) % shape[axis])
        .collect()
}

fn as_json(model: &Model, arena: &[f64], checked: &[Checked], agrees: bool) -> Json {
    let inputs = checked.iter().map(|input| {
        let shape = model.program.graph.shape(input.node);
        let mut differences = vec![Json::Null; model.elements(input.node)];
        for element in &input.elements {
            differences[element.index] = json::number(element.difference);
        }
        let remarkable = input
            .elements
            .iter()
            .filter(|e| e.verdict != Verdict::Agrees);
        let notes = remarkable.map(|element| {
            json!({
                "index": place(shape, element.index),
                "verdict": word(element.verdict),
                "grad": json::number(element.gradient),
                "difference": json::number(element.difference),
                "left": json::number(element.slopes[0]),
                "right": json::number(element.slopes[1]),
                "other_upstream": element.other_upstream,
            })
        });
        let entry = json!({
            "shape": shape,
            "grad": json::nested(shape, gradient(model, arena, input)),
            "difference": json::nest(shape, differences),
            "agrees": input.agrees(),
            "checked": input.elements.len(),
            "notes": notes.collect::<Vec<_>>(),
        });
        (input.name.clone(), entry)
    });
    json!({
        "agrees": agrees,
        "tolerance": TOLERANCE,
        "inputs": inputs.collect::<Map<String, Json>>(),
    })
}

fn table(model: &Model, arena: &[f64], checked: &[Checked]) -> String {
    let head = ["input", "shape", "gradient", "difference", ""];
    let mut rows = vec![head.map(str::to_owned)];
    let mut notes = String::new();
    let mut told = 0;
    for input in checked {
        let shape = model.program.graph.shape(input.node);
        let gradient = gradient(model, arena, input);
        let whole = input.elements.len() == gradient.len();
        let differences: Vec<f64> = input.elements.iter().map(|e| e.difference).collect();
        let remarkable = input
            .elements
            .iter()
            .filter(|e| e.verdict != Verdict::Agrees);
        let remarkable: Vec<&Element> = remarkable.collect();
        rows.push([
            input.name.clone(),
            Display(shape).to_string(),
            report::brief(shape, gradient),
            if whole {
                report::brief(shape, &differences)
            } else {
                format!("of {} of {} elements", differences.len(), gradient.len())
            },
            if input.agrees() { "agrees" } else { "differs" }.to_owned(),
        ]);
        for element in &remarkable {
            told += 1;
            if told <= NOTES {
                let index = place(shape, element.index);
                let _ = writeln!(notes, "{}", note(&input.name, &index, element));
            }
        }
    }
    if told > NOTES {
        let _ = writeln!(notes, "and {} more", told - NOTES);
    }
    let mut text = report::columns(&rows);
    text.push_str(&notes);
    let count: usize = checked.iter().map(|input| input.elements.len()).sum();
    let wrong = checked.iter().flat_map(|input| &input.elements);
    let wrong = wrong.filter(|e| e.verdict == Verdict::Differs).count();
    let _ = writeln!(
        text,
        "tolerance {TOLERANCE:e} relative: {wrong} of {count} elements differ"
    );
    text
}

fn note(name: &str, index: &[usize], element: &Element) -> String {
    let place = if index.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{index:?}")
    };
    let Element {
        gradient,
        difference,
        slopes: [left, right],
        ..
    } = element;
    match element.verdict {
        Verdict::Agrees => format!("{place} agrees"),
        Verdict::Differs if element.other_upstream => {
            format!("{place} differs for another upstream gradient: {gradient}, not {difference}")
        }
        Verdict::Differs => format!("{place} differs: {gradient}, not {difference}"),
        Verdict::Kink => format!(
            "{place} is at a kink: the gradient is {gradient}, the slopes are {left} to the left and {right} to the right"
        ),
        Verdict::Jump => format!(
            "{place} is at a jump: there is no slope, and the gradient is {gradient} by convention"
        ),
        Verdict::NotFinite => {
            format!("{place}: the gradient, the output or the output beside it is not finite")
        }
        Verdict::Uncertain => {
            format!("{place} cannot be decided by differences: rounding or waves hide the slope")
        }
    }
}
