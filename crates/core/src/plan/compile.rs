//! From a graph to a tape.

use super::even;
use super::order::{LEAF, Order, STEP};
use super::{Plan, Run, slots};
use crate::graph::{Graph, NodeId};

/// Fewer gates than this are computed one by one.
const FEW: usize = 8;

/// No group.
const NONE: u32 = u32::MAX;

pub fn compile(graph: &Graph) -> Plan {
    let order = Order::new(graph);
    let mut compiler = Compiler {
        plan: Plan {
            offsets: vec![0; graph.len()],
            ..Plan::default()
        },
        made_by: vec![0; graph.len()],
        gates: Vec::new(),
        columns: Vec::new(),
        group_of: vec![NONE; order.role_count],
        groups: Vec::new(),
        scratch: Vec::new(),
    };
    let mut widest = 1;
    for (kind, nodes) in order.runs() {
        if kind == LEAF || kind == STEP {
            for &node in nodes {
                let id = NodeId::new(node as usize);
                let len = slots(graph, graph.node(id).shape);
                widest = widest.max(len);
                compiler.place(node, len);
                if kind == STEP {
                    let plan = &mut compiler.plan;
                    let which = plan.steps.push(graph, id, &plan.offsets, len);
                    plan.tape.push(Run::Step(which));
                }
            }
            if kind == LEAF {
                compiler.plan.leaves = compiler.plan.length;
            }
        } else if nodes.len() < FEW && order.kinds[kind as usize].is_simple() {
            compiler.chain(&order, kind, nodes);
        } else {
            compiler.run(&order, kind, nodes);
        }
    }
    let mut plan = compiler.plan;
    plan.kinds = order.kinds;
    plan.zeros = plan.length;
    plan.length += widest;
    plan
}

struct Compiler {
    plan: Plan,
    /// Which run each node comes from.
    made_by: Vec<u32>,
    /// The gates of the run that is compiled.
    gates: Vec<u32>,
    /// Their operands: the first of every gate, then the second of every gate, and
    /// so on.
    columns: Vec<u32>,
    /// The number of the group of each role, where it has one.
    group_of: Vec<u32>,
    /// The number of the group of each gate.
    groups: Vec<u32>,
    scratch: Vec<u32>,
}

impl Compiler {
    /// Gives the next slots to a node.
    fn place(&mut self, node: u32, len: usize) {
        self.plan.offsets[node as usize] = self.plan.length as u32;
        self.made_by[node as usize] = self.plan.tape.len() as u32;
        self.plan.length += len;
    }

    fn chain(&mut self, order: &Order, kind: u32, nodes: &[u32]) {
        for &node in nodes {
            let slot = |place| self.plan.offsets[order.operand(node, place) as usize];
            let last = order.kinds[kind as usize].arity as usize - 1;
            let gate = [kind, slot(0), slot(last)];
            self.plan.operands.extend(gate);
            self.place(node, 1);
        }
        let more = nodes.len() as u32;
        match self.plan.tape.last_mut() {
            Some(Run::Chain(count)) => *count += more,
            _ => self.plan.tape.push(Run::Chain(more)),
        }
    }

    fn run(&mut self, order: &Order, kind: u32, nodes: &[u32]) {
        self.gates.clear();
        self.gates.extend(nodes);
        self.put_roles_together(order);
        self.columns.clear();
        for place in 0..order.kinds[kind as usize].arity as usize {
            let operands = self.gates.iter().map(|&node| order.operand(node, place));
            self.columns.extend(operands);
        }
        self.put_like_together();
        for operand in &mut self.columns {
            *operand = self.plan.offsets[*operand as usize];
        }
        even::ascend(&mut self.columns, &mut self.gates);
        for i in 0..self.gates.len() {
            self.place(self.gates[i], 1);
        }
        let count = nodes.len() as u32;
        if let Some(pieces) = even::pieces(&self.columns, nodes.len()) {
            self.plan.operands.extend(pieces);
            self.plan.tape.push(Run::Even(kind, count));
        } else {
            self.plan.operands.extend(&self.columns);
            self.plan.tape.push(Run::Scattered(kind, count));
        }
    }

    /// Puts gates together that are the same operand of the same run, so that this
    /// operand lies evenly there: like terms of many sums lie side by side.
    fn put_roles_together(&mut self, order: &Order) {
        let count = self.gates.len();
        let mut roles: Vec<u32> = Vec::new();
        self.groups.clear();
        for &gate in &self.gates {
            let role = order.role(gate);
            let group = &mut self.group_of[role as usize];
            if *group == NONE {
                *group = roles.len() as u32;
                roles.push(role);
            }
            self.groups.push(*group);
        }
        for &role in &roles {
            self.group_of[role as usize] = NONE;
        }
        // Small groups would lie less evenly than the gates did.
        if roles.len() > 1 && roles.len() <= count / FEW {
            let starts = starts(&self.groups, roles.len());
            scatter(&mut self.gates, &self.groups, starts, &mut self.scratch);
        }
    }

    /// Puts gates together whose operands come from the same runs, so that these
    /// are likely to lie evenly.
    fn put_like_together(&mut self) {
        /// With more sources than this the run stays as it is.
        const MOST: usize = 8;
        let count = self.gates.len();
        let first = self.columns[..count].iter();
        let last = &self.columns[self.columns.len() - count..];
        let made_by = |node: u32| self.made_by[node as usize];
        let mut sources: Vec<(u32, u32)> = Vec::new();
        self.groups.clear();
        for (&first, &last) in first.zip(last) {
            let source = (made_by(first), made_by(last));
            let known = sources.iter().position(|&known| known == source);
            if known.is_none() {
                if sources.len() == MOST {
                    return;
                }
                sources.push(source);
            }
            self.groups.push(known.unwrap_or(sources.len() - 1) as u32);
        }
        if sources.len() < 2 {
            return;
        }
        let starts = starts(&self.groups, sources.len());
        let (groups, scratch) = (&self.groups, &mut self.scratch);
        scatter(&mut self.gates, groups, starts.clone(), scratch);
        for column in self.columns.chunks_exact_mut(count) {
            scatter(column, groups, starts.clone(), scratch);
        }
    }
}

/// Where groups start in a list that is sorted by them.
fn starts(groups: &[u32], count: usize) -> Vec<usize> {
    let mut starts = vec![0; count + 1];
    for &group in groups {
        starts[group as usize + 1] += 1;
    }
    for group in 1..=count {
        starts[group] += starts[group - 1];
    }
    starts
}

/// Sorts a list by groups, of which is known where they start.
fn scatter(list: &mut [u32], groups: &[u32], mut starts: Vec<usize>, scratch: &mut Vec<u32>) {
    scratch.resize(list.len(), 0);
    for (&x, &group) in list.iter().zip(groups) {
        let start = &mut starts[group as usize];
        scratch[*start] = x;
        *start += 1;
    }
    list.copy_from_slice(scratch);
}
