//! All that there is to look at in a program composed of well-formed lines: its picture in
//! any view, every sentence and card, its code in every style, and edits of it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| backflow_fuzz::look_at(bytes));
