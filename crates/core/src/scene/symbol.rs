//! What is written in a gate.

use crate::graph::NodeId;
use crate::model::Model;
use crate::number::digits;
use crate::op::Op;
use crate::shape::{Cut, Display};

/// What a node shows. A number beside one other operand is part of the gate.
pub fn symbol(model: &Model, node: NodeId) -> String {
    let graph = &model.program.graph;
    if let Some(value) = graph.constant(node) {
        return number(value);
    }
    if let Some(values) = graph.table(node) {
        return table(graph.shape(node), values);
    }
    let op = graph.node(node).op;
    let own = op.info().symbol.to_owned();
    let absorbed = |slot| {
        let value = graph.constant(graph.operand(node, slot))?;
        model.holds(node, slot).then(|| number(value))
    };
    match (op, graph.arity(node)) {
        (Op::Clip, _) => {
            return match (absorbed(1), absorbed(2)) {
                (Some(low), Some(high)) => format!("{own} {low}…{high}"),
                _ => own,
            };
        }
        (Op::Slice(cuts), _) => {
            return chosen(graph.shapes.cuts(cuts), graph.shape(graph.operand(node, 0)));
        }
        (Op::HingeLoss, _) => {
            let margin = absorbed(2).filter(|margin| margin != "1");
            return margin.map_or(own.clone(), |margin| format!("{own} {margin}"));
        }
        (_, 2) => {}
        _ => return own,
    }
    match (op, absorbed(0), absorbed(1)) {
        // What is added is taken away.
        (Op::Add, Some(c), None) | (Op::Add, None, Some(c)) if c.starts_with('−') => c,
        (Op::Add | Op::Mul, Some(c), None)
        | (Op::Add | Op::Sub | Op::Mul | Op::Div, None, Some(c)) => {
            format!("{own}{c}")
        }
        (Op::Sub, Some(c), None) => format!("{c}−"),
        (Op::Div, Some(c), None) => format!("{c}/x"),
        (Op::Pow, None, Some(c)) => format!("x{}", superscript(&c)),
        (Op::Pow, Some(c), None) => format!("{c}ˣ"),
        (Op::Maximum | Op::Minimum, Some(c), None)
        | (Op::Maximum | Op::Minimum | Op::LeakyRelu | Op::Compare(_), None, Some(c)) => {
            format!("{own} {c}")
        }
        (Op::Compare(_), Some(c), None) => format!("{c} {own}"),
        _ => own,
    }
}

/// The places that a slice chooses, without the axes at the end that it takes whole.
fn chosen(cuts: &[Cut], sizes: &[usize]) -> String {
    let places = cuts.iter().zip(sizes).map(|(cut, &size)| match *cut {
        cut if cut == Cut::whole(size) => ":".to_owned(),
        Cut {
            start, count: 1, ..
        } => start.to_string(),
        Cut { count: 0, .. } => "0:0".to_owned(),
        Cut { start, step, count } => {
            let (first, last) = if step > 0 { (0, size) } else { (size - 1, 0) };
            let end = start as isize + step * count as isize;
            let from = if start == first {
                String::new()
            } else {
                start.to_string()
            };
            let open = if step > 0 {
                end >= last as isize
            } else {
                end < 0
            };
            let to = if open { String::new() } else { end.to_string() };
            match step {
                1 => format!("{from}:{to}"),
                step => format!("{from}:{to}:{}", number(step as f64)),
            }
        }
    });
    let mut places: Vec<String> = places.collect();
    while places.len() > 1 && places.last().is_some_and(|last| last == ":") {
        places.pop();
    }
    format!("[{}]", places.join(", "))
}

/// A written-out array: its elements if they are few, else its shape.
fn table(shape: &[usize], values: &[f64]) -> String {
    match shape {
        [1..=4] => {
            let values: Vec<String> = values.iter().map(|&v| number(v)).collect();
            format!("[{}]", values.join(", "))
        }
        shape => Display(shape).to_string(),
    }
}

/// Most letters of a number in a gate, and digits of a longer one.
const ROOM: usize = 8;
const DIGITS: usize = 5;

/// A number as short as it can be told, with a true minus sign; rounded where it was not
/// written but computed to its last digit, as √1.5 is.
fn number(value: f64) -> String {
    let text = told(value);
    if value.is_finite() && text.chars().count() > ROOM {
        return digits(value, DIGITS);
    }
    text
}

fn told(value: f64) -> String {
    let size = value.abs();
    let text = if size != 0.0 && !(1e-4..1e6).contains(&size) && size.is_finite() {
        format!("{value:e}")
    } else if size == f64::INFINITY {
        "∞".replace('∞', if value < 0.0 { "-∞" } else { "∞" })
    } else {
        value.to_string()
    };
    text.replace('-', "−")
}

fn superscript(text: &str) -> String {
    let raised = text.chars().map(|c| match c {
        '−' => Some('⁻'),
        '0' => Some('⁰'),
        '1' => Some('¹'),
        '2' => Some('²'),
        '3' => Some('³'),
        '4'..='9' => char::from_u32('⁴' as u32 + (c as u32 - '4' as u32)),
        _ => None,
    });
    raised
        .collect::<Option<String>>()
        .unwrap_or_else(|| format!("^{text}"))
}

#[cfg(test)]
mod tests {
    use super::symbol;
    use crate::model::{Model, Overrides};

    /// What the output's gate shows, or the gate within it.
    fn shows(source: &str) -> String {
        let model = Model::new(source, &Overrides::default());
        let model = model.unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
        let graph = &model.program.graph;
        let output = model.program.output;
        let inner = graph.operands(output).next();
        match inner {
            Some(inner) if graph.node(output).op.info().name == "reshape" => symbol(&model, inner),
            _ => symbol(&model, output),
        }
    }

    #[test]
    fn gates_show_the_numbers_beside_one_operand() {
        for (form, expected) in [
            ("x + 1", "+1"),
            ("x + -2", "−2"),
            ("2 - x", "2−"),
            ("x ** -0.5", "x^−0.5"),
            ("x ** 12", "x¹²"),
            ("x > 0", "> 0"),
            ("x * 1.22474487139158905", "×1.2247"),
            ("x * 0.001953125", "×0.0019531"),
            ("x * 123456.5", "×123456.5"),
            ("1 >= x", "1 ≥"),
            ("maximum(0, x)", "max 0"),
            ("leaky_relu(x)", "leaky 0.01"),
            ("clip(x, -1, 2)", "clip −1…2"),
            ("hinge_loss(x[0], 1)", "hinge"),
            ("hinge_loss(x[0], 1, margin=2)", "hinge 2"),
            ("1e999", "∞"),
        ] {
            let source = format!("x = [[1, 2, 3], [4, 5, 6]]\nf = 0 * x\n{form}");
            assert_eq!(shows(&source), expected, "{form}");
        }
    }

    #[test]
    fn slices_show_their_places() {
        for index in [
            "[0]",
            "[:, 1]",
            "[1, 2]",
            "[1:]",
            "[:, 1:3]",
            "[:, :2]",
            "[::-1]",
            "[:, 2:0:-1]",
            "[:, ::2]",
            "[:, 1::-1]",
        ] {
            let source = format!("x = [[1, 2, 3, 4], [4, 5, 6, 7], [7, 8, 9, 0]]\nx{index}");
            assert_eq!(shows(&source), index.replace('-', "−"));
        }
    }

    #[test]
    fn arrays_show_their_elements_or_their_shape() {
        assert_eq!(shows("x = 1\nfor i in range(1): y = [1, -2]"), "[1, −2]");
        assert_eq!(shows("x = 1\nfor i in range(1): y = [[1], [2]]"), "(2, 1)");
    }
}
