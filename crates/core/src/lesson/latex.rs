//! Mathematics as LaTeX.

use super::math::Math;
use crate::number::lowered;

impl Math {
    /// As LaTeX writes it.
    pub fn latex(&self) -> String {
        match self {
            Self::Row { row } => {
                let count = row.len();
                let pieces = row.iter().enumerate();
                let pieces = pieces.map(|(at, piece)| match piece {
                    Self::Text { text } => latex_words(text, at > 0, at + 1 < count),
                    piece => piece.latex(),
                });
                let pieces: Vec<String> = pieces.filter(|piece| !piece.is_empty()).collect();
                pieces.join(" ")
            }
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
            Self::Under { under } => {
                format!(r"\underset{{{}}}{{{}}}", under[1].latex(), under[0].latex())
            }
            Self::Dot { dot } => format!(r"\dot{{{}}}", dot.latex()),
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
            Self::Text { text } => latex_words(text, false, false),
            Self::Fence {
                fence: (open, inner, close),
            } => {
                let inner = match &**inner {
                    Self::Table { table } => latex_rows(table, "matrix"),
                    inner => inner.latex(),
                };
                let [open, close] = [open, close].map(|fence| latex_fence(fence));
                format!(r"\left{open} {inner} \right{close}")
            }
            Self::Table { table } => latex_rows(table, "aligned"),
        }
    }
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

/// Words between pieces, whose spaces LaTeX keeps only within the braces.
fn latex_words(text: &str, before: bool, behind: bool) -> String {
    if text.is_empty() {
        return String::new();
    }
    let [before, behind] = [before && !text.starts_with([',', ':']), behind]
        .map(|spaced| if spaced { " " } else { "" });
    format!(r"\text{{{before}{}{behind}}}", escaped(text))
}

/// Rows of cells in an environment.
fn latex_rows(table: &[Vec<Math>], environment: &str) -> String {
    let rows = table.iter().map(|cells| {
        let cells: Vec<String> = cells.iter().map(Math::latex).collect();
        cells.join(" & ")
    });
    let rows: Vec<String> = rows.collect();
    let rows = rows.join(r" \\ ");
    format!(r"\begin{{{environment}}} {rows} \end{{{environment}}}")
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
        _ if !name.is_ascii() => latex_letters(name),
        _ if letters == 1 => escaped(name),
        _ => format!(r"\mathit{{{}}}", escaped(name)),
    }
}

/// A name with letters that are not ASCII: Greek ones are signs of mathematics, and
/// what has others is written as text is.
fn latex_letters(name: &str) -> String {
    let greek = |letter: char| GREEK.split(' ').find_map(|sign| sign.strip_prefix(letter));
    let sign = |letter: char| match greek(letter) {
        Some(command) => Some([command, " "].concat()),
        None => letter.is_ascii().then(|| escaped(&letter.to_string())),
    };
    let signs: Option<Vec<String>> = name.chars().map(sign).collect();
    match signs {
        Some(signs) => format!("{{{}}}", signs.concat().trim_end()),
        None => format!(r"\text{{{}}}", escaped(name)),
    }
}

/// Greek letters that names of steps, losses and programs have, each with what LaTeX
/// calls it.
const GREEK: &str = "α\\alpha β\\beta γ\\gamma δ\\delta ε\\varepsilon ζ\\zeta η\\eta θ\\theta ι\\iota \
    κ\\kappa λ\\lambda μ\\mu ν\\nu ξ\\xi π\\pi ρ\\rho σ\\sigma τ\\tau υ\\upsilon φ\\varphi χ\\chi \
    ψ\\psi ω\\omega ℓ\\ell";

fn latex_number(number: &str) -> String {
    let number = number.replace('−', "-").replace('…', r"\dots");
    if let Some((mantissa, power)) = number.split_once("×10") {
        let power: String = power.chars().map(lowered).collect();
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
            '$' => safe.push_str(r"\textdollar{}"),
            '^' => safe.push_str(r"\^{}"),
            '~' => safe.push_str(r"\~{}"),
            '_' | '{' | '}' | '%' | '&' | '#' => {
                safe.push('\\');
                safe.push(c);
            }
            // Text has no such signs.
            '−' => safe.push_str("$-$"),
            '×' => safe.push_str(r"$\times$"),
            '∞' => safe.push_str(r"$\infty$"),
            '→' => safe.push_str(r"$\to$"),
            '≥' => safe.push_str(r"$\ge$"),
            '≤' => safe.push_str(r"$\le$"),
            '′' => safe.push_str("$'$"),
            raised if "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(raised) => {
                safe.push_str("$^{");
                safe.push(lowered(raised));
                safe.push_str("}$");
            }
            c => safe.push(c),
        }
    }
    // Signs beside each other are one piece of mathematics, and one power.
    safe.replace("}$$^{", "").replace("$$", "")
}

#[cfg(test)]
mod tests {
    use super::super::math::{As, Math, blank, fence, name, num, op, row, text, under};

    #[test]
    fn words_keep_their_spaces() {
        let between = row(vec![
            name("x1"),
            text("through"),
            name("f"),
            text(", and on"),
        ]);
        assert_eq!(between.latex(), r"x_{1} \text{ through } f \text{, and on}");
        let first = row(vec![text("local"), name("y")]);
        let whole = row(vec![first, op("="), blank(As::Local)]);
        assert_eq!(whole.latex(), r"\text{local } y = \dots");
    }

    #[test]
    fn letters_and_signs_are_those_of_latex() {
        assert_eq!(name("λ2").latex(), r"{\lambda}_{2}");
        assert_eq!(name("층").latex(), r"\text{층}");
        assert_eq!(name("grad_w").latex(), r"\mathit{grad\_w}");
        assert_eq!(
            text("100% − 1.5×10⁻¹⁶").latex(),
            r"\text{100\% $-$ 1.5$\times$10$^{-16}$}"
        );
        assert_eq!(num(-1.5e-16, As::Value).latex(), r"-1.5 \times 10^{-16}");
    }

    #[test]
    fn shapes_stand_below() {
        let shaped = under(name("w"), text("3 × 4"));
        assert_eq!(shaped.latex(), r"\underset{\text{3 $\times$ 4}}{w}");
        let product = row(vec![shaped, op("+"), name("b")]);
        assert_eq!(product.plain(), "w [3 × 4] + b");
        assert_eq!(product.spoken(), "w, 3 × 4, plus b");
    }

    #[test]
    fn a_matrix_has_columns_and_sentences_stand_below_each_other() {
        let rows = vec![vec![name("a"), name("b")], vec![name("c"), name("d")]];
        let matrix = fence("[", Math::Table { table: rows }, "]");
        let written = r"\left[ \begin{matrix} a & b \\ c & d \end{matrix} \right]";
        assert_eq!(matrix.latex(), written);
    }
}
