//! A program as a view has it: sigmoids folded, composite gates opened. Inputs stay
//! what they are, and what stays keeps its key.

use super::keys::Keys;
use super::{Constants, Fold, View, core, fold, is_drawn};
use crate::composite::{self, Remade};
use crate::count::Counts;
use crate::graph::{Graph, NodeId};
use crate::lower::program::{Group, Made, Program, Written};
use crate::op::Op;
use crate::sort;

/// Most nodes of a program that a view rewrites; a larger one is drawn as it is.
const MAX_NODES: usize = 200_000;

/// A program that a view has rewritten.
#[derive(Clone, Debug)]
pub struct Rewritten {
    /// The program: the same names, inputs and output, with groups around opened gates.
    pub program: Program,
    /// The key of each node, empty for one that is not drawn; none of them where
    /// nothing was rewritten, since the program tells them.
    pub keys: Vec<String>,
    /// The composite gates that were opened, in the order that their groups count.
    pub opened: Vec<Opened>,
}

/// A composite gate that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its key.
    pub key: String,
    /// What it does.
    pub op: Op,
}

impl From<Program> for Rewritten {
    /// A program as it is.
    fn from(program: Program) -> Self {
        Self {
            program,
            keys: Vec::new(),
            opened: Vec::new(),
        }
    }
}

/// Rewrites a program whose graph has nothing appended yet.
pub fn rewritten(program: Program, view: &View) -> Rewritten {
    let mut made = Rewritten::from(program);
    if (view.open.is_empty() && view.folded.is_empty()) || made.program.graph.len() > MAX_NODES {
        return made;
    }
    if !made.know() {
        return made;
    }
    made.fold(view);
    while made.open(view) {}
    made
}

/// Whether a gate can be opened: no derivative is lost by what is constant in it.
pub fn opens(graph: &Graph, constants: &Constants, node: NodeId) -> bool {
    graph.node(node).op.is_composite()
        && graph.operands(node).any(|x| !graph.is_constant(x))
        && !graph.operands(node).any(|x| constants.is_named(x))
}

impl Rewritten {
    /// Gives every node that is drawn its key; false where these are too long.
    fn know(&mut self) -> bool {
        let program = &self.program;
        let graph = &program.graph;
        let constants = Constants::new(program);
        let drawn = graph
            .nodes()
            .filter(|&node| is_drawn(graph, &constants, graph.len(), node));
        let nodes = drawn.map(|node| (node, graph.node(core(graph, node)).op));
        let mut keys = Keys::new(program);
        let known = keys.nodes(nodes, |_| true);
        if keys.are_long() {
            return false;
        }
        let mut found = vec![String::new(); graph.len()];
        for (node, key) in known {
            found[node.index()] = key;
        }
        self.keys = found;
        true
    }

    /// Folds the sigmoids that the view has folded.
    fn fold(&mut self, view: &View) {
        if view.folded.is_empty() {
            return;
        }
        let graph = &self.program.graph;
        let constants = Constants::new(&self.program);
        let groups = self.program.group_of(graph.len());
        let found = fold::sigmoids(&self.program, &constants, &groups, graph.len());
        let asked = |fold: &&Fold| view.folded.contains(&self.keys[fold.last().index()]);
        let folds: Vec<&Fold> = found.iter().filter(asked).collect();
        if !folds.is_empty() {
            let made = fold::folded(graph, &folds);
            self.take(made);
        }
    }

    /// Opens the composite gates that the view has open, one level down; false if
    /// there is none.
    fn open(&mut self, view: &View) -> bool {
        let graph = &self.program.graph;
        let constants = Constants::new(&self.program);
        // The key is the drawn node's, the gate may be its inner part.
        let mut asked: Vec<(NodeId, NodeId)> = Vec::new();
        for node in graph.nodes() {
            let gate = core(graph, node);
            let key = &self.keys[node.index()];
            if !key.is_empty() && opens(graph, &constants, gate) && view.opens(key) {
                asked.push((gate, node));
            }
        }
        if asked.is_empty() {
            return false;
        }
        sort::ascending(&mut asked);
        let find = |gate: NodeId| asked.binary_search_by_key(&gate, |asked| asked.0).ok();
        let made = composite::opened_once(graph, |gate| find(gate).is_some());
        let before = self.opened.len();
        let mut groups = Vec::new();
        let group_of = self.program.group_of(graph.len());
        for (at, &(gate, node)) in asked.iter().enumerate() {
            self.opened.push(Opened {
                key: self.keys[node.index()].clone(),
                op: graph.node(gate).op,
            });
            let nodes = made.starts[gate.index()] as u32..made.starts[node.index() + 1] as u32;
            groups.push(Group {
                made: Made::Composite((before + at) as u32),
                parent: group_of[gate.index()],
                nodes,
                span: graph.node(node).origin.span,
            });
        }
        self.take(made);
        self.program.groups = in_order(std::mem::take(&mut self.program.groups), groups);
        self.know_parts(before);
        true
    }

    /// Gives the parts of gates that were opened their keys: the gate's for the part
    /// that has its value, the others' behind it.
    fn know_parts(&mut self, first: usize) {
        let constants = Constants::new(&self.program);
        let graph = &self.program.graph;
        for group in &self.program.groups {
            let Made::Composite(at) = group.made else {
                continue;
            };
            let Some(opened) = self
                .opened
                .get(at as usize)
                .filter(|_| at as usize >= first)
            else {
                continue;
            };
            let mut counts = Counts::default();
            for node in (group.nodes.start..group.nodes.end).map(|at| NodeId::new(at as usize)) {
                let key = &mut self.keys[node.index()];
                let op = graph.node(core(graph, node)).op;
                let same = opened.key == *key;
                if !key.is_empty() && !same || !is_drawn(graph, &constants, graph.len(), node) {
                    continue;
                }
                if same && !op.is_composite() {
                    continue;
                }
                let (name, of) = (op.info().name, opened.op.info().name);
                let kind = Op::ALL.iter().position(|other| other.info().name == name);
                let same = counts.add(kind.unwrap_or(Op::ALL.len()) as u64);
                *key = format!("{}/{of}/{name}", opened.key);
                if same > 0 {
                    key.push_str(&(same + 1).to_string());
                }
            }
        }
    }

    /// Takes over a remade graph.
    fn take(&mut self, made: Remade) {
        let Remade {
            graph,
            places,
            starts,
        } = made;
        let place = |node: NodeId| Some(places[node.index()]).filter(|&at| at != NodeId::end());
        let mut keys = vec![String::new(); graph.len()];
        for (key, &place) in std::mem::take(&mut self.keys).into_iter().zip(&places) {
            if let Some(slot) = keys.get_mut(place.index())
                && slot.is_empty()
            {
                *slot = key;
            }
        }
        self.keys = keys;
        let program = &mut self.program;
        program.names.retain_mut(|name| {
            let place = place(name.node);
            name.node = place.unwrap_or(name.node);
            place.is_some()
        });
        for input in &mut program.inputs {
            input.node = places[input.node.index()];
        }
        for label in &mut program.labels {
            label.root = label.root.and_then(place);
        }
        program.output = places[program.output.index()];
        for closed in program
            .scopes
            .iter_mut()
            .filter_map(|scope| scope.closed.as_mut())
        {
            closed.gives = closed.gives.and_then(place);
            for argument in &mut closed.arguments {
                if let Written::Node(node) = &mut argument.value {
                    *node = places[node.index()];
                }
            }
        }
        for group in &mut program.groups {
            let start = starts[group.nodes.start as usize] as u32;
            group.nodes = start..starts[group.nodes.end as usize] as u32;
        }
        program.graph = graph;
        program.trace(place);
    }
}

/// Groups and some more that are within them, an outer one before those in it.
fn in_order(groups: Vec<Group>, more: Vec<Group>) -> Vec<Group> {
    let mut all: Vec<(usize, Group)> = groups.into_iter().chain(more).enumerate().collect();
    // Of the same nodes, those that were there come first: they are around the others.
    sort::by_key(&mut all, |(at, group)| {
        (group.nodes.start, std::cmp::Reverse(group.nodes.end), *at)
    });
    let mut now = vec![0; all.len()];
    for (new, (old, _)) in all.iter().enumerate() {
        now[*old] = new as u32;
    }
    let moved = all.into_iter().map(|(_, mut group)| {
        group.parent = group.parent.map(|parent| now[parent as usize]);
        if let Made::Mirror { of, .. } = &mut group.made {
            *of = now[*of as usize];
        }
        group
    });
    moved.collect()
}
