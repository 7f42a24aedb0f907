//! Runs the PyTorch and JAX code of every program under an interpreter that has
//! them, and writes what came of it to `docs/code.md`.
//!
//!     cargo run --package backflow-cli --example code-peers -- PYTHON
//!
//! `cargo xtask code-peers` provides the interpreter.

#[path = "../tests/support/programs.rs"]
mod programs;

use backflow_core::codegen::Style;
use programs::{Program, examples, execute, fixtures, random};
use std::fmt::Write;
use std::process::{Command, ExitCode};

/// What is run.
const STYLES: [Style; 6] = [
    Style::Flat,
    Style::Modular,
    Style::NumPy,
    Style::Torch,
    Style::AutogradFunction,
    Style::Jax,
];

/// The versions of what runs it.
const VERSIONS: &str = "import platform, numpy, torch, jax\n\
    print('Python', platform.python_version(), '· NumPy', numpy.__version__, \
    '· PyTorch', torch.__version__.split('+')[0], '· JAX', jax.__version__)";

fn main() -> ExitCode {
    let Some(python) = std::env::args().nth(1) else {
        eprintln!("usage: code-peers PYTHON");
        return ExitCode::from(2);
    };
    let output = Command::new(&python).args(["-c", VERSIONS]).output();
    let versions = match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => {
            eprintln!("{python} has not NumPy, PyTorch and JAX");
            return ExitCode::FAILURE;
        }
    };
    let sets = [
        ("menu", examples()),
        ("fixtures", fixtures()),
        ("random", random()),
    ];
    let mut table = String::new();
    let mut told = String::new();
    for style in STYLES {
        let _ = write!(table, "| {} |", style.name());
        for (set, programs) in &sets {
            let texts: Vec<(String, String)> = programs
                .iter()
                .filter_map(|program: &Program| Some((program.name.clone(), program.text(style)?)))
                .collect();
            let wrong = execute(&python, &texts);
            println!(
                "{} {set}: {} of {} run",
                style.name(),
                texts.len() - wrong.len(),
                texts.len()
            );
            let _ = write!(table, " {} of {} |", texts.len() - wrong.len(), texts.len());
            for (name, what) in wrong {
                println!("  {name}: {what}");
                let what = what.replace('|', "\\|");
                let _ = writeln!(told, "- {}, {name}: `{what}`", style.name());
            }
        }
        table.push('\n');
    }
    if told.is_empty() {
        told.push_str("None.\n");
    }
    let text = format!(
        "# Code under Python\n\n\
         `cargo xtask code-peers` runs what `backflow code` writes, with its asserts, and writes this file: \
         the programs of the page's menu, those of `tests/fixtures/programs/`, and random ones over every \
         function. `cargo xtask test rust` requires the first three styles each time.\n\n\
         {versions}\n\n\
         | style | menu | fixtures | random |\n|---|---|---|---|\n{table}\n\
         `autograd-function` makes a function of the first composite that is used, else of the first gate; \
         programs without a gate have no such text.\n\n\
         ## What differs\n\n\
         PyTorch refuses `bce_loss` of what does not lie between 0 and 1, and keeps the least denominator of its \
         gradient, 1e-12, in single precision; JAX's text has no gradient there at all. JAX has other conventions \
         for powers of 0 and to the 0, and where what is no number or infinite meets another.\n\n{told}"
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/code.md");
    if let Err(error) = std::fs::write(path, text) {
        eprintln!("cannot write {path}: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
