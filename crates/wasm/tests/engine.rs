//! The engine as JavaScript uses it: structure as objects, values in the memory.
#![cfg(target_arch = "wasm32")]

use backflow_engine::Engine;
use js_sys::{Array, Float64Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const PROGRAM: &str = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z";

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn number(object: &JsValue, key: &str) -> f64 {
    get(object, key).as_f64().unwrap_or(f64::NAN)
}

fn list(object: &JsValue, key: &str) -> Vec<JsValue> {
    get(object, key).unchecked_into::<Array>().to_vec()
}

/// The values, read where they lie.
fn values(engine: &Engine) -> Vec<f64> {
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    let (at, count) = (
        engine.values_pointer() as u32,
        engine.values_length() as u32,
    );
    Float64Array::new_with_byte_offset_and_length(&memory.buffer(), at, count).to_vec()
}

/// A node's value and gradient, by its key.
fn read(engine: &Engine, compiled: &JsValue, key: &str) -> (f64, f64) {
    let nodes = list(&get(compiled, "scene"), "nodes");
    let node = nodes.iter().find(|node| get(node, "key") == *key);
    let node = node.unwrap_or_else(|| panic!("a node {key}"));
    let values = values(engine);
    (
        values[number(node, "value") as usize],
        values[number(node, "gradient") as usize],
    )
}

fn slot(compiled: &JsValue, name: &str) -> usize {
    let scene = get(compiled, "scene");
    let nodes = list(&scene, "nodes");
    let inputs = list(&scene, "inputs");
    let input = inputs
        .iter()
        .rev()
        .find(|input| get(input, "name") == *name);
    let input = input.unwrap_or_else(|| panic!("an input {name}"));
    number(&nodes[number(input, "node") as usize], "value") as usize
}

#[wasm_bindgen_test]
fn a_program_compiles_and_runs() {
    let mut engine = Engine::new();
    let compiled = engine.compile(PROGRAM);
    assert_eq!(list(&compiled, "diagnostics").len(), 0);
    assert_eq!(read(&engine, &compiled, "x"), (-2.0, -4.0));
    assert_eq!(read(&engine, &compiled, "q"), (3.0, -4.0));
    assert_eq!(read(&engine, &compiled, "f"), (-12.0, 1.0));
    let scene = get(&compiled, "scene");
    assert_eq!(list(&scene, "nodes").len(), 5);
    // Four uses, and the open end behind the output.
    let wires = list(&scene, "wires");
    assert_eq!(wires.len(), 5);
    assert!(get(&wires[4], "to").is_null());
    assert_eq!(get(&scene, "outputName"), "f");
}

#[wasm_bindgen_test]
fn an_edit_of_an_input_is_seen_after_a_run() {
    let mut engine = Engine::new();
    let compiled = engine.compile(PROGRAM);
    engine.set(slot(&compiled, "z"), 2.0);
    engine.run();
    assert_eq!(read(&engine, &compiled, "f"), (6.0, 1.0));
    assert_eq!(read(&engine, &compiled, "x"), (-2.0, 2.0));
    let upstream = number(&get(&compiled, "scene"), "upstream") as usize;
    engine.set(upstream, 10.0);
    engine.run();
    assert_eq!(read(&engine, &compiled, "x"), (-2.0, 20.0));
    // Out of range is ignored.
    engine.set(usize::MAX, 1.0);
    engine.set_all(usize::MAX, &Float64Array::from([1.0].as_slice()));
}

#[wasm_bindgen_test]
fn a_tensor_is_set_at_once() {
    let mut engine = Engine::new();
    let compiled = engine.compile("x = [[1, 2], [3, 4]]\nf = (x * x).sum()");
    engine.set_all(
        slot(&compiled, "x"),
        &Float64Array::from([1.0, 1.0, 1.0, 2.0].as_slice()),
    );
    engine.run();
    assert_eq!(read(&engine, &compiled, "f"), (7.0, 1.0));
}

#[wasm_bindgen_test]
fn a_mistake_keeps_the_last_good_program() {
    let mut engine = Engine::new();
    let compiled = engine.compile(PROGRAM);
    let wrong = engine.compile("값 = '한'\nf = (값 + nothing) * z");
    assert!(get(&wrong, "scene").is_null());
    let diagnostics = list(&wrong, "diagnostics");
    let last = &diagnostics[diagnostics.len() - 1];
    assert_eq!(number(last, "line"), 2.0);
    // Offsets count UTF-16 units, as JavaScript does.
    let unknown = diagnostics.iter().find(|d| {
        get(d, "message")
            .as_string()
            .is_some_and(|m| m.contains("'nothing'"))
    });
    let unknown = unknown.expect("the unknown name is told");
    assert_eq!(
        (number(unknown, "start"), number(unknown, "end")),
        (17.0, 24.0)
    );
    engine.run();
    assert_eq!(read(&engine, &compiled, "f"), (-12.0, 1.0));
}

#[wasm_bindgen_test]
fn an_edited_value_outlives_an_edit_of_the_program() {
    let mut engine = Engine::new();
    let compiled = engine.compile(PROGRAM);
    engine.set(slot(&compiled, "x"), 7.0);
    engine.run();
    let compiled = engine.compile(&PROGRAM.replace("f = q * z", "f = q * z + 1"));
    assert_eq!(read(&engine, &compiled, "x"), (7.0, -4.0));
    let compiled = engine.compile(&PROGRAM.replace("-2", "3"));
    assert_eq!(read(&engine, &compiled, "x"), (3.0, -4.0));
    // Two inputs of one name keep apart.
    let twice = "x = 1\ny = x * 2\nx = 1\nf = x + y";
    let compiled = engine.compile(twice);
    engine.set(slot(&compiled, "x"), 5.0);
    let compiled = engine.compile(&format!("{twice} + 0"));
    assert_eq!(read(&engine, &compiled, "x#2").0, 5.0);
    assert_eq!(read(&engine, &compiled, "x").0, 1.0);
}

/// An edit of numbers gives the scene and the values that a new engine gives, but
/// for the values that were set and whose literals stay.
#[wasm_bindgen_test]
fn an_edit_of_numbers_is_as_a_new_program() {
    let source = "값 = 2 # 한\ny = 5\nw = [1, 2]\nx = 1\nx = 3\nf = sum(w) * x * 값 + y";
    let mut engine = Engine::new();
    let compiled = engine.compile(source);
    engine.set(slot(&compiled, "y"), 7.0);
    let upstream = number(&get(&compiled, "scene"), "upstream") as usize;
    engine.set(upstream, 10.0);
    let scene = |compiled: &JsValue| js_sys::JSON::stringify(&get(compiled, "scene")).unwrap();
    for (edited, y) in [
        (source.replace("값 = 2", "값 = 20.25"), 7.0),
        (source.replace("값 = 2", "값 = -0.5"), 7.0),
        (
            source.replace("값 = 2", "값 = 1e6").replace("2]", "30]"),
            7.0,
        ),
        (source.replace("y = 5", "y = 55"), 55.0),
        (source.replace("y = 5", "y = 5 "), 5.0),
    ] {
        let compiled = engine.compile(&edited);
        let mut other = Engine::new();
        let anew = other.compile(&edited);
        assert_eq!(scene(&compiled), scene(&anew), "{edited}");
        other.set(slot(&anew, "y"), y);
        other.set(upstream, 10.0);
        other.run();
        assert_eq!(values(&engine), values(&other), "{edited}");
    }
    // The first x is now what the second was, whose value it takes as it did before.
    let compiled = engine.compile(source);
    engine.set(slot(&compiled, "x"), 4.0);
    let compiled = engine.compile(&source.replace("x = 1", "x = 3"));
    assert_eq!(read(&engine, &compiled, "x").0, 4.0);
    assert_eq!(read(&engine, &compiled, "x#2").0, 4.0);
}

#[wasm_bindgen_test]
fn too_many_gates_to_draw_still_run() {
    let mut engine = Engine::new();
    let compiled = engine.compile("x = 1\nfor i in range(20000): x = x + 1");
    assert_eq!(number(&compiled, "gates"), 20000.0);
    assert_eq!(list(&get(&compiled, "scene"), "nodes").len(), 0);
}

/// What would take more than there is ends in a message, and the engine goes on.
#[wasm_bindgen_test]
fn nothing_exhausts_the_memory() {
    let mut engine = Engine::new();
    let compiled = engine.compile(PROGRAM);
    let double = "x = [1, 1.1, 1.2, 1.3]\nfor i in range(19): x = concatenate([x, x])\n";
    for source in [
        "x = 1\nfor i in range(999999):\n    for j in range(999999): x = x * x",
        "x = 1\ny = x\nfor i in range(333333): y = sin(y) + x\ng = grad(y, x)\nh = grad(g, x)",
        "x = 0.5\ny = tanh(x * exp(x))\nfor i in range(40): y = grad(y, x)",
        "x = [1, 2, 3, 4]\nfor i in range(60): x = flatten(outer(x, x))",
        "x = [1]\nfor i in range(60): x = x[None]",
        "x = reshape([], (0, 60000000))\ny = concatenate([x, x], axis=1)",
        &format!("{double}prod(x) * prod(x[::-1])"),
        &"[".repeat(100_000),
        &"x = 1\n".repeat(200_000),
    ] {
        let wrong = engine.compile(source);
        assert!(get(&wrong, "scene").is_null(), "{source:.60}");
        assert_ne!(list(&wrong, "diagnostics").len(), 0);
        engine.run();
        assert_eq!(read(&engine, &compiled, "f"), (-12.0, 1.0));
    }
}

#[wasm_bindgen_test]
fn a_million_gates_fit() {
    let mut engine = Engine::new();
    let compiled = engine.compile("x = 1\ny = x\nfor i in range(500000): y = sin(y) * x");
    assert_eq!(list(&compiled, "diagnostics").len(), 0);
    assert_eq!(number(&compiled, "gates"), 1_000_000.0);
    engine.run();
    // As the program is edited, the old one and the new are there at once.
    let compiled = engine.compile("x = 1\ny = x\nfor i in range(500000): y = tan(y) * x");
    assert_eq!(number(&compiled, "gates"), 1_000_000.0);
}

fn text(object: &JsValue, key: &str) -> String {
    get(object, key).as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
fn steps_are_told_with_the_numbers_as_they_are() {
    let mut engine = Engine::new();
    assert!(engine.sentence(0).is_null());
    let compiled = engine.compile(PROGRAM);
    let steps = list(&get(&compiled, "scene"), "steps");
    assert_eq!(steps.len(), 6);
    assert_eq!(text(&steps[4], "pass"), "backward");
    let said = engine.sentence(1);
    assert_eq!(
        text(&said, "text"),
        "Forward: q equals x plus y equals minus 2 plus 5 equals 3."
    );
    let row = list(&get(&said, "math"), "row");
    assert_eq!(text(&row[0], "id"), "q");
    assert_eq!(text(&row[1], "op"), "=");
    let value = row.last().expect("a value");
    assert_eq!(
        (text(value, "num"), text(value, "as")),
        ("3".into(), "value".into())
    );

    engine.set(slot(&compiled, "y"), 6.0);
    engine.run();
    assert!(text(&engine.sentence(1), "text").ends_with("equals 4."));
    assert!(engine.sentence(6).is_null());
}

#[wasm_bindgen_test]
fn gates_and_wires_have_cards() {
    let mut engine = Engine::new();
    engine.compile(PROGRAM);
    let card = engine.card_of_node(3, 5);
    assert_eq!(text(&card, "subtitle"), "add gate");
    let kinds: Vec<String> = list(&card, "sections")
        .iter()
        .map(|s| text(s, "kind"))
        .collect();
    assert_eq!(kinds, ["chain", "local", "role", "paths", "check", "nudge"]);
    let chain = &list(&card, "sections")[0];
    let line = &list(chain, "lines")[1];
    assert_eq!(text(line, "text"), "−4 × 1 = −4");
    assert_eq!(text(line, "latex"), r"-4 \times 1 = -4");
    assert_eq!(list(line, "wires").len(), 1);
    assert!(engine.card_of_node(9, 5).is_null());
    assert_eq!(
        text(&engine.card_of_wire(0, 5), "subtitle"),
        "wire carrying −2; −4 flows back"
    );
    assert_eq!(text(&engine.nudge(0, 0.5), "title"), "Nudge x by 0.5");
    assert!(engine.nudge(4, 0.5).is_null());
}

#[wasm_bindgen_test]
fn code_is_linked_to_gates_and_steps() {
    let mut engine = Engine::new();
    assert!(engine.code("flat", None).is_null());
    let compiled = engine.compile(PROGRAM);
    let x = slot(&compiled, "x");
    engine.set(x, 3.0);
    engine.run();
    let code = engine.code("flat", None);
    let text = text(&code, "text");
    assert!(text.contains("\nassert same(f, -32.0)\n"), "{text}");
    let lines = list(&code, "lines");
    let texts: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), texts.len());
    let nodes = list(&get(&compiled, "scene"), "nodes");
    let at = texts
        .iter()
        .position(|line| *line == "q = x + y")
        .expect("a line");
    let node = list(&lines[at], "nodes")[0].as_f64().expect("a node") as usize;
    assert_eq!(get(&nodes[node], "key"), "q");
    let step = list(&lines[at], "steps")[0].as_f64().expect("a step");
    assert_eq!(step, number(&nodes[node], "forward"));
    assert_eq!(get(&lines[at], "pass"), "forward");
    let wrong = engine.code("autograd-function", Some("softmax".to_owned()));
    assert!(get(&wrong, "message").is_string());
    let book = engine.notebook("flat", None).expect("a notebook");
    assert!(book.contains("\"nbformat\": 4"), "{book}");
}

/// A view with a mode, as the page sends it.
fn view(mode: &str) -> JsValue {
    let view = js_sys::Object::new();
    for key in ["open", "closed", "folded"] {
        Reflect::set(&view, &key.into(), &Array::new()).expect("a list");
    }
    Reflect::set(&view, &"copies".into(), &false.into()).expect("a flag");
    Reflect::set(&view, &"mode".into(), &mode.into()).expect("a mode");
    view.into()
}

#[wasm_bindgen_test]
fn modes_have_their_passes() {
    let mut engine = Engine::new();
    let plain = engine.compile(PROGRAM);
    assert!(
        list(&get(&plain, "scene"), "inputs")
            .iter()
            .all(|input| get(input, "seed").is_null())
    );
    let numbers = |found: JsValue| -> Vec<f64> {
        let found = found.unchecked_into::<Array>().to_vec();
        found.iter().filter_map(JsValue::as_f64).collect()
    };
    assert!(engine.column(0).is_null() && engine.identity().is_null());
    assert_eq!(numbers(engine.row(0)), [-4.0, -4.0, 3.0]);

    let both = engine.set_view(view("both"));
    let scene = get(&both, "scene");
    assert_eq!(text(&scene, "mode"), "both");
    let seed = number(&list(&scene, "inputs")[2], "seed") as usize;
    let tangent = number(list(&scene, "nodes").last().expect("f"), "tangent") as usize;
    assert_eq!(values(&engine)[tangent], -4.0);
    engine.set(seed, 2.0);
    engine.run();
    assert_eq!(values(&engine)[tangent], -4.0 + 2.0 * 3.0);
    assert_eq!(engine.edited(), [seed]);
    // What is edited elsewhere keeps it.
    let again = engine.compile(&format!("{PROGRAM} + 1"));
    let seed = number(&list(&get(&again, "scene"), "inputs")[2], "seed") as usize;
    assert_eq!(values(&engine)[seed], 2.0);
    let columns = [0, 1, 2].map(|k| numbers(engine.column(k))[0]);
    assert_eq!(columns, [-4.0, -4.0, 3.0]);
    assert!(engine.column(3).is_null() && engine.row(1).is_null());
    let identity = engine.identity();
    assert_eq!(number(&identity, "left"), 2.0);
    assert_eq!(get(&identity, "holds"), JsValue::TRUE);
    let passes = engine.passes();
    assert_eq!(
        (number(&passes, "forward"), number(&passes, "reverse")),
        (3.0, 1.0)
    );
    assert_eq!(list(&passes, "columns").len(), 3);

    let forward = engine.set_view(view("forward"));
    let steps = list(&get(&forward, "scene"), "steps");
    assert!(
        steps
            .iter()
            .all(|step| ["inputs", "forward"].contains(&text(step, "pass").as_str()))
    );
}

/// The page reads the literals that the command reads by its own tables.
#[wasm_bindgen_test]
fn numbers_are_the_same() {
    let mut engine = Engine::new();
    for number in [
        0.1,
        4.9e-324,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::EPSILON / 3.0,
    ] {
        let compiled = engine.compile(&format!("x = {number:e}\ny = x"));
        assert_eq!(read(&engine, &compiled, "x"), (number, 1.0));
    }
    let long = "0.1000000000000000055511151231257827021181583404541015625";
    let compiled = engine.compile(&format!("x = {long}\ny = x"));
    assert_eq!(read(&engine, &compiled, "x"), (0.1, 1.0));
}

/// The page's own tables make the names that the command has from its library.
#[wasm_bindgen_test]
fn names_are_the_same_in_nfkc() {
    let mut engine = Engine::new();
    let compiled = engine.compile("e\u{301} = 3\n𝑥 = 4\ny = \u{e9} * x");
    assert_eq!(read(&engine, &compiled, "y"), (12.0, 1.0));
    assert_eq!(read(&engine, &compiled, "\u{e9}"), (3.0, 4.0));
}
