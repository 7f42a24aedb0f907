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

#[test]
fn kept_programs_are_looked_at() {
    for bytes in kept("look").into_iter().chain(kept("compose")) {
        fuzz::look_at(&bytes);
    }
}

/// Letters of one to four bytes, of composed and single ones, in every place that a name
/// can have.
#[test]
fn programs_with_names_of_every_script_are_looked_at() {
    for name in [
        "é", "값", "λ", "имя", "變數", "ßx", "ª", "𐐨", "ⅷ", "ĳ", "e\u{301}",
    ] {
        let source = format!(
            "def {name}({name}a, b{name}=2):\n    {name}_{name} = {name}a * b{name}\n    \
             return sigmoid({name}_{name})\ndef outer{name}(x): return {name}(x) + {name}(x, -x)\n\
             {name}0 = [1, -2]\n{name}_1 = 3\nfor {name}i in range(2):\n    \
             {name}q = outer{name}({name}0) * {name}i\n    {name}_1 = {name}_1 * sum({name}q)\n\
             {name}_1 = {name}({name}_1) # {name}"
        );
        for seed in 0..12_u8 {
            let bytes: Vec<u8> = (0..60)
                .map(|at: u8| at.wrapping_mul(seed).wrapping_add(seed))
                .collect();
            fuzz::look(&source, &bytes);
        }
        // Each mistake is told beside what it is about.
        let wrong = format!("{name} = 1\nf = {name} + {name}z + 2{name}\n{name}({name})\n");
        fuzz::mend(wrong);
    }
}
