//! The slope of a function of one number by differences, with its error.
//!
//! Ridders' method (*Advances in Engineering Software* 4, 1982; `dfridr` of
//! *Numerical Recipes*): central differences over steps that shrink by a ratio,
//! extrapolated to the step 0, of which each extrapolation tells its error. To
//! the error of the extrapolation comes what rounding does to the values, carried
//! through the table and told by whoever asks.
//!
//! A step counts where the slopes to the left and to the right approach each
//! other as fast as steps shrink: else there is a kink or a jump within it. An
//! estimate that shorter steps contradict was taken over several waves of the
//! function, and is dropped.

use crate::number;

/// Ratio of a step to the next. No power of it is near a whole number, so that no
/// wave fits into step after step.
const RATIO: f64 = 1.6;
/// First step, in units of the function.
const FIRST: f64 = 0.07;
/// Most steps from each of the units: as many as there are digits.
const STEPS: usize = 72;
/// Columns of the table.
const COLUMNS: usize = 6;
/// Steps that drown in rounding before the search ends; and over which two slopes
/// stay what they are at a kink.
const FEW: usize = 4;
/// How many times what rounding does near by it may do further away.
const FAR: f64 = 8.0;
/// An error that is estimated counts so many times.
pub const DOUBT: f64 = 16.0;
/// What two numbers may be apart that are called the same, in parts of the larger.
pub const TOLERANCE: f64 = 1e-6;

/// The function at two points.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// At both points.
    pub at: [f64; 2],
    /// The sizes of the terms of the change from one to the other: where these
    /// cancel, the change is less than they are.
    pub terms: f64,
    /// What rounding may do to a value.
    pub rounding: f64,
}

/// A slope by differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The slope.
    pub slope: f64,
    /// How far it may be off.
    pub error: f64,
    /// What it would be if no terms of it cancelled.
    pub terms: f64,
}

impl Estimate {
    /// Whether a number that rounding has made so much of may be the slope.
    pub fn confirms(&self, claimed: f64, rounding: f64) -> bool {
        let scale = claimed.abs().max(self.slope.abs());
        (claimed - self.slope).abs() <= TOLERANCE * scale + DOUBT * (self.error + rounding)
    }
}

/// A number to as many digits as its error leaves.
pub fn known_digits(value: f64, error: f64) -> f64 {
    let digits = (value.abs() / error).log10();
    // The error's own digit counts; of NaN and of no error all do.
    if digits < 0.0 {
        0.0
    } else if digits < 15.0 {
        let text = format!("{value:.*e}", digits as usize);
        number::read(&text).unwrap_or(value)
    } else {
        value
    }
}

/// What the differences of a function are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The best estimate; none if there is no slope, or rounding hides it.
    pub best: Option<Estimate>,
    /// The slopes to the left and to the right over the step that changes them least;
    /// NaN if there is no finite one.
    pub sides: [f64; 2],
    /// Whether these stay apart as steps shrink.
    pub kink: bool,
    /// Whether an estimate was dropped.
    pub contradicted: bool,
    /// The step they are taken over.
    pub step: f64,
    /// The step that the best estimate ends with.
    pub estimated: f64,
    /// By how much the function was seen to change.
    pub range: f64,
}

/// The slope of a function at a point where it has a value. Its derivative as it
/// is claimed to be says where the search may end, and how large a step may be.
pub fn slope(
    at: f64,
    value: f64,
    claimed: f64,
    function: &mut dyn FnMut(f64, f64) -> Values,
) -> Slope {
    let mut search = Search::new(at, value, claimed);
    let near = FIRST * at.abs();
    if at.abs() < FIRST && at + near != at {
        let rounding = function(at - near, at + near).rounding;
        if rounding > 0.0 {
            search.rounding = rounding;
        }
    }
    // The number itself, 1, and how far the function takes to change as much as it is.
    let most = at.abs().max(1.0);
    let mut units = [most, at.abs(), (value / claimed).abs().min(most)];
    units.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut h = f64::INFINITY;
    'search: for unit in units {
        // What is above would come again.
        if FIRST * unit < h && unit > 0.0 {
            h = FIRST * unit;
            search.table = Table::default();
            for _ in 0..STEPS {
                if !search.step(h, function) {
                    break 'search;
                }
                h /= RATIO;
            }
        }
    }
    // What refutes takes more than what confirms.
    let few = search.seen < FEW;
    let steady = search.steady;
    search.found.sides = search.found.sides.map(|side| known_digits(side, steady));
    search.found.best = search
        .found
        .best
        .filter(|best| !few || best.confirms(claimed, 0.0));
    search.found
}

/// What is known while steps shrink.
struct Search {
    at: f64,
    value: f64,
    claimed: f64,
    found: Slope,
    table: Table,
    /// How far the slopes to both sides were apart over the step before, and what
    /// they were.
    apart: f64,
    before: [f64; 2],
    /// Steps over which these stayed what they were, apart.
    bent: usize,
    gap: f64,
    /// How little they have changed from one step to the next.
    steady: f64,
    /// How far the central difference is from the best estimate that it led to.
    room: f64,
    /// What is short beside the number and beside 1.
    short: f64,
    /// What rounding does to the values near by.
    rounding: f64,
    /// Steps that told of the slope.
    seen: usize,
    /// Those that contradict the best estimate, one after the other.
    against: usize,
    /// Those that have told nothing better, and those that drowned in rounding.
    worse: usize,
    drowned: usize,
}

impl Search {
    fn new(at: f64, value: f64, claimed: f64) -> Self {
        Self {
            at,
            value,
            claimed,
            found: Slope {
                best: None,
                sides: [f64::NAN; 2],
                kink: false,
                contradicted: false,
                step: 0.0,
                estimated: 0.0,
                range: 0.0,
            },
            table: Table::default(),
            apart: f64::INFINITY,
            before: [f64::NAN; 2],
            bent: 0,
            gap: 0.0,
            steady: f64::INFINITY,
            room: 0.0,
            short: match at.abs() {
                0.0 => 1.0,
                size => size.clamp(1e-6, 1.0),
            },
            rounding: f64::INFINITY,
            seen: 0,
            against: 0,
            worse: 0,
            drowned: 0,
        }
    }

    /// Takes a step to both sides; whether shorter ones may tell more.
    fn step(&mut self, h: f64, function: &mut dyn FnMut(f64, f64) -> Values) -> bool {
        let (at, value) = (self.at, self.value);
        // What the step is after rounding.
        let (low, high) = (at - h, at + h);
        if low == at || high == at {
            return false;
        }
        let Values {
            at: [left, right],
            terms,
            rounding,
        } = function(low, high);
        let central = (right - left) / (high - low);
        let sides = [(value - left) / (at - low), (right - value) / (high - at)];
        let finite = [central, sides[0], sides[1], rounding]
            .iter()
            .all(|value| value.is_finite());
        // Far away, values may be nothing but rounding.
        let like = h <= at.abs() || rounding <= FAR * self.rounding;
        if !(finite && like) {
            self.table = Table::default();
            return true;
        }
        let farthest = (left - value).abs().max((right - value).abs());
        self.found.range = self.found.range.max(farthest);
        let noise = rounding / h;
        let steepest = sides[0].abs().max(sides[1].abs());
        // Over longer steps they change, over shorter ones rounding spoils them.
        let moved = (sides[0] - self.before[0]).abs() + (sides[1] - self.before[1]).abs() + noise;
        if moved < self.steady || self.found.sides[0].is_nan() {
            (self.found.sides, self.found.step) = (sides, h);
            self.steady = self.steady.min(moved);
        }
        let meets = self.meets(sides, noise);
        let row = self.table.push(central, noise);
        let mut error = row.moved + row.noise;
        // Where nothing is seen of a slope, waves may be hidden that are shorter.
        let blind = row.slope.abs() <= DOUBT * error;
        let mut short = self.short;
        if terms > DOUBT * rounding {
            // Terms that cancel are seen as they change.
            short = short.max(1e-8 * at.abs());
        }
        if blind {
            error = error.max(rounding / (0.1 * FIRST * short));
        }
        let estimate = Estimate {
            slope: row.slope,
            error,
            terms: terms / (high - low),
        };
        if let Some(best) = self.found.best {
            let room = 2.0 * self.room + DOUBT * best.error + 4.0 * noise;
            self.against = if (central - best.slope).abs() > room {
                self.against + 1
            } else {
                0
            };
            if self.against > 1 {
                (self.found.best, self.seen, self.against) = (None, 0, 0);
                self.found.contradicted = true;
            }
        }
        if meets && row.moved <= 1e-2 * steepest + 4.0 * row.noise {
            self.seen += 1;
            if self
                .found
                .best
                .is_none_or(|best| estimate.error < best.error)
            {
                (self.found.best, self.found.estimated) = (Some(estimate), h);
                self.room = (central - estimate.slope).abs();
                self.worse = 0;
            } else {
                self.worse += 1;
            }
            let seen = !blind || h <= FIRST * short;
            // What agrees needs no more, once it is exact or gets no better.
            let best = self.found.best.unwrap_or(estimate);
            let exact = best.error <= 1e-10 * best.slope.abs().max(self.claimed.abs());
            if seen && best.confirms(self.claimed, 0.0) && (exact || self.worse >= 2) {
                return false;
            }
        }
        if noise > 1e-2 * steepest.max(self.claimed.abs()) && h <= short {
            self.drowned += 1;
        }
        self.drowned <= FEW
    }

    /// Whether the slopes to both sides approach each other as the step shrinks.
    fn meets(&mut self, sides: [f64; 2], noise: f64) -> bool {
        let steepest = sides[0].abs().max(sides[1].abs());
        let gap = (sides[1] - sides[0]).abs();
        let moved = (sides[0] - self.before[0]).abs() + (sides[1] - self.before[1]).abs();
        if gap > DOUBT * noise && moved <= 0.1 * gap {
            (self.bent, self.gap) = (self.bent + 1, gap);
        } else if self.gap > DOUBT * noise {
            self.bent = 0;
        }
        self.found.kink = self.bent >= FEW;
        let meets = gap <= 0.8 * self.apart || gap <= 4.0 * noise + 1e-9 * steepest;
        (self.before, self.apart) = (sides, gap);
        meets
    }
}

/// Differences extrapolated: in each column the error is of two orders more.
#[derive(Default)]
struct Table {
    last: [[f64; 2]; COLUMNS],
    rows: usize,
}

/// The best of a row.
struct Row {
    slope: f64,
    /// By how much it differs from those it is made of.
    moved: f64,
    noise: f64,
}

impl Table {
    fn push(&mut self, central: f64, noise: f64) -> Row {
        let mut best = Row {
            slope: central,
            moved: f64::INFINITY,
            noise,
        };
        let mut row = [[central, noise]; COLUMNS];
        let mut weight = 1.0;
        for column in 1..COLUMNS.min(self.rows + 1) {
            weight *= RATIO * RATIO;
            let ([now, noise], [was, noise_was]) = (row[column - 1], self.last[column - 1]);
            let slope = now + (now - was) / (weight - 1.0);
            let noise = (weight * noise + noise_was) / (weight - 1.0);
            row[column] = [slope, noise];
            let moved = (slope - now).abs().max((slope - was).abs());
            if moved + noise < best.moved + best.noise {
                best = Row {
                    slope,
                    moved,
                    noise,
                };
            }
        }
        self.last = row;
        self.rows += 1;
        best
    }
}
