//! Every path from a node to the output, with the product of its local derivatives.

use super::card::{line, section, words};
use super::expr::{product, sum};
use super::math::{self, As, Math, joined, op, row, text};
use super::{About, Lesson, Now, Section};
use crate::scene::Kind;

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
        for path in self.walk(now, node) {
            let mut nodes = vec![node];
            nodes.extend(path.iter().filter_map(|&wire| now.scene.wires[wire].to));
            // A copy has the name of what it copies.
            let copy = |place: usize| now.scene.nodes[place].kind == Kind::Copy;
            let told = nodes.iter().copied();
            let told: Vec<usize> = told.filter(|&at| at == node || !copy(at)).collect();
            let names = shortened(&told, |&place| self.names.of(place).clone());
            let gates = path
                .iter()
                .filter(|&&w| !now.scene.wires[w].to.is_some_and(copy));
            let factors: Option<Vec<f64>> = gates.map(|&w| self.local(now, w)).collect();
            // From the output's side, as the backward pass multiplies.
            let factors: Vec<f64> = upstream
                .into_iter()
                .chain(factors?.into_iter().rev())
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

    /// How many paths lead from a node to the output, at most the greatest number;
    /// none if something on them is no number.
    fn count(&self, now: Now<'_>, node: usize) -> Option<u64> {
        let output = now.scene.output;
        let mut counts = vec![0u64; now.scene.nodes.len()];
        counts[output] = 1;
        // Operands come before the gates that use them.
        for place in (node..output).rev() {
            for &wire in &self.out[place] {
                let to = now.scene.wires[wire].to.unwrap_or(output);
                if Self::flows(now, wire) {
                    counts[place] = counts[place].saturating_add(counts[to]);
                }
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
            for &wire in &self.out[place] {
                if let Some(to) = now.scene.wires[wire].to
                    && Self::flows(now, wire)
                {
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
            leads[place] = self.out[place].iter().any(|&wire| {
                let to = now.scene.wires[wire].to;
                Self::flows(now, wire) && to.is_some_and(|to| leads[to])
            });
        }
        let mut found = Vec::new();
        let mut path: Vec<usize> = Vec::new();
        // Each level holds the wires that are still to be taken there.
        let next = |place: usize| -> Vec<usize> {
            let wires = self.out[place].iter().rev().copied();
            let onward = |&wire: &usize| {
                let to = now.scene.wires[wire].to;
                Self::flows(now, wire) && to.is_some_and(|to| leads[to])
            };
            wires.filter(onward).collect()
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
    all.sort_unstable();
    all.dedup();
    all
}
