//! Forward mode, Hessian-vector products and Jacobians from outside, against
//! those of PyTorch: `tests/fixtures/modes.json`.

mod support;

use serde_json::{Value, json};
use support::run;

/// Relative difference allowed.
const TOLERANCE: f64 = 1e-12;

fn fixtures() -> Vec<Value> {
    let text = include_str!("../../../tests/fixtures/modes.json");
    let mut file: Value = serde_json::from_str(text).expect("the fixtures are JSON");
    let Value::Array(list) = file["fixtures"].take() else {
        panic!("the fixtures are a list")
    };
    list
}

/// The command's answer to a program, or the first line of what went wrong.
fn answer(arguments: &[String], source: &str) -> Result<Value, String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments, source.as_bytes());
    if output.status.code() != Some(0) {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(errors.lines().next().unwrap_or("no message").into());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").into()
}

/// `NAME=VALUE` for every entry, each after an option's name.
fn assignments<'a>(option: &'a str, values: &'a Value) -> impl Iterator<Item = String> + 'a {
    let values = values.as_object().expect("values by their names");
    let pairs = values
        .iter()
        .map(|(name, value)| format!("{name}={}", text(value)));
    pairs.flat_map(move |pair| [option.to_owned(), pair])
}

/// The arguments that ask for what a fixture is about, and the answer expected.
fn asked(fixture: &Value) -> (Vec<String>, Value) {
    let kind = text(&fixture["kind"]);
    let mut arguments = vec![kind.clone(), "-".into()];
    let expected = match kind.as_str() {
        "jvp" => {
            arguments.extend(assignments("--tangent", &fixture["tangent"]));
            json!({"value": fixture["value"], "tangent": fixture["tangent_out"]})
        }
        "hvp" => {
            let (name, vector) = (text(&fixture["input"]), text(&fixture["v"]));
            arguments.push(format!("{name}={vector}"));
            json!({"hvp": fixture["hvp"]})
        }
        _ => {
            arguments.extend([text(&fixture["out"]), text(&fixture["in"])]);
            let (out, within) = (&fixture["out_shape"], &fixture["in_shape"]);
            json!({"out_shape": out, "in_shape": within, "rows": fixture["rows"]})
        }
    };
    arguments.extend(assignments("--set", &fixture["set"]));
    arguments.push("--json".into());
    (arguments, expected)
}

/// Whether two values of JSON are the same but for the last digits of numbers.
fn close(got: &Value, expected: &Value) -> bool {
    match (got, expected) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| close(a, b)))
        }
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            // Below the least normal number there are not so many digits.
            (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * b.abs() + f64::MIN_POSITIVE,
            _ => false,
        },
        _ => got == expected,
    }
}

/// What is wrong with the answers of one kind.
fn differences(kind: &str, least: usize) -> Vec<String> {
    let mut fixtures = fixtures();
    fixtures.retain(|fixture| fixture["kind"] == kind);
    assert!(fixtures.len() >= least, "only {} of {kind}", fixtures.len());
    let mut wrong = Vec::new();
    for fixture in &fixtures {
        let (arguments, expected) = asked(fixture);
        let told = match answer(&arguments, &text(&fixture["program"])) {
            Err(message) => message,
            Ok(got) if close(&got, &expected) => continue,
            Ok(got) => format!("{got}, but PyTorch has {expected}"),
        };
        let name = text(&fixture["name"]);
        wrong.push(format!("{name}: {}: {told}", arguments.join(" ")));
    }
    wrong
}

#[test]
fn tangents_are_pytorchs() {
    let wrong = differences("jvp", 30);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hessian_vector_products_are_pytorchs() {
    let wrong = differences("hvp", 30);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn jacobians_are_pytorchs() {
    let wrong = differences("jacobian", 60);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_entry_is_noticed() {
    let rows = json!({"rows": [[1.0, 0.0], [3.0, "inf"]]});
    assert!(close(
        &json!({"rows": [[1.0 + 1e-13, 0.0], [3.0, "inf"]]}),
        &rows
    ));
    for other in [
        json!({"rows": [[1.0 + 1e-11, 0.0], [3.0, "inf"]]}),
        json!({"rows": [[1.0, 1e-300], [3.0, "inf"]]}),
        json!({"rows": [[1.0, 0.0], [3.0, "-inf"]]}),
        json!({"rows": [[1.0, 0.0], [3.0]]}),
        json!({}),
    ] {
        assert!(!close(&other, &rows), "{other}");
    }
}
