//! One element of a value or of a gradient: where its number comes from.
//!
//! Asked at every move of a pointer, so nothing is formed that is larger than what is
//! told: the places come from shapes and the kind of the gate, the numbers from the arena.

mod backward;
mod forward;
mod gate;
mod local;
mod places;
mod read;
mod rows;
mod terms;

use super::card::line;
use super::math::{self, As, Math, op, partial, row, text};
use super::{Lesson, Line, Now};
use crate::scene::Kind;
use crate::shape::subscripts;
use crate::sort;
use serde::Serialize;

/// Which of a node's two tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Its value.
    Value,
    /// The gradient of the output with respect to it.
    Gradient,
}

/// Elements that light up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lit {
    /// Index of a node of the scene.
    pub node: usize,
    /// Which of its tensors.
    pub side: Side,
    /// Places in it, row-major, ascending.
    pub elements: Vec<usize>,
}

/// Where the number of one element comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Element {
    /// `y[0, 1] = −1`.
    pub title: Math,
    /// The title, to be spoken.
    pub text: String,
    /// The arithmetic that made it, in names, then in numbers; of a gradient that comes along
    /// several ways their sum, then each contribution.
    pub lines: Vec<Line>,
    /// What it was made of, and itself.
    pub lit: Vec<Lit>,
    /// Indices of the wires that what it was made of came along.
    pub wires: Vec<usize>,
}

impl Lesson {
    /// Where an element's number comes from; none if there is no such element.
    pub fn element(
        &mut self,
        now: Now<'_>,
        node: usize,
        side: Side,
        element: usize,
        step: usize,
    ) -> Option<Element> {
        let shown = now.scene.nodes.get(node)?;
        if element >= shown.shape.iter().product() {
            return None;
        }
        let mut told = Told::default();
        told.light(node, side, [element]);
        let name = math::at(self.names.of(node), &subscripts(&shown.shape, element));
        let title = match side {
            Side::Value => {
                self.tell_value(now, node, element, step, &mut told);
                let known = shown.forward <= step;
                let value = now.arena.get(shown.value + element);
                row(vec![name, op("="), number(value, known, As::Value)])
            }
            Side::Gradient => {
                self.tell_gradient(now, node, element, step, &mut told);
                let known = shown.backward <= step;
                let value = now.arena.get(shown.gradient + element);
                let symbol = partial(&self.root(now), &name);
                row(vec![symbol, op("="), number(value, known, As::Gradient)])
            }
        };
        Some(told.finish(title))
    }

    /// Where an element of a value comes from.
    fn tell_value(&self, now: Now<'_>, node: usize, element: usize, step: usize, told: &mut Told) {
        let shown = &now.scene.nodes[node];
        match shown.kind {
            Kind::Input => told.say("an input: its value is given"),
            Kind::Constant => told.say("a constant: its value is given"),
            Kind::Copy | Kind::End => {
                for &wire in &self.into[node] {
                    told.carry(wire);
                    told.light(now.scene.wires[wire].from, Side::Value, [element]);
                }
                if shown.kind == Kind::Copy {
                    told.say(format!("copied: it goes to {} uses", self.out[node].len()));
                }
            }
            Kind::Box => {
                self.into[node].iter().for_each(|&wire| told.carry(wire));
                told.say(format!(
                    "computed within {}, which is closed: open it to see how",
                    shown.symbol
                ));
            }
            Kind::Gate => gate::Gate::new(self, now, node, step).tell(element, told),
        }
    }
}

/// A number, or a blank where it is not computed yet.
fn number(value: Option<&f64>, known: bool, role: As) -> Math {
    let value = value.filter(|_| known);
    value.map_or(math::blank(role), |&value| math::num(value, role))
}

/// What is told of one element, as it is gathered.
#[derive(Default)]
struct Told {
    lines: Vec<Line>,
    lit: Vec<Lit>,
    wires: Vec<usize>,
}

impl Told {
    /// Lights up elements of a node.
    fn light(&mut self, node: usize, side: Side, elements: impl IntoIterator<Item = usize>) {
        let known = self
            .lit
            .iter()
            .position(|lit| lit.node == node && lit.side == side);
        let at = known.unwrap_or_else(|| {
            let elements = Vec::new();
            self.lit.push(Lit {
                node,
                side,
                elements,
            });
            self.lit.len() - 1
        });
        self.lit[at].elements.extend(elements);
    }

    /// Says that something came along a wire.
    fn carry(&mut self, wire: usize) {
        self.wires.push(wire);
    }

    /// Adds a line of mathematics.
    fn write(&mut self, math: Math) {
        self.lines.push(line(math, Vec::new(), Vec::new()));
    }

    /// Adds a line of words.
    fn say(&mut self, words: impl Into<String>) {
        self.write(text(words));
    }

    fn finish(mut self, title: Math) -> Element {
        for lit in &mut self.lit {
            sort::ascending(&mut lit.elements);
            lit.elements.dedup();
        }
        self.lit.retain(|lit| !lit.elements.is_empty());
        sort::ascending(&mut self.wires);
        self.wires.dedup();
        Element {
            text: title.spoken(),
            title,
            lines: self.lines,
            lit: self.lit,
            wires: self.wires,
        }
    }
}
