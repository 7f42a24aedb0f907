//! Chromium with its driver, and the tests that use them.

use std::{path::PathBuf, process::Stdio};

use crate::{
    project::{Project, run},
    step::{Outcome, step},
};

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A browser and the command that drives it.
pub struct Browser {
    program: PathBuf,
    driver: PathBuf,
}

/// Provides Chromium and its driver.
pub fn find_or_install(project: &Project) -> Outcome<Browser> {
    if let Some(browser) = find(project) {
        return Ok(browser);
    }
    apt(project, "Chromium", &["chromium", "chromium-driver", "fonts-dejavu-core"])
        .and_then(|()| find(project).ok_or_else(|| "its packages hold no browser".to_owned()))
        .map_err(|error| {
            format!(
                "Chromium or its driver is missing: {error}.\n  By hand: chromium (or Google Chrome) and \
                 chromedriver of the same version, both on the PATH"
            )
        })
}

fn find(project: &Project) -> Option<Browser> {
    let program = BROWSERS.iter().find_map(|name| project.which(name))?;
    Some(Browser {
        program,
        driver: project.which("chromedriver")?,
    })
}

/// Runs the browser tests against the page in dist.
pub fn test(project: &Project) -> Outcome<()> {
    with_page(project, &["test", "--test", "browser"])
}

/// Measures what a frame of the page in dist costs.
pub fn measure(project: &Project) -> Outcome<()> {
    with_page(project, &["run", "--example", "measure"])
}

/// Runs a command of cargo that drives a browser and looks at the page in dist.
fn with_page(project: &Project, command: &[&str]) -> Outcome<()> {
    let browser = find_or_install(project)?;
    run(project
        .command("cargo")
        .args(command)
        .args(["--package", "backflow", "--features", "browser"])
        .env("BACKFLOW_DIST", project.dist())
        .env("BACKFLOW_ENGINE", "chromium")
        .env("BACKFLOW_DRIVER", &browser.driver)
        .env("BACKFLOW_BROWSER", &browser.program))
}

/// Installs Debian packages, where that can be done without asking anybody.
pub fn apt(project: &Project, what: &str, packages: &[&str]) -> Outcome<()> {
    if project.which("apt-get").is_none() {
        return Err("this system has no apt-get to install it with".to_owned());
    }
    let succeeds = |program: &str, arguments: &[&str], expected: &str| {
        let output = project
            .command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .output();
        output.is_ok_and(|output| {
            output.status.success() && String::from_utf8_lossy(&output.stdout).trim() == expected
        })
    };
    let sudo: &[&str] = if succeeds("id", &["-u"], "0") {
        &[]
    } else if succeeds("sudo", &["-n", "true"], "") {
        &["sudo", "-n"]
    } else {
        return Err("only root may install packages here".to_owned());
    };
    let apt_get = |arguments: &[&str]| {
        let words = [
            sudo,
            &[
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "-q",
                "-y",
            ],
            arguments,
        ];
        let words = words.concat();
        project.run(words[0], &words[1..])
    };
    step(&format!("Installing {what} by apt-get"), || {
        apt_get(&["update"])?;
        apt_get(&[&["install", "--no-install-recommends"], packages].concat())
    })
}
