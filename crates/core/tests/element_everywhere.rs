//! Every element of every operation: what is written comes to the number that stands
//! there, and what lights up is what it depends on.

mod support;

use backflow_core::lesson::value_in_python as python;
use backflow_core::lesson::{Element, Lesson, Now, Side};
use backflow_core::modes::{Limits, Run, local};
use backflow_core::op::Op;
use backflow_core::scene::{Kind, Scene};
use backflow_core::view::View;
use std::collections::BTreeSet;
use std::fmt::Write;
use support::evaluate::sides;
use support::table::{Case, all_cases, gate, len, name};
use support::taught::Taught;
use support::{Random, assert_close};

/// A program of one operation on inputs, each element of whose value has a weight.
fn program(case: &Case, random: &mut Random) -> Option<String> {
    let made = gate(case, random);
    let names: Vec<String> = (0..made.operands.len()).map(|i| format!("a{i}")).collect();
    let words: Vec<&str> = names.iter().map(String::as_str).collect();
    let empty = made.operands.iter().any(|&x| len(&made.graph, x) == 0);
    let form = python(&made.graph, made.y, &words);
    let form = form.filter(|_| !empty && len(&made.graph, made.y) > 0)?;
    let run = support::Ran::new(&made.graph);
    let mut source = String::new();
    for (&x, name) in made.operands.iter().zip(&names) {
        let value = literal(run.value(x), made.graph.shape(x));
        let _ = writeln!(source, "{name} = {value}");
    }
    let shape = made.graph.shape(made.y);
    let weights: Vec<f64> = (0..len(&made.graph, made.y))
        .map(|_| random.between(0.5, 1.5))
        .collect();
    let weights = literal(&weights, shape);
    let _ = write!(source, "c = {weights}\nr = {form}\nL = sum(r * c)");
    Some(source)
}

fn literal(values: &[f64], shape: &[usize]) -> String {
    match shape {
        [] => format!("{:?}", values[0]),
        [size, rest @ ..] => {
            let parts = values.chunks(values.len() / size);
            let parts: Vec<String> = parts.map(|part| literal(part, rest)).collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

/// Gives elements of inputs other numbers.
fn give(taught: &mut Taught, at: impl Fn(usize) -> Option<f64>) {
    for input in &taught.model.program.inputs {
        let start = taught.model.plan.offset(input.node);
        let count = taught.model.elements(input.node);
        for (i, slot) in taught.arena[start..][..count].iter_mut().enumerate() {
            *slot = at(i).unwrap_or(*slot);
        }
    }
    taught.model.plan.run(&mut taught.arena);
}

/// Every node with every element.
fn places(scene: &Scene) -> Vec<(usize, usize)> {
    let nodes = 0..scene.nodes.len();
    let each = |node| (0..elements(scene, node)).map(move |element| (node, element));
    nodes.flat_map(each).collect()
}

fn elements(scene: &Scene, node: usize) -> usize {
    scene.nodes[node].shape.iter().product()
}

fn ask(taught: &mut Taught, node: usize, side: Side, element: usize) -> Element {
    let found = taught.ask(|lesson, now| lesson.element(now, node, side, element, usize::MAX));
    found.expect("an element")
}

/// What is written of an element against its number; how many lines were numbers.
fn checked(source: &str, taught: &mut Taught, node: usize, side: Side, element: usize) -> usize {
    let told = ask(taught, node, side, element);
    let shown = &taught.scene.nodes[node];
    let start = match side {
        Side::Value => shown.value,
        Side::Gradient => shown.gradient,
    };
    let expected = taught.arena[start + element];
    let title = sides(&told.title);
    let title = title.last().copied().unwrap_or(f64::NAN);
    assert!(
        title == expected || title.is_nan(),
        "{source}: {title}, not {expected}"
    );
    if !expected.is_finite() {
        return 0;
    }
    let mut count = 0;
    let mut last = None;
    for line in &told.lines {
        let found = sides(&line.math);
        // What is not finite is bounded by the engine, as in a logarithm of 0.
        for pair in found.windows(2).filter(|pair| pair[0].is_finite()) {
            count += 1;
            assert_close(
                &format!("{source}\n{}", line.text),
                pair[0],
                pair[1],
                0.0,
                1e-9,
            );
        }
        last = found.last().copied().or(last);
    }
    if let Some(last) = last {
        // Of a gradient the last line with a number is the whole of it.
        assert_close(source, last, expected, 0.0, 1e-12);
    }
    count
}

fn lit(element: &Element, node: usize, side: Side) -> BTreeSet<usize> {
    let found = element.lit.iter();
    let found = found.filter(|lit| lit.node == node && lit.side == side);
    found.flat_map(|lit| lit.elements.clone()).collect()
}

#[test]
fn what_is_written_is_what_is_computed() {
    let mut random = Random(5);
    let mut told = BTreeSet::new();
    for case in all_cases() {
        let Some(source) = program(&case, &mut random) else {
            continue;
        };
        // As it is, and where there are kinks, ties and poles.
        for place in [None, Some(0.0), Some(1.0), Some(-1.0)] {
            let mut taught = Taught::new(&source);
            give(&mut taught, |_| place);
            for (node, element) in places(&taught.scene) {
                for side in [Side::Value, Side::Gradient] {
                    let count = checked(&source, &mut taught, node, side, element);
                    if count > 0 && taught.scene.nodes[node].key == "r" {
                        told.insert((name(case.op), side == Side::Value));
                    }
                    if count > 0 && taught.scene.nodes[node].kind == Kind::Input {
                        told.insert((name(case.op), false));
                    }
                }
            }
        }
    }
    assert!(told.len() > 80, "{} {told:?}", told.len());
}

/// The arena as it is, and with the inputs elsewhere, so that each choice goes either way.
/// Indices stay: which elements they name is not what is tried.
fn bases(taught: &Taught, random: &mut Random) -> Vec<Vec<f64>> {
    let mut found = vec![taught.arena.clone()];
    for _ in 0..24 {
        let mut arena = taught.arena.clone();
        for input in &taught.scene.inputs {
            let shown = &taught.scene.nodes[input.node];
            let count = shown.shape.iter().product();
            let graph = &taught.model.program.graph;
            let node = taught.scene.outline().units[input.node].node;
            let mut users = graph.uses(node).map(|edge| graph.user(edge));
            if users.any(|(gate, slot)| matches!(graph.node(gate).op, Op::Take(_)) && slot > 0) {
                continue;
            }
            for slot in &mut arena[shown.value..][..count] {
                *slot = match random.below(3) {
                    0 => 0.0,
                    1 => *slot,
                    _ => random.between(-3.0, 3.0),
                };
            }
        }
        found.push(arena);
    }
    found
}

/// The elements of an input on which one of a node depends, by trying.
fn tried(
    taught: &Taught,
    bases: &[Vec<f64>],
    input: usize,
    node: usize,
    element: usize,
) -> BTreeSet<usize> {
    let (input, shown) = (&taught.scene.nodes[input], &taught.scene.nodes[node]);
    let count: usize = input.shape.iter().product();
    let value = |base: &[f64], change: Option<(usize, f64)>| {
        let mut arena = base.to_vec();
        if let Some((at, place)) = change {
            arena[input.value + at] = place;
        }
        taught.model.plan.run(&mut arena);
        arena[shown.value + element].to_bits()
    };
    let depends = |&at: &usize| {
        bases.iter().any(|base| {
            let own = base[input.value + at];
            let places = [
                own + 0.1,
                own - 0.1,
                own + 100.0,
                own - 100.0,
                0.0,
                1.0,
                2.0,
            ];
            let before = value(base, None);
            let differs = |&place: &f64| value(base, Some((at, place))) != before;
            places.iter().any(differs)
        })
    };
    (0..count).filter(depends).collect()
}

#[test]
fn what_lights_up_is_what_a_value_depends_on() {
    let mut random = Random(6);
    let mut programs: Vec<String> = all_cases()
        .iter()
        .filter_map(|case| program(case, &mut random))
        .collect();
    let more = [
        "a0 = [[1], [2]]\na1 = [1, 2, 3]\nr = a0 * a1",
        "a0 = [1, 2]\na1 = [[1, 2, 3], [4, 5, 6]]\nr = a0 @ a1",
        "a0 = [1, 2]\na1 = [3, 4]\nr = a0 @ a1",
        "a0 = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\na1 = [[1, 2], [3, 5]]\nr = a0 @ a1",
        "a0 = [1, 2]\na1 = [3, 4]\nr = outer(a0, a1)",
        "a0 = [1, 2]\na1 = [3, 4]\nr = stack([a0, a1], axis=1)",
        "a0 = [[1, 2], [3, 4], [5, 6]]\nr = a0[1:, None, 0]",
        "a0 = [[1, 2], [3, 4]]\nr = max(a0, axis=1, keepdims=True)",
        "a0 = [[1, 2, 0], [3, 4, 1]]\na1 = [1, 2]\nr = cross_entropy(a0, a1)",
        "a0 = [[1, 2, 0], [3, 4, 1]]\na1 = [1, 2]\nr = hinge_loss(a0, a1)",
    ];
    programs.extend(more.map(str::to_owned));
    let mut seen = 0;
    for source in &programs {
        let mut taught = Taught::new(source);
        let node = taught.place("r");
        let wires = taught.scene.wires.iter();
        let from = wires.filter(|wire| wire.to == Some(node)).map(|w| w.from);
        let from: BTreeSet<usize> = from.collect();
        let given = |&at: &usize| taught.scene.nodes[at].kind == Kind::Input;
        // What is made in several gates is not asked of the last alone; over no axes
        // a variance or a softmax is the same whatever comes.
        if !from.iter().all(given) || source.contains("axis=()") {
            continue;
        }
        seen += 1;
        let bases = bases(&taught, &mut random);
        for element in 0..elements(&taught.scene, node) {
            let told = ask(&mut taught, node, Side::Value, element);
            for &input in &from {
                let found = lit(&told, input, Side::Value);
                let expected = tried(&taught, &bases, input, node, element);
                let key = &taught.scene.nodes[input].key;
                assert_eq!(found, expected, "{source}\n{element} of {key}");
            }
            assert_eq!(lit(&told, node, Side::Value), BTreeSet::from([element]));
        }
    }
    assert!(seen > 120, "{seen}");
}

/// Upstream elements light up where the Jacobian has entries.
#[test]
fn what_lights_up_is_what_a_gradient_is_made_of() {
    let mut random = Random(9);
    for case in all_cases() {
        let Some(source) = program(&case, &mut random) else {
            continue;
        };
        let mut taught = Taught::new(&source);
        let r = taught.place("r");
        for wire in taught.scene.wires.clone() {
            if wire.to != Some(r) {
                continue;
            }
            let outline = taught.scene.outline();
            let node = outline.units[r].node;
            let run = Run::of(&taught.model, &taught.arena);
            let found = local(run, node, wire.operand, Limits::default());
            let matrix = found.matrix.expect("a small one");
            let flows = wire.gradient != taught.model.plan.zeros();
            for element in 0..elements(&taught.scene, wire.from) {
                let told = ask(&mut taught, wire.from, Side::Gradient, element);
                let rows = 0..found.out_shape.iter().product();
                let entry = |&row: &usize| matrix.row(row).iter().any(|e| e.0 == element);
                let expected: BTreeSet<usize> = rows.filter(|row| flows && entry(row)).collect();
                let found = lit(&told, r, Side::Gradient);
                assert_eq!(found, expected, "{source}\n{element} of {}", wire.operand);
            }
        }
    }
}

const PLACES: [f64; 5] = [0.0, 1.0, 1000.0, f64::NEG_INFINITY, f64::NAN];

/// Asks for every element of every node, halfway and when all is computed.
fn say_all(source: &str, view: &View, at: impl Fn(usize) -> Option<f64>) {
    let mut taught = Taught::viewed(source, view);
    give(&mut taught, at);
    let last = taught.scene.steps.len() - 1;
    for node in 0..taught.scene.nodes.len() {
        let count = elements(&taught.scene, node);
        for side in [Side::Value, Side::Gradient] {
            for step in [last / 2, last] {
                for element in 0..count {
                    let told = taught.ask(|l, now| l.element(now, node, side, element, step));
                    let told = told.expect("an element");
                    looked_at(source, &taught, &told, (node, side, element));
                }
            }
            for element in [count, usize::MAX] {
                let told = taught.ask(|l, now| l.element(now, node, side, element, last));
                assert_eq!(told, None);
            }
        }
    }
    let beyond = taught.scene.nodes.len();
    let told =
        taught.ask(|l: &mut Lesson, now: Now<'_>| l.element(now, beyond, Side::Value, 0, last));
    assert_eq!(told, None);
}

fn looked_at(source: &str, taught: &Taught, told: &Element, own: (usize, Side, usize)) {
    assert!(!told.lines.is_empty(), "{source}: {}", told.text);
    for line in &told.lines {
        assert!(!line.text.trim().is_empty(), "{source}: {}", told.text);
        let latex = line.latex.replace(r"\{", "").replace(r"\}", "");
        let braces = |brace| latex.matches(brace).count();
        assert_eq!(braces('{'), braces('}'), "{source}: {latex}");
    }
    for lit in &told.lit {
        let count = elements(&taught.scene, lit.node);
        assert!(lit.elements.iter().all(|&at| at < count), "{source}");
        assert!(lit.elements.is_sorted(), "{source}");
    }
    assert!(lit(told, own.0, own.1).contains(&own.2), "{source}");
    let wires = taught.scene.wires.len();
    assert!(told.wires.iter().all(|&wire| wire < wires), "{source}");
}

fn everywhere(source: &str, view: &View) {
    say_all(source, view, |_| None);
    for place in PLACES {
        say_all(source, view, |_| Some(place));
    }
    say_all(source, view, |i| (i == 0).then_some(f64::NAN));
}

#[test]
fn elements_are_told_whatever_the_numbers_are() {
    let mut random = Random(12);
    let mut told = 0;
    for case in all_cases() {
        let few = case
            .operands
            .iter()
            .all(|x| x.iter().product::<usize>() <= 6);
        if !few {
            continue;
        }
        let Some(source) = program(&case, &mut random) else {
            continue;
        };
        everywhere(&source, &View::default());
        told += 1;
    }
    assert!(told > 100, "{told}");
}

#[test]
fn elements_of_programs_are_told() {
    let open = View::default();
    let copies = View {
        copies: true,
        ..View::default()
    };
    for source in [
        "x = 2\ng = grad(relu(x) * abs(x), x)\nL = g * x",
        "x = [1, 2, 3]\ng = grad(sum(softmax(x) * x), x)\nL = norm(g)",
        "x = [1, 2, 3]\ng = grad(sum(max(x, 2) ** x), x)\nL = sum(g * x)",
        "x = [[1, 2], [3, 4]]\ng = grad(sum(x[0] * x[1]), x)\nL = sum(g * g)",
        "x = [1, 2, 3]\nL = cross_entropy(x, 1)",
        "x = [1, 2, 3]\nL = hinge_loss(x, 1)",
        "p = [0.2, 0.7]\nL = bce_loss(p, [0, 1])",
        "x = [[1, 2], [3, 4]]\nb = [1, 2]\ny = x @ b + 1",
        "x = [[1, 2], [3, 4]]\ny = detach(x[0]) * x[1]\ny[None]",
        "x = [[1, 2], [3, 4]]\ny = x[1:1]\nL = sum(y)",
        "x = 3\ny = 4 * x\nx + 1",
        "x = [[1, 2], [3, 4]]\nm = mean(x[1:1], axis=0)\nv = std(x[1:1], axis=0)\nL = sum(m * v)",
        "x = [[1, 2], [3, 4]]\nL = mse_loss(x[1:1], x[1:1]) + sum(softmax(x[1:1], axis=1))",
        "x = [[1, 2], [3, 4]]\nL = cross_entropy(x[1:1], x[1:1]) + bce_loss(x[1:1], x[1:1])",
        "x = [1, 2]\ny = x",
        "x = [3, 4]\nc = x > 3\ny = where(c, x, -x)\nL = sum(5 * y)",
        "x = [[[1, 2], [3, 4]]]\nL = cross_entropy(x, [[0, 1]])",
    ] {
        for view in [&open, &copies] {
            everywhere(source, view);
        }
    }
    let source = "def f(a, b):\n    return a * b + a\nx = [1, 2]\ny = f(x, f(x, x))\nL = sum(y)";
    let taught = Taught::new(source);
    let boxes: Vec<String> = taught.scene.boxes.iter().map(|b| b.key.clone()).collect();
    assert_eq!(boxes.len(), 2);
    let closed = View {
        closed: boxes,
        ..View::default()
    };
    everywhere(source, &closed);
}
