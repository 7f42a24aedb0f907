//! PyTorch with a `torch.autograd.Function` for one kind of gate: a definition's
//! calls, or the gates of one operation.

use super::Walk;
use super::flat::backward;
use super::frameworks::{ending, leaves};
use super::modular::title;
use super::names::Names;
use super::sheet::Sheet;
use super::writer::Writer;
use crate::graph::NodeId;
use crate::lower::program::Made;
use crate::sort;
use crate::view::What;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// Gates that are one function, one after the other in the graph.
#[derive(Clone, Debug)]
struct Region {
    gates: Vec<NodeId>,
    /// The named constants among them.
    constants: Vec<NodeId>,
    takes: Vec<NodeId>,
    gives: Vec<NodeId>,
}

/// The text.
///
/// # Errors
/// Where there is no such gate.
pub fn function(writer: &mut Writer<'_>) -> Result<Sheet, String> {
    let (name, regions) = chosen(writer)?;
    let mut functions = Sheet::default();
    let mut known: Vec<(String, Vec<(String, Walk)>)> = Vec::new();
    let mut class_names = Names::new(&writer.asked.model.program, &[], &[]);
    let mut starts: FxHashMap<NodeId, String> = FxHashMap::default();
    let mut within: FxHashSet<NodeId> = FxHashSet::default();
    for region in &regions {
        let lines = class(writer, region);
        let same = known.iter().find(|(_, other)| *other == lines);
        let called = if let Some((called, _)) = same {
            called.clone()
        } else {
            let called = class_names.free(&title(&name));
            functions.put(&format!("\nclass {called}(torch.autograd.Function):"));
            for (line, walk) in &lines {
                functions.step(line.clone(), *walk, &region.gates);
            }
            functions.put("");
            known.push((called.clone(), lines));
            called
        };
        let list = |nodes: &[NodeId]| {
            let names = nodes.iter().map(|&node| writer.names.of(node).to_owned());
            names.collect::<Vec<_>>().join(", ")
        };
        let (gives, takes) = (list(&region.gives), list(&region.takes));
        starts.insert(
            region.gates[0],
            format!("{gives} = {called}.apply({takes})"),
        );
        within.extend(&region.gates);
    }

    let mut sheet = functions;
    sheet.put("");
    leaves(writer, &mut sheet);
    sheet.gap();
    let mut lines = Sheet::default();
    for gate in writer.pieces.gates() {
        if let Some(line) = starts.get(&gate) {
            let region = regions.iter().find(|region| region.gates[0] == gate);
            let gates = region.map_or(&[][..], |region| &region.gates);
            lines.step(line.clone(), Walk::Forward, gates);
        } else if !within.contains(&gate) {
            writer.forward_line(&mut lines, gate, "");
        }
    }
    sheet.append(lines);
    ending(writer, &mut sheet);
    Ok(sheet)
}

/// What is chosen: its name, and its uses.
fn chosen(writer: &Writer<'_>) -> Result<(String, Vec<Region>), String> {
    let model = writer.asked.model;
    let program = &model.program;
    let graph = &program.graph;
    let gates = writer.pieces.gates();
    let reads = gates.iter().map(|&gate| (gate, writer.pieces.reads(gate)));
    let reads: Vec<(NodeId, Vec<NodeId>)> = reads.collect();
    let calls: Vec<(&str, Range<u32>)> = program
        .groups
        .iter()
        .filter_map(|group| match group.made {
            Made::Call(scope) => Some((program.called(scope), group.nodes.clone())),
            _ => None,
        })
        .collect();
    let called = |name: &str| {
        let calls = calls.iter().filter(|call| call.0 == name);
        let regions = calls.map(|call| {
            region(writer, &reads, |node| {
                call.1.contains(&(node.index() as u32))
            })
        });
        regions.filter(usable).collect::<Vec<_>>()
    };
    let of = |name: &str| {
        let same = gates
            .iter()
            .filter(|&&gate| writer.pieces.op(gate).info().name == name);
        let regions = same.map(|&gate| region(writer, &reads, |node| node == gate));
        regions.filter(usable).collect::<Vec<_>>()
    };
    let find = |name: &str| {
        let mut found = called(name);
        if found.is_empty() {
            found = of(name);
        }
        (!found.is_empty()).then(|| (name.to_owned(), found))
    };
    let Some(asked) = writer.asked.composite else {
        // The first composite that is used, else the first gate.
        let of_gates = |composite: bool| {
            let gates = gates.iter().map(|&gate| (gate, writer.pieces.op(gate)));
            let gates = gates.filter(move |(_, op)| op.is_composite() == composite);
            gates.map(|(gate, op)| (gate.index() as u32, op.info().name))
        };
        let calls = calls.iter().map(|call| (call.1.start, call.0));
        let mut composites: Vec<(u32, &str)> = calls.chain(of_gates(true)).collect();
        sort::by_key(&mut composites, |&(at, _)| at);
        let mut tried: Vec<&str> = Vec::new();
        for (_, name) in composites.into_iter().chain(of_gates(false)) {
            if tried.contains(&name) {
                continue;
            }
            if let Some(found) = find(name) {
                return Ok(found);
            }
            tried.push(name);
        }
        return Err("the program has no gate to make a function of".to_owned());
    };
    // By the key of what is drawn, too.
    let outline = model.outline();
    let drawn = outline.units.iter().find(|unit| unit.key == asked);
    let by_key = drawn.and_then(|unit| match unit.what {
        What::Group(group) => match program.groups.get(group as usize)?.made {
            Made::Call(scope) => find(program.called(scope)),
            _ => None,
        },
        _ => find(
            graph
                .node(crate::view::core(graph, unit.node))
                .op
                .info()
                .name,
        ),
    });
    find(asked).or(by_key).ok_or_else(|| {
        let mut known: Vec<&str> = calls.iter().map(|call| call.0).collect();
        known.extend(gates.iter().map(|&gate| writer.pieces.op(gate).info().name));
        sort::ascending(&mut known);
        known.dedup();
        format!(
            "there is no gate '{asked}' to make a function of: there is {}",
            known.join(", ")
        )
    })
}

fn usable(region: &Region) -> bool {
    !region.gates.is_empty() && !region.gives.is_empty() && !region.takes.is_empty()
}

/// The gates for which something holds, with what goes in and out.
fn region(
    writer: &Writer<'_>,
    reads: &[(NodeId, Vec<NodeId>)],
    is_in: impl Fn(NodeId) -> bool,
) -> Region {
    let model = writer.asked.model;
    let graph = &model.program.graph;
    let all = reads.iter().map(|(gate, _)| *gate);
    let gates: Vec<NodeId> = all.filter(|&gate| is_in(gate)).collect();
    let mut constants = Vec::new();
    let mut takes = Vec::new();
    let own: FxHashSet<NodeId> = gates.iter().copied().collect();
    let mut gives = Vec::new();
    for &(gate, ref read) in reads {
        for &node in read {
            if own.contains(&gate) && !own.contains(&node) {
                let list = if graph.is_constant(node) && is_in(node) {
                    &mut constants
                } else {
                    &mut takes
                };
                if !list.contains(&node) {
                    list.push(node);
                }
            }
            if !own.contains(&gate) && own.contains(&node) && !gives.contains(&node) {
                gives.push(node);
            }
        }
    }
    let output = model.program.output;
    if own.contains(&output) && !gives.contains(&output) {
        gives.push(output);
    }
    Region {
        gates,
        constants,
        takes,
        gives,
    }
}

/// The lines of a function's class.
fn class(writer: &mut Writer<'_>, region: &Region) -> Vec<(String, Walk)> {
    let Region {
        gates,
        constants,
        takes,
        gives,
    } = region;
    let inner: Vec<NodeId> = constants.iter().chain(gates).copied().collect();
    let local = Names::within(&writer.asked.model.program, takes, gives, &inner);
    let outer = std::mem::replace(&mut writer.names, local);
    let indent = "        ";
    let given: Vec<String> = constants
        .iter()
        .map(|&node| {
            format!(
                "{indent}{} = {}",
                writer.names.of(node),
                writer.constant(node)
            )
        })
        .collect();
    let mut forward = Sheet::default();
    for &gate in gates {
        writer.forward_line(&mut forward, gate, indent);
    }
    let reached: Vec<NodeId> = gives
        .iter()
        .copied()
        .filter(|&node| writer.is_reached(node))
        .collect();
    let (back, read) = backward(writer, gates, &reached, indent);
    let list = |nodes: &[NodeId], of: &dyn Fn(NodeId) -> String| {
        nodes
            .iter()
            .map(|&node| of(node))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let name = |node: NodeId| writer.names.of(node).to_owned();
    let gradient = |node: NodeId| writer.names.gradient(node).to_owned();
    let saved: Vec<NodeId> = takes
        .iter()
        .chain(gates)
        .copied()
        .filter(|node| read.contains(node))
        .collect();
    let back = back.texts();
    let touched = |node: NodeId| {
        let line = format!("{indent}{} = ", gradient(node));
        back.iter().any(|text| text.starts_with(&line))
    };

    let mut lines = vec![
        ("    @staticmethod".to_owned(), Walk::Other),
        (
            format!("    def forward(ctx, {}):", list(takes, &name)),
            Walk::Forward,
        ),
    ];
    lines.extend(given.iter().map(|line| (line.clone(), Walk::Forward)));
    lines.extend(
        forward
            .texts()
            .into_iter()
            .map(|line| (line, Walk::Forward)),
    );
    if !saved.is_empty() {
        lines.push((
            format!("{indent}ctx.save_for_backward({})", list(&saved, &name)),
            Walk::Forward,
        ));
    }
    lines.push((
        format!("{indent}return {}", list(gives, &name)),
        Walk::Forward,
    ));
    lines.push((String::new(), Walk::Other));
    lines.push(("    @staticmethod".to_owned(), Walk::Other));
    lines.push((
        format!("    def backward(ctx, {}):", list(gives, &gradient)),
        Walk::Backward,
    ));
    if !saved.is_empty() {
        let end = if saved.len() == 1 { "," } else { "" };
        lines.push((
            format!("{indent}{}{end} = ctx.saved_tensors", list(&saved, &name)),
            Walk::Backward,
        ));
    }
    lines.extend(given.into_iter().map(|line| (line, Walk::Backward)));
    lines.extend(back.iter().map(|line| (line.clone(), Walk::Backward)));
    let parts = list(takes, &|node| {
        if touched(node) {
            gradient(node)
        } else {
            "None".to_owned()
        }
    });
    lines.push((format!("{indent}return {parts}"), Walk::Backward));
    writer.names = outer;
    lines
}
