//! What the fuzzers found worth keeping is survived.

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

/// Every kept input of a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let entries = fs::read_dir(folder.join(target)).expect("a corpus");
    let files = entries.map(|entry| fs::read(entry.expect("a file").path()));
    let files: Vec<Vec<u8>> = files.map(|file| file.expect("its bytes")).collect();
    assert!(files.len() > 10, "{target} has {}", files.len());
    files
}

#[test]
fn kept_texts_are_parsed() {
    for bytes in kept("parse") {
        if let Ok(source) = str::from_utf8(&bytes) {
            let (_, diagnostics) = backflow_core::syntax::parse(source);
            fuzz::check(source, &diagnostics);
            let _ = backflow_core::lower::parse_value(source);
        }
    }
}

#[test]
fn kept_texts_are_run() {
    for bytes in kept("run") {
        if let Ok(source) = str::from_utf8(&bytes) {
            drop(fuzz::survive(source));
        }
    }
}

#[test]
fn kept_programs_are_run() {
    for bytes in kept("compose") {
        fuzz::mend(fuzz::program(&bytes));
    }
}
