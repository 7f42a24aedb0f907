//! The groups of a backward pass: what goes back through a call or a turn of a loop
//! stands together, as its gates do.

use super::program::{Group, Made};
use crate::graph::NodeId;
use std::cmp::Reverse;
use std::ops::Range;

/// Where the gates of each node's backward step begin.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// The node, and how many nodes the graph had before: latest nodes first.
    starts: Vec<(NodeId, u32)>,
    /// How many nodes it had in the end.
    end: u32,
}

impl Steps {
    /// Takes down where a node's step begins; later nodes come first.
    pub fn begin(&mut self, node: NodeId, start: usize) {
        self.starts.push((node, start as u32));
    }

    /// Takes down where the last one ends.
    pub fn end(&mut self, end: usize) {
        self.end = end as u32;
    }

    /// The node in whose step a gate was made.
    pub fn of(&self, gate: NodeId) -> Option<NodeId> {
        let at = gate.index() as u32;
        let behind = self.starts.partition_point(|&(_, start)| start <= at);
        let (node, _) = self.starts.get(behind.checked_sub(1)?)?;
        (at < self.end).then_some(*node)
    }

    /// What was made in the steps of some nodes.
    fn range(&self, nodes: &Range<u32>) -> Range<u32> {
        let starts = &self.starts;
        let before = |bound: u32| starts.partition_point(|(node, _)| node.index() as u32 >= bound);
        let place = |at: usize| starts.get(at).map_or(self.end, |&(_, start)| start);
        place(before(nodes.end))..place(before(nodes.start))
    }
}

/// The groups that a backward pass through groups makes, for each that `is_whole` holds
/// of: their indices follow those of the groups. `around` is the group that all of
/// them stand in, and `ordinal` says how many of the same group there were before.
pub fn mirrored(
    groups: &[Group],
    steps: &Steps,
    around: Option<u32>,
    is_whole: &dyn Fn(u32) -> bool,
    ordinal: &mut dyn FnMut(u32) -> u32,
) -> Vec<Group> {
    let all = (0..groups.len() as u32).filter(|&of| is_whole(of));
    let ranges = all.map(|of| (of, steps.range(&groups[of as usize].nodes)));
    let mut found: Vec<(u32, Range<u32>)> = ranges.filter(|(_, nodes)| !nodes.is_empty()).collect();
    found.sort_by_key(|(of, nodes)| (nodes.start, Reverse(nodes.end), *of));
    let mut place = vec![None; groups.len()];
    for (at, (of, _)) in found.iter().enumerate() {
        place[*of as usize] = Some((groups.len() + at) as u32);
    }
    let made = found.into_iter().map(|(of, nodes)| {
        let group = &groups[of as usize];
        let mut parent = group.parent;
        while let Some(outer) = parent
            && place[outer as usize].is_none()
        {
            parent = groups[outer as usize].parent;
        }
        Group {
            made: Made::Mirror {
                of,
                ordinal: ordinal(of),
            },
            parent: parent.and_then(|outer| place[outer as usize]).or(around),
            nodes,
            span: group.span,
        }
    });
    made.collect()
}
