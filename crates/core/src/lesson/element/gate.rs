//! A gate with its operands as they are drawn: names, numbers and places of elements.

use super::places::{Source, source, targets};
use super::{Side, Told, number};
use crate::graph::{Graph, NodeId};
use crate::lesson::math::{self, As, Math, fence, op, partial, row};
use crate::lesson::{Lesson, Now};
use crate::modes::Sparse;
use crate::op::Op;
use crate::scene::Kind;
use crate::shape::subscripts;
use crate::view::way;
use std::cell::RefCell;

/// A gate whose element is asked for, at a step.
pub struct Gate<'a> {
    pub lesson: &'a Lesson,
    pub now: Now<'a>,
    pub step: usize,
    /// Its place in the scene.
    pub place: usize,
    /// Its node in the graph.
    pub node: NodeId,
    pub op: Op,
    pub operands: Vec<Operand<'a>>,
    /// The column of the Jacobian that was asked for last: by which element of which operand.
    pub column: RefCell<Option<([usize; 2], Sparse)>>,
}

/// One operand of a gate.
pub struct Operand<'a> {
    /// Its node in the graph.
    node: NodeId,
    /// The gates that the wire goes through, from the operand back.
    way: Vec<NodeId>,
    /// The wire that brings it; none of a number that stands in the gate.
    wire: Option<usize>,
    /// What the wire carries is called, and has the shape of.
    name: Math,
    shape: &'a [usize],
    pub values: &'a [f64],
    known: bool,
}

/// An element of what a wire carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    pub element: usize,
    /// The class that the operand asks for, where it is a row of a one-hot matrix.
    pub class: Option<usize>,
}

impl<'a> Gate<'a> {
    pub fn new(lesson: &'a Lesson, now: Now<'a>, place: usize, step: usize) -> Self {
        let node = now.scene.gate(now.model, place);
        let graph = &now.model.program.graph;
        let operands = (0..graph.arity(node)).map(|slot| {
            let wires = lesson.into[place].iter().copied();
            let mut wires = wires.filter(|&wire| now.scene.wires[wire].operand == slot);
            Operand::new(lesson, now, node, slot, wires.next(), step)
        });
        Self {
            lesson,
            now,
            step,
            place,
            node,
            op: graph.node(node).op,
            operands: operands.collect(),
            column: RefCell::default(),
        }
    }

    pub fn graph(&self) -> &'a Graph {
        &self.now.model.program.graph
    }

    /// The shape of the gate's value, and of an operand.
    pub fn shape(&self) -> &'a [usize] {
        self.graph().shape(self.node)
    }

    pub fn shape_of(&self, slot: usize) -> &'a [usize] {
        self.graph().shape(self.operands[slot].node)
    }

    /// The gate's value.
    pub fn values(&self) -> &'a [f64] {
        values(self.now, self.node)
    }

    /// An element of it; NaN where there is none.
    pub fn value(&self, element: usize) -> f64 {
        self.values().get(element).copied().unwrap_or(f64::NAN)
    }

    /// Whether its value is computed.
    pub fn known(&self) -> bool {
        self.now.scene.nodes[self.place].forward <= self.step
    }

    /// `y[0, 1]`
    pub fn y(&self, element: usize) -> Math {
        let shape = &self.now.scene.nodes[self.place].shape;
        math::at(
            self.lesson.names.of(self.place),
            &subscripts(shape, element),
        )
    }

    /// The number of that.
    pub fn y_number(&self, element: usize) -> Math {
        number(self.values().get(element), self.known(), As::Value)
    }

    /// `x[0, 1]` of an operand, as the wire carries it.
    pub fn x(&self, slot: usize, element: usize) -> Math {
        self.operands[slot].written(self.graph(), element)
    }

    /// The number of that.
    pub fn x_number(&self, slot: usize, element: usize) -> Math {
        let operand = &self.operands[slot];
        number(operand.values.get(element), operand.known, As::Value)
    }

    /// The value of an operand's element; NaN where there is none.
    pub fn at(&self, slot: usize, element: usize) -> f64 {
        let value = self.operands[slot].values.get(element);
        value.copied().unwrap_or(f64::NAN)
    }

    /// ∂L/∂y[0, 1]
    pub fn upstream(&self, element: usize) -> Math {
        partial(&self.lesson.root(self.now), &self.y(element))
    }

    /// The number of that.
    pub fn upstream_number(&self, element: usize) -> Math {
        let shown = &self.now.scene.nodes[self.place];
        let value = self.now.arena.get(shown.gradient + element);
        number(value, shown.backward <= self.step, As::Gradient)
    }

    /// Lights up elements of an operand where they are drawn.
    pub fn light(&self, slot: usize, elements: impl IntoIterator<Item = usize>, told: &mut Told) {
        let operand = &self.operands[slot];
        let (graph, scene) = (self.graph(), self.now.scene);
        let Some(wire) = operand.wire else {
            return;
        };
        let Some((place, _)) = self.lesson.drawn_from(self.now, wire) else {
            return;
        };
        // Of a closed box that carries more than it shows nothing is drawn.
        if scene.graph_node(place) != scene.outline().threads[wire].node {
            return;
        }
        let elements = elements.into_iter();
        let carried = elements.filter_map(|element| operand.down(graph, element));
        told.light(place, Side::Value, carried.map(|carried| carried.element));
    }

    /// Marks the wires of an operand.
    pub fn carry(&self, slot: usize, told: &mut Told) {
        let wire = self.operands[slot].wire;
        let wires = wire.and_then(|wire| self.lesson.drawn_from(self.now, wire));
        for wire in wires.into_iter().flat_map(|(_, wires)| wires) {
            told.carry(wire);
        }
    }
}

impl Lesson {
    /// The node whose value comes along a wire, before any copy, and the wires on the way.
    pub(super) fn drawn_from(&self, now: Now<'_>, wire: usize) -> Option<(usize, Vec<usize>)> {
        let scene = now.scene;
        let from = scene.wires.get(wire)?.from;
        if scene.nodes[from].kind == Kind::Copy
            && let Some(&before) = self.into[from].first()
        {
            return Some((scene.wires[before].from, vec![wire, before]));
        }
        Some((from, vec![wire]))
    }
}

impl<'a> Operand<'a> {
    fn new(
        lesson: &Lesson,
        now: Now<'a>,
        gate: NodeId,
        slot: usize,
        wire: Option<usize>,
        step: usize,
    ) -> Self {
        let graph = &now.model.program.graph;
        let node = graph.operand(gate, slot);
        let values = values(now, node);
        let Some(at) = wire else {
            return Self {
                node,
                way: Vec::new(),
                wire: None,
                name: lesson.names.operand(graph, node),
                shape: &[],
                values,
                known: true,
            };
        };
        let carried = now.scene.outline().threads[at].node;
        let from = &now.scene.nodes[now.scene.wires[at].from];
        Self {
            node,
            way: way(graph, gate, slot, carried),
            wire,
            name: lesson.names.of_wire(now.scene, at).clone(),
            shape: graph.shape(carried),
            values,
            known: from.forward <= step,
        }
    }

    /// The element of what the wire carries that an element of the operand is.
    pub fn down(&self, graph: &Graph, mut element: usize) -> Option<Carried> {
        let mut class = None;
        for &gate in &self.way {
            if graph.node(gate).op == Op::OneHot {
                let classes = graph.shape(gate).last().copied().unwrap_or(1).max(1);
                class = Some(element % classes);
                element /= classes;
                continue;
            }
            match source(graph, gate, element)? {
                Source::From(_, from) => element = from,
                Source::Zero => return None,
            }
        }
        Some(Carried { element, class })
    }

    /// The elements of the operand that an element of what the wire carries becomes.
    pub fn up(&self, graph: &Graph, element: usize) -> Vec<usize> {
        let mut found = vec![element];
        for &gate in self.way.iter().rev() {
            let on = |&element: &usize| targets(graph, gate, 0, element).unwrap_or_default();
            found = found.iter().flat_map(on).collect();
        }
        found
    }

    /// Whether it is rows with a 1 at a class each.
    pub fn is_one_hot(&self, graph: &Graph) -> bool {
        self.way
            .iter()
            .any(|&gate| graph.node(gate).op == Op::OneHot)
    }

    /// The gates on the way of its wire, from the operand back.
    pub fn way(&self) -> &[NodeId] {
        &self.way
    }

    fn written(&self, graph: &Graph, element: usize) -> Math {
        let found = self.down(graph, element);
        let number = || number(self.values.get(element), true, As::Value);
        let Some(Carried { element, class }) = found else {
            return number();
        };
        // A number is its own name.
        if matches!(self.name, Math::Num { .. } | Math::Text { .. }) {
            return number();
        }
        let name = math::at(&self.name, &subscripts(self.shape, element));
        match class {
            None => name,
            Some(class) => {
                let class = math::num(class as f64, As::Plain);
                fence("[", row(vec![name, op("="), class]), "]")
            }
        }
    }

    /// The name of all that the wire carries, and the subscripts of an element there.
    pub fn place(&self, graph: &Graph, element: usize) -> (Math, Vec<usize>) {
        let found = self.down(graph, element);
        let at = found.map(|found| subscripts(self.shape, found.element));
        (self.name.clone(), at.unwrap_or_default())
    }
}

/// A node's value.
fn values(now: Now<'_>, node: NodeId) -> &[f64] {
    let start = now.model.plan.offset(node);
    let found = now.arena.get(start..start + now.model.elements(node));
    found.unwrap_or_default()
}
