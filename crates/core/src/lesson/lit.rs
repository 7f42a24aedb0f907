//! What lights up with a local gradient slice.

use super::element::{Lit, Side};
use super::{Lesson, Now};
use crate::definition::expr::Expr;
use crate::definition::rule::{Rule, rule};
use crate::modes::column::Sparse;
use crate::op::Op;
use crate::shape::{flat, subscripts};
use crate::sort;

impl Lesson {
    /// The elements that the slice is made of, those of the upstream gradient that it
    /// meets, and the one of the downstream gradient that comes of it.
    pub(super) fn lit_by_slice(
        &self,
        now: Now<'_>,
        wire: usize,
        element: usize,
        shown: &Sparse,
    ) -> Vec<Lit> {
        let at = &now.scene.wires[wire];
        let Some(to) = at.to else {
            return Vec::new();
        };
        let places: Vec<usize> = shown.iter().map(|entry| entry.0).collect();
        let mut lit = self.read_by_slice(now, wire, &places, element);
        lit.push(Lit {
            node: to,
            side: Side::Gradient,
            elements: places,
        });
        // Of a box's other values there is no picture.
        if at.value == now.scene.nodes[at.from].value {
            lit.push(Lit {
                node: at.from,
                side: Side::Gradient,
                elements: vec![element],
            });
        }
        lit.retain(|lit| !lit.elements.is_empty());
        lit
    }

    /// The values that the local derivative reads.
    fn read_by_slice(
        &self,
        now: Now<'_>,
        wire: usize,
        places: &[usize],
        element: usize,
    ) -> Vec<Lit> {
        let graph = &now.model.program.graph;
        let at = &now.scene.wires[wire];
        let (Some((gate, slot)), Some(to)) = (Self::gate_of(now, wire), at.to) else {
            return Vec::new();
        };
        // Places of an operand of the gate, as places in what is drawn.
        let drawn = |operand: usize, elements: &mut dyn Iterator<Item = usize>| {
            let operand = graph.operand(gate, operand);
            let mut node = None;
            let mut found = Vec::new();
            for element in elements {
                let (place, element) = self.names.source(graph, operand, element)?;
                node = Some(place);
                found.push(element);
            }
            sort::ascending(&mut found);
            found.dedup();
            Some(Lit {
                node: node?,
                side: Side::Value,
                elements: found,
            })
        };
        if graph.node(gate).op == Op::Matmul {
            let shapes = [slot, 1 - slot].map(|slot| graph.shape(graph.operand(gate, slot)));
            let entries = places.iter().map(|&at| subscripts(graph.shape(gate), at));
            let found = factor_elements(shapes, slot, entries, element);
            let copied = !Self::spread_axes(now, wire).is_empty();
            return drawn(1 - slot, &mut found.into_iter())
                .filter(|_| !copied)
                .into_iter()
                .collect();
        }
        let mut lit = Vec::new();
        let formula = match rule(graph, gate, slot) {
            Rule::Times(local) | Rule::Spread(_, local) | Rule::Whole(local) => local,
            Rule::Zero => return lit,
        };
        let (mut slots, mut reads_value) = (vec![false; graph.arity(gate)], false);
        reads(&formula, &mut slots, &mut reads_value);
        let elementwise = graph.shape(graph.operand(gate, slot)) == graph.shape(gate);
        for (other, _) in slots.iter().enumerate().filter(|read| *read.1) {
            let found = if elementwise {
                drawn(other, &mut places.iter().copied())
            } else if other == slot {
                drawn(other, &mut [element].into_iter())
            } else {
                None
            };
            lit.extend(found);
        }
        if reads_value {
            lit.push(Lit {
                node: to,
                side: Side::Value,
                elements: places.to_vec(),
            });
        }
        lit
    }
}

/// The elements of the other factor that a column of a product's Jacobian repeats, by the
/// places of its entries in the product.
fn factor_elements(
    [own, other]: [&[usize]; 2],
    slot: usize,
    places: impl Iterator<Item = Vec<usize>>,
    element: usize,
) -> Vec<usize> {
    let inner = subscripts(own, element);
    let Some(first) = own.len().checked_sub(2) else {
        return Vec::new();
    };
    let all = places.map(|mut at| {
        // y[r, c] of x[r, k] has w[k, c]; of w[k, c] it has x[r, k].
        match slot {
            0 => at[first] = inner[first + 1],
            _ => at[first + 1] = inner[first],
        }
        flat(other, at)
    });
    all.collect()
}

/// Which operands a formula reads, and whether it reads the gate's value.
fn reads(formula: &Expr, slots: &mut [bool], value: &mut bool) {
    match formula {
        Expr::X(slot) => slots
            .iter_mut()
            .skip(*slot)
            .take(1)
            .for_each(|read| *read = true),
        Expr::Y => *value = true,
        other => {
            for part in other.parts() {
                reads(part, slots, value);
            }
        }
    }
}
