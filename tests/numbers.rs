//! Numbers and names as a reader sees them, by the cases that the page's modules
//! are held to as well.

use backflow_core::number::{brief, exact, split_name};
use serde_json::Value;

fn cases(kind: &str) -> Vec<[String; 3]> {
    let all: Value = serde_json::from_str(include_str!("fixtures/numbers.json")).expect("JSON");
    let rows = all[kind].as_array().expect("a list").iter();
    let rows: Vec<[String; 3]> = rows
        .map(|row| [0, 1, 2].map(|at| row[at].as_str().expect("a text").to_owned()))
        .collect();
    assert!(rows.len() > 10);
    rows
}

#[test]
fn numbers_are_written_as_the_page_writes_them() {
    for [number, short, all] in cases("numbers") {
        let value: f64 = number.parse().expect("a number");
        assert_eq!(brief(value), short, "{number}");
        assert_eq!(exact(value), all, "{number}");
    }
}

#[test]
fn names_are_split_as_the_page_splits_them() {
    for [name, base, subscript] in cases("names") {
        assert_eq!(split_name(&name), (&*base, &*subscript), "{name}");
    }
}
