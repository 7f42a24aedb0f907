//! Programs of every kind, as code, and that code run by an interpreter.

#[path = "../../../../fuzz/src/lib.rs"]
#[allow(dead_code, reason = "its programs are what is wanted of it")]
mod fuzz;

use backflow_core::codegen::{Asked, Style, code};
use backflow_core::lower::parse_value;
use backflow_core::model::{Model, Overrides};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program with what is given for it.
pub struct Program {
    pub name: String,
    pub source: String,
    pub set: Overrides,
    pub upstream: Option<Vec<f64>>,
}

impl Program {
    pub fn new(name: &str, source: &str) -> Self {
        Self {
            name: name.to_owned(),
            source: source.to_owned(),
            set: Overrides::default(),
            upstream: None,
        }
    }

    /// Its text; none where it is no program, or too large.
    pub fn text(&self, style: Style) -> Option<String> {
        let model = Model::new(&self.source, &self.set).ok()?;
        let mut arena = model.arena();
        if let Some(upstream) = &self.upstream {
            arena[model.upstream()..][..upstream.len()].copy_from_slice(upstream);
        }
        model.plan.run(&mut arena);
        let asked = Asked {
            model: &model,
            arena: &arena,
            scene: None,
            composite: None,
        };
        Some(code(asked, style).ok()?.text)
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The programs of the fixtures.
pub fn fixtures() -> Vec<Program> {
    let file: Value = serde_json::from_str(&read("tests/fixtures/pytorch.json")).expect("JSON");
    let list = file["fixtures"].as_array().expect("a list");
    let value = |text: &Value| parse_value(text.as_str().expect("a text")).expect("a value");
    let programs = list.iter().map(|fixture| Program {
        name: fixture["name"].as_str().expect("a name").to_owned(),
        source: fixture["source"].as_str().expect("a source").to_owned(),
        set: fixture["set"]
            .as_object()
            .expect("values")
            .iter()
            .map(|(name, text)| (name.clone(), value(text)))
            .collect(),
        upstream: fixture["upstream"]
            .is_string()
            .then(|| value(&fixture["upstream"]).values),
    });
    programs.collect()
}

/// The programs of the page's menu.
pub fn examples() -> Vec<Program> {
    let text = read("web/examples.js");
    let mut found = Vec::new();
    for entry in text.split("title: \"").skip(1) {
        let (title, rest) = entry.split_once('"').expect("a title");
        let (_, rest) = rest.split_once("program: `").expect("a program");
        let (source, rest) = rest.split_once('`').expect("its end");
        let mut program = Program::new(title, source);
        if let Some(list) = rest
            .trim_start_matches([',', '\n', ' '])
            .strip_prefix("upstream: [")
        {
            let (numbers, _) = list.split_once(']').expect("its end");
            let numbers = numbers
                .split(',')
                .map(|x| x.trim().parse().expect("a number"));
            program.upstream = Some(numbers.collect());
        }
        found.push(program);
    }
    assert!(found.len() >= 14, "only {} examples", found.len());
    found
}

/// Programs composed over every function, without the lines that are wrong: as many as
/// `BACKFLOW_PROGRAMS` says, else 300.
pub fn random() -> Vec<Program> {
    let count = std::env::var("BACKFLOW_PROGRAMS").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(300);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    };
    let programs = (0..count).map(|at| {
        let bytes: Vec<u8> = (0..120).map(|_| byte()).collect();
        // Numbers at the end of their range are the fixtures' matter: beside them
        // the order of a sum decides.
        let source = fuzz::program(&bytes)
            .replace("1e999", "0.25")
            .replace("-1000", "-1.5")
            .replace("1e308, -1e308, 1e-320", "0.5, -0.75, 1.25");
        Program::new(&format!("random {at}"), &fuzz::without_mistakes(source))
    });
    programs.collect()
}

/// Runs texts; what goes wrong, with the names of the texts.
///
/// # Panics
/// Where the interpreter itself fails.
pub fn execute(python: &str, texts: &[(String, String)]) -> Vec<(String, String)> {
    read_by(python, texts, &[])
}

/// The texts that use a name which they do not define, with their names and it.
///
/// # Panics
/// Where the interpreter itself fails, or a text is no Python.
#[allow(dead_code, reason = "not every user runs what it cannot run")]
pub fn undefined(python: &str, texts: &[(String, String)]) -> Vec<(String, String)> {
    read_by(python, texts, &["--names"])
}

fn read_by(python: &str, texts: &[(String, String)], how: &[&str]) -> Vec<(String, String)> {
    let mut child = Command::new(python)
        .arg(root().join("tests/fixtures/execute.py"))
        .args(how)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{python} does not start: {error}"));
    let input = serde_json::to_string(texts).expect("JSON");
    let mut stdin = child.stdin.take().expect("an input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{python} failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
