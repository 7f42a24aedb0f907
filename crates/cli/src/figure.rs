//! `backflow figure`: the picture as the page draws it, as an SVG document.
//!
//! It stands alone: its colours are attributes, it has no style sheet and no
//! script, and what it shows is told in its title and its description too.

use crate::options::Options;
use crate::{Failure, Outcome};
use backflow_core::number::{brief, label, split_name};
use backflow_core::scene::{Kind, MAX_DRAWN, Pass, Scene, SceneNode, SceneWire};
use std::fmt::Write;

/// Room above the picture for the name of a gate in its first row.
const HEADROOM: f64 = 10.0;
/// How far below the middle of a line the baseline of its letters is, of their size.
const MIDDLE: f64 = 0.32;
/// Most inputs that the description tells.
const TOLD: usize = 12;

/// The colours of a theme.
struct Colours {
    paper: &'static str,
    ink: &'static str,
    quiet: &'static str,
    forward: &'static str,
    gradient: &'static str,
}

const LIGHT: Colours = Colours {
    paper: "#fdfdfb",
    ink: "#1b1c1e",
    quiet: "#63666b",
    forward: "#0b7a3b",
    gradient: "#c1272d",
};

const DARK: Colours = Colours {
    paper: "#16181c",
    ink: "#e8e8e4",
    quiet: "#9a9da3",
    forward: "#5bd48a",
    gradient: "#ff8a80",
};

const MATH: &str =
    "'STIX Two Text', 'Latin Modern Roman', Cambria, 'Times New Roman', Times, serif";

/// Draws a program.
pub fn figure(source: &str, options: &Options) -> Result<Outcome, Failure> {
    let model = options.draw(source)?;
    let scene = Scene::new(&model);
    if scene.nodes.is_empty() {
        let gates = model.program.gates;
        return Err(Failure::Limit(format!(
            "{gates} gates are too many to draw: more than {MAX_DRAWN} at a time"
        )));
    }
    let drawing = &options.drawing;
    check(&scene, options)?;
    let last = scene.steps.len() - 1;
    let step = drawing.step.unwrap_or(last);
    if step > last {
        let message = format!("--step {step}: the last step is {last}");
        return Err(Failure::Usage(message));
    }
    let mut arena = model.arena();
    options.seed(&model, &mut arena)?;
    model.plan.run(&mut arena);
    let figure = Figure {
        scene: &scene,
        arena: &arena,
        colours: if drawing.dark { DARK } else { LIGHT },
        step,
        works: drawing.step.is_some(),
    };
    let svg = figure.svg();
    let Some(out) = &drawing.out else {
        return Ok(Outcome::of(svg));
    };
    std::fs::write(out, svg)
        .map_err(|error| Failure::Usage(format!("cannot write {out}: {error}")))?;
    Ok(Outcome::of(String::new()))
}

/// Refuses a key that nothing has which could be opened, closed or folded.
fn check(scene: &Scene, options: &Options) -> Result<(), Failure> {
    let view = &options.drawing.view;
    let open: Vec<&str> = scene.boxes.iter().map(|b| b.key.as_str()).collect();
    let keys = |holds: &dyn Fn(&SceneNode) -> bool| -> Vec<&str> {
        let nodes = scene.nodes.iter().filter(|node| holds(node));
        nodes.map(|node| node.key.as_str()).collect()
    };
    let closed = keys(&|node| node.kind == Kind::Box);
    let folded = keys(&|node| node.op == "sigmoid");
    let shut = keys(&|node| node.opens);
    let offers: Vec<&str> = scene.folds.iter().map(|fold| fold.key.as_str()).collect();
    for (option, asked, done, could) in [
        ("--open", &view.open, &open, &shut),
        ("--close", &view.closed, &closed, &open),
        ("--fold", &view.folded, &folded, &offers),
    ] {
        let known = |key: &String| {
            done.contains(&key.as_str()) || option == "--fold" && open.contains(&key.as_str())
        };
        if let Some(key) = asked.iter().find(|key| !known(key)) {
            let could = match could[..] {
                [] => "there is nothing".to_owned(),
                _ => format!("there is {}", could.join(", ")),
            };
            return Err(Failure::Usage(format!("{option} {key}: {could}")));
        }
    }
    Ok(())
}

/// A scene with its numbers, as it is drawn.
struct Figure<'a> {
    scene: &'a Scene,
    arena: &'a [f64],
    colours: Colours,
    step: usize,
    /// Whether what is at work in the step stands out.
    works: bool,
}

impl Figure<'_> {
    fn svg(&self) -> String {
        let Colours {
            paper,
            ink,
            quiet,
            forward,
            gradient,
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
            put(format!(
                r#"<rect x="{}" y="{}" width="{}" height="{}" rx="12"/>"#,
                length(shown.x),
                length(shown.y),
                length(shown.width),
                length(shown.height)
            ));
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
        let halo = format!(
            r#"stroke="{paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke" font-variant-numeric="tabular-nums""#
        );
        for (colour, above) in [(forward, true), (gradient, false)] {
            put(format!(r#"<g fill="{colour}" {halo}>"#));
            for wire in &self.scene.wires {
                if let Some(label) = self.label(wire, above) {
                    let y = wire.label_y + if above { -5.0 } else { 15.0 };
                    put(text(wire.label_x, y, "", &label));
                }
            }
            put("</g>".to_owned());
        }
        put("</svg>".to_owned());
        svg
    }

    /// A wire's value or gradient, if it is there.
    fn label(&self, wire: &SceneWire, above: bool) -> Option<String> {
        let (at, from) = if above {
            (wire.value, wire.forward)
        } else {
            (wire.gradient, wire.backward)
        };
        let count: usize = wire.shape.iter().product();
        let values = self.arena.get(at..at + count)?;
        (from <= self.step).then(|| label(values, &wire.shape))
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
            let _ = write!(
                drawn,
                r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{fill}"{stroke}/>"#,
                length(x - width / 2.0),
                length(y - height / 2.0),
                length(width),
                length(height),
                length(corner)
            );
        };
        let works = self.now().is_some_and(|step| step.node == Some(at));
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
        }
        if self.works && node.kept && node.forward <= self.step {
            drawn += &self.kept(at, x + width / 2.0, y);
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
    fn now(&self) -> Option<&backflow_core::scene::SceneStep> {
        self.scene.steps.get(self.step).filter(|_| self.works)
    }

    fn is_filled(&self, wire: usize) -> bool {
        self.now().is_some_and(|step| step.wires.contains(&wire))
    }

    /// The line of what is at work.
    fn at_work(&self, works: bool) -> String {
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

    /// The inputs and the output with their values and gradients.
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
        let mut parts = Vec::new();
        let inputs = self.scene.inputs.iter();
        for input in inputs.clone().take(TOLD) {
            let node = &self.scene.nodes[input.node];
            parts.push(format!(
                "{} = {}, gradient {}",
                input.name,
                told(node.value, node.forward, &node.shape),
                told(node.gradient, node.backward, &node.shape)
            ));
        }
        if inputs.len() > TOLD {
            parts.push(format!("and {} more inputs", inputs.len() - TOLD));
        }
        let node = &self.scene.nodes[self.scene.output];
        let name = self.scene.output_name.as_deref().unwrap_or("the output");
        parts.push(format!(
            "{name} = {}, gradient {}",
            told(node.value, node.forward, &node.shape),
            told(node.gradient, node.backward, &node.shape)
        ));
        format!(
            "Values above the wires, gradients below. {}.",
            parts.join("; ")
        )
    }
}

/// A line of text, with attributes.
fn text(x: f64, y: f64, attributes: &str, text: &str) -> String {
    format!(
        r#"<text x="{}" y="{}"{attributes}>{}</text>"#,
        length(x),
        length(y),
        escaped(text)
    )
}

/// A name of the program as mathematics writes it.
fn named(x: f64, y: f64, attributes: &str, name: &str) -> String {
    let (base, subscript) = split_name(name);
    let mut inner = escaped(base);
    if !subscript.is_empty() {
        let subscript = escaped(subscript);
        let _ = write!(
            inner,
            r#"<tspan dy="4" font-size="13" font-style="normal">{subscript}</tspan>"#
        );
    }
    format!(
        r#"<text x="{}" y="{}" font-style="italic"{attributes}>{inner}</text>"#,
        length(x),
        length(y)
    )
}

/// A length, to a tenth.
fn length(length: f64) -> String {
    let text = format!("{length:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Text as XML has it, without what it cannot have.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
