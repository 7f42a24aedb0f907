//! Mathematics as LaTeX, as a line of text, and as it is spoken.

use super::math::Math;

impl Math {
    /// As LaTeX writes it.
    pub fn latex(&self) -> String {
        let list = |row: &[Self], by: &str| {
            let parts: Vec<String> = row.iter().map(Self::latex).collect();
            parts.join(by)
        };
        match self {
            Self::Row { row } => list(row, " "),
            Self::Frac { frac } => {
                format!(r"\frac{{{}}}{{{}}}", frac[0].latex(), frac[1].latex())
            }
            Self::Sup { sup } => {
                let base = sup[0].latex();
                let base = if matches!(sup[0], Self::Sup { .. }) {
                    format!("{{{base}}}")
                } else {
                    base
                };
                format!("{base}^{{{}}}", sup[1].latex())
            }
            Self::Sub { sub } => format!("{}_{{{}}}", sub[0].latex(), sub[1].latex()),
            Self::Sqrt { sqrt } => format!(r"\sqrt{{{}}}", sqrt.latex()),
            Self::Id { id } => latex_name(id),
            Self::Num { num, .. } => latex_number(num),
            Self::Op { op } => latex_sign(op).to_owned(),
            Self::Fn { name } => match *name {
                "exp" | "log" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "max"
                | "min" => format!(r"\{name}"),
                "σ" => r"\sigma".to_owned(),
                "Φ" => r"\Phi".to_owned(),
                "φ" => r"\varphi".to_owned(),
                "Σ" => r"\sum".to_owned(),
                "Π" => r"\prod".to_owned(),
                other => format!(r"\operatorname{{{}}}", escaped(other)),
            },
            Self::Text { text } => format!(r"\text{{{}}}", escaped(text)),
            Self::Fence {
                fence: (open, inner, close),
            } => {
                format!(
                    r"\left{} {} \right{}",
                    latex_fence(open),
                    inner.latex(),
                    latex_fence(close)
                )
            }
            Self::Table { table } => {
                let rows: Vec<String> = table.iter().map(|cells| list(cells, " & ")).collect();
                format!(r"\begin{{aligned}} {} \end{{aligned}}", rows.join(r" \\ "))
            }
        }
    }

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

/// A digit or parenthesis as a superscript.
fn raised(letter: char) -> char {
    let at = "()0123456789".chars().position(|c| c == letter);
    let found = at.and_then(|at| "⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(at));
    found.unwrap_or(letter)
}

/// In parentheses where a line of text would be misread without.
fn compact(piece: &Math, out: &mut String) {
    let wide = match piece {
        Math::Row { row } => row.len() > 1 && !piece.is_differential(),
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

fn latex_sign(sign: &str) -> &str {
    match sign {
        "∂" => r"\partial",
        "×" => r"\times",
        "\u{2062}" => r"\,",
        "·" => r"\cdot",
        "⊙" => r"\odot",
        "−" => "-",
        "≈" => r"\approx",
        "≤" => r"\le",
        "≥" => r"\ge",
        "≠" => r"\ne",
        "→" => r"\to",
        "…" => r"\dots",
        "′" => "'",
        "Δ" => r"\Delta",
        other => other,
    }
}

fn latex_fence(fence: &str) -> &str {
    match fence {
        "‖" => r"\|",
        other => other,
    }
}

fn latex_name(name: &str) -> String {
    let letters = name.chars().count();
    match name {
        "T" | "⊤" => r"\top".to_owned(),
        _ if letters == 1 => escaped(name),
        _ => format!(r"\mathit{{{}}}", escaped(name)),
    }
}

fn latex_number(number: &str) -> String {
    let number = number.replace('−', "-").replace('…', r"\dots");
    if let Some((mantissa, power)) = number.split_once("×10") {
        let power: String = power
            .chars()
            .filter_map(|c| match c {
                '⁻' => Some('-'),
                c => "⁰¹²³⁴⁵⁶⁷⁸⁹"
                    .chars()
                    .position(|digit| digit == c)
                    .and_then(|digit| char::from_digit(digit as u32, 10)),
            })
            .collect();
        return format!(r"{mantissa} \times 10^{{{power}}}");
    }
    match number.as_str() {
        "NaN" => r"\text{NaN}".to_owned(),
        "∞" => r"\infty".to_owned(),
        "-∞" => r"-\infty".to_owned(),
        _ => number,
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => safe.push_str(r"\textbackslash{}"),
            '^' => safe.push_str(r"\^{}"),
            '~' => safe.push_str(r"\~{}"),
            '_' | '{' | '}' | '$' | '%' | '&' | '#' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
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
    let power: String = power
        .chars()
        .map(|c| match c {
            '⁻' => "minus ".to_owned(),
            c => "⁰¹²³⁴⁵⁶⁷⁸⁹"
                .chars()
                .position(|digit| digit == c)
                .map_or_else(String::new, |digit| digit.to_string()),
        })
        .collect();
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
