//! The tools of the JavaScript side, as package-lock.json has them.

use std::{fs, io::IsTerminal, path::Path, time::SystemTime};

use crate::{
    apt, install,
    project::Project,
    step::{Outcome, step},
};

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Provides Node and npm.
pub fn node(project: &Project) -> Outcome<()> {
    let wanted = project.oldest_node()?;
    let by_hand = format!(
        "By hand: Node {wanted} or later, with npm, from your system or nodejs.org, first on the PATH"
    );
    if project.version_of("node").is_none() || project.version_of(NPM).is_none() {
        apt::install(project, "Node", &["nodejs", "npm"])
            .map_err(|error| format!("Node is missing: {error}.\n  {by_hand}"))?;
    }
    let found = project.version_of("node").unwrap_or_default();
    let major = |version: &str| version.split('.').next()?.parse::<u32>().ok();
    match (major(&found), major(&wanted)) {
        (Some(found), Some(wanted)) if found >= wanted => Ok(()),
        _ => Err(format!(
            "Node {found} is too old for the checks, which want {wanted} or later.\n  {by_hand}"
        )),
    }
}

/// Installs the packages of the lock file, unless they are there.
pub fn packages(project: &Project) -> Outcome<()> {
    node(project)?;
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let is_there = || {
        let lock: Option<SystemTime> = changed(&project.path("package-lock.json"));
        changed(&project.path("node_modules/.package-lock.json")) > lock
    };
    install::provide(project, is_there, || {
        step("Installing the npm packages", || {
            project.run(NPM, &["ci", "--no-audit", "--no-fund"])
        })
        .map_err(|error| {
            format!("the linter and the type checker are missing: {error}.\n  By hand: npm ci")
        })
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

#[cfg(all(test, unix))]
mod tests {
    use std::{env, os::unix::fs::PermissionsExt, process};

    use super::*;

    #[test]
    fn an_old_node_is_said_with_what_to_do() {
        let root = env::temp_dir().join(format!("xtask-node-{}", process::id()));
        let bin = root.join(".tools/bin");
        fs::create_dir_all(&bin).expect("a folder");
        fs::write(
            root.join("package.json"),
            "{ \"engines\": {\n  \"node\": \">=18\" } }",
        )
        .expect("a package");
        let tell = |name: &str, version: &str| {
            fs::write(bin.join(name), format!("#!/bin/sh\necho {version}\n")).expect("a command");
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))
                .expect("its rights");
        };
        tell("npm", "9.2.0");
        let project = Project::at(&root, bin.clone().into());
        for (version, fits) in [
            ("v16.20.2", false),
            ("v9.0.0", false),
            ("v18.0.0", true),
            ("v100.1.0", true),
        ] {
            tell("node", version);
            let found = node(&project);
            assert_eq!(found.is_ok(), fits, "{version}: {found:?}");
            if let Err(error) = found {
                let number = &version[1..];
                assert!(
                    error.starts_with(&format!(
                        "Node {number} is too old for the checks, which want 18"
                    )),
                    "{error}"
                );
                assert!(error.contains("By hand: Node 18 or later"), "{error}");
            }
        }
        fs::remove_dir_all(&root).expect("a folder");
    }

    #[test]
    fn the_package_says_which_node_it_wants() {
        assert_eq!(
            Project::find().and_then(|project| project.oldest_node()),
            Ok("18".to_owned())
        );
    }
}
