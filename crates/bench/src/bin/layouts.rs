//! What a reader stumbles over in the pictures of a fixed set of graphs, counted,
//! and the same in dot's.
//!
//! `--write` writes it to `docs/layout.md`; `--pictures FOLDER` writes the pictures
//! as SVG; `--ours` leaves dot out.

#[path = "../../benches/performance/wasm.rs"]
mod wasm;

use backflow_bench::layouts::count::{Counts, Drawn, count};
use backflow_bench::layouts::dot::{self, Answer};
use backflow_bench::layouts::{Graph, graphs, svg};
use std::fmt::Write;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

/// How long dot may take over one graph.
const PATIENCE: Duration = Duration::from_secs(120);

const HEADER: &str = "\
| graph | gates | by | crossings | wires under gates | operands swapped | labels on labels | labels on wires | labels on gates | labels on frames | area, Mpx | ms |
|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

#[derive(Default)]
struct Options {
    write: bool,
    ours: bool,
    pictures: Option<PathBuf>,
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options::default();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--write" => options.write = true,
            "--ours" => options.ours = true,
            "--pictures" => {
                options.pictures = Some(arguments.next().ok_or("--pictures FOLDER")?.into());
            }
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<(), String> {
    let with_dot = dot::version().filter(|_| !options.ours);
    if with_dot.is_none() && !options.ours {
        eprintln!("dot is not installed (Graphviz): only our own pictures are counted");
    }
    // Built before anything is timed.
    let module = wasm::build().inspect_err(|why| eprintln!("No WebAssembly: {why}"));
    let mut table = String::from(HEADER);
    for (index, graph) in graphs::all()?.iter().enumerate() {
        eprintln!("{}", graph.name);
        let (ours, took) = ours(graph);
        line(&mut table, graph, "Backflow", &ours, took);
        picture(options, index, "backflow", graph, &ours)?;
        if with_dot.is_some() {
            match dot::draw(graph, PATIENCE)? {
                Answer::Drawn(drawn, took) => {
                    line(&mut table, graph, "dot", &drawn, took);
                    picture(options, index, "dot", graph, &drawn)?;
                }
                Answer::TooLong => {
                    let _ = writeln!(
                        table,
                        "| {} | {} | dot | – | – | – | – | – | – | – | – | > {} |",
                        graph.name,
                        graph.gates,
                        PATIENCE.as_millis()
                    );
                }
            }
        }
    }
    if let Ok(module) = module {
        for row in wasm::run(&module, "layout")? {
            for side in row.sides {
                // A string takes whatever is written to it.
                let _ = writeln!(
                    table,
                    "\nAs WebAssembly under Node the layout of {} gates takes {:.0} ms (bar: 1,000 ms).",
                    row.gates,
                    side.micros.middle / 1e3
                );
            }
        }
    }
    println!("{table}");
    if options.write {
        let by = with_dot.map_or_else(String::new, |version| {
            format!("dot is of Graphviz {version}.\n\n")
        });
        let page = wasm::root().join("docs/layout.md");
        fs::write(
            &page,
            format!("{}\n{by}{table}", include_str!("../layouts/intro.md")),
        )
        .map_err(|error| format!("{}: {error}", page.display()))?;
    }
    Ok(())
}

/// Our picture, and the shortest time it took.
fn ours(graph: &Graph) -> (Drawn, Duration) {
    let mut least = Duration::MAX;
    let mut drawn = Drawn::default();
    let begin = Instant::now();
    for _ in 0..20 {
        let start = Instant::now();
        let layout = black_box(graph).lay();
        least = least.min(start.elapsed());
        drawn = Drawn::ours(&layout);
        if begin.elapsed() > Duration::from_secs(1) {
            break;
        }
    }
    (drawn, least)
}

fn line(table: &mut String, graph: &Graph, by: &str, drawn: &Drawn, took: Duration) {
    let Counts {
        crossings,
        under,
        swapped,
        label_label,
        label_wire,
        label_gate,
        label_frame,
        ..
    } = count(graph, drawn);
    let area = drawn.size.width * drawn.size.height / 1e6;
    let ms = took.as_secs_f64() * 1e3;
    let digits = if ms < 10.0 { 2 } else { 0 };
    // A string takes whatever is written to it.
    let _ = writeln!(
        table,
        "| {} | {} | {by} | {crossings} | {under} | {swapped} | {label_label} | {label_wire} | {label_gate} | {label_frame} \
         | {area:.2} | {ms:.digits$} |",
        graph.name, graph.gates
    );
}

fn picture(
    options: &Options,
    index: usize,
    by: &str,
    graph: &Graph,
    drawn: &Drawn,
) -> Result<(), String> {
    let Some(folder) = &options.pictures else {
        return Ok(());
    };
    let name = format!("{index:02}-{by}.svg");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(Path::new(folder).join(name), svg::svg(graph, drawn)))
        .map_err(|error| format!("{}: {error}", folder.display()))
}
