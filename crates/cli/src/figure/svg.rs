//! Pieces of an SVG document: text, lengths, colours.

use backflow_core::number::split_name;
use std::fmt::Write;

/// The colours of a theme.
#[derive(Clone, Copy, Debug)]
pub struct Colours {
    /// What it is drawn on.
    pub paper: &'static str,
    /// Structure.
    pub ink: &'static str,
    /// What is said aside.
    pub quiet: &'static str,
    /// Values.
    pub forward: &'static str,
    /// Gradients.
    pub gradient: &'static str,
    /// Tangents.
    pub tangent: &'static str,
}

/// Ink on paper.
pub const LIGHT: Colours = Colours {
    paper: "#fdfdfb",
    ink: "#1b1c1e",
    quiet: "#63666b",
    forward: "#0b7a3b",
    gradient: "#c1272d",
    tangent: "#4a4ad9",
};

/// Chalk on a board.
pub const DARK: Colours = Colours {
    paper: "#16181c",
    ink: "#e8e8e4",
    quiet: "#9a9da3",
    forward: "#5bd48a",
    gradient: "#ff8a80",
    tangent: "#a5a6ff",
};

/// The faces of mathematics.
pub const MATH: &str =
    "'STIX Two Text', 'Latin Modern Roman', Cambria, 'Times New Roman', Times, serif";

/// A line of text, with attributes.
pub fn text(x: f64, y: f64, attributes: &str, text: &str) -> String {
    format!(
        r#"<text x="{}" y="{}"{attributes}>{}</text>"#,
        length(x),
        length(y),
        escaped(text)
    )
}

/// A name of the program as mathematics writes it.
pub fn named(x: f64, y: f64, attributes: &str, name: &str) -> String {
    let mut inner = String::new();
    let mut is_low = false;
    for part in parts(name) {
        let (base, subscript) = split_name(part);
        let base = escaped(base);
        let _ = if is_low {
            write!(inner, r#"<tspan dy="-4">{base}</tspan>"#)
        } else {
            write!(inner, "{base}")
        };
        is_low = !subscript.is_empty();
        if is_low {
            let subscript = escaped(subscript);
            let _ = write!(
                inner,
                r#"<tspan dy="4" font-size="13" font-style="normal">{subscript}</tspan>"#
            );
        }
    }
    format!(
        r#"<text x="{}" y="{}" font-style="italic"{attributes}>{inner}</text>"#,
        length(x),
        length(y)
    )
}

/// The names in what is made of them: `∂f/∂x = ∂f/∂w`.
fn parts(name: &str) -> Vec<&str> {
    let breaks = name.match_indices("/∂").chain(name.match_indices(" = "));
    let mut breaks: Vec<usize> = breaks.map(|(at, _)| at).collect();
    breaks.sort_unstable();
    let ends = breaks.iter().copied().chain([name.len()]);
    let starts = [0].into_iter().chain(breaks.iter().copied());
    starts
        .zip(ends)
        .filter_map(|(start, end)| name.get(start..end))
        .collect()
}

/// A rectangle, with attributes.
pub fn rect(x: f64, y: f64, width: f64, height: f64, attributes: &str) -> String {
    format!(
        r#"<rect x="{}" y="{}" width="{}" height="{}"{attributes}/>"#,
        length(x),
        length(y),
        length(width),
        length(height)
    )
}

/// A colour between two, each as `#rrggbb`.
pub fn mixed(from: &str, to: &str, share: f64) -> String {
    let part = |colour: &str, at: usize| {
        let digits = colour.get(1 + 2 * at..3 + 2 * at).unwrap_or_default();
        f64::from(u8::from_str_radix(digits, 16).unwrap_or_default())
    };
    let mut colour = "#".to_owned();
    for at in 0..3 {
        let (a, b) = (part(from, at), part(to, at));
        let _ = write!(colour, "{:02x}", (a + (b - a) * share).round() as u8);
    }
    colour
}

/// A length, to a tenth.
pub fn length(length: f64) -> String {
    let text = format!("{length:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Text as XML has it, without what it cannot have.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
