//! Any text as a program: compiled, run and drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| drop(backflow_fuzz::survive(source)));
