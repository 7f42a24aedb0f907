//! Which groups of a program are drawn, and which of them are closed.

use super::excess::MAX_DRAWN;
use super::keys::{Keys, mirror, origin, title};
use super::outline::{Block, common};
use super::{Source, View};
use crate::graph::NodeId;
use crate::lower::program::Made;

/// The groups that are drawn.
pub struct Groups {
    /// Those that are open.
    pub blocks: Vec<Block>,
    homes: Vec<Home>,
}

/// Where what is in a group is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Home {
    /// The closed group that is drawn in its place.
    pub closed: Option<u32>,
    /// The innermost open group: an index into the blocks.
    pub block: Option<usize>,
}

impl Groups {
    /// The groups of a program with these drawn gates; none where they are too many.
    ///
    /// Not drawn are calls without gates, turns of a loop of one gate, and a group
    /// that has no more than the one around it, but for a call in a turn. With a view
    /// comes whether what it does not have open is closed.
    pub fn new(
        source: Source<'_>,
        gates: &[NodeId],
        view: Option<(&View, bool)>,
        keys: &mut Keys<'_>,
    ) -> Option<Self> {
        let program = source.program;
        let before = |at: u32| gates.partition_point(|gate| gate.index() < at as usize);
        let mut found = Self {
            blocks: Vec::new(),
            homes: Vec::with_capacity(program.groups.len()),
        };
        // Of each group the innermost one that is drawn: which it is, and its gates.
        let mut drawn: Vec<Option<(u32, usize)>> = Vec::with_capacity(program.groups.len());
        let mut count = 0;
        for (at, group) in program.groups.iter().enumerate() {
            let around = group.parent.and_then(|parent| drawn[parent as usize]);
            let mut home = found.home(group.parent);
            let inside = before(group.nodes.end) - before(group.nodes.start);
            let least = match group.made {
                Made::Turn { .. } => 2,
                _ => 1,
            };
            let same = around.filter(|&(_, gates)| gates == inside);
            let made_around = same.map(|(around, _)| program.groups[around as usize].made);
            let again = match (made_around, group.made) {
                (_, Made::Composite(_)) => false,
                _ if program.is_closed(at as u32) => false,
                (Some(Made::Turn { .. }), Made::Call(_)) => false,
                (around, _) => around.is_some(),
            };
            if inside < least || again {
                drawn.push(around);
                found.homes.push(home);
                continue;
            }
            drawn.push(Some((at as u32, inside)));
            if home.closed.is_none() {
                count += 1;
                if count > MAX_DRAWN {
                    return None;
                }
                let (first, passes) = origin(program, at as u32);
                let opened = match program.groups[first as usize].made {
                    Made::Composite(which) => source.opened.get(which as usize),
                    _ => None,
                };
                let key = opened.map_or_else(
                    || keys.group(at as u32),
                    |gate| {
                        let mut key = gate.key.clone();
                        passes.iter().rev().for_each(|&pass| mirror(&mut key, pass));
                        key
                    },
                );
                let is_open = |(view, shut): (&View, bool)| {
                    // What goes back through a closed group is closed too.
                    let shut = match group.made {
                        Made::Mirror { of, .. } => found.homes[of as usize].closed.is_some(),
                        _ => shut || program.is_closed(at as u32),
                    };
                    opened.is_some() && passes.is_empty()
                        || !view.closed.contains(&key) && (!shut || view.open.contains(&key))
                };
                if view.is_none_or(is_open) {
                    let of = |gate: &super::Opened| {
                        let mut title = gate.op.info().name.replace('_', " ");
                        title.extend(passes.iter().map(|_| '′'));
                        title
                    };
                    found.blocks.push(Block {
                        title: opened.map_or_else(|| title(program, at as u32), of),
                        key,
                        made: group.made,
                        parent: home.block,
                    });
                    home.block = Some(found.blocks.len() - 1);
                } else {
                    home.closed = Some(at as u32);
                }
            }
            found.homes.push(home);
        }
        Some(found)
    }

    /// Where what is in a group is drawn, or what is in none.
    pub fn home(&self, group: Option<u32>) -> Home {
        group.map_or_else(Home::default, |group| self.homes[group as usize])
    }

    /// The innermost block that all of some are in.
    pub fn common(&self, of: impl IntoIterator<Item = Option<usize>>) -> Option<usize> {
        common(&self.blocks, of)
    }
}
