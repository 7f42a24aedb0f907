//! Numbers and names as a reader sees them: the rules of the page, which the
//! cases of `tests/fixtures/numbers.json` hold both to.

pub(crate) const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Three significant digits and a true minus sign. Zeros at the end are dropped
/// only where nothing was rounded off, so that 0.4 is 0.4 and 0.39998 is 0.400.
pub fn brief(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number < 0.0 { "−" } else { "" };
    let size = number.abs();
    let text = if size == f64::INFINITY {
        "∞".to_owned()
    } else if size < 1e6 && size.fract() == 0.0 {
        size.to_string()
    } else if !(1e-4..1e5).contains(&size) {
        scientific(size)
    } else if size >= 1000.0 {
        // Whole thousands are shorter than a power of ten, and nearer.
        size.round().to_string()
    } else {
        let (digits, exponent) = rounded(size);
        trimmed(&plain(&digits, exponent), size)
    };
    [sign, &text].concat()
}

/// All digits, as few as tell the number from its neighbours.
pub fn exact(number: f64) -> String {
    if !number.is_finite() {
        return brief(number);
    }
    let size = number.abs();
    let text = if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, power)) if !power.starts_with('-') => format!("{digits}e+{power}"),
            _ => text,
        }
    } else {
        // −0 is 0.
        (number + 0.0).to_string()
    };
    text.replace('-', "−")
}

/// Most numbers of a value that are written out on a wire, and most letters.
const WRITTEN_OUT: usize = 4;
const ROOM: usize = 16;

/// A value on a wire, row by row: its numbers where they are few and short, else its
/// shape.
pub fn label(values: &[f64], shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    let shaped = format!("({})", sizes.join("×"));
    if values.len() > WRITTEN_OUT {
        return shaped;
    }
    // From the last axis outwards, each level gathered into rows of its size.
    let mut level: Vec<String> = values.iter().map(|&value| brief(value)).collect();
    for (axis, &size) in shape.iter().enumerate().rev() {
        let count: usize = shape[..axis].iter().product();
        let mut items = level.into_iter();
        let rows = (0..count).map(|_| {
            let row: Vec<String> = items.by_ref().take(size).collect();
            format!("[{}]", row.join(", "))
        });
        level = rows.collect();
    }
    let text = level.pop().unwrap_or_default();
    if shape.is_empty() || text.chars().count() <= ROOM {
        text
    } else {
        shaped
    }
}

/// Digits in groups of three.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A name as mathematics writes it: `w0` and `w_0` are w with the subscript 0.
pub fn split_name(name: &str) -> (&str, &str) {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let subscript = name.strip_prefix(base).unwrap_or_default();
    let stem = base.strip_suffix('_').unwrap_or(base);
    let stem = if stem.is_empty() { base } else { stem };
    let takes = stem.chars().next_back().is_some_and(|c| c != '_') && !subscript.is_empty();
    if takes { (stem, subscript) } else { (name, "") }
}

/// The first three significant digits, a half rounded up, and the power of ten of
/// the first.
fn rounded(size: f64) -> (String, i32) {
    let split = |text: &str| {
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        (digits.replace('.', ""), power.parse().unwrap_or(0))
    };
    // A fourth digit 5 and then nothing, in the number as it is and not as it is
    // written: only there does the formatting of the standard library, which
    // rounds halves to even, differ.
    let (shortest, _) = split(&format!("{size:e}"));
    if shortest.len() == 4 && shortest.ends_with('5') {
        let (all, power) = split(&format!("{size:.60e}"));
        if all.chars().skip(4).all(|digit| digit == '0') {
            let first: String = all.chars().take(3).collect();
            let up = first.parse::<u32>().unwrap_or(0) + 1;
            return match up {
                1000 => ("100".to_owned(), power + 1),
                up => (up.to_string(), power),
            };
        }
    }
    split(&format!("{size:.2e}"))
}

/// Three digits without a power of ten.
fn plain(digits: &str, exponent: i32) -> String {
    match usize::try_from(exponent) {
        Ok(whole) if whole + 1 >= digits.len() => {
            let zeros = "0".repeat(whole + 1 - digits.len());
            [digits, &zeros].concat()
        }
        Ok(whole) => {
            let (whole, rest) = digits.split_at_checked(whole + 1).unwrap_or((digits, ""));
            [whole, ".", rest].concat()
        }
        Err(_) => {
            let zeros = "0".repeat((-exponent - 1) as usize);
            ["0.", &zeros, digits].concat()
        }
    }
}

fn scientific(size: f64) -> String {
    let (digits, exponent) = rounded(size);
    let raised: String = exponent
        .unsigned_abs()
        .to_string()
        .bytes()
        .map(|digit| SUPERSCRIPTS[usize::from(digit - b'0') % 10])
        .collect();
    let sign = if exponent < 0 { "⁻" } else { "" };
    let mantissa = trimmed(&plain(&digits, 0), size / 10f64.powi(exponent));
    format!("{mantissa}×10{sign}{raised}")
}

/// Without the zeros at the end, if nothing was rounded off.
fn trimmed(short: &str, size: f64) -> String {
    let value: f64 = short.parse().unwrap_or(f64::NAN);
    if (value - size).abs() <= 1e-12 * size {
        value.to_string()
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{label, split_name};

    #[test]
    fn values_on_wires_are_written_out_where_they_are_short() {
        assert_eq!(label(&[-0.5], &[]), "−0.5");
        assert_eq!(label(&[1.0, 0.0, 3.0], &[3]), "[1, 0, 3]");
        assert_eq!(label(&[1.0, -2.0, 3.0, -1.0], &[4]), "[1, −2, 3, −1]");
        assert_eq!(label(&[0.125, -0.25, 0.5, 0.75], &[4]), "(4)");
        assert_eq!(label(&[1.0, 2.0], &[2, 1]), "[[1], [2]]");
        assert_eq!(label(&[1.0, 2.0, 3.0, 4.0], &[2, 2]), "[[1, 2], [3, 4]]");
        assert_eq!(label(&[0.0; 6], &[2, 3]), "(2×3)");
        assert_eq!(label(&[], &[0]), "[]");
    }

    #[test]
    fn digits_at_the_end_of_a_name_are_a_subscript() {
        assert_eq!(split_name("w0"), ("w", "0"));
        assert_eq!(split_name("x_12"), ("x", "12"));
        assert_eq!(split_name("grad_w"), ("grad_w", ""));
        assert_eq!(split_name("_1"), ("_1", ""));
        assert_eq!(split_name("w__1"), ("w__1", ""));
        assert_eq!(split_name("층2"), ("층", "2"));
        assert_eq!(split_name("_"), ("_", ""));
    }
}
