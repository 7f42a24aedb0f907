//! The `backflow` command: what a program computes, and its gradients, in the terminal.

mod eval;
mod json;
mod report;

use backflow_core::source::position;
use lexopt::prelude::*;
use std::io::{Read, Write};
use std::process::ExitCode;

const USAGE: &str = "\
backflow: values and gradients of a program

usage:
  backflow eval FILE [--set NAME=VALUE]... [--upstream VALUE] [--json]

  FILE           the program; '-' is standard input
  --set          the value of an input, as the program would write it: 3 or [1, 2]
  --upstream     the gradient that arrives at the output: 1, or ones of its shape, if left out
  --json         one JSON object instead of a table

exit status: 0; 1 for an error in the program; 2 for wrong usage
";

/// Why there is no result.
enum Failure {
    /// The program is wrong: what to print about it.
    Program(String),
    /// The command was used wrongly.
    Usage(String),
}

fn main() -> ExitCode {
    match run() {
        Ok(text) => print(&text),
        Err(Failure::Program(text)) => {
            eprint!("{text}");
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            eprintln!("backflow: {text}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Writes the result; a reader that has gone is no error of ours.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("backflow: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

fn run() -> Result<String, Failure> {
    let mut arguments = lexopt::Parser::from_env();
    match arguments.next()? {
        Some(Value(command)) if command == "eval" => {
            let options = eval::Options::read(&mut arguments)?;
            let source = read(&options.file)?;
            eval::eval(&source, &options)
        }
        Some(Value(command)) => {
            let name = command.to_string_lossy();
            Err(Failure::Usage(format!("there is no command '{name}'")))
        }
        Some(Long("help") | Short('h')) => Ok(USAGE.into()),
        Some(Long("version") | Short('V')) => {
            Ok(format!("backflow {}\n", env!("CARGO_PKG_VERSION")))
        }
        Some(other) => Err(other.unexpected().into()),
        None => Err(Failure::Usage("a command is missing".into())),
    }
}

/// Reads the program, which may be any bytes.
fn read(file: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let result = if file == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    result.map_err(|error| Failure::Usage(format!("cannot read {file}: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        let place = position(&before, at as u32);
        let (line, column) = (place.line, place.column);
        Failure::Program(format!(
            "{file}:{line}:{column}: error: this byte is not UTF-8 text\n"
        ))
    })
}
