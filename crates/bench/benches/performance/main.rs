//! `cargo bench`: every workload, natively and as WebAssembly, as tables of ratios.
//!
//! `--write` writes them to `docs/performance.md`, `--json` prints the rows,
//! `--native` leaves WebAssembly out, a word measures only what starts with it.

mod page;
mod wasm;

use backflow_bench::report::{Results, tables};
use cpu_time::ThreadTime;
use lexopt::prelude::*;
use std::process::ExitCode;

/// What becomes of the results.
#[derive(Clone, Copy, Default, PartialEq)]
enum Output {
    #[default]
    Tables,
    Page,
    Json,
}

#[derive(Default)]
struct Options {
    /// Whether it was `cargo bench` that started this: `cargo test` runs benches too.
    bench: bool,
    output: Output,
    native: bool,
    only: String,
}

fn main() -> ExitCode {
    match options()
        .map_err(|error| error.to_string())
        .and_then(|options| run(&options))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, lexopt::Error> {
    let mut options = Options::default();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("bench") => options.bench = true,
            Long("write") => options.output = Output::Page,
            Long("json") => options.output = Output::Json,
            Long("native") => options.native = true,
            Value(only) => options.only = only.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), String> {
    if !options.bench {
        println!("Nothing is timed without optimisation: run cargo bench.");
        return Ok(());
    }
    // Built before anything is timed.
    let module = if options.native {
        None
    } else {
        wasm::build()
            .inspect_err(|why| eprintln!("No WebAssembly: {why}"))
            .ok()
    };
    let start = ThreadTime::now();
    let clock = || start.elapsed().as_secs_f64() * 1e6;
    let note = |text: &str| eprintln!("native: {text}");
    let native = backflow_bench::measure(&clock, &options.only, &note)?;
    let wasm = module.map_or(Ok(Vec::new()), |module| wasm::run(&module, &options.only))?;
    let results = Results { native, wasm };
    if options.output == Output::Json {
        let json = serde_json::to_string(&results).map_err(|error| error.to_string())?;
        println!("{json}");
        return Ok(());
    }
    println!("{}", tables(&results));
    if options.output == Output::Page {
        page::write(&results)?;
    }
    Ok(())
}
