//! The numbers that a formula says.

use backflow_core::lesson::Math;

/// What a formula of numbers comes to; none where a name stands in it, or what is not
/// written out.
pub fn evaluate(math: &Math) -> Option<f64> {
    Some(match math {
        Math::Row { row } => return sum(row),
        Math::Num { exact, .. } => number(exact)?,
        Math::Frac { frac } => evaluate(&frac[0])? / evaluate(&frac[1])?,
        Math::Sup { sup } => {
            let exponent = evaluate(&sup[1])?;
            match &sup[0] {
                Math::Id { id } if id == "e" => exponent.exp(),
                base => evaluate(base)?.powf(exponent),
            }
        }
        Math::Sqrt { sqrt } => evaluate(sqrt)?.sqrt(),
        Math::Fence {
            fence: ("|", inner, _),
        } => evaluate(inner)?.abs(),
        Math::Fence {
            fence: ("[", inner, _),
        } => return holds(inner),
        Math::Fence { fence } => evaluate(&fence.1)?,
        _ => return None,
    })
}

fn number(exact: &str) -> Option<f64> {
    match exact {
        "∞" => Some(f64::INFINITY),
        "−∞" => Some(f64::NEG_INFINITY),
        exact => exact.replace('−', "-").parse().ok(),
    }
}

fn parts<'a>(row: &'a [Math], signs: &[&str]) -> Vec<&'a [Math]> {
    row.split(|piece| matches!(piece, Math::Op { op } if signs.contains(op)))
        .collect()
}

/// 1 where a relation holds, else 0.
fn holds(inner: &Math) -> Option<f64> {
    let Math::Row { row } = inner else {
        return None;
    };
    let sign = row.iter().find_map(|piece| match piece {
        Math::Op { op } if "=≠<>≤≥".contains(op) => Some(*op),
        _ => None,
    })?;
    let sides = parts(row, &[sign]);
    let [a, b] = [sum(sides[0])?, sum(sides[1])?];
    let holds = match sign {
        "=" => a == b,
        "≠" => a != b,
        "<" => a < b,
        ">" => a > b,
        "≤" => a <= b,
        _ => a >= b,
    };
    Some(f64::from(u8::from(holds)))
}

/// Terms between plus and minus.
fn sum(row: &[Math]) -> Option<f64> {
    let mut total = None;
    let mut sign = 1.0;
    let mut start = 0;
    for at in 0..=row.len() {
        let next = match row.get(at) {
            Some(Math::Op { op: "+" }) => 1.0,
            Some(Math::Op { op: "−" }) => -1.0,
            Some(_) => continue,
            None => 1.0,
        };
        // A minus at the front.
        if at > start || at == row.len() {
            let term = sign * product(&row[start..at])?;
            total = Some(total.map_or(term, |sum: f64| sum + term));
        } else if at > 0 {
            return None;
        }
        sign = next;
        start = at + 1;
    }
    total
}

fn product(row: &[Math]) -> Option<f64> {
    let mut all = None;
    for factor in parts(row, &["×", "·", "⊙"]) {
        let value = match factor {
            [only] => evaluate(only)?,
            [Math::Fn { name }, Math::Fence { fence }] => called(name, &fence.1)?,
            [
                a,
                Math::Text { text },
                condition @ ..,
                Math::Text { text: other },
                b,
            ] if text == "if" && other == ", else" => {
                let row = condition.to_vec();
                let holds = match &row[..] {
                    [only] => holds(only)?,
                    _ => return None,
                };
                if holds == 0.0 {
                    evaluate(b)?
                } else {
                    evaluate(a)?
                }
            }
            _ => return None,
        };
        all = Some(all.map_or(value, |all: f64| all * value));
    }
    all
}

fn called(name: &str, of: &Math) -> Option<f64> {
    let list = match of {
        Math::Row { row } => {
            let found: Option<Vec<f64>> = parts(row, &[","]).into_iter().map(sum).collect();
            found?
        }
        only => vec![evaluate(only)?],
    };
    let x = *list.first()?;
    Some(match name {
        "max" => list.iter().copied().fold(x, f64::max),
        "min" => list.iter().copied().fold(x, f64::min),
        "log" => x.ln(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "sign" if x == 0.0 => 0.0,
        "sign" => x.signum(),
        "relu" => x.max(0.0),
        "detach" => x,
        "σ" => 1.0 / (1.0 + (-x).exp()),
        "softplus" => x.exp().ln_1p(),
        "silu" => x / (1.0 + (-x).exp()),
        "clip" => x.max(list[1]).min(list[2]),
        "leaky_relu" => {
            if x > 0.0 {
                x
            } else {
                x * list[1]
            }
        }
        "elu" => {
            if x > 0.0 {
                x
            } else {
                x.exp_m1()
            }
        }
        _ => return None,
    })
}

/// The sides of an equation that are numbers.
pub fn sides(math: &Math) -> Vec<f64> {
    let Math::Row { row } = math else {
        return evaluate(math).into_iter().collect();
    };
    parts(row, &["=", "≈"])
        .into_iter()
        .filter_map(sum)
        .collect()
}
