//! Mathematics as a line of text, and as it is spoken.

use super::math::{Math, is_element};
use crate::number::lowered;

impl Math {
    /// As a line of text writes it.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        while text.contains("  ") {
            text = text.replace("  ", " ");
        }
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Row { row } => {
                for (at, piece) in row.iter().enumerate() {
                    let spaced = at > 0
                        && matches!(piece, Self::Text { text } if !text.starts_with([',', ':']));
                    if spaced && !out.is_empty() && !out.ends_with(' ') {
                        out.push(' ');
                    }
                    match piece {
                        Self::Op { op } if at > 0 && is_binary(op) => {
                            out.push(' ');
                            out.push_str(op);
                            out.push(' ');
                        }
                        Self::Op { op: "," } => out.push_str(", "),
                        Self::Op { op: "\u{2062}" } => out.push(' '),
                        piece => piece.write(out),
                    }
                    if matches!(piece, Self::Text { .. }) && at + 1 < row.len() {
                        out.push(' ');
                    }
                }
            }
            Self::Frac { frac } => {
                compact(&frac[0], out);
                out.push('/');
                compact(&frac[1], out);
            }
            Self::Sup { sup } => {
                if let Self::Text { text } = &sup[1] {
                    sup[0].write(out);
                    out.extend(text.chars().map(raised));
                    return;
                }
                compact(&sup[0], out);
                let exponent = sup[1].plain();
                match exponent.as_str() {
                    "2" => out.push('²'),
                    "T" | "⊤" => out.push('ᵀ'),
                    _ => {
                        out.push('^');
                        compact(&sup[1], out);
                    }
                }
            }
            Self::Sub { sub } => {
                sub[0].write(out);
                let index = sub[1].plain();
                if !index.bytes().all(|b| b.is_ascii_digit()) {
                    out.push('_');
                }
                out.push_str(&index);
            }
            Self::Sqrt { sqrt } => {
                out.push('√');
                compact(sqrt, out);
            }
            Self::Under { under } => {
                under[0].write(out);
                out.push_str(" [");
                under[1].write(out);
                out.push(']');
            }
            Self::Dot { dot } => {
                dot.write(out);
                out.push(above(dot));
            }
            Self::Id { id } => out.push_str(id),
            Self::Num { num, .. } => out.push_str(num),
            Self::Op { op } => out.push_str(op),
            Self::Fn { name } => out.push_str(name),
            Self::Text { text } => out.push_str(text),
            Self::Fence {
                fence: (open, inner, close),
            } => {
                out.push_str(open);
                inner.write(out);
                out.push_str(close);
            }
            Self::Table { table } => {
                let rows: Vec<String> = table
                    .iter()
                    .map(|cells| {
                        let cells: Vec<String> = cells.iter().map(Self::plain).collect();
                        cells.join(" ")
                    })
                    .collect();
                out.push_str(&rows.join("; "));
            }
        }
    }

    /// As it is spoken: signs as words.
    pub fn spoken(&self) -> String {
        let mut words = Vec::new();
        self.speak(&mut words);
        let mut text = words.join(" ");
        for (from, to) in [(" ,", ","), (" ;", ";"), (" :", ":"), ("  ", " ")] {
            text = text.replace(from, to);
        }
        text.trim().to_owned()
    }

    fn speak(&self, out: &mut Vec<String>) {
        let mut say = |word: &str| out.push(word.to_owned());
        match self {
            Self::Row { row } => row.iter().for_each(|piece| piece.speak(out)),
            Self::Frac { frac } => {
                let derivative = frac.iter().all(Self::is_differential);
                frac[0].speak(out);
                out.push(if derivative { "by" } else { "over" }.to_owned());
                frac[1].speak(out);
            }
            Self::Sup { sup } => {
                sup[0].speak(out);
                if let Self::Text { text } = &sup[1] {
                    let time = text.trim_matches(['(', ')']);
                    out.push(format!("number {time}"));
                    return;
                }
                match sup[1].plain().as_str() {
                    "2" => out.push("squared".to_owned()),
                    "T" | "⊤" => out.push("transposed".to_owned()),
                    _ => {
                        out.push("to the power".to_owned());
                        sup[1].speak(out);
                    }
                }
            }
            Self::Sub { sub } => {
                sub[0].speak(out);
                sub[1].speak(out);
            }
            Self::Sqrt { sqrt } => {
                say("the root of");
                sqrt.speak(out);
            }
            Self::Under { under } => {
                under[0].speak(out);
                out.push(",".to_owned());
                under[1].speak(out);
                out.push(",".to_owned());
            }
            Self::Dot { dot } => {
                dot.speak(out);
                out.push("dot".to_owned());
            }
            Self::Id { id } => say(id),
            Self::Num { num, .. } => say(&spoken_number(num)),
            Self::Op { op } => say(spoken_sign(op)),
            Self::Fn { name } => say(spoken_function(name)),
            Self::Text { text } => say(text),
            Self::Fence {
                fence: (open, inner, _),
            } => {
                if *open == "|" {
                    say("the size of");
                }
                inner.speak(out);
            }
            Self::Table { table } => {
                for (at, cells) in table.iter().enumerate() {
                    if at > 0 {
                        out.push(";".to_owned());
                    }
                    for cell in cells {
                        cell.speak(out);
                    }
                }
            }
        }
    }

    fn is_differential(&self) -> bool {
        match self {
            Self::Row { row } => row.first() == Some(&Self::Op { op: "∂" }),
            Self::Op { op } => *op == "∂",
            _ => false,
        }
    }
}

/// A dot over a name's last letter, or behind what is none.
fn above(of: &Math) -> char {
    match of {
        Math::Id { .. } => '\u{307}',
        _ => '˙',
    }
}

/// A digit or parenthesis as a superscript.
fn raised(letter: char) -> char {
    let at = "()0123456789".chars().position(|c| c == letter);
    let found = at.and_then(|at| "⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(at));
    found.unwrap_or(letter)
}

/// In parentheses where a line of text would be misread without.
fn compact(piece: &Math, out: &mut String) {
    let wide = match piece {
        Math::Row { row } => row.len() > 1 && !piece.is_differential() && !is_element(piece),
        Math::Frac { .. } | Math::Sup { .. } => true,
        Math::Num { num, .. } => num.contains(['−', '×']),
        _ => false,
    };
    if wide {
        out.push('(');
    }
    piece.write(out);
    if wide {
        out.push(')');
    }
}

/// Whether a sign stands between two things, with a space on either side.
fn is_binary(sign: &str) -> bool {
    !matches!(sign, "∂" | "," | "′" | "·" | "\u{2062}" | "Δ")
}

fn spoken_number(number: &str) -> String {
    if number == "…" {
        return "what is still to come".to_owned();
    }
    let number = number.replace('−', "minus ").replace('∞', "infinity");
    let number = number.replace("NaN", "not a number");
    let Some((mantissa, power)) = number.split_once("×10") else {
        return number;
    };
    let power: String = power.chars().map(lowered).collect();
    let power = power.replace('-', "minus ");
    format!("{mantissa} times 10 to the {power}")
}

fn spoken_sign(sign: &'static str) -> &'static str {
    match sign {
        "∂" => "d",
        "=" => "equals",
        "+" => "plus",
        "−" => "minus",
        "×" | "·" | "⊙" | "\u{2062}" => "times",
        "≈" => "is about",
        "<" => "is less than",
        ">" => "is greater than",
        "≤" => "is at most",
        "≥" => "is at least",
        "≠" => "is not",
        "→" => "to",
        "…" => "and so on",
        "′" => "prime",
        "Δ" => "the change of",
        other => other,
    }
}

fn spoken_function(name: &'static str) -> &'static str {
    match name {
        "σ" => "sigma of",
        "Φ" => "capital phi of",
        "φ" => "phi of",
        "Σ" => "the sum of",
        "Π" => "the product of",
        "exp" => "exp of",
        "log" => "log of",
        "sin" => "sine of",
        "cos" => "cosine of",
        "tan" => "tangent of",
        other => other,
    }
}
