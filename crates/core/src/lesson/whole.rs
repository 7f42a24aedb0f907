//! What is said of copies, and of closed boxes, whose inside is not drawn.

use super::expr::product;
use super::math::{self, As, Math, fence, joined, op, parens, partial, row, text};
use super::{Lesson, Now};
use crate::graph::NodeId;
use crate::modes::{Limits, Run, jacobian_within};
use crate::scene::Kind;

/// Most values that a box hands on of which each has a term.
const MOST: usize = 3;

impl Lesson {
    /// Whether a drawn node is no gate of the graph: a copy or a closed box.
    pub(super) fn is_whole(now: Now<'_>, place: usize) -> bool {
        matches!(now.scene.nodes[place].kind, Kind::Copy | Kind::Box)
    }

    /// `h = neuron(x, w) = 0.3`, and of a copy how many uses a value goes to.
    pub(super) fn forward_whole(&self, now: Now<'_>, place: usize, step: usize) -> Math {
        let node = &now.scene.nodes[place];
        let name = self.names.of(place).clone();
        let value = Self::value(now, place, step);
        if node.kind == Kind::Copy {
            let uses = now.scene.wires.iter().filter(|wire| wire.from == place);
            let uses = format!("goes to {} uses", uses.count());
            return row(vec![name, op("="), value, text(uses)]);
        }
        let from = self.into[place]
            .iter()
            .map(|&wire| self.names.of_wire(now.scene, wire).clone());
        let operands = row(joined(from, &op(",")));
        // A turn of a loop is called by its variable: i = 2.
        let by = node.symbol.contains('=').then(|| text(node.symbol.clone()));
        let by = by.map_or_else(|| math::name(&node.symbol), |turn| fence("[", turn, "]"));
        let called = vec![by, parens(operands)];
        let mut pieces = vec![name, row(called)];
        pieces.push(value);
        row(joined(pieces, &op("=")))
    }

    /// `∂f/∂x = 4 + 2 = 6` of the wire into a copy; of one into a closed box
    /// `∂f/∂x = ∂f/∂h × ∂h/∂x = 2 × 0.4 = 0.8`, a term for each value that it hands on.
    pub(super) fn chain_whole(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let at = &now.scene.wires[wire];
        let share = Self::share(now, wire, step);
        match at.to {
            Some(copy) if now.scene.nodes[copy].kind == Kind::Copy => self.total(now, copy, step),
            Some(to) => {
                let mut pieces = vec![self.part(now, wire)];
                if let Some([symbols, numbers]) = self.terms(now, wire, to, step) {
                    pieces.extend([symbols, numbers]);
                }
                pieces.push(share);
                row(joined(pieces, &op("=")))
            }
            None => row(vec![self.part(now, wire), op("="), share]),
        }
    }

    /// Upstream × local of every value that a box hands on, in symbols and in
    /// numbers; none unless all are numbers, or where they are many.
    fn terms(&self, now: Now<'_>, wire: usize, to: usize, step: usize) -> Option<[Math; 2]> {
        let scalar = |node: NodeId| now.model.program.graph.shape(node).is_empty();
        let outs = self.handed_on(now, to);
        let x = now.scene.outline().threads[wire].node;
        if outs.is_empty() || outs.len() > MOST || !scalar(x) || !outs.iter().all(|&y| scalar(y)) {
            return None;
        }
        let by = self.names.of_wire(now.scene, wire);
        let (mut symbols, mut numbers) = (Vec::new(), Vec::new());
        for out in outs {
            let name = self.names.of_node(out, to);
            let upstream = partial(&self.root(now), name);
            let mut factors = vec![upstream, op("×"), partial(name, by)];
            if symbols.is_empty() {
                factors.insert(0, text("upstream"));
                factors.insert(3, text("local"));
            }
            symbols.push(row(factors));
            let worked = now.scene.wires[wire].backward <= step;
            let known = |value: Option<f64>, role| {
                let value = value.filter(|_| worked);
                value.map_or(math::blank(role), |value| math::num(value, role))
            };
            let gradient = now.arena.get(now.model.gradient_of(out)).copied();
            let local = self.through(now, to, out, x);
            let factors = [known(gradient, As::Gradient), known(local, As::Local)];
            numbers.push(product(factors.into_iter(), "×"));
        }
        let plus = |terms: Vec<Math>| row(joined(terms, &op("+")));
        Some([plus(symbols), plus(numbers)])
    }

    /// The values of a box that a gradient comes back to.
    fn handed_on(&self, now: Now<'_>, place: usize) -> Vec<NodeId> {
        if place == now.scene.output {
            return vec![now.scene.graph_node(place)];
        }
        let wires = self.out[place].iter();
        let wires = wires.filter(|&&wire| Self::flows(now, wire));
        let mut nodes: Vec<NodeId> = wires
            .map(|&wire| now.scene.outline().threads[wire].node)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The derivative of a value that a box hands on with respect to one that goes
    /// into it: through all of the box, whose other operands are held.
    fn through(&self, now: Now<'_>, place: usize, out: NodeId, x: NodeId) -> Option<f64> {
        let threads = &now.scene.outline().threads;
        let into = self.into[place].iter().map(|&wire| threads[wire].node);
        let given: Vec<NodeId> = into.collect();
        let run = Run::of(now.model, now.arena);
        let found = jacobian_within(run, out, x, &given, Limits::default());
        found.ok()?.entries.first().copied()
    }
}
