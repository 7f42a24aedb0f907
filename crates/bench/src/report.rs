//! What was measured, as Markdown tables with the bars beside the ratios.

use crate::Row;
use crate::bars::{self, Bar, Target};
use crate::time::{Spread, Timing};
use crate::workloads::{CALLED, FLAT, NEW, OURS, REVERSE, RUN, SERIALISED, VIEW};
use serde::{Deserialize, Serialize};

/// All rows of one run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Results {
    /// Measured on the machine itself.
    pub native: Vec<Row>,
    /// Measured as WebAssembly under Node; none where that could not be run.
    pub wasm: Vec<Row>,
}

/// The tables.
pub fn tables(results: &Results) -> String {
    let parts = [
        workloads("Native", &results.native, Target::Native),
        workloads("WebAssembly", &results.wasm, Target::Wasm),
        cost_per_gate(results),
        others(results),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("\n")
}

fn workloads(heading: &str, rows: &[Row], target: Target) -> Option<String> {
    let header = [
        "µs",
        OURS,
        FLAT,
        "Backflow ÷ flat",
        "bar",
        "",
        "`reverse`",
        "`reverse` ÷ Backflow",
        "bar",
        "",
    ];
    let mut lines = Vec::new();
    for row in rows {
        let (Some(ours), Some(flat)) = (row.side(OURS), row.side(FLAT)) else {
            continue;
        };
        let mut cells = vec![
            name(row),
            micros(ours.micros.middle),
            micros(flat.micros.middle),
        ];
        let bar = bars::over_flat(target, &row.workload, &row.size);
        cells.extend(judged(flat.first_over_this, bar));
        match row.side(REVERSE) {
            Some(reverse) => {
                let bar = match target {
                    Target::Native => bars::reverse_over(&row.workload),
                    Target::Wasm => None,
                };
                cells.push(micros(reverse.micros.middle));
                cells.extend(judged(inverse(reverse), bar));
            }
            None => cells.extend(std::iter::repeat_n(String::from("–"), 4)),
        }
        lines.push(cells);
    }
    table(&format!("### {heading}\n\n"), &header, &lines)
}

/// W3: what a gate costs, forward and backward, in chains of three lengths.
fn cost_per_gate(results: &Results) -> Option<String> {
    let mut lines = Vec::new();
    let mut sizes = Vec::new();
    for (target, rows) in [("native", &results.native), ("wasm", &results.wasm)] {
        let chains: Vec<&Row> = rows.iter().filter(|row| row.workload == "W3").collect();
        for (name, bar) in [(OURS, Some(bars::GROWTH)), (FLAT, None)] {
            let cost = |row: &&Row| {
                let side = row.side(name)?;
                Some(side.micros.middle * 1000.0 / row.gates as f64)
            };
            let costs: Vec<f64> = chains.iter().filter_map(cost).collect();
            let Some((first, longer)) = costs.split_first().filter(|(_, l)| !l.is_empty()) else {
                continue;
            };
            let growth = longer.iter().fold(0.0f64, |most, cost| most.max(*cost)) / first;
            let mut cells = vec![format!("{name}, {target}")];
            cells.extend(costs.iter().map(|cost| format!("{cost:.2}")));
            cells.push(format!("{growth:.2}"));
            cells.extend(shown(bar, growth));
            lines.push(cells);
        }
        if !chains.is_empty() {
            sizes = chains.iter().map(|row| row.size.clone()).collect();
        }
    }
    let mut header = vec!["ns a gate"];
    header.extend(sizes.iter().map(String::as_str));
    header.extend(["most ÷ first", "bar", ""]);
    table("### W3: cost of a gate by length\n\n", &header, &lines)
}

fn others(results: &Results) -> Option<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String, bar: Option<Bar>, judged: f64| {
        let mut cells = vec![name.to_owned(), value];
        cells.extend(shown(bar, judged));
        lines.push(cells);
    };
    for (target, rows) in [("native", &results.native), ("wasm", &results.wasm)] {
        let Some(run) = side(rows, "compile", "", RUN) else {
            continue;
        };
        let name = format!("compile an edited W2 program ÷ one run, {target}");
        let ratio = run.first_over_this;
        line(&name, spread(ratio), Some(bars::COMPILE), ratio.middle);
        if let Some(new) = side(rows, "compile", "", NEW) {
            let name = format!("compile a new W2 program ÷ one run, {target}");
            let ratio = new.micros.middle / run.micros.middle;
            line(&name, format!("{ratio:.1}"), None, ratio);
        }
    }
    for size in ["256", "512"] {
        let wasm = side(&results.wasm, "W5", size, OURS);
        let native = side(&results.native, "W5", size, FLAT);
        if let (Some(wasm), Some(native)) = (wasm, native) {
            let ratio = wasm.micros.middle / native.micros.middle;
            let name = format!("W5 {size}: Backflow as wasm ÷ flat native");
            line(
                &name,
                format!("{ratio:.2}"),
                Some(bars::WASM_OVER_NATIVE),
                ratio,
            );
        }
    }
    if let Some(call) = side(&results.wasm, CALLED, "", OURS) {
        let time = call.micros.middle;
        let name = "W1 from JavaScript: set, run and read, µs";
        line(name, micros(time), Some(bars::CALL), time);
    }
    if let Some(view) = side(&results.wasm, "values", "", VIEW) {
        let time = view.micros.middle;
        let name = "1,000 gates read by a view of the memory, µs";
        line(name, micros(time), Some(bars::VIEW), time);
    }
    if let Some(serialised) = side(&results.wasm, "values", "", SERIALISED) {
        let ratio = inverse(serialised);
        let name = "1,000 gates serialised ÷ read by a view";
        line(name, spread(ratio), Some(bars::SERIALISED), ratio.middle);
    }
    table("### Others\n\n", &["", "", "bar", ""], &lines)
}

fn side<'a>(rows: &'a [Row], workload: &str, size: &str, side: &str) -> Option<&'a Timing> {
    let row = rows
        .iter()
        .find(|r| r.workload == workload && r.size == size)?;
    row.side(side)
}

/// A ratio, its bar and whether it holds.
fn judged(ratio: Spread, bar: Option<Bar>) -> [String; 3] {
    let [bar, verdict] = shown(bar, ratio.middle);
    [spread(ratio), bar, verdict]
}

/// A bar and whether a value holds it; dashes without one.
fn shown(bar: Option<Bar>, value: f64) -> [String; 2] {
    match bar {
        Some(bar) => [bar.to_string(), bar.verdict(value).into()],
        None => ["–", "–"].map(str::to_owned),
    }
}

/// A side's time over the first one's.
fn inverse(side: &Timing) -> Spread {
    let ratio = side.first_over_this;
    Spread {
        low: 1.0 / ratio.high,
        middle: 1.0 / ratio.middle,
        high: 1.0 / ratio.low,
    }
}

fn spread(ratio: Spread) -> String {
    let Spread { low, middle, high } = ratio;
    format!("{middle:.2} ({low:.2}–{high:.2})")
}

fn name(row: &Row) -> String {
    if row.workload == CALLED {
        return "W1 from JavaScript; flat in JavaScript".into();
    }
    let what = match &*row.workload {
        "W1" => "neuron",
        "W2" => "mlp-scalar",
        "W3" => "chain",
        "W4" => "mlp-tensor",
        "W5" => "matmul",
        "W6a" => "hvp, log-sum-exp",
        "W6b" => "hvp, mlp-tensor",
        _ => "",
    };
    format!("{} {what} {}", row.workload, row.size)
        .trim()
        .to_owned()
}

/// Microseconds with three digits that count.
pub fn micros(time: f64) -> String {
    if time < 10.0 {
        let decimals = if time < 0.1 { 4 } else { 3 };
        return format!("{time:.decimals$}");
    }
    if time < 100.0 {
        return format!("{time:.1}");
    }
    let digits = format!("{time:.0}");
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A Markdown table; none without lines.
fn table(heading: &str, header: &[&str], lines: &[Vec<String>]) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let mut text = format!("{heading}| {} |\n|", header.join(" | "));
    text.extend(header.iter().enumerate().map(|(column, name)| {
        let numbers = column > 0 && !name.is_empty();
        if numbers { "---:|" } else { "---|" }
    }));
    let lines = lines
        .iter()
        .map(|line| format!("| {} |\n", line.join(" | ")));
    text.push('\n');
    text.extend(lines);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(name: &str, micros: f64, first_over_this: f64) -> Timing {
        let exactly = |middle| Spread {
            low: middle,
            middle,
            high: middle,
        };
        Timing {
            name: name.into(),
            micros: exactly(micros),
            first_over_this: exactly(first_over_this),
        }
    }

    fn row(workload: &str, size: &str, gates: usize, sides: Vec<Timing>) -> Row {
        Row {
            workload: workload.into(),
            size: size.into(),
            gates,
            value: 1.0,
            sides,
        }
    }

    #[test]
    fn a_ratio_stands_beside_its_bar() {
        let sides = vec![
            timing(OURS, 0.03, 1.0),
            timing(FLAT, 0.01, 3.0),
            timing(REVERSE, 0.06, 0.5),
        ];
        let native = vec![row("W1", "", 5, sides)];
        let text = tables(&Results {
            native,
            wasm: Vec::new(),
        });
        let line = "| W1 neuron | 0.0300 | 0.0100 | 3.00 (3.00–3.00) | ≤ 3.5 | pass \
                    | 0.0600 | 2.00 (2.00–2.00) | ≥ 3 | **miss** |";
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("WebAssembly"), "{text}");
    }

    #[test]
    fn the_cost_of_a_gate_is_that_of_the_longest_chain_over_the_shortest() {
        let chain = |size, gates, micros| row("W3", size, gates, vec![timing(OURS, micros, 1.0)]);
        let native = vec![chain("10³", 3000, 30.0), chain("10⁵", 300_000, 4500.0)];
        let text = tables(&Results {
            native,
            wasm: Vec::new(),
        });
        let line = "| Backflow, native | 10.00 | 15.00 | 1.50 | ≤ 1.3 | **miss** |";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn a_ratio_without_a_bar_is_not_judged() {
        let sides = vec![
            timing(OURS, 10.0, 1.0),
            timing(RUN, 5.0, 2.0),
            timing(NEW, 500.0, 0.02),
        ];
        let text = tables(&Results {
            native: Vec::new(),
            wasm: vec![row("compile", "", 9, sides)],
        });
        let edited = "one run, wasm | 2.00 (2.00–2.00) | ≤ 10 | pass |";
        let new = "| compile a new W2 program ÷ one run, wasm | 100.0 | – | – |";
        assert!(text.contains(edited) && text.contains(new), "{text}");
    }

    #[test]
    fn digits_are_grouped() {
        let shown = [0.014, 1.5, 43.25, 147.0, 131_000.4].map(micros);
        assert_eq!(shown, ["0.0140", "1.500", "43.2", "147", "131,000"]);
    }
}
