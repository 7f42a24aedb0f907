//! How large a matrix may be that is written out.

use crate::build::{Full, MAX_OPERANDS};
use crate::graph::Graph;
use crate::lower::program::MAX_BYTES;
use crate::number::grouped;
use crate::shape::Display;
use std::fmt;

/// How much an explicit matrix may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most entries.
    pub entries: u128,
    /// Most operations of all sweeps together, as [`super::Tape::work`] counts.
    pub work: u128,
}

impl Default for Limits {
    /// As many entries as the values of a program may have numbers, and a few
    /// seconds of sweeps.
    fn default() -> Self {
        Self {
            entries: (MAX_BYTES / size_of::<f64>()) as u128,
            work: 2_000_000_000,
        }
    }
}

/// Most bytes of the numbers that a derivative computes on its way.
pub const MAX_TAPE: usize = 1 << 30;

/// Why a matrix is not written out, or a derivative not computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// It has too many entries.
    Entries {
        /// "Jacobian" or "Hessian".
        matrix: &'static str,
        /// The shapes of the result and of what it is derived by.
        shapes: [Vec<usize>; 2],
        /// The most that are written out.
        limit: u128,
    },
    /// It takes too much work.
    Work {
        /// "Jacobian" or "Hessian".
        matrix: &'static str,
        /// How many sweeps it takes.
        sweeps: usize,
        /// How many operations each sweep takes.
        each: usize,
        /// The most that are done.
        limit: u128,
    },
    /// Its tape holds too many numbers.
    Memory {
        /// The bytes of all of them.
        bytes: u128,
    },
    /// Its gates have too many operands.
    Operands,
}

impl From<Full> for TooLarge {
    fn from(_: Full) -> Self {
        Self::Operands
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries {
                matrix,
                shapes: [out, x],
                limit,
            } => {
                let entries = product(out).saturating_mul(product(x));
                write!(
                    f,
                    "the {matrix} of shape {} by {} has {} entries, {} of 8-byte numbers; \
                     at most {} are written out",
                    Display(out),
                    Display(x),
                    grouped(entries),
                    bytes(entries.saturating_mul(8) as f64),
                    grouped(*limit),
                )
            }
            Self::Work {
                matrix,
                sweeps,
                each,
                limit,
            } => write!(
                f,
                "the {matrix} takes {} sweeps of {} operations each, {} in all; at most {} are done",
                grouped(*sweeps as u128),
                grouped(*each as u128),
                grouped((*sweeps as u128).saturating_mul(*each as u128)),
                grouped(*limit),
            ),
            Self::Memory { bytes: count } => write!(
                f,
                "this derivative takes {} of numbers; at most {} are used",
                bytes(*count as f64),
                bytes(MAX_TAPE as f64),
            ),
            Self::Operands => write!(
                f,
                "the gates of this derivative have more than {} operands",
                grouped(MAX_OPERANDS as u128),
            ),
        }
    }
}

impl std::error::Error for TooLarge {}

fn product(shape: &[usize]) -> u128 {
    let sizes = shape.iter().map(|&size| size as u128);
    sizes.fold(1, u128::saturating_mul)
}

/// A number of bytes by the largest unit that it has one of.
pub(crate) fn bytes(mut size: f64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{} {}", (size * 10.0).round() / 10.0, units[unit])
}

pub(super) fn check_entries(
    matrix: &'static str,
    out: &[usize],
    x: &[usize],
    limits: Limits,
) -> Result<(), TooLarge> {
    if product(out).saturating_mul(product(x)) <= limits.entries {
        return Ok(());
    }
    Err(TooLarge::Entries {
        matrix,
        shapes: [out.to_vec(), x.to_vec()],
        limit: limits.entries,
    })
}

pub(super) fn check_work(
    matrix: &'static str,
    sweeps: usize,
    each: usize,
    limits: Limits,
) -> Result<(), TooLarge> {
    if sweeps as u128 * each as u128 <= limits.work {
        return Ok(());
    }
    Err(TooLarge::Work {
        matrix,
        sweeps,
        each,
        limit: limits.work,
    })
}

pub(super) fn check_memory(graph: &Graph) -> Result<(), TooLarge> {
    let sizes = graph.nodes().map(|node| product(graph.shape(node)));
    let bytes = sizes.fold(0, u128::saturating_add).saturating_mul(8);
    if bytes <= MAX_TAPE as u128 {
        return Ok(());
    }
    Err(TooLarge::Memory { bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Origin;

    #[test]
    fn sizes_are_told_as_people_read_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(1000.0), "1000 bytes");
        assert_eq!(bytes(1536.0), "1.5 KiB");
        assert_eq!(
            bytes(u128::MAX as f64),
            format!("{} EiB", (u128::MAX as f64 / 2f64.powi(60)))
        );
    }

    #[test]
    fn a_tape_has_a_limit() {
        let mut graph = Graph::default();
        let shape = graph.shapes.intern(&[1 << 13, 1 << 13]);
        graph.push_constant(1.0, shape, Origin::default());
        assert_eq!(check_memory(&graph), Ok(()));
        graph.push_constant(1.0, shape, Origin::default());
        graph.push_constant(1.0, shape, Origin::default());
        let error = check_memory(&graph).map_err(|error| error.to_string());
        let text = "this derivative takes 1.5 GiB of numbers; at most 1 GiB are used";
        assert_eq!(error, Err(text.to_owned()));
    }

    /// The lecture's layer: 64 rows, 4096 by 4096.
    #[test]
    fn the_jacobian_of_a_layer_is_too_large() {
        let shapes = [vec![64, 4096], vec![64, 4096]];
        let limits = Limits::default();
        let error = check_entries("Jacobian", &shapes[0], &shapes[1], limits);
        let text = error.map_err(|error| error.to_string());
        assert_eq!(
            text,
            Err(
                "the Jacobian of shape (64, 4096) by (64, 4096) has 68,719,476,736 entries, \
                 512 GiB of 8-byte numbers; at most 8,388,608 are written out"
                    .to_owned()
            )
        );
    }
}
