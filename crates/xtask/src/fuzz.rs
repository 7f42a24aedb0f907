//! Fuzzing: every target of `fuzz/` for a part of a given time.

use std::{fs, time::Duration};

use crate::{
    install,
    project::{self, Project},
    step::{Outcome, duration, step},
};

/// The most bytes of an input of a target: a text, or what composes a program.
const LONGEST: &[(&str, &str)] = &[("compose", "200"), ("look", "300")];
const LONGEST_TEXT: &str = "1500";

/// What is fuzzed, and for how long in all.
pub struct Fuzzing {
    /// Minutes of one processor; 10 unless told otherwise.
    pub minutes: f64,
    /// The targets; all if none are named.
    pub targets: Vec<String>,
}

/// Runs the targets one after the other and says which of them failed.
pub fn fuzz(project: &Project, asked: &Fuzzing) -> Outcome<()> {
    let all = targets(project)?;
    if let Some(other) = asked.targets.iter().find(|asked| !all.contains(asked)) {
        return Err(format!(
            "there is no target {other}: there is {}",
            all.join(", ")
        ));
    }
    let targets = if asked.targets.is_empty() {
        &all
    } else {
        &asked.targets
    };
    install::cargo_fuzz(project)?;
    step("Building the fuzz targets", || {
        project::run(&mut cargo_fuzz(project, "build"))
    })?;
    let each = Duration::from_secs_f64(asked.minutes * 60.0) / targets.len() as u32;
    let mut failed = Vec::new();
    for target in targets {
        let what = format!("Fuzzing {target} for {}", duration(each));
        let longest = LONGEST.iter().find(|(name, _)| name == target);
        let longest = longest.map_or(LONGEST_TEXT, |(_, longest)| longest);
        let ran = step(&what, || {
            project::run(cargo_fuzz(project, "run").arg(target).args([
                "--",
                "-dict=fuzz/backflow.dict",
                "-rss_limit_mb=6000",
                "-timeout=30",
                &format!("-max_len={longest}"),
                &format!("-max_total_time={}", each.as_secs().max(1)),
            ]))
        });
        if ran.is_err() {
            failed.push(target.as_str());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} failed: what failed is in fuzz/artifacts, and `cargo fuzz fmt` shows it",
        failed.join(", ")
    ))
}

/// The names of the targets, in order.
fn targets(project: &Project) -> Outcome<Vec<String>> {
    let folder = project.path("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.strip_suffix(".rs").map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    Ok(names)
}

/// A command of cargo-fuzz. The stable compiler does, told to take unstable options; no
/// sanitizer watches the memory, since no code is unsafe.
fn cargo_fuzz(project: &Project, command: &str) -> std::process::Command {
    let mut cargo = project.command("cargo");
    cargo
        .args(["fuzz", command, "--sanitizer", "none"])
        .env("RUSTC_BOOTSTRAP", "1");
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target that is forgotten in the table of longest inputs takes texts.
    #[test]
    fn the_targets_are_those_of_the_folder() {
        let project = Project::find().expect("a project");
        let found = targets(&project).expect("a folder");
        assert_eq!(found, ["compose", "look", "parse", "run"]);
        assert!(
            LONGEST
                .iter()
                .all(|(name, _)| found.iter().any(|it| it == name))
        );
        let manifest = project::read(&project.path("fuzz/Cargo.toml")).expect("a manifest");
        for target in found {
            assert!(
                manifest.contains(&format!("name = \"{target}\"")),
                "{target}"
            );
        }
    }

    #[test]
    fn an_unknown_target_is_told() {
        let project = Project::find().expect("a project");
        let asked = Fuzzing {
            minutes: 1.0,
            targets: vec!["lexer".to_owned()],
        };
        assert_eq!(
            fuzz(&project, &asked),
            Err("there is no target lexer: there is compose, look, parse, run".to_owned())
        );
    }
}
