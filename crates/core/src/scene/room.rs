//! How much room everything takes: symbols, names, plates and the labels of wires.

use super::{Kind, Plate, Spread};
use crate::layout::{LABEL, Size};
use crate::view::Mode;

const GATE: f64 = 40.0;
const INPUT: f64 = 24.0;
const COPY: f64 = 8.0;
/// The room of a letter of a symbol or name.
pub const LETTER: f64 = 9.0;
/// The room above a gate for its name, beyond what is free there anyway.
const HEAD: f64 = 12.0;
/// From a symbol to its plate, and from the end of a gate's name.
const TO_PLATE: f64 = 8.0;
const NAME_TO_PLATE: f64 = 4.0;
/// The room of a letter of a wire's label, and around them.
const SMALL_LETTER: f64 = 8.0;
const AROUND: f64 = 12.0;
/// The room of a tangent above a wire's value.
const TANGENT: f64 = 20.0;

/// The room of one unit of the picture.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    /// Its symbol's, where wires end.
    pub symbol: Size,
    /// The symbol's and the plate's together.
    pub whole: Size,
    /// What its name takes above both.
    pub head: f64,
}

impl Room {
    /// Of a unit with a symbol, which may have a name and a plate.
    pub fn new(kind: Kind, symbol: &str, name: Option<&str>, plate: Option<&Plate>) -> Self {
        let square = |width: f64, height: f64| Size { width, height };
        let size = match kind {
            Kind::Copy => square(COPY, COPY),
            Kind::Gate => square(GATE.max(letters(symbol) + 12.0), GATE),
            Kind::Box => square(GATE.max(letters(symbol) + 24.0), GATE),
            Kind::Input | Kind::Constant | Kind::End => {
                square(letters(name.unwrap_or(symbol)) + 10.0, INPUT)
            }
        };
        // The name stands above the symbol.
        let above = name.filter(|_| matches!(kind, Kind::Gate | Kind::Box));
        let head = if above.is_some() { HEAD } else { 0.0 };
        let Some(plate) = plate else {
            return Self {
                symbol: size,
                whole: size,
                head,
            };
        };
        let beyond = above.map_or(0.0, |name| {
            (letters(name) - size.width) / 2.0 + NAME_TO_PLATE
        });
        let height = size.height.max(plate.height);
        Self {
            symbol: size,
            whole: square(size.width + TO_PLATE.max(beyond) + plate.width, height),
            head: (head - (height - size.height) / 2.0).max(0.0),
        }
    }
}

/// The room of the labels of a wire: two numbers, or three where there are tangents; or a
/// shape and the axes that are summed.
pub fn label(shape: &[usize], spread: Option<&Spread>, mode: Mode) -> Size {
    if shape.is_empty() {
        let third = if mode.has_tangents() { TANGENT } else { 0.0 };
        let height = LABEL.height + third;
        return Size { height, ..LABEL };
    }
    let digits = |size: &usize| 1 + size.checked_ilog10().unwrap_or(0) as usize;
    let above = shape.iter().map(digits).sum::<usize>() + shape.len() - 1;
    // `Σ axis 0`, `Σ axes 0, 1`
    let below = spread.map_or(0, |spread| 4 + 3 * spread.axes.len());
    Size {
        width: above.max(below) as f64 * SMALL_LETTER + AROUND,
        ..LABEL
    }
}

fn letters(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}
