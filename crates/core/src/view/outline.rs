//! What is drawn of a program, before it has places: its gates, with every closed
//! call or turn of a loop as one, and the wires between.
//!
//! The nodes of a group stand one after the other in the graph, whose order is
//! topological. So a path that leaves a group never comes back, and what is drawn
//! has no cycle however many groups are closed.

use super::groups::{Groups, Home};
use super::keys::Keys;
use super::rewrite::opens;
use super::{Constants, Source, View, core, fold, is_drawn};
use crate::graph::{EdgeId, Graph, NodeId, Role};
use crate::lower::program::{Made, Program};
use rustc_hash::FxHashMap;

/// Most nodes that are drawn.
pub const MAX_DRAWN: usize = 5000;

/// No place.
const NONE: u32 = u32::MAX;

/// What is drawn; nothing where that is too much.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Gates, inputs, constants, copies and closed groups, operands first.
    pub units: Vec<Unit>,
    /// The wires, by the unit that they enter; the open end behind the output is last.
    pub threads: Vec<Thread>,
    /// The groups that are open, outer ones first.
    pub blocks: Vec<Block>,
    /// Sigmoids that can be folded: the units of their gates, the last one last.
    pub folds: Vec<Vec<usize>>,
    /// The unit that has the output.
    pub output: usize,
}

/// One thing that is drawn like a gate.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What it is.
    pub what: What,
    /// The node whose value it shows.
    pub node: NodeId,
    /// Its key.
    pub key: String,
    /// The innermost open group that it stands in: an index into the blocks.
    pub block: Option<usize>,
    /// Whether it can be opened.
    pub opens: bool,
    /// The node of the gradient that arrives at it from outside; none where it is
    /// structurally zero.
    pub gradient: Option<NodeId>,
}

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A node of the graph.
    Node,
    /// The place where a value goes on to several uses.
    Copy,
    /// A closed group: an index into the program's groups.
    Group(u32),
}

/// A wire: the uses of one value by one unit.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The unit it leaves.
    pub from: usize,
    /// The unit it enters; none for the open end behind the output.
    pub to: Option<usize>,
    /// Which wire into that unit it is.
    pub operand: usize,
    /// The node whose value it carries.
    pub node: NodeId,
    /// The uses whose gradients flow back along it together; none where the whole
    /// gradient of the node does.
    pub edges: Vec<EdgeId>,
    /// The node of that gradient; none where it is structurally zero.
    pub gradient: Option<NodeId>,
}

/// An open group.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its key.
    pub key: String,
    /// What stands over it.
    pub title: String,
    /// What its nodes were made by.
    pub made: Made,
    /// The group it is in.
    pub parent: Option<usize>,
}

impl Outline {
    /// The outline of a program, of whose graph the first `forward` nodes are its own.
    /// Without a view all is open.
    pub fn new(
        source: Source<'_>,
        constants: &Constants,
        forward: usize,
        view: Option<&View>,
    ) -> Self {
        Tracer::new(source, constants, forward)
            .trace(view)
            .unwrap_or_default()
    }
}

struct Tracer<'a> {
    source: Source<'a>,
    program: &'a Program,
    graph: &'a Graph,
    constants: &'a Constants,
    forward: usize,
    /// The nodes that are drawn where all is open.
    drawn: Vec<NodeId>,
    /// For each node, which of those shows it: itself, or the one it is the inner part of.
    shown: Vec<u32>,
}

impl<'a> Tracer<'a> {
    fn new(source: Source<'a>, constants: &'a Constants, forward: usize) -> Self {
        let graph = &source.program.graph;
        let all = (0..forward).map(NodeId::new);
        let drawn: Vec<NodeId> = all
            .filter(|&node| is_drawn(graph, constants, forward, node))
            .collect();
        let mut shown = vec![NONE; forward];
        for (at, node) in drawn.iter().enumerate() {
            shown[node.index()] = at as u32;
        }
        // A derivative may read the inner part of a gate.
        for (at, &node) in drawn.iter().enumerate() {
            let inner = &mut shown[core(graph, node).index()];
            if *inner == NONE {
                *inner = at as u32;
            }
        }
        Self {
            source,
            program: source.program,
            graph,
            constants,
            forward,
            drawn,
            shown,
        }
    }

    fn is_shown(&self, node: NodeId) -> bool {
        self.shown[node.index()] != NONE
    }

    fn trace(&self, view: Option<&View>) -> Option<Outline> {
        let mut keys = Keys::new(self.program);
        let gates: Vec<NodeId> = self.gates().collect();
        let groups = Groups::new(self.source, &gates, view, &mut keys)?;
        let group_of = self.program.group_of(self.forward);
        let home = |node: NodeId| groups.home(group_of[node.index()]);

        // A unit for each drawn node, and one for all in a closed group.
        let mut places: Vec<(Place, What, NodeId, Option<usize>)> = Vec::new();
        let mut closed: FxHashMap<u32, u32> = FxHashMap::default();
        let mut unit_of = vec![NONE; self.drawn.len()];
        for (at, &node) in self.drawn.iter().enumerate() {
            if self.is_loose(node) {
                continue;
            }
            let Home { closed: by, block } = home(node);
            let new = places.len() as u32;
            unit_of[at] = match by {
                None => new,
                Some(group) => *closed.entry(group).or_insert(new),
            };
            if unit_of[at] == new {
                let (index, what) = match by {
                    None => (node.index() as u32, What::Node),
                    Some(group) => (
                        self.program.groups[group as usize].nodes.start,
                        What::Group(group),
                    ),
                };
                places.push(((index, 1, new), what, node, block));
            }
            if places.len() > MAX_DRAWN {
                return None;
            }
        }
        self.place_loose(&mut places, &mut unit_of, &groups);
        if places.len() > MAX_DRAWN {
            return None;
        }

        // In the order of the graph.
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        order.sort_unstable_by_key(|&unit| places[unit as usize].0);
        let mut now = vec![0; places.len()];
        for (new, &old) in order.iter().enumerate() {
            now[old as usize] = new as u32;
        }
        for unit in &mut unit_of {
            *unit = now[*unit as usize];
        }
        let mut units: Vec<Unit> = order
            .iter()
            .map(|&old| {
                let (_, what, node, block) = places[old as usize];
                Unit {
                    what,
                    node,
                    key: String::new(),
                    block,
                    opens: match what {
                        What::Group(_) => true,
                        _ => opens(self.graph, self.constants, core(self.graph, node)),
                    },
                    gradient: None,
                }
            })
            .collect();

        let threads = self.threads(&units, &unit_of);
        self.choose(&mut units, &threads, &unit_of);
        self.name(&mut units, &unit_of, &mut keys);
        let mut outline = Outline {
            output: self.unit(&unit_of, self.program.output)?,
            folds: self.folds(&units, &unit_of, &group_of),
            blocks: groups.blocks,
            units,
            threads,
        };
        if view.is_some_and(|view| view.copies) {
            outline.copy();
        }
        outline.drop_empty_blocks();
        (outline.units.len() <= MAX_DRAWN).then_some(outline)
    }

    /// The drawn nodes that are gates.
    fn gates(&self) -> impl Iterator<Item = NodeId> {
        let drawn = self.drawn.iter().copied();
        drawn.filter(|&node| self.graph.arity(node) > 0)
    }

    /// Whether a node belongs to no statement: a number written in an expression, one
    /// node for all turns and calls that come by. It stands where it is used.
    fn is_loose(&self, node: NodeId) -> bool {
        self.graph.is_constant(node) && !self.constants.is_named(node)
    }

    /// Places numbers written in expressions: in the closed group that alone uses
    /// them, else before their first use.
    fn place_loose(
        &self,
        places: &mut Vec<(Place, What, NodeId, Option<usize>)>,
        unit_of: &mut [u32],
        groups: &Groups,
    ) {
        for (at, &node) in self.drawn.iter().enumerate() {
            if !self.is_loose(node) {
                continue;
            }
            let mut users: Vec<u32> = Vec::new();
            let mut next = vec![node];
            while let Some(used) = next.pop() {
                for edge in self.graph.uses(used) {
                    let (user, slot) = self.graph.user(edge);
                    if user.index() >= self.forward
                        || used == node && self.constants.holds(self.graph, user, slot)
                    {
                        continue;
                    }
                    match self.shown[user.index()] {
                        NONE => next.push(user),
                        shown => users.push(unit_of[shown as usize]),
                    }
                }
            }
            users.sort_unstable();
            users.dedup();
            unit_of[at] = places.len() as u32;
            let first = users.iter().map(|&unit| places[unit as usize].0).min();
            match (users.as_slice(), first) {
                (&[unit], _) if matches!(places[unit as usize].1, What::Group(_)) => {
                    unit_of[at] = unit;
                }
                (_, Some((index, ..))) => {
                    let blocks = users.iter().map(|&unit| places[unit as usize].3);
                    let block = groups.common(blocks);
                    places.push(((index, 0, node.index() as u32), What::Node, node, block));
                }
                (_, None) => {
                    let place = (node.index() as u32, 0, 0);
                    places.push((place, What::Node, node, None));
                }
            }
        }
    }

    fn unit(&self, unit_of: &[u32], node: NodeId) -> Option<usize> {
        let shown = self.shown[node.index()];
        unit_of.get(shown as usize).map(|&unit| unit as usize)
    }

    /// The wires into units. A broadcast that a gate needed is part of its wire:
    /// the wire has the value before it, and the gradient summed back through it.
    fn threads(&self, units: &[Unit], unit_of: &[u32]) -> Vec<Thread> {
        let mut into: Vec<Vec<Thread>> = vec![Vec::new(); units.len()];
        // The wire of each value into each closed group: one for all uses.
        let mut known: FxHashMap<(u32, NodeId), usize> = FxHashMap::default();
        for (at, &node) in self.drawn.iter().enumerate() {
            let to = unit_of[at];
            let gate = core(self.graph, node);
            for slot in 0..self.graph.arity(gate) {
                let Some((edge, from)) = self.origin(gate, slot) else {
                    continue;
                };
                let leaves = unit_of[self.shown[from.index()] as usize];
                let single = units[to as usize].what == What::Node;
                if leaves == to {
                    continue;
                }
                let threads = &mut into[to as usize];
                let operand = if single { slot } else { threads.len() };
                if !single {
                    let wire = *known.entry((to, from)).or_insert(operand);
                    if wire < operand {
                        threads[wire].edges.push(edge);
                        continue;
                    }
                }
                threads.push(Thread {
                    from: leaves as usize,
                    to: Some(to as usize),
                    operand,
                    node: self.drawn[self.shown[from.index()] as usize],
                    edges: vec![edge],
                    gradient: None,
                });
            }
        }
        let mut threads: Vec<Thread> = into.into_iter().flatten().collect();
        for thread in &mut threads {
            thread.edges.sort_unstable();
        }
        if let Some(from) = self.unit(unit_of, self.program.output) {
            threads.push(Thread {
                from,
                to: None,
                operand: 0,
                node: self.program.output,
                edges: Vec::new(),
                gradient: None,
            });
        }
        threads
    }

    /// Where the wire into a slot comes from, and the use that it is; none for a
    /// number that is written in the gate.
    fn origin(&self, gate: NodeId, slot: usize) -> Option<(EdgeId, NodeId)> {
        let graph = self.graph;
        let mut edge = graph.operand_edge(gate, slot);
        let mut from = graph.operand(gate, slot);
        if self.constants.holds(graph, gate, slot) {
            return None;
        }
        while graph.node(from).origin.role == Role::Implied && !self.is_shown(from) {
            edge = graph.operand_edge(from, 0);
            from = graph.operand(from, 0);
        }
        self.is_shown(from).then_some((edge, from))
    }

    /// Chooses the value that each closed group shows: the output's, else the last
    /// one that is used elsewhere, else the last one.
    fn choose(&self, units: &mut [Unit], threads: &[Thread], unit_of: &[u32]) {
        let mut used = vec![None; units.len()];
        for thread in threads {
            used[thread.from] = used[thread.from].max(Some(thread.node));
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
    }

    /// Gives units their keys.
    fn name(&self, units: &mut [Unit], unit_of: &[u32], keys: &mut Keys<'_>) {
        for unit in units.iter_mut() {
            if let What::Group(group) = unit.what {
                unit.key = keys.group(group);
            }
        }
        let own = |unit: &Unit| unit.what == What::Node;
        if !self.source.keys.is_empty() {
            for unit in units.iter_mut().filter(|unit| own(unit)) {
                unit.key.clone_from(&self.source.keys[unit.node.index()]);
            }
            return;
        }
        let drawn = self.drawn.iter();
        let nodes = drawn.map(|&node| (node, self.graph.node(core(self.graph, node)).op));
        let at = |node: NodeId| unit_of[self.shown[node.index()] as usize] as usize;
        for (node, key) in keys.nodes(nodes, |node| own(&units[at(node)])) {
            units[at(node)].key = key;
        }
    }

    /// The sigmoids whose gates are all drawn, outside of opened gates.
    fn folds(&self, units: &[Unit], unit_of: &[u32], group_of: &[Option<u32>]) -> Vec<Vec<usize>> {
        let found = fold::sigmoids(self.program, self.constants, group_of, self.forward);
        let units_of = found.iter().filter_map(|fold| {
            let group = group_of[fold.last().index()];
            let made = group.map(|group| self.program.groups[group as usize].made);
            if matches!(made, Some(Made::Composite(_))) {
                return None;
            }
            let gates = fold.gates.iter();
            gates
                .map(|&gate| {
                    self.unit(unit_of, gate)
                        .filter(|&unit| units[unit].what == What::Node)
                })
                .collect()
        });
        units_of.collect()
    }
}

/// Where a unit stands in the order: what comes first, then by a rank, then by a number.
type Place = (u32, u32, u32);

impl Outline {
    /// Puts a copy gate behind every value that goes to several uses.
    fn copy(&mut self) {
        let mut uses: FxHashMap<(usize, NodeId), usize> = FxHashMap::default();
        for thread in &self.threads {
            *uses.entry((thread.from, thread.node)).or_default() += 1;
        }
        let mut copied: Vec<(usize, NodeId)> =
            uses.into_iter().filter(|u| u.1 > 1).map(|u| u.0).collect();
        copied.sort_unstable();
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
    fn drop_empty_blocks(&mut self) {
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

/// The innermost block that all of some are in.
pub(super) fn common(
    blocks: &[Block],
    of: impl IntoIterator<Item = Option<usize>>,
) -> Option<usize> {
    let mut of = of.into_iter();
    let mut common = of.next()??;
    for other in of {
        let mut other = other?;
        // An outer block has the smaller index.
        while common != other {
            if common > other {
                common = blocks[common].parent?;
            } else {
                other = blocks[other].parent?;
            }
        }
    }
    Some(common)
}
