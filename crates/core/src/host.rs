//! What needs large tables: natively a crate or the standard library has them. In the page
//! every browser has them, so the page brings none along, and says here how to ask.

#[cfg(not(target_arch = "wasm32"))]
mod own {
    /// A text in Unicode's normal form NFKC.
    pub fn nfkc(text: &str) -> String {
        use unicode_normalization::UnicodeNormalization;
        text.nfkc().collect()
    }

    /// Whether a name may begin with a letter that is not ASCII, or go on with it.
    pub fn begins_name(letter: char) -> bool {
        unicode_ident::is_xid_start(letter)
    }

    pub fn goes_on_name(letter: char) -> bool {
        unicode_ident::is_xid_continue(letter)
    }

    /// The number nearest to a decimal literal.
    pub fn number(literal: &str) -> f64 {
        literal.parse().unwrap_or(f64::NAN)
    }
}

#[cfg(target_arch = "wasm32")]
mod asked {
    use std::sync::OnceLock;

    /// What a browser does for the engine.
    #[derive(Clone, Copy, Debug)]
    pub struct Host {
        /// Brings a text into NFKC. What it says of a letter that Unicode has never changes.
        pub nfkc: fn(&str) -> String,
        /// Whether a letter has the property `XID_Start`.
        pub begins_name: fn(char) -> bool,
        /// Whether a letter has the property `XID_Continue`.
        pub goes_on_name: fn(char) -> bool,
        /// The number nearest to a decimal literal.
        pub number: fn(&str) -> f64,
    }

    static HOST: OnceLock<Host> = OnceLock::new();

    /// Says how the browser is asked: before the first program. The first that is said stays.
    pub fn ask(host: Host) {
        HOST.get_or_init(|| host);
    }

    pub fn nfkc(text: &str) -> String {
        HOST.get()
            .map_or_else(|| text.to_owned(), |host| (host.nfkc)(text))
    }

    pub fn begins_name(letter: char) -> bool {
        HOST.get().is_some_and(|host| (host.begins_name)(letter))
    }

    pub fn goes_on_name(letter: char) -> bool {
        HOST.get().is_some_and(|host| (host.goes_on_name)(letter))
    }

    pub fn number(literal: &str) -> f64 {
        HOST.get().map_or(f64::NAN, |host| (host.number)(literal))
    }
}

#[cfg(target_arch = "wasm32")]
use asked as table;
#[cfg(target_arch = "wasm32")]
pub use asked::{Host, ask};
#[cfg(not(target_arch = "wasm32"))]
use own as table;
pub(crate) use table::{nfkc, number};

/// Whether a name may begin with a letter.
pub(crate) fn begins_name(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '_' => true,
        other => !other.is_ascii() && table::begins_name(other),
    }
}

/// Whether a name may go on with a letter.
pub(crate) fn goes_on_name(letter: char) -> bool {
    match letter {
        'a'..='z' | 'A'..='Z' | '_' | '0'..='9' => true,
        other => !other.is_ascii() && table::goes_on_name(other),
    }
}
