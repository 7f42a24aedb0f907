//! Headless Chromium with its driver, and the page that is to be tested.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, WebDriver};

use crate::{
    Outcome,
    page::Page,
    server::{Mount, Server},
};

const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
];

/// A size of the window.
#[derive(Clone, Copy)]
pub enum Screen {
    /// Of a desktop, in CSS pixels.
    Desktop(u32, u32),
    /// Of a phone, with its fingers.
    Phone(u32, u32),
}

/// A preference of the reader.
#[derive(Clone, Copy)]
pub enum Preference {
    /// Light ink on dark paper.
    Dark,
    /// Nothing that glides.
    Still,
}

/// A browser with one window, and the server of what it shows. [`Browser::quit`] ends it;
/// dropping it ends at least the driver.
pub struct Browser {
    session: WebDriver,
    server: Server,
    // Dropped in this order: the folder is in use as long as the browser runs.
    _driver: Driver,
    _profile: Folder,
}

impl Browser {
    /// Starts the browser and serves the page, both as `cargo xtask test browser` gives them:
    /// the page at `/` and again in the sub-folder `/notes/backflow/`, the test pages of a
    /// strict host at `/pages/`.
    ///
    /// # Errors
    /// Where something is not given or does not start.
    pub async fn start(pages: &Path) -> Outcome<Self> {
        Self::start_with(pages, &[]).await
    }

    /// As [`Browser::start`], and records the trace events of some categories.
    ///
    /// # Errors
    /// Where something is not given or does not start.
    pub async fn traced(pages: &Path, categories: &[&str]) -> Outcome<Self> {
        Self::start_with(pages, categories).await
    }

    async fn start_with(pages: &Path, traced: &[&str]) -> Outcome<Self> {
        let dist = given("BACKFLOW_DIST")?;
        if !dist.join("index.html").is_file() {
            return Err(format!("{} holds no page", dist.display()).into());
        }
        let mount = |prefix, folder: &Path, strict| Mount {
            prefix,
            folder: folder.to_owned(),
            strict,
        };
        let server = Server::start(vec![
            mount("/pages/", pages, true),
            mount("/notes/backflow/", &dist, false),
            mount("/", &dist, false),
        ])?;
        let driver = Driver::start(&given("CHROMEDRIVER")?)?;
        let profile = Folder::temporary("backflow-profile")?;
        let mut wanted = ChromeCapabilities::new();
        for argument in ARGUMENTS {
            wanted.add_arg(argument)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.0.display()))?;
        if let Some(program) = env::var_os("CHROMIUM") {
            wanted.set_binary(&program.to_string_lossy())?;
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        if !traced.is_empty() {
            wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
            let categories = json!({ "traceCategories": traced.join(",") });
            wanted.add_experimental_option("perfLoggingPrefs", categories)?;
        }
        let session = WebDriver::new(&driver.address, wanted).await?;
        Ok(Self {
            session,
            server,
            _driver: driver,
            _profile: profile,
        })
    }

    /// Opens a path of the server and waits until the graph is drawn.
    ///
    /// # Errors
    /// Where it is not.
    pub async fn open(&self, path: &str) -> Outcome<Page> {
        let mut pages = self.open_all(path).await?;
        match pages.len() {
            1 => Ok(pages.remove(0)),
            count => Err(format!("{path} has {count} graphs").into()),
        }
    }

    /// Opens a path of the server and waits until all its graphs are drawn.
    ///
    /// # Errors
    /// Where one is not.
    pub async fn open_all(&self, path: &str) -> Outcome<Vec<Page>> {
        self.session.goto(self.server.url(path)).await?;
        // `edited` is true from a key in an editor until its program is compiled.
        let script = "
            const ready = (element) => element.ready.then(() => {
                element.edited = false;
                element.shadowRoot.addEventListener('input',
                    ({ target }) => { element.edited ||= target.matches('textarea') }, true);
                element.addEventListener('backflow-change',
                    ({ detail }) => { element.edited &&= detail.cause === 'input' });
            });
            return customElements.whenDefined('backflow-graph')
                .then(() => Promise.all([...document.querySelectorAll('backflow-graph')].map(ready)))
                .then(() => document.fonts.ready).then(() => null)";
        self.session.execute(script, vec![]).await?;
        Page::all(&self.session).await
    }

    /// The session, for what is about no graph.
    pub fn session(&self) -> &WebDriver {
        &self.session
    }

    /// Gives the window a size.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn resize(&self, screen: Screen) -> Outcome {
        let (width, height, phone) = match screen {
            Screen::Desktop(width, height) => (width, height, false),
            Screen::Phone(width, height) => (width, height, true),
        };
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone }),
        )
        .await?;
        self.command(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": phone }),
        )
        .await?;
        Ok(())
    }

    /// Sets the reader's preferences; the others are light and moving.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn prefer(&self, preferences: &[Preference]) -> Outcome {
        let has = |wanted: fn(&Preference) -> bool| preferences.iter().any(wanted);
        let dark = has(|one| matches!(one, Preference::Dark));
        let still = has(|one| matches!(one, Preference::Still));
        let features = json!([
            { "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": if still { "reduce" } else { "no-preference" } },
        ]);
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await?;
        Ok(())
    }

    /// Sends a command of the Chrome `DevTools` protocol.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn command(&self, name: &str, arguments: Value) -> Outcome<Value> {
        Ok(self.session.cdp().send_raw(name, arguments).await?)
    }

    /// Back to how a test finds the browser: no page, a desktop's window, no preferences,
    /// nothing complained of.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn reset(&self) -> Outcome {
        self.session.goto("about:blank").await?;
        self.resize(Screen::Desktop(1280, 900)).await?;
        self.prefer(&[]).await?;
        self.take_complaints().await?;
        Ok(())
    }

    /// What the console and the server had to complain of since the last time.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn take_complaints(&self) -> Outcome<Vec<String>> {
        let refused = self.server.take_refused();
        let mut complaints: Vec<String> = refused
            .into_iter()
            .map(|address| format!("no file at {address}"))
            .collect();
        for entry in self.session.browser_log().await? {
            if matches!(entry.level.as_str(), "SEVERE" | "WARNING") {
                complaints.push(format!("console: {}", entry.message));
            }
        }
        Ok(complaints)
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// Where it had ended before.
    pub async fn quit(self) -> Outcome {
        let Self { session, .. } = self;
        Ok(session.quit().await?)
    }
}

/// A path that `cargo xtask test browser` passes on.
fn given(name: &str) -> Outcome<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set: run this by `cargo xtask test browser`").into())
}

/// chromedriver on a port of its choice. Ends when dropped.
struct Driver {
    process: Child,
    address: String,
    // It would be ended by a pipe that nobody reads.
    output: BufReader<ChildStdout>,
}

impl Driver {
    fn start(program: &Path) -> Outcome<Self> {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let output = BufReader::new(process.stdout.take().ok_or("chromedriver is silent")?);
        let mut driver = Self {
            process,
            address: String::new(),
            output,
        };
        driver.address = driver.announced()?;
        Ok(driver)
    }

    /// Reads where it listens.
    fn announced(&mut self) -> Outcome<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                let port: u16 = port.trim_end_matches(['.', '\n', '\r']).parse()?;
                return Ok(format!("http://127.0.0.1:{port}"));
            }
            line.clear();
        }
        Err("chromedriver ended at once".into())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder that is removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn temporary(name: &str) -> Outcome<Self> {
        let path = env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What a browser leaves there harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
