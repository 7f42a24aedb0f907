//! Columns: how far to the right each rectangle stands.
//!
//! Longest paths from the left, then tightening. Sources stand either all in the
//! leftmost column, or each near its use.

use super::lists::Lists;
use super::net::Wire;

/// How many columns more the wires may pass, for each source, for the sake of
/// having all sources at the left.
const PIN_PER_SOURCE: usize = 4;

/// Columns for items, of which some are `large`: with the sources at the left, if that does
/// not draw the wires out too far, and with the sources near their uses, if that
/// is different. `edges` of a frame's inside stand at its sides: its first items,
/// where wires enter it, and its last, where they leave.
///
/// Every wire leads at least one column to the right, and no column is empty.
pub(super) fn columns(large: &[bool], wires: &[Wire], edges: Edges) -> Vec<Vec<usize>> {
    let count = large.len();
    let graph = Ends::new(large, wires);
    let entry = |node: usize| node < edges.entries;
    let entries: Vec<bool> = (0..count).map(entry).collect();
    let sources: Vec<bool> = graph.ins.iter().map(<[usize]>::is_empty).collect();
    let pinned = graph.tighten(&sources);
    let free = graph.tighten(&entries);
    let allowed = PIN_PER_SOURCE * sources.iter().filter(|&&source| source).count();
    let mut columns = Vec::with_capacity(2);
    if edges.entries + edges.exits == 0
        && dummies(&pinned, wires) <= dummies(&free, wires) + allowed
    {
        columns.push(pinned);
    }
    if columns.first() != Some(&free) {
        columns.push(free);
    }
    for ranks in &mut columns {
        let last = ranks.iter().max().copied().unwrap_or(0);
        ranks[count - edges.exits..].fill(last);
        close_up(ranks);
    }
    columns
}

/// How many items stand at the left side of a frame, and at its right side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Edges {
    pub entries: usize,
    pub exits: usize,
}

/// How many columns the wires pass through on their way.
fn dummies(ranks: &[usize], wires: &[Wire]) -> usize {
    wires
        .iter()
        .map(|wire| ranks[wire.to] - ranks[wire.from] - 1)
        .sum()
}

/// Takes out the columns in which nothing stands.
fn close_up(ranks: &mut [usize]) {
    let length = ranks.iter().max().map_or(0, |last| last + 1);
    let mut used = vec![false; length];
    for &rank in ranks.iter() {
        used[rank] = true;
    }
    let mut renamed = vec![0; length];
    let mut next = 0;
    for (rank, used) in used.into_iter().enumerate() {
        renamed[rank] = next;
        next += usize::from(used);
    }
    for rank in ranks {
        *rank = renamed[*rank];
    }
}

/// The other ends of each rectangle's wires.
struct Ends<'a> {
    ins: Lists<usize>,
    outs: Lists<usize>,
    large: &'a [bool],
}

impl<'a> Ends<'a> {
    fn new(large: &'a [bool], wires: &[Wire]) -> Self {
        let count = large.len();
        let (from, to): (Vec<usize>, Vec<usize>) =
            wires.iter().map(|wire| (wire.from, wire.to)).unzip();
        Self {
            ins: Lists::group(count, &to).of(&from),
            outs: Lists::group(count, &from).of(&to),
            large,
        }
    }

    /// Longest paths from the left, then every rectangle moves right to its
    /// consumers where that shortens more wires than it stretches, counting
    /// with it the operands that would follow. Where it comes to the same, it
    /// moves if a source comes along: a term joins its sum one by one then.
    fn tighten(&self, pinned: &[bool]) -> Vec<usize> {
        let count = self.ins.len();
        let free = |node: usize| self.ins[node].is_empty() && !pinned[node];
        // A gate with a source of its own stands one column further from nodes
        // that fan out, so that the source fits in between the fan's wires, and
        // from large ones, beside which it would be far away.
        let own = |to: usize| {
            let mut operands = self.ins[to].iter();
            operands.any(|&from| free(from) && self.outs[from].len() == 1)
        };
        let owns: Vec<bool> = (0..count).map(own).collect();
        let span = |from: usize, to: usize| {
            if owns[to] && (self.outs[from].len() > 1 || self.large[from]) {
                2
            } else {
                1
            }
        };
        let mut ranks = vec![0; count];
        // How many wires get longer, at best, when the rectangle moves right,
        // and whether it takes a source with it.
        let mut drag = vec![0; count];
        let mut takes: Vec<bool> = (0..count).map(free).collect();
        for node in 0..count {
            for &operand in &self.ins[node] {
                ranks[node] = ranks[node].max(ranks[operand] + span(operand, node));
                if pinned[operand] || self.outs[operand].len() > 1 {
                    drag[node] += 1;
                } else {
                    drag[node] += drag[operand].min(1);
                    takes[node] |= takes[operand];
                }
            }
        }
        for node in (0..count).rev() {
            let shorter = self.outs[node].len();
            let gains = shorter > drag[node] || (shorter == drag[node] && takes[node]);
            if pinned[node] || !gains {
                continue;
            }
            let nearest = self.outs[node].iter().map(|&to| ranks[to] - span(node, to));
            ranks[node] = nearest.min().unwrap_or(ranks[node]);
        }
        ranks
    }
}
