//! What is said of the gates of a backward pass that is drawn.

use super::card::{finished, line, section, words};
use super::math::{op, row};
use super::{About, Card, Lesson, Now};
use crate::scene::Kind;

impl Lesson {
    /// The card of a gate of the backward pass: what it computes, and for the gradient of
    /// what.
    pub(super) fn card_behind(&self, now: Now<'_>, node: usize, step: usize) -> Card {
        let shown = &now.scene.nodes[node];
        let base = node
            == now
                .scene
                .outline()
                .units
                .iter()
                .position(|unit| unit.node == now.model.gradient.seed)
                .unwrap_or(usize::MAX);
        let name = self.names.of(node).clone();
        let value = Self::value(now, node, step);
        let is_given = matches!(shown.kind, Kind::Input | Kind::Constant | Kind::End);
        let said = if is_given || Self::is_whole(now, node) {
            row(vec![name, op("="), value])
        } else {
            self.forward(now, node, step)
        };
        let into = self.into[node].clone();
        let lit: Vec<usize> = [node].into_iter().chain(shown.origin).collect();
        let serves = shown.origin.map(|origin| {
            let of = self.names.of(origin).plain();
            let text = if base {
                format!("the base case: the upstream gradient of {of}")
            } else if shown.kind == Kind::Box {
                format!("the backward pass through {of}")
            } else if shown.name.is_some() {
                format!("the gradient with respect to {of}")
            } else {
                format!("a part of the gradient with respect to {of}")
            };
            words(text, lit.clone())
        });
        let sections = [
            section(
                About::Chain,
                "In the backward pass",
                vec![line(said, lit.clone(), into)],
            ),
            section(About::Role, "What it is for", serves.into_iter().collect()),
        ];
        let title = if is_given {
            self.names.of(node).clone()
        } else {
            self.title(now, node)
        };
        let subtitle = format!("{}, of the backward pass", Self::subtitle(now, node));
        finished(title, subtitle, sections)
    }
}
