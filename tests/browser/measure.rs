//! What a move of an input costs on a program of a thousand gates, frame by frame, in headless
//! Chromium: `cargo xtask measure`, on a machine that does nothing else.

use std::{error::Error, path::Path};

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};

/// A loop of 500 times two gates.
const PROGRAM: &str = "x = 0.5\nw = 1.01\nh = x\nfor i in range(500):\n    h = tanh(w * h)\nf = h";

const FRAMES: usize = 200;

/// The stages of a frame after its script, and what Chromium's traces call their parts.
const STAGES: [(&str, &[&str]); 3] = [
    ("style", &["UpdateLayoutTree"]),
    ("layout", &["Layout"]),
    ("paint", &["PrePaint", "Paint", "Layerize", "Commit"]),
];

/// Moves the input once a frame; milliseconds of each call.
const MOVE: &str = "
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    for (let i = 0; i < args[0]; i++) {
        await frame();
        const start = performance.now();
        performance.mark(args[1]);
        element.setInput('x', Math.sin(i / 10));
        times.push(performance.now() - start);
    }
    await frame();
    await frame();
    return times;";

/// Runs the engine by itself; microseconds of a run, and of getting hold of the values.
const ENGINE: &str = "
    const { Evaluator } = await import(new URL('web/engine.js', location.href));
    const evaluator = await Evaluator.load();
    const { scene } = evaluator.edit(args[0]);
    const at = scene.nodes[scene.inputs[0].node].value;
    const each = (count, act) => {
        const start = performance.now();
        for (let i = 0; i < count; i++) act(i);
        return 1000 * (performance.now() - start) / count;
    };
    let sum = 0;
    each(100, (i) => evaluator.set(at, i));
    const run = each(2000, (i) => evaluator.set(at, Math.sin(i)));
    const values = each(100000, () => { sum += evaluator.values[at]; });
    evaluator.free();
    return { run, values, sum, gates: scene.nodes.filter(({ kind }) => kind === 'gate').length };";

/// Bytes of the wasm as a browser loads it, compressed.
const SIZE: &str = "
    const { body } = await fetch(new URL('web/backflow-wasm_bg.wasm', location.href));
    const packed = body.pipeThrough(new CompressionStream('gzip'));
    return (await new Response(packed).arrayBuffer()).byteLength;";

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages");
        let categories = ["devtools.timeline", "blink.user_timing"];
        let browser = Browser::traced(&pages, &categories).await?;
        let outcome = measure(&browser).await;
        browser.quit().await?;
        outcome
    })
}

async fn measure(browser: &Browser) -> Outcome {
    browser.reset().await?;
    let page = browser.open("/").await?;
    let size = run(&page, SIZE, &[]).await?;
    let engine = run(&page, ENGINE, &[json!(PROGRAM)]).await?;
    page.set_program(PROGRAM).await?;
    // The first frames draw the graph.
    run(&page, MOVE, &[json!(20), json!("first")]).await?;
    let script = run(&page, MOVE, &[json!(FRAMES), json!("move")]).await?;
    let script: Vec<f64> = list(&script).iter().filter_map(Value::as_f64).collect();
    let stages = stages(&trace(browser).await?)?;

    println!(
        "{} gates, an input moved in {FRAMES} frames",
        engine["gates"]
    );
    println!("{:10}{:>10}{:>10}  ms", "", "median", "95 %");
    row("script", &script);
    for ((name, _), times) in STAGES.iter().zip(&stages) {
        row(name, times);
    }
    let of = |name: &str| engine[name].as_f64().unwrap_or(f64::NAN);
    println!(
        "engine    {:>10.1} µs a run, forward and backward",
        of("run")
    );
    println!(
        "values    {:>10.3} µs to reach them from JavaScript",
        of("values")
    );
    println!(
        "wasm      {:>10.1} kB gzipped",
        size.as_f64().unwrap_or(f64::NAN) / 1000.0
    );
    Ok(())
}

async fn run(page: &Page, script: &str, arguments: &[Value]) -> Outcome<Value> {
    page.run(&format!("return (async () => {{ {script} }})()"), arguments)
        .await
}

/// The events of the trace, in their order. It ends with the first time that it is asked for.
async fn trace(browser: &Browser) -> Outcome<Vec<Value>> {
    let mut events = Vec::new();
    for entry in browser.session().get_log("performance").await? {
        let mut entry: Value = serde_json::from_str(&entry.message)?;
        if entry["message"]["method"] == "Tracing.dataCollected" {
            events.push(entry["message"]["params"].take());
        }
    }
    let start = |event: &Value| event["ts"].as_f64().unwrap_or_default();
    events.sort_by(|a, b| start(a).total_cmp(&start(b)));
    Ok(events)
}

/// For each stage the milliseconds that it took in each frame.
fn stages(events: &[Value]) -> Outcome<[Vec<f64>; 3]> {
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut thread = &Value::Null;
    for event in events {
        if event["name"] == "move" {
            thread = &event["tid"];
            for frames in &mut times {
                frames.push(0.0);
            }
        }
        let stage = STAGES.iter().position(|(_, parts)| {
            let name = event["name"].as_str().unwrap_or_default();
            parts.contains(&name) && event["tid"] == *thread
        });
        let frame = stage.and_then(|stage| times[stage].last_mut());
        if let Some((frame, microseconds)) = frame.zip(event["dur"].as_f64()) {
            *frame += microseconds / 1000.0;
        }
    }
    if times[0].len() == FRAMES {
        Ok(times)
    } else {
        Err(format!("the trace has {} of {FRAMES} frames", times[0].len()).into())
    }
}

fn row(name: &str, times: &[f64]) {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let last = sorted.len().saturating_sub(1) as f64;
        sorted
            .get((part * last).round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    println!("{name:10}{:>10.2}{:>10.2}", at(0.5), at(0.95));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
