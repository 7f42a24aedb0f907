//! The same program at another grain: gates as the one that they are together, or
//! one as the gates that it stands for; steps and gradients of both are compared.

use super::card::{section, words};
use super::{About, Lesson, Now, Section};
use crate::graph::NodeId;
use crate::lower::program::Made;
use crate::model::{Model, Overrides};
use crate::number;
use crate::scene::{Kind, last_step};
use crate::view::{View, What};

/// Most nodes of a program that is compiled at another grain for a card.
const MOST: usize = 2000;
/// How far apart two gradients are by rounding alone, in units of them or of 1.
const ROUNDING: f64 = 1e-12;

/// The program at another grain, run.
#[derive(Clone, Debug)]
pub struct Other {
    model: Model,
    arena: Vec<f64>,
}

/// What a place can be drawn as instead.
struct Turn {
    /// The key of the gate or of its parts.
    key: String,
    /// What the one gate is called.
    gate: String,
    /// Whether it is one gate now.
    is_one: bool,
    /// What the reader does for it.
    hand: String,
    /// What is drawn then.
    view: View,
    /// The drawn nodes that it is about.
    nodes: Vec<usize>,
}

impl Lesson {
    /// The steps and gradients of a gate's program with the gate opened, and of parts
    /// of a gate with the gate as one; none where there is only one way to draw it.
    pub(super) fn grain(&mut self, now: Now<'_>, node: usize) -> Option<Section> {
        let turn = turn(now, node)?;
        let steps = now.scene.steps.len().checked_sub(1)?;
        let other = self.at_other_grain(now, &turn)?;
        let (there, here) = (drawn(&other.model), drawn(now.model));
        let there_steps = last_step(&other.model);
        let (parts, few, many) = if turn.is_one {
            (there.checked_sub(here)? + 1, steps, there_steps)
        } else {
            (here.checked_sub(there)? + 1, there_steps, steps)
        };
        let gate = turn.gate.replace('_', " ");
        let title = if turn.is_one {
            format!("One {gate} gate for {parts} gates")
        } else {
            format!("{parts} gates that are one {gate} gate")
        };
        let lines = [
            format!("as one gate {few} steps instead of {many}"),
            compared(now, other, turn.is_one),
            turn.hand,
        ];
        let lines = lines.map(|said| words(said, turn.nodes.clone()));
        section(About::Role, &title, lines.into())
    }

    /// The program as it is drawn after a turn, at this moment.
    fn at_other_grain(&mut self, now: Now<'_>, turn: &Turn) -> Option<&Other> {
        let known = self.other.take().filter(|(key, _)| *key == turn.key);
        let mut other = match known {
            Some((_, other)) => other,
            None if now.model.forward().count() > MOST => return None,
            None => {
                let source = now.model.source();
                let model = Model::viewed(source, &Overrides::default(), &turn.view).ok()?;
                let arena = model.arena();
                Other { model, arena }
            }
        };
        for (there, here) in other.given(now.model)? {
            let count = now.model.elements(here);
            let from = now.model.plan.offset(here);
            let to = other.model.plan.offset(there);
            let values = now.arena.get(from..from + count)?;
            other.arena.get_mut(to..to + count)?.copy_from_slice(values);
        }
        other.model.plan.run(&mut other.arena);
        let (_, other) = self.other.insert((turn.key.clone(), other));
        Some(other)
    }
}

impl Other {
    /// Its inputs and upstream gradient with those of the program as it is drawn;
    /// none if they are not the same.
    fn given(&self, model: &Model) -> Option<Vec<(NodeId, NodeId)>> {
        let inputs = |model: &Model| {
            let inputs = model.program.inputs.iter().map(|input| input.node);
            inputs.chain([model.gradient.seed]).collect::<Vec<_>>()
        };
        let (there, here) = (inputs(&self.model), inputs(model));
        let shape = |model: &Model, node| model.program.graph.shape(node).to_vec();
        let alike = |(&a, &b): (&NodeId, &NodeId)| shape(&self.model, a) == shape(model, b);
        let same = there.len() == here.len() && there.iter().zip(&here).all(alike);
        same.then(|| there.into_iter().zip(here).collect())
    }
}

/// How many gates are drawn.
fn drawn(model: &Model) -> usize {
    let graph = &model.program.graph;
    let outline = model.outline();
    let gate = |what, node| what == What::Node && graph.arity(node) > 0;
    let units = outline.units.iter();
    units.filter(|unit| gate(unit.what, unit.node)).count()
}

/// What a drawn node can be turned into.
fn turn(now: Now<'_>, node: usize) -> Option<Turn> {
    let view = now.model.view();
    let shown = &now.scene.nodes[node];
    let without = |keys: &[String], key: &String| -> Vec<String> {
        keys.iter().filter(|&one| one != key).cloned().collect()
    };
    let mut folds = now.scene.folds.iter();
    if let Some(fold) = folds.find(|fold| fold.nodes.contains(&node)) {
        let mut folded = view.clone();
        folded.open = without(&view.open, &fold.key);
        folded.folded.push(fold.key.clone());
        return Some(Turn {
            key: fold.key.clone(),
            gate: fold.op.to_owned(),
            is_one: false,
            hand: format!("“fold: {}” folds them", fold.op),
            view: folded,
            nodes: fold.nodes.clone(),
        });
    }
    if shown.kind == Kind::Gate && shown.opens {
        let mut open = view.clone();
        let is_folded = view.folded.contains(&shown.key);
        if is_folded {
            open.folded = without(&view.folded, &shown.key);
        } else {
            open.closed = without(&view.closed, &shown.key);
            open.open.push(shown.key.clone());
        }
        let does = if is_folded { "unfolds" } else { "opens" };
        return Some(Turn {
            key: shown.key.clone(),
            gate: shown.op.to_owned(),
            is_one: true,
            hand: format!("+ at the gate, or Enter, {does} it"),
            view: open,
            nodes: vec![node],
        });
    }
    let outline = now.scene.outline();
    let at = outline.units[node].block?;
    let block = &outline.blocks[at];
    if !matches!(block.made, Made::Composite(_)) {
        return None;
    }
    let mut closed = view.clone();
    closed.open = without(&view.open, &block.key);
    let units = outline.units.iter().enumerate();
    let inside = units.filter(|(_, unit)| unit.block == Some(at));
    Some(Turn {
        key: block.key.clone(),
        gate: block.title.clone(),
        is_one: false,
        hand: "− at the box, or Enter, closes it".to_owned(),
        view: closed,
        nodes: inside.map(|(place, _)| place).collect(),
    })
}

/// Whether the gradients of the inputs are equal, in words.
fn compared(now: Now<'_>, other: &Other, is_one: bool) -> String {
    let (mut apart, mut same, mut lost) = (0.0_f64, true, false);
    for (there, here) in other.given(now.model).unwrap_or_default() {
        let count = now.model.elements(here);
        let of = |model: &Model, arena: &[f64], node| {
            let at = model.gradient_of(node);
            arena.get(at..at + count).map(<[f64]>::to_vec)
        };
        let here = of(now.model, now.arena, here).unwrap_or_default();
        let there = of(&other.model, &other.arena, there).unwrap_or_default();
        for (&a, &b) in here.iter().zip(&there) {
            if a == b || a.is_nan() && b.is_nan() {
                continue;
            }
            let (one, written_out) = if is_one { (a, b) } else { (b, a) };
            lost |= one.is_finite() && !written_out.is_finite();
            let size = a.abs().max(b.abs()).max(1.0);
            same &= (a - b).abs() <= ROUNDING * size;
            apart = apart.max((a - b).abs());
        }
    }
    let far = number::brief(apart);
    if lost {
        "written out, a number here is too large and the gradients are lost; as one gate they are not".to_owned()
    } else if !same {
        format!("the gradients of the inputs are up to {far} apart")
    } else if apart == 0.0 {
        "the gradients of the inputs are the same".to_owned()
    } else {
        format!("the gradients of the inputs are the same (rounding: {far})")
    }
}
