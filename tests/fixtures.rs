//! Values and gradients of every name against those of PyTorch, for the programs
//! of `fixtures/programs/` and those of the page's menu.

use backflow_core::lower::parse_value;
use backflow_core::model::{Model, Overrides};
use backflow_core::op::Op;
use serde_json::Value;

/// Relative difference allowed where a program does not say and explain its own.
/// Both sides compute in double precision, in different orders and with
/// different libraries' elementary functions.
const TOLERANCE: f64 = 1e-12;

const PROGRAMS: &str = include_str!("fixtures/pytorch.json");
const EXAMPLES: &str = include_str!("fixtures/examples.json");

fn fixtures(text: &str) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(text).expect("the fixtures are JSON");
    let Value::Array(list) = file["fixtures"].take() else {
        panic!("the fixtures are a list")
    };
    list
}

/// The numbers of nested arrays, in order; the strings are those of what is not finite.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        Value::String(text) => vec![text.parse().expect("inf, -inf or nan")],
        number => vec![number.as_f64().expect("a number")],
    }
}

/// What is wrong with some numbers, if something is.
fn difference(got: &[f64], expected: &[f64], tolerance: f64) -> Option<String> {
    let close = |(&a, &b): (&f64, &f64)| {
        // Below the least normal number there are not so many digits.
        let allowed = tolerance * b.abs() + f64::MIN_POSITIVE;
        a == b || (a.is_nan() && b.is_nan()) || (b.is_finite() && (a - b).abs() <= allowed)
    };
    let same = got.len() == expected.len() && got.iter().zip(expected).all(close);
    (!same).then(|| format!("{got:?}, but PyTorch has {expected:?}"))
}

/// Everything in which a program's model is unlike its fixture.
fn differences(fixture: &Value) -> Vec<String> {
    let source = fixture["source"].as_str().expect("a source");
    let tolerance = fixture["rtol"].as_f64().unwrap_or(TOLERANCE);
    let set = fixture["set"].as_object().expect("values to set");
    let read = |text: &Value| parse_value(text.as_str().unwrap_or_default()).expect("a value");
    let overrides: Overrides = set
        .iter()
        .map(|(name, text)| (name.clone(), read(text)))
        .collect();
    let model = match Model::new(source, &overrides) {
        Ok(model) => model,
        Err(diagnostics) => return vec![format!("{diagnostics:?}")],
    };
    let program = &model.program;
    let mut arena = model.arena();
    if fixture["upstream"].is_string() {
        let upstream = read(&fixture["upstream"]);
        assert_eq!(program.graph.shape(program.output), upstream.shape);
        arena[model.upstream()..][..upstream.values.len()].copy_from_slice(&upstream.values);
    }
    model.plan.run(&mut arena);

    let mut wrong = Vec::new();
    if program.output_name.as_deref() != fixture["output"].as_str() {
        wrong.push(format!("the output is {:?}", program.output_name));
    }
    let value = &arena[model.plan.offset(program.output)..][..model.elements(program.output)];
    let told = difference(value, &flat(&fixture["value"]), tolerance);
    wrong.extend(told.map(|text| format!("the output is {text}")));
    let names = fixture["names"].as_object().expect("names");
    if names.len() != program.names.len() {
        wrong.push(format!(
            "{} names instead of {}",
            program.names.len(),
            names.len()
        ));
    }
    for name in &program.names {
        let (node, text) = (name.node, &name.name);
        let Some(expected) = names.get(text) else {
            wrong.push(format!("{text} is not PyTorch's"));
            continue;
        };
        let kind = match program.graph.node(node).op {
            Op::Input(_) => "input",
            Op::Constant(_) => "constant",
            _ => "gate",
        };
        if expected["kind"] != kind {
            wrong.push(format!("{text} is {kind}"));
        }
        let shape = program.graph.shape(node);
        if expected["shape"] != Value::from(shape) {
            wrong.push(format!("{text} has shape {shape:?}"));
        }
        // No path leads from a number that is known before anything runs.
        let gradient = if name.folded {
            model.plan.zeros()
        } else {
            model.gradient_of(node)
        };
        let places = [("value", model.plan.offset(node)), ("grad", gradient)];
        for (what, offset) in places {
            let got = &arena[offset..][..model.elements(node)];
            let told = difference(got, &flat(&expected[what]), tolerance);
            wrong.extend(told.map(|told| format!("{what} of {text} is {told}")));
        }
    }
    wrong
}

#[test]
fn values_and_gradients_are_pytorchs() {
    let fixtures = fixtures(PROGRAMS);
    assert!(fixtures.len() >= 600, "only {} programs", fixtures.len());
    hold(&fixtures);
}

#[test]
fn values_and_gradients_of_the_menus_programs_are_pytorchs() {
    hold(&fixtures(EXAMPLES));
}

/// PyTorch is asked about every function of the prelude.
#[test]
fn every_function_of_the_prelude_is_asked_about() {
    let fixtures = fixtures(PROGRAMS);
    let sources: Vec<&str> = fixtures
        .iter()
        .filter_map(|it| it["source"].as_str())
        .collect();
    let prelude = include_str!("../crates/core/src/syntax/prelude.py");
    let names = prelude.lines().filter_map(|line| line.strip_prefix("def "));
    let names: Vec<&str> = names.filter_map(|line| line.split('(').next()).collect();
    assert!(names.len() > 15, "only {names:?}");
    for name in names {
        let call = format!("{name}(");
        assert!(
            sources.iter().any(|source| source.contains(&call)),
            "no program of tests/fixtures/programs calls '{name}'"
        );
    }
}

fn hold(fixtures: &[Value]) {
    let mut report = Vec::new();
    for fixture in fixtures {
        for wrong in differences(fixture) {
            report.push(format!("{}: {wrong}", fixture["name"]));
        }
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
}

#[test]
fn a_wrong_gradient_is_noticed() {
    let mut fixture = fixtures(PROGRAMS).swap_remove(0);
    assert_eq!(differences(&fixture), Vec::<String>::new());
    fixture["names"]["x"]["grad"] = (-4.0 * (1.0 + 1e-11)).into();
    assert_eq!(differences(&fixture).len(), 1);
    fixture["names"]["x"]["grad"] = "inf".into();
    assert_eq!(differences(&fixture).len(), 1);
}
