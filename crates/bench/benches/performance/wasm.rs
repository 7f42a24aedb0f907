//! The workloads as WebAssembly: built for it, run by Node.

use backflow_bench::Row;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

const TARGET: &str = "wasm32-unknown-unknown";

/// The folder of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the module: the folder it lies in, or what is missing.
pub fn build() -> Result<PathBuf, String> {
    succeed(Command::new("node").arg("--version"))
        .map_err(|_| "there is no Node.js on the path".to_owned())?;
    has_target()?;
    let bindgen = bindgen()?;
    let target = target()?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root())
        .args(["build", "--release", "--package", "backflow-bench"])
        .args(["--target", TARGET, "--example", "bench_wasm"])
        .arg("--target-dir")
        .arg(&target)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-C target-feature=+simd128",
        );
    // What cargo prints goes to the standard error, which is shown.
    let status = cargo.status().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the module does not compile".into());
    }
    let folder = target.join("bench-wasm");
    let module = target.join(TARGET).join("release/examples/bench_wasm.wasm");
    let mut command = Command::new(bindgen);
    command
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(module);
    succeed(&mut command)?;
    // Node takes the bindings for a module by this.
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#)
        .map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Measures it.
pub fn run(folder: &Path, only: &str) -> Result<Vec<Row>, String> {
    let mut node = Command::new("node");
    // Optimised from the first call, as a page's module is when it has run for a while.
    node.arg("--no-liftoff")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("node/measure.mjs"))
        .arg(folder)
        .arg(only);
    let rows = succeed(&mut node)?;
    serde_json::from_str(&rows).map_err(|error| format!("Node's rows: {error}"))
}

fn has_target() -> Result<(), String> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    let folder = succeed(rustc.current_dir(root()))?;
    if fs::exists(folder.trim()).unwrap_or(false) {
        Ok(())
    } else {
        Err(format!(
            "Rust's {TARGET} target is missing: rustup target add {TARGET}"
        ))
    }
}

/// The command wasm-bindgen at the version of the lock file.
fn bindgen() -> Result<PathBuf, String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).map_err(|error| error.to_string())?;
    let wanted = lock
        .split_once("name = \"wasm-bindgen\"\nversion = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version)
        .ok_or("Cargo.lock has no wasm-bindgen")?;
    let own = root().join(".tools/bin/wasm-bindgen");
    let right = |command: &PathBuf| {
        succeed(Command::new(command).arg("--version"))
            .is_ok_and(|version| version.split_whitespace().any(|word| word == wanted))
    };
    [own, "wasm-bindgen".into()]
        .into_iter()
        .find(right)
        .ok_or_else(|| {
            format!("the command wasm-bindgen {wanted} is missing: run cargo xtask setup")
        })
}

/// The folder that cargo builds into: this program lies in `release` of it.
fn target() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let release = own.ancestors().find(|folder| folder.ends_with("release"));
    let target = release.and_then(Path::parent);
    target
        .map(Path::to_owned)
        .ok_or_else(|| "this program lies in no target folder".into())
}

/// Runs a command: its standard output.
pub fn succeed(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = output
        .output()
        .map_err(|error| format!("{name} does not run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed ({})", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
