//! The grids of tensors: how large they are, and that they stand clear of everything.

use backflow_core::model::{Model, Overrides};
use backflow_core::scene::{Kind, Plate, Scene, SceneNode, SceneWire, Spread};
use backflow_core::view::View;

fn model(source: &str) -> Model {
    Model::new(source, &Overrides::default()).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"))
}

fn scene(source: &str) -> Scene {
    seen(source, &View::default())
}

fn seen(source: &str, view: &View) -> Scene {
    let model = Model::viewed(source, &Overrides::default(), view);
    Scene::new(&model.unwrap_or_else(|wrong| panic!("{source}: {wrong:?}")))
}

/// The plate of an input of a shape.
fn plate(shape: &[usize]) -> Plate {
    let mut list = "0.5".to_owned();
    for &size in shape.iter().rev() {
        list = format!("[{}]", vec![list; size].join(", "));
    }
    let scene = scene(&format!("x = {list}\nf = sum(x)"));
    let node = scene.nodes.iter().find(|node| node.shape == shape);
    let plate = node.and_then(|node| node.plate.clone());
    plate.unwrap_or_else(|| panic!("{shape:?} has no plate"))
}

#[derive(Clone, Copy, Debug)]
struct Rect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Rect {
    fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self {
            x: x - width / 2.0,
            y: y - height / 2.0,
            width,
            height,
        }
    }

    fn meets(self, other: Self) -> bool {
        let across = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let down = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        across > 0.2 && down > 0.2
    }

    fn holds(self, inner: Self) -> bool {
        inner.x >= self.x - 0.01
            && inner.y >= self.y - 0.01
            && inner.x + inner.width <= self.x + self.width + 0.01
            && inner.y + inner.height <= self.y + self.height + 0.01
    }

    fn has(self, (x, y): (f64, f64)) -> bool {
        x > self.x + 0.2
            && x < self.x + self.width - 0.2
            && y > self.y + 0.2
            && y < self.y + self.height - 0.2
    }
}

/// The whole plate, its value's grid and its gradient's.
fn rects(plate: &Plate) -> [Rect; 3] {
    let width = plate.columns as f64 * plate.cell_width;
    let height = plate.rows as f64 * plate.cell_height;
    let grid = |x, y| Rect {
        x,
        y,
        width,
        height,
    };
    [
        Rect {
            x: plate.x,
            y: plate.y,
            width: plate.width,
            height: plate.height,
        },
        grid(plate.value_x, plate.value_y),
        grid(plate.gradient_x, plate.gradient_y),
    ]
}

/// Points along a wire.
fn along(wire: &SceneWire) -> Vec<(f64, f64)> {
    let path = wire.path.replace(['M', 'C'], " ");
    let numbers: Vec<f64> = path
        .split_whitespace()
        .map(|number| number.parse().expect("a number"))
        .collect();
    let pairs: Vec<(f64, f64)> = numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect();
    let mut points = vec![pairs[0]];
    for segment in pairs[1..].chunks(3) {
        let from = points[points.len() - 1];
        for step in 1..=40 {
            let t = f64::from(step) / 40.0;
            let u = 1.0 - t;
            let mix = |of: fn(&(f64, f64)) -> f64| {
                let [p, q, r, s] = [&from, &segment[0], &segment[1], &segment[2]].map(of);
                u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
            };
            points.push((mix(|p| p.0), mix(|p| p.1)));
        }
    }
    points
}

/// What is written on a wire, above it or below it, as wide as letters of 14 px may be.
fn label(wire: &SceneWire) -> Rect {
    let sizes: Vec<String> = wire.shape.iter().map(usize::to_string).collect();
    let above = sizes.join("×").chars().count();
    let below = wire.spread.as_ref().map_or(0, |spread| {
        let axes: Vec<String> = spread.axes.iter().map(usize::to_string).collect();
        format!("Σ axis {}", axes.join(", ")).chars().count()
    });
    let letters = if sizes.is_empty() {
        6
    } else {
        above.max(below)
    };
    Rect::around((wire.label_x, wire.label_y), 8.0 * letters as f64, 34.0)
}

fn symbol(node: &SceneNode) -> Rect {
    Rect::around((node.x, node.y), node.width, node.height)
}

/// Programs with tensors of all kinds.
const PROGRAMS: [&str; 9] = [
    "x = [1, -2, 3, -1]\nz = maximum(0, x)",
    "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w",
    "x = [[1, -2], [0.5, 3], [-1, 0.25]]\nW1 = [[0.5, -1, 2, 0.1], [1.5, 0.3, -0.7, 1]]\n\
     b1 = [0.1, -0.2, 0.3, 0]\nW2 = [[1, -1], [0.5, 2], [-1.5, 0.4], [0.2, 0.9]]\nb2 = [0, 0.5]\n\
     hidden_layer = relu(x @ W1 + b1)\ns = hidden_layer @ W2 + b2\n\
     L = cross_entropy(s, [0, 1, 1]) + 0.01 * (sum(W1 * W1) + sum(W2 * W2))",
    "q = [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[1, 0], [0, 1]]]\nk = [[1], [2]]\ne = q @ k\n\
     f = sum(e * e) + sum(q)",
    "x = [1, 2, 3]\na_very_long_name_of_a_gate = exp(x)\nf = sum(a_very_long_name_of_a_gate * x)",
    "x = [[1, 2, 3], [4, 5, 6]]\ne = x[:, 0:0]\nf = sum(e) + sum(x @ [[1], [2], [3]] + [4])",
    "def layer(x, w):\n    h = x @ w\n    return tanh(h)\nx = [[1, 2], [3, 4], [5, 6]]\n\
     w = [[0.1, 0.2], [0.3, -0.4]]\nfor i in range(2): x = layer(x, w)\nL = sum(x * x)",
    "a = [[-4], [-3], [-2], [-1], [0], [1], [2], [3], [4], [5], [6], [7]]\n\
     b = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\ny = tanh(a * b)\nL = sum(y @ b)",
    "s = 2\nx = [[1, 2], [3, 4]]\nf = s * x / sum(x, axis=0)",
];

#[test]
fn small_tensors_are_numbers_and_large_ones_maps() {
    for (shape, rows, columns, map) in [
        (&[1][..], 1, 1, false),
        (&[10], 1, 10, false),
        (&[11], 1, 11, true),
        (&[2, 3], 2, 3, false),
        (&[8, 8], 8, 8, false),
        (&[9, 2], 9, 2, true),
        (&[2, 9], 2, 9, true),
        (&[3, 2, 4], 2, 4, false),
        (&[2, 9, 4], 9, 4, true),
        (&[64, 64], 64, 64, true),
    ] {
        let plate = plate(shape);
        assert_eq!(
            (plate.rows, plate.columns, plate.map),
            (rows, columns, map),
            "{shape:?}"
        );
        let leading = &shape[..shape.len().saturating_sub(2)];
        assert_eq!(plate.leading, leading, "{shape:?}");
    }
}

#[test]
fn maps_are_as_large_as_their_cells_allow() {
    let sides = |shape: &[usize]| {
        let [_, grid, _] = rects(&plate(shape));
        (grid.width.round(), grid.height.round())
    };
    assert_eq!(sides(&[9, 9]), (108.0, 108.0));
    assert_eq!(sides(&[64, 64]), (128.0, 128.0));
    // Long and thin: never too thin to be seen.
    assert_eq!(sides(&[100, 3]), (24.0, 128.0));
    assert_eq!(sides(&[64]), (128.0, 12.0));
    let small = plate(&[12, 12]);
    assert!(small.cell_width <= 12.0 && small.cell_height == small.cell_width);
}

#[test]
fn value_and_gradient_stand_above_one_another_or_side_by_side() {
    for (shape, beside) in [
        (&[3][..], false),
        (&[2, 1], false),
        (&[3, 1], true),
        (&[3, 2], false),
        (&[4, 2], true),
        (&[8, 4], true),
        (&[8, 5], false),
        (&[40, 3], true),
        (&[2, 4, 2], true),
        (&[2, 2, 2], false),
    ] {
        let plate = plate(shape);
        let [whole, value, gradient] = rects(&plate);
        assert!(
            whole.holds(value) && whole.holds(gradient),
            "{shape:?}: {plate:?}"
        );
        assert!(!value.meets(gradient), "{shape:?}: {plate:?}");
        if beside {
            assert_eq!(value.y, gradient.y, "{shape:?}");
            assert!(value.x < gradient.x, "{shape:?}");
        } else {
            assert_eq!(value.x, gradient.x, "{shape:?}");
            assert!(value.y < gradient.y, "{shape:?}");
        }
        // Room for the choice of a sheet.
        let above = value.y - whole.y;
        assert_eq!(above >= 18.0, shape.len() > 2, "{shape:?}");
    }
}

#[test]
fn the_wire_passes_between_value_and_gradient() {
    for shape in [&[3][..], &[2, 3], &[9, 9], &[2, 2, 2], &[2, 9, 9]] {
        let plate = plate(shape);
        let [whole, value, gradient] = rects(&plate);
        let middle = whole.y + whole.height / 2.0;
        assert!(
            value.y + value.height < middle && middle < gradient.y,
            "{shape:?}"
        );
    }
}

#[test]
fn numbers_and_copies_have_no_plate() {
    let view = View {
        copies: true,
        ..View::default()
    };
    let scene = seen("x = [1, 2]\ny = x * 3\nf = sum(y * x)", &view);
    assert!(scene.nodes.iter().any(|node| node.kind == Kind::Copy));
    for node in &scene.nodes {
        let expected = node.kind != Kind::Copy && !node.shape.is_empty();
        assert_eq!(node.plate.is_some(), expected, "{}", node.key);
    }
}

#[test]
fn everything_stands_clear_of_plates() {
    for source in PROGRAMS {
        let scene = scene(source);
        let whole = Rect {
            x: 0.0,
            y: 0.0,
            width: scene.width,
            height: scene.height,
        };
        let symbols: Vec<Rect> = scene.nodes.iter().map(symbol).collect();
        let mut plates = Vec::new();
        for (at, node) in scene.nodes.iter().enumerate() {
            if let Some(plate) = &node.plate {
                let [outer, value, gradient] = rects(plate);
                assert!(whole.holds(outer), "{source}: {} is outside", node.key);
                assert!(
                    outer.holds(value) && outer.holds(gradient),
                    "{source}: {}",
                    node.key
                );
                plates.push((at, outer));
            }
        }
        assert!(!plates.is_empty(), "{source}");
        for (place, &(at, plate)) in plates.iter().enumerate() {
            let key = &scene.nodes[at].key;
            for (node, &symbol) in symbols.iter().enumerate() {
                assert!(!plate.meets(symbol), "{source}: {key} and symbol {node}");
            }
            for &(other, rect) in &plates[..place] {
                assert!(!plate.meets(rect), "{source}: {key} and plate {other}");
            }
            for (index, wire) in scene.wires.iter().enumerate() {
                assert!(
                    !plate.meets(label(wire)),
                    "{source}: {key} and label {index}"
                );
                let under = along(wire).into_iter().any(|point| plate.has(point));
                assert!(!under, "{source}: wire {index} is under {key}");
            }
            for shown in &scene.boxes {
                let frame = Rect {
                    x: shown.x,
                    y: shown.y,
                    width: shown.width,
                    height: shown.height,
                };
                let title = Rect {
                    height: 20.0,
                    width: 9.0 * shown.title.chars().count() as f64,
                    ..frame
                };
                assert!(!plate.meets(title), "{source}: {key} and {}", shown.title);
                let crossed = plate.meets(frame) && !frame.holds(plate);
                assert!(
                    !crossed,
                    "{source}: {key} and the border of {}",
                    shown.title
                );
            }
            // The name above its gate ends before the plate.
            let node = &scene.nodes[at];
            let above = plate.y < node.y - node.height / 2.0;
            if let (Some(name), Kind::Gate | Kind::Box, true) = (&node.name, node.kind, above) {
                let end = node.x + 4.5 * name.chars().count() as f64;
                assert!(end <= plate.x, "{source}: {name}");
            }
        }
        for (index, wire) in scene.wires.iter().enumerate() {
            let label = label(wire);
            assert!(whole.holds(label), "{source}: label {index} is outside");
            let on = symbols.iter().position(|symbol| symbol.meets(label));
            assert_eq!(on, None, "{source}: label {index}");
        }
    }
}

#[test]
fn wires_end_at_symbols_and_start_at_plates() {
    for source in PROGRAMS {
        let scene = scene(source);
        for (index, wire) in scene.wires.iter().enumerate() {
            let points = along(wire);
            let from = &scene.nodes[wire.from];
            let right = match &from.plate {
                Some(plate) => plate.x + plate.width,
                None => from.x + from.width / 2.0,
            };
            let (x, y) = points[0];
            let near = (x - right).abs() < 0.1 && (y - from.y).abs() < 0.1;
            assert!(near, "{source}: wire {index} starts at {x} {y}");
            let Some(to) = wire.to.map(|to| &scene.nodes[to]) else {
                continue;
            };
            let (x, y) = points[points.len() - 1];
            let (left, half) = (to.x - to.width / 2.0, to.height / 2.0);
            let on = x > left - 0.1 && x <= to.x && (y - to.y).abs() <= half;
            assert!(on, "{source}: wire {index} ends at {x} {y}");
        }
        for node in &scene.nodes {
            if let Some(plate) = &node.plate {
                let middle = plate.y + plate.height / 2.0;
                assert!((middle - node.y).abs() < 1e-9, "{source}: {}", node.key);
                assert!(
                    plate.x > node.x + node.width / 2.0,
                    "{source}: {}",
                    node.key
                );
            }
        }
    }
}

#[test]
fn closed_calls_have_plates() {
    let view = View {
        closed: ["i=0", "i=1"].map(str::to_owned).to_vec(),
        ..View::default()
    };
    let scene = seen(PROGRAMS[6], &view);
    let boxes = scene.nodes.iter().filter(|node| node.kind == Kind::Box);
    let plates: Vec<Option<&Plate>> = boxes.map(|node| node.plate.as_ref()).collect();
    assert_eq!(plates.len(), 2);
    for plate in plates {
        let plate = plate.expect("a plate");
        assert_eq!((plate.rows, plate.columns), (3, 2));
    }
}

#[test]
fn wires_tell_what_a_broadcast_copies() {
    let spread = |to: &[usize], axes: &[usize]| {
        Some(Spread {
            to: to.to_vec(),
            axes: axes.to_vec(),
        })
    };
    // The wires into the gate whose value has a name.
    for (source, expected) in [
        (
            "a = [[1, 2], [3, 4]]\nb = [5, 6]\nf = a + b",
            vec![None, spread(&[2, 2], &[0])],
        ),
        (
            "a = [[1], [2]]\nb = [[5, 6, 7]]\nf = a * b",
            vec![spread(&[2, 3], &[1]), spread(&[2, 3], &[0])],
        ),
        (
            "a = 2\nb = [5, 6]\nf = a * b",
            vec![spread(&[2], &[0]), None],
        ),
        ("a = [1, 2]\nb = [3, 4]\nf = a * b", vec![None, None]),
        (
            "a = [[[1, 2]], [[3, 4]]]\nb = [[1], [2]]\nf = a @ b",
            vec![None, spread(&[2, 2, 1], &[0])],
        ),
        (
            "a = [[1, 2]]\nb = [[[1]], [[2]]]\nf = a - b",
            vec![spread(&[2, 1, 2], &[0]), spread(&[2, 1, 2], &[2])],
        ),
        ("a = [[1, 2], [3, 4]]\nf = sum(a, axis=0)", vec![None]),
    ] {
        let scene = scene(source);
        let wires = scene
            .wires
            .iter()
            .filter(|wire| wire.to == Some(scene.output));
        let spreads: Vec<Option<Spread>> = wires.map(|wire| wire.spread.clone()).collect();
        assert_eq!(spreads, expected, "{source}");
    }
    for source in PROGRAMS {
        let scene = scene(source);
        for wire in &scene.wires {
            // Copied along its axes, what is carried has the shape that is received.
            let Some(spread) = &wire.spread else {
                continue;
            };
            let copies: usize = spread.axes.iter().map(|&axis| spread.to[axis]).product();
            let carried: usize = wire.shape.iter().product();
            assert_eq!(carried * copies, spread.to.iter().product(), "{source}");
        }
    }
}

#[test]
fn laid_out_again_all_stays_where_it_is() {
    let source = PROGRAMS[2];
    let before = scene(source);
    let after = Scene::after(&model(source), &before);
    for (a, b) in before.nodes.iter().zip(&after.nodes) {
        assert_eq!((a.x, a.y), (b.x, b.y), "{}", a.key);
    }
}
