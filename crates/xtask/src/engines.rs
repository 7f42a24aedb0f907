//! The browser tests in several engines at a time.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
    thread,
    time::Instant,
};

use crate::{
    browser::{Browser, Engine, find_or_install},
    children,
    project::{Project, run},
    step::{Outcome, duration},
};

const TESTS: [&str; 6] = [
    "--test",
    "browser",
    "--package",
    "backflow",
    "--features",
    "browser",
];

/// Runs the browser tests against the page in dist, in all engines at once: they wait more than
/// they work. Says how many tests each has passed, and how many are not for it.
pub fn test(project: &Project, engines: &[Engine]) -> Outcome<String> {
    // What is there is tested, whatever else is missing.
    let (mut browsers, mut failures) = (Vec::new(), Vec::new());
    for engine in engines {
        match find_or_install(project, *engine) {
            Ok(browser) => browsers.push(browser),
            Err(error) => failures.push(error),
        }
    }
    run(project
        .command("cargo")
        .args(["test", "--no-run"])
        .args(TESTS))?;
    children::end_with_us()?;
    let mut counts = Vec::new();
    let outcomes = thread::scope(|scope| {
        let started: Vec<_> = browsers
            .iter()
            .map(|browser| scope.spawn(|| test_in(project, browser)))
            .collect();
        let end = |test: thread::ScopedJoinHandle<_>| {
            let panicked = |_| Err("the tests were not watched to their end".to_owned());
            test.join().unwrap_or_else(panicked)
        };
        started.into_iter().map(end).collect::<Vec<_>>()
    });
    for outcome in outcomes {
        match outcome {
            Ok(count) => counts.push(count),
            Err(error) => failures.push(error),
        }
    }
    if failures.is_empty() {
        Ok(counts.join(" · "))
    } else {
        Err(failures.join("\n"))
    }
}

/// Runs them in one browser. Each test's line is passed on as it comes, all else in one piece.
fn test_in(project: &Project, browser: &Browser) -> Outcome<String> {
    let name = browser.engine.name();
    let start = Instant::now();
    let mut command = project.command("cargo");
    command.args(["test", "--quiet"]).args(TESTS);
    browser.tell(project, &mut command);
    let mut running = children::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (output, errors) = running.pipes();
    let errors = thread::spawn(move || {
        let mut text = String::new();
        // What cannot be read is missed in the report alone.
        let _ = errors.map(|mut pipe| pipe.read_to_string(&mut text));
        text
    });
    let mut told = Vec::new();
    for line in output
        .into_iter()
        .flat_map(|pipe| BufReader::new(pipe).lines())
    {
        let line = line.map_err(|error| format!("{name}: {error}"))?;
        if line.starts_with("test ") && line.contains(" ... ") {
            println!("{line}");
        } else {
            told.push(line);
        }
    }
    let status = running.wait()?;
    let result = told.iter().find_map(|line| Counts::read(line));
    match result {
        Some(counts) if status.success() => {
            let counts = format!("{name} {counts}");
            println!("{counts}: {}", duration(start.elapsed()));
            Ok(counts)
        }
        _ => {
            let errors = errors.join().unwrap_or_default();
            println!(
                "\n━━ {name} ━━\n{}\n{}",
                errors.trim(),
                told.join("\n").trim()
            );
            let failed = result.map_or(0, |counts| counts.failed);
            Err(if failed > 0 {
                format!("{failed} tests fail in {name}")
            } else {
                format!("the tests do not run in {name} ({status})")
            })
        }
    }
}

/// How many tests came to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Counts {
    /// Reads the line that ends a run.
    fn read(line: &str) -> Option<Self> {
        let counts = line.strip_prefix("test result: ")?;
        let before = |word: &str| {
            let (before, _) = counts.split_once(word)?;
            before.split_whitespace().last()?.parse().ok()
        };
        Some(Self {
            passed: before(" passed")?,
            failed: before(" failed")?,
            ignored: before(" ignored")?,
        })
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ignored {
            0 => write!(f, "{}", self.passed),
            ignored => write!(f, "{} ({ignored} not for it)", self.passed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_a_run_are_read() {
        let counts = Counts::read(
            "test result: FAILED. 41 passed; 2 failed; 5 ignored; 0 measured; 0 filtered out; finished in 1s",
        );
        let expected = Counts {
            passed: 41,
            failed: 2,
            ignored: 5,
        };
        assert_eq!(counts, Some(expected));
        assert_eq!(expected.to_string(), "41 (5 not for it)");
        assert_eq!(Counts::read("test firefox::a ... ok"), None);
    }
}
