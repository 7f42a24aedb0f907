//! The picture itself.

use super::map::{POOLED, is_pooled};
use super::svg::{Colours, MATH, escaped, length, named, rect, text};
use backflow_core::number::{brief, label};
use backflow_core::scene::{Kind, Pass, Scene, SceneNode, SceneStep, SceneWire};
use backflow_core::view::Mode;

/// Room above the picture for the name of a gate in its first row.
const HEADROOM: f64 = 10.0;
/// From a wire to the baselines of its labels.
const ABOVE: f64 = -5.0;
const BELOW: f64 = 15.0;
/// And to that of a tangent, over the value.
const OVER: f64 = -21.0;
/// How far below the middle of a line the baseline of its letters is, of their size.
pub const MIDDLE: f64 = 0.32;
/// Most inputs that the description tells.
const TOLD: usize = 12;

/// One of the labels of a wire.
#[derive(Clone, Copy, PartialEq)]
enum Label {
    Tangent,
    Value,
    Gradient,
}

/// A scene with its numbers, as it is drawn.
pub struct Figure<'a> {
    /// What is drawn.
    pub scene: &'a Scene,
    /// All numbers.
    pub arena: &'a [f64],
    /// The theme.
    pub colours: Colours,
    /// The step that is shown.
    pub step: usize,
    /// Whether what is at work in the step stands out.
    pub works: bool,
}

impl Figure<'_> {
    /// The document.
    pub fn svg(&self) -> String {
        let Colours {
            paper,
            ink,
            quiet,
            forward,
            gradient,
            tangent,
        } = self.colours;
        let (width, height) = (self.scene.width, self.scene.height + HEADROOM);
        let mut svg = String::new();
        let mut put = |line: String| {
            svg.push_str(&line);
            svg.push('\n');
        };
        let (across, down, top) = (length(width), length(height), length(-HEADROOM));
        put(format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top} {across} {down}" width="{across}" height="{down}" role="img" font-family="system-ui, sans-serif" font-size="14" text-anchor="middle" fill="{ink}">"#
        ));
        put(format!("<title>{}</title>", escaped(&self.title())));
        put(format!("<desc>{}</desc>", escaped(&self.description())));
        put(format!(
            r#"<rect y="{top}" width="{across}" height="{down}" fill="{paper}"/>"#
        ));
        put(format!(
            r#"<g fill="none" stroke="{quiet}" stroke-dasharray="5 4">"#
        ));
        for shown in &self.scene.boxes {
            let (x, y) = (shown.x, shown.y);
            put(rect(x, y, shown.width, shown.height, r#" rx="12""#));
        }
        put("</g>".to_owned());
        put(format!(
            r#"<g fill="{quiet}" font-size="13" text-anchor="start">"#
        ));
        for shown in &self.scene.boxes {
            put(text(shown.x + 12.0, shown.y + 15.0, "", &shown.title));
        }
        put("</g>".to_owned());
        put(format!(
            r#"<g fill="none" stroke="{ink}" stroke-width="1.5">"#
        ));
        for (at, wire) in self.scene.wires.iter().enumerate() {
            put(format!(
                r#"<path d="{}"{}/>"#,
                wire.path,
                self.at_work(self.is_filled(at))
            ));
        }
        put("</g>".to_owned());
        put(format!(
            r#"<g font-family="{MATH}" font-size="18" stroke-linejoin="round">"#
        ));
        for (at, node) in self.scene.nodes.iter().enumerate() {
            put(self.node(at, node));
        }
        put("</g>".to_owned());
        self.plates(&mut put);
        let halo = format!(
            r#"stroke="{paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke" font-variant-numeric="tabular-nums""#
        );
        for (colour, at, which) in [
            (tangent, OVER, Label::Tangent),
            (forward, ABOVE, Label::Value),
            (gradient, BELOW, Label::Gradient),
        ] {
            if which == Label::Tangent && !self.scene.mode.has_tangents() {
                continue;
            }
            put(format!(r#"<g fill="{colour}" {halo}>"#));
            for wire in &self.scene.wires {
                if let Some(label) = self.label(wire, which) {
                    put(text(wire.label_x, wire.label_y + at, "", &label));
                }
            }
            put("</g>".to_owned());
        }
        let tensors = self
            .scene
            .wires
            .iter()
            .filter(|wire| !wire.shape.is_empty());
        let mut tensors = tensors.peekable();
        if tensors.peek().is_some() {
            put(format!(r#"<g fill="{quiet}" {halo}>"#));
            for wire in tensors {
                put(text(
                    wire.label_x,
                    wire.label_y + ABOVE,
                    "",
                    &shape(&wire.shape),
                ));
            }
            put("</g>".to_owned());
        }
        put("</svg>".to_owned());
        svg
    }

    /// A wire's tangent, value or gradient, if it is there; of a tensor's gradient the axes
    /// along which it was summed.
    fn label(&self, wire: &SceneWire, which: Label) -> Option<String> {
        let is_behind = |at: usize| self.scene.nodes[at].derivative;
        // What a gate of the backward pass computes is a gradient.
        let gradient = is_behind(wire.from);
        let one_way = !gradient && wire.to.is_some_and(is_behind);
        let (at, from) = match which {
            Label::Tangent => (wire.tangent?, wire.forward),
            Label::Value => (wire.value, wire.forward),
            Label::Gradient if gradient => (wire.value, wire.forward),
            Label::Gradient => (wire.gradient, wire.backward),
        };
        let hides = match which {
            Label::Tangent => gradient || one_way,
            Label::Value => gradient,
            Label::Gradient => one_way,
        };
        if from > self.step || hides {
            return None;
        }
        match (&wire.spread, which) {
            _ if wire.shape.is_empty() => self.arena.get(at).copied().map(brief),
            (Some(spread), Label::Gradient) => Some(summed(&spread.axes)),
            _ => None,
        }
    }

    fn node(&self, at: usize, node: &SceneNode) -> String {
        let Colours { paper, ink, .. } = self.colours;
        let SceneNode {
            x,
            y,
            width,
            height,
            kind,
            ..
        } = *node;
        let name = node.name.as_deref();
        let mut drawn = String::new();
        let corner = match kind {
            Kind::Gate if width <= height => height / 2.0,
            Kind::Copy => height / 2.0,
            _ => 10.0,
        };
        let mut frame = |fill: &str, stroke: &str| {
            let look = format!(r#" rx="{}" fill="{fill}"{stroke}"#, length(corner));
            drawn += &rect(x - width / 2.0, y - height / 2.0, width, height, &look);
        };
        let works = self.now().is_some_and(|step| step.node == Some(at))
            || self.works && node.derivative && node.forward == self.step;
        let stroke = if works {
            self.at_work(true)
        } else {
            let width = if kind == Kind::Box { "2" } else { "1.5" };
            format!(r#" stroke="{ink}" stroke-width="{width}""#)
        };
        let middle = y + 18.0 * MIDDLE;
        // An input's and a constant's text ends where the wire starts.
        let end = (x + width / 2.0 - 5.0, middle);
        let at_end = r#" text-anchor="end""#;
        match kind {
            Kind::Copy => frame(ink, &stroke),
            Kind::Gate | Kind::Box => {
                frame(paper, &stroke);
                drawn += &text(x, middle, "", &node.symbol);
                if let Some(name) = name {
                    let halo =
                        format!(r#" stroke="{paper}" stroke-width="4" paint-order="stroke""#);
                    drawn += &named(x, y - height / 2.0 - 9.0, &halo, name);
                }
            }
            Kind::Input => {
                drawn += &named(end.0, end.1, at_end, name.unwrap_or(&node.symbol));
            }
            Kind::Constant => drawn += &text(end.0, end.1, at_end, &node.symbol),
            Kind::End => {
                let start = x - width / 2.0 + 5.0;
                let at_start = r#" text-anchor="start""#;
                drawn += &named(start, middle, at_start, name.unwrap_or_default());
            }
        }
        if self.works && node.kept && node.forward <= self.step {
            let end = node.plate.as_ref();
            let end = end.map_or(x + width / 2.0, |plate| plate.x + plate.width);
            drawn += &self.kept(at, end, y);
        }
        drawn
    }

    /// The mark of a value that the backward pass reads; with a ring where it does now.
    fn kept(&self, at: usize, x: f64, y: f64) -> String {
        let forward = self.colours.forward;
        let read = self.now().is_some_and(|step| step.reads.contains(&at));
        let ring = if read {
            format!(r#" stroke="{forward}" stroke-width="5" stroke-opacity="0.4""#)
        } else {
            String::new()
        };
        format!(
            r#"<circle cx="{}" cy="{}" r="{}" fill="{forward}"{ring}/>"#,
            length(x),
            length(y),
            if read { 5 } else { 4 }
        )
    }

    /// The step that is shown.
    fn now(&self) -> Option<&SceneStep> {
        self.scene.steps.get(self.step).filter(|_| self.works)
    }

    fn is_filled(&self, wire: usize) -> bool {
        self.now().is_some_and(|step| step.wires.contains(&wire))
    }

    /// Whether a wire that leaves a node is filled in the step.
    pub fn is_sent(&self, node: usize) -> bool {
        self.now().is_some_and(|step| {
            let mut wires = step.wires.iter();
            wires.any(|&wire| self.scene.wires[wire].from == node)
        })
    }

    /// The line of what is at work.
    pub fn at_work(&self, works: bool) -> String {
        let colour = match self.now().map(|step| step.pass) {
            Some(Pass::Base | Pass::Backward) => self.colours.gradient,
            _ => self.colours.forward,
        };
        if works {
            format!(r#" stroke="{colour}" stroke-width="3""#)
        } else {
            String::new()
        }
    }

    fn title(&self) -> String {
        let name = self.scene.output_name.as_deref();
        let of = name.map_or_else(String::new, |name| format!(" of {name}"));
        let gates = self.scene.nodes.iter();
        let gates = gates.filter(|node| matches!(node.kind, Kind::Gate | Kind::Box));
        match gates.count() {
            1 => format!("Computational graph{of}: 1 gate"),
            count => format!("Computational graph{of}: {count} gates"),
        }
    }

    /// The inputs and the output with their values and derivatives.
    fn description(&self) -> String {
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        let told = |at: usize, from: usize, shape: &[usize]| {
            let values = self.arena.get(at..at + count(shape));
            values.filter(|_| from <= self.step).map_or_else(
                || "not computed yet".to_owned(),
                |values| match *values {
                    [value] if shape.is_empty() => brief(value),
                    _ => label(values, shape),
                },
            )
        };
        let all = |name: &str, node: &SceneNode| {
            let value = told(node.value, node.forward, &node.shape);
            let mut said = vec![format!("{name} = {value}")];
            said.extend(node.tangent.map(|at| {
                let tangent = told(at, node.forward, &node.shape);
                format!("tangent {tangent}")
            }));
            if self.scene.mode.has_gradients() {
                let gradient = told(node.gradient, node.backward, &node.shape);
                said.push(format!("gradient {gradient}"));
            }
            said.join(", ")
        };
        let mut parts = Vec::new();
        let inputs = self.scene.inputs.iter();
        for input in inputs.clone().take(TOLD) {
            parts.push(all(&input.name, &self.scene.nodes[input.node]));
        }
        if inputs.len() > TOLD {
            parts.push(format!("and {} more inputs", inputs.len() - TOLD));
        }
        let node = &self.scene.nodes[self.scene.output];
        let name = self.scene.output_name.as_deref().unwrap_or("the output");
        parts.push(all(name, node));
        let (wires, grids) = match self.scene.mode {
            Mode::Reverse => (
                "Values above the wires, gradients below.",
                "value and, below it or at its right, the gradient.",
            ),
            Mode::Forward => (
                "Values above the wires, and over them tangents.",
                "tangent and, below it or at its right, the value.",
            ),
            Mode::Both => (
                "Values above the wires, and over them tangents; gradients below.",
                "tangent and, below it or at its right, the value and the gradient.",
            ),
        };
        let mut said = wires.to_owned();
        if self.scene.nodes.iter().any(|node| node.plate.is_some()) {
            said += " Of tensors the wires have the shape, and grids beside the symbol the ";
            said += grids;
        }
        if self.scene.nodes.iter().any(is_pooled) {
            said += POOLED;
        }
        format!("{said} {}.", parts.join("; "))
    }
}

/// A shape on a wire.
fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(usize::to_string).collect();
    sizes.join("×")
}

/// The axes along which a gradient is summed on its way back.
fn summed(axes: &[usize]) -> String {
    let word = if axes.len() == 1 { "axis" } else { "axes" };
    let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
    format!("Σ {word} {}", axes.join(", "))
}
