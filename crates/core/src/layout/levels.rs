//! The picture taken apart: what stands in each frame, and which part of each
//! wire runs there.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::lists::Lists;
use super::{Asked, Link, Size};

/// What a level has places for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// Where wires from a rectangle outside enter the frame.
    Entry(usize),
    /// A rectangle.
    Rect(usize),
    /// A frame with all that is in it.
    Frame(usize),
    /// Where wires from a rectangle inside leave the frame.
    Exit(usize),
}

/// A part of one or more wires of one rectangle, within one level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Indices into the level's items.
    pub from: usize,
    pub to: usize,
    /// The rectangle where its wires begin.
    pub source: usize,
    /// Which operand it is, where it ends at a rectangle.
    pub operand: usize,
    /// The room of the label that stands on it.
    pub label: Size,
    /// Whether that stands at the part's beginning.
    pub early: bool,
}

/// The inside of one frame, or what stands in none.
#[derive(Clone, Debug, Default)]
pub(super) struct Level {
    /// Entries, then rectangles and frames, operands before what uses them, then exits.
    pub items: Vec<Item>,
    pub entries: usize,
    pub exits: usize,
    pub parts: Vec<Part>,
}

/// The whole picture.
pub(super) struct Levels {
    /// Level 0 is the outermost; the inside of frame `f` is level `f + 1`.
    pub all: Vec<Level>,
    /// The level that each frame stands in; none for frames that are not drawn.
    pub around: Vec<Option<usize>>,
    /// The level and the part there of each stretch of each link, from left to
    /// right; empty for links that cannot be drawn.
    pub paths: Lists<(usize, usize)>,
    /// The stretch of each link that has its label.
    pub labels: Vec<usize>,
}

/// Which level everything stands in.
struct Nest {
    /// The level that each level stands in; 0 in itself.
    outer: Vec<usize>,
    depth: Vec<usize>,
    /// The level of each rectangle.
    of: Vec<usize>,
}

impl Nest {
    fn new(asked: &Asked) -> Self {
        let known = |frame: Option<usize>, below: usize| {
            frame
                .filter(|&frame| frame < below)
                .map_or(0, |frame| frame + 1)
        };
        let mut outer = vec![0];
        for (index, frame) in asked.frames.iter().enumerate() {
            outer.push(known(frame.parent, index));
        }
        let of = (0..asked.sizes.len())
            .map(|rect| {
                known(
                    asked.frame_of.get(rect).copied().flatten(),
                    asked.frames.len(),
                )
            })
            .collect();
        let mut nest = Self {
            depth: Vec::new(),
            outer,
            of,
        };
        nest.measure();
        nest
    }

    fn measure(&mut self) {
        self.depth.clear();
        self.depth.push(0);
        for level in 1..self.outer.len() {
            self.depth.push(self.depth[self.outer[level]] + 1);
        }
    }

    /// The levels around two that are the first not to hold both, from each; and
    /// the one that does.
    fn meet(&self, mut a: usize, mut b: usize) -> (Option<usize>, Option<usize>, usize) {
        let (mut below_a, mut below_b) = (None, None);
        while a != b {
            if self.depth[a] >= self.depth[b] {
                below_a = Some(a);
                a = self.outer[a];
            } else {
                below_b = Some(b);
                b = self.outer[b];
            }
        }
        (below_a, below_b, a)
    }

    /// What stands for a rectangle in the level where two meet.
    fn item(rect: usize, below: Option<usize>) -> Item {
        below.map_or(Item::Rect(rect), |level| Item::Frame(level - 1))
    }

    /// Rectangles and frames of each level, operands before what uses them.
    ///
    /// A frame that one cannot enter and leave for good, since a wire leads out of
    /// it and back in, is dissolved: what it holds stands in the frame around it.
    fn sorted(&mut self, links: &[Link], drawn: &[usize]) -> Vec<Vec<Item>> {
        loop {
            let (rects, levels) = (self.of.len(), self.outer.len());
            // Rectangles, then frames by their levels.
            let index = |item: Item| match item {
                Item::Frame(frame) => rects + frame + 1,
                Item::Entry(rect) | Item::Rect(rect) | Item::Exit(rect) => rect,
            };
            // How many rectangles are in each level.
            let mut size = vec![0; levels];
            for &level in &self.of {
                size[level] += 1;
            }
            for level in (1..levels).rev() {
                size[self.outer[level]] += size[level];
            }
            // A frame comes where its first rectangle would.
            let mut first = vec![usize::MAX; levels];
            let mut used = vec![false; levels];
            for (rect, &level) in self.of.iter().enumerate() {
                let mut level = level;
                while !used[level] {
                    used[level] = true;
                    first[level] = rect;
                    level = self.outer[level];
                }
            }
            let (from, to): (Vec<usize>, Vec<usize>) = drawn
                .iter()
                .map(|&link| {
                    let Link { from, to, .. } = links[link];
                    let (a, b, _) = self.meet(self.of[from], self.of[to]);
                    (index(Self::item(from, a)), index(Self::item(to, b)))
                })
                .unzip();
            let outs = Lists::group(rects + levels, &from).of(&to);
            let mut waits = vec![0; rects + levels];
            for &to in &to {
                waits[to] += 1;
            }
            let key = |at: usize| Reverse((if at < rects { at } else { first[at - rects] }, at));
            let there =
                (0..rects).chain((1..levels).filter(|&level| used[level]).map(|l| rects + l));
            let mut ready: BinaryHeap<_> = there
                .clone()
                .filter(|&at| waits[at] == 0)
                .map(key)
                .collect();
            let mut items = vec![Vec::new(); levels];
            let mut done = vec![false; rects + levels];
            while let Some(Reverse((_, at))) = ready.pop() {
                done[at] = true;
                if at < rects {
                    items[self.of[at]].push(Item::Rect(at));
                } else {
                    items[self.outer[at - rects]].push(Item::Frame(at - rects - 1));
                }
                for &to in &outs[at] {
                    waits[to] -= 1;
                    if waits[to] == 0 {
                        ready.push(key(to));
                    }
                }
            }
            if there.clone().all(|at| done[at]) {
                return items;
            }
            // Only what stands in a circle or behind one is left; from the other
            // side, only what stands in one or between two.
            let mut held = vec![0; rects + levels];
            for (&from, &to) in from.iter().zip(&to) {
                held[from] += usize::from(!done[to]);
            }
            let ins = Lists::group(rects + levels, &to).of(&from);
            let mut loose: Vec<usize> = there.filter(|&at| !done[at] && held[at] == 0).collect();
            while let Some(at) = loose.pop() {
                done[at] = true;
                for &from in &ins[at] {
                    held[from] -= 1;
                    if held[from] == 0 && !done[from] {
                        loose.push(from);
                    }
                }
            }
            let stuck = (1..levels).filter(|&level| used[level] && !done[rects + level]);
            // The one with most in it, which is the likeliest to be torn.
            let Some(gone) = stuck.max_by_key(|&level| (size[level], Reverse(level))) else {
                return items;
            };
            let outer = self.outer[gone];
            for level in self.of.iter_mut().chain(&mut self.outer) {
                if *level == gone {
                    *level = outer;
                }
            }
            self.measure();
        }
    }
}

/// Takes the picture apart.
pub(super) fn levels(asked: &Asked) -> Levels {
    let links = asked.links;
    let drawn: Vec<usize> = (0..links.len())
        .filter(|&link| links[link].from < links[link].to && links[link].to < asked.sizes.len())
        .collect();
    let mut nest = Nest::new(asked);
    let inner = nest.sorted(links, &drawn);
    let mut around = vec![None; asked.frames.len()];
    for (level, items) in inner.iter().enumerate() {
        for item in items {
            if let &Item::Frame(frame) = item {
                around[frame] = Some(level);
            }
        }
    }

    let mut uses = vec![0; asked.sizes.len()];
    for &link in &drawn {
        uses[links[link].from] += 1;
    }
    let mut cut = Cut {
        parts: vec![Vec::new(); inner.len()],
        shared: FxHashMap::default(),
    };
    let mut paths = Lists::default();
    let mut labels = vec![0; links.len()];
    let mut drawn = drawn.into_iter().peekable();
    for (index, link) in links.iter().enumerate() {
        if drawn.next_if_eq(&index).is_none() {
            paths.push([]);
            continue;
        }
        let (from, to) = (nest.of[link.from], nest.of[link.to]);
        let (_, below, top) = nest.meet(from, to);
        let mut path = Vec::new();
        let mut item = Item::Rect(link.from);
        let mut level = from;
        while level != top {
            path.push(cut.part(level, item, Item::Exit(link.from), link));
            item = Item::Frame(level - 1);
            level = nest.outer[level];
        }
        // The levels from where they meet down to the target's.
        let mut down = vec![to];
        while down[down.len() - 1] != top {
            down.push(nest.outer[down[down.len() - 1]]);
        }
        debug_assert_eq!(down.iter().rev().nth(1).copied(), below);
        while let Some(level) = down.pop() {
            let target = down
                .last()
                .map_or(Item::Rect(link.to), |&next| Item::Frame(next - 1));
            path.push(cut.part(level, item, target, link));
            item = Item::Entry(link.from);
        }
        // Wires of one rectangle may run together at first; before their targets
        // each is alone.
        let early = uses[link.from] == 1;
        let stretch = if early { 0 } else { path.len() - 1 };
        let (level, part) = path[stretch];
        let part = &mut cut.parts[level][part].2;
        (part.label, part.early) = (link.label.sound(), early);
        labels[index] = stretch;
        paths.push(path);
    }

    let all = inner
        .into_iter()
        .zip(cut.parts)
        .map(|(inner, parts)| Level::new(inner, parts))
        .collect();
    Levels {
        all,
        around,
        paths,
        labels,
    }
}

/// The parts of wires as they are found.
struct Cut {
    /// By level, with what they lead from and to.
    parts: Vec<Vec<(Item, Item, Part)>>,
    /// The parts that several wires of a rectangle may take.
    shared: FxHashMap<(usize, usize, Item, Item), usize>,
}

impl Cut {
    /// The part for a link within a level; one for all links that go the same way
    /// until they have entered a frame.
    fn part(&mut self, level: usize, from: Item, to: Item, link: &Link) -> (usize, usize) {
        let parts = &mut self.parts[level];
        let mut add = || {
            let part = Part {
                from: 0,
                to: 0,
                source: link.from,
                operand: link.operand,
                label: Size::NONE,
                early: false,
            };
            parts.push((from, to, part));
            parts.len() - 1
        };
        let part = match to {
            Item::Rect(_) => add(),
            _ => *self
                .shared
                .entry((level, link.from, from, to))
                .or_insert_with(add),
        };
        (level, part)
    }
}

impl Level {
    fn new(inner: Vec<Item>, parts: Vec<(Item, Item, Part)>) -> Self {
        let mut at: FxHashMap<Item, usize> = FxHashMap::default();
        let mut items = Vec::new();
        let mut put = |item, items: &mut Vec<Item>| {
            at.entry(item).or_insert_with(|| {
                items.push(item);
                items.len() - 1
            });
        };
        for (from, _, _) in parts
            .iter()
            .filter(|(from, ..)| matches!(from, Item::Entry(_)))
        {
            put(*from, &mut items);
        }
        let entries = items.len();
        for item in inner {
            put(item, &mut items);
        }
        let before = items.len();
        for (_, to, _) in parts
            .iter()
            .filter(|(_, to, _)| matches!(to, Item::Exit(_)))
        {
            put(*to, &mut items);
        }
        let parts = parts
            .into_iter()
            .map(|(from, to, part)| Part {
                from: at[&from],
                to: at[&to],
                ..part
            })
            .collect();
        Self {
            entries,
            exits: items.len() - before,
            items,
            parts,
        }
    }
}
