//! Room for the labels of wires: columns of their own between the columns.
//!
//! Every step through a gap in which a label stands gets a stand-in there, as
//! high as its label. So a label keeps its distance from other labels and from
//! the wires that pass, by the same means as everything else in a column.

use super::Size;
use super::crossings::Ranks;
use super::lists::Lists;
use super::net::{Net, Port, Step, Wire};
use crate::sort;

/// A net in which labels have their places.
pub(super) struct Labelled {
    pub net: Net,
    /// The room that the label at each node takes: none at most.
    pub room: Vec<Size>,
    /// The node at which the label of each wire stands.
    pub at: Vec<Option<usize>>,
}

/// Adds the columns of the labels to an ordered net. In them wires stand in the
/// order in which they arrive, so that they cross before their labels and
/// nowhere else than without them.
pub(super) fn labelled(net: &Net, wires: &[Wire]) -> Labelled {
    // The label of each step, and whose.
    let mut labels: Vec<Option<usize>> = vec![None; net.steps.len()];
    let mut open = vec![false; net.order.len() + 1];
    for (index, (wire, path)) in wires.iter().zip(net.paths.iter()).enumerate() {
        let step = if wire.early {
            path.first()
        } else {
            path.last()
        };
        if let (Some(&step), true) = (step, wire.label.height > 0.0) {
            labels[step] = Some(index);
            open[net.column[net.steps[step].right]] = true;
        }
    }
    // How many columns of labels stand left of each column.
    let mut before = Vec::with_capacity(open.len());
    let mut count = 0;
    for open in &open {
        count += usize::from(*open);
        before.push(count);
    }

    let ranks = Ranks::new(net);
    let mut column: Vec<usize> = net.column.iter().map(|&at| at + before[at]).collect();
    let mut room = vec![Size::NONE; net.column.len()];
    let mut at = vec![None; wires.len()];
    let mut steps = Vec::with_capacity(2 * net.steps.len());
    // The first of the steps that each step became, and how many these are.
    let mut became = Vec::with_capacity(net.steps.len());
    // The stand-ins of each gap, with what they are ordered by.
    let mut gaps: Vec<Vec<([u64; 2], usize)>> = vec![Vec::new(); open.len()];
    for (&step, label) in net.steps.iter().zip(&labels) {
        let Step {
            left,
            right,
            exit,
            entry,
        } = step;
        let gap = net.column[right];
        if !open[gap] {
            became.push((steps.len(), 1));
            steps.push(step);
            continue;
        }
        let middle = column.len();
        column.push(column[right] - 1);
        room.push(label.map_or(Size::NONE, |wire| wires[wire].label));
        if let Some(wire) = *label {
            at[wire] = Some(middle);
        }
        let key = |node, slot: u32| ((ranks[node] as u64) << 32) | u64::from(slot);
        let keys = [key(right, entry.slot.rank), key(left, exit.slot.rank)];
        gaps[gap].push((keys, middle));
        became.push((steps.len(), 2));
        steps.push(Step {
            left,
            right: middle,
            exit,
            entry: Port::CENTRE,
        });
        steps.push(Step {
            left: middle,
            right,
            exit: Port::CENTRE,
            entry,
        });
    }
    let mut order = Lists::default();
    for (gap, stand_ins) in gaps.iter_mut().enumerate() {
        if open[gap] {
            sort::ascending(stand_ins);
            order.push(stand_ins.iter().map(|&(_, node)| node));
        }
        if gap < net.order.len() {
            order.push(net.order[gap].iter().copied());
        }
    }
    let mut paths = Lists::default();
    for path in net.paths.iter() {
        paths.push(path.iter().flat_map(|&step| {
            let (first, count) = became[step];
            first..first + count
        }));
    }
    Labelled {
        net: Net::of(net.real, column, order, steps, paths),
        room,
        at,
    }
}
