//! A graph of gates: each kind of gate is a class that knows its forward and its
//! backward step, and the graph runs them in order and in reverse.

use super::Walk;
use super::expr::{Expr, number};
use super::names::Names;
use super::piece::Piece;
use super::sheet::Sheet;
use super::writer::Writer;
use crate::graph::NodeId;
use crate::op::Op;
use rustc_hash::FxHashMap;

/// The graph's class.
const GRAPH: &str = "\
class ComputationalGraph:
    def __init__(self):
        self.gates = []  # in topological order: operands first

    def add(self, name, gate, *operands):
        self.gates.append((name, gate, operands))

    def forward(self, inputs):
        self.values = dict(inputs)
        for name, gate, operands in self.gates:
            self.values[name] = gate.forward(*(self.values[x] for x in operands))

    def backward(self, output, upstream):
        self.gradients = {output: upstream}
        for name, gate, operands in reversed(self.gates):
            if name not in self.gradients:
                continue  # no path leads from it to the output
            parts = gate.backward(self.gradients[name])
            for x, part in zip(operands, parts):
                if part is not None:  # at a fan-out gradients add up
                    self.gradients[x] = self.gradients[x] + part if x in self.gradients else part";

/// A class of gates.
struct Class {
    name: String,
    /// The gates that are of it.
    gates: Vec<NodeId>,
    /// How it takes its numbers.
    takes: Vec<String>,
    forward: Vec<String>,
    /// None as long as nothing goes back through any of them.
    backward: Option<Vec<String>>,
}

/// The text.
pub fn modular(writer: &mut Writer<'_>) -> Sheet {
    let mut classes: Vec<Class> = Vec::new();
    let mut class_names = Names::new(&writer.asked.model.program, &[], &[]);
    let mut added = Sheet::default();
    for gate in writer.pieces.gates() {
        let piece = writer.pieces.piece(gate);
        let op = writer.pieces.op(gate);
        let number_of = |node: &NodeId| writer.pieces.graph.constant(*node);
        let known = |node| matches!(number_of(node), Some(0.0 | 1.0 | -1.0));
        let numbers = match op {
            // Its derivative is simpler there.
            Op::Mul if piece.numbers.iter().any(known) => &[],
            _ if takes_numbers(op) && !piece.leaves.is_empty() && piece.is_plain => {
                &piece.numbers[..]
            }
            _ => &[],
        };
        let takes = constructor(numbers.len());
        let (forward, backward) = methods(writer, &piece, numbers);
        let fits = |class: &&mut Class| {
            class.forward == forward
                && (class.backward == backward || class.backward.is_none() || backward.is_none())
        };
        let class = if let Some(class) = classes.iter_mut().find(fits) {
            class.gates.push(gate);
            if class.backward.is_none() {
                class.backward = backward;
            }
            class.name.clone()
        } else {
            let mut name = title(op.info().name);
            let several = matches!(op, Op::LeakyRelu | Op::Clip);
            if !numbers.is_empty() && !several {
                name.push_str("Constant");
            }
            let name = class_names.free(&name);
            classes.push(Class {
                name: name.clone(),
                gates: vec![gate],
                takes,
                forward,
                backward,
            });
            name
        };
        let names = [gate]
            .into_iter()
            .chain(piece.leaves.iter().map(|leaf| leaf.node));
        let mut names = names.map(|node| format!("\"{}\"", writer.names.of(node)));
        let name = names.next().unwrap_or_default();
        let operands: Vec<String> = [String::new()].into_iter().chain(names).collect();
        let operands = operands.join(", ");
        let numbers = numbers
            .iter()
            .filter_map(|&node| writer.pieces.graph.constant(node));
        let numbers: Vec<String> = numbers.map(|value| number(value, writer.dialect)).collect();
        let numbers = numbers.join(", ");
        added.step(
            format!("graph.add({name}, {class}({numbers}){operands})"),
            Walk::Forward,
            &[gate],
        );
    }

    let mut sheet = Sheet::default();
    sheet.put("");
    sheet.put(GRAPH);
    for class in &classes {
        sheet.put(&format!("\n\nclass {}:", class.name));
        for line in &class.takes {
            sheet.put(line);
        }
        for line in &class.forward {
            sheet.step(format!("    {line}"), Walk::Forward, &class.gates);
        }
        for (at, line) in class.backward.iter().flatten().enumerate() {
            if at == 0 {
                sheet.put("");
            }
            sheet.step(format!("    {line}"), Walk::Backward, &class.gates);
        }
    }
    sheet.put("\n\ngraph = ComputationalGraph()");
    sheet.append(added);
    sheet.gap();
    sheet.put("inputs = {");
    let given: Vec<(NodeId, String)> = writer
        .inputs()
        .into_iter()
        .map(|node| (node, writer.literal(node, writer.value(node))))
        .chain(
            writer
                .constants()
                .into_iter()
                .map(|node| (node, writer.constant(node))),
        )
        .collect();
    for (node, value) in given {
        let name = writer.names.of(node);
        sheet.step(format!("    \"{name}\": {value},"), Walk::Forward, &[node]);
    }
    sheet.put("}\ngraph.forward(inputs)");
    let output = writer.output();
    sheet.step(
        format!("graph.backward(\"{output}\", {})", writer.upstream()),
        Walk::Base,
        &[writer.asked.model.program.output],
    );
    writer.asserts(
        &mut sheet,
        &format!("graph.values[\"{output}\"]"),
        |writer, input| {
            let name = writer.names.of(input);
            if writer.is_reached(input) {
                format!("graph.gradients[\"{name}\"]")
            } else {
                // No path leads from it to the output.
                format!("graph.gradients.get(\"{name}\", {})", writer.zeros(input))
            }
        },
    );
    sheet
}

/// Whether the numbers written in a gate of an operation are given to it when it is
/// made; its derivative has them as they are, or not at all.
fn takes_numbers(op: Op) -> bool {
    matches!(
        op,
        Op::Add | Op::Sub | Op::Mul | Op::Maximum | Op::Minimum | Op::Compare(_)
    ) || matches!(op, Op::LeakyRelu | Op::Clip)
}

/// What the numbers of a gate are called.
fn parameters(count: usize) -> Vec<String> {
    match count {
        1 => vec!["c".to_owned()],
        _ => (0..count).map(|at| format!("c{at}")).collect(),
    }
}

/// The method that takes so many numbers.
fn constructor(count: usize) -> Vec<String> {
    let names = parameters(count);
    if names.is_empty() {
        return Vec::new();
    }
    let list = names.join(", ");
    let kept: Vec<String> = names.iter().map(|name| format!("self.{name}")).collect();
    vec![
        format!("    def __init__(self, {list}):"),
        format!("        {} = {list}", kept.join(", ")),
        String::new(),
    ]
}

/// The two methods of a gate, line by line; it has some numbers from when it was made.
fn methods(
    writer: &mut Writer<'_>,
    piece: &Piece,
    numbers: &[NodeId],
) -> (Vec<String>, Option<Vec<String>>) {
    let count = piece.leaves.len();
    let letters = ["x", "y", "z"];
    let names: Vec<String> = match count {
        0..=2 => letters[..count]
            .iter()
            .map(|&letter| letter.to_owned())
            .collect(),
        _ => (0..count).map(|at| format!("x{at}")).collect(),
    };
    let result = if count == 2 { "z" } else { "y" };
    let leaf = |writer: &Writer<'_>, at: usize, name: &str| {
        (
            piece.leaves[at].input,
            Expr::name(name, writer.shape(piece.leaves[at].node)),
        )
    };

    let mut own: FxHashMap<_, _> = (0..count).map(|at| leaf(writer, at, &names[at])).collect();
    let mut forward = vec![format!(
        "def forward({}):",
        [&["self".to_owned()], &names[..]].concat().join(", ")
    )];

    let kept = |name: &str| format!("self.{name}");
    let mut saved: FxHashMap<_, _> = (0..count)
        .map(|at| leaf(writer, at, &kept(&names[at])))
        .collect();
    for (&node, name) in numbers.iter().zip(parameters(numbers.len())) {
        let named = Expr::name(&kept(&name), &[]);
        own.insert(node, named.clone());
        saved.insert(node, named);
    }
    let shape = writer.shape(piece.gate);
    saved.insert(piece.value, Expr::name(&kept(result), shape));
    writer.local = Some(0);
    let (before, value) = writer.forward(piece, &own);
    let mut backward = None;
    let mut keeps_value = false;
    let mut keeps = Vec::new();
    if let Some(upstream) = piece.upstream {
        let arriving = format!("grad_{result}");
        saved.insert(upstream, Expr::name(&arriving, shape));
        writer.local = Some(0);
        let back = writer.backward(piece, &saved);
        keeps_value = back.read.contains(&piece.value);
        let is_read = |&at: &usize| back.read.contains(&piece.leaves[at].input);
        keeps = (0..count).filter(is_read).collect();
        let mut lines = vec![format!("def backward(self, {arriving}):")];
        lines.extend(
            back.before
                .into_iter()
                .map(|(name, value)| format!("    {name} = {value}")),
        );
        let mut parts = vec!["None".to_owned(); count];
        for (at, part) in back.parts {
            parts[at] = part.text;
        }
        let end = if count == 1 { "," } else { "" };
        lines.push(format!("    return ({}{end})", parts.join(", ")));
        if count > 1 {
            lines.pop();
            lines.push(format!("    return {}", parts.join(", ")));
        }
        backward = Some(lines);
    }
    writer.local = None;

    if !keeps.is_empty() {
        let list = |of: &dyn Fn(usize) -> String| {
            keeps
                .iter()
                .map(|&at| of(at))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (left, right) = (list(&|at| kept(&names[at])), list(&|at| names[at].clone()));
        forward.push(format!("    {left} = {right}"));
    }
    forward.extend(
        before
            .into_iter()
            .map(|(name, value)| format!("    {name} = {value}")),
    );
    if keeps_value {
        forward.push(format!("    {} = {}", kept(result), value.text));
        forward.push(format!("    return {}", kept(result)));
    } else {
        forward.push(format!("    return {}", value.text));
    }
    (forward, backward)
}

/// What an operation's class is called.
pub fn title(name: &str) -> String {
    match name {
        "sub" => "Subtract".to_owned(),
        "mul" => "Multiply".to_owned(),
        "div" => "Divide".to_owned(),
        "pow" => "Power".to_owned(),
        "neg" => "Negate".to_owned(),
        "relu" => "ReLU".to_owned(),
        "leaky_relu" => "LeakyReLU".to_owned(),
        _ => {
            let words = name.split('_').map(|word| -> String {
                let mut letters = word.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters).collect()
            });
            words.collect()
        }
    }
}
