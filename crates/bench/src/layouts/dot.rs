//! The same graphs drawn by Graphviz's dot.

use super::Graph;
use super::count::{Drawn, cubic};
use backflow_core::layout::{Point, Rect, Size};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Units of dot's sizes in one of ours.
const INCH: f64 = 72.0;

/// What dot made of a graph.
#[derive(Debug)]
pub enum Answer {
    /// A picture, and how long it took.
    Drawn(Drawn, Duration),
    /// Nothing in the time it was given.
    TooLong,
}

/// The version of dot, if it is there.
pub fn version() -> Option<String> {
    let output = Command::new("dot").arg("-V").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.split("version ")
        .nth(1)
        .map(|version| version.trim().to_owned())
}

/// Has dot draw a graph, left to right, with room for the same labels.
///
/// # Errors
/// What went wrong with dot or its answer.
pub fn draw(graph: &Graph, patience: Duration) -> Result<Answer, String> {
    let start = Instant::now();
    let told = |error: std::io::Error| format!("dot: {error}");
    let mut child = Command::new("dot")
        .arg("-Tjson0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(told)?;
    let mut stdin = child.stdin.take();
    let mut stdout = child.stdout.take();
    let source = source(graph);
    // One writes while the other reads, or both might wait for ever.
    let writer =
        thread::spawn(move || stdin.as_mut().map(|pipe| pipe.write_all(source.as_bytes())));
    let reader = thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.as_mut().map(|pipe| pipe.read_to_string(&mut text));
        read.and_then(Result::ok).map(|_| text)
    });
    let status = loop {
        if let Some(status) = child.try_wait().map_err(told)? {
            break status;
        }
        if start.elapsed() > patience {
            child.kill().map_err(told)?;
            child.wait().map_err(told)?;
            return Ok(Answer::TooLong);
        }
        thread::sleep(Duration::from_millis(1));
    };
    let took = start.elapsed();
    // A pipe that broke shows in the answer.
    drop(writer.join());
    let text = reader.join().ok().flatten();
    let text = text.filter(|_| status.success()).ok_or("dot gave up")?;
    let json: Value =
        serde_json::from_str(&text).map_err(|error| format!("dot's answer: {error}"))?;
    let drawn = read(graph, &json).ok_or("dot's answer is not understood")?;
    Ok(Answer::Drawn(drawn, took))
}

/// The graph in dot's language.
fn source(graph: &Graph) -> String {
    let mut text = String::from(
        "digraph { rankdir=LR; node [shape=box fixedsize=true label=\"\"]; edge [arrowhead=none];\n",
    );
    // A string takes whatever is written to it.
    let mut put = |piece: std::fmt::Arguments<'_>| text.write_fmt(piece).unwrap_or_default();
    // Frames as clusters: each opens when its turn comes within its parent.
    let mut open: Vec<(Option<usize>, usize)> = vec![(None, 0)];
    let children = |of: Option<usize>| {
        (0..graph.frames.len()).filter(move |&frame| graph.frames[frame].parent == of)
    };
    while let Some((frame, next)) = open.pop() {
        if next == 0 {
            if let Some(frame) = frame {
                let Size { width, height } = graph.frames[frame].title;
                put(format_args!(
                    "subgraph cluster{frame} {{ margin=14; labeljust=l; label={};\n",
                    room(width, height)
                ));
            }
            for (node, _) in graph
                .frame_of
                .iter()
                .enumerate()
                .filter(|(_, of)| **of == frame)
            {
                let Size { width, height } = graph.sizes[node];
                let (width, height) = (width.max(0.1) / INCH, height.max(0.1) / INCH);
                put(format_args!("n{node} [width={width} height={height}];\n"));
            }
        }
        match children(frame).nth(next) {
            Some(child) => open.extend([(frame, next + 1), (Some(child), 0)]),
            None if frame.is_some() => put(format_args!("}}\n")),
            None => {}
        }
    }
    for (index, link) in graph.links.iter().enumerate() {
        put(format_args!(
            "n{} -> n{} [id=\"{index}\" label={}];\n",
            link.from,
            link.to,
            room(link.label.width, link.label.height)
        ));
    }
    text.push('}');
    text
}

/// A label that takes so much room.
fn room(width: f64, height: f64) -> String {
    format!(
        "<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLPADDING=\"0\" CELLSPACING=\"0\" FIXEDSIZE=\"TRUE\" \
         WIDTH=\"{width}\" HEIGHT=\"{height}\"><TR><TD></TD></TR></TABLE>>"
    )
}

fn read(graph: &Graph, json: &Value) -> Option<Drawn> {
    let numbers = |text: &str| -> Option<Vec<f64>> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().ok()).collect()
    };
    let bounds = numbers(json["bb"].as_str()?)?;
    let [_, _, width, height] = bounds[..] else {
        return None;
    };
    let mut drawn = Drawn {
        size: Size { width, height },
        centres: vec![Point::default(); graph.sizes.len()],
        lines: vec![Vec::new(); graph.links.len()],
        labels: vec![Point::default(); graph.links.len()],
        frames: vec![Rect::default(); graph.frames.len()],
    };
    // In dot y grows upwards.
    let point = |x: f64, y: f64| Point { x, y: height - y };
    for object in json["objects"].as_array()? {
        let name = object["name"].as_str()?;
        if let Some(frame) = name.strip_prefix("cluster") {
            let [left, bottom, right, top] = numbers(object["bb"].as_str()?)?[..] else {
                return None;
            };
            *drawn.frames.get_mut(frame.parse::<usize>().ok()?)? = Rect {
                x: left,
                y: height - top,
                width: right - left,
                height: top - bottom,
            };
        } else if let Some(node) = name.strip_prefix('n') {
            let [x, y] = numbers(object["pos"].as_str()?)?[..] else {
                return None;
            };
            *drawn.centres.get_mut(node.parse::<usize>().ok()?)? = point(x, y);
        }
    }
    for edge in json["edges"].as_array()? {
        let index: usize = edge["id"].as_str()?.parse().ok()?;
        let points: Vec<Point> = numbers(edge["pos"].as_str()?)?
            .chunks_exact(2)
            .map(|pair| point(pair[0], pair[1]))
            .collect();
        let line = drawn.lines.get_mut(index)?;
        line.extend(points.first());
        for segment in points.get(1..)?.chunks_exact(3) {
            cubic(line, [segment[0], segment[1], segment[2]]);
        }
        if let [x, y] = numbers(edge["lp"].as_str()?)?[..] {
            *drawn.labels.get_mut(index)? = point(x, y);
        }
    }
    Some(drawn)
}
