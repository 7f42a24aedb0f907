//! Every path from a node to the output, with the product of its local derivatives.

use super::card::{line, section, words};
use super::formula::{product, sum};
use super::math::{self, As, Math, joined, op, row, text};
use super::{About, Lesson, Now, Section};
use crate::scene::Kind;
use crate::sort;

/// Most paths that are told one by one.
const PATHS: u64 = 12;
/// Most gates and factors of a path that are written out.
const LONG: usize = 8;

impl Lesson {
    /// The paths from a number to the output, each with its product, and their sum;
    /// how many there are if they are more than a few. None unless all that lies on
    /// them are numbers.
    pub(super) fn paths(&self, now: Now<'_>, node: usize, step: usize) -> Option<Section> {
        let output = now.scene.output;
        let there = now.scene.nodes[node].backward <= step;
        if node == output || !there || !Self::reaches(now, node) {
            return None;
        }
        let count = self.count(now, node)?;
        let title = match count {
            0 => return None,
            1 => "The path to the output".to_owned(),
            count => format!("The {count} paths to the output"),
        };
        if count > PATHS {
            let many = if count == u64::MAX {
                "very many".to_owned()
            } else {
                count.to_string()
            };
            let said = format!(
                "{many} paths: the backward pass visits each gate once instead of following each"
            );
            return section(
                About::Paths,
                "Paths to the output",
                vec![words(said, vec![node])],
            );
        }
        let upstream = (!Self::is_base(now)).then(|| now.arena[now.scene.upstream]);
        let (mut lines, mut products) = (Vec::new(), Vec::new());
        let mut through: Vec<((usize, Option<usize>), f64)> = Vec::new();
        for path in self.walk(now, node) {
            let mut nodes = vec![node];
            nodes.extend(path.iter().filter_map(|&wire| now.scene.wires[wire].to));
            // A copy has the name of what it copies; a box may hand on another value
            // than the one it shows.
            let copy = |place: usize| now.scene.nodes[place].kind == Kind::Copy;
            let told = nodes.iter().copied().enumerate();
            let told = told.filter(|&(_, place)| place == node || !copy(place));
            let told = told.map(|(at, place)| match path.get(at) {
                Some(&wire) => self.names.of_wire(now.scene, wire),
                None => self.names.of(place),
            });
            let names = shortened(&told.collect::<Vec<_>>(), |&name| name.clone());
            let mut factors = Vec::new();
            for (at, &wire) in path.iter().enumerate() {
                if now.scene.wires[wire].to.is_some_and(copy) {
                    continue;
                }
                let next = path.get(at + 1).copied();
                let key = (wire, next);
                let known = through.iter().find(|(passed, _)| *passed == key);
                if let Some((_, factor)) = known {
                    factors.push(*factor);
                    continue;
                }
                let factor = self.factor(now, wire, next)?;
                through.push((key, factor));
                factors.push(factor);
            }
            // From the output's side, as the backward pass multiplies.
            let factors: Vec<f64> = upstream
                .into_iter()
                .chain(factors.into_iter().rev())
                .collect();
            let total: f64 = factors.iter().product();
            products.push(total);
            let mut factors = shortened(&factors, |&d| math::num(d, As::Local));
            if let (Some(upstream), Some(first)) = (upstream, factors.first_mut()) {
                *first = math::num(upstream, As::Gradient);
            }
            let mut pieces = vec![row(joined(names, &op("→"))), text(":")];
            if factors.len() > 1 {
                pieces.extend([product(factors.into_iter(), "×"), op("=")]);
            }
            pieces.push(math::num(total, As::Gradient));
            lines.push(line(row(pieces), nodes, path));
        }
        if lines.len() > 1 {
            let terms = products.iter().map(|&p| math::num(p, As::Gradient));
            let total = products.iter().sum();
            let math = vec![
                self.symbol(now, node),
                op("="),
                sum(terms),
                op("="),
                math::num(total, As::Gradient),
            ];
            let nodes = lines.iter().flat_map(|line| line.nodes.clone());
            let wires = lines.iter().flat_map(|line| line.wires.clone());
            let (nodes, wires) = (distinct(nodes), distinct(wires));
            lines.push(line(row(math), nodes, wires));
        }
        section(About::Paths, &title, lines)
    }

    /// The local derivative at the end of a wire: of a closed box, of the value that
    /// goes on along the next wire, through all of the box.
    fn factor(&self, now: Now<'_>, wire: usize, next: Option<usize>) -> Option<f64> {
        let to = now.scene.wires[wire].to?;
        if now.scene.nodes[to].kind != Kind::Box {
            return self.local(now, wire);
        }
        let threads = &now.scene.outline().threads;
        let out = next.map_or(now.scene.graph_node(to), |next| threads[next].node);
        self.through(now, to, out, threads[wire].node)
    }

    /// The wires along which a node's value goes on towards the output: of a box all
    /// values that it hands on, unless it is where the paths begin.
    fn onward(&self, now: Now<'_>, place: usize, begins: bool) -> impl Iterator<Item = usize> {
        let wires = self.out[place].iter().copied();
        let own = now.scene.nodes[place].value;
        wires.filter(move |&wire| {
            Self::flows(now, wire) && (!begins || now.scene.wires[wire].value == own)
        })
    }

    /// How many paths lead from a node to the output, at most the greatest number;
    /// none if something on them is no number.
    fn count(&self, now: Now<'_>, node: usize) -> Option<u64> {
        let output = now.scene.output;
        let mut counts = vec![0u64; now.scene.nodes.len()];
        counts[output] = 1;
        // Operands come before the gates that use them.
        for place in (node..output).rev() {
            for wire in self.onward(now, place, place == node) {
                let to = now.scene.wires[wire].to.unwrap_or(output);
                counts[place] = counts[place].saturating_add(counts[to]);
            }
        }
        // Only what the node leads to matters.
        let mut on = vec![false; counts.len()];
        on[node] = true;
        for place in node..=output {
            if !on[place] || counts[place] == 0 {
                continue;
            }
            if !Self::is_scalar(now, place) {
                return None;
            }
            for wire in self.onward(now, place, place == node) {
                let at = &now.scene.wires[wire];
                if let Some(to) = at.to.filter(|&to| counts[to] > 0) {
                    if !at.shape.is_empty() {
                        return None;
                    }
                    on[to] = true;
                }
            }
        }
        Some(counts[node])
    }

    /// The paths, each as its wires; they are few.
    fn walk(&self, now: Now<'_>, node: usize) -> Vec<Vec<usize>> {
        let output = now.scene.output;
        // What leads to the output at all.
        let mut leads = vec![false; now.scene.nodes.len()];
        leads[output] = true;
        for place in (node..output).rev() {
            let mut wires = self.onward(now, place, place == node);
            leads[place] = wires.any(|wire| now.scene.wires[wire].to.is_some_and(|to| leads[to]));
        }
        let mut found = Vec::new();
        let mut path: Vec<usize> = Vec::new();
        // Each level holds the wires that are still to be taken there.
        let next = |place: usize| -> Vec<usize> {
            let wires = self.onward(now, place, place == node);
            let leads = |&wire: &usize| now.scene.wires[wire].to.is_some_and(|to| leads[to]);
            let mut wires: Vec<usize> = wires.filter(leads).collect();
            wires.reverse();
            wires
        };
        let mut levels = vec![next(node)];
        while let Some(level) = levels.last_mut() {
            let Some(wire) = level.pop() else {
                levels.pop();
                path.pop();
                continue;
            };
            path.push(wire);
            match now.scene.wires[wire].to {
                Some(to) if to != output => levels.push(next(to)),
                _ => {
                    found.push(path.clone());
                    path.pop();
                }
            }
        }
        found
    }
}

/// The first and the last few of many.
fn shortened<T>(of: &[T], show: impl Fn(&T) -> Math) -> Vec<Math> {
    if of.len() <= LONG {
        return of.iter().map(show).collect();
    }
    let (first, last) = (&of[..LONG / 2], &of[of.len() - LONG / 2..]);
    let first = first.iter().map(&show);
    let last = last.iter().map(&show);
    first.chain([op("…")]).chain(last).collect()
}

fn distinct(of: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut all: Vec<usize> = of.collect();
    sort::ascending(&mut all);
    all.dedup();
    all
}
