//! Sets the project up, serves it and tests it: `cargo xtask help`.

mod apt;
mod browser;
mod build;
mod children;
mod engines;
mod fuzz;
mod html;
mod http;
mod install;
mod lock;
mod npm;
mod project;
mod python;
mod recipe;
mod serve;
mod size;
mod step;
mod suite;
mod version;
mod wasm;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use browser::{Engine, Walk};
use fuzz::Fuzzing;
use project::Project;
use step::{Outcome, step};
use suite::Part;

const USAGE: &str = "\
Usage: cargo xtask <command>

  serve [--port N]   install what is missing, build the page, serve it (port 8080)
  test [PART]…       run every check, or those of: rust, wasm, js, browser;
                     chromium, firefox, webkit: of browser, those in one engine
  dist               build the release page into dist
  measure            print what a frame of the page costs on a thousand gates
  soak [--minutes N] [--seed S] [ENGINE]
                     do at random what one can do with the page, for 5 minutes in chromium
                     unless told otherwise, and say what does not hold
  fuzz [--minutes N] [TARGET]…
                     fuzz every target, or those named, for 10 minutes in all unless told
                     otherwise, and say what fails; new inputs are kept in fuzz/corpus
  code-peers [PYTHON]
                     run the PyTorch and JAX code of every program and write docs/code.md;
                     without an interpreter that has both, one is set up in .tools
  recipe             follow ARCHITECTURE.md's recipe for a new operation in a copy, and try
                     the operation by the tests over the tables
  setup              install everything that serve and test want
";

enum Task {
    Serve { port: u16 },
    Test { parts: Vec<Part> },
    Dist,
    Measure,
    Soak(Walk),
    Fuzz(Fuzzing),
    CodePeers { python: Option<PathBuf> },
    Recipe,
    Setup,
    FinishPage,
    Help,
}

fn main() -> ExitCode {
    let task = match parse(lexopt::Parser::from_env()) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(code) => code,
        Err(error) => {
            let mark = if std::io::stderr().is_terminal() {
                "\x1b[31merror\x1b[0m"
            } else {
                "error"
            };
            eprintln!("\n{mark}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Outcome<ExitCode> {
    let project = Project::find()?;
    match task {
        Task::Serve { port } => serve::serve(&project, *port),
        Task::Test { parts } => Ok(suite::run(&project, parts)),
        Task::Dist => {
            build::release(&project)?;
            println!("{}", size::report(&project)?);
            Ok(ExitCode::SUCCESS)
        }
        Task::Measure => {
            build::release(&project)?;
            browser::measure(&project)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Soak(walk) => {
            build::release(&project)?;
            browser::soak(&project, walk)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Fuzz(asked) => {
            fuzz::fuzz(&project, asked)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::CodePeers { python } => code_peers(&project, python.clone()),
        Task::Recipe => {
            recipe::follow(&project)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Setup => setup(&project),
        Task::FinishPage => build::finish_for_trunk(),
        Task::Help => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn code_peers(project: &Project, python: Option<PathBuf>) -> Outcome<ExitCode> {
    let python = match python {
        Some(python) => python,
        None => python::peers(project)?,
    };
    let example = [
        "run",
        "--package",
        "backflow-cli",
        "--example",
        "code-peers",
        "--",
    ];
    project::run(project.command("cargo").args(example).arg(python))?;
    Ok(ExitCode::SUCCESS)
}

fn setup(project: &Project) -> Outcome<ExitCode> {
    step("Setting everything up", || {
        install::rust_components(project)?;
        install::wasm_target(project)?;
        install::wasm_bindgen(project)?;
        install::trunk(project)?;
        npm::packages(project)?;
        python::numpy(project)?;
        for engine in Engine::ALL {
            browser::find_or_install(project, engine)?;
        }
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Task, lexopt::Error> {
    use lexopt::prelude::*;

    let mut command = None;
    let mut port = None;
    let mut parts = Vec::new();
    let mut python = None;
    let mut fuzzing = Fuzzing {
        minutes: 10.0,
        targets: Vec::new(),
    };
    let mut walk = Walk {
        minutes: None,
        seed: None,
        engine: Engine::Chromium,
    };
    while let Some(argument) = arguments.next()? {
        match (argument, command.as_deref()) {
            (Short('h') | Long("help"), _) => return Ok(Task::Help),
            (Long("port"), Some("serve")) => port = Some(arguments.value()?.parse()?),
            (Long("minutes"), Some("soak")) => {
                let minutes: f64 = arguments.value()?.parse()?;
                walk.minutes = Some(minutes.to_string());
            }
            (Long("minutes"), Some("fuzz")) => {
                let minutes: f64 = arguments.value()?.parse()?;
                if !(minutes > 0.0 && minutes < 1e6) {
                    return Err("--minutes takes a number above 0".into());
                }
                fuzzing.minutes = minutes;
            }
            (Value(target), Some("fuzz")) => fuzzing.targets.push(target.string()?),
            (Long("seed"), Some("soak")) => {
                let seed: u32 = arguments.value()?.parse()?;
                walk.seed = Some(seed.to_string());
            }
            (Value(word), Some("soak")) => walk.engine = word.parse_with(Engine::named)?,
            (Value(word), None) => command = Some(word.string()?),
            (Value(word), Some("test")) => parts.extend(word.parse_with(Part::named)?),
            (Value(path), Some("code-peers")) if python.is_none() => python = Some(path.into()),
            (other, _) => return Err(other.unexpected()),
        }
    }
    match command.as_deref() {
        Some("serve") => Ok(Task::Serve {
            port: port.unwrap_or(8080),
        }),
        Some("test") => Ok(Task::Test {
            parts: if parts.is_empty() {
                Part::ALL.to_vec()
            } else {
                parts
            },
        }),
        Some("dist") => Ok(Task::Dist),
        Some("measure") => Ok(Task::Measure),
        Some("soak") => Ok(Task::Soak(walk)),
        Some("fuzz") => Ok(Task::Fuzz(fuzzing)),
        Some("code-peers") => Ok(Task::CodePeers { python }),
        Some("recipe") => Ok(Task::Recipe),
        Some("setup") => Ok(Task::Setup),
        Some("finish-page") => Ok(Task::FinishPage),
        Some("help") | None => Ok(Task::Help),
        Some(other) => Err(format!("there is no command {other}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, lexopt::Error> {
        parse(lexopt::Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn serve_takes_a_port() {
        assert!(matches!(parsed("serve"), Ok(Task::Serve { port: 8080 })));
        assert!(matches!(
            parsed("serve --port 9000"),
            Ok(Task::Serve { port: 9000 })
        ));
        assert!(parsed("serve --port seventy").is_err());
        assert!(parsed("dist --port 1").is_err());
    }

    #[test]
    fn soak_takes_a_time_a_seed_and_an_engine() {
        assert!(matches!(
            parsed("soak"),
            Ok(Task::Soak(Walk {
                minutes: None,
                seed: None,
                engine: Engine::Chromium
            }))
        ));
        assert!(
            matches!(parsed("soak --minutes 0.5 --seed 7 firefox"), Ok(Task::Soak(Walk { minutes: Some(minutes), seed: Some(seed), engine: Engine::Firefox })) if minutes == "0.5" && seed == "7")
        );
        assert!(parsed("soak --minutes long").is_err());
        assert!(parsed("soak --seed -1").is_err());
        assert!(parsed("soak opera").is_err());
    }

    #[test]
    fn fuzz_takes_a_time_and_targets() {
        assert!(
            matches!(parsed("fuzz"), Ok(Task::Fuzz(Fuzzing { minutes: 10.0, targets })) if targets.is_empty())
        );
        assert!(
            matches!(parsed("fuzz --minutes 0.5 look run"), Ok(Task::Fuzz(Fuzzing { minutes: 0.5, targets })) if targets == ["look", "run"])
        );
        for line in ["fuzz --minutes 0", "fuzz --minutes nan", "fuzz --seed 1"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn code_peers_takes_an_interpreter() {
        assert!(matches!(
            parsed("code-peers"),
            Ok(Task::CodePeers { python: None })
        ));
        assert!(
            matches!(parsed("code-peers a/python"), Ok(Task::CodePeers { python: Some(path) }) if path.ends_with("python"))
        );
        assert!(parsed("code-peers a b").is_err());
    }

    #[test]
    fn test_takes_parts_and_runs_all_without() {
        assert!(matches!(parsed("test"), Ok(Task::Test { parts }) if parts == Part::ALL));
        assert!(
            matches!(parsed("test js rust"), Ok(Task::Test { parts }) if parts == [Part::Js, Part::Rust])
        );
        assert!(
            matches!(parsed("test browser"), Ok(Task::Test { parts }) if parts == Part::ALL[3..])
        );
        assert!(
            matches!(parsed("test firefox"), Ok(Task::Test { parts }) if parts == [Part::ALL[4]])
        );
        assert!(parsed("test everything").is_err());
        assert!(parsed("tset").is_err());
    }
}
