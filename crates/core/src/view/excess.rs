//! What is too much to draw.

use crate::number::grouped;

/// Most nodes that are drawn.
pub const MAX_DRAWN: usize = 5000;
/// Most wires that are drawn: each takes several elements of a page.
pub const MAX_WIRES: usize = 10_000;

/// Of what there is too much to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Nodes: so many, where all is open.
    Nodes(usize),
    /// Wires: so many.
    Wires(usize),
    /// Letters of names, one within the other.
    Names,
}

impl Excess {
    /// What is said of a program with so many gates.
    pub fn told(self, gates: usize) -> String {
        let many = |count: usize, what: &str, most: usize| {
            let (count, most) = (grouped(count as u128), grouped(most as u128));
            format!("{count} {what} are too many to draw: more than {most} at a time")
        };
        match self {
            Self::Nodes(_) if gates > MAX_DRAWN => many(gates, "gates", MAX_DRAWN),
            Self::Nodes(count) => many(count, "nodes", MAX_DRAWN),
            Self::Wires(count) => many(count, "wires", MAX_WIRES),
            Self::Names => {
                "the names of what is drawn are too long to draw, one within the other".to_owned()
            }
        }
    }
}
