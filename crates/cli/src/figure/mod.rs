//! `backflow figure`: the picture as the page draws it, as an SVG document.
//!
//! It stands alone: its colours are attributes, it has no style sheet and no
//! script, and what it shows is told in its title and its description too.

mod draw;
mod map;
mod plate;
mod svg;

use crate::options::Options;
use crate::{Failure, Outcome};
use backflow_core::scene::{Kind, Scene, SceneNode};
use draw::Figure;
use svg::{DARK, LIGHT};

/// Draws a program.
pub fn figure(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let model = options.draw(source)?;
    let scene = Scene::new(&model);
    if let Some(why) = scene.undrawn {
        return Err(Failure::Limit(why));
    }
    let drawing = &options.drawing;
    check(&scene, options)?;
    let last = scene.steps.len() - 1;
    let step = drawing.step.unwrap_or(last);
    if step > last {
        let message = format!("--step {step}: the last step is {last}");
        return Err(Failure::Usage(message));
    }
    let mut arena = model.arena();
    options.seed(&model, &mut arena)?;
    options.seeds(&model, &mut arena)?;
    model.plan.run(&mut arena);
    let figure = Figure {
        scene: &scene,
        arena: &arena,
        colours: if drawing.dark { DARK } else { LIGHT },
        step,
        works: drawing.step.is_some(),
    };
    let svg = figure.svg();
    let Some(out) = &drawing.out else {
        return Ok(Outcome::of(svg));
    };
    std::fs::write(out, svg)
        .map_err(|error| Failure::Usage(format!("cannot write {out}: {error}")))?;
    Ok(Outcome::of(String::new()))
}

/// Refuses a key that nothing has which could be opened, closed or folded.
fn check(scene: &Scene, options: &Options) -> Result<(), Failure> {
    let view = &options.drawing.view;
    let open: Vec<&str> = scene.boxes.iter().map(|b| b.key.as_str()).collect();
    let keys = |holds: &dyn Fn(&SceneNode) -> bool| -> Vec<&str> {
        let nodes = scene.nodes.iter().filter(|node| holds(node));
        nodes.map(|node| node.key.as_str()).collect()
    };
    let closed = keys(&|node| node.kind == Kind::Box);
    let folded = keys(&|node| node.op == "sigmoid");
    let shut = keys(&|node| node.opens);
    let offers: Vec<&str> = scene.folds.iter().map(|fold| fold.key.as_str()).collect();
    for (option, asked, done, could) in [
        ("--open", &view.open, &open, &shut),
        ("--close", &view.closed, &closed, &open),
        ("--fold", &view.folded, &folded, &offers),
    ] {
        let known = |key: &String| {
            done.contains(&key.as_str()) || option == "--fold" && open.contains(&key.as_str())
        };
        if let Some(key) = asked.iter().find(|key| !known(key)) {
            let could = match could[..] {
                [] => "there is nothing".to_owned(),
                _ => format!("there is {}", could.join(", ")),
            };
            return Err(Failure::Usage(format!("{option} {key}: {could}")));
        }
    }
    Ok(())
}
