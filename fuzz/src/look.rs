//! All that there is to look at in a program: its picture in some view, every sentence,
//! every card and what stands in its tabs, its code in every style, and an edit of it.

use super::Choices;
use backflow_core::codegen::{Asked, Code, Style, code, notebook};
use backflow_core::lesson::{Lesson, Now, Side};
use backflow_core::model::{Extension, Model, Overrides};
use backflow_core::modes::passes;
use backflow_core::scene::Scene;
use backflow_core::view::{Mode, View};

/// Most nodes and wires of a picture that are asked for all there is.
const MOST: usize = 40;

/// Looks at a program in a view by choice, and edits it.
pub fn look(source: &str, bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let Ok(plain) = Model::new(source, &Overrides::default()) else {
        return;
    };
    if plain.program.graph.len() > 4000 {
        return;
    }
    let view = view(&Scene::new(&plain), &mut choices);
    let Ok(mut model) = Model::viewed(source, &Overrides::default(), &view) else {
        // What is opened can be too large.
        return;
    };
    let scene = Scene::new(&model);
    let mut arena = model.arena();
    if choices.below(4) == 0 {
        let upstream = model.upstream();
        let count = model.elements(model.program.output);
        arena[upstream..upstream + count].fill([2.0, -0.5, 0.0, f64::NAN][choices.below(4)]);
    }
    model.plan.run(&mut arena);
    let now = Now {
        model: &model,
        scene: &scene,
        arena: &arena,
    };
    say(now, &mut choices);
    write(now, &mut choices);
    edit(&mut model, &arena, &mut choices);
}

/// A view by choice, of what a picture has.
fn view(scene: &Scene, choices: &mut Choices<'_>) -> View {
    let nodes = scene.nodes.iter().map(|node| &node.key);
    let keys: Vec<&String> = nodes.chain(scene.boxes.iter().map(|it| &it.key)).collect();
    let folds: Vec<&String> = scene.folds.iter().map(|fold| &fold.key).collect();
    let mut some = |keys: &[&String], most: usize| -> Vec<String> {
        let count = choices.below(most + 1).min(keys.len());
        let picked = (0..count).map(|_| keys[choices.below(keys.len())].clone());
        picked.collect()
    };
    View {
        open: some(&keys, 4),
        closed: some(&keys, 3),
        folded: some(&folds, 2),
        copies: choices.below(2) == 1,
        mode: [Mode::Reverse, Mode::Forward, Mode::Both][choices.below(3)],
        derivative: choices.below(3) == 1,
    }
}

/// Asks for everything that is said.
fn say(now: Now<'_>, choices: &mut Choices<'_>) {
    let (model, scene) = (now.model, now.scene);
    let mut lesson = Lesson::new(model, scene);
    for step in 0..scene.steps.len().min(3 * MOST) {
        let sentence = lesson.sentence(now, step).expect("a sentence of a step");
        assert!(!sentence.text.is_empty());
    }
    assert!(lesson.sentence(now, scene.steps.len()).is_none());
    lesson.identity(now);
    lesson.passes(now);
    let steps = scene.steps.len().max(1);
    for node in 0..scene.nodes.len().min(MOST) {
        let step = choices.below(steps);
        lesson.card_of_node(now, node, step).expect("a card");
        lesson.card_of_node(now, node, steps - 1).expect("a card");
        lesson.nudge(now, node, 0.25);
        lesson.chained(now, node);
        lesson.paper(now, node);
        let count: usize = scene.nodes[node].shape.iter().product();
        lesson.hessian(now, node);
        lesson.hessian_product(now, node, &vec![0.5; count]);
        for side in [Side::Value, Side::Gradient] {
            for element in [0, choices.below(count.max(1)), count] {
                lesson.element(now, node, side, element, step);
            }
        }
        lesson.lens_of_pair(now, choices.below(scene.nodes.len()), node, step);
    }
    for wire in 0..scene.wires.len().min(MOST) {
        let step = choices.below(steps);
        lesson.card_of_wire(now, wire, step).expect("a card");
        lesson.lens_of_wire(now, wire, step);
        let count: usize = scene.wires[wire].shape.iter().product();
        lesson.slice(now, wire, choices.below(count.max(1)), step);
        lesson.whole(now, wire, step);
    }
    passes::column(model, now.arena, choices.below(4));
    passes::row(model, now.arena, choices.below(4));
}

/// Writes the program in every style.
fn write(now: Now<'_>, choices: &mut Choices<'_>) {
    let (model, scene, arena) = (now.model, Some(now.scene), now.arena);
    let nodes = &now.scene.nodes;
    let key = nodes.get(choices.below(nodes.len().max(1)));
    for style in Style::ALL {
        for composite in [None, key.map(|node| node.key.as_str())] {
            let asked = Asked {
                model,
                arena,
                scene,
                composite,
            };
            match code(asked, style) {
                Ok(code) => written(&code),
                Err(why) => assert!(!why.is_empty()),
            }
        }
    }
}

fn written(code: &Code) {
    assert_eq!(code.lines.len(), code.text.lines().count());
    assert!(notebook(code).contains("nbformat"));
}

/// Changes the numbers of inputs in the text, as a slider does, and its shape; and lines
/// are put behind it.
fn edit(model: &mut Model, arena: &[f64], choices: &mut Choices<'_>) {
    let source = model.source().to_owned();
    for at in 0..model.program.inputs.len().min(MOST) {
        let node = model.program.inputs[at].node;
        let shape = [&[][..], &[2], &[2, 3], &[1, 1, 2]][choices.below(4)];
        model.resized(&source, at, shape, Vec::new());
        for kind in ["hvp", "penalty", "l2", "newton"] {
            let kind = Extension::of_name(kind).expect("a kind");
            let _ = model.extended(kind, node);
        }
    }
    // Each digit in turn is another one; what is no number of an input is refused.
    let digits: Vec<usize> = source.match_indices('1').map(|found| found.0).collect();
    for _ in 0..3.min(digits.len()) {
        let at = digits[choices.below(digits.len())];
        let Some((before, behind)) = source.split_at_checked(at) else {
            continue;
        };
        let edited = [before, "17", behind.strip_prefix('1').unwrap_or_default()].concat();
        if model.edit(&edited) {
            assert_eq!(model.source(), edited);
            let mut scene = Scene::new(model);
            scene.follow(model);
            let mut again = model.arena();
            model.plan.run(&mut again);
            assert_eq!(again.len(), arena.len());
            assert!(model.edit(&source), "an edit that cannot be taken back");
        }
    }
}
