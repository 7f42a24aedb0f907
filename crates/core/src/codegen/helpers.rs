//! Functions that a program's text brings along: what the libraries have not, or have with
//! another result at the edges. Those of a dialect stand in its file, in Python.

use super::Dialect;
use crate::host::goes_on_name;

/// The functions that a text calls, in the order in which they are defined.
#[derive(Clone, Debug, Default)]
pub struct Helpers {
    used: Vec<&'static str>,
}

impl Helpers {
    /// Calls one of a dialect: its text comes along, behind those of what it calls.
    pub fn call(&mut self, name: &'static str, dialect: Dialect) -> &'static str {
        if let Some(text) = text(name, dialect)
            && !self.used.contains(&name)
        {
            for (other, _) in all(dialect).filter(|other| calls(text, other.0) && other.0 != name) {
                self.call(other, dialect);
            }
            self.used.push(name);
        }
        name
    }

    /// Their texts.
    pub fn text(&self, dialect: Dialect) -> Vec<&'static str> {
        let texts = self.used.iter();
        texts.filter_map(|name| text(name, dialect)).collect()
    }

    /// Whether Python's `math` is needed besides.
    pub fn wants_math(&self) -> bool {
        self.used.contains(&"erfc")
    }
}

/// Every name that one can have.
pub fn names() -> Vec<&'static str> {
    let dialects = [Dialect::Math, Dialect::NumPy, Dialect::Torch, Dialect::Jax];
    let mut names = Vec::new();
    for (name, _) in dialects.into_iter().flat_map(all) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The text of one; none where a dialect does not need it.
pub fn text(name: &str, dialect: Dialect) -> Option<&'static str> {
    all(dialect).find(|one| one.0 == name).map(|one| one.1)
}

/// Those of a dialect, with their texts.
fn all(dialect: Dialect) -> impl Iterator<Item = (&'static str, &'static str)> {
    let file = match dialect {
        Dialect::Math => include_str!("helpers/math.py"),
        Dialect::NumPy => include_str!("helpers/numpy.py"),
        Dialect::Torch => include_str!("helpers/torch.py"),
        Dialect::Jax => include_str!("helpers/jax.py"),
    };
    file.trim_end().split("\n\n\n").filter_map(|text| {
        let name = match text.strip_prefix("def ") {
            Some(rest) => rest.split('(').next(),
            None => text.split_once(" = ").map(|parts| parts.0),
        };
        Some((name?, text))
    })
}

/// Whether a text calls a function by its bare name.
pub fn calls(text: &str, name: &str) -> bool {
    let call = format!("{name}(");
    let mut pieces: Vec<&str> = text.split(&call).collect();
    pieces.pop();
    let ends = |before: &&str| !before.ends_with(|c| c == '.' || goes_on_name(c));
    pieces.iter().any(ends)
}
