//! Names as Python has them: two that differ in how their letters are stored are one, in
//! Unicode's normal form NFKC.

use std::borrow::Cow;

/// A name in the form in which it is bound and looked up.
pub fn normal(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return name.into();
    }
    nfkc(name).into()
}

#[cfg(not(target_arch = "wasm32"))]
fn nfkc(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfkc().collect()
}

/// In the page the host does it: every JavaScript engine has the tables, and what they
/// say of a letter that Unicode has is never changed.
#[cfg(target_arch = "wasm32")]
mod host {
    use std::sync::OnceLock;

    static NFKC: OnceLock<fn(&str) -> String> = OnceLock::new();

    pub fn nfkc(name: &str) -> String {
        NFKC.get().map_or_else(|| name.to_owned(), |by| by(name))
    }

    /// Says what brings a text into NFKC. The first that is said stays; without one, names
    /// stay as they are stored.
    pub fn normalize_by(nfkc: fn(&str) -> String) {
        NFKC.get_or_init(|| nfkc);
    }
}
#[cfg(target_arch = "wasm32")]
use host::nfkc;
#[cfg(target_arch = "wasm32")]
pub use host::normalize_by;
