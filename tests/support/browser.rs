//! A browser of one of the engines, and the page that is to be tested.

use std::{
    env,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::Method;
use serde_json::{Value, json};
use thirtyfour::{RequestData, SessionId, WebDriver, common::command::FormatRequestData};

use crate::{
    Outcome,
    driver::{self, Driver, Folder},
    engine::{Engine, Need},
    page::Page,
    server::{Mount, Server},
};

/// Notes what a page complains of, for the engines whose console no driver can read. The
/// storage lives as long as the window, over all pages of the server. That a size changed in
/// answer to another is told to the page alone, and seen in the next frame.
const NOTE_COMPLAINTS: &str = "
    const complain = (text) => sessionStorage.setItem('complaints',
        JSON.stringify([...JSON.parse(sessionStorage.getItem('complaints') ?? '[]'), text]));
    addEventListener('error', ({ message, target }) => {
        if (message?.startsWith('ResizeObserver loop')) return;
        complain(message ?? `${target.localName} does not load ${target.src ?? target.href}`);
    }, true);
    addEventListener('unhandledrejection', ({ reason }) => complain(`rejected: ${reason}`));
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        complain(`refused by ${effectiveDirective}: ${blockedURI}`));
    for (const kind of ['error', 'warn']) {
        const print = console[kind];
        console[kind] = (...words) => { complain(words.join(' ')); print.apply(console, words); };
    }";

/// Those notes, and forgets them.
const TAKE_COMPLAINTS: &str = "
    if (location.protocol === 'about:') return [];
    const complaints = JSON.parse(sessionStorage.getItem('complaints') ?? '[]');
    sessionStorage.removeItem('complaints');
    return complaints";

/// A size of the window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Of a desktop, in CSS pixels. Firefox and `WebKit` have none narrower than 500.
    Desktop(u32, u32),
    /// Of a phone, with its fingers: [`Need::Phone`].
    Phone(u32, u32),
}

/// A preference of the reader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// Light ink on dark paper.
    Dark,
    /// Nothing that glides: [`Need::Preferences`].
    Still,
    /// The few colours that the reader's system has: [`Need::Preferences`].
    Forced,
    /// As printed: [`Need::Protocol`].
    Print,
}

/// A browser with one window, and the server of what it shows. [`Browser::quit`] ends it;
/// dropping it ends at least the driver.
pub struct Browser {
    engine: Engine,
    session: WebDriver,
    server: Server,
    state: Mutex<State>,
    // Dropped in this order: the folder is in use as long as the browser runs.
    _driver: Driver,
    _profile: Folder,
}

/// How the browser was set last.
#[derive(Default)]
struct State {
    screen: Option<Screen>,
    preferences: Option<Vec<Preference>>,
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
        let engine = Engine::given()?;
        let notes = (engine != Engine::Chromium).then_some(NOTE_COMPLAINTS);
        let server = Server::start(
            vec![
                mount("/pages/", pages, true),
                mount("/notes/backflow/", &dist, false),
                mount("/", &dist, false),
            ],
            notes,
        )?;
        let profile = Folder::temporary("backflow-profile")?;
        let driver = Driver::start(engine, &given("BACKFLOW_DRIVER")?, &profile.0)?;
        let program = given("BACKFLOW_BROWSER")?;
        let wanted = driver::capabilities(engine, &program, &profile.0, traced)?;
        let session = WebDriver::builder(driver.address.as_str(), wanted)
            .request_timeout(Duration::from_secs(90))
            .await?;
        Ok(Self {
            engine,
            session,
            server,
            state: Mutex::default(),
            _driver: driver,
            _profile: profile,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it is an instance of.
    pub fn engine(&self) -> Engine {
        self.engine
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
                    ({ target }) => { element.edited ||= target.matches('.field') }, true);
                element.addEventListener('backflow-change',
                    ({ detail }) => { element.edited &&= detail.cause === 'input' });
            });
            return customElements.whenDefined('backflow-graph')
                .then(() => Promise.all([...document.querySelectorAll('backflow-graph')].map(ready)))
                .then(() => document.fonts.ready)
                // A frame later it is known what can be seen of them.
                .then(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen(null)))))";
        let has_dark = |preferences: &Vec<_>| preferences.contains(&Preference::Dark);
        let is_dark = self.state().preferences.as_ref().is_some_and(has_dark);
        if is_dark && self.engine == Engine::WebKit {
            let darken = "document.documentElement.style.colorScheme = 'dark'";
            self.session.execute(darken, vec![]).await?;
        }
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
    /// Where the browser refuses, or has no such screen.
    pub async fn resize(&self, screen: Screen) -> Outcome {
        if self.state().screen == Some(screen) {
            return Ok(());
        }
        self.state().screen = None;
        match screen {
            Screen::Desktop(width, height) if self.engine != Engine::Chromium => {
                self.resize_window(width, height).await?;
            }
            Screen::Desktop(width, height) => self.emulate_screen(width, height, false).await?,
            Screen::Phone(width, height) => self.emulate_screen(width, height, true).await?,
        }
        self.state().screen = Some(screen);
        Ok(())
    }

    async fn emulate_screen(&self, width: u32, height: u32, phone: bool) -> Outcome {
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

    /// Resizes the window until what is inside of its frame and bars has a size.
    async fn resize_window(&self, width: u32, height: u32) -> Outcome {
        let wanted = [i64::from(width), i64::from(height)];
        let mut inside = [0, 0];
        for _ in 0..100 {
            let sizes = "return [innerWidth, innerHeight]";
            inside = self.session.execute(sizes, vec![]).await?.convert()?;
            if inside == wanted {
                return Ok(());
            }
            let window = self.session.get_window_rect().await?;
            let outer = |size: i64, at: usize| u32::try_from(size + wanted[at] - inside[at]);
            let (width, height) = (outer(window.width, 0)?, outer(window.height, 1)?);
            self.session.set_window_rect(0, 0, width, height).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the window is of {inside:?} instead of {wanted:?} pixels").into())
    }

    /// Sets the reader's preferences; the others are light, moving and free. Pages that are
    /// opened after it have them in every engine.
    ///
    /// # Errors
    /// Where the browser refuses, or cannot be asked for it.
    pub async fn prefer(&self, preferences: &[Preference]) -> Outcome {
        if self.state().preferences.as_deref() == Some(preferences) {
            return Ok(());
        }
        self.state().preferences = None;
        let has = |wanted: Preference| preferences.contains(&wanted);
        let (dark, still) = (has(Preference::Dark), has(Preference::Still));
        let (forced, print) = (has(Preference::Forced), has(Preference::Print));
        if print && !self.engine.can(Need::Protocol)
            || (still || forced) && !self.engine.can(Need::Preferences)
        {
            return Err(format!("{} cannot be asked for it", self.engine.name()).into());
        }
        match self.engine {
            Engine::Chromium => {
                let name = |asked: bool, name: &'static str, otherwise: &'static str| {
                    if asked { name } else { otherwise }
                };
                let features = json!([
                    { "name": "prefers-color-scheme", "value": name(dark, "dark", "light") },
                    { "name": "prefers-reduced-motion", "value": name(still, "reduce", "no-preference") },
                    { "name": "forced-colors", "value": name(forced, "active", "none") },
                ]);
                let media = json!({ "features": features, "media": name(print, "print", "") });
                self.command("Emulation.setEmulatedMedia", media).await?;
            }
            Engine::Firefox => {
                let values = json!({
                    // 0 is dark, 1 light.
                    "layout.css.prefers-color-scheme.content-override": i32::from(!dark),
                    "ui.prefersReducedMotion": i32::from(still),
                    // 2 is always the reader's, 1 the page's.
                    "browser.display.document_color_use": if forced { 2 } else { 1 },
                });
                self.set_firefox(values).await?;
            }
            // Each page is told as it opens.
            Engine::WebKit => {}
        }
        self.state().preferences = Some(preferences.to_vec());
        Ok(())
    }

    /// Sets numbers among the preferences of Firefox.
    async fn set_firefox(&self, values: Value) -> Outcome {
        let script = "for (const [name, value] of Object.entries(arguments[0]))
            Services.prefs.setIntPref(name, value)";
        self.session.handle().cmd(Context("chrome")).await?;
        let set = self.session.execute(script, vec![values]).await;
        self.session.handle().cmd(Context("content")).await?;
        set?;
        Ok(())
    }

    /// Sends a command of the `DevTools` protocol: [`Need::Protocol`].
    ///
    /// # Errors
    /// Where the browser refuses or has no such protocol.
    pub async fn command(&self, name: &str, arguments: Value) -> Outcome<Value> {
        if self.engine.can(Need::Protocol) {
            Ok(self.session.cdp().send_raw(name, arguments).await?)
        } else {
            Err(format!("{} has no {name}", self.engine.name()).into())
        }
    }

    /// Back to how a test finds the browser: no page, a desktop's window, no preferences,
    /// nothing complained of.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn reset(&self) -> Outcome {
        self.take_complaints().await?;
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
        if self.engine == Engine::Chromium {
            for entry in self.session.browser_log().await? {
                if matches!(entry.level.as_str(), "SEVERE" | "WARNING") {
                    complaints.push(format!("console: {}", entry.message));
                }
            }
        } else {
            let noted = self.session.execute(TAKE_COMPLAINTS, vec![]).await?;
            complaints.extend(noted.convert::<Vec<String>>()?);
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

/// Whether Firefox runs the scripts of a driver in the page or in itself.
#[derive(Debug)]
struct Context(&'static str);

impl FormatRequestData for Context {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("session/{session}/moz/context"))
            .add_body(json!({ "context": self.0 }))
    }
}

/// A path that `cargo xtask test browser` passes on.
fn given(name: &str) -> Outcome<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set: run this by `cargo xtask test browser`").into())
}
