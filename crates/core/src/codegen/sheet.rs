//! A text with what each of its lines has to do with the graph.

use super::{Code, CodeLine, Walk};
use crate::graph::NodeId;
use crate::model::Model;
use crate::scene::{Kind, Pass, Scene};
use crate::view::What;
use rustc_hash::FxHashMap;

/// A text that is being written.
#[derive(Default)]
pub struct Sheet {
    lines: Vec<(String, Walk, Vec<NodeId>)>,
}

impl Sheet {
    /// Lines that belong to no gate.
    pub fn put(&mut self, text: &str) {
        for line in text.split('\n') {
            self.lines.push((line.to_owned(), Walk::Other, Vec::new()));
        }
    }

    /// A line that is one gate's, or several gates'.
    pub fn step(&mut self, text: String, walk: Walk, gates: &[NodeId]) {
        self.lines.push((text, walk, gates.to_vec()));
    }

    /// An empty line, unless the text begins here or there is one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.0.is_empty()) {
            self.put("");
        }
    }

    /// Another one's lines.
    pub fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Its lines.
    pub fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.0.clone()).collect()
    }

    /// The text so far, for a look at what it uses.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.0);
            text.push('\n');
        }
        text
    }

    /// The whole of it, with places in a scene if there is one.
    pub fn finish(self, model: &Model, scene: Option<&Scene>) -> Code {
        let text = self.text();
        let places = scene.map(|scene| Places::new(model, scene));
        let lines = self.lines.into_iter().map(|(_, walk, gates)| {
            let mut line = CodeLine {
                pass: walk,
                nodes: Vec::new(),
                steps: Vec::new(),
                gates,
            };
            if let (Some(places), Some(scene)) = (&places, scene) {
                places.link(scene, &mut line);
            }
            line
        });
        Code {
            lines: lines.collect(),
            text,
        }
    }
}

/// Where the program's nodes are in a scene.
struct Places {
    of: FxHashMap<NodeId, usize>,
    /// Closed boxes: the range of their nodes, and where they are.
    boxes: Vec<(std::ops::Range<u32>, usize)>,
    /// The backward step of each node of the scene.
    back: FxHashMap<usize, usize>,
    base: Option<usize>,
}

impl Places {
    fn new(model: &Model, scene: &Scene) -> Self {
        let mut of = FxHashMap::default();
        let mut boxes = Vec::new();
        for (at, unit) in scene.outline().units.iter().enumerate() {
            match unit.what {
                What::Copy | What::End(_) => {}
                What::Node => {
                    of.insert(unit.node, at);
                    of.entry(scene.gate(model, at)).or_insert(at);
                }
                What::Group(group) => {
                    let group = model.program.groups.get(group as usize);
                    boxes.extend(group.map(|group| (group.nodes.clone(), at)));
                }
            }
        }
        let steps = scene.steps.iter().enumerate();
        let back = steps
            .clone()
            .filter(|(_, step)| step.pass == Pass::Backward);
        let back = back
            .filter_map(|(at, step)| Some((step.node?, at)))
            .collect();
        let base = steps.clone().find(|(_, step)| step.pass == Pass::Base);
        Self {
            of,
            boxes,
            back,
            base: base.map(|(at, _)| at),
        }
    }

    fn place(&self, node: NodeId) -> Option<usize> {
        let within = || {
            let at = node.index() as u32;
            let around = self.boxes.iter().find(|(nodes, _)| nodes.contains(&at));
            around.map(|&(_, place)| place)
        };
        self.of.get(&node).copied().or_else(within)
    }

    fn link(&self, scene: &Scene, line: &mut CodeLine) {
        for &gate in &line.gates {
            let Some(place) = self.place(gate) else {
                continue;
            };
            if !line.nodes.contains(&place) {
                line.nodes.push(place);
            }
            let node = &scene.nodes[place];
            let given = matches!(node.kind, Kind::Input | Kind::Constant);
            let step = match line.pass {
                Walk::Forward if given => Some(0),
                Walk::Forward => Some(node.forward),
                Walk::Base => self.base,
                Walk::Backward => self.back.get(&place).copied(),
                Walk::Other => None,
            };
            if let Some(step) = step.filter(|step| !line.steps.contains(step)) {
                line.steps.push(step);
            }
        }
    }
}
