//! Any text through the lexer and the parser.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let (_, diagnostics) = backflow_core::syntax::parse(source);
    backflow_fuzz::check(source, &diagnostics);
    let _ = backflow_core::lower::parse_value(source);
});
