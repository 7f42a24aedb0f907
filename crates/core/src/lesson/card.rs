//! The card of a gate or a wire.

use super::holds::settled;
use super::math::{Math, joined, op, row, text};
use super::show::shaped;
use super::{About, Card, Lesson, Line, Now, Section};
use crate::scene::Kind;

/// Most operands or uses that a card goes into.
const MOST: usize = 8;

/// A line that lights up some nodes and wires.
pub fn line(math: Math, nodes: Vec<usize>, wires: Vec<usize>) -> Line {
    let math = settled(math);
    Line {
        latex: math.latex(),
        text: math.plain(),
        math,
        nodes,
        wires,
    }
}

/// A part with its lines, if there are any.
pub fn section(kind: About, title: &str, lines: Vec<Line>) -> Option<Section> {
    (!lines.is_empty()).then(|| Section {
        kind,
        title: title.to_owned(),
        lines,
    })
}

impl Lesson {
    /// What there is to say of a node at a step; none if there is no such node.
    pub fn card_of_node(&mut self, now: Now<'_>, node: usize, step: usize) -> Option<Card> {
        let shown = now.scene.nodes.get(node)?;
        self.look(now);
        if shown.derivative {
            return Some(self.card_behind(now, node, step));
        }
        let given = matches!(shown.kind, Kind::Input | Kind::Constant);
        let along = if given {
            &self.out[node]
        } else {
            &self.into[node]
        };
        let along: Vec<usize> = along
            .iter()
            .copied()
            .filter(|&w| Self::flows(now, w))
            .collect();
        let along_axes: &[usize] = if given {
            &self.out[node]
        } else {
            &self.into[node]
        };
        let along_axes = &along_axes[..along_axes.len().min(MOST)];
        let local = if given {
            None
        } else {
            let lines = along.iter().take(MOST);
            let lines = lines.flat_map(|&wire| self.local_lines(now, wire, step));
            let title = match shown.kind {
                Kind::Box => "Local derivative, through all of the box",
                _ => "Local derivative",
            };
            section(About::Local, title, lines.collect())
        };
        // Where no gradient comes back none is told of.
        let back = now.scene.mode.has_gradients();
        let sections = [
            // A copy's is the sum over its uses.
            (back && shown.kind != Kind::Copy)
                .then(|| self.chains(now, &along, step))
                .flatten(),
            self.tangent_section(now, node, step),
            local,
            self.axes(now, along_axes, (!given).then_some(node)),
            back.then(|| self.role(now, node)).flatten(),
            self.grain(now, node),
            back.then(|| self.sum(now, node, step)).flatten(),
            self.notes(now, node, step),
            back.then(|| self.paths(now, node, step)).flatten(),
            back.then(|| self.check(now, node, step)).flatten(),
            self.nudged(now, node, step),
        ];
        let title = if given {
            let value = Self::value(now, node, step);
            let mut pieces = vec![self.names.of(node).clone(), op("="), value];
            // A number is its own name.
            if pieces[0].plain() == pieces[2].plain() {
                pieces.truncate(1);
            }
            row(pieces)
        } else {
            self.title(now, node)
        };
        Some(finished(title, Self::subtitle(now, node), sections))
    }

    /// What there is to say of a wire at a step; none if there is no such wire.
    pub fn card_of_wire(&mut self, now: Now<'_>, wire: usize, step: usize) -> Option<Card> {
        let shown = now.scene.wires.get(wire)?;
        self.look(now);
        let Some(to) = shown.to else {
            return self.card_of_node(now, shown.from, step);
        };
        if now.scene.nodes[to].derivative {
            return self.card_of_node(now, to, step);
        }
        let from = shown.from;
        let flows = Self::flows(now, wire);
        let back = now.scene.mode.has_gradients();
        let along: &[usize] = if back && flows { &[wire] } else { &[] };
        let sections = [
            self.chains(now, along, step),
            self.tangent_part(now, wire, step),
            section(
                About::Local,
                "Local derivative",
                self.local_lines(now, wire, step),
            ),
            self.axes(now, &[wire], Some(to)),
            back.then(|| self.role(now, to)).flatten(),
            back.then(|| self.sum(now, from, step)).flatten(),
            self.notes(now, to, step),
        ];
        let title = [from, to].map(|place| self.names.of(place).clone());
        let title = row(joined(title, &op("→")));
        let value = Self::value(now, from, step).plain();
        let mut subtitle = format!("wire carrying {value}");
        if back && flows {
            let share = Self::share(now, wire, step).plain();
            subtitle = format!("{subtitle}; {share} flows back");
        }
        Some(finished(title, subtitle, sections))
    }

    /// `q = x + y`, or what is computed without a name.
    pub(super) fn title(&self, now: Now<'_>, node: usize) -> Math {
        let name = self.names.of(node).clone();
        if Self::is_whole(now, node) {
            return name;
        }
        let gate = now.scene.gate(now.model, node);
        match self.names.formula(now.model, gate) {
            Some(formula) if !self.names.is_expression(node) => row(vec![name, op("="), formula]),
            _ => name,
        }
    }

    pub(super) fn subtitle(now: Now<'_>, node: usize) -> String {
        let shown = &now.scene.nodes[node];
        let what = match shown.kind {
            Kind::Input => "input".to_owned(),
            Kind::Constant => "constant".to_owned(),
            Kind::Copy => "copy gate".to_owned(),
            Kind::End => "gradient".to_owned(),
            Kind::Box => format!("{}, closed", shown.symbol),
            Kind::Gate => match shown.op {
                "maximum" => "max gate".to_owned(),
                "minimum" => "min gate".to_owned(),
                op => format!("{} gate", op.replace('_', " ")),
            },
        };
        let shape = if shown.shape.is_empty() {
            String::new()
        } else {
            format!(", {}", shaped(&shown.shape).plain())
        };
        let output = if node == now.scene.output {
            ", the output"
        } else {
            ""
        };
        [what, shape, output.to_owned()].concat()
    }

    /// Upstream × local = downstream along some wires: in symbols, then in numbers.
    fn chains(&self, now: Now<'_>, wires: &[usize], step: usize) -> Option<Section> {
        let mut lines = Vec::new();
        for &wire in wires.iter().take(MOST) {
            let at = &now.scene.wires[wire];
            let nodes: Vec<usize> = [at.from].into_iter().chain(at.to).collect();
            let said = self.product_lines(now, wire, step).into_iter();
            lines.extend(said.map(|math| line(math, nodes.clone(), vec![wire])));
        }
        if wires.len() > MOST {
            lines.push(line(
                text(format!("and {} more", wires.len() - MOST)),
                Vec::new(),
                wires[MOST..].to_vec(),
            ));
        }
        section(About::Chain, "Upstream × local = downstream", lines)
    }

    /// `∂f/∂q × ∂q/∂y = ∂f/∂y` and `−4 × 1 = −4`; of whole values the rule and shapes.
    fn product_lines(&self, now: Now<'_>, wire: usize, step: usize) -> Vec<Math> {
        let at = &now.scene.wires[wire];
        let Some(to) = at.to else {
            return vec![
                self.symbol(now, at.from),
                Self::gradient(now, at.from, step),
            ];
        };
        if Self::is_whole(now, to) {
            return vec![self.chain_whole(now, wire, step)];
        }
        let downstream = self.part(now, wire);
        let upstream = self.symbol(now, to);
        if at.shape.is_empty() && Self::is_scalar(now, to) {
            let local = self.local_symbol(now, wire);
            let symbols = row(vec![upstream, op("×"), local, op("="), downstream]);
            return vec![symbols, self.numbers(now, wire, step)];
        }
        let symbols = row(vec![
            downstream,
            op("="),
            self.implicit(now, wire, upstream),
        ]);
        let numbers = vec![
            Self::gradient(now, to, step),
            op("→"),
            Self::share(now, wire, step),
        ];
        vec![symbols, row(numbers)]
    }

    /// The gate's role in the lecture's words, where it has one.
    fn role(&self, now: Now<'_>, node: usize) -> Option<Section> {
        let (title, words) = self.role_of(now, node)?;
        let wires = self.into[node].iter().copied();
        let wires = wires.filter(|&wire| Self::flows(now, wire)).collect();
        let said = line(text(words), vec![node], wires);
        section(About::Role, title, vec![said])
    }

    /// The sum over a node's uses, where there are several.
    fn sum(&self, now: Now<'_>, node: usize, step: usize) -> Option<Section> {
        let uses = self.uses(now, node);
        if uses.len() < 2 {
            return None;
        }
        let mut lines = Vec::new();
        for &wire in uses.iter().take(MOST) {
            let share = Self::share(now, wire, step);
            let math = row(vec![self.part(now, wire), op("="), share]);
            lines.push(line(math, vec![node], vec![wire]));
        }
        let total = self.total(now, node, step);
        lines.push(line(total, vec![node], uses));
        section(
            About::Sum,
            "Sum over uses: the gradients of a copied value add",
            lines,
        )
    }
}

/// A card of its parts.
pub fn finished(
    title: Math,
    subtitle: String,
    sections: impl IntoIterator<Item = Option<Section>>,
) -> Card {
    let sections: Vec<Section> = sections.into_iter().flatten().collect();
    let formulas = sections.iter().filter(|section| {
        matches!(
            section.kind,
            About::Chain | About::Tangent | About::Local | About::Sum
        )
    });
    let lines = formulas.flat_map(|section| section.lines.iter().map(|line| line.latex.clone()));
    let lines: Vec<String> = [title.latex()].into_iter().chain(lines).collect();
    Card {
        latex: format!(
            "\\begin{{gathered}}\n{}\n\\end{{gathered}}",
            lines.join(" \\\\\n")
        ),
        text: title.spoken(),
        title,
        subtitle,
        sections,
    }
}

/// Words as a line of a card.
pub fn words(said: impl Into<String>, nodes: Vec<usize>) -> Line {
    line(text(said), nodes, Vec::new())
}
