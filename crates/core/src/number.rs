//! Numbers and names as a reader sees them: the rules of the page, which the
//! cases of `tests/fixtures/numbers.json` hold both to.

use crate::host;

/// Significant digits of a number, and of one that may be written to its end.
const BRIEF: usize = 3;
const ENDS: usize = 6;
/// Those of a number that a program gives, and of one that it does not end with.
const GIVEN: usize = 8;
const COMPUTED: usize = 5;
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Three significant digits and a true minus sign. Zeros at the end are dropped
/// only where nothing was rounded off, so that 0.4 is 0.4 and 0.39998 is 0.400.
pub fn brief(number: f64) -> String {
    digits(number, BRIEF)
}

/// All digits of a number that ends within six, else [`brief`].
pub fn ended(number: f64) -> String {
    let six = digits(number, ENDS);
    if value(&six).is_some_and(|of| is(of.0, number)) {
        six
    } else {
        brief(number)
    }
}

/// The number nearest to a decimal literal: digits with a sign, a point and a power of ten
/// behind an `e` where they have one. None of any other text.
pub fn read(literal: &str) -> Option<f64> {
    let unsigned = |text| str::strip_prefix(text, ['+', '-']).unwrap_or(text);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = |text: &str| !text.is_empty() && is_digits(text);
    let (mantissa, power) = literal
        .split_once(['e', 'E'])
        .map_or((literal, None), |(mantissa, power)| (mantissa, Some(power)));
    let mantissa = unsigned(mantissa);
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = is_digits(whole)
        && is_digits(places)
        && !(whole.is_empty() && places.is_empty())
        && power.is_none_or(|power| is_whole(unsigned(power)));
    is_number.then(|| host::number(literal))
}

/// A number that a program gives, to its end where that is near; else it was computed, and
/// five digits tell it.
pub fn given(number: f64) -> String {
    let all = digits(number, GIVEN);
    if value(&all).is_some_and(|of| is(of.0, number)) {
        all
    } else {
        digits(number, COMPUTED)
    }
}

/// What a number says that is written by [`brief`], [`digits`] or [`exact`], and the
/// unit of its last digit.
pub fn value(text: &str) -> Option<(f64, f64)> {
    let text = text.replace('−', "-");
    match text.trim_start_matches('-') {
        "NaN" => return Some((f64::NAN, 0.0)),
        "∞" if text.starts_with('-') => return Some((f64::NEG_INFINITY, 0.0)),
        "∞" => return Some((f64::INFINITY, 0.0)),
        _ => {}
    }
    let (mantissa, power) = if let Some((mantissa, power)) = text.split_once('e') {
        (mantissa, power.to_owned())
    } else {
        let (mantissa, power) = text.split_once("×10").unwrap_or((&text, "⁰"));
        (mantissa, power.chars().map(lowered).collect())
    };
    let places = mantissa
        .split_once('.')
        .map_or(0, |(_, places)| places.len());
    let of = |mantissa: &str, power: i32| read(&format!("{mantissa}e{power}"));
    let power: i32 = power.parse().ok()?;
    Some((of(mantissa, power)?, of("1", power - places as i32)?))
}

/// A superscript as it stands on the line: a digit, or a minus sign.
pub fn lowered(raised: char) -> char {
    lowered_digit(raised).unwrap_or('-')
}

/// The digit that is raised; none of another letter.
pub fn lowered_digit(raised: char) -> Option<char> {
    let digit = SUPERSCRIPTS.iter().position(|&s| s == raised)?;
    char::from_digit(u32::try_from(digit).ok()?, 10)
}

/// Whether two numbers differ by rounding only.
pub fn is(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-12 * b.abs() || (a.is_nan() && b.is_nan())
}

/// [`brief`] with another number of digits.
pub fn digits(number: f64, count: usize) -> String {
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
        scientific(size, count)
    } else if size >= 10f64.powi(count as i32) {
        // Whole thousands are shorter than a power of ten, and nearer.
        size.round().to_string()
    } else {
        let (digits, exponent) = rounded(size, count);
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

/// The first significant digits, a half rounded up, and the power of ten of the first.
fn rounded(size: f64, count: usize) -> (String, i32) {
    let split = |text: &str| {
        let (digits, power) = text.split_once('e').unwrap_or((text, "0"));
        (digits.replace('.', ""), power.parse().unwrap_or(0))
    };
    // A next digit 5 and then nothing, in the number as it is and not as it is
    // written: only there does the formatting of the standard library, which
    // rounds halves to even, differ.
    let (shortest, _) = split(&format!("{size:e}"));
    if shortest.len() == count + 1 && shortest.ends_with('5') {
        let (all, power) = split(&format!("{size:.60e}"));
        if all.chars().skip(count + 1).all(|digit| digit == '0') {
            let first: String = all.chars().take(count).collect();
            let up = (first.parse::<u64>().unwrap_or(0) + 1).to_string();
            let carried = up.len() - count;
            return (up.chars().take(count).collect(), power + carried as i32);
        }
    }
    split(&format!("{size:.*e}", count - 1))
}

/// Digits without a power of ten.
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

fn scientific(size: f64, count: usize) -> String {
    let (digits, exponent) = rounded(size, count);
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
    let value = read(short).unwrap_or(f64::NAN);
    if is(value, size) {
        value.to_string()
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{label, read, split_name};

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

    /// Other texts mean a number to Rust or to JavaScript, not to the language.
    #[test]
    fn literals_are_decimal() {
        for (literal, number) in [
            ("0", 0.0),
            ("-2.5", -2.5),
            ("+.5e-3", 5e-4),
            ("1.E+2", 100.0),
        ] {
            assert_eq!(read(literal), Some(number), "{literal}");
        }
        assert_eq!(read("4.9e-324"), Some(f64::from_bits(1)));
        assert_eq!(read("9007199254740993"), Some(9_007_199_254_740_992.0));
        assert_eq!(read("1e400"), Some(f64::INFINITY));
        for text in [
            "", ".", "-", "e5", "1e", "1e+", "1.2.3", "0x10", " 1", "1 ", "inf", "NaN", "1_0",
            "--1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
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
