//! The programs of the menu, as the page computes and draws them, against what PyTorch computes.

use backflow::{Outcome, browser::Browser};
use serde_json::{Value, json};

/// What PyTorch computes, an entry for each example.
const FIXTURES: &str = include_str!("../fixtures/examples.json");

/// The relative difference that is allowed.
const TOLERANCE: f64 = 1e-12;

/// The numbers of nested arrays, in order.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        number => vec![number.as_f64().unwrap_or(f64::NAN)],
    }
}

fn close(got: &Value, expected: &Value) -> bool {
    let (got, expected) = (flat(got), flat(expected));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= TOLERANCE * b.abs();
    got.len() == expected.len() && got.iter().zip(&expected).all(near)
}

pub async fn every_example_is_drawn_and_computes_what_pytorch_does(browser: &Browser) -> Outcome {
    let file: Value = serde_json::from_str(FIXTURES)?;
    let fixtures = file["fixtures"].as_array().ok_or("no fixtures")?;
    let page = browser.open("/").await?;
    let titles = page.texts("optgroup option").await?;
    let known: Vec<&str> = fixtures.iter().filter_map(|f| f["name"].as_str()).collect();
    assert_eq!(titles, known, "make.py renews the fixtures");
    for (title, fixture) in titles.iter().zip(fixtures) {
        page.choose(title).await?;
        let picture = page.picture().await?;
        let program = fixture["source"].as_str().unwrap_or_default();
        assert_eq!(picture.program().trim_end(), program.trim_end(), "{title}");
        let mistakes = picture.diagnostics();
        assert!(mistakes.is_empty(), "{title}: {mistakes:?}");
        let drawn = picture.is_drawn();
        drawn.map_err(|error| format!("{title}: {error}"))?;
        let chosen = page.run(
            "return root.querySelector('select').selectedOptions[0].textContent",
            &[],
        );
        assert_eq!(chosen.await?, json!(title));
        let names = fixture["names"].as_object().ok_or("no names")?;
        for (name, expected) in names {
            // A loop's variable stands in no gate.
            if expected["kind"] == "constant" && picture.node(name).is_err() {
                continue;
            }
            let node = picture.node(name)?;
            assert_eq!(node["shape"], expected["shape"], "{title}: {name}");
            for (ours, theirs) in [("value", "value"), ("gradient", "grad")] {
                let (got, expected) = (&node[ours], &expected[theirs]);
                let said = format!("{title}: {ours} of {name}: {got}, by PyTorch {expected}");
                assert!(close(got, expected), "{said}");
            }
        }
    }
    Ok(())
}
