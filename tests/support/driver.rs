//! The commands that drive the browsers, and how each browser is asked for.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use thirtyfour::{
    Capabilities, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel,
};

use crate::{Outcome, engine::Engine};

const CHROMIUM: [&str; 10] = [
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

/// How long a driver may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A driver that listens on a port of this machine. Ends when dropped.
pub struct Driver {
    process: Child,
    /// Where it listens.
    pub address: String,
    // Dropped last: the browser is drawn there until its driver is gone.
    _screen: Option<Screen>,
}

impl Driver {
    /// Starts the driver of an engine. What the browser keeps it keeps in a folder.
    ///
    /// # Errors
    /// Where it does not start or does not listen.
    pub fn start(engine: Engine, program: &Path, folder: &Path) -> Outcome<Self> {
        let mut command = Command::new(program);
        match engine {
            Engine::Chromium => {
                command.arg("--port=0");
                Self::announced(command, "started successfully on port ")
            }
            Engine::Firefox => {
                // The profile goes there; and without access to the system no preference is set.
                command.args(["--port", "0", "--allow-system-access", "--profile-root"]);
                command.arg(folder);
                Self::announced(command, "Listening on 127.0.0.1:")
            }
            Engine::WebKit => {
                let screen = Screen::start()?;
                // It cannot choose a port.
                let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
                    .local_addr()?
                    .port();
                command
                    .arg(format!("--port={port}"))
                    .env("DISPLAY", &screen.name)
                    // Drawn on that screen alone, and without the reader's own settings.
                    .env("GDK_BACKEND", "x11")
                    .env("LIBGL_ALWAYS_SOFTWARE", "1")
                    .env("NO_AT_BRIDGE", "1")
                    .env("GSETTINGS_BACKEND", "memory");
                for kind in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
                    command.env(kind, folder);
                }
                Self::listening(command, port, screen)
            }
        }
    }

    /// Starts a driver that says at which port it listens.
    fn announced(mut command: Command, sign: &str) -> Outcome<Self> {
        let mut process = start(command.stdout(Stdio::piped()))?;
        let output = process.stdout.take();
        let mut driver = Self {
            process,
            address: String::new(),
            _screen: None,
        };
        let port = number_after(output, sign)?;
        driver.address = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// Starts a driver at a port and waits until it listens.
    fn listening(mut command: Command, port: u16, screen: Screen) -> Outcome<Self> {
        let process = start(command.stdout(Stdio::null()))?;
        let mut driver = Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
            _screen: Some(screen),
        };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if driver.process.try_wait()?.is_some() || start.elapsed() > PATIENCE {
                return Err("the driver does not listen".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A screen in memory. Ends when dropped.
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    fn start() -> Outcome<Self> {
        let mut command = Command::new("Xvfb");
        // It takes the first number that is free and prints it.
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1200x24",
            "-nolisten",
            "tcp",
        ]);
        let mut process = start(command.stdout(Stdio::piped()))?;
        let output = process.stdout.take();
        let mut screen = Self {
            process,
            name: String::new(),
        };
        screen.name = format!(":{}", number_after(output, "")?);
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn start(command: &mut Command) -> Outcome<Child> {
    let name = PathBuf::from(command.get_program());
    command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{} does not start: {error}", name.display()).into())
}

fn end(process: &mut Child) {
    // It may have ended by itself.
    let _ = process.kill();
    let _ = process.wait();
}

/// The number behind a sign in what a command prints. The rest is read on and forgotten: a
/// command is stopped by a pipe that nobody empties.
fn number_after(output: Option<impl Read + Send + 'static>, sign: &str) -> Outcome<u16> {
    let mut output = BufReader::new(output.ok_or("a command is silent")?);
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some((_, number)) = line.split_once(sign) {
            let number = number.trim_end_matches(['.', '\n', '\r']).parse()?;
            thread::spawn(move || io::copy(&mut output, &mut io::sink()));
            return Ok(number);
        }
        line.clear();
    }
    Err(format!("a command ended without {sign:?}").into())
}

/// What an engine is asked for: the browser's program, and in Chromium the categories of trace
/// events that it is to record.
///
/// # Errors
/// Where the names of the programs are no text.
pub fn capabilities(
    engine: Engine,
    program: &Path,
    profile: &Path,
    traced: &[&str],
) -> Outcome<Capabilities> {
    let program = program.to_str().ok_or("the browser's path is no text")?;
    let wanted = match engine {
        Engine::Chromium => return chromium(program, profile, traced),
        Engine::Firefox => json!({
            "browserName": "firefox",
            "moz:firefoxOptions": { "binary": program, "args": ["-headless"], "prefs": {
                // A slow machine is not an unresponsive page.
                "dom.max_script_run_time": 0,
                "datareporting.policy.dataSubmissionEnabled": false,
            } },
        }),
        Engine::WebKit => json!({
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": { "binary": program, "args": ["--automation"] },
        }),
    };
    match wanted {
        Value::Object(wanted) => Ok(wanted.into()),
        _ => Err("capabilities are an object".into()),
    }
}

fn chromium(program: &str, profile: &Path, traced: &[&str]) -> Outcome<Capabilities> {
    let mut wanted = ChromeCapabilities::new();
    for argument in CHROMIUM {
        wanted.add_arg(argument)?;
    }
    wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    wanted.set_binary(program)?;
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    if !traced.is_empty() {
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        let categories = json!({ "traceCategories": traced.join(",") });
        wanted.add_experimental_option("perfLoggingPrefs", categories)?;
    }
    Ok(wanted.into())
}

/// A folder that is removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A folder for a profile that no other process has.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn temporary(name: &str) -> Outcome<Self> {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
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
