//! The tools of the JavaScript side, as package-lock.json has them.

use std::{fs, io::IsTerminal, path::Path, time::SystemTime};

use crate::{
    apt,
    project::Project,
    step::{Outcome, step},
};

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Provides Node and npm.
pub fn node(project: &Project) -> Outcome<()> {
    if project.version_of("node").is_some() && project.version_of(NPM).is_some() {
        return Ok(());
    }
    apt::install(project, "Node", &["nodejs", "npm"])
        .map_err(|error| format!("Node is missing: {error}.\n  By hand: Node 18 or later, with npm, from your system or nodejs.org"))
}

/// Installs the packages of the lock file, unless they are there.
pub fn packages(project: &Project) -> Outcome<()> {
    node(project)?;
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let lock: Option<SystemTime> = changed(&project.path("package-lock.json"));
    if changed(&project.path("node_modules/.package-lock.json")) > lock {
        return Ok(());
    }
    step("Installing the npm packages", || {
        project.run(NPM, &["ci", "--no-audit", "--no-fund"])
    })
    .map_err(|error| {
        format!("the linter and the type checker are missing: {error}.\n  By hand: npm ci")
    })
}

/// Lints the modules and styles and checks their format.
pub fn lint(project: &Project) -> Outcome<()> {
    let colors = if std::io::stdout().is_terminal() {
        "--colors=force"
    } else {
        "--colors=off"
    };
    project.run(NPM, &["run", "--silent", "lint", "--", colors])
}

/// Runs the tests of the modules that want no browser.
pub fn test(project: &Project) -> Outcome<()> {
    project.run(NPM, &["run", "--silent", "test"])
}

/// Checks the types of the modules.
pub fn types(project: &Project) -> Outcome<()> {
    project.run(NPM, &["run", "--silent", "types"])
}
