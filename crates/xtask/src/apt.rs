//! Packages of the system, where it is a Debian or one of its kind.

use std::process::Stdio;

use crate::{
    project::Project,
    step::{Outcome, step},
};

/// Installs Debian packages, where that can be done without asking anybody.
pub fn install(project: &Project, what: &str, packages: &[&str]) -> Outcome<()> {
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
                // Another may be installing.
                "-oDPkg::Lock::Timeout=600",
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
