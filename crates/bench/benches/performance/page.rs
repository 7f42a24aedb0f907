//! `docs/performance.md`.

use crate::wasm::{root, succeed};
use backflow_bench::report::{Results, tables};
use std::fs;
use std::process::Command;

/// What `crates/bench/peers` writes; it stays.
const PEERS: &str = "## Peers";

/// Writes the page.
pub fn write(results: &Results) -> Result<(), String> {
    let path = root().join("docs/performance.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let peers = before.find(PEERS).map_or("", |at| &before[at..]);
    let text = format!(
        "{}\n## Ratios of one run\n\n{}\n{}\n{peers}",
        include_str!("intro.md"),
        versions(),
        tables(results)
    );
    let folder = root().join("docs");
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    fs::write(&path, format!("{}\n", text.trim_end())).map_err(|error| error.to_string())
}

/// What it was measured with.
fn versions() -> String {
    let version = |program: &str| {
        let output = succeed(Command::new(program).current_dir(root()).arg("--version"));
        output.map_or_else(|_| format!("no {program}"), |text| first_two(&text))
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find(|line| line.starts_with("model name"));
    let cpu = cpu.and_then(|line| line.split_once(": "));
    let cpu = cpu.map_or(std::env::consts::ARCH, |(_, name)| name);
    format!(
        "One core of {cpu}, shared; {}; Node {}.\n",
        version("rustc"),
        version("node")
    )
}

/// `rustc 1.95.0` of a line that says more.
fn first_two(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    words.join(" ")
}
