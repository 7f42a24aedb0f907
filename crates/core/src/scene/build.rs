//! From a model to its scene: what is drawn, what it is called, where it goes.

use super::steps::{Reader, number};
use super::symbol::symbol;
use super::{Kind, Scene, SceneInput, SceneName, SceneNode, SceneWire};
use crate::count::{Counts, pair};
use crate::graph::{EdgeId, Graph, NodeId, Role};
use crate::layout::{LABEL, Layout, Link, Point, Route, Size, layout};
use crate::lower::program::{Input, Program};
use crate::model::Model;
use crate::op::Op;
use std::fmt::Write;

/// Most nodes that are drawn.
pub const MAX_DRAWN: usize = 5000;

const GATE: f64 = 40.0;
const INPUT: f64 = 24.0;
const LETTER: f64 = 9.0;

impl Scene {
    /// The scene of a model; without nodes where these are too many to draw.
    pub fn new(model: &Model) -> Self {
        Picture::new(model).scene()
    }

    /// Follows an [edit](Model::edit) of the model that the scene is of: places in
    /// the source, and the sliders of inputs.
    pub fn follow(&mut self, model: &Model) {
        for (node, &drawn) in self.nodes.iter_mut().zip(&self.drawn) {
            let span = model.span(drawn);
            (node.start, node.end) = (span.start as usize, span.end as usize);
        }
        // Inputs that are not drawn are left out; those that are keep their order.
        let mut inputs = model.program.inputs.iter();
        for shown in &mut self.inputs {
            let drawn = self.drawn.get(shown.node);
            if let Some(input) = inputs.find(|input| Some(&input.node) == drawn) {
                (shown.min, shown.max, shown.step) = slider(&model.program, input);
            }
        }
    }
}

struct Picture<'m> {
    model: &'m Model,
    program: &'m Program,
    /// The nodes that are drawn, in order, and the place of each in that order.
    drawn: Vec<NodeId>,
    places: Vec<Option<u32>>,
}

/// One use of a drawn node.
struct Use {
    from: usize,
    to: usize,
    operand: usize,
    edge: EdgeId,
}

impl<'m> Picture<'m> {
    fn new(model: &'m Model) -> Self {
        let program = &model.program;
        let graph = &program.graph;
        let mut drawn: Vec<NodeId> = model
            .forward()
            .filter(|&node| graph.node(node).origin.role != Role::Implied || shared(model, node))
            .filter(|&node| !graph.is_constant(node) || model.stands(node))
            .collect();
        if drawn.len() > MAX_DRAWN {
            drawn.clear();
        }
        let mut places = vec![None; graph.len()];
        for (place, node) in drawn.iter().enumerate() {
            places[node.index()] = Some(place as u32);
        }
        let mut picture = Self {
            model,
            program,
            drawn,
            places,
        };
        // A derivative may read the inner part of a gate.
        for place in 0..picture.drawn.len() {
            let inner = picture.core(picture.drawn[place]);
            picture.places[inner.index()].get_or_insert(place as u32);
        }
        picture
    }

    fn place(&self, node: NodeId) -> Option<usize> {
        self.places
            .get(node.index())
            .copied()?
            .map(|place| place as usize)
    }

    /// The gate whose operands a drawn node has: its inner part, if it has one.
    fn core(&self, node: NodeId) -> NodeId {
        let graph = &self.program.graph;
        inner(graph, node).unwrap_or(node)
    }

    /// The wires into a node. A broadcast that a gate needed is part of its wire:
    /// the wire has the value before it, and the gradient summed back through it.
    fn uses_into(&self, place: usize) -> Vec<Use> {
        let graph = &self.program.graph;
        let core = self.core(self.drawn[place]);
        let slots = 0..graph.arity(core);
        slots
            .filter_map(|operand| {
                let mut edge = graph.operand_edge(core, operand);
                let mut from = graph.operand(core, operand);
                while graph.node(from).origin.role == Role::Implied && self.place(from).is_none() {
                    edge = graph.operand_edge(from, 0);
                    from = graph.operand(from, 0);
                }
                let from = self.place(from)?;
                Some(Use {
                    from,
                    to: place,
                    operand,
                    edge,
                })
            })
            .collect()
    }

    fn scene(&self) -> Scene {
        let graph = &self.program.graph;
        let output = self.place(self.program.output);
        let uses: Vec<Use> = (0..self.drawn.len())
            .flat_map(|i| self.uses_into(i))
            .collect();
        let symbols: Vec<String> = {
            let drawn = self.drawn.iter();
            drawn.map(|&n| symbol(self.model, self.core(n))).collect()
        };
        let names = self.display_names();
        let mut sizes: Vec<Size> = Vec::with_capacity(self.drawn.len() + 1);
        for (&node, symbol) in self.drawn.iter().zip(&symbols) {
            let letters = |text: &str| text.chars().count() as f64 * LETTER;
            let is_gate = graph.arity(node) > 0;
            let label = if is_gate {
                symbol
            } else {
                names[node.index()].as_ref().unwrap_or(symbol)
            };
            sizes.push(Size {
                width: if is_gate {
                    GATE.max(letters(label) + 12.0)
                } else {
                    letters(label) + 10.0
                },
                height: if is_gate { GATE } else { INPUT },
            });
        }
        let mut links: Vec<Link> = uses
            .iter()
            .map(|u| Link {
                from: u.from,
                to: u.to,
                operand: u.operand,
                label: LABEL,
            })
            .collect();
        if let Some(from) = output {
            // The open end behind the output.
            let to = sizes.len();
            sizes.push(Size {
                width: 0.0,
                height: 0.0,
            });
            links.push(Link {
                from,
                to,
                operand: 0,
                label: LABEL,
            });
        }
        let Layout {
            width,
            height,
            centres,
            routes,
            ..
        } = layout(&sizes, &links);
        let keys = self.keys();
        let nodes = (0..self.drawn.len()).map(|i| {
            let node = self.drawn[i];
            let (centre, size) = (centres[i], sizes[i]);
            let span = self.model.span(node);
            SceneNode {
                key: keys[i].clone(),
                name: names[node.index()].clone(),
                op: graph.node(self.core(node)).op.info().name,
                symbol: symbols[i].clone(),
                kind: kind(self.program, node),
                shape: graph.shape(node).to_vec(),
                value: self.model.plan.offset(node),
                gradient: self.model.gradient_of(node),
                x: centre.x,
                y: centre.y,
                width: size.width,
                height: size.height,
                start: span.start as usize,
                end: span.end as usize,
                forward: 0,
                backward: 0,
                kept: false,
            }
        });
        let mut wires: Vec<SceneWire> = uses
            .iter()
            .zip(&routes)
            .map(|(u, route)| {
                let gradient = self.model.gradient_along(u.edge);
                self.wire(u.from, Some(u.to), u.operand, gradient, route)
            })
            .collect();
        if let (Some(from), Some(route)) = (output, routes.last()) {
            let gradient = self.model.gradient_of(self.drawn[from]);
            wires.push(self.wire(from, None, 0, gradient, route));
        }
        let mut scene = Scene {
            width,
            height,
            nodes: nodes.collect(),
            wires,
            inputs: self.inputs(),
            names: self
                .program
                .names
                .iter()
                .map(|name| SceneName {
                    name: name.name.clone(),
                    node: self.place(name.node),
                })
                .collect(),
            output: output.unwrap_or(0),
            output_name: self.program.output_name.clone(),
            upstream: self.model.upstream(),
            steps: Vec::new(),
            drawn: self.drawn.clone(),
        };
        number(&mut scene, self.model, self.reads());
        scene
    }

    /// For each drawn node the drawn nodes whose values its backward step uses.
    fn reads(&self) -> Vec<Vec<usize>> {
        if self.drawn.is_empty() {
            return Vec::new();
        }
        let graph = &self.program.graph;
        let mut reader = Reader::new(self.model);
        let reads = self.drawn.iter().map(|&node| {
            let read = reader.reads(self.model, [self.core(node)]);
            let mut places: Vec<usize> = read
                .into_iter()
                .filter_map(|mut x| {
                    // What a gate needed is part of the wire from what it was made of.
                    while self.place(x).is_none() && graph.arity(x) > 0 {
                        x = graph.operand(x, 0);
                    }
                    self.place(x)
                })
                .collect();
            places.sort_unstable();
            places.dedup();
            places
        });
        reads.collect()
    }

    fn wire(
        &self,
        from: usize,
        to: Option<usize>,
        operand: usize,
        gradient: usize,
        route: &Route,
    ) -> SceneWire {
        let node = self.drawn[from];
        SceneWire {
            from,
            to,
            operand,
            shape: self.program.graph.shape(node).to_vec(),
            value: self.model.plan.offset(node),
            gradient,
            path: path(route),
            label_x: route.label.x,
            label_y: route.label.y,
            forward: 0,
            backward: 0,
        }
    }

    fn inputs(&self) -> Vec<SceneInput> {
        let inputs = self.program.inputs.iter();
        inputs
            .filter_map(|input| {
                let node = self.place(input.node)?;
                let (min, max, step) = slider(self.program, input);
                Some(SceneInput {
                    node,
                    name: input.name.clone(),
                    min,
                    max,
                    step,
                })
            })
            .collect()
    }

    /// The name that each node was first given.
    fn display_names(&self) -> Vec<Option<String>> {
        if self.drawn.is_empty() {
            return Vec::new();
        }
        let mut names = vec![None; self.program.graph.len()];
        for label in &self.program.labels {
            if let (Some(root), Some(word)) = (label.root, self.program.word(label)) {
                names[root.index()] = Some(word.to_owned());
            }
        }
        names
    }

    /// A key for every drawn node: names, and for what has none the statement's
    /// key with the operation and which of that kind it is.
    fn keys(&self) -> Vec<String> {
        if self.drawn.is_empty() {
            return Vec::new();
        }
        let mut counts = Counts::default();
        let mut bases = vec![None; self.program.labels.len()];
        let graph = &self.program.graph;
        let mut keys = Vec::with_capacity(self.drawn.len());
        for &node in &self.drawn {
            let at = graph.node(node).origin.label;
            let base = self.base(at, &mut bases);
            if self
                .program
                .labels
                .get(at as usize)
                .is_some_and(|l| l.root == Some(node))
            {
                keys.push(base);
                continue;
            }
            let op = graph.node(self.core(node)).op.info().name;
            let kind = Op::ALL.iter().position(|other| other.info().name == op);
            let same = counts.add(pair(at, kind.unwrap_or(Op::ALL.len()) as u32));
            keys.push(match same {
                0 => format!("{base}:{op}"),
                n => format!("{base}:{op}{}", n + 1),
            });
        }
        keys
    }

    /// The key of a statement: the calls it is in, its name, and which binding of that name it is.
    fn base(&self, at: u32, known: &mut [Option<String>]) -> String {
        let (labels, scopes) = (&self.program.labels, &self.program.scopes);
        // From the inside out, until the program or a statement whose key is known.
        let mut chain = Vec::new();
        let mut next = at;
        let mut key = loop {
            if let Some(Some(key)) = known.get(next as usize) {
                break key.clone();
            }
            let Some(label) = labels.get(next as usize) else {
                break String::new();
            };
            chain.push(next);
            if label.scope == 0 {
                break String::new();
            }
            next = scopes[label.scope as usize].label;
        };
        for at in chain.into_iter().rev() {
            let label = &labels[at as usize];
            if label.scope > 0 {
                let scope = &scopes[label.scope as usize];
                let _ = write!(key, "/{}", scope.name);
                if scope.ordinal > 0 {
                    let _ = write!(key, "{}", scope.ordinal + 1);
                }
                key.push('/');
            }
            key.push_str(self.program.word(label).unwrap_or("="));
            if label.version > 0 {
                let _ = write!(key, "#{}", label.version + 1);
            }
            known[at as usize] = Some(key.clone());
        }
        key
    }
}

/// Whether what a gate needed is used by others too, as a derivative does.
fn shared(model: &Model, node: NodeId) -> bool {
    let graph = &model.program.graph;
    let uses = graph.uses(node).map(|edge| graph.user(edge).0);
    let users: Vec<NodeId> = uses.filter(|&user| model.is_forward(user)).collect();
    users.len() > 1 && !users.iter().any(|&user| inner(graph, user) == Some(node))
}

/// The gate that a written reshape belongs to as the last part of it.
pub(super) fn inner(graph: &Graph, node: NodeId) -> Option<NodeId> {
    let made = graph.node(node);
    let inner = (made.op == Op::Reshape).then(|| graph.operand(node, 0))?;
    let of = graph.node(inner);
    let spread = matches!(of.op, Op::Reshape | Op::Broadcast(_));
    (made.origin.role != Role::Implied && of.origin.role == Role::Implied && !spread)
        .then_some(inner)
}

fn kind(program: &Program, node: NodeId) -> Kind {
    match program.graph.node(node).op {
        Op::Input(_) => Kind::Input,
        Op::Constant(_) => Kind::Constant,
        _ => Kind::Gate,
    }
}

/// The slider of an input: what its comment says, else a round range about zero that holds it.
fn slider(program: &Program, input: &Input) -> (f64, f64, f64) {
    let graph = &program.graph;
    let Op::Input(index) = graph.node(input.node).op else {
        return (-10.0, 10.0, 0.01);
    };
    let values = &graph.inputs()[index as usize].value;
    let largest = values.iter().fold(
        0.0f64,
        |m, v| if v.is_finite() { m.max(v.abs()) } else { m },
    );
    let mut round = 10.0f64;
    while largest > round && round < 1e300 {
        round *= 10.0;
    }
    let (low, high) = input.pragma.range.unwrap_or((-round, round));
    let fine = 10f64.powf(((high - low) / 2000.0).log10().ceil());
    (low, high, input.pragma.step.unwrap_or(fine))
}

fn path(route: &Route) -> String {
    let mut path = String::new();
    let mut put = |letter: &str, points: &[Point]| {
        path.push_str(letter);
        for point in points {
            let _ = write!(path, "{:.1} {:.1} ", point.x, point.y);
        }
    };
    put("M", &[route.start]);
    for segment in &route.segments {
        put("C", segment);
    }
    path.truncate(path.trim_end().len());
    path
}
