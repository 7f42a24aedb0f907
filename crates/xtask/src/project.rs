//! Where things are, and how a command is run in the project.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{step::Outcome, version};

/// The folder of the project.
pub struct Project {
    root: PathBuf,
    /// Where commands are found that are not the project's own.
    path: OsString,
}

impl Project {
    /// The project that this command belongs to.
    pub fn find() -> Outcome<Self> {
        // cargo names the crate at run time; the path of compile time serves a copied binary.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package
            .ancestors()
            .nth(2)
            .ok_or("xtask is not where it should be")?;
        Ok(Self {
            root: root.to_owned(),
            path: env::var_os("PATH").unwrap_or_default(),
        })
    }

    /// A project in a folder, with a search path of its own: what the machine has installed
    /// decides no test.
    #[cfg(test)]
    pub fn at(root: &Path, path: OsString) -> Self {
        Self {
            root: root.to_owned(),
            path,
        }
    }

    /// A path in the project.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The commands installed for this project alone.
    pub fn tools(&self) -> PathBuf {
        self.path(".tools")
    }

    /// The page as it is served.
    pub fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// Version of a package in the lock file.
    pub fn locked_version(&self, package: &str) -> Outcome<String> {
        let lock = read(&self.path("Cargo.lock"))?;
        version::locked(&lock, package)
            .map(str::to_owned)
            .ok_or_else(|| format!("Cargo.lock has no {package}"))
    }

    /// The oldest Node that will do, as package.json says.
    pub fn oldest_node(&self) -> Outcome<String> {
        let package = read(&self.path("package.json"))?;
        version::engine(&package)
            .map(str::to_owned)
            .ok_or_else(|| "package.json does not say which Node it wants".to_owned())
    }

    /// The folder that cargo builds into.
    pub fn target(&self) -> Outcome<PathBuf> {
        let output = self
            .command("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo metadata does not run: {error}"))?;
        let metadata = String::from_utf8_lossy(&output.stdout);
        metadata
            .split_once("\"target_directory\":\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(path, _)| PathBuf::from(path.replace("\\\\", "\\")))
            .ok_or_else(|| {
                format!(
                    "cargo metadata fails: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                )
            })
    }

    /// The search path with the project's own commands first.
    fn search_path(&self) -> OsString {
        let folders = std::iter::once(self.tools().join("bin")).chain(env::split_paths(&self.path));
        env::join_paths(folders).unwrap_or_else(|_| self.path.clone())
    }

    /// A command on the search path.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.search_path())
            .map(|folder| {
                folder
                    .join(program)
                    .with_extension(env::consts::EXE_EXTENSION)
            })
            .find(|path| path.is_file())
    }

    /// A command to be run in the project's folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("PATH", self.search_path());
        // What cargo tells xtask about xtask is no business of the builds it starts.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        // trunk takes true and false only.
        if env::var_os("NO_COLOR").is_some() {
            command.env("NO_COLOR", "true");
        }
        command.env("TRUNK_SKIP_VERSION_CHECK", "true");
        command
    }

    /// Runs a command to its end, its output passed on.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Outcome<()> {
        run(self.command(program).args(arguments))
    }

    /// What a command prints for `--version`.
    pub fn version_of(&self, program: &str) -> Option<String> {
        let output = self
            .command(program)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .ok()?;
        if !output.status.success() {
            return None;
        }
        version::printed(&String::from_utf8_lossy(&output.stdout)).map(str::to_owned)
    }
}

/// Runs a command to its end, its output passed on.
pub fn run(command: &mut Command) -> Outcome<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("{} does not run: {error}", line(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed ({status})", line(command)))
    }
}

/// A command as one would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Text of a file.
pub fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Writes a text file.
pub fn write(path: &Path, text: &str) -> Outcome<()> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
