//! How much of the page a reader has to load before it computes.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};

use crate::{project::Project, step::Outcome};

/// The engine as a browser receives it, in bytes: sixty operations, each with its
/// kernel, its derivative to any order and what is said of both, element by element, with
/// digits that make each equation hold as printed; the layout.
const BUDGET: usize = 610_000;

/// Size of the engine in dist, or an error where it is over the budget.
pub fn report(project: &Project) -> Outcome<String> {
    let path = project.dist().join("web/backflow-wasm_bg.wasm");
    let wasm =
        fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    verdict(wasm.len(), gzipped(&wasm)?)
}

fn verdict(plain: usize, gzipped: usize) -> Outcome<String> {
    let kilobytes = |bytes: usize| bytes as f64 / 1000.0;
    let text = format!(
        "The wasm is {:.1} kB, {:.1} kB gzipped, of {} kB allowed",
        kilobytes(plain),
        kilobytes(gzipped),
        BUDGET / 1000
    );
    if gzipped <= BUDGET {
        Ok(text)
    } else {
        Err(text)
    }
}

fn gzipped(bytes: &[u8]) -> Outcome<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map(|compressed| compressed.len())
        .map_err(|error| format!("cannot compress the wasm: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_the_compressed_size() -> Outcome<()> {
        assert!(gzipped(&vec![0; 1_000_000])? < 2_000);
        assert!(verdict(1_000_000, BUDGET).is_ok());
        assert!(verdict(1_000_000, BUDGET + 1).is_err());
        Ok(())
    }
}
