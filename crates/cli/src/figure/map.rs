//! Tensors too large for numbers: a colour for each element, and what the colours mean.

use super::svg::{Colours, mixed, rect, text};
use backflow_core::number::brief;
use backflow_core::scene::{Plate, SceneNode};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Most rows and columns that are drawn.
const MOST: usize = 64;
/// How many colours there are on each side of zero.
const LEVELS: i32 = 32;
/// The bar of colours: its width, its height, how far it is below the map, and in how
/// many steps it is drawn on each side of zero.
const BAR: [f64; 2] = [36.0, 6.0];
const BELOW: f64 = 7.0;
const STEPS: i32 = 6;
/// The size of the scale's letters.
const LETTERS: f64 = 13.0;

/// What the description says of maps that are not drawn element by element.
pub const POOLED: &str = " Of a map with more than 64 rows or columns a spot has the colour of \
                          the largest of several elements, whatever its sign.";

/// Whether a node has such a map.
pub fn is_pooled(node: &SceneNode) -> bool {
    let plate = node.plate.as_ref();
    plate.is_some_and(|plate| plate.map && plate.rows.max(plate.columns) > MOST)
}

/// The elements of a sheet as spots of colour.
pub struct Map {
    columns: usize,
    /// Width and height of a spot.
    spot: [f64; 2],
    /// Of each spot, row by row, its element: the largest of those that it stands for.
    values: Vec<f64>,
    /// How many elements a spot stands for: rows and columns.
    block: [usize; 2],
    /// The largest magnitude of a finite element.
    most: f64,
    /// Whether some elements are no numbers or infinite.
    broken: bool,
    size: [f64; 2],
}

impl Map {
    /// Of the elements of a sheet.
    pub fn new(plate: &Plate, elements: &[f64]) -> Self {
        let block = [plate.rows, plate.columns].map(|count| count.div_ceil(MOST).max(1));
        let [rows, columns] = [
            plate.rows.div_ceil(block[0]),
            plate.columns.div_ceil(block[1]),
        ];
        let mut values = vec![0.0_f64; rows * columns];
        let finite = elements.iter().filter(|value| value.is_finite());
        let most = finite.fold(0.0_f64, |most, value| most.max(value.abs()));
        for (at, &value) in elements.iter().enumerate() {
            let (row, column) = (at / plate.columns, at % plate.columns);
            let spot = &mut values[row / block[0] * columns + column / block[1]];
            // What is no number is not hidden by one.
            if value.is_nan() || value.abs() > spot.abs() {
                *spot = value;
            }
        }
        Self {
            columns,
            spot: [
                plate.cell_width * block[1] as f64,
                plate.cell_height * block[0] as f64,
            ],
            values,
            block,
            most,
            broken: elements.iter().any(|value| !value.is_finite()),
            size: [
                plate.columns as f64 * plate.cell_width,
                plate.rows as f64 * plate.cell_height,
            ],
        }
    }

    /// Draws it at a place, in a theme's colours and with its own for what is positive.
    pub fn draw(
        &self,
        (left, top): (f64, f64),
        (theme, colour): (&Colours, &str),
        put: &mut impl FnMut(String),
    ) {
        let shade = |level: i32| {
            let share = f64::from(level.abs()) / f64::from(LEVELS);
            mixed(
                theme.paper,
                if level > 0 { colour } else { theme.ink },
                share,
            )
        };
        put("<g>".to_owned());
        if self.block != [1, 1] {
            let [rows, columns] = self.block;
            put(format!(
                "<title>each spot is the largest of {rows}×{columns} elements</title>"
            ));
        }
        // All spots of a colour at once; what is zero is the paper.
        let mut spots: BTreeMap<i32, String> = BTreeMap::new();
        let mut crosses = String::new();
        for (at, &value) in self.values.iter().enumerate() {
            let (row, column) = ((at / self.columns) as f64, (at % self.columns) as f64);
            let (x, y) = (column * self.spot[0], row * self.spot[1]);
            // A block at the end may be smaller.
            let width = self.spot[0].min(self.size[0] - x);
            let height = self.spot[1].min(self.size[1] - y);
            let [x, y, width, height, back] = [left + x, top + y, width, height, -width].map(fine);
            if value.is_nan() {
                let _ = write!(crosses, "M{x} {y}l{width} {height}");
                continue;
            }
            let level = self.level(value);
            if level != 0 {
                let path = spots.entry(level).or_default();
                let _ = write!(path, "M{x} {y}h{width}v{height}h{back}z");
            }
        }
        for (level, path) in spots {
            put(format!(
                r#"<path fill="{}" shape-rendering="crispEdges" d="{path}"/>"#,
                shade(level)
            ));
        }
        if !crosses.is_empty() {
            put(format!(r#"<path stroke="{}" d="{crosses}"/>"#, theme.ink));
        }
        self.scale(
            (left + self.size[0] / 2.0, top + self.size[1]),
            theme,
            &shade,
            put,
        );
        put("</g>".to_owned());
    }

    /// The colour of a number: how many levels above or below zero.
    fn level(&self, value: f64) -> i32 {
        if self.most == 0.0 && value.is_finite() {
            return 0;
        }
        let share = (value / self.most).clamp(-1.0, 1.0);
        (share * f64::from(LEVELS)).round() as i32
    }

    /// The scale, centred below the map.
    fn scale(
        &self,
        (middle, bottom): (f64, f64),
        theme: &Colours,
        shade: &impl Fn(i32) -> String,
        put: &mut impl FnMut(String),
    ) {
        let [width, height] = BAR;
        let baseline = bottom + BELOW + height / 2.0 + LETTERS * 0.32;
        let letters = format!(r#" font-size="{LETTERS}" fill="{}""#, theme.quiet);
        if self.most == 0.0 {
            let said = if self.broken { "not finite" } else { "all 0" };
            put(text(middle, baseline, &letters, said));
            return;
        }
        let (left, top) = (middle - width / 2.0, bottom + BELOW);
        let step = width / f64::from(2 * STEPS + 1);
        for at in -STEPS..=STEPS {
            let x = left + f64::from(at + STEPS) * step;
            let fill = format!(r#" fill="{}""#, shade(at * LEVELS / STEPS));
            put(rect(x, top, step, height, &fill));
        }
        put(rect(
            left,
            top,
            width,
            height,
            &format!(
                r#" fill="none" stroke="{}" stroke-width="0.5""#,
                theme.quiet
            ),
        ));
        for (sign, anchor) in [(-1.0, "end"), (1.0, "start")] {
            let x = middle + sign * (width / 2.0 + 4.0);
            let look = format!(r#"{letters} text-anchor="{anchor}""#);
            put(text(x, baseline, &look, &brief(sign * self.most)));
        }
    }
}

/// A length, to a hundredth: spots may be smaller than a pixel.
fn fine(length: f64) -> String {
    let text = format!("{length:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}
