//! The steps of both passes over what is drawn, and what the backward pass reads.

use super::{Kind, Pass, Scene, SceneStep, behind};
use crate::build::Builder;
use crate::definition::linear::Linear;
use crate::definition::partial;
use crate::graph::{Graph, NodeId};
use crate::model::Model;
use crate::op::Op;
use crate::view::What;
use std::collections::BTreeSet;

/// Numbers the steps of a scene whose nodes and wires are in place: the inputs,
/// forward a gate each in the order of the nodes, the upstream gradient, and
/// backward a gate each in reverse, of those that a gradient reaches; in forward mode
/// the first two. `reads` has for each node the nodes whose values its backward step
/// uses, `places` the place of each of the graph's nodes among the drawn.
pub fn number(scene: &mut Scene, model: &Model, places: &[Option<u32>], reads: Vec<Vec<usize>>) {
    let zeros = model.plan.zeros();
    let count = scene.nodes.len();
    scene.steps.clear();
    if count == 0 {
        return;
    }
    let mut around = vec![Vec::new(); count];
    let behind: Vec<bool> = scene.nodes.iter().map(|node| node.derivative).collect();
    for (at, wire) in scene.wires.iter().enumerate() {
        // What is drawn of the backward pass works in the steps of what it mirrors.
        if wire.to.is_some_and(|to| behind[to]) {
            continue;
        }
        around[wire.from].push(at);
        if let Some(to) = wire.to {
            around[to].push(at);
        }
    }
    let given = |kind| matches!(kind, Kind::Input | Kind::Constant);
    let leaves = (0..count).filter(|&at| given(scene.nodes[at].kind) && !behind[at]);
    let step = |pass, node: Option<usize>, wires: Vec<usize>, reads: Vec<usize>| SceneStep {
        pass,
        node,
        wires,
        reads,
    };
    let first: Vec<usize> = leaves.flat_map(|at| around[at].clone()).collect();
    let mut steps = vec![step(Pass::Inputs, None, first, Vec::new())];
    for (at, wires) in around.iter().enumerate() {
        if behind[at] {
            continue;
        }
        if given(scene.nodes[at].kind) {
            scene.nodes[at].forward = 0;
            continue;
        }
        scene.nodes[at].forward = steps.len();
        steps.push(step(Pass::Forward, Some(at), wires.clone(), Vec::new()));
    }
    if !scene.mode.has_gradients() {
        scene.steps = steps;
        end_forward(scene, zeros, &around);
        return;
    }
    let base = steps.len();
    let open = scene.wires.len().checked_sub(1);
    let open: Vec<usize> = open.into_iter().collect();
    steps.push(step(Pass::Base, Some(scene.output), open, Vec::new()));
    let mut worked = vec![None; count];
    let mut kept = vec![false; count];
    for (at, reads) in reads.into_iter().enumerate().rev() {
        let node = &scene.nodes[at];
        if given(node.kind) || node.gradient == zeros || behind[at] {
            continue;
        }
        for &read in &reads {
            kept[read] = true;
        }
        worked[at] = Some(steps.len());
        steps.push(step(Pass::Backward, Some(at), around[at].clone(), reads));
    }
    let last = steps.len() - 1;
    behind::number(scene, model, places, &worked, base, &mut steps);
    for wire in &mut scene.wires {
        wire.forward = scene.nodes[wire.from].forward;
        wire.backward = match wire.to {
            None => base,
            Some(to) if wire.gradient != zeros => worked[to].unwrap_or(last),
            Some(_) => last,
        };
    }
    for (node, kept) in scene.nodes.iter_mut().zip(kept) {
        node.kept = kept;
        node.backward = if node.gradient == zeros { last } else { base };
    }
    for wire in &scene.wires {
        let node = &mut scene.nodes[wire.from];
        // The output's gradient is what is given, whatever else uses it.
        if wire.gradient != zeros && wire.from != scene.output {
            node.backward = node.backward.max(wire.backward);
        }
    }
    scene.steps = steps;
    shorten(scene, zeros, &around);
}

/// Ends a pass that has no backward pass behind it: no gradient ever comes.
fn end_forward(scene: &mut Scene, zeros: usize, around: &[Vec<usize>]) {
    let never = scene.steps.len();
    for wire in &mut scene.wires {
        wire.forward = scene.nodes[wire.from].forward;
        wire.backward = never;
    }
    for node in &mut scene.nodes {
        node.backward = never;
    }
    shorten(scene, zeros, around);
}

/// How many steps there are with the gates of each fold as one: a gate and a copy
/// that only they use go with their steps.
fn shorten(scene: &mut Scene, zeros: usize, around: &[Vec<usize>]) {
    let last = scene.steps.len() - 1;
    for at in 0..scene.folds.len() {
        let mut goes = scene.folds[at].nodes.clone();
        goes.pop();
        let inside = |wire: &usize| {
            let to = scene.wires[*wire].to;
            to.is_some_and(|to| scene.folds[at].nodes.contains(&to))
        };
        for (copy, wires) in around.iter().enumerate() {
            let mut leaving = wires.iter().filter(|&&wire| scene.wires[wire].from == copy);
            if scene.nodes[copy].kind == Kind::Copy && leaving.all(inside) {
                goes.push(copy);
            }
        }
        let back = goes.iter().filter(|&&at| scene.nodes[at].gradient != zeros);
        let back = if scene.mode.has_gradients() {
            back.count()
        } else {
            0
        };
        let fewer = goes.len() + back;
        scene.folds[at].steps = last - fewer;
    }
}

/// The number of the last step of a model's passes over what is drawn of it.
pub fn last_step(model: &Model) -> usize {
    let outline = model.outline();
    let graph = &model.program.graph;
    let gates = outline
        .units
        .iter()
        .filter(|unit| model.is_forward(unit.node))
        .filter(|unit| unit.what != What::Node || graph.arity(unit.node) > 0);
    let back = model.view().mode.has_gradients();
    let steps = gates.map(|unit| 1 + usize::from(back && unit.gradient.is_some()));
    // The inputs are step 0; the base case is one of its own.
    steps.sum::<usize>() + usize::from(back)
}

/// The values of a program that backward steps read, asked of the table of derivatives.
pub struct Reader {
    /// The program's own nodes without their numbers, and what rules have appended.
    scratch: Graph,
    forward: usize,
}

impl Reader {
    /// Of a model.
    pub fn new(model: &Model) -> Self {
        let graph = &model.program.graph;
        let mut scratch = graph.emptied();
        let mut operands = Vec::new();
        for node in model.forward() {
            let known = graph.node(node);
            if matches!(known.op, Op::Input(_)) || graph.table(node).is_some() {
                scratch.push_input(known.shape, Box::default(), known.origin);
            } else {
                operands.clear();
                operands.extend(graph.operands(node));
                scratch.push_copy(graph, node, &operands);
            }
        }
        let forward = scratch.len();
        Self { scratch, forward }
    }

    /// The nodes whose values the gates read backwards, in order and without
    /// numbers written in the program.
    pub fn reads(&mut self, model: &Model, gates: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
        let mut found = BTreeSet::new();
        for gate in gates {
            for slot in 0..self.scratch.arity(gate) {
                let edge = model.program.graph.operand_edge(gate, slot);
                if model.gradient.along(edge).is_some() {
                    let mut b = Builder::new(&mut self.scratch);
                    let local = partial(&mut b, gate, slot);
                    self.of(&local, &mut found);
                }
            }
        }
        let graph = &model.program.graph;
        found
            .into_iter()
            .filter(|&x| !graph.is_constant(x))
            .collect()
    }

    fn of(&self, local: &Linear, found: &mut BTreeSet<NodeId>) {
        let mut parts = vec![local];
        let mut open = Vec::new();
        while let Some(part) = parts.pop() {
            match part {
                Linear::Scale(d) | Linear::Divide(d) | Linear::Mask(d) => open.push(*d),
                Linear::LeftProduct(d) | Linear::RightProduct(d) => open.push(*d),
                Linear::Then(both) | Linear::Plus(both) => parts.extend(both.iter()),
                Linear::Zero | Linear::Identity | Linear::Negate => {}
                Linear::Sum(..) | Linear::Broadcast(..) | Linear::Reshape(..) => {}
                Linear::CumSum(..) => {}
                Linear::Permute(_) => {}
                Linear::Slice(..) | Linear::Scatter(..) => {}
                Linear::Take(_, indices, _) | Linear::Put(_, indices, _) => open.extend(indices),
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(node) = open.pop() {
            if node.index() < self.forward {
                found.insert(node);
            } else if seen.insert(node) {
                open.extend(self.scratch.operands(node));
            }
        }
    }
}
