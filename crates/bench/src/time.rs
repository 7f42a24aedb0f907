//! Timing several ways of doing one thing, in turns.

use serde::{Deserialize, Serialize};

/// Microseconds since some moment, of the processor rather than of the wall.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// One way of doing a thing.
pub struct Side<'a> {
    name: String,
    /// Does it a number of times.
    run: Box<dyn FnMut(u32) + 'a>,
}

impl<'a> Side<'a> {
    /// A way that does it once a call.
    pub fn new(name: &str, mut once: impl FnMut() + 'a) -> Self {
        Self::repeating(name, move |times| (0..times).for_each(|_| once()))
    }

    /// A way that does it as often as it is told.
    pub fn repeating(name: &str, run: impl FnMut(u32) + 'a) -> Self {
        Self {
            name: name.into(),
            run: Box::new(run),
        }
    }
}

/// The middle of many measurements and its quarters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// A quarter lies below.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// A quarter lies above.
    pub high: f64,
}

impl Spread {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let place = part * (samples.len() as f64 - 1.0);
            samples
                .get(place.round() as usize)
                .copied()
                .unwrap_or(f64::NAN)
        };
        Self {
            low: at(0.25),
            middle: at(0.5),
            high: at(0.75),
        }
    }
}

/// What one side took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// The side.
    pub name: String,
    /// Microseconds for doing it once.
    pub micros: Spread,
    /// The first side's time over this one's: the ratio of the medians, and the
    /// quarters of the ratios of each turn.
    pub first_over_this: Spread,
}

/// All turns together take at least this long, in microseconds.
const BUDGET: f64 = 400_000.0;
/// A side's part of a turn takes about this long.
const BATCH: f64 = 1_000.0;
const MIN_TURNS: usize = 15;
const MAX_TURNS: usize = 2_000;

/// Times sides in turns, A B A B …, after a warm-up.
pub fn compare(clock: Clock<'_>, mut sides: Vec<Side<'_>>) -> Vec<Timing> {
    let batches: Vec<u32> = sides
        .iter_mut()
        .map(|side| batch(clock, &mut side.run))
        .collect();
    let mut samples = vec![Vec::new(); sides.len()];
    let start = clock();
    let mut turns = 0;
    while turns < MIN_TURNS || (turns < MAX_TURNS && clock() - start < BUDGET) {
        for ((side, &batch), samples) in sides.iter_mut().zip(&batches).zip(&mut samples) {
            samples.push(timed(clock, &mut side.run, batch) / f64::from(batch));
        }
        turns += 1;
    }
    let first = samples.first().cloned().unwrap_or_default();
    let middle = Spread::of(first.clone()).middle;
    sides
        .iter()
        .zip(samples)
        .map(|(side, samples)| {
            let ratios = first.iter().zip(&samples).map(|(a, b)| a / b);
            let ratios = Spread::of(ratios.collect());
            let micros = Spread::of(samples);
            Timing {
                name: side.name.clone(),
                micros,
                first_over_this: Spread {
                    middle: middle / micros.middle,
                    ..ratios
                },
            }
        })
        .collect()
}

fn timed(clock: Clock<'_>, run: &mut dyn FnMut(u32), times: u32) -> f64 {
    let start = clock();
    run(times);
    clock() - start
}

/// How often a side does it in one turn. Finding out warms it up.
fn batch(clock: Clock<'_>, run: &mut dyn FnMut(u32)) -> u32 {
    let mut times = 1;
    // Twice: the first time may compile or fault pages in.
    run(1);
    loop {
        let took = timed(clock, run, times);
        if took >= BATCH || times >= 1 << 24 {
            let fitting = f64::from(times) * BATCH / took.max(1.0);
            return (fitting.round() as u32).max(1);
        }
        times *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn ratios_are_those_of_the_work() {
        // A clock that only work moves.
        let now = Cell::new(0.0);
        let pass = |micros: f64| now.set(now.get() + micros);
        let sides = vec![
            Side::new("slow", || pass(30.0)),
            Side::new("fast", || pass(10.0)),
        ];
        let timings = compare(&|| now.get(), sides);
        assert!((timings[0].micros.middle - 30.0).abs() < 1e-6);
        assert!((timings[1].micros.middle - 10.0).abs() < 1e-6);
        assert!((timings[1].first_over_this.middle - 3.0).abs() < 1e-6);
        assert!((timings[1].first_over_this.low - 3.0).abs() < 1e-6);
    }

    #[test]
    fn quarters_lie_around_the_middle() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        let expected = Spread {
            low: 2.0,
            middle: 3.0,
            high: 4.0,
        };
        assert_eq!(spread, expected);
    }
}
