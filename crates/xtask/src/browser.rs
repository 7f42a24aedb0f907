//! The browsers with their drivers: what is on the search path is used, what is missing is
//! installed where that can be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{apt, install, project::Project, step::Outcome};

/// A browser engine that the page is tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name, as `cargo xtask test` and the tests have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The engine of a name.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|engine| engine.name() == name);
        found.ok_or_else(|| {
            format!("there is no engine {name}: choose of chromium, firefox, webkit")
        })
    }

    /// Commands that start the browser.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ],
            Self::Firefox => &["firefox-esr", "firefox"],
            Self::WebKit => &["MiniBrowser"],
        }
    }

    /// Debian's packages of what Cargo does not install.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver", "fonts-dejavu-core"],
            Self::Firefox => &["firefox-esr", "fonts-dejavu-core"],
            Self::WebKit => &["webkit2gtk-driver", "xvfb", "fonts-dejavu-core"],
        }
    }

    fn by_hand(self) -> &'static str {
        match self {
            Self::Chromium => {
                "chromium (or Google Chrome) and chromedriver of the same version, both on the PATH"
            }
            Self::Firefox => {
                "firefox (or firefox-esr) on the PATH; geckodriver comes by cargo install geckodriver"
            }
            Self::WebKit => {
                "WebKitWebDriver and Xvfb on the PATH, with MiniBrowser of the same WebKitGTK \
                 (Debian's packages webkit2gtk-driver and xvfb)"
            }
        }
    }
}

/// A browser and the command that drives it.
pub struct Browser {
    pub engine: Engine,
    program: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Tells a command of cargo which browser to drive and where the page is.
    pub fn tell<'a>(&self, project: &Project, command: &'a mut Command) -> &'a mut Command {
        command
            .env("BACKFLOW_DIST", project.dist())
            .env("BACKFLOW_ENGINE", self.engine.name())
            .env("BACKFLOW_DRIVER", &self.driver)
            .env("BACKFLOW_BROWSER", &self.program)
    }
}

/// Provides the browser of an engine and its driver.
pub fn find_or_install(project: &Project, engine: Engine) -> Outcome<Browser> {
    let missing = |error: &str| {
        format!(
            "the browser tests' {} is missing: {error}.\n  By hand: {}",
            engine.name(),
            engine.by_hand()
        )
    };
    if program(project, engine).is_none() || !is_installed(project, engine) {
        apt::install(project, engine.name(), engine.packages()).map_err(|error| missing(&error))?;
    }
    if engine == Engine::Firefox {
        install::geckodriver(project)?;
    }
    let found = || {
        let name = match engine {
            Engine::Chromium => "chromedriver",
            Engine::Firefox => "geckodriver",
            Engine::WebKit => "WebKitWebDriver",
        };
        Some(Browser {
            engine,
            program: program(project, engine)?,
            driver: project.which(name)?,
        })
    };
    found().ok_or_else(|| missing("its packages hold no browser or no driver"))
}

/// Whether what the system's packages hold beside the browser is there.
fn is_installed(project: &Project, engine: Engine) -> bool {
    let wanted: &[&str] = match engine {
        Engine::Chromium => &["chromedriver"],
        Engine::Firefox => &[],
        Engine::WebKit => &["WebKitWebDriver", "Xvfb"],
    };
    wanted.iter().all(|name| project.which(name).is_some())
}

fn program(project: &Project, engine: Engine) -> Option<PathBuf> {
    let on_path = engine
        .programs()
        .iter()
        .find_map(|name| project.which(name));
    on_path.or_else(|| (engine == Engine::WebKit).then(mini_browser).flatten())
}

/// `WebKitGTK`'s small browser, which distributions keep among its libraries.
fn mini_browser() -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64", "/usr/libexec"].map(PathBuf::from);
    let of_architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let folders = folders
        .into_iter()
        .chain(of_architectures.map(|entry| entry.path()));
    folders
        .flat_map(|folder| {
            ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"]
                .map(|version| folder.join(version).join("MiniBrowser"))
        })
        .find(|path: &PathBuf| Path::is_file(path))
}

/// Lets a random walk over the page in dist try to break it.
pub fn soak(project: &Project, walk: &Walk) -> Outcome<()> {
    let browser = find_or_install(project, walk.engine)?;
    let mut command = project.command("cargo");
    command.args(["run", "--quiet", "--example", "soak"]);
    command.args(["--package", "backflow", "--features", "browser"]);
    for (name, value) in [("MINUTES", &walk.minutes), ("SEED", &walk.seed)] {
        command.env(
            format!("BACKFLOW_SOAK_{name}"),
            value.as_deref().unwrap_or(""),
        );
    }
    crate::project::run(browser.tell(project, &mut command))
}

/// How long a random walk takes, where it starts, and in which engine.
pub struct Walk {
    pub minutes: Option<String>,
    pub seed: Option<String>,
    pub engine: Engine,
}

/// Measures what a frame of the page in dist costs.
pub fn measure(project: &Project) -> Outcome<()> {
    let browser = find_or_install(project, Engine::Chromium)?;
    let mut command = project.command("cargo");
    command.args(["run", "--example", "measure"]);
    command.args(["--package", "backflow", "--features", "browser"]);
    crate::project::run(browser.tell(project, &mut command))
}
