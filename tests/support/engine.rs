//! The engines that the page is tested in, and what a driver can ask of each.

use std::env;

use crate::Outcome;

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, driven by chromedriver, with its `DevTools` protocol beside.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
    /// `WebKitGTK`, driven by `WebKitWebDriver` on a screen of its own.
    WebKit,
}

/// What a test wants that not every engine lets a driver do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The `DevTools` protocol.
    Protocol,
    /// A window of 360 px, and fingers.
    Phone,
    /// Preferences of the reader that the page cannot set for itself: no motion, forced colours.
    Preferences,
    /// A window that has the system's focus, as none has on a bare screen.
    Focus,
    /// The pointer on what lies in a box that was scrolled: `WebKit`'s driver misses it.
    Scrolled,
}

impl Engine {
    /// The engine that `cargo xtask test` names; Chromium where it names none.
    ///
    /// # Errors
    /// Where there is no such engine.
    pub fn given() -> Outcome<Self> {
        match env::var("BACKFLOW_ENGINE").as_deref() {
            Ok("chromium") | Err(_) => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::WebKit),
            Ok(other) => Err(format!("there is no engine {other}").into()),
        }
    }

    /// Its name, as a part of the names of tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Whether a test with such a need can run.
    pub fn can(self, need: Need) -> bool {
        match need {
            Need::Protocol | Need::Phone => self == Self::Chromium,
            Need::Preferences | Need::Focus | Need::Scrolled => self != Self::WebKit,
        }
    }
}

impl Need {
    /// Why an engine leaves a test out.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Protocol => "wants DevTools",
            Self::Phone => "wants a phone",
            Self::Preferences => "wants preferences",
            Self::Focus => "wants a focused window",
            Self::Scrolled => "wants the pointer in what scrolled",
        }
    }
}
