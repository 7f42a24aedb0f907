//! Programs of well-formed lines over every function, compiled, run and drawn, and again
//! without the lines that are wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| backflow_fuzz::mend(backflow_fuzz::program(bytes)));
