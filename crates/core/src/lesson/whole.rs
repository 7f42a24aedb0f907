//! What is said of copies, and of closed boxes, whose inside is not drawn.

use super::card::line;
use super::formula::product;
use super::math::{self, As, Math, fence, joined, op, parens, partial, row, text};
use super::show::matrix;
use super::{Lesson, Line, Now};
use crate::graph::NodeId;
use crate::modes::{Limits, Run, jacobian_within};
use crate::scene::Kind;
use crate::sort;

/// Most values that a box hands on of which each has a term.
const MOST: usize = 3;
/// Most rows and columns of a derivative that is written out.
const WRITTEN_OUT: usize = 4;

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
        let pieces = vec![name, row(called), Self::value_result(now, place, step)];
        row(joined(pieces, &op("=")))
    }

    /// `∂f/∂x = 4 + 2 = 6` of the wire into a copy; of one into a closed box
    /// `∂f/∂x = ∂f/∂h × ∂h/∂x = 2 × 0.4 = 0.8`, a term for each value that it hands on.
    pub(super) fn chain_whole(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let at = &now.scene.wires[wire];
        let share = Self::share_result(now, wire, step);
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
            // What comes from within the box is in the other's local derivative.
            let gradient = Some(Self::arriving_at(now, to, out, 0));
            let local = self.through(now, to, out, x);
            let factors = [known(gradient, As::Gradient), known(local, As::Local)];
            numbers.push(product(factors.into_iter(), "×"));
        }
        let plus = |terms: Vec<Math>| row(joined(terms, &op("+")));
        Some([plus(symbols), plus(numbers)])
    }

    /// The local derivatives through a closed box along a wire into it, one of each
    /// value that it hands on: a number, or a matrix if it is small.
    pub(super) fn local_lines_whole(&self, now: Now<'_>, wire: usize, step: usize) -> Vec<Line> {
        let at = &now.scene.wires[wire];
        let Some(to) = at
            .to
            .filter(|&to| now.scene.nodes[to].kind == Kind::Box && Self::flows(now, wire))
        else {
            return Vec::new();
        };
        let x = now.scene.outline().threads[wire].node;
        let by = self.names.of_wire(now.scene, wire);
        let graph = &now.model.program.graph;
        let count = |node: NodeId| graph.shape(node).iter().product::<usize>();
        let lines = self.handed_on(now, to).into_iter().take(MOST).map(|out| {
            let symbol = partial(self.names.of_node(out, to), by);
            let (rows, columns) = (count(out), count(x));
            let known = now.scene.nodes[to].forward <= step;
            let math = if rows.max(columns) > WRITTEN_OUT {
                let said = format!("is {rows} × {columns}; the backward pass does without it");
                row(vec![symbol, text(said)])
            } else {
                let entries = known.then(|| self.jacobian_through(now, to, out, x));
                let local = match entries.flatten() {
                    None => math::blank(As::Local),
                    Some(entries) => written(&entries, columns),
                };
                row(vec![symbol, op("="), local])
            };
            line(math, vec![at.from, to], vec![wire])
        });
        lines.collect()
    }

    /// The values of a box that a gradient comes back to.
    pub(super) fn handed_on(&self, now: Now<'_>, place: usize) -> Vec<NodeId> {
        if place == now.scene.output {
            return vec![now.scene.graph_node(place)];
        }
        let wires = self.out[place].iter();
        let wires = wires.filter(|&&wire| Self::flows(now, wire));
        let mut nodes: Vec<NodeId> = wires
            .map(|&wire| now.scene.outline().threads[wire].node)
            .collect();
        sort::ascending(&mut nodes);
        nodes.dedup();
        nodes
    }

    /// The derivative of a value that a box hands on with respect to one that goes
    /// into it: through all of the box, whose other operands are held.
    pub(super) fn through(
        &self,
        now: Now<'_>,
        place: usize,
        out: NodeId,
        x: NodeId,
    ) -> Option<f64> {
        let entries = self.jacobian_through(now, place, out, x)?;
        entries.first().copied()
    }

    /// That derivative as a matrix, row by row: a row for each element of the value.
    pub(super) fn jacobian_through(
        &self,
        now: Now<'_>,
        place: usize,
        out: NodeId,
        x: NodeId,
    ) -> Option<Vec<f64>> {
        let threads = &now.scene.outline().threads;
        let into = self.into[place].iter().map(|&wire| threads[wire].node);
        let given: Vec<NodeId> = into.collect();
        let run = Run::of(now.model, now.arena);
        let found = jacobian_within(run, out, x, &given, Limits::default());
        Some(found.ok()?.entries)
    }
}

/// A matrix of local derivatives, or the number if it is one.
fn written(entries: &[f64], columns: usize) -> Math {
    match entries {
        [only] => math::num(*only, As::Local),
        entries => matrix(entries, columns, As::Local),
    }
}
