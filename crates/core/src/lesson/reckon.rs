//! Arithmetic as it is printed: what the digits of a formula come to.

use super::math::Math;
use crate::number;

/// What printed numbers come to.
#[derive(Clone, Debug)]
pub struct Value {
    /// Row by row.
    pub data: Vec<f64>,
    /// Its axes.
    pub shape: Vec<usize>,
}

impl Value {
    fn number(value: f64) -> Self {
        Self {
            data: vec![value],
            shape: Vec::new(),
        }
    }

    /// An element, where a number is that of each.
    pub fn get(&self, at: usize) -> Option<f64> {
        let at = if self.shape.is_empty() { 0 } else { at };
        self.data.get(at).copied()
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self {
            data: self.data.into_iter().map(f).collect(),
            ..self
        }
    }

    /// Element by element, of one shape or with a number.
    fn with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let shape = match (&self.shape[..], &other.shape[..]) {
            (a, b) if a == b || b.is_empty() => a,
            ([], b) => b,
            _ => return None,
        };
        let count = self.data.len().max(other.data.len());
        let data = (0..count).map(|at| Some(f(self.get(at)?, other.get(at)?)));
        Some(Self {
            data: data.collect::<Option<_>>()?,
            shape: shape.to_vec(),
        })
    }

    /// The matrix product; a vector is a row before and a column behind.
    fn product(&self, other: &Self) -> Option<Self> {
        let (rows, inner) = match self.shape[..] {
            [inner] => (1, inner),
            [rows, inner] => (rows, inner),
            _ => return None,
        };
        let columns = match other.shape[..] {
            [size] if size == inner => 1,
            [size, columns] if size == inner => columns,
            _ => return None,
        };
        let entry = |at: usize| -> f64 {
            let (row, column) = (at / columns, at % columns);
            let terms =
                (0..inner).map(|k| self.data[row * inner + k] * other.data[k * columns + column]);
            terms.sum()
        };
        let kept = self.shape[..self.shape.len() - 1].iter();
        Some(Self {
            data: (0..rows * columns).map(entry).collect(),
            shape: kept.chain(&other.shape[1..]).copied().collect(),
        })
    }
}

/// What terms come to.
pub fn summed(terms: &[Value]) -> Option<Value> {
    let (first, rest) = terms.split_first()?;
    let mut rest = rest.iter();
    rest.try_fold(first.clone(), |sum, term| sum.with(term, |a, b| a + b))
}

/// The terms of a sum; none where something is no arithmetic.
pub fn terms(row: &[Math]) -> Option<Vec<Value>> {
    if let [Math::Row { row }] = row {
        return terms(row);
    }
    let mut found = Vec::new();
    let (mut sign, mut from) = (1.0, 0);
    for at in 0..=row.len() {
        let next = match row.get(at) {
            Some(Math::Op { op: "+" }) | None => 1.0,
            Some(Math::Op { op: "−" }) => -1.0,
            Some(_) => continue,
        };
        // A sign at the front has nothing before it.
        if at > 0 {
            found.push(product(&row[from..at])?.map(|value| sign * value));
        }
        (sign, from) = (next, at + 1);
    }
    Some(found)
}

fn product(row: &[Math]) -> Option<Value> {
    let is = |piece: &Math, signs: &[&str]| matches!(piece, Math::Op { op } if signs.contains(op));
    let mut all: Option<Value> = None;
    for factors in row.split(|piece| is(piece, &["×", "·", "⊙"])) {
        let mut factor: Option<Value> = None;
        for one in factors.split(|piece| is(piece, &["\u{2062}"])) {
            let one = match one {
                [one] => reckoned(one)?,
                [Math::Fn { name }, of] => over(name, &reckoned(of)?)?,
                _ => return None,
            };
            factor = Some(match factor {
                Some(before) => before.product(&one)?,
                None => one,
            });
        }
        let factor = factor?;
        all = Some(match all {
            Some(before) => before.with(&factor, |a, b| a * b)?,
            None => factor,
        });
    }
    all
}

/// A function over all elements.
fn over(name: &str, of: &Value) -> Option<Value> {
    let numbers = of.data.iter();
    Some(Value::number(match name {
        "Σ" => numbers.sum(),
        "Π" => numbers.product(),
        "mean" => numbers.sum::<f64>() / of.data.len() as f64,
        _ => return None,
    }))
}

/// 1 where a relation holds, else 0.
fn relation(row: &[Math]) -> Option<Value> {
    let at = row.iter().position(|piece| {
        matches!(piece, Math::Op { op } if matches!(*op, "=" | "≠" | "<" | ">" | "≤" | "≥"))
    })?;
    let (a, b) = (
        summed(&terms(&row[..at])?)?,
        summed(&terms(&row[at + 1..])?)?,
    );
    let Math::Op { op } = row[at] else {
        return None;
    };
    let holds = |a: f64, b: f64| match op {
        "=" => a == b,
        "≠" => a != b,
        "<" => a < b,
        ">" => a > b,
        "≤" => a <= b,
        _ => a >= b,
    };
    a.with(&b, |a, b| f64::from(u8::from(holds(a, b))))
}

/// One of two numbers: `3 if 2 > 1, else 0`.
fn chosen(row: &[Math]) -> Option<Value> {
    let words = |words: &str| {
        let is = |piece: &Math| matches!(piece, Math::Text { text } if text == words);
        row.iter().position(is)
    };
    let (condition, other) = (words("if")?, words(", else")?);
    let holds = row.get(condition + 1..other)?;
    let holds = match holds {
        [Math::Row { row }] => relation(row)?,
        row => relation(row)?,
    };
    let [value] = holds.data[..] else {
        return None;
    };
    summed(&terms(if value == 0.0 {
        &row[other + 1..]
    } else {
        &row[..condition]
    })?)
}

fn reckoned(piece: &Math) -> Option<Value> {
    match piece {
        Math::Row { row } => match chosen(row) {
            Some(value) => Some(value),
            None => summed(&terms(row)?),
        },
        Math::Num { num, .. } => Some(Value::number(number::value(num)?.0)),
        Math::Frac { frac } => reckoned(&frac[0])?.with(&reckoned(&frac[1])?, |a, b| a / b),
        Math::Sup { sup } => {
            let exponent = reckoned(&sup[1])?;
            match &sup[0] {
                Math::Id { .. } => Some(exponent.map(f64::exp)),
                base => reckoned(base)?.with(&exponent, f64::powf),
            }
        }
        Math::Sqrt { sqrt } => Some(reckoned(sqrt)?.map(f64::sqrt)),
        Math::Fence {
            fence: ("|", inner, _),
        } => Some(reckoned(inner)?.map(f64::abs)),
        Math::Fence {
            fence: ("(", inner, _),
        } => reckoned(inner),
        Math::Fence {
            fence: ("[", inner, _),
        } => match &**inner {
            Math::Row { row } if relation(row).is_some() => relation(row),
            inner => listed(inner),
        },
        _ => None,
    }
}

/// A vector or a matrix between brackets.
fn listed(inner: &Math) -> Option<Value> {
    let (rows, shape): (Vec<&[Math]>, _) = match inner {
        Math::Table { table } => {
            let columns = table.first()?.len();
            (
                table.iter().map(Vec::as_slice).collect(),
                vec![table.len(), columns],
            )
        }
        Math::Row { row } => {
            let items = row.split(|piece| matches!(piece, Math::Op { op: "," }));
            let items: Vec<&[Math]> = items.collect();
            let count = items.len();
            (items, vec![count])
        }
        only => (vec![std::slice::from_ref(only)], vec![1]),
    };
    let mut data = Vec::new();
    for row in rows {
        for cell in row {
            let value = reckoned(cell)?;
            data.push(value.shape.is_empty().then(|| value.data[0])?);
        }
    }
    let full = data.len() == shape.iter().product::<usize>();
    full.then_some(Value { data, shape })
}
