//! One number, as programs, printers and spreadsheets write it.

/// What a comma means in the cells of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comma {
    /// The decimal point; a dot is between thousands.
    Decimal,
    /// Between thousands.
    Thousands,
}

/// A number with a dot as its decimal point, or a truth value as 1 or 0.
pub(super) fn number(word: &str) -> Option<f64> {
    match word {
        "True" | "true" | "TRUE" => return Some(1.0),
        "False" | "false" | "FALSE" => return Some(0.0),
        _ => {}
    }
    if let Ok(number) = word.parse() {
        return Some(number);
    }
    // A minus as it is typeset, and as `1_000` in a program.
    let mut plain = String::with_capacity(word.len());
    let mut before = None;
    let mut rest = word.chars().peekable();
    while let Some(letter) = rest.next() {
        let digits = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        match letter {
            '\u{2212}' => plain.push('-'),
            '∞' => plain.push_str("inf"),
            '_' if digits(before) && digits(rest.peek().copied()) => {}
            _ => plain.push(letter),
        }
        before = Some(letter);
    }
    plain.parse().ok()
}

/// A cell of a table.
pub(super) fn cell(text: &str, comma: Comma) -> Option<f64> {
    let (thousands, decimal) = match comma {
        Comma::Decimal => ('.', ','),
        Comma::Thousands => (',', '.'),
    };
    // A comma that is a decimal point leaves the dot to the thousands.
    if comma == Comma::Decimal && !text.contains(',') && !grouped(text, thousands) {
        return None;
    }
    let mut halves = text.splitn(2, decimal);
    let whole = halves.next().unwrap_or_default();
    let part = halves.next();
    if !grouped(whole, thousands) || part.is_some_and(|part| part.contains(thousands)) {
        return None;
    }
    let is_space = |c: char| c == thousands || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}');
    let mut plain = whole.replace(is_space, "");
    if let Some(part) = part {
        plain.push('.');
        plain.push_str(part);
    }
    number(&plain)
}

/// Whether marks of thousands stand where they can: before every third digit from the right.
fn grouped(whole: &str, mark: char) -> bool {
    let mut groups = whole.split(mark);
    let first = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    if groups.peek().is_none() {
        return true;
    }
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let start = first.trim_start_matches(['-', '+', '\u{2212}']);
    (1..=3).contains(&start.len()) && digits(start) && groups.all(|g| g.len() == 3 && digits(g))
}
