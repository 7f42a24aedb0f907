//! What units are called: the value that a closed group shows, and keys.

use super::{Thread, Tracer, Unit, What};
use crate::graph::NodeId;
use crate::view::behind::{Served, bare, served};
use crate::view::core;
use crate::view::keys::Keys;

impl Tracer<'_> {
    /// Chooses the value that each closed group shows: the output's, else the last
    /// one that is used elsewhere, else the last one.
    pub(super) fn choose(&self, units: &mut [Unit], threads: &[Thread], unit_of: &[u32]) {
        let mut used = vec![None; units.len()];
        let own = |node: NodeId| node.index() < self.forward;
        for thread in threads {
            // What goes back reads other values of a box too.
            let to = thread.to.map_or(thread.node, |to| units[to].node);
            if own(to) == own(thread.node) {
                used[thread.from] = used[thread.from].max(Some(thread.node));
            }
        }
        for (&node, &unit) in self.drawn.iter().zip(unit_of) {
            let unit = unit as usize;
            if !matches!(units[unit].what, What::Group(_)) || self.graph.arity(node) == 0 {
                continue;
            }
            units[unit].node = used[unit].unwrap_or(node);
        }
        if let Some(thread) = threads.last().filter(|thread| thread.to.is_none()) {
            units[thread.from].node = thread.node;
        }
        // An input's gradient is what is sought.
        for input in self.program.inputs.iter().rev() {
            if let Some((_, gradient)) = self.behind
                && let Some(node) = gradient.of(input.node)
                && let node = bare(self.graph, node)
                && let Some(unit) = self.unit(unit_of, node)
                && units[unit].what != What::Node
            {
                units[unit].node = node;
            }
        }
    }

    /// Gives units their keys.
    pub(super) fn name(&self, units: &mut [Unit], unit_of: &[u32], keys: &mut Keys<'_>) {
        for unit in units.iter_mut() {
            if let What::Group(group) = unit.what {
                unit.key = keys.group(group);
            }
        }
        let own = |unit: &Unit| unit.what == What::Node && unit.node.index() < self.forward;
        if !self.source.keys.is_empty() {
            for unit in units.iter_mut().filter(|unit| own(unit)) {
                unit.key.clone_from(&self.source.keys[unit.node.index()]);
            }
            self.name_behind(units, unit_of, keys);
            return;
        }
        let drawn = self
            .drawn
            .iter()
            .take_while(|node| node.index() < self.forward);
        let nodes = drawn.map(|&node| (node, self.graph.node(core(self.graph, node)).op));
        let at = |node: NodeId| unit_of[self.shown[node.index()] as usize] as usize;
        for (node, key) in keys.nodes(nodes, |node| own(&units[at(node)])) {
            units[at(node)].key = key;
        }
        self.name_behind(units, unit_of, keys);
    }

    /// Gives the gates of the backward pass their keys, after those of what they serve.
    fn name_behind(&self, units: &mut [Unit], unit_of: &[u32], keys: &mut Keys<'_>) {
        let Some((_, gradient)) = self.behind else {
            return;
        };
        let mut served_keys = Served::default();
        // Each is shown as a derivative of the output.
        let output = self.program.output_name.as_ref().map_or(0, String::len);
        for at in 0..units.len() {
            let Unit { what, node, .. } = units[at];
            if let What::End(input) = what {
                let input = self.program.inputs[input as usize].node;
                let of = self
                    .unit(unit_of, input)
                    .map_or("", |unit| &units[unit].key);
                units[at].key = format!("∂{of}");
            }
            if what != What::Node {
                continue;
            }
            if node.index() < self.forward {
                // A number of an opened gate that only the backward pass needs as a wire.
                if units[at].key.is_empty() {
                    units[at].key = served_keys.key("", self.graph.node(node).op, false);
                }
                continue;
            }
            let of = served(self.graph, node);
            let is_gradient = of.is_some_and(|of| {
                let of = gradient.of(of);
                of.is_some_and(|of| bare(self.graph, of) == node)
            });
            let mut of = of.unwrap_or_default();
            while !self.is_shown(of) && self.graph.arity(of) > 0 {
                of = self.graph.operand(of, 0);
            }
            let of = self.unit(unit_of, of).map_or("", |unit| &units[unit].key);
            keys.count(output + of.len());
            if keys.are_long() {
                return;
            }
            units[at].key = served_keys.key(of, self.graph.node(node).op, is_gradient);
        }
    }
}
