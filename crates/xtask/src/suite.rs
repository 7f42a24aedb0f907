//! Every check of the project, one after the other, and what came of each.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    browser::Engine,
    build, engines, install, npm,
    project::{Project, run as run_command},
    python, size,
    step::{Outcome, duration},
};

/// A part of the checks that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Rust,
    Wasm,
    Js,
    Browser(Engine),
}

impl Part {
    pub const ALL: [Self; 6] = [
        Self::Rust,
        Self::Wasm,
        Self::Js,
        Self::Browser(Engine::Chromium),
        Self::Browser(Engine::Firefox),
        Self::Browser(Engine::WebKit),
    ];

    /// The parts of a name.
    pub fn named(name: &str) -> Result<Vec<Self>, String> {
        match name {
            "rust" => Ok(vec![Self::Rust]),
            "wasm" => Ok(vec![Self::Wasm]),
            "js" => Ok(vec![Self::Js]),
            "browser" => Ok(Engine::ALL.map(Self::Browser).to_vec()),
            _ => {
                let engine = Engine::ALL.iter().find(|engine| engine.name() == name);
                engine
                    .map(|engine| vec![Self::Browser(*engine)])
                    .ok_or_else(|| {
                        format!(
                            "there is no part {name}: choose of rust, wasm, js, browser, or of the \
                         engines chromium, firefox, webkit"
                        )
                    })
            }
        }
    }

    fn engine(self) -> Option<Engine> {
        match self {
            Self::Browser(engine) => Some(engine),
            _ => None,
        }
    }

    /// Whether what belongs to a part is asked for by another; the engines are one part there.
    fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::Rust => kind == Kind::Rust,
            Self::Wasm => kind == Kind::Wasm,
            Self::Js => kind == Kind::Js,
            Self::Browser(_) => kind == Kind::Browser,
        }
    }
}

/// A part, whatever its engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rust,
    Wasm,
    Js,
    Browser,
}

/// One check.
struct Stage {
    name: &'static str,
    /// The parts that it belongs to or that need it.
    parts: &'static [Kind],
    /// The stages without which it makes no sense.
    needs: &'static [&'static str],
    check: Check,
}

/// How it is done.
#[derive(Clone, Copy)]
enum Check {
    Plain(fn(&Project) -> Outcome<()>),
    /// In some engines; with a note for the summary.
    InEngines(fn(&Project, &[Engine]) -> Outcome<String>),
}

/// In this order.
const STAGES: [Stage; 13] = {
    use Kind::{Browser, Js, Rust, Wasm};
    const PAGE: &str = "release page";
    const PACKAGES: &str = "npm packages";
    [
        stage("rustfmt", &[Rust], &[], rustfmt),
        stage("clippy", &[Rust], &[], clippy),
        stage("clippy for wasm", &[Rust], &[], clippy_wasm),
        stage("documentation", &[Rust], &[], documentation),
        stage("Rust tests", &[Rust], &[], rust_tests),
        stage("wasm tests", &[Wasm], &[], wasm_tests),
        stage(PAGE, &[Wasm, Js, Browser], &[], build::release),
        stage("wasm size", &[Wasm], &[PAGE], wasm_size),
        stage(PACKAGES, &[Js, Browser], &[], npm::packages),
        stage("JS lint and format", &[Js], &[PACKAGES], npm::lint),
        stage("JS tests", &[Js], &[PACKAGES], npm::test),
        stage("JS types", &[Js], &[PACKAGES, PAGE], npm::types),
        Stage {
            name: "browser tests",
            parts: &[Browser],
            needs: &[PAGE, PACKAGES],
            check: Check::InEngines(engines::test),
        },
    ]
};

const fn stage(
    name: &'static str,
    parts: &'static [Kind],
    needs: &'static [&'static str],
    check: fn(&Project) -> Outcome<()>,
) -> Stage {
    Stage {
        name,
        parts,
        needs,
        check: Check::Plain(check),
    }
}

/// What came of a stage.
enum Verdict {
    /// With a note, if there is anything to say.
    Passed(String),
    Failed(String),
    Skipped(&'static str),
}

/// Runs the checks of some parts. A failure does not keep the later ones from running.
pub fn run(project: &Project, parts: &[Part]) -> ExitCode {
    let start = Instant::now();
    let mut verdicts: Vec<(&Stage, Verdict, Duration)> = Vec::new();
    let engines: Vec<Engine> = parts.iter().filter_map(|part| part.engine()).collect();
    let is_asked = |kind: &Kind| parts.iter().any(|part| part.is_of(*kind));
    for stage in STAGES
        .iter()
        .filter(|stage| stage.parts.iter().any(is_asked))
    {
        let start = Instant::now();
        let verdict = judge(project, stage, &engines, &verdicts);
        verdicts.push((stage, verdict, start.elapsed()));
    }

    println!("\n━━ summary ━━");
    for (stage, verdict, took) in &verdicts {
        println!("{}", line(stage.name, verdict, *took));
    }
    let failures = verdicts
        .iter()
        .filter(|(_, verdict, _)| !matches!(verdict, Verdict::Passed(_)))
        .count();
    let took = duration(start.elapsed());
    if failures == 0 {
        println!("All passed in {took}");
        ExitCode::SUCCESS
    } else {
        println!("{failures} of {} did not pass, in {took}", verdicts.len());
        ExitCode::FAILURE
    }
}

fn judge(
    project: &Project,
    stage: &Stage,
    engines: &[Engine],
    before: &[(&Stage, Verdict, Duration)],
) -> Verdict {
    if let Some(needed) = stage.needs.iter().find(|needed| !passed(before, needed)) {
        return Verdict::Skipped(needed);
    }
    println!("\n━━ {} ━━", stage.name);
    let outcome = match stage.check {
        Check::Plain(check) => check(project).map(|()| String::new()),
        Check::InEngines(check) => check(project, engines),
    };
    match outcome {
        Ok(note) => Verdict::Passed(note),
        Err(error) => {
            println!("{}: {error}", stage.name);
            Verdict::Failed(error)
        }
    }
}

/// Whether a stage passed.
fn passed(verdicts: &[(&Stage, Verdict, Duration)], name: &str) -> bool {
    verdicts
        .iter()
        .find(|(stage, ..)| stage.name == name)
        .is_some_and(|(_, verdict, _)| matches!(verdict, Verdict::Passed(_)))
}

fn line(name: &str, verdict: &Verdict, took: Duration) -> String {
    let took = duration(took);
    match verdict {
        Verdict::Passed(note) => {
            let line = format!("passed   {name:<20} {took:>12}   {note}");
            line.trim_end().to_owned()
        }
        Verdict::Failed(error) => {
            let error = error.lines().next().unwrap_or_default();
            format!("FAILED   {name:<20} {took:>12}   {error}")
        }
        Verdict::Skipped(needed) => {
            format!("SKIPPED  {name:<20} {:>12}   for want of: {needed}", "")
        }
    }
}

fn rustfmt(project: &Project) -> Outcome<()> {
    install::rust_components(project)?;
    project.run("cargo", &["fmt", "--all", "--check"])?;
    project.run(
        "cargo",
        &[
            "fmt",
            "--manifest-path",
            "crates/tools/Cargo.toml",
            "--check",
        ],
    )
}

fn clippy(project: &Project) -> Outcome<()> {
    install::rust_components(project)?;
    project.run(
        "cargo",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    )
}

fn clippy_wasm(project: &Project) -> Outcome<()> {
    install::rust_components(project)?;
    install::wasm_target(project)?;
    let package = [
        "--package",
        "backflow-engine",
        "--package",
        "backflow-wasm",
        "--target",
        "wasm32-unknown-unknown",
    ];
    let clippy = [
        &["clippy"],
        &package[..],
        &["--all-targets", "--", "-D", "warnings"],
    ]
    .concat();
    project.run("cargo", &clippy)
}

fn documentation(project: &Project) -> Outcome<()> {
    let packages = ["--package", "backflow-core", "--package", "backflow-engine"];
    run_command(
        project
            .command("cargo")
            .args(["doc", "--no-deps"])
            .args(packages)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn rust_tests(project: &Project) -> Outcome<()> {
    let python = python::numpy(project)?;
    run_command(
        project
            .command("cargo")
            .args(["test", "--workspace"])
            .env(python::VARIABLE, python),
    )
}

fn wasm_tests(project: &Project) -> Outcome<()> {
    install::wasm_target(project)?;
    install::wasm_bindgen(project)?;
    npm::node(project)?;
    run_command(
        project
            .command("cargo")
            .args([
                "test",
                "--package",
                "backflow-engine",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                "wasm-bindgen-test-runner",
            ),
    )
}

fn wasm_size(project: &Project) -> Outcome<()> {
    println!("{}", size::report(project)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stage_needs_comes_before_it_in_the_same_parts() {
        for (at, stage) in STAGES.iter().enumerate() {
            for needed in stage.needs {
                let before = STAGES[..at].iter().find(|other| other.name == *needed);
                assert!(
                    before.is_some_and(|other| stage
                        .parts
                        .iter()
                        .all(|part| other.parts.contains(part))),
                    "{} needs {needed}",
                    stage.name
                );
            }
        }
    }

    #[test]
    fn every_part_has_a_stage() {
        for part in Part::ALL {
            assert!(
                STAGES
                    .iter()
                    .any(|stage| stage.parts.iter().any(|kind| part.is_of(*kind))),
                "{part:?}"
            );
        }
    }

    #[test]
    fn a_summary_line_says_what_failed_and_why() {
        let failed = Verdict::Failed("cargo fmt failed\nmore".to_owned());
        let line = line("rustfmt", &failed, Duration::from_millis(1200));
        assert!(line.starts_with("FAILED   rustfmt"));
        assert!(line.contains("1.2 s") && line.ends_with("cargo fmt failed"));
    }
}
