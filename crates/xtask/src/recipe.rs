//! ARCHITECTURE.md's recipe for a new operation, followed to the letter in a copy.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    project::{self, Project},
    step::{Outcome, step},
};

/// Most lines and files that an elementwise operation may take.
const MOST: (usize, usize) = (10, 4);

/// What the operation that the recipe adds stands beside in every file.
const BESIDE: &str = "Square";

/// What a copy leaves out.
const LEFT_OUT: &[&str] = &["target", "dist", "node_modules", ".git", ".tools"];

/// The lines that one step of the recipe adds to a file.
#[derive(Debug, PartialEq)]
struct Addition {
    /// Below the core crate's sources.
    file: String,
    lines: Vec<String>,
}

/// Adds the operation to a copy of the sources, and tries it by the tests over the tables.
pub fn follow(project: &Project) -> Outcome<()> {
    let text = project::read(&project.path("ARCHITECTURE.md"))?;
    let additions = additions(&text)?;
    let copy = project.target()?.join("recipe");
    step("Following the recipe for a new operation", || {
        if copy.exists() {
            fs::remove_dir_all(&copy).map_err(|error| format!("{}: {error}", copy.display()))?;
        }
        copy_folder(&project.path("."), &copy)?;
        for addition in &additions {
            let path = copy.join("crates/core/src").join(&addition.file);
            let source = project::read(&path)?;
            let source = added(&source, &addition.lines)
                .ok_or_else(|| format!("{} has no line of {BESIDE}", addition.file))?;
            fs::write(&path, source).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(())
    })?;
    let tests = [
        "--package",
        "backflow-core",
        "--package",
        "backflow-cli",
        "--no-fail-fast",
    ];
    let targets = [
        "ops",
        "structure",
        "formulas",
        "mutants",
        "composites",
        "code",
    ];
    let mut cargo = project.command("cargo");
    cargo.current_dir(&copy).arg("test").args(tests);
    cargo.args(targets.iter().flat_map(|target| ["--test", target]));
    cargo.env("CARGO_TARGET_DIR", copy.join("target"));
    project::run(&mut cargo)
}

/// The additions of the recipe, which are few.
fn additions(text: &str) -> Outcome<Vec<Addition>> {
    let section = text.split_once("### A new operation").map(|parts| parts.1);
    let section = section.and_then(|rest| rest.split_once("\n## "));
    let (section, _) = section.ok_or("ARCHITECTURE.md has no recipe for a new operation")?;
    let mut found: Vec<Addition> = Vec::new();
    let mut within = false;
    for line in section.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            within = !within;
        } else if within {
            let last = found.last_mut().ok_or("code of no file")?;
            last.lines.push(trimmed.to_owned());
        } else if line.starts_with(|c: char| c.is_ascii_digit()) {
            let file = line.split('`').nth(1).ok_or("a step without a file")?;
            let (file, lines) = (file.to_owned(), Vec::new());
            found.push(Addition { file, lines });
        }
    }
    let lines: usize = found.iter().map(|addition| addition.lines.len()).sum();
    if found.is_empty() || lines > MOST.0 || found.len() > MOST.1 {
        let files = found.len();
        return Err(format!("the recipe has {lines} lines in {files} files"));
    }
    Ok(found)
}

/// A source with lines behind the first one of the operation that they stand beside.
fn added(source: &str, lines: &[String]) -> Option<String> {
    let mut all: Vec<&str> = source.lines().collect();
    let beside = |line: &&str| line.contains(BESIDE) && line.ends_with(',');
    let at = all.iter().position(beside)? + 1;
    all.splice(at..at, lines.iter().map(String::as_str));
    Some(all.join("\n") + "\n")
}

fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    let wrong = |path: &Path, error| format!("{}: {error}", path.display());
    let mut open: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = open.pop() {
        fs::create_dir_all(&to).map_err(|error| wrong(&to, error))?;
        for entry in fs::read_dir(&from).map_err(|error| wrong(&from, error))? {
            let entry = entry.map_err(|error| wrong(&from, error))?;
            let name = entry.file_name();
            if LEFT_OUT.iter().any(|&left_out| name == left_out) {
                continue;
            }
            let (path, to) = (entry.path(), to.join(name));
            if path.is_dir() {
                open.push((path, to));
            } else {
                fs::copy(&path, &to).map_err(|error| wrong(&path, error))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `cargo xtask recipe` compiles and tries is found where it is to stand.
    #[test]
    fn every_step_of_the_recipe_has_its_place() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("a text");
        let additions = additions(&text).expect("a recipe");
        assert_eq!(additions.len(), MOST.1);
        for Addition { file, lines } in additions {
            assert!(!lines.is_empty(), "{file}");
            let source = fs::read_to_string(root.join("crates/core/src").join(&file));
            let source = source.expect("a source");
            let after = added(&source, &lines).expect("a line to stand behind");
            assert_eq!(after.lines().count(), source.lines().count() + lines.len());
        }
    }

    #[test]
    fn a_recipe_that_grows_is_refused() {
        let step = |count| {
            format!(
                "1. `a.rs`: so\n   ```rust\n{}   ```\n",
                "   x,\n".repeat(count)
            )
        };
        let text = |count| format!("### A new operation\n\n{}\n## Next\n", step(count));
        let found = additions(&text(10)).expect("few lines");
        let lines = vec!["x,".to_owned(); 10];
        assert_eq!(
            found,
            [Addition {
                file: "a.rs".to_owned(),
                lines
            }]
        );
        let wrong = additions(&text(11)).expect_err("many lines");
        assert_eq!(wrong, "the recipe has 11 lines in 1 files");
    }
}
