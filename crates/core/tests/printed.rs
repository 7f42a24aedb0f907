//! Every equation between numbers that a sentence, a card or an explanation prints
//! holds as it is printed. The text is read back by a reader of its own.

mod support;

use backflow_core::lesson::{Card, Side};
use backflow_core::view::{Mode, View};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::cell::{Cell, RefCell};
use support::Random;
use support::programs::programs;
use support::smooth::{lines, program};
use support::taught::Taught;

/// A printed number, or what some come to.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(f64),
    List(Vec<Value>),
}

/// Functions of one number.
type Named = (&'static str, fn(f64) -> f64);
const NAMED: [Named; 8] = [
    ("σ(", |x| 1.0 / (1.0 + (-x).exp())),
    ("log(", f64::ln),
    ("sin(", f64::sin),
    ("cos(", f64::cos),
    ("tanh(", f64::tanh),
    ("tan(", f64::tan),
    ("softplus(", |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p()),
    ("relu(", |x| x.max(0.0)),
];

/// Reads arithmetic off a line of text.
struct Reader<'a> {
    rest: &'a str,
    /// The terms of the outermost sum.
    terms: Vec<Value>,
    depth: usize,
}

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> Option<Value> {
        let outer = self.depth == 0;
        self.depth += 1;
        let mut total = None;
        let mut sign = if self.eat("−") { -1.0 } else { 1.0 };
        loop {
            let term = each(&self.product()?, &|x| sign * x);
            if outer {
                self.terms.push(term.clone());
            }
            total = Some(match total {
                None => term,
                Some(sum) => both(&sum, &term, &|a, b| a + b)?,
            });
            sign = if self.eat(" + ") {
                1.0
            } else if self.eat(" − ") {
                -1.0
            } else {
                break;
            };
        }
        self.depth -= 1;
        total
    }

    fn product(&mut self) -> Option<Value> {
        let mut all = self.power()?;
        loop {
            let by = [" × ", "·", " ⊙ "].iter().any(|sign| self.eat(sign));
            if by {
                all = both(&all, &self.power()?, &|a, b| a * b)?;
            } else if self.eat("/") {
                all = both(&all, &self.power()?, &|a, b| a / b)?;
            } else {
                return Some(all);
            }
        }
    }

    fn power(&mut self) -> Option<Value> {
        let base = self.piece()?;
        if self.eat("²") {
            return Some(each(&base, &|x| x * x));
        }
        if self.eat("^") {
            return both(&base, &self.piece()?, &f64::powf);
        }
        Some(base)
    }

    fn piece(&mut self) -> Option<Value> {
        if self.eat("(") {
            let inner = self.sum()?;
            return self.eat(")").then_some(inner);
        }
        if self.eat("|") {
            let inner = self.sum()?;
            return self.eat("|").then(|| each(&inner, &f64::abs));
        }
        if self.eat("[") {
            let mut items = Vec::new();
            loop {
                items.push(self.sum()?);
                if self.eat("]") {
                    return Some(Value::List(items));
                }
                if !self.eat(", ") {
                    return None;
                }
            }
        }
        if self.eat("√") {
            return Some(each(&self.piece()?, &f64::sqrt));
        }
        if self.eat("e^") {
            return Some(each(&self.piece()?, &f64::exp));
        }
        for (name, f) in NAMED {
            if self.eat(name) {
                let inner = self.sum()?;
                return self.eat(")").then(|| each(&inner, &f));
            }
        }
        self.number().map(|number| Value::Number(number.0))
    }

    /// A number, the unit of its last digit, and whether it has decimals.
    fn number(&mut self) -> Option<(f64, f64, bool)> {
        let start = self.rest;
        self.eat("−");
        if self.eat("∞") {
            let value = if start.starts_with('−') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            return Some((value, 0.0, false));
        }
        if self.eat("NaN") {
            return Some((f64::NAN, 0.0, false));
        }
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let end = self
            .rest
            .find(|c: char| !digits(c))
            .unwrap_or(self.rest.len());
        let (mantissa, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        let mut power = 0;
        if self.eat("×10") {
            let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
            let below = self.eat("⁻");
            while let Some(c) = self.rest.chars().next() {
                let Some(digit) = raised.chars().position(|r| r == c) else {
                    break;
                };
                power = 10 * power + digit as i32;
                self.rest = &self.rest[c.len_utf8()..];
            }
            power *= if below { -1 } else { 1 };
        }
        let value: f64 = format!("{mantissa}e{power}").parse().ok()?;
        let places = mantissa
            .split_once('.')
            .map_or(0, |(_, places)| places.len() as i32);
        let unit: f64 = format!("1e{}", power - places).parse().ok()?;
        let sign = if start.starts_with('−') { -1.0 } else { 1.0 };
        Some((sign * value, unit, places > 0))
    }
}

fn each(value: &Value, f: &dyn Fn(f64) -> f64) -> Value {
    match value {
        Value::Number(x) => Value::Number(f(*x)),
        Value::List(list) => Value::List(list.iter().map(|item| each(item, f)).collect()),
    }
}

fn both(a: &Value, b: &Value, f: &dyn Fn(f64, f64) -> f64) -> Option<Value> {
    Some(match (a, b) {
        (Value::Number(a), Value::Number(b)) => Value::Number(f(*a, *b)),
        (Value::List(list), b @ Value::Number(_)) => {
            let items = list.iter().map(|a| both(a, b, f));
            Value::List(items.collect::<Option<_>>()?)
        }
        (a @ Value::Number(_), Value::List(list)) => {
            let items = list.iter().map(|b| both(a, b, f));
            Value::List(items.collect::<Option<_>>()?)
        }
        (Value::List(left), Value::List(right)) if left.len() == right.len() => {
            let items = left.iter().zip(right).map(|(a, b)| both(a, b, f));
            Value::List(items.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(x) => vec![*x],
        Value::List(list) => list.iter().flat_map(flat).collect(),
    }
}

/// Arithmetic from end to end of a text, and the terms of its outermost sum.
fn arithmetic(text: &str) -> Option<(Value, Vec<Value>)> {
    let mut reader = Reader {
        rest: text.trim(),
        terms: Vec::new(),
        depth: 0,
    };
    let value = reader.sum()?;
    reader.rest.is_empty().then_some((value, reader.terms))
}

/// The numbers of a result that is nothing else.
fn results(text: &str) -> Option<Vec<(f64, f64, bool)>> {
    let inner = text.trim();
    let inner = inner
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(inner);
    let numbers = inner.split([',', ';']).flat_map(str::split_whitespace);
    let read = |text| {
        let mut reader = Reader {
            rest: text,
            terms: Vec::new(),
            depth: 0,
        };
        reader.number().filter(|_| reader.rest.is_empty())
    };
    numbers.map(read).collect()
}

/// Whether a left side rounds to a right side; none if one is no arithmetic.
fn holds(left: &str, right: &str) -> Option<bool> {
    let (reckoned, terms) = arithmetic(left)?;
    let results = results(right)?;
    let reckoned = flat(&reckoned);
    if reckoned.len() != results.len() {
        return None;
    }
    let one = |(at, (reckoned, &(printed, unit, places))): (usize, (&f64, &(f64, f64, bool)))| {
        if *reckoned == printed || (reckoned.is_nan() && printed.is_nan()) {
            return true;
        }
        let terms = terms.iter().map(|term| {
            let term = flat(term);
            term.get(at).or(term.first()).map_or(0.0, |x| x.abs())
        });
        let terms: Vec<f64> = terms.collect();
        let slack = 1e-11 * terms.iter().sum::<f64>();
        let half = if places { 0.5 * unit } else { 0.0 };
        // What floats lose in reckoning says nothing of a result that is as small.
        let least = 0.01 * slack;
        let tells = least <= half || least <= 1e-9 * printed.abs() || printed == 0.0;
        let least = least.max(half * (1.0 - 1e-6));
        let vanishes = terms.iter().any(|&t| t > 0.0 && t < least);
        (reckoned - printed).abs() <= half * (1.0 + 1e-6) + slack && tells && !vanishes
    };
    Some(reckoned.iter().zip(&results).enumerate().all(one))
}

/// The relations of a line: a sign with what stands to both of its sides.
fn relations(text: &str) -> Vec<(String, String, String)> {
    // What ends a side, outside of brackets.
    let mut sides = vec![String::new()];
    let mut signs: Vec<String> = Vec::new();
    let mut depth = 0i32;
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let c = letters[at];
        depth += i32::from("([⟨".contains(c)) - i32::from(")]⟩".contains(c));
        let ends = depth == 0 && "=≈≠<>≤≥→:;,".contains(c);
        if ends {
            signs.push(c.to_string());
            sides.push(String::new());
        } else {
            sides.last_mut().expect("a side").push(c);
        }
        at += 1;
    }
    let pairs = sides.windows(2).zip(signs);
    pairs
        .map(|(pair, sign)| (pair[0].trim().to_owned(), sign, pair[1].trim().to_owned()))
        .collect()
}

#[test]
fn the_reader_reads() {
    let reckoned = |text| flat(&arithmetic(text).expect("arithmetic").0);
    assert_eq!(reckoned("−4 × 1 + (−2 × 3)"), [-10.0]);
    assert_eq!(reckoned("1/(2 × 10)"), [0.05]);
    assert_eq!(reckoned("1.5×10⁻³ × (−2)²"), [0.006]);
    assert_eq!(reckoned("2·[1, −2] + [0, 1]"), [2.0, -3.0]);
    assert_eq!(reckoned("√4 + e^0 − |−3|"), [0.0]);
    assert_eq!(holds("0.1 + 100", "100"), Some(false));
    assert_eq!(holds("0.1 + 100", "100.1"), Some(true));
    assert_eq!(holds("100 − 100", "0.14"), Some(false));
    assert_eq!(holds("13.5 × (−4)", "−54.1"), Some(false));
    assert_eq!(holds("0.37 × (−0.53)", "−0.20"), Some(true));
    assert_eq!(holds("0.269 × 0.731", "0.197"), Some(true));
    assert_eq!(holds("1.00 + 0.001", "1.00"), Some(false));
    assert_eq!(holds("−1.14 + 1.14", "2.22×10⁻¹⁶"), Some(false));
    assert_eq!(holds("[1.43 + 1.48×10⁻¹⁶ − 1.43]", "[0]"), Some(false));
    assert_eq!(holds("x + 1", "2"), None);
    let found = relations("f: 2 × 3 = 6, x = [1, 2]");
    assert!(found.contains(&("2 × 3".to_owned(), "=".to_owned(), "6".to_owned())));
}

/// All that is printed of a program.
fn printed(taught: &mut Taught) -> Vec<String> {
    let mut all = Vec::new();
    let end = usize::MAX;
    let said = |card: Card| -> Vec<String> {
        let lines = card.sections.into_iter().flat_map(|section| section.lines);
        lines.map(|line| line.text).collect()
    };
    for step in 0..taught.scene.steps.len() {
        let sentence = taught.ask(|lesson, now| lesson.sentence(now, step));
        all.extend(sentence.map(|sentence| sentence.math.plain()));
    }
    for node in 0..taught.scene.nodes.len() {
        let elements: usize = taught.scene.nodes[node].shape.iter().product();
        taught.ask(|lesson, now| {
            all.extend(
                lesson
                    .card_of_node(now, node, end)
                    .map_or_else(Vec::new, said),
            );
            for h in [0.1, -0.037] {
                let nudge = lesson.nudge(now, node, h).into_iter();
                all.extend(
                    nudge
                        .flat_map(|section| section.lines)
                        .map(|line| line.text),
                );
            }
            for element in 0..elements.min(4) {
                for side in [Side::Value, Side::Gradient] {
                    let told = lesson.element(now, node, side, element, end).into_iter();
                    all.extend(told.flat_map(|told| told.lines).map(|line| line.text));
                }
            }
            let newton = lesson.hessian(now, node).and_then(|found| found.newton);
            all.extend(newton.map(|newton| newton.math.plain()));
        });
    }
    for wire in 0..taught.scene.wires.len() {
        let elements: usize = taught.scene.wires[wire].shape.iter().product();
        taught.ask(|lesson, now| {
            all.extend(
                lesson
                    .card_of_wire(now, wire, end)
                    .map_or_else(Vec::new, said),
            );
            for element in 0..elements.min(4) {
                let slice = lesson.slice(now, wire, element, end).into_iter();
                all.extend(slice.flat_map(|slice| slice.lines).map(|line| line.text));
            }
            let whole = lesson.whole(now, wire, end).into_iter();
            all.extend(whole.flat_map(|whole| whole.lines).map(|line| line.text));
        });
    }
    let ends = taught.ask(|lesson, now| lesson.identity(now));
    all.extend(
        ends.into_iter()
            .flat_map(|ends| ends.lines)
            .map(|line| line.text),
    );
    all
}

/// How many equations and how many approximations were read.
#[derive(Default)]
struct Read {
    equal: Cell<usize>,
    about: Cell<usize>,
    wrong: RefCell<Vec<String>>,
}

impl Read {
    fn check(&self, source: &str, inputs: &dyn Fn(usize) -> Option<f64>) {
        for mode in [Mode::Reverse, Mode::Both] {
            let view = View {
                mode,
                ..View::default()
            };
            let mut taught = Taught::viewed(source, &view);
            let mut at = 0;
            for input in &taught.model.program.inputs {
                let start = taught.model.plan.offset(input.node);
                for slot in &mut taught.arena[start..][..taught.model.elements(input.node)] {
                    *slot = inputs(at).unwrap_or(*slot);
                    at += 1;
                }
            }
            taught.model.plan.run(&mut taught.arena);
            for text in printed(&mut taught) {
                for (left, sign, right) in relations(&text) {
                    match (sign.as_str(), holds(&left, &right)) {
                        ("=", Some(true)) => self.equal.set(self.equal.get() + 1),
                        ("≈", Some(false)) => self.about.set(self.about.get() + 1),
                        ("=", Some(false)) => {
                            let wrong = format!("{left} = {right} in: {text}\n{source}");
                            self.wrong.borrow_mut().push(wrong);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// Numbers that round badly.
const AWKWARD: &[f64] = &[
    0.1,
    100.0,
    100.14,
    -99.86,
    13.52,
    -4.0,
    1.0 / 3.0,
    2.0 / 3.0,
    0.1 + 0.2,
    1e-7,
    -0.000_049_96,
    123_456.789,
    99_999.96,
    999.5,
    1.005,
    9.995,
    -0.9996,
    2.5e10,
    1e6 + 0.5,
    0.0,
    17.0,
    -0.5,
];

#[test]
fn equations_hold_as_they_are_printed() {
    let read = Read::default();
    let config = ProptestConfig {
        cases: 150,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(9),
        ..ProptestConfig::default()
    };
    let strategy = (lines(1..6), any::<bool>(), any::<u64>());
    TestRunner::new(config)
        .run(&strategy, |(lines, arrays, seed)| {
            let values: &[&str] = if arrays {
                &["[0.4, -0.9, 0.7]", "[0.9, 1, -2]", "3"]
            } else {
                &["0.7", "-1.2", "0.4"]
            };
            let source = program(values, false, &lines, "");
            let random = RefCell::new(Random(seed));
            let awkward = |_| Some(AWKWARD[random.borrow_mut().below(AWKWARD.len())]);
            read.check(&source, &awkward);
            let near = |_| Some(random.borrow_mut().between(-2.0, 2.0));
            read.check(&source, &near);
            Ok(())
        })
        .expect("every program is read");
    for source in programs(&mut Random(3)) {
        read.check(&source, &|_| None);
    }
    let wrong = read.wrong.into_inner();
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
    let (equal, about) = (read.equal.get(), read.about.get());
    assert!(
        equal > 10_000 && about > 1000 && about < equal,
        "{equal} {about}"
    );
}
