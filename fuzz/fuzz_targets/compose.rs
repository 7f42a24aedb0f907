//! Programs of well-formed lines over every function, compiled, run and drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| backflow_fuzz::survive(&backflow_fuzz::program(bytes)));
