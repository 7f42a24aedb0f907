//! What is said of copies, and of closed boxes, whose inside is not drawn.

use super::math::{Math, joined, op, parens, row, text};
use super::{Lesson, Now};
use crate::scene::Kind;

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
        let from = self.into[place].iter().map(|&wire| {
            let from = now.scene.wires[wire].from;
            self.names.of(from).clone()
        });
        let operands = row(joined(from, &op(",")));
        let called = vec![text(node.symbol.clone()), parens(operands)];
        let mut pieces = vec![name, row(called)];
        pieces.push(value);
        row(joined(pieces, &op("=")))
    }

    /// `∂f/∂x = 4 + 2 = 6` of the wire into a copy; of one into a closed box the
    /// gradient that comes back through all of it.
    pub(super) fn chain_whole(&self, now: Now<'_>, wire: usize, step: usize) -> Math {
        let at = &now.scene.wires[wire];
        match at.to {
            Some(copy) if now.scene.nodes[copy].kind == Kind::Copy => self.total(now, copy, step),
            _ => {
                let pieces = [self.part(now, wire), Self::share(now, wire, step)];
                row(joined(pieces, &op("=")))
            }
        }
    }
}
