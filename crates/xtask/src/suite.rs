//! Every check of the project, one after the other, and what came of each.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    browser, build, install, npm,
    project::{Project, run as run_command},
    size,
    step::{Outcome, duration},
};

/// A part of the checks that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Rust,
    Wasm,
    Js,
    Browser,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Rust, Self::Wasm, Self::Js, Self::Browser];

    /// The part of a name.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "rust" => Ok(Self::Rust),
            "wasm" => Ok(Self::Wasm),
            "js" => Ok(Self::Js),
            "browser" => Ok(Self::Browser),
            _ => Err(format!(
                "there is no part {name}: choose of rust, wasm, js, browser"
            )),
        }
    }
}

/// One check.
struct Stage {
    name: &'static str,
    /// The parts that it belongs to or that need it.
    parts: &'static [Part],
    /// The stages without which it makes no sense.
    needs: &'static [&'static str],
    check: fn(&Project) -> Outcome<()>,
}

/// In this order.
const STAGES: [Stage; 13] = {
    use Part::{Browser, Js, Rust, Wasm};
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
        stage(
            "browser tests",
            &[Browser],
            &[PAGE, PACKAGES],
            browser::test,
        ),
    ]
};

const fn stage(
    name: &'static str,
    parts: &'static [Part],
    needs: &'static [&'static str],
    check: fn(&Project) -> Outcome<()>,
) -> Stage {
    Stage {
        name,
        parts,
        needs,
        check,
    }
}

/// What came of a stage.
enum Verdict {
    Passed,
    Failed(String),
    Skipped(&'static str),
}

/// Runs the checks of some parts. A failure does not keep the later ones from running.
pub fn run(project: &Project, parts: &[Part]) -> ExitCode {
    let start = Instant::now();
    let mut verdicts: Vec<(&Stage, Verdict, Duration)> = Vec::new();
    for stage in STAGES
        .iter()
        .filter(|stage| stage.parts.iter().any(|part| parts.contains(part)))
    {
        let start = Instant::now();
        let verdict = judge(project, stage, &verdicts);
        verdicts.push((stage, verdict, start.elapsed()));
    }

    println!("\n━━ summary ━━");
    for (stage, verdict, took) in &verdicts {
        println!("{}", line(stage.name, verdict, *took));
    }
    let failures = verdicts
        .iter()
        .filter(|(_, verdict, _)| !matches!(verdict, Verdict::Passed))
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

fn judge(project: &Project, stage: &Stage, before: &[(&Stage, Verdict, Duration)]) -> Verdict {
    if let Some(needed) = stage.needs.iter().find(|needed| !passed(before, needed)) {
        return Verdict::Skipped(needed);
    }
    println!("\n━━ {} ━━", stage.name);
    match (stage.check)(project) {
        Ok(()) => Verdict::Passed,
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
        .is_some_and(|(_, verdict, _)| matches!(verdict, Verdict::Passed))
}

fn line(name: &str, verdict: &Verdict, took: Duration) -> String {
    let took = duration(took);
    match verdict {
        Verdict::Passed => format!("passed   {name:<20} {took:>12}"),
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
    project.run("cargo", &["test", "--workspace"])
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
                STAGES.iter().any(|stage| stage.parts.contains(&part)),
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
