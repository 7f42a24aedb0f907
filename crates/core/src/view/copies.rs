//! Copy gates at every fan-out, and blocks that hold nothing.

use super::outline::{Outline, Thread, Unit, What, common};
use crate::graph::{EdgeId, NodeId};
use crate::sort;
use rustc_hash::FxHashMap;

impl Outline {
    /// Puts a copy gate behind every value that goes to several uses.
    pub(super) fn copy(&mut self) {
        let mut uses: FxHashMap<(usize, NodeId), usize> = FxHashMap::default();
        for thread in &self.threads {
            *uses.entry((thread.from, thread.node)).or_default() += 1;
        }
        let mut copied: Vec<(usize, NodeId)> =
            uses.into_iter().filter(|u| u.1 > 1).map(|u| u.0).collect();
        sort::ascending(&mut copied);
        // The new places: each copy directly behind what it copies.
        let mut now = Vec::with_capacity(self.units.len());
        let mut copies: FxHashMap<(usize, NodeId), usize> = FxHashMap::default();
        let mut units = Vec::with_capacity(self.units.len() + copied.len());
        let mut next = copied.into_iter().peekable();
        let old = std::mem::take(&mut self.units);
        for (at, unit) in old.into_iter().enumerate() {
            now.push(units.len());
            let key = unit.key.clone();
            units.push(unit);
            // A closed group can have several outputs.
            let mut which = String::new();
            while let Some((_, node)) = next.next_if(|copy| copy.0 == at) {
                copies.insert((at, node), units.len());
                units.push(Unit {
                    what: What::Copy,
                    node,
                    key: format!("{key}:copy{which}"),
                    block: None,
                    opens: false,
                    gradient: None,
                });
                which = (units.len() - now[at]).to_string();
            }
        }
        let mut threads: Vec<Thread> = Vec::with_capacity(self.threads.len() + copies.len());
        let mut blocks: FxHashMap<usize, Vec<Option<usize>>> = FxHashMap::default();
        // The uses beyond each copy; none where one of them is the open end.
        let mut beyond: FxHashMap<usize, Option<Vec<EdgeId>>> = FxHashMap::default();
        for mut thread in std::mem::take(&mut self.threads) {
            let copy = copies.get(&(thread.from, thread.node));
            thread.to = thread.to.map(|to| now[to]);
            thread.from = copy.copied().unwrap_or(now[thread.from]);
            if let Some(&copy) = copy {
                let block = thread.to.and_then(|to| units[to].block);
                blocks.entry(copy).or_default().push(block);
                let edges = beyond.entry(copy).or_insert_with(|| Some(Vec::new()));
                match edges {
                    Some(edges) if thread.to.is_some() => edges.extend(&thread.edges),
                    edges => *edges = None,
                }
            }
            threads.push(thread);
        }
        for (&(from, node), &copy) in &copies {
            let used = blocks.remove(&copy).unwrap_or_default();
            units[copy].block = common(&self.blocks, used);
            threads.push(Thread {
                from: now[from],
                to: Some(copy),
                operand: 0,
                node,
                edges: {
                    let mut edges = beyond.remove(&copy).flatten().unwrap_or_default();
                    edges.sort_unstable();
                    edges
                },
                gradient: None,
            });
        }
        threads.sort_by_key(|thread| (thread.to.unwrap_or(usize::MAX), thread.operand));
        self.output = now[self.output];
        for unit in self.folds.iter_mut().flatten() {
            *unit = now[*unit];
        }
        self.units = units;
        self.threads = threads;
    }

    /// Leaves out blocks in which nothing is drawn.
    pub(super) fn drop_empty_blocks(&mut self) {
        let mut holds = vec![false; self.blocks.len()];
        for block in self.units.iter().filter_map(|unit| unit.block) {
            holds[block] = true;
        }
        for at in (0..self.blocks.len()).rev() {
            if let Some(parent) = self.blocks[at].parent.filter(|_| holds[at]) {
                holds[parent] = true;
            }
        }
        let mut now = Vec::with_capacity(holds.len());
        let mut count = 0;
        for &holds in &holds {
            now.push(count);
            count += usize::from(holds);
        }
        let mut held = holds.iter();
        self.blocks.retain(|_| held.next() == Some(&true));
        let parents = self.blocks.iter_mut().map(|block| &mut block.parent);
        let units = self.units.iter_mut().map(|unit| &mut unit.block);
        for block in parents.chain(units).flatten() {
            *block = now[*block];
        }
    }
}
