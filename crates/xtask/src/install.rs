//! The Rust side's tools: what is on the search path is used, what is missing is
//! installed, into the project's own folder where that can be.

use std::{
    fs,
    process::{Command, Stdio},
};

use crate::{
    project::{Project, run},
    step::{Outcome, step},
    version,
};

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
const GECKODRIVER: &str = "0.37.1";
/// The first that can set a preference while Firefox runs.
const OLDEST_GECKODRIVER: &str = "0.36.0";

/// Installs the rustup components that the checks want.
pub fn rust_components(project: &Project) -> Outcome<()> {
    for (component, command) in [("clippy", "cargo-clippy"), ("rustfmt", "cargo-fmt")] {
        if project.version_of(command).is_none() {
            step(&format!("Adding {component} to the Rust toolchain"), || {
                project.run("rustup", &["component", "add", component])
            })
            .map_err(|error| {
                format!(
                    "{component} is missing: {error}.\n  By hand: rustup component add {component}"
                )
            })?;
        }
    }
    Ok(())
}

/// Installs Rust's standard library for WebAssembly.
pub fn wasm_target(project: &Project) -> Outcome<()> {
    if has_wasm_target(project) {
        return Ok(());
    }
    step("Adding the WebAssembly target to the Rust toolchain", || {
        project.run("rustup", &["target", "add", WASM_TARGET])
    })
    .map_err(|error| {
        format!(
            "Rust's {WASM_TARGET} target is missing: {error}.\n  By hand: rustup target add {WASM_TARGET}; \
             without rustup, the package of your system (libstd-rust-dev-wasm32 on Debian)"
        )
    })
}

fn has_wasm_target(project: &Project) -> bool {
    project
        .command("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| {
            fs::exists(String::from_utf8_lossy(&output.stdout).trim()).unwrap_or(false)
        })
}

/// Provides `wasm-bindgen` and its test runner at the version of the lock file.
pub fn wasm_bindgen(project: &Project) -> Outcome<()> {
    let wanted = project.locked_version("wasm-bindgen")?;
    let there = ["wasm-bindgen", "wasm-bindgen-test-runner"]
        .iter()
        .all(|command| project.version_of(command).as_ref() == Some(&wanted));
    if there {
        return Ok(());
    }
    step(&format!("Building the wasm-bindgen {wanted} commands into .tools (about a minute)"), || {
        run(cargo_install(project).args(["--path", "crates/tools", "--force"]))
    })
    .map_err(|error| {
        format!(
            "the wasm-bindgen {wanted} command is missing: {error}.\n  By hand: cargo install --version \
             {wanted} wasm-bindgen-cli, or a prebuilt one of exactly this version on the PATH"
        )
    })?;
    match project.version_of("wasm-bindgen") {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!(
            "crates/tools builds wasm-bindgen {}, Cargo.lock wants {wanted}: give crates/tools/Cargo.toml that version",
            found.as_deref().unwrap_or("of no version")
        )),
    }
}

/// Whether there is a trunk that will do.
pub fn has_trunk(project: &Project) -> bool {
    project
        .version_of("trunk")
        .is_some_and(|found| version::compatible(&found, TRUNK))
}

/// Provides trunk.
pub fn trunk(project: &Project) -> Outcome<()> {
    if has_trunk(project) {
        return Ok(());
    }
    step(
        &format!("Building trunk {TRUNK} into .tools (three to five minutes)"),
        || run(&mut trunk_install(project)),
    )
    .map_err(|error| trunk_missing(&error))?;
    clean(project);
    Ok(())
}

/// The command that installs trunk into the project's own folder.
pub fn trunk_install(project: &Project) -> Command {
    let mut command = cargo_install(project);
    // Unoptimised: five minutes of compiling less, and fast enough for what it does.
    command.args([
        "trunk",
        "--version",
        TRUNK,
        "--no-default-features",
        "--features",
        "rustls",
    ]);
    command
}

/// What to say where trunk cannot be installed.
pub fn trunk_missing(error: &str) -> String {
    format!(
        "trunk is missing: {error}.\n  By hand: cargo install --locked --version {TRUNK} trunk, \
         or a prebuilt {TRUNK} on the PATH"
    )
}

/// Provides the command that drives Firefox.
pub fn geckodriver(project: &Project) -> Outcome<()> {
    let found = project.version_of("geckodriver");
    if found.is_some_and(|found| version::at_least(&found, OLDEST_GECKODRIVER)) {
        return Ok(());
    }
    let what = format!("Building geckodriver {GECKODRIVER} into .tools (one to four minutes)");
    step(&what, || {
        run(cargo_install(project).args(["geckodriver", "--version", GECKODRIVER]))
    })
    .map_err(|error| {
        format!(
            "geckodriver is missing: {error}.\n  By hand: cargo install --locked geckodriver, \
             or a prebuilt {OLDEST_GECKODRIVER} or later on the PATH"
        )
    })?;
    clean(project);
    Ok(())
}

/// Forgets the objects of what is installed.
pub fn clean(project: &Project) {
    // Only disk space is lost where this fails.
    let _ = fs::remove_dir_all(project.tools().join("target"));
}

fn cargo_install(project: &Project) -> Command {
    let mut command = project.command("cargo");
    command
        .args(["install", "--locked", "--debug", "--root", ".tools"])
        // A target folder of its own: an install broken off goes on where it was.
        .env("CARGO_TARGET_DIR", project.tools().join("target"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}
