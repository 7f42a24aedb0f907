//! Python for the tests of code: an environment of the project's own, where none is
//! named.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{
    apt, install,
    project::{Project, run},
    step::{Outcome, step},
};

/// The variable that names the interpreter, to the tests and to this command.
pub const VARIABLE: &str = "BACKFLOW_PYTHON";

/// An interpreter that has NumPy.
pub fn numpy(project: &Project) -> Outcome<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE) {
        return Ok(named.into());
    }
    environment(project, "python", &["numpy"], "seconds")
}

/// An interpreter that has PyTorch and JAX too.
pub fn peers(project: &Project) -> Outcome<PathBuf> {
    environment(
        project,
        "peers",
        &["numpy", "torch", "jax"],
        "some minutes, several GB",
    )
}

/// An environment in the project's own folder that has some packages.
fn environment(
    project: &Project,
    folder: &str,
    packages: &[&str],
    takes: &str,
) -> Outcome<PathBuf> {
    let home = project.tools().join(folder);
    let place = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = home.join(place);
    let import = format!("import {}", packages.join(", "));
    let has = || {
        let mut command = Command::new(&python);
        let output = command.args(["-c", &import]).stdin(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    };
    if has() {
        return Ok(python);
    }
    let list = packages.join(", ");
    let missing = |error: String| {
        format!(
            "Python with {list} is missing: {error}.\n  By hand: {VARIABLE} names an interpreter that has it"
        )
    };
    let what = format!("Installing {list} for Python into .tools/{folder} ({takes})");
    let install = || {
        let create = || {
            let mut command = project.command("python3");
            run(command.args(["-m", "venv", "--clear"]).arg(&home))
        };
        if create().is_err() {
            apt::install(project, "Python", &["python3", "python3-venv"])?;
            create()?;
        }
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(pip.args(packages))
    };
    install::provide(project, has, || step(&what, install)).map_err(missing)?;
    if has() {
        Ok(python)
    } else {
        Err(missing(
            "it was installed and cannot be imported".to_owned(),
        ))
    }
}
