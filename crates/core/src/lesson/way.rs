//! How what a wire carries gets into what it enters, and the Jacobian of that.

use super::card::words;
use super::math::tight;
use super::{Lesson, Line, Now};
use crate::diff::between::Between;
use crate::diff::jacobian::Mode;
use crate::diff::structure::Structure;
use crate::graph::{NodeId, Role};
use crate::modes::column::Sparse;
use crate::modes::{Along, Limits, Run, between_within, jacobian_within, swept};
use crate::scene::Kind;
use crate::sort;

/// How much a Jacobian that is looked at may take: some tenths of a second.
const LIMITS: Limits = Limits {
    entries: 1 << 20,
    work: 100_000_000,
};

/// A Jacobian that can be asked for its columns. Its rows are the elements of some
/// values, one after the other.
pub enum Way {
    /// A copy: the identity.
    Same(usize),
    /// Through one gate, and what its operand needs on the way into it.
    Gate(Box<Along>),
    /// Through every path between nodes.
    Paths(Paths),
}

/// Through every path from a node to some.
pub struct Paths {
    /// The nodes whose elements are rows.
    pub outs: Vec<NodeId>,
    /// The node whose elements are columns.
    pub x: NodeId,
    /// What is held besides.
    given: Vec<NodeId>,
    /// What is known of the way to each.
    pub between: Vec<Between>,
}

impl Paths {
    /// From `x` to `outs`, with what is `given` held.
    pub fn new(now: Now<'_>, outs: Vec<NodeId>, x: NodeId, given: Vec<NodeId>) -> Self {
        let run = Run::of(now.model, now.arena);
        let between = outs.iter();
        let between = between.map(|&out| between_within(run, out, x, &given));
        Self {
            between: between.collect(),
            outs,
            x,
            given,
        }
    }

    fn is_zero(&self, now: Now<'_>, mut row: usize, column: usize) -> bool {
        for (&out, between) in self.outs.iter().zip(&self.between) {
            let count = now.model.elements(out);
            if row < count {
                return between.is_zero(row, column);
            }
            row -= count;
        }
        true
    }

    fn sparse(&self, now: Now<'_>, column: usize, numbers: impl Iterator<Item = f64>) -> Sparse {
        let there = numbers.enumerate();
        let there = there.filter(|&(row, _)| !self.is_zero(now, row, column));
        there.collect()
    }

    fn column(&self, now: Now<'_>, element: usize) -> Result<Sparse, String> {
        let run = Run::of(now.model, now.arena);
        let mut unit = vec![0.0; now.model.elements(self.x)];
        unit[element] = 1.0;
        let mut all = Vec::new();
        for &out in &self.outs {
            let given = &self.given;
            let found = swept(run, out, self.x, given, Mode::Forward, &unit, LIMITS);
            all.extend(found.map_err(|error| error.to_string())?);
        }
        Ok(self.sparse(now, element, all.into_iter()))
    }

    fn columns(&self, now: Now<'_>) -> Result<Vec<Sparse>, String> {
        let run = Run::of(now.model, now.arena);
        let count = now.model.elements(self.x);
        let mut all = Vec::new();
        for &out in &self.outs {
            let found = jacobian_within(run, out, self.x, &self.given, LIMITS);
            all.extend(found.map_err(|error| error.to_string())?.entries);
        }
        let column = |j: usize| self.sparse(now, j, all.iter().skip(j).step_by(count).copied());
        Ok((0..count).map(column).collect())
    }

    /// The gradient of `x` by one sweep, for the gradients of all rows.
    pub fn swept_back(&self, now: Now<'_>, upstream: &[f64]) -> Result<Vec<f64>, String> {
        let run = Run::of(now.model, now.arena);
        let mut total = vec![0.0; now.model.elements(self.x)];
        let mut rest = upstream;
        for &out in &self.outs {
            let (own, next) = rest.split_at(rest.len().min(now.model.elements(out)));
            rest = next;
            let found = swept(run, out, self.x, &self.given, Mode::Reverse, own, LIMITS);
            let found = found.map_err(|error| error.to_string())?;
            total
                .iter_mut()
                .zip(found)
                .for_each(|(sum, part)| *sum += part);
        }
        Ok(total)
    }
}

impl Way {
    /// A column: what an element of the operand does. Places that are not there are zero
    /// by structure.
    pub fn column(&self, now: Now<'_>, element: usize) -> Result<Sparse, String> {
        match self {
            Self::Same(_) => Ok(vec![(element, 1.0)]),
            Self::Gate(along) => Ok(along.column(element)),
            Self::Paths(paths) => paths.column(now, element),
        }
    }

    /// All columns.
    pub fn columns(&self, now: Now<'_>) -> Result<Vec<Sparse>, String> {
        match self {
            Self::Same(count) => Ok((0..*count).map(|i| vec![(i, 1.0)]).collect()),
            Self::Gate(along) => {
                let count = along.in_shape().iter().product();
                Ok((0..count).map(|j| along.column(j)).collect())
            }
            Self::Paths(paths) => paths.columns(now),
        }
    }

    /// Whether it is zero whatever the numbers are.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Same(_) => false,
            Self::Gate(along) => along.structure() == Structure::Zero,
            Self::Paths(paths) => {
                let mut all = paths.between.iter();
                all.all(|between| between.structure() == Structure::Zero)
            }
        }
    }

    /// Multiplications of the rule, and the numbers that it makes.
    pub fn by_rule(&self, now: Now<'_>) -> [f64; 2] {
        match self {
            Self::Same(count) => [0.0, *count as f64],
            Self::Gate(along) => {
                let made = along.in_shape().iter().product::<usize>();
                [along.multiplications(), made as f64]
            }
            Self::Paths(paths) => {
                let sum = |of: &dyn Fn(&Between) -> f64| paths.between.iter().map(of).sum();
                // Of several values the gradient of the operand is made once.
                let more = (paths.between.len() as f64 - 1.0).max(0.0);
                let own = now.model.elements(paths.x) as f64;
                let numbers: f64 = sum(&|between| between.numbers);
                [
                    sum(&|between| between.multiplications),
                    numbers - more * own,
                ]
            }
        }
    }
}

impl Lesson {
    /// The gates that what a wire carries goes through, each with the slot in which it
    /// enters: what its operand needs, the gate, and what gives its value its shape. None
    /// where the wire enters a copy or a box.
    pub(super) fn path_of(now: Now<'_>, wire: usize) -> Option<Vec<(NodeId, usize)>> {
        let at = &now.scene.wires[wire];
        let to = at.to.filter(|&to| !Self::is_whole(now, to))?;
        let graph = &now.model.program.graph;
        let gate = now.scene.gate(now.model, to);
        let mut path = Vec::new();
        let shown = now.scene.graph_node(to);
        if shown != gate {
            path.push((shown, 0));
        }
        let first = *now.scene.outline().threads[wire].edges.first()?;
        let mut next = (gate, at.operand);
        loop {
            path.push(next);
            let (gate, slot) = next;
            if graph.operand_edge(gate, slot) == first {
                break;
            }
            let operand = graph.operand(gate, slot);
            let implied = graph.node(operand).origin.role == Role::Implied;
            if !implied || graph.arity(operand) == 0 {
                return None;
            }
            next = (operand, 0);
        }
        path.reverse();
        Some(path)
    }

    /// The Jacobian of what a wire enters with respect to what it carries.
    pub(super) fn way(&self, now: Now<'_>, wire: usize) -> Option<Way> {
        let at = &now.scene.wires[wire];
        let to = at.to?;
        match now.scene.nodes[to].kind {
            Kind::Copy => Some(Way::Same(at.shape.iter().product())),
            // There the backward pass ends: nothing is done to what arrives.
            Kind::End => None,
            Kind::Box => {
                let threads = &now.scene.outline().threads;
                let into = self.into[to].iter().map(|&wire| threads[wire].node);
                let given = into.collect();
                let outs = self.rows_of_box(now, to);
                let x = threads[wire].node;
                Some(Way::Paths(Paths::new(now, outs, x, given)))
            }
            _ => {
                let run = Run::of(now.model, now.arena);
                let path = Self::path_of(now, wire)?;
                let along = Along::new(run, &path).ok()??;
                Some(Way::Gate(Box::new(along)))
            }
        }
    }

    /// Whether the backward pass leaves a wire out although a gradient would go along it:
    /// nothing behind it takes one.
    pub(super) fn is_left_out(now: Now<'_>, wire: usize, way: &Way) -> bool {
        let to = now.scene.wires[wire].to;
        let arrives = |to: usize| now.scene.nodes[to].gradient != now.model.plan.zeros();
        !Self::flows(now, wire) && to.is_some_and(arrives) && !way.is_zero()
    }

    /// That a wire is left out.
    pub(super) fn said_left_out(&self, now: Now<'_>, wire: usize) -> Line {
        let from = now.scene.wires[wire].from;
        let x = tight(self.names.of_wire(now.scene, wire)).plain();
        let said = format!("the backward pass leaves it out: nothing behind {x} takes a gradient");
        words(said, vec![from])
    }

    /// The gradient that came back along a wire by a step.
    pub(super) fn came_back(now: Now<'_>, wire: usize, way: &Way, step: usize) -> Option<Vec<f64>> {
        let at = &now.scene.wires[wire];
        if at.backward > step || Self::is_left_out(now, wire, way) {
            return None;
        }
        let count = at.shape.iter().product::<usize>();
        let numbers = now.arena.get(at.gradient..at.gradient + count);
        numbers.map(<[f64]>::to_vec)
    }

    /// The values of a box whose elements are rows: those that a gradient comes back to,
    /// the one that it shows first; that one where none does.
    pub(super) fn rows_of_box(&self, now: Now<'_>, place: usize) -> Vec<NodeId> {
        let shown = now.scene.graph_node(place);
        let mut outs = self.handed_on(now, place);
        if outs.is_empty() {
            outs.push(shown);
        }
        sort::by_key(&mut outs, |&out| (out != shown, out));
        outs
    }

    /// The gradient that comes back to what a wire enters, for all rows of its Jacobian.
    pub(super) fn arriving(&self, now: Now<'_>, to: usize) -> Vec<f64> {
        let numbers = |at: usize, count: usize| now.arena.get(at..at + count).unwrap_or(&[]);
        let node = &now.scene.nodes[to];
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        match node.kind {
            Kind::Box if to != now.scene.output => {
                let threads = &now.scene.outline().threads;
                let outs = self.rows_of_box(now, to).into_iter();
                // From outside of the box, along every wire that carries the value.
                let all = outs.flat_map(|out| {
                    let mut total = vec![0.0; now.model.elements(out)];
                    let wires = self.out[to].iter();
                    for &wire in wires.filter(|&&wire| threads[wire].node == out) {
                        let wire = &now.scene.wires[wire];
                        let part = numbers(wire.gradient, total.len());
                        total
                            .iter_mut()
                            .zip(part)
                            .for_each(|(sum, part)| *sum += part);
                    }
                    total
                });
                all.collect()
            }
            Kind::Box | Kind::Copy => numbers(node.gradient, count(&node.shape)).to_vec(),
            _ => {
                let gate = now.scene.gate(now.model, to);
                let at = now.model.gradient_of(gate);
                numbers(at, now.model.elements(gate)).to_vec()
            }
        }
    }
}
