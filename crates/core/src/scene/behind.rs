//! Gates of a backward pass in the picture: what they are called, what they mirror, and
//! in which step they work.

use super::{Scene, SceneStep};
use crate::graph::{NodeId, Role};
use crate::lower::program::Made;
use crate::model::Model;
use crate::view::{Outline, Unit, What, bare, served};
use rustc_hash::FxHashMap;

/// Most names that a gradient has which is that of several nodes.
const NAMES: usize = 3;

/// Whether a unit is a part of the model's own backward pass.
pub fn is_behind(model: &Model, unit: &Unit) -> bool {
    !model.is_forward(unit.node)
}

/// Names the gradients that are drawn after what they are gradients of, of which some
/// have names: `∂f/∂x`.
pub fn name(model: &Model, outline: &Outline, names: &mut [Option<String>]) {
    if !model.view().derivative {
        return;
    }
    let mut of: FxHashMap<NodeId, Vec<usize>> = FxHashMap::default();
    for (at, unit) in outline.units.iter().enumerate() {
        if names[at].is_some()
            && let Some(gradient) = model.gradient.of(unit.node)
        {
            let gradient = bare(&model.program.graph, gradient);
            of.entry(gradient).or_default().push(at);
        }
    }
    let program = &model.program;
    let output = program.output_name.as_deref().unwrap_or("f");
    for (at, unit) in outline.units.iter().enumerate() {
        if let What::End(input) = unit.what {
            let input = &program.inputs[input as usize].name;
            names[at] = Some(format!("∂{output}/∂{input}"));
        }
        if matches!(unit.what, What::Copy | What::End(_)) || !is_behind(model, unit) {
            continue;
        }
        let mut said: Vec<String> = Vec::new();
        if unit.node == model.gradient.seed {
            said.push(format!("∂{output}/∂{output}"));
        }
        // An input's has an end of its own.
        let found = of.get(&unit.node).map_or(&[][..], Vec::as_slice);
        let words = found
            .iter()
            .filter(|&&x| program.graph.arity(outline.units[x].node) > 0);
        let words = words.filter_map(|&x| names[x].as_ref());
        said.extend(words.map(|word| format!("∂{output}/∂{word}")));
        said.dedup();
        if said.len() > NAMES {
            said.truncate(NAMES - 1);
            said.push("…".to_owned());
        }
        names[at] = (!said.is_empty()).then(|| said.join(" = "));
    }
}

/// For each unit the one whose gradient it serves, if it is drawn.
pub fn origins(model: &Model, outline: &Outline, places: &[Option<u32>]) -> Vec<Option<usize>> {
    let program = &model.program;
    let graph = &program.graph;
    let groups = outline.units.iter().enumerate();
    let closed: FxHashMap<u32, usize> = groups
        .filter_map(|(at, unit)| match unit.what {
            What::Group(group) => Some((group, at)),
            _ => None,
        })
        .collect();
    let origin = |unit: &Unit| match unit.what {
        What::Copy => None,
        What::End(input) => {
            let input = program.inputs.get(input as usize)?;
            Some((*places.get(input.node.index())?)? as usize)
        }
        What::Group(group) => match program.groups[group as usize].made {
            Made::Mirror { of, .. } => closed.get(&of).copied(),
            _ => None,
        },
        What::Node => {
            let mut of = served(graph, unit.node)?;
            while places.get(of.index())?.is_none()
                && graph.arity(of) > 0
                && (graph.node(of).origin.role == Role::Implied || bare(graph, of) != of)
            {
                of = graph.operand(of, 0);
            }
            let place = (*places.get(of.index())?)? as usize;
            Some(place)
        }
    };
    let found = outline.units.iter().map(origin);
    let found = found.enumerate();
    found
        .map(|(at, origin)| origin.filter(|&origin| origin != at))
        .collect()
}

/// Puts the gates of the backward pass into the steps in which they work: those of the
/// gates that they mirror. `worked` has each node's backward step, `base` is the one of
/// the upstream gradient.
pub fn number(
    scene: &mut Scene,
    model: &Model,
    places: &[Option<u32>],
    worked: &[Option<usize>],
    base: usize,
    steps: &mut [SceneStep],
) {
    if !model.view().derivative {
        return;
    }
    let step_of = |node: NodeId| {
        let gate = model.worked(node)?;
        // A sum of what has come is there with its last part.
        if model.gradient.of(gate) == Some(node) {
            return None;
        }
        worked[(*places.get(gate.index())?)? as usize]
    };
    let mut latest = vec![base; scene.nodes.len()];
    for wire in 0..scene.wires.len() {
        // Wires come by the node that they enter, which come operands first.
        let Some(to) = scene.wires[wire].to else {
            continue;
        };
        let from = scene.wires[wire].from;
        if scene.nodes[from].derivative {
            let there = at_work(scene, model, from, latest[from], &step_of);
            latest[to] = latest[to].max(there);
        }
    }
    for (at, latest) in latest.into_iter().enumerate() {
        if scene.nodes[at].derivative {
            scene.nodes[at].forward = at_work(scene, model, at, latest, &step_of);
        }
    }
    for (at, wire) in scene.wires.iter().enumerate() {
        let to = wire.to.map(|to| &scene.nodes[to]);
        let from = &scene.nodes[wire.from];
        let mut works: Vec<usize> = Vec::new();
        works.extend(to.filter(|to| to.derivative).map(|to| to.forward));
        works.extend(from.derivative.then_some(from.forward));
        works.dedup();
        for step in works {
            steps[step].wires.push(at);
        }
    }
}

/// The step in which a drawn gate of the backward pass works, where its operands are
/// there from one on.
fn at_work(
    scene: &Scene,
    model: &Model,
    at: usize,
    latest: usize,
    step_of: &impl Fn(NodeId) -> Option<usize>,
) -> usize {
    let unit = &scene.outline().units[at];
    let own = match unit.what {
        What::Group(group) => {
            let nodes = model.program.groups[group as usize].nodes.clone();
            nodes
                .filter_map(|node| step_of(NodeId::new(node as usize)))
                .max()
        }
        What::Node => step_of(unit.node),
        What::Copy | What::End(_) => None,
    };
    own.map_or(latest, |own| own.max(latest))
}
