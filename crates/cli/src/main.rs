//! The `backflow` command: what a program computes, and its gradients, in the terminal.

#![cfg_attr(
    not(test),
    deny(clippy::string_slice, reason = "it panics within a letter")
)]

mod check;
mod code;
mod eval;
mod figure;
mod json;
mod modes;
mod options;
mod report;
mod time;

use backflow_core::modes::TooLarge;
use backflow_core::source::position;
use lexopt::prelude::*;
use options::{Asked, Options, Takes};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::ExitCode;

/// A command: its name, what it takes, and what it does.
struct Command {
    name: &'static str,
    arguments: &'static [&'static str],
    /// What stands behind its name and FILE.
    usage: &'static str,
    help: &'static str,
    run: fn(&str, &Options) -> Result<Outcome, Failure>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "eval",
        arguments: &[],
        usage: "",
        help: "every name's shape, value and gradient",
        run: eval::eval,
    },
    Command {
        name: "jvp",
        arguments: &[],
        usage: " --tangent NAME=VALUE...",
        help: "forward mode: the output's tangent from tangents of names; others have none",
        run: modes::jvp,
    },
    Command {
        name: "hvp",
        arguments: &["NAME=VALUE"],
        usage: " NAME=VALUE",
        help: "the Hessian of the output with respect to NAME, times VALUE",
        run: modes::hvp,
    },
    Command {
        name: "jacobian",
        arguments: &["OUT", "IN"],
        usage: " OUT IN",
        help: "the Jacobian of the name OUT with respect to the name IN: one row per element of OUT",
        run: modes::jacobian,
    },
    Command {
        name: "check",
        arguments: &[],
        usage: "",
        help: "every input's gradient beside a central difference",
        run: check::check,
    },
    Command {
        name: "figure",
        arguments: &[],
        usage: " [--out FILE.svg] [--theme THEME] [--step N] [--open KEY]... [--close KEY]... [--fold KEY]... [--copies] [--derivative] [--mode MODE] [--tangent NAME=VALUE]...",
        help: "the graph with its values and gradients as an SVG picture",
        run: figure::figure,
    },
    Command {
        name: "code",
        arguments: &[],
        usage: " --style STYLE [--composite NAME] [--notebook]",
        help: "Python that computes the same value and gradients, and asserts them; or LaTeX",
        run: code::code,
    },
    Command {
        name: "time",
        arguments: &[],
        usage: "",
        help: "gates, derivative nodes, bytes, and nanoseconds to compile and to run",
        run: time::time,
    },
];

const OPTIONS: &str = "  FILE           the program; '-' is standard input
  NAME, OUT, IN  a name of the program: its last binding; f#1 is the first one of f, f#2 the second
  VALUE          a number or a nested list, as the program would write it: 3 or [1, 2]
  --set NAME=VALUE
                 the value of an input
  --upstream VALUE
                 the gradient that arrives at the output: 1, or ones of its shape, if left
                 out; tangents and Jacobians do not depend on it
  --out FILE.svg where the picture is written, instead of the standard output
  --theme THEME  light or dark
  --step N       the picture after step N: 0 has the inputs, then a gate each, forward and back
  --open KEY, --close KEY
                 a composite gate, a call or a turn of a loop, drawn open or as one gate;
                 its key is its name (s), the call's (f/neuron) or the turn's (i=0)
  --fold KEY     the gates of a sigmoid as one gate: the key of the last of them
  --copies       copy gates at every fan-out
  --style STYLE  flat: a line forward and a line backward for each gate; modular: a graph of
                 gates, each kind a class; torch: PyTorch; autograd-function: PyTorch with a
                 function of its own for one kind of gate; numpy: a function forward and one
                 backward; jax: grad or vjp, and jvp; latex: the derivation
  --composite NAME
                 the gate that autograd-function makes a function of: a def, or an operation
                 such as softmax or mul; the first composite, else the first gate, if left out
  --notebook     the code as a Jupyter notebook (.ipynb)
  --mode MODE    reverse: gradients back; forward: with each value its tangent; or both.
                 The tangent of the first number of the first input is 1, of others 0,
                 unless --tangent gives inputs theirs
  --derivative   the gates of the backward pass behind those that they mirror
  --json         one JSON object instead of a table
  --help         this text; of one command behind its name

exit status: 0; 1 for an error in the program, a derivative that is too large or,
of check, a gradient that differs; 2 for wrong usage
";

/// The usage of one command, or of all.
fn usage(only: Option<&Command>) -> String {
    let mut text = "backflow: values and derivatives of a program\n\nusage:\n".to_owned();
    for command in COMMANDS {
        if only.is_none_or(|only| only.name == command.name) {
            let (name, usage, help) = (command.name, command.usage, command.help);
            let json = if matches!(name, "figure" | "code") {
                ""
            } else {
                " [--json]"
            };
            let _ = writeln!(
                text,
                "  backflow {name} FILE{usage} [--set NAME=VALUE]... [--upstream VALUE]{json}\n      {help}"
            );
        }
    }
    if only.is_none() {
        text.push_str("  backflow help [COMMAND]\n  backflow --version\n");
    }
    text.push('\n');
    text.push_str(OPTIONS);
    text
}

/// What a command found.
struct Outcome {
    /// What to print.
    text: String,
    /// Whether what was compared is the same.
    agrees: bool,
}

impl Outcome {
    /// A result with which nothing is wrong.
    fn of(text: String) -> Self {
        Self { text, agrees: true }
    }
}

/// Why there is no result.
enum Failure {
    /// The program is wrong: what to print about it.
    Program(String),
    /// What was asked for is more than is done.
    Limit(String),
    /// The command was used wrongly.
    Usage(String),
}

fn main() -> ExitCode {
    match run() {
        Ok(Outcome { text, agrees }) => print(&text, agrees),
        Err(Failure::Program(text)) => {
            eprint!("{text}");
            ExitCode::from(1)
        }
        Err(Failure::Limit(text)) => {
            eprintln!("backflow: {}", report::shown(&text));
            ExitCode::from(1)
        }
        Err(Failure::Usage(text)) => {
            eprintln!("backflow: {}\n\n{}", report::shown(&text), usage(None));
            ExitCode::from(2)
        }
    }
}

/// Writes the result; a reader that has gone is no error of ours.
fn print(text: &str, agrees: bool) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("backflow: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::from(u8::from(!agrees)),
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<TooLarge> for Failure {
    fn from(error: TooLarge) -> Self {
        Self::Limit(error.to_string())
    }
}

fn run() -> Result<Outcome, Failure> {
    let mut line = lexopt::Parser::from_env();
    match line.next()? {
        Some(Value(name)) if name == "help" => {
            let only = match line.next()? {
                Some(Value(name)) => Some(command(&name.to_string_lossy())?),
                Some(other) => return Err(other.unexpected().into()),
                None => None,
            };
            match line.next()? {
                Some(other) => Err(other.unexpected().into()),
                None => Ok(Outcome::of(usage(only))),
            }
        }
        Some(Value(name)) => {
            let command = command(&name.to_string_lossy())?;
            let takes = Takes {
                arguments: command.arguments,
                tangents: command.name == "jvp",
                draws: command.name == "figure",
                writes: command.name == "code",
            };
            match Options::read(&mut line, &takes)? {
                Asked::Help => Ok(Outcome::of(usage(Some(command)))),
                Asked::Run(options) => {
                    let source = read(&options.file)?;
                    (command.run)(&source, &options)
                }
            }
        }
        Some(Long("help") | Short('h')) => Ok(Outcome::of(usage(None))),
        Some(Long("version") | Short('V')) => Ok(Outcome::of(format!(
            "backflow {}\n",
            env!("CARGO_PKG_VERSION")
        ))),
        Some(other) => Err(other.unexpected().into()),
        None => Err(Failure::Usage("a command is missing".into())),
    }
}

fn command(name: &str) -> Result<&'static Command, Failure> {
    let found = COMMANDS.iter().find(|command| command.name == name);
    found.ok_or_else(|| Failure::Usage(format!("there is no command '{name}'")))
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
            "{}:{line}:{column}: error: this byte is not UTF-8 text\n",
            report::shown(file)
        ))
    })
}
