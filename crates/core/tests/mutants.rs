//! The table of derivatives, made wrong in one place at a time: every change of what a rule
//! emits (a sign, an operand, a constant, a dropped factor or term) must show in the first
//! or the second derivative at the shapes and values at which `ops.rs` holds both to
//! differences. What only keeps a rule right at special values (zeros, ties, the ends of the
//! numbers' range) must show there, where `edges.rs` and the fixtures hold it to PyTorch.

mod support;

use backflow_core::build::Builder;
use backflow_core::definition::linear::Linear;
use backflow_core::definition::partial;
use backflow_core::diff::tangents;
use backflow_core::graph::{Graph, NodeId, Origin};
use backflow_core::op::Op;
use std::collections::BTreeMap;
use support::table::{Case, Gate, all_cases, gate, len, name, smooth};
use support::{Ran, Random, input, is_close};

/// Draws of common and of special values: a rule has all its cases among so many.
const DRAWS: [u64; 2] = [6, 60];

/// One change of what a rule emits.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// The sign of a node.
    Sign(NodeId),
    /// A constant, by so much.
    Constant(NodeId, f64),
    /// A node that is one of its operands: a factor or a term dropped, a function left out.
    Only(NodeId, usize),
    /// Two operands exchanged.
    Exchanged(NodeId),
    /// A node that takes another operand of the gate, or its value, in a place.
    Other(NodeId, usize, NodeId),
    /// A part of the operator, of those that [`parts`] counts, and what it becomes.
    Part(usize, Replaced),
}

/// What a part of an operator becomes.
#[derive(Clone, Copy, Debug)]
enum Replaced {
    Negated,
    Identity,
    First,
    Second,
    /// Of another node.
    By(NodeId),
}

/// A gate with the operator of a slot, and the directions in which it is tried.
struct Rule {
    graph: Graph,
    operands: Vec<NodeId>,
    y: NodeId,
    u: NodeId,
    v: NodeId,
    operator: Linear,
    /// The first node that the rule emitted.
    first: usize,
    /// Operands with their tangents, for the second derivative.
    seeds: Vec<(NodeId, NodeId)>,
}

/// Values at which rules have cases.
const SPECIAL: [f64; 9] = [0.0, 1.0, -1.0, 2.0, 0.5, -0.0, 1e-200, 1e200, f64::INFINITY];

fn rule(case: &Case, slot: usize, seed: u64, special: bool) -> Rule {
    let mut random = Random(seed);
    let Gate {
        mut graph,
        operands,
        y,
    } = gate(case, &mut random);
    for (place, &x) in operands.iter().enumerate() {
        if special && smooth(case.op, place) {
            let size = len(&graph, x);
            // Few kinds of values at once: ties and zeros are common.
            let (most, all) = (1 + random.below(SPECIAL.len()), random.below(SPECIAL.len()));
            let value = |_| SPECIAL[(all + random.below(most)) % SPECIAL.len()];
            let values = (0..size).map(value).collect();
            assert!(graph.set_input(x, values));
        }
    }
    let mut along = |graph: &mut Graph, x| {
        let (shape, u) = (graph.shape(x).to_vec(), random.direction(len(graph, x)));
        input(graph, &shape, u)
    };
    let u = along(&mut graph, operands[slot]);
    let v = along(&mut graph, y);
    let seeds = operands.iter().enumerate();
    let seeds = seeds.filter(|&(place, _)| smooth(case.op, place));
    let seeds: Vec<_> = seeds.map(|(_, &x)| (x, along(&mut graph, x))).collect();
    let first = graph.len();
    let operator = partial(&mut Builder::new(&mut graph), y, slot);
    Rule {
        graph,
        operands,
        y,
        u,
        v,
        operator,
        first,
        seeds,
    }
}

/// The parts of an operator, each before what it is made of.
fn parts(operator: &Linear) -> Vec<&Linear> {
    let (mut found, mut open) = (Vec::new(), vec![operator]);
    while let Some(part) = open.pop() {
        found.push(part);
        if let Linear::Then(both) | Linear::Plus(both) = part {
            open.extend(both.iter().rev());
        }
    }
    found
}

/// The node that an operator is described by.
fn factor(operator: &Linear) -> Option<NodeId> {
    match operator {
        Linear::Scale(d) | Linear::Divide(d) | Linear::Mask(d) => Some(*d),
        Linear::LeftProduct(d) | Linear::RightProduct(d) => Some(*d),
        _ => None,
    }
}

/// The same kind of operator, of another node.
fn with_factor(operator: &Linear, d: NodeId) -> Linear {
    match operator {
        Linear::Scale(_) => Linear::Scale(d),
        Linear::Divide(_) => Linear::Divide(d),
        Linear::Mask(_) => Linear::Mask(d),
        Linear::LeftProduct(_) => Linear::LeftProduct(d),
        Linear::RightProduct(_) => Linear::RightProduct(d),
        other => other.clone(),
    }
}

/// An operator with the nodes it is described by replaced, and a part of it changed.
fn rebuilt(
    operator: &Linear,
    moved: &BTreeMap<NodeId, NodeId>,
    change: Option<(usize, Replaced)>,
    at: &mut usize,
) -> Linear {
    let own = *at;
    *at += 1;
    let mut inner = |part| rebuilt(part, moved, change, at);
    let same = match operator {
        Linear::Then(both) => {
            let [first, second] = &**both;
            Linear::Then(Box::new([inner(first), inner(second)]))
        }
        Linear::Plus(both) => {
            let [first, second] = &**both;
            Linear::Plus(Box::new([inner(first), inner(second)]))
        }
        other => match factor(other).and_then(|d| moved.get(&d)) {
            Some(&d) => with_factor(other, d),
            None => other.clone(),
        },
    };
    let replaced = change.filter(|&(part, _)| part == own);
    match (replaced, same) {
        (None, same) => same,
        (Some((_, Replaced::Negated)), same) => Linear::Then(Box::new([same, Linear::Negate])),
        (Some((_, Replaced::Identity)), _) => Linear::Identity,
        (Some((_, Replaced::By(d))), same) => with_factor(&same, d),
        (Some((_, Replaced::First)), Linear::Then(both) | Linear::Plus(both)) => both[0].clone(),
        (Some((_, Replaced::Second)), Linear::Then(both) | Linear::Plus(both)) => both[1].clone(),
        (Some(_), same) => same,
    }
}

impl Rule {
    /// Whether each node of the graph is part of the operator: folding leaves some behind.
    fn used(&self) -> Vec<bool> {
        let mut used = vec![false; self.graph.len()];
        for d in parts(&self.operator).into_iter().filter_map(factor) {
            used[d.index()] = true;
        }
        for node in self
            .graph
            .nodes()
            .rev()
            .filter(|node| node.index() >= self.first)
        {
            if used[node.index()] {
                self.graph
                    .operands(node)
                    .for_each(|x| used[x.index()] = true);
            }
        }
        used
    }

    /// Every change there is to make.
    fn changes(&self) -> Vec<Change> {
        let graph = &self.graph;
        let shape = |node| graph.shape(node);
        let others = || self.operands.iter().copied().chain([self.y]);
        let mut found = Vec::new();
        let used = self.used();
        for node in (self.first..graph.len()).map(NodeId::new) {
            if !used[node.index()] {
                continue;
            }
            if let Some(value) = graph.constant(node) {
                found.push(Change::Constant(node, 1.0));
                if value != 0.0 {
                    found.push(Change::Sign(node));
                }
                continue;
            }
            found.push(Change::Sign(node));
            let operands: Vec<NodeId> = graph.operands(node).collect();
            for (place, &x) in operands.iter().enumerate() {
                if shape(x) == shape(node) {
                    found.push(Change::Only(node, place));
                }
                let fitting = others().filter(|&other| other != x && shape(other) == shape(x));
                found.extend(fitting.map(|other| Change::Other(node, place, other)));
            }
            if let [a, b] = operands[..]
                && a != b
                && shape(a) == shape(b)
                && matches!(graph.node(node).op, Op::Sub | Op::Div | Op::Pow)
            {
                found.push(Change::Exchanged(node));
            }
        }
        for (at, part) in parts(&self.operator).into_iter().enumerate() {
            let mut change = |replaced| found.push(Change::Part(at, replaced));
            change(Replaced::Negated);
            match part {
                Linear::Plus(_) => [Replaced::First, Replaced::Second].map(&mut change).into(),
                // What keeps the shape can be left out.
                Linear::Negate | Linear::Scale(_) | Linear::Divide(_) | Linear::Mask(_) => {
                    change(Replaced::Identity);
                    Some([(), ()])
                }
                _ => None,
            };
            if let Some(d) = factor(part) {
                let fitting = others().filter(|&other| other != d && shape(other) == shape(d));
                fitting.for_each(|other| change(Replaced::By(other)));
            }
        }
        found
    }

    /// What the rule has of u forward and of v backward, and the derivative of the first
    /// along all operands, with a change made.
    fn derivatives(&self, change: Option<&Change>) -> [Vec<f64>; 3] {
        let mut graph = self.graph.clone();
        let mut moved = BTreeMap::new();
        for node in (self.first..self.graph.len()).map(NodeId::new) {
            let shape = graph.node(node).shape;
            let operands = self.graph.operands(node);
            let mut operands: Vec<NodeId> =
                operands.map(|x| *moved.get(&x).unwrap_or(&x)).collect();
            let push = |graph: &mut Graph, operands: &[NodeId]| {
                graph.push_copy(&self.graph, node, operands)
            };
            let new = match change.copied() {
                Some(Change::Sign(at)) if at == node => {
                    let same = push(&mut graph, &operands);
                    graph.push(Op::Neg, shape, &[same], Origin::default())
                }
                Some(Change::Constant(at, by)) if at == node => {
                    let value = self.graph.constant(node).unwrap_or_default() + by;
                    graph.push_constant(value, shape, Origin::default())
                }
                Some(Change::Only(at, place)) if at == node => operands[place],
                Some(Change::Exchanged(at)) if at == node => {
                    operands.reverse();
                    push(&mut graph, &operands)
                }
                Some(Change::Other(at, place, other)) if at == node => {
                    operands[place] = other;
                    push(&mut graph, &operands)
                }
                _ => push(&mut graph, &operands),
            };
            moved.insert(node, new);
        }
        let part = match change.copied() {
            Some(Change::Part(at, replaced)) => Some((at, replaced)),
            _ => None,
        };
        let operator = rebuilt(&self.operator, &moved, part, &mut 0);
        let mut b = Builder::new(&mut graph);
        let image = operator.apply(&mut b, self.u);
        let back = operator.adjoint(&mut b).apply(&mut b, self.v);
        let tangents = tangents(&mut graph, &self.seeds).expect("few operands");
        let second = image.and_then(|node| tangents[node.index()]);
        let ran = Ran::new(&graph);
        // What is structurally zero has no numbers.
        [image, back, second].map(|node| node.map_or(Vec::new(), |node| ran.value(node).to_vec()))
    }

    /// Whether a change shows in a derivative.
    fn shows(&self, change: &Change) -> bool {
        let (right, wrong) = (self.derivatives(None), self.derivatives(Some(change)));
        let differ = |right: &Vec<f64>, wrong: &Vec<f64>| {
            let zeros = vec![0.0; right.len().max(wrong.len())];
            let [right, wrong] = [right, wrong].map(|v| if v.is_empty() { &zeros } else { v });
            let mut pairs = right.iter().zip(wrong);
            pairs.any(|(&a, &b)| {
                let same = a == b || a.is_nan() && b.is_nan();
                !same && !is_close(a, b, 0.0, 1e-8)
            })
        };
        right
            .iter()
            .zip(&wrong)
            .any(|(right, wrong)| differ(right, wrong))
    }

    /// A node in a word.
    fn word(&self, node: NodeId) -> String {
        let slot = self.operands.iter().position(|&x| x == node);
        match (self.graph.constant(node), slot) {
            (Some(value), _) => format!("{value:.3}"),
            (None, Some(slot)) => format!("x{slot}"),
            (None, None) if node == self.y => "y".to_owned(),
            (None, None) => name(self.graph.node(node).op).to_owned(),
        }
    }

    /// A change in words that do not depend on shapes.
    fn said(&self, change: &Change) -> String {
        let op = |node: &NodeId| {
            let operands = self.graph.operands(*node).map(|x| self.word(x));
            let operands: Vec<String> = operands.collect();
            match &operands[..] {
                [] => self.word(*node),
                _ => format!("{}({})", self.word(*node), operands.join(", ")),
            }
        };
        match change {
            Change::Sign(node) => format!("−{}", op(node)),
            Change::Constant(node, by) => format!("{} + {by}", op(node)),
            Change::Only(node, place) => format!("operand {place} alone of {}", op(node)),
            Change::Exchanged(node) => format!("{} exchanged", op(node)),
            Change::Other(node, place, other) => {
                format!("{} for operand {place} of {}", self.word(*other), op(node))
            }
            Change::Part(at, replaced) => format!("part {at}: {replaced:?}"),
        }
    }
}

/// How many changes show only at special values, and how many nowhere, of the operations
/// that have such; and why these do not.
const EXPECTED: [(&str, usize, usize, &str); 14] = [
    ("bce_loss", 4, 0, ""),
    (
        "clip",
        67,
        16,
        "where two of three values are the same, either stands for the other",
    ),
    (
        "elu",
        1,
        10,
        "eˣ may be read off either side of 0, where the other is taken",
    ),
    (
        "hinge_loss",
        0,
        2,
        "the right class counts itself on both sides of a difference",
    ),
    (
        "leaky_relu",
        2,
        1,
        "a choice is by what is not 0, of either sign",
    ),
    ("logsumexp", 10, 1, "−∞ + 1 is −∞"),
    ("max", 1, 1, "ties over their number: both signs change"),
    ("min", 1, 1, "ties over their number: both signs change"),
    ("norm", 2, 6, "where the norm is 0, any divisor but 0 does"),
    (
        "pow",
        37,
        1,
        "where both are 0, either stands for the other",
    ),
    (
        "prod",
        38,
        17,
        "what one way computes is not read where the other is taken",
    ),
    ("relu", 0, 1, "the result is above 0 where the operand is"),
    (
        "std",
        5,
        3,
        "where the deviation is 0, any divisor but 0 does",
    ),
    (
        "where",
        0,
        2,
        "a condition that is 0 or 1 is whether it is not 0",
    ),
];

#[test]
fn every_change_of_a_rule_shows() {
    let mut found: BTreeMap<String, (&str, bool, bool)> = BTreeMap::new();
    for case in all_cases() {
        let alone = case.op.axes().is_some_and(|axes| axes.iter().count() == 0);
        let is_empty = case.operands.iter().any(|shape| shape.contains(&0));
        if alone || is_empty {
            continue;
        }
        for slot in (0..case.operands.len()).filter(|&slot| smooth(case.op, slot)) {
            let [common, special] = [false, true].map(|special| {
                let seeds = 1..=DRAWS[usize::from(special)];
                let rules = seeds.map(|seed| rule(&case, slot, seed, special));
                rules.collect::<Vec<Rule>>()
            });
            if common[0].operator == Linear::Zero {
                continue;
            }
            for change in common[0].changes() {
                let said = common[0].said(&change);
                let said = format!("{} by {slot}: {said}", name(case.op));
                let entry = found.entry(said).or_insert((name(case.op), false, false));
                entry.1 = entry.1 || common.iter().any(|rule| rule.shows(&change));
                entry.2 = entry.1 || entry.2 || special.iter().any(|rule| rule.shows(&change));
            }
        }
    }
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (said, &(op, common, special)) in &found {
        if common {
            continue;
        }
        let place = if special {
            "only at special values"
        } else {
            "nowhere"
        };
        println!("{place}: {said}");
        let (special_only, nowhere) = counts.entry(op).or_default();
        *(if special { special_only } else { nowhere }) += 1;
    }
    println!("of {} changes", found.len());
    let expected = EXPECTED.map(|(op, special, nowhere, _)| (op, (special, nowhere)));
    assert_eq!(counts, BTreeMap::from(expected));
}
