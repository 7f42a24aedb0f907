//! The Rust side's tools: what is on the search path is used, what is missing is
//! installed, into the project's own folder where that can be.

use std::{
    fs,
    process::{Command, Stdio},
};

use crate::{
    lock,
    project::{Project, run},
    step::{Outcome, step},
    version,
};

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
const CARGO_FUZZ: &str = "0.13.2";
const GECKODRIVER: &str = "0.37.1";
/// The first that can set a preference while Firefox runs.
const OLDEST_GECKODRIVER: &str = "0.36.0";

/// Installs into the project's own folder what is not there or does not run. Where another command
/// is installing, it waits and looks again.
pub fn provide(
    project: &Project,
    is_there: impl Fn() -> bool,
    install: impl FnOnce() -> Outcome<()>,
) -> Outcome<()> {
    if is_there() {
        return Ok(());
    }
    let file = project.tools().join("lock");
    lock::holding(&file, "installing", || {
        if is_there() { Ok(()) } else { install() }
    })
}

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
    let is_there = || {
        ["wasm-bindgen", "wasm-bindgen-test-runner"]
            .iter()
            .all(|command| project.version_of(command).as_ref() == Some(&wanted))
    };
    let what = format!("Building the wasm-bindgen {wanted} commands into .tools (about a minute)");
    provide(project, is_there, || {
        step(&what, || {
            run(cargo_install(project).args(["--path", "crates/tools"]))
        })
        .map_err(|error| {
            format!(
                "the wasm-bindgen {wanted} command is missing: {error}.\n  By hand: cargo install \
                 --version {wanted} wasm-bindgen-cli, or a prebuilt one of exactly this version on the PATH"
            )
        })
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
    let what = format!("Building trunk {TRUNK} into .tools (three to five minutes)");
    let is_there = || has_trunk(project);
    provide(project, is_there, || {
        step(&what, || run(&mut trunk_install(project))).map_err(|error| trunk_missing(&error))?;
        installed(project, is_there(), "trunk").map_err(|error| trunk_missing(&error))
    })
}

/// Whether what was installed runs. Forgets its objects.
pub fn installed(project: &Project, runs: bool, command: &str) -> Outcome<()> {
    // Only disk space is lost where this fails.
    let _ = fs::remove_dir_all(project.tools().join("target"));
    if runs {
        Ok(())
    } else {
        Err(format!("{command} was installed and does not run"))
    }
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
    let is_there = || {
        let found = project.version_of("geckodriver");
        found.is_some_and(|found| version::at_least(&found, OLDEST_GECKODRIVER))
    };
    let what = format!("Building geckodriver {GECKODRIVER} into .tools (one to four minutes)");
    let missing = |error: String| {
        format!(
            "geckodriver is missing: {error}.\n  By hand: cargo install --locked geckodriver, \
             or a prebuilt {OLDEST_GECKODRIVER} or later on the PATH"
        )
    };
    provide(project, is_there, || {
        step(&what, || {
            run(cargo_install(project).args(["geckodriver", "--version", GECKODRIVER]))
        })
        .map_err(missing)?;
        installed(project, is_there(), "geckodriver").map_err(missing)
    })
}

/// Provides the command that fuzzes.
pub fn cargo_fuzz(project: &Project) -> Outcome<()> {
    let is_there = || project.version_of("cargo-fuzz").is_some();
    let what = format!("Building cargo-fuzz {CARGO_FUZZ} into .tools (about a minute)");
    let missing = |error: String| {
        format!(
            "cargo-fuzz is missing: {error}.\n  By hand: cargo install --locked --version \
             {CARGO_FUZZ} cargo-fuzz"
        )
    };
    provide(project, is_there, || {
        step(&what, || {
            run(cargo_install(project).args(["cargo-fuzz", "--version", CARGO_FUZZ]))
        })
        .map_err(missing)?;
        installed(project, is_there(), "cargo-fuzz").map_err(missing)
    })
}

fn cargo_install(project: &Project) -> Command {
    let mut command = project.command("cargo");
    command
        // By force: what cargo has installed may not run any more.
        .args([
            "install", "--locked", "--debug", "--force", "--root", ".tools",
        ])
        // A target folder of its own: an install broken off goes on where it was.
        .env("CARGO_TARGET_DIR", project.tools().join("target"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        env,
        fs::Permissions,
        io,
        os::unix::fs::{PermissionsExt, symlink},
        path::Path,
        process, thread,
    };

    use super::*;

    /// A project whose cargo writes down what it is asked for and installs commands that tell
    /// their version.
    struct Fake {
        project: Project,
        root: std::path::PathBuf,
    }

    impl Fake {
        fn new(name: &str) -> Self {
            let root = env::temp_dir().join(format!("xtask-{name}-{}", process::id()));
            let fake = Self {
                project: Project::at(&root, root.join("system").into()),
                root,
            };
            fake.system(&["sh", "mkdir", "rmdir", "chmod", "sleep"]);
            let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
            fs::create_dir_all(fake.bin()).expect("a folder");
            fs::write(fake.root.join("Cargo.lock"), lock).expect("a lock file");
            // Two at once would meet in the folder that it makes.
            fake.command(
                "cargo",
                "echo \"$@\" >> asked
                mkdir .tools/target || exit 1
                sleep 0.2
                for command in trunk:0.21.14 geckodriver:0.37.1 \\
                    wasm-bindgen:0.2.130 wasm-bindgen-test-runner:0.2.130; do
                    file=.tools/bin/${command%:*}
                    printf '#!/bin/sh\\necho %s %s\\n' \"${command%:*}\" \"${command#*:}\" > $file
                    chmod +x $file
                done
                rmdir .tools/target",
            );
            fake
        }

        /// Puts commands of this machine, and no others, where those that are not the
        /// project's own are found.
        fn system(&self, names: &[&str]) {
            let system = self.root.join("system");
            fs::create_dir_all(&system).expect("a folder");
            let path = env::var_os("PATH").expect("a search path");
            for name in names {
                let mut places = env::split_paths(&path).map(|folder| folder.join(name));
                let command = places.find(|path| path.is_file()).expect(name);
                symlink(command, system.join(name)).expect("a link");
            }
        }

        fn bin(&self) -> std::path::PathBuf {
            self.root.join(".tools/bin")
        }

        /// Puts a command among the project's own.
        fn command(&self, name: &str, script: &str) {
            self.file(name, &format!("#!/bin/sh\n{script}\n"));
        }

        fn file(&self, name: &str, text: &str) {
            let path = self.bin().join(name);
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("its rights");
            // As long as a child that another test starts has it open for writing, it does not run.
            let is_busy = || {
                let run = Command::new(&path).arg("--version").output();
                run.is_err_and(|error| error.kind() == io::ErrorKind::ExecutableFileBusy)
            };
            while name != "cargo" && is_busy() {}
        }

        /// What cargo was asked for.
        fn asked(&self) -> Vec<String> {
            let asked = fs::read_to_string(self.root.join("asked")).unwrap_or_default();
            asked.lines().map(str::to_owned).collect()
        }
    }

    impl Drop for Fake {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all::<&Path>(&self.root);
        }
    }

    #[test]
    fn a_command_that_does_not_run_is_installed_again() {
        for (case, broken) in [
            ("fails", "#!/bin/sh\nexit 1\n"),
            ("is-cut-off", "\u{7f}ELF"),
            ("is-empty", "#!/bin/sh\n"),
            ("is-old", "#!/bin/sh\necho it 0.1.0\n"),
        ] {
            let fake = Fake::new(case);
            for name in [
                "trunk",
                "geckodriver",
                "wasm-bindgen",
                "wasm-bindgen-test-runner",
            ] {
                fake.file(name, broken);
            }
            // One by one, as each is asked for.
            for (name, install) in [
                ("trunk", trunk as fn(&Project) -> Outcome<()>),
                ("geckodriver", geckodriver),
                ("crates/tools", wasm_bindgen),
            ] {
                for command in ["trunk", "geckodriver", "wasm-bindgen"] {
                    fake.file(command, broken);
                }
                let before = fake.asked().len();
                install(&fake.project).expect(case);
                let asked = &fake.asked()[before..];
                assert_eq!(asked.len(), 1, "{case}: {asked:?}");
                assert!(
                    asked[0].contains(name) && asked[0].contains("--force"),
                    "{asked:?}"
                );
                install(&fake.project).expect(case);
                assert_eq!(fake.asked().len(), before + 1, "{case}");
            }
        }
    }

    #[test]
    fn two_at_once_install_one_after_the_other() {
        let fake = Fake::new("twice");
        let project = &fake.project;
        thread::scope(|scope| {
            let install: [fn(&Project) -> Outcome<()>; 4] =
                [trunk, wasm_bindgen, trunk, geckodriver];
            let started = install.map(|install| scope.spawn(move || install(project)));
            for one in started {
                one.join().expect("a thread").expect("an installation");
            }
        });
        // Whoever waited looked again: the first had installed all.
        assert_eq!(fake.asked().len(), 1, "{:?}", fake.asked());
    }

    #[test]
    fn what_is_installed_and_does_not_run_is_said() {
        let fake = Fake::new("in-vain");
        fake.command(
            "cargo",
            "printf '#!/bin/sh\\nexit 1\\n' > .tools/bin/trunk; chmod +x .tools/bin/trunk",
        );
        let error = trunk(&fake.project).expect_err("a trunk that fails");
        assert!(
            error.starts_with("trunk is missing: trunk was installed and does not run."),
            "{error}"
        );
        assert!(error.contains("By hand: "), "{error}");
    }
}
