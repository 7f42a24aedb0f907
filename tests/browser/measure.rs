//! What a drag over a slider and a walk through the steps cost on a program of a thousand gates,
//! frame by frame, and how long a large program takes to come to its picture, in headless
//! Chromium: `cargo xtask measure`, on a machine that does nothing else.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};

/// Movements of the pointer in one drag; some fall into the same frame.
const MOVES: usize = 360;

/// Milliseconds between frames at 60 Hz.
const FRAME: f64 = 1000.0 / 60.0;

/// What the main thread does in a frame, and what Chromium's traces call its parts.
const STAGES: [(&str, &[&str]); 5] = [
    ("busy", &["RunTask"]),
    ("script", &["EventDispatch", "FireAnimationFrame"]),
    ("style", &["UpdateLayoutTree"]),
    ("layout", &["Layout"]),
    ("paint", &["PrePaint", "Paint", "Layerize", "Commit"]),
];

const TRACED: [&str; 3] = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
];

/// Notes the time of each frame until `window.record.end` is true, and marks them in the trace.
const RECORD: &str = "
    const record = { name: args[0], frames: [], moves: 0, end: false };
    window.record = record;
    element.addEventListener('backflow-change', () => { record.moves += 1; });
    const frame = (time) => {
        performance.mark(record.name);
        record.frames.push(time);
        if (!record.end) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// How often the way of a large program to its picture is measured.
const ROUNDS: usize = 3;

/// Milliseconds that the engine takes from a text to a graph with its places.
const LAY_OUT: &str = "
    const { Evaluator } = await import(new URL('web/engine.js', location.href));
    const evaluator = await Evaluator.load();
    const start = performance.now();
    const { scene, diagnostics } = evaluator.edit(args[0]);
    const time = performance.now() - start;
    if (diagnostics.length > 0) throw new Error(diagnostics[0].message);
    const gates = scene.nodes.filter(({ kind }) => kind === 'gate').length;
    evaluator.free();
    return { time, gates }";

/// Milliseconds that the element takes from a text to a frame that shows its graph.
const DRAW: &str = "
    const frame = () => new Promise(requestAnimationFrame);
    element.program = 'f = 1';
    // What was there before has faded.
    await new Promise((later) => setTimeout(later, 500));
    await frame();
    const start = performance.now();
    element.program = args[0];
    await frame();
    await frame();
    return performance.now() - start";

/// Goes a step further in each frame: milliseconds that the page takes to show it, and between
/// the frames.
const WALK: &str = "
    const frame = () => new Promise(requestAnimationFrame);
    const scrubber = root.querySelector('.scrubber');
    const [steps, between] = [[], []];
    let last = await frame();
    for (let i = 0; i < args[0]; i++) {
        scrubber.value = String(600 + i);
        const start = performance.now();
        scrubber.dispatchEvent(new Event('input'));
        steps.push(performance.now() - start);
        const now = await frame();
        between.push(now - last);
        last = now;
    }
    return { steps, between }";

/// What is drawn: its nodes, its wires, the texts on them and how many of those are seen.
const DRAWN: &str = "
    const texts = all('.wire > text');
    return {
        nodes: all('.node').length,
        wires: all('.wire').length,
        texts: texts.filter((text) => text.checkVisibility() && text.textContent !== '').length,
    }";

/// Steps of that walk.
const WALKED: usize = 200;

/// Microseconds of a run of the engine by itself, and of getting hold of the values.
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
    return { run, values, sum }";

/// Bytes of the wasm as a browser loads it, compressed.
const SIZE: &str = "
    const { body } = await fetch(new URL('web/backflow-wasm_bg.wasm', location.href));
    const packed = body.pipeThrough(new CompressionStream('gzip'));
    return (await new Response(packed).arrayBuffer()).byteLength";

/// What is on the page beside the graph during a drag: its name, and the script that puts it
/// there.
const SCENES: [(&str, &str); 4] = [
    ("at rest", ""),
    (
        "near by",
        "const larger = root.querySelector('.larger');
        while (root.querySelector('.picture').matches('.far')) {
            larger.click();
            await new Promise(requestAnimationFrame);
        }",
    ),
    (
        "at a step",
        "element.state = { ...element.state, step: 1500 };
        await compiled();",
    ),
    (
        "with a card",
        "const gate = root.querySelector('g.node.gate');
        gate.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
        if (!root.querySelector('.card')) throw new Error('no card opens');",
    ),
];

/// The card of the weights that are dragged.
const CARD_OF_WEIGHTS: &str = "
    const node = root.querySelector('.node[data-key=W]');
    node.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    if (!root.querySelector('.card .sections, .card h2, .card section'))
        throw new Error('no card opens');";

/// The same, and an element of what follows from them is pinned, so that its arithmetic follows.
const PINNED: &str = "
    const pane = root.querySelector('.plate[data-of=h] .face.value > .pane');
    pane.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    const { x, y, width, height } = pane.getBoundingClientRect();
    const at = { bubbles: true, composed: true, clientX: x + width / 2, clientY: y + height / 2 };
    pane.dispatchEvent(new MouseEvent('click', at));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    if (root.querySelector('.explained').hidden) throw new Error('nothing is pinned');";

/// Milliseconds that it takes to paint a map of 256×256 whose every element has changed.
const PAINT: &str = "
    const { HeatMap, Palette } = await import(new URL('web/heat.js', location.href));
    const palette = new Palette(() => {});
    document.body.append(palette.element);
    const map = new HeatMap();
    map.size(256, 256);
    document.body.append(map.element);
    const values = new Float64Array(256 * 256);
    const times = [];
    for (let turn = 0; turn < args[0]; turn++) {
        for (let i = 0; i < values.length; i++) values[i] = Math.sin(i * 0.01 + turn);
        await new Promise(requestAnimationFrame);
        const start = performance.now();
        map.paint(values, 0, values.length, palette.of('value'));
        times.push(performance.now() - start);
    }
    return times";

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if let Ok(load) = std::fs::read_to_string("/proc/loadavg") {
            println!("Load average before: {load}");
        }
        // Arguments name what is measured; without any it is all.
        let words: Vec<String> = std::env::args().skip(1).collect();
        let asks = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
        println!("A drag over a slider of 1,000 gates, frame by frame");
        println!(
            "{:18}{:>9}{:>9}{:>9}",
            "  milliseconds", "median", "95 %", "worst"
        );
        for (name, script) in SCENES.into_iter().filter(|(name, _)| asks(name)) {
            // Each in a browser of its own: a trace has an end.
            let browser = Browser::traced(&pages(), &TRACED).await?;
            let outcome = measure_drag(&browser, name, script).await;
            browser.quit().await?;
            outcome?;
        }
        println!("A drag over one element of a tensor, frame by frame");
        let elements = [
            ("two layers, a card", two_layers(), CARD_OF_WEIGHTS),
            ("two layers, pinned", two_layers(), PINNED),
            ("maps of 256×256", outer_product(), ""),
        ];
        for (name, program, script) in elements.into_iter().filter(|(name, ..)| asks(name)) {
            let browser = Browser::traced(&pages(), &TRACED).await?;
            let outcome = measure_element(&browser, name, &program, script).await;
            browser.quit().await?;
            outcome?;
        }
        let browser = Browser::start(&pages()).await?;
        let outcome = async {
            if asks("maps") {
                measure_maps(&browser).await?;
            }
            if asks("engine") {
                measure_engine(&browser).await?;
            }
            Ok(())
        };
        let outcome = outcome.await;
        browser.quit().await?;
        outcome
    })
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages")
}

/// Eight values, each of which goes through rounds of three gates together with the next one:
/// without loops and calls, so that every gate is drawn.
fn net(rounds: usize) -> String {
    let names = ["a", "b", "c", "d", "e", "g", "h", "k"];
    let mut lines = vec!["w = 0.9".to_owned(), "x = 0.5".to_owned()];
    let begins = names.iter().enumerate();
    lines.extend(begins.map(|(at, name)| format!("{name} = x * 0.{}", at + 1)));
    let nexts = names.iter().cycle().skip(1);
    let round = names.iter().zip(nexts);
    let round = round.map(|(name, next)| format!("{name} = tanh(w * {name} + {next})"));
    let round: Vec<String> = round.collect();
    for _ in 0..rounds {
        lines.extend_from_slice(&round);
    }
    lines.push(format!("f = {}", names.join(" + ")));
    lines.join("\n")
}

/// Rounds of five gates each, with wires across.
fn mesh(rounds: usize) -> String {
    let round = "a = tanh(w * a + b)\nb = b - a * w\n";
    format!(
        "x = 0.5\nw = 0.9\na = x\nb = 0.1\n{}f = a + b",
        round.repeat(rounds)
    )
}

/// A literal of rows that are not the same.
fn matrix(rows: usize, columns: usize, seed: f64) -> String {
    let row = |i: usize| {
        let number = |j: usize| format!("{:.3}", (seed * (i * columns + j) as f64).sin() * 0.3);
        format!(
            "[{}]",
            (0..columns).map(number).collect::<Vec<_>>().join(", ")
        )
    };
    format!("[{}]", (0..rows).map(row).collect::<Vec<_>>().join(", "))
}

/// 64 inputs, 64 hidden, 10 outputs, and a batch of 32.
fn two_layers() -> String {
    let vector = |length: usize, seed| {
        let row = matrix(1, length, seed);
        row[1..row.len() - 1].to_owned()
    };
    let classes: Vec<usize> = (0..32).map(|i| i * 7 % 10).collect();
    format!(
        "W = {}\nx = {}\nb = {}\nV = {}\nc = {}\nh = relu(x @ W + b)\ns = h @ V + c\n\
         L = cross_entropy(s, {classes:?})",
        matrix(64, 64, 0.7),
        matrix(32, 64, 1.3),
        vector(64, 2.1),
        matrix(64, 10, 1.9),
        vector(10, 0.4)
    )
}

/// Maps of 256×256, all elements of which follow from each of the first one's.
fn outer_product() -> String {
    let row = |seed| {
        let row = matrix(1, 256, seed);
        row[1..row.len() - 1].to_owned()
    };
    let scaled = "W.reshape(256, 1) * b * W.sum()";
    format!(
        "W = {}\nb = {}\nM = {scaled}\nf = (M * M).sum()",
        row(0.05),
        row(0.03)
    )
}

/// Drags the element in the middle of W.
async fn measure_element(browser: &Browser, name: &str, program: &str, script: &str) -> Outcome {
    browser.reset().await?;
    let page = browser.open("/").await?;
    page.set_program(program).await?;
    page.run(script, &[]).await?;
    let pane = ".plate[data-of=W] .face.value > .pane";
    // An element of a map is dragged once it is chosen.
    page.click(pane).await?;
    if script == PINNED {
        page.run(PINNED, &[]).await?;
        page.run("root.querySelector('.node[data-key=W]').focus()", &[])
            .await?;
        page.press("v").await?;
    }
    let drag = drag_over(&page, name, pane).await?;
    report(browser, &page, &drag).await
}

async fn measure_maps(browser: &Browser) -> Outcome {
    browser.reset().await?;
    let page = browser.open("/").await?;
    let times = page.run(PAINT, &[json!(WALKED)]).await?;
    println!("A map of 256×256 by itself");
    row("to paint it", &numbers(&times));
    Ok(())
}

async fn measure_drag(browser: &Browser, name: &str, script: &str) -> Outcome {
    browser.reset().await?;
    let page = browser.open("/").await?;
    page.set_program(&net(41)).await?;
    page.run(script, &[]).await?;
    let mark = "const key = element.snapshot().nodes.find(({ name }) => name === 'x').key;
        root.querySelector(`li[data-key='${CSS.escape(key)}'] input[type=range]`).dataset.sliderOfX = ''";
    page.run(mark, &[]).await?;
    let drag = drag_over(&page, name, "[data-slider-of-x]").await?;
    report(browser, &page, &drag).await
}

/// Prints what a drag took, and what was drawn meanwhile.
async fn report(browser: &Browser, page: &Page, drag: &Drag) -> Outcome {
    let name = &drag.name;
    let stages = stages(&trace(browser).await?, drag)?;
    let between: Vec<f64> = drag
        .frames
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    let dropped: f64 = between
        .iter()
        .map(|time| (time / FRAME).round() - 1.0)
        .filter(|missed| *missed > 0.0)
        .fold(0.0, |all, missed| all + missed);
    let drawn = page.run(DRAWN, &[]).await?;
    println!(
        "{name}: {} moves in {} frames, {dropped} dropped at 60 Hz; {} nodes, {} wires, {} labels",
        drag.moves,
        between.len(),
        drawn["nodes"],
        drawn["wires"],
        drawn["texts"]
    );
    row("between frames", &between);
    for ((name, _), times) in STAGES.iter().zip(&stages) {
        row(name, times);
    }
    Ok(())
}

async fn measure_engine(browser: &Browser) -> Outcome {
    browser.reset().await?;
    let page = browser.open("/").await?;
    let size = page.run(SIZE, &[]).await?;
    let program = json!(net(41));
    let engine = page.run(ENGINE, std::slice::from_ref(&program)).await?;
    let mut opened = Vec::new();
    for _ in 0..ROUNDS {
        let time = page.run(DRAW, std::slice::from_ref(&program)).await?;
        opened.extend(time.as_f64());
    }
    let walk = page.run(WALK, &[json!(WALKED)]).await?;
    println!("A walk of {WALKED} steps through 1,000 gates");
    row("a step", &numbers(&walk["steps"]));
    row("between frames", &numbers(&walk["between"]));
    println!("1,000 gates from their text");
    row("to the screen", &opened);
    let large = json!(mesh(999));
    let (mut laid, mut drawn, mut gates) = (Vec::new(), Vec::new(), Value::Null);
    for _ in 0..ROUNDS {
        let mut round = page.run(LAY_OUT, std::slice::from_ref(&large)).await?;
        gates = round["gates"].take();
        laid.extend(round["time"].as_f64());
        let time = page.run(DRAW, std::slice::from_ref(&large)).await?;
        drawn.extend(time.as_f64());
    }
    println!("{gates} gates from their text");
    row("to their places", &laid);
    row("to the screen", &drawn);
    let of = |name: &str| engine[name].as_f64().unwrap_or(f64::NAN);
    println!("The engine by itself, 1,000 gates");
    println!(
        "  {:16}{:>9.1} µs, forward and backward",
        "a run",
        of("run")
    );
    println!(
        "  {:16}{:>9.3} µs, from JavaScript",
        "a value",
        of("values")
    );
    println!(
        "  {:16}{:>9.1} kB gzipped",
        "wasm",
        size.as_f64().unwrap_or(f64::NAN) / 1000.0
    );
    Ok(())
}

/// A drag as it was recorded.
struct Drag {
    name: String,
    /// When each frame began, in milliseconds.
    frames: Vec<f64>,
    /// How often the value changed.
    moves: u64,
}

/// Drags something to and fro.
async fn drag_over(page: &Page, name: &str, css: &str) -> Outcome<Drag> {
    // What was drawn before is paid for.
    page.drag(css, &[(1, 0), (-1, 0)]).await?;
    page.run("await new Promise((later) => setTimeout(later, 500))", &[])
        .await?;
    page.run(RECORD, &[json!(name)]).await?;
    let there = |at: usize| {
        if (at / 40).is_multiple_of(2) {
            (1, 0)
        } else {
            (-1, 0)
        }
    };
    let path: Vec<_> = (0..MOVES).map(there).collect();
    page.drag(css, &path).await?;
    let record = page.run("record.end = true; return record", &[]).await?;
    Ok(Drag {
        name: name.to_owned(),
        frames: numbers(&record["frames"]),
        moves: record["moves"].as_u64().unwrap_or_default(),
    })
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

/// For each stage the milliseconds that it took in each frame of a drag.
fn stages(events: &[Value], drag: &Drag) -> Outcome<[Vec<f64>; STAGES.len()]> {
    let mut times: [Vec<f64>; STAGES.len()] = Default::default();
    // What happens within a part that is counted is counted with it.
    let mut counted = [0.0; STAGES.len()];
    let mut thread = &Value::Null;
    for event in events {
        if event["name"] == *drag.name {
            thread = &event["tid"];
            for frames in &mut times {
                frames.push(0.0);
            }
        }
        if times[0].len() >= drag.frames.len() {
            break;
        }
        let stage = STAGES.iter().position(|(_, parts)| {
            let name = event["name"].as_str().unwrap_or_default();
            parts.contains(&name) && event["tid"] == *thread
        });
        let (Some(stage), Some(start), Some(lasted)) =
            (stage, event["ts"].as_f64(), event["dur"].as_f64())
        else {
            continue;
        };
        if start < counted[stage] {
            continue;
        }
        counted[stage] = start + lasted;
        // Of the thread's own time, whatever else the machine does.
        let took = event["tdur"].as_f64().unwrap_or(lasted);
        if let Some(frame) = times[stage].last_mut() {
            *frame += took / 1000.0;
        }
    }
    if times[0].len() >= drag.frames.len().saturating_sub(1) {
        Ok(times)
    } else {
        Err(format!(
            "the trace has {} of {} frames",
            times[0].len(),
            drag.frames.len()
        )
        .into())
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
    println!(
        "  {name:16}{:>9.2}{:>9.2}{:>9.2}",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_f64).collect()
}
