//! What is drawn of a program, before it has places: its gates, with every closed
//! call or turn of a loop as one, and the wires between.
//!
//! The nodes of a group stand one after the other in the graph, whose order is
//! topological. So a path that leaves a group never comes back, and what is drawn
//! has no cycle however many groups are closed.

mod naming;

use super::behind::{Behind, bare, is_bare_reshape};
use super::excess::{Excess, MAX_DRAWN, MAX_WIRES};
use super::groups::{Groups, Home};
use super::keys::Keys;
use super::rewrite::opens;
use super::{Constants, MAX_OPEN, Source, View, core, fold, is_drawn};
use crate::diff::Gradient;
use crate::graph::{EdgeId, Graph, NodeId, Role};
use crate::lower::program::{Made, Program};
use crate::sort;
use rustc_hash::FxHashMap;

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
    /// Why nothing is drawn.
    pub excess: Option<Excess>,
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
    /// Where the backward pass that is drawn ends with the gradient of an input: an index
    /// into the program's inputs.
    End(u32),
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
    /// Without a view all is open; with one, what it does not have open is closed where
    /// there would be too many wires. `behind` is what is drawn of its backward pass, with
    /// the gradients that it computes.
    pub fn new(
        source: Source<'_>,
        constants: &Constants,
        forward: usize,
        view: Option<&View>,
        behind: Option<(&Behind, &Gradient)>,
    ) -> Self {
        let tracer = Tracer::new(source, constants, forward, behind);
        let found = match tracer.trace(view, false) {
            Err(Excess::Wires(_)) if view.is_some() => tracer.trace(view, true),
            found => found,
        };
        found.unwrap_or_else(|excess| Self {
            excess: Some(excess),
            ..Self::default()
        })
    }
}

struct Tracer<'a> {
    source: Source<'a>,
    program: &'a Program,
    graph: &'a Graph,
    constants: &'a Constants,
    forward: usize,
    behind: Option<(&'a Behind, &'a Gradient)>,
    /// The nodes that are drawn where all is open.
    drawn: Vec<NodeId>,
    /// For each node, which of those shows it: itself, or the one it is the inner part of.
    shown: Vec<u32>,
}

impl<'a> Tracer<'a> {
    fn new(
        source: Source<'a>,
        constants: &'a Constants,
        forward: usize,
        behind: Option<(&'a Behind, &'a Gradient)>,
    ) -> Self {
        let graph = &source.program.graph;
        // What has a name is drawn, whatever it is.
        let mut named = vec![false; forward];
        let roots = source.program.labels.iter().filter_map(|label| label.root);
        for root in roots.chain([source.program.output]) {
            named[root.index()] = is_bare_reshape(graph, root);
        }
        let lives = |node| behind.is_some_and(|(behind, _)| behind.lives(node));
        let all = if behind.is_some() {
            graph.len()
        } else {
            forward
        };
        let own = |node: NodeId| {
            let is_drawn = || is_drawn(graph, constants, forward, node) || named[node.index()];
            node.index() < forward && is_drawn()
        };
        let lives =
            |node: NodeId| lives(node) && (node.index() < forward || !is_bare_reshape(graph, node));
        let drawn: Vec<NodeId> = (0..all)
            .map(NodeId::new)
            .filter(|&node| own(node) || lives(node))
            .collect();
        let mut shown = vec![NONE; all];
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
            behind,
            drawn,
            shown,
        }
    }

    /// Whether a node is the program's own, or one of the backward pass that is drawn.
    fn is_part(&self, node: NodeId) -> bool {
        node.index() < self.forward || self.behind.is_some_and(|(behind, _)| behind.has(node))
    }

    fn is_shown(&self, node: NodeId) -> bool {
        self.shown[node.index()] != NONE
    }

    /// What is drawn; closed is what the view does not have open where there are many
    /// gates, or where it is to be `shut`.
    fn trace(&self, view: Option<&View>, shut: bool) -> Result<Outline, Excess> {
        let mut keys = Keys::new(self.program);
        let gates: Vec<NodeId> = self.gates().collect();
        let shut = shut || gates.len() > MAX_OPEN;
        let too_many = Excess::Nodes(self.drawn.len());
        let groups = Groups::new(
            self.source,
            &gates,
            view.map(|view| (view, shut)),
            &mut keys,
        )
        .ok_or(too_many)?;
        let group_of = self.program.group_of(self.shown.len());
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
                return Err(too_many);
            }
        }
        self.place_loose(&mut places, &mut unit_of, &groups);
        self.place_ends(&mut places);
        if places.len() > MAX_DRAWN {
            return Err(too_many);
        }

        // In the order of the graph.
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        sort::by_key(&mut order, |&unit| places[unit as usize].0);
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

        let threads = self.threads(&units, &unit_of)?;
        self.choose(&mut units, &threads, &unit_of);
        self.name(&mut units, &unit_of, &mut keys);
        if keys.are_long() {
            return Err(Excess::Names);
        }
        let output = self.unit(&unit_of, self.program.output);
        let mut outline = Outline {
            output: output.ok_or(too_many)?,
            folds: self.folds(&units, &unit_of, &group_of),
            blocks: groups.blocks,
            units,
            threads,
            excess: None,
        };
        if view.is_some_and(|view| view.copies) {
            outline.copy();
        }
        outline.drop_empty_blocks();
        if outline.units.len() > MAX_DRAWN {
            return Err(too_many);
        }
        Ok(outline)
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
                    if !self.is_part(user)
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
            sort::ascending(&mut users);
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

    /// Places the ends of the backward pass, behind all gates.
    fn place_ends(&self, places: &mut Vec<(Place, What, NodeId, Option<usize>)>) {
        let Some((_, gradient)) = self.behind else {
            return;
        };
        for (at, input) in self.program.inputs.iter().enumerate() {
            if let Some(node) = gradient.of(input.node) {
                let place = (NONE, 0, at as u32);
                places.push((place, What::End(at as u32), node, None));
            }
        }
    }

    fn unit(&self, unit_of: &[u32], node: NodeId) -> Option<usize> {
        let shown = self.shown[node.index()];
        unit_of.get(shown as usize).map(|&unit| unit as usize)
    }

    /// The wires into units. A broadcast that a gate needed is part of its wire:
    /// the wire has the value before it, and the gradient summed back through it.
    fn threads(&self, units: &[Unit], unit_of: &[u32]) -> Result<Vec<Thread>, Excess> {
        let mut count = 0;
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
                count += 1;
                if count > MAX_WIRES {
                    // Only counted, where they are known by what they carry.
                    continue;
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
        for (at, unit) in units.iter().enumerate() {
            if matches!(unit.what, What::End(_))
                && let node = bare(self.graph, unit.node)
                && let Some(from) = self.unit(unit_of, node)
            {
                into[at].push(Thread {
                    from,
                    to: Some(at),
                    operand: 0,
                    node,
                    edges: Vec::new(),
                    gradient: None,
                });
            }
        }
        if count > MAX_WIRES {
            return Err(Excess::Wires(count));
        }
        let mut threads: Vec<Thread> = into.into_iter().flatten().collect();
        for thread in &mut threads {
            sort::ascending(&mut thread.edges);
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
        Ok(threads)
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
        while !self.is_shown(from)
            && (graph.node(from).origin.role == Role::Implied || is_bare_reshape(graph, from))
        {
            edge = graph.operand_edge(from, 0);
            from = graph.operand(from, 0);
        }
        self.is_shown(from).then_some((edge, from))
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
