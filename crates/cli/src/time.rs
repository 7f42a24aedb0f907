//! `backflow time`: what a program costs.

use crate::options::Options;
use crate::{Failure, Outcome, report};
use backflow_core::model::Model;
use backflow_core::modes::Tape;
use serde_json::json;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A sample of runs takes at least so long, so that reading the clock does not count.
const SAMPLE: Duration = Duration::from_micros(50);
/// So many samples are taken, or fewer, but at least the least, within the time.
const SAMPLES: usize = 101;
const LEAST: usize = 3;
const TIME: Duration = Duration::from_millis(500);

/// Measures compiling, running forward and running both.
pub fn time(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let (model, mut arena) = options.run(source)?;
    let compile = median(&mut [&mut || {
        let _ = black_box(Model::new(black_box(source), options.overrides()));
    }])[0];
    let mut forward = Tape::forward(&model, &arena);
    let [alone, both] = median(&mut [&mut || forward.run(), &mut || {
        model.plan.run(black_box(&mut arena));
    }]);
    // The samples of both are taken in turn; still noise may be more than a
    // backward pass of nothing.
    let backward = (both - alone).max(0.0);
    let (gates, derived) = (model.program.gates, model.backward_len());
    let bytes = arena.len() * size_of::<f64>();
    let nodes = model.program.graph.len() - derived;
    let [compile, forward, backward] = [compile, alone, backward].map(|ns| ns.round() as u64);
    Ok(Outcome::of(if options.json {
        let value = json!({
            "gates": gates,
            "nodes": nodes,
            "derivative_nodes": derived,
            "bytes": bytes,
            "compile_ns": compile,
            "forward_ns": forward,
            "backward_ns": backward,
        });
        format!("{value}\n")
    } else {
        let row = |name: &str, number: String, note: &str| [name.into(), number, note.into()];
        report::columns(&[
            row("gates", gates.to_string(), ""),
            row("nodes", nodes.to_string(), "gates, inputs and constants"),
            row("derivative nodes", derived.to_string(), ""),
            row("bytes", bytes.to_string(), "of all values and gradients"),
            row("compile", nanoseconds(compile), "median"),
            row("forward", nanoseconds(forward), "median"),
            row(
                "backward",
                nanoseconds(backward),
                "median of both, less forward",
            ),
        ])
    }))
}

fn nanoseconds(count: u64) -> String {
    format!("{count} ns")
}

/// The median nanoseconds of each of some functions, which run in turn.
fn median<const N: usize>(functions: &mut [&mut dyn FnMut(); N]) -> [f64; N] {
    let started = Instant::now();
    // How often each runs in a sample.
    let repeats: [u32; N] = std::array::from_fn(|i| {
        functions[i]();
        let once = Instant::now();
        functions[i]();
        let once = once.elapsed().max(Duration::from_nanos(1));
        (SAMPLE.as_nanos() / once.as_nanos()) as u32 + 1
    });
    let mut samples: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    while samples[0].len() < SAMPLES && (samples[0].len() < LEAST || started.elapsed() < TIME) {
        for ((function, count), found) in functions.iter_mut().zip(repeats).zip(&mut samples) {
            let start = Instant::now();
            for _ in 0..count {
                function();
            }
            found.push(start.elapsed().as_nanos() as f64 / f64::from(count));
        }
    }
    samples.map(|mut found| {
        found.sort_by(f64::total_cmp);
        found[found.len() / 2]
    })
}
