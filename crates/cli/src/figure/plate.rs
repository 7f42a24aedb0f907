//! The grids of tensors: the value above the wire, the gradient below it, and over both the
//! tangent.

use super::draw::{Figure, MIDDLE};
use super::map::Map;
use super::svg::{Colours, length, rect, text};
use backflow_core::number::brief;
use backflow_core::scene::{Plate, SceneNode};

/// The size of a number's letters.
const LETTERS: f64 = 13.0;
/// Letters of a number, but for the point, that have room in any face.
const ROOMY: usize = 5;
/// The side of a sheet without elements.
const EMPTY: f64 = 12.0;
/// How far the edges of the sheets behind a sheet stand out, and how many do at most.
const EDGE: f64 = 3.0;
const EDGES: usize = 2;

/// One of the grids of a plate.
struct Sheet<'a> {
    plate: &'a Plate,
    x: f64,
    y: f64,
    /// The numbers of the sheet that is shown; none where they are not computed.
    values: Option<&'a [f64]>,
    /// The colour of its numbers.
    colour: &'static str,
}

impl Figure<'_> {
    /// Draws all plates.
    pub fn plates(&self, put: &mut impl FnMut(String)) {
        let nodes = self.scene.nodes.iter().enumerate();
        let plated: Vec<(usize, &SceneNode, &Plate)> = nodes
            .filter_map(|(at, node)| node.plate.as_ref().map(|plate| (at, node, plate)))
            .collect();
        if plated.is_empty() {
            return;
        }
        let sheets: Vec<Vec<Sheet>> = plated
            .iter()
            .map(|&(_, node, plate)| self.sheets(node, plate))
            .collect();
        // The wire goes on between value and gradient, or behind both.
        put(format!(
            r#"<g fill="none" stroke="{}" stroke-width="1.5">"#,
            self.colours.ink
        ));
        for &(at, node, plate) in &plated {
            let (start, end) = (node.x + node.width / 2.0, plate.x + plate.width);
            let [start, y, end] = [start, node.y, end].map(length);
            let works = self.at_work(self.is_sent(at));
            put(format!(r#"<path d="M{start} {y}H{end}"{works}/>"#));
        }
        put("</g>".to_owned());
        let Colours { paper, quiet, .. } = self.colours;
        put(format!(
            r#"<g fill="{paper}" stroke="{quiet}" stroke-opacity="0.6">"#
        ));
        for sheet in sheets.iter().flatten() {
            sheet.border(put);
        }
        put("</g>".to_owned());
        for side in 0..sheets[0].len() {
            let colour = sheets[0][side].colour;
            put(format!(
                r#"<g fill="{colour}" font-size="{LETTERS}" font-variant-numeric="tabular-nums">"#
            ));
            for sheets in &sheets {
                sheets[side].numbers(put);
            }
            put("</g>".to_owned());
        }
        for sheet in sheets.iter().flatten().filter(|sheet| sheet.plate.map) {
            if let Some(values) = sheet.values.filter(|values| !values.is_empty()) {
                let map = Map::new(sheet.plate, values);
                map.draw((sheet.x, sheet.y), (&self.colours, sheet.colour), put);
            }
        }
        let stacks = plated
            .iter()
            .filter(|(.., plate)| !plate.leading.is_empty() && !plate.leading.contains(&0));
        let mut stacks = stacks.peekable();
        if stacks.peek().is_some() {
            put(format!(r#"<g fill="{quiet}" font-size="{LETTERS}">"#));
            for (.., plate) in stacks {
                let across = plate.columns as f64 * plate.cell_width;
                let baseline = plate.y + 4.0 + LETTERS;
                put(text(
                    plate.tangent_x.unwrap_or(plate.value_x) + across / 2.0,
                    baseline,
                    "",
                    &first(plate),
                ));
            }
            put("</g>".to_owned());
        }
    }

    /// The sheets of value and gradient and, where there are tangents, theirs.
    fn sheets<'a>(&'a self, node: &SceneNode, plate: &'a Plate) -> Vec<Sheet<'a>> {
        // None of a stack without sheets, however large these would be.
        let count = plate.rows.checked_mul(plate.columns);
        let count = count.filter(|_| !plate.leading.contains(&0));
        let shown = |at: usize, from: usize| {
            let values = self.arena.get(at..at + count?)?;
            (from <= self.step).then_some(values)
        };
        let sheet = |x, y, values, colour| Sheet {
            plate,
            x,
            y,
            values,
            colour,
        };
        let Colours {
            forward,
            gradient,
            tangent,
            ..
        } = self.colours;
        let values = shown(node.value, node.forward);
        let mut sheets = vec![sheet(plate.value_x, plate.value_y, values, forward)];
        if self.scene.mode.has_gradients() {
            let values = shown(node.gradient, node.backward);
            sheets.push(sheet(plate.gradient_x, plate.gradient_y, values, gradient));
        }
        if let (Some(x), Some(y), Some(at)) = (plate.tangent_x, plate.tangent_y, node.tangent) {
            sheets.push(sheet(x, y, shown(at, node.forward), tangent));
        }
        sheets
    }
}

impl Sheet<'_> {
    fn size(&self) -> (f64, f64) {
        let across = self.plate.columns as f64 * self.plate.cell_width;
        let down = self.plate.rows as f64 * self.plate.cell_height;
        (across.max(EMPTY), down.max(EMPTY))
    }

    /// Its border, and the edges of the sheets behind it.
    fn border(&self, put: &mut impl FnMut(String)) {
        let (across, down) = self.size();
        let sheets: usize = self.plate.leading.iter().product();
        for behind in (0..=sheets.saturating_sub(1).min(EDGES)).rev() {
            let by = EDGE * behind as f64;
            put(rect(self.x + by, self.y - by, across, down, ""));
        }
    }

    fn numbers(&self, put: &mut impl FnMut(String)) {
        let Plate {
            columns,
            cell_width,
            cell_height,
            map,
            ..
        } = *self.plate;
        for (at, &value) in self
            .values
            .filter(|_| !map)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let (row, column) = (at / columns, at % columns);
            let number = brief(value);
            // A long number is made narrow, that it may not run into the next.
            let letters = number.chars().filter(|&letter| letter != '.');
            let narrow = if letters.count() > ROOMY {
                format!(
                    r#" textLength="{}" lengthAdjust="spacingAndGlyphs""#,
                    length(cell_width - 4.0)
                )
            } else {
                String::new()
            };
            put(text(
                self.x + (column as f64 + 0.5) * cell_width,
                self.y + (row as f64 + 0.5) * cell_height + LETTERS * MIDDLE,
                &narrow,
                &number,
            ));
        }
    }
}

/// The sheet that is shown of a stack, as the program would choose it.
fn first(plate: &Plate) -> String {
    let leading = plate.leading.iter().map(|_| "0");
    let places: Vec<&str> = leading.chain([":", ":"]).collect();
    format!("[{}]", places.join(", "))
}
