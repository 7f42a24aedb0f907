//! From a model's outline to its scene: what it is called, where it goes.

use super::behind;
use super::plate::plate;
use super::room::{LETTER, Room, label};
use super::spread::spread;
use super::steps::{Reader, number};
use super::symbol::symbol;
use super::{
    Kind, Plate, Scene, SceneBox, SceneFold, SceneInput, SceneName, SceneNode, SceneWire, Spread,
};
use crate::graph::{NodeId, Role};
use crate::layout::{Asked, Before, Frame, Layout, Link, Point, Route, Size, layout_in};
use crate::lower::program::{Input, Label, Made, Program};
use crate::model::Model;
use crate::op::Op;
use crate::sort;
use crate::source::Span;
use crate::view::{Outline, Thread, Unit, What, core, title};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// The height of a box's title.
const TITLE: f64 = 20.0;

impl Scene {
    /// The scene of a model: as its view has it, or with all calls and turns of loops
    /// open; without nodes where these are too many to draw.
    pub fn new(model: &Model) -> Self {
        Picture::new(model).scene(None)
    }

    /// The scene of a model that takes the place of another one: what has the same key
    /// stays near where it was.
    pub fn after(model: &Model, before: &Self) -> Self {
        Picture::new(model).scene(Some(before))
    }

    /// Follows an [edit](Model::edit) of the model that the scene is of: places in
    /// the source, and the sliders of inputs.
    pub fn follow(&mut self, model: &Model) {
        for (node, unit) in self.nodes.iter_mut().zip(&self.outline.units) {
            let span = span(model, unit);
            (node.start, node.end) = (span.start as usize, span.end as usize);
        }
        // Inputs that are not drawn are left out; those that are keep their order.
        let mut inputs = model.program.inputs.iter();
        for shown in &mut self.inputs {
            let drawn = self.outline.units.get(shown.node).map(|unit| unit.node);
            if let Some(input) = inputs.find(|input| Some(input.node) == drawn) {
                (shown.min, shown.max, shown.step) = slider(&model.program, input);
            }
        }
    }
}

struct Picture<'m> {
    model: &'m Model,
    program: &'m Program,
    outline: Outline,
    /// The name that each unit shows.
    names: Vec<Option<String>>,
    /// What is written in each unit.
    symbols: Vec<String>,
    /// The grids of each unit.
    plates: Vec<Option<Plate>>,
    /// The room that each unit takes.
    rooms: Vec<Room>,
    /// What a broadcast does on each wire.
    spreads: Vec<Option<Spread>>,
}

impl<'m> Picture<'m> {
    fn new(model: &'m Model) -> Self {
        let outline = model.outline().into_owned();
        let program = &model.program;
        let mode = model.view().mode;
        let mut names = display_names(program, &outline);
        behind::name(model, &outline, &mut names);
        let symbols = outline.units.iter().map(|unit| match unit.what {
            What::Node => symbol(model, core(&program.graph, unit.node)),
            What::Copy | What::End(_) => String::new(),
            What::Group(group) => title(program, group),
        });
        let symbols: Vec<String> = symbols.collect();
        let plates = outline.units.iter().map(|unit| match unit.what {
            What::Copy | What::End(_) => None,
            What::Node | What::Group(_) => plate(program.graph.shape(unit.node), mode),
        });
        let plates: Vec<Option<Plate>> = plates.collect();
        let rooms = outline.units.iter().enumerate().map(|(at, unit)| {
            let (name, plate) = (names[at].as_deref(), plates[at].as_ref());
            Room::new(kind(program, unit), &symbols[at], name, plate)
        });
        let threads = outline.threads.iter();
        let spreads = threads.map(|thread| spread(&program.graph, &outline, thread));
        Self {
            model,
            program,
            rooms: rooms.collect(),
            spreads: spreads.collect(),
            symbols,
            plates,
            names,
            outline,
        }
    }

    fn scene(self, before: Option<&Scene>) -> Scene {
        let Outline {
            units,
            threads,
            blocks,
            folds,
            output,
            excess,
        } = &self.outline;
        let undrawn = excess.map(|excess| excess.told(self.program.gates));
        let mode = self.model.view().mode;
        let mut sizes: Vec<Size> = self.rooms.iter().map(|room| room.whole).collect();
        let grips: Vec<Size> = self.rooms.iter().map(|room| room.symbol).collect();
        let heads: Vec<f64> = self.rooms.iter().map(|room| room.head).collect();
        // The open end behind the output: the backward pass begins there, if it is drawn.
        let seed = self.model.gradient.seed;
        let base = units.iter().position(|unit| unit.node == seed);
        let end = base.unwrap_or(sizes.len());
        if base.is_none() {
            sizes.push(Size::NONE);
        }
        let links: Vec<Link> = threads
            .iter()
            .zip(&self.spreads)
            .map(|(thread, spread)| Link {
                from: thread.from,
                to: thread.to.unwrap_or(end),
                operand: thread.operand,
                label: label(self.program.graph.shape(thread.node), spread.as_ref(), mode),
            })
            .collect();
        if units.is_empty() {
            sizes.clear();
        }
        let frames = blocks.iter().map(|block| Frame {
            parent: block.parent,
            title: Size {
                width: block.title.chars().count() as f64 * LETTER,
                height: TITLE,
            },
        });
        let before = before.map(|before| Before {
            centres: self.centres_in(before),
        });
        let frame_of = units.iter().map(|unit| unit.block);
        let Layout {
            width,
            height,
            centres,
            routes,
            frames,
        } = layout_in(&Asked {
            sizes: &sizes,
            heads: &heads,
            grips: &grips,
            links: &links,
            frames: &frames.collect::<Vec<_>>(),
            frame_of: &frame_of.collect::<Vec<_>>(),
            before: before.as_ref(),
        });
        let origins = behind::origins(self.model, &self.outline, &self.places());
        let nodes = (0..units.len()).map(|at| SceneNode {
            origin: origins[at],
            ..self.node(at, centres[at])
        });
        let nodes: Vec<SceneNode> = nodes.collect();
        let wires = threads.iter().zip(&routes).zip(&self.spreads);
        let wires = wires.map(|((thread, route), spread)| SceneWire {
            spread: spread.clone(),
            ..self.wire(thread, route)
        });
        let folds = folds.iter().filter_map(|gates| {
            Some(SceneFold {
                key: units[*gates.last()?].key.clone(),
                op: Op::Sigmoid.info().name,
                nodes: gates.clone(),
                steps: 0,
            })
        });
        let boxes = blocks.iter().zip(frames).map(|(block, frame)| SceneBox {
            key: block.key.clone(),
            title: block.title.clone(),
            kind: match block.made {
                Made::Call(_) => "call",
                Made::Turn { .. } => "loop",
                Made::Composite(_) => "composite",
                Made::Mirror { .. } => "derivative",
            },
            parent: block.parent,
            x: frame.x,
            y: frame.y,
            width: frame.width,
            height: frame.height,
        });
        let reads = self.reads();
        let places = self.places();
        let mut scene = Scene {
            width,
            height,
            wires: wires.collect(),
            boxes: boxes.collect(),
            folds: folds.collect(),
            undrawn,
            nodes,
            inputs: self.inputs(),
            names: self.scene_names(),
            output: *output,
            output_name: self.program.output_name.clone(),
            upstream: self.model.upstream(),
            mode,
            steps: Vec::new(),
            outline: self.outline,
        };
        number(&mut scene, self.model, &places, reads);
        scene
    }

    /// Where each unit was in another scene.
    fn centres_in(&self, before: &Scene) -> Vec<Option<Point>> {
        let known: FxHashMap<&str, Point> = before
            .nodes
            .iter()
            .map(|node| {
                let left = node.x - node.width / 2.0;
                let own = node.x + node.width / 2.0;
                let right = node.plate.as_ref().map_or(own, |at| at.x + at.width);
                let (x, y) = (left.midpoint(right), node.y);
                (node.key.as_str(), Point { x, y })
            })
            .collect();
        let units = self.outline.units.iter();
        units
            .map(|unit| known.get(unit.key.as_str()).copied())
            .collect()
    }

    /// For each unit the units whose values its backward step uses.
    fn reads(&self) -> Vec<Vec<usize>> {
        let Outline { units, threads, .. } = &self.outline;
        if units.is_empty() {
            return Vec::new();
        }
        let graph = &self.program.graph;
        let places = self.places();
        // Values that go into a closed box and out of one.
        let mut carried: FxHashMap<(usize, NodeId), usize> = FxHashMap::default();
        for thread in threads {
            if let Some(to) = thread.to {
                carried.entry((to, thread.node)).or_insert(thread.from);
            }
        }
        let mut reader = Reader::new(self.model);
        let reads = units.iter().enumerate().map(|(at, unit)| {
            let gates = match unit.what {
                _ if behind::is_behind(self.model, unit) => Vec::new(),
                What::Node => vec![core(graph, unit.node)],
                What::Copy | What::End(_) => Vec::new(),
                What::Group(group) => {
                    let nodes = self.program.groups[group as usize].nodes.clone();
                    nodes.map(|node| NodeId::new(node as usize)).collect()
                }
            };
            let read = reader.reads(self.model, gates);
            let mut read: Vec<usize> = read
                .into_iter()
                .filter_map(|mut x| {
                    // What a gate needed is part of the wire from what it was made of.
                    while places[x.index()].is_none()
                        && graph.node(x).origin.role == Role::Implied
                        && graph.arity(x) > 0
                    {
                        x = graph.operand(x, 0);
                    }
                    let shown = places[x.index()].map(|place| place as usize);
                    shown.or_else(|| carried.get(&(at, x)).copied())
                })
                .collect();
            sort::ascending(&mut read);
            read.dedup();
            read
        });
        reads.collect()
    }

    /// A node and its plate, which together are centred at a place.
    fn node(&self, at: usize, centre: Point) -> SceneNode {
        let Room { symbol, whole, .. } = self.rooms[at];
        let plate = self.plates[at].clone();
        let unit = &self.outline.units[at];
        let graph = &self.program.graph;
        let span = span(self.model, unit);
        SceneNode {
            key: unit.key.clone(),
            name: self.names[at].clone(),
            op: match unit.what {
                What::Node => graph.node(core(graph, unit.node)).op.info().name,
                What::Copy => "copy",
                What::End(_) => "end",
                What::Group(group) => match self.program.groups[group as usize].made {
                    Made::Call(_) => "call",
                    Made::Turn { .. } => "loop",
                    Made::Composite(_) => "composite",
                    Made::Mirror { .. } => "derivative",
                },
            },
            symbol: self.symbols[at].clone(),
            kind: kind(self.program, unit),
            shape: graph.shape(unit.node).to_vec(),
            value: self.model.plan.offset(unit.node),
            gradient: {
                let plan = &self.model.plan;
                unit.gradient.map_or(plan.zeros(), |node| plan.offset(node))
            },
            tangent: self.tangent(unit, unit.node),
            x: centre.x - (whole.width - symbol.width) / 2.0,
            y: centre.y,
            width: symbol.width,
            height: symbol.height,
            start: span.start as usize,
            end: span.end as usize,
            forward: 0,
            backward: 0,
            kept: false,
            r#box: unit.block,
            opens: unit.opens,
            plate: plate.map(|plate| {
                let corner = Point {
                    x: centre.x + whole.width / 2.0 - plate.width,
                    y: centre.y - plate.height / 2.0,
                };
                plate.at(corner)
            }),
            origin: None,
            derivative: behind::is_behind(self.model, unit),
        }
    }

    fn wire(&self, thread: &Thread, route: &Route) -> SceneWire {
        let plan = &self.model.plan;
        SceneWire {
            from: thread.from,
            to: thread.to,
            operand: thread.operand,
            shape: self.program.graph.shape(thread.node).to_vec(),
            value: plan.offset(thread.node),
            gradient: thread
                .gradient
                .map_or(plan.zeros(), |node| plan.offset(node)),
            tangent: self.tangent(&self.outline.units[thread.from], thread.node),
            path: path(route),
            spread: None,
            label_x: route.label.x,
            label_y: route.label.y,
            forward: 0,
            backward: 0,
        }
    }

    /// Where the tangent lies of what a unit hands on; none in the backward pass that is
    /// drawn, of which forward mode computes none.
    fn tangent(&self, unit: &Unit, node: NodeId) -> Option<usize> {
        let behind = behind::is_behind(self.model, unit);
        self.model.tangent_of(node).filter(|_| !behind)
    }

    /// The unit of each node that one shows.
    fn places(&self) -> Vec<Option<u32>> {
        let units = &self.outline.units;
        let mut places = vec![None; self.program.graph.len()];
        if units.is_empty() {
            places.clear();
        }
        for (at, unit) in units.iter().enumerate() {
            if !matches!(unit.what, What::Copy | What::End(_)) {
                places[unit.node.index()] = Some(at as u32);
            }
        }
        // A derivative may read the inner part of a gate.
        for (at, unit) in units.iter().enumerate() {
            if unit.what == What::Node {
                places[core(&self.program.graph, unit.node).index()].get_or_insert(at as u32);
            }
        }
        places
    }

    fn inputs(&self) -> Vec<SceneInput> {
        let places = self.places();
        let inputs = self.program.inputs.iter().enumerate();
        let seeds = self.model.seeds();
        inputs
            .filter_map(|(at, input)| {
                let node = (*places.get(input.node.index())?)? as usize;
                let (min, max, step) = slider(self.program, input);
                Some(SceneInput {
                    node,
                    seed: seeds.get(at).map(|&seed| self.model.plan.offset(seed)),
                    name: input.name.clone(),
                    min,
                    max,
                    step,
                })
            })
            .collect()
    }

    fn scene_names(&self) -> Vec<SceneName> {
        let places = self.places();
        let names = self.program.names.iter();
        names
            .map(|name| {
                let place = places.get(name.node.index()).copied().flatten();
                SceneName {
                    name: name.name.clone(),
                    node: place.map(|place| place as usize),
                }
            })
            .collect()
    }
}

/// The source that a unit was written in.
fn span(model: &Model, unit: &Unit) -> Span {
    match unit.what {
        What::Group(group) => model.place(model.program.groups[group as usize].span),
        _ => model.span(unit.node),
    }
}

/// The name over each unit: the one its node was given, but over a closed call not one
/// that only its definition knows.
fn display_names(program: &Program, outline: &Outline) -> Vec<Option<String>> {
    if outline.units.is_empty() {
        return Vec::new();
    }
    let mut labels: Vec<Option<&Label>> = vec![None; program.graph.len()];
    for label in &program.labels {
        if let Some(root) = label.root.filter(|_| label.name.is_some()) {
            labels[root.index()] = Some(label);
        }
    }
    let names = outline.units.iter().map(|unit| {
        let label = match unit.what {
            What::Node => labels[unit.node.index()],
            What::Copy | What::End(_) => None,
            What::Group(group) => {
                let at = program.graph.node(unit.node).origin.label;
                let label = program.labels.get(at as usize);
                label.filter(|label| {
                    let caller = match program.groups[group as usize].made {
                        Made::Call(scope) => program.scopes[scope as usize].label == at,
                        _ => true,
                    };
                    caller && label.root == Some(unit.node)
                })
            }
        };
        program.word(label?).map(str::to_owned)
    });
    names.collect()
}

fn kind(program: &Program, unit: &Unit) -> Kind {
    match (unit.what, program.graph.node(unit.node).op) {
        (What::Copy, _) => Kind::Copy,
        (What::End(_), _) => Kind::End,
        (What::Group(_), _) => Kind::Box,
        (What::Node, Op::Input(_)) => Kind::Input,
        (What::Node, Op::Constant(_)) => Kind::Constant,
        (What::Node, _) => Kind::Gate,
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
    path.pop();
    path
}
