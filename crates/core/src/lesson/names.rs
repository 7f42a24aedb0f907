//! What each node is called where the program gives it no name.

use super::formula::{Leaves, Write};
use super::math::{self, As, Math};
use crate::definition::rule::formula;
use crate::graph::{Graph, NodeId, Role};
use crate::model::Model;
use crate::op::Op;
use crate::scene::{Kind, Scene};
use crate::shape::Permutation;
use crate::view::bare;
use rustc_hash::FxHashMap;

/// Longest expression that is used as a name, in letters.
const SHORT: usize = 9;

/// A name for every drawn node: the program's, else a short expression of such
/// names, else v1, v2 … in the order of the nodes.
#[derive(Clone, Debug)]
pub struct Names {
    list: Vec<Math>,
    /// Whether the name is an expression, which says what the gate does.
    expressions: Vec<bool>,
    /// The place of each of the program's nodes among the drawn.
    places: Vec<Option<u32>>,
    /// What closed boxes hand on besides the value that they show: where, and its name.
    carried: FxHashMap<NodeId, (usize, Math)>,
    /// What a loss behind the output is called.
    beyond: Math,
    /// What a small step is called.
    step: Math,
}

impl Names {
    /// Of a scene's nodes.
    pub fn new(model: &Model, scene: &Scene) -> Self {
        let graph = &model.program.graph;
        let mut places = vec![None; graph.len()];
        for place in (0..scene.nodes.len()).filter(|&at| scene.nodes[at].kind != Kind::End) {
            let (node, gate) = (scene.graph_node(place), scene.gate(model, place));
            for node in [gate, node] {
                places[node.index()].get_or_insert(place as u32);
            }
        }
        let taken = |name: &str| {
            let mut words = model.program.words.iter().map(|word| &**word);
            words.any(|word| word == name) || model.program.names.iter().any(|n| n.name == name)
        };
        let free = |choices: &[&'static str]| choices.iter().copied().find(|name| !taken(name));
        // Of a letter that no name of the program begins a number with.
        let numbered = |letter: &str| {
            let mut words = model.program.words.iter();
            words.any(|word| {
                let (base, index) = crate::number::split_name(word);
                base == letter && !index.is_empty()
            })
        };
        let letters = ["v", "u", "t", "g", "a", "b", "c"];
        let letter = letters.into_iter().find(|letter| !numbered(letter));
        let letter = letter.unwrap_or("node");
        let beyond = math::name(free(&["L", "E", "J", "loss"]).unwrap_or("ℓ"));
        let mut names = Self {
            list: Vec::with_capacity(scene.nodes.len()),
            expressions: vec![false; scene.nodes.len()],
            places,
            carried: FxHashMap::default(),
            beyond,
            step: math::name(free(&["h", "ε", "δ"]).unwrap_or("η")),
        };
        let mut count = 0;
        let mut times: FxHashMap<&str, usize> = FxHashMap::default();
        for (place, node) in scene.nodes.iter().enumerate() {
            let name = if node.derivative && node.name.is_some() {
                names.gradient(model, scene, place)
            } else if let Some(name) = &node.name {
                bound(&mut times, name)
            } else if node.kind == Kind::Copy
                && let Some(from) = names.place(graph, scene.graph_node(place))
                && let Some(of) = names.list.get(from)
            {
                of.clone()
            } else if node.kind == Kind::Constant {
                let id = scene.graph_node(place);
                graph
                    .constant(id)
                    .map_or_else(|| math::text(&*node.symbol), |c| math::given(c, As::Value))
            } else if place == scene.output
                && let Some(name) = free(&["f"])
            {
                math::name(name)
            } else if !matches!(node.kind, Kind::Copy | Kind::Box)
                && let Some(short) = names.short(model, scene, place)
            {
                names.expressions[place] = true;
                short
            } else {
                count += 1;
                math::name(&format!("{letter}{count}"))
            };
            names.list.push(name);
        }
        names.carry(model, scene, &mut times);
        names
    }

    /// Names what boxes hand on besides the value they show: as the program does,
    /// else by number.
    fn carry<'a>(
        &mut self,
        model: &'a Model,
        scene: &'a Scene,
        times: &mut FxHashMap<&'a str, usize>,
    ) {
        let labels = &model.program.labels;
        for thread in &scene.outline().threads {
            let node = thread.node;
            if scene.graph_node(thread.from) == node || self.carried.contains_key(&node) {
                continue;
            }
            let label = labels.iter().find(|label| label.root == Some(node));
            let word = label.and_then(|label| model.program.word(label));
            let count = self.carried.len() + 1;
            let name = match word {
                None => math::name(&format!("out{count}")),
                Some(word) => bound(times, word),
            };
            self.carried.insert(node, (thread.from, name));
        }
    }

    /// What a drawn gradient is called: after the first node whose gradient it is.
    fn gradient(&self, model: &Model, scene: &Scene, place: usize) -> Math {
        let node = scene.graph_node(place);
        let is_base = node == model.gradient.seed;
        let is_of = |&at: &usize| {
            let of = scene.graph_node(at);
            scene.nodes[at].name.is_some()
                && model
                    .gradient
                    .of(of)
                    .is_some_and(|of| bare(&model.program.graph, of) == node)
        };
        let of = match scene.nodes[place].kind {
            Kind::End => scene.nodes[place].origin,
            _ => (0..place).find(|at| !is_base && is_of(at)),
        };
        let of = of.unwrap_or(scene.output);
        let name = |at: usize| {
            self.list
                .get(at)
                .cloned()
                .unwrap_or_else(|| math::text("…"))
        };
        math::partial(&name(scene.output), &name(of))
    }

    /// The name of the value that a wire carries.
    pub fn of_wire(&self, scene: &Scene, wire: usize) -> &Math {
        let thread = &scene.outline().threads[wire];
        let carried = self.carried.get(&thread.node);
        carried.map_or_else(|| self.of(thread.from), |(_, name)| name)
    }

    /// Where a value comes from that a box hands on besides the one it shows.
    pub fn carried(&self, node: NodeId) -> Option<(usize, NodeId)> {
        let (place, _) = self.carried.get(&node)?;
        Some((*place, node))
    }

    /// The name of a value that a drawn node hands on.
    pub fn of_node(&self, node: NodeId, place: usize) -> &Math {
        let carried = self.carried.get(&node);
        carried.map_or_else(|| self.of(place), |(_, name)| name)
    }

    /// The name of a drawn node.
    pub fn of(&self, place: usize) -> &Math {
        &self.list[place]
    }

    /// Whether a drawn node's name is the formula of its gate.
    pub fn is_expression(&self, place: usize) -> bool {
        self.expressions[place]
    }

    /// A loss behind the output, from which an upstream gradient comes.
    pub fn beyond(&self) -> &Math {
        &self.beyond
    }

    /// A small step.
    pub fn step(&self) -> &Math {
        &self.step
    }

    /// Whether a node is drawn itself.
    pub fn is_drawn(&self, node: NodeId) -> bool {
        self.places.get(node.index()).is_some_and(Option::is_some)
    }

    /// The drawn node whose value an operand is, but for what it is broadcast by.
    pub fn place(&self, graph: &Graph, mut node: NodeId) -> Option<usize> {
        loop {
            if let Some(place) = *self.places.get(node.index())? {
                return Some(place as usize);
            }
            let implied = graph.node(node).origin.role == Role::Implied;
            if !(implied || bare(graph, node) != node) || graph.arity(node) == 0 {
                return None;
            }
            node = graph.operand(node, 0);
        }
    }

    /// What an operand is called: a number that stands in its gate is itself.
    pub fn operand(&self, graph: &Graph, node: NodeId) -> Math {
        if let Some((_, name)) = self.carried.get(&node) {
            return name.clone();
        }
        if let Some(place) = self.place(graph, node) {
            return self
                .list
                .get(place)
                .cloned()
                .unwrap_or_else(|| math::text("…"));
        }
        match spread(graph, node) {
            Some(value) => math::given(value, As::Value),
            None => math::text("constant"),
        }
    }

    /// The formula of a gate in the names of its operands.
    pub fn formula(&self, model: &Model, gate: NodeId) -> Option<Math> {
        let graph = &model.program.graph;
        let operands = graph.operands(gate).map(|x| self.operand(graph, x));
        Self::formula_of(graph, gate, operands.collect())
    }

    fn formula_of(graph: &Graph, gate: NodeId, operands: Vec<Math>) -> Option<Math> {
        let leaves = Leaves {
            operands,
            value: math::text(""),
            upstream: math::text(""),
            times: "·",
        };
        Some(formula(graph, gate)?.math(&leaves))
    }

    /// An expression that is short enough to be a name: of arithmetic on names
    /// that the program gives.
    fn short(&self, model: &Model, scene: &Scene, place: usize) -> Option<Math> {
        let graph = &model.program.graph;
        let gate = scene.gate(model, place);
        let simple = matches!(
            graph.node(gate).op,
            Op::Add
                | Op::Sub
                | Op::Mul
                | Op::Neg
                | Op::Square
                | Op::Pow
                | Op::Exp
                | Op::Matmul
                | Op::Permute(Permutation::TRANSPOSE)
        );
        let named = |x: NodeId| match self.place(graph, x) {
            Some(place) => scene.nodes.get(place)?.name.as_ref().map(|_| ()),
            None => spread(graph, x).map(|_| ()),
        };
        if !simple || graph.arity(gate) > 2 || graph.operands(gate).any(|x| named(x).is_none()) {
            return None;
        }
        // A number in a name is no value that was computed.
        let operands = graph.operands(gate).map(|x| match spread(graph, x) {
            Some(number) if self.place(graph, x).is_none() => math::given(number, As::Plain),
            _ => self.operand(graph, x),
        });
        let formula = Self::formula_of(graph, gate, operands.collect())?;
        (formula.plain().chars().count() <= SHORT).then_some(formula)
    }
}

/// The number that an operand is, but for what it is broadcast by.
fn spread(graph: &Graph, mut node: NodeId) -> Option<f64> {
    while graph.arity(node) > 0 && graph.node(node).origin.role == Role::Implied {
        node = graph.operand(node, 0);
    }
    graph.constant(node)
}

/// A name that may have been bound before.
fn bound<'a>(times: &mut FxHashMap<&'a str, usize>, name: &'a str) -> Math {
    let time = times.entry(name).or_default();
    *time += 1;
    match *time {
        1 => math::name(name),
        time => math::again(math::name(name), time),
    }
}
