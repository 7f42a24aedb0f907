//! One line forward and one line backward for each gate: as a script, or as a
//! function forward and a function backward.

use super::expr::{Expr, level};
use super::sheet::Sheet;
use super::writer::Writer;
use super::{Dialect, Walk};
use crate::graph::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The script.
pub fn flat(writer: &mut Writer<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    given(writer, &mut sheet);
    if !writer.pieces.gates().is_empty() {
        sheet.gap();
        sheet.put("# Forward: every gate, operands first.");
        writer.forward_lines(&mut sheet, "");
    }
    sheet.gap();
    sheet.put("# Backward: every gate, the last one first.");
    let output = writer.asked.model.program.output;
    let begins = format!("{} = {}", writer.names.gradient(output), writer.upstream());
    sheet.step(begins, Walk::Base, &[output]);
    let gates = writer.pieces.gates();
    let (lines, _) = backward(writer, &gates, &[output], "");
    sheet.append(lines);
    unreached(writer, &mut sheet, "");
    let output = writer.output();
    writer.asserts(&mut sheet, &output, |writer, input| {
        writer.names.gradient(input).to_owned()
    });
    sheet
}

/// The two functions.
pub fn functions(writer: &mut Writer<'_>) -> Sheet {
    let output = writer.asked.model.program.output;
    let mut forward = Sheet::default();
    for node in writer.constants() {
        let line = format!("    {} = {}", writer.names.of(node), writer.constant(node));
        forward.step(line, Walk::Forward, &[node]);
    }
    writer.forward_lines(&mut forward, "    ");
    let gates = writer.pieces.gates();
    let (back, read) = backward(writer, &gates, &[output], "    ");
    let roots = writer.pieces.roots().iter().copied();
    let saved: Vec<String> = roots
        .filter(|node| read.contains(node))
        .map(|node| writer.names.of(node).to_owned())
        .collect();
    let saved = match &saved[..] {
        [] => "()".to_owned(),
        [only] => format!("({only},)"),
        all => format!("({})", all.join(", ")),
    };
    let list = |names: Vec<String>| names.join(", ");
    let inputs = writer.inputs();
    let names = list(
        inputs
            .iter()
            .map(|&x| writer.names.of(x).to_owned())
            .collect(),
    );
    let gradients = list(
        inputs
            .iter()
            .map(|&x| writer.names.gradient(x).to_owned())
            .collect(),
    );
    let (result, upstream) = (writer.output(), writer.names.gradient(output).to_owned());

    let mut sheet = Sheet::default();
    sheet.put(&format!("\ndef forward({names}):"));
    sheet.append(forward);
    sheet.put(&format!("    return {result}, {saved}"));
    sheet.put(&format!("\n\ndef backward(saved, {upstream}):"));
    if saved != "()" {
        sheet.put(&format!("    {saved} = saved"));
    }
    sheet.append(back);
    unreached(writer, &mut sheet, "    ");
    let gives = if inputs.is_empty() {
        "None"
    } else {
        &gradients
    };
    sheet.put(&format!("    return {gives}\n\n"));
    for &input in &inputs {
        let line = format!(
            "{} = {}",
            writer.names.of(input),
            writer.literal(input, writer.value(input))
        );
        sheet.step(line, Walk::Forward, &[input]);
    }
    sheet.put(&format!("{result}, saved = forward({names})"));
    let begins = format!("{upstream} = {}", writer.upstream());
    sheet.step(begins, Walk::Base, &[output]);
    if !inputs.is_empty() {
        sheet.put(&format!("{gradients} = backward(saved, {upstream})"));
    }
    writer.asserts(&mut sheet, &result, |writer, input| {
        writer.names.gradient(input).to_owned()
    });
    sheet
}

/// What is given: inputs and named constants.
fn given(writer: &Writer<'_>, sheet: &mut Sheet) {
    let inputs = writer.inputs();
    let constants = writer.constants();
    if !inputs.is_empty() {
        sheet.put("# The inputs.");
    }
    for &node in &inputs {
        let value = writer.literal(node, writer.value(node));
        sheet.step(
            format!("{} = {value}", writer.names.of(node)),
            Walk::Forward,
            &[node],
        );
    }
    for &node in &constants {
        let value = writer.constant(node);
        sheet.step(
            format!("{} = {value}", writer.names.of(node)),
            Walk::Forward,
            &[node],
        );
    }
}

/// The backward lines of some gates, and the nodes whose values they read. The
/// gradients of the `given` are there before.
pub fn backward(
    writer: &mut Writer<'_>,
    gates: &[NodeId],
    given: &[NodeId],
    indent: &str,
) -> (Sheet, FxHashSet<NodeId>) {
    let mut sheet = Sheet::default();
    let mut read = FxHashSet::default();
    let mut begun: FxHashSet<NodeId> = given.iter().copied().collect();
    let mut pieces = Vec::new();
    let mut left: FxHashMap<NodeId, usize> = FxHashMap::default();
    for &gate in gates.iter().rev() {
        if writer.is_reached(gate) {
            let piece = writer.pieces.piece(gate);
            for leaf in piece.leaves.iter().filter(|leaf| leaf.back.is_some()) {
                *left.entry(leaf.node).or_default() += 1;
            }
            pieces.push(piece);
        }
    }
    for piece in &pieces {
        let gate = piece.gate;
        let mut names = writer.own_names(piece);
        let named = Expr::name(writer.names.of(gate), writer.shape(gate));
        names.insert(piece.value, named);
        if let Some(upstream) = piece.upstream {
            let named = Expr::name(writer.names.gradient(gate), writer.shape(gate));
            names.insert(upstream, named);
        }
        let back = writer.backward(piece, &names);
        for node in back.read {
            if node == piece.value {
                read.insert(gate);
            }
            let leaf = piece.leaves.iter().find(|leaf| leaf.input == node);
            read.extend(leaf.map(|leaf| leaf.node));
        }
        for (name, value) in back.before {
            sheet.step(format!("{indent}{name} = {value}"), Walk::Backward, &[gate]);
        }
        for (at, part) in back.parts {
            let node = piece.leaves[at].node;
            let name = writer.names.gradient(node);
            let line = if begun.insert(node) {
                // What is added to later must not be another one's array.
                let shares = !part.fresh && left[&node] > 1 && writer.dialect == Dialect::NumPy;
                let value = if shares {
                    format!("{}.copy()", part.atom())
                } else {
                    part.text
                };
                format!("{indent}{name} = {value}")
            } else if writer.dialect == Dialect::Torch {
                let part = part.within(level::PRODUCT);
                format!("{indent}{name} = {name} + {part}")
            } else {
                format!("{indent}{name} += {}", part.text)
            };
            sheet.step(line, Walk::Backward, &[gate]);
        }
    }
    (sheet, read)
}

/// The inputs from which no path leads to the output.
fn unreached(writer: &Writer<'_>, sheet: &mut Sheet, indent: &str) {
    for node in writer.inputs() {
        if !writer.is_reached(node) {
            let (name, zeros) = (writer.names.gradient(node), writer.zeros(node));
            sheet.put(&format!(
                "{indent}{name} = {zeros}  # no path leads to the output"
            ));
        }
    }
}
