//! The numbers that the workloads compute with: the same ones wherever they are made.

use std::fmt::Display;

/// A number between −0.5 and 0.5, of at most four decimals.
pub fn number(stream: u64, index: u64) -> f64 {
    let k = stream * 1009 + index;
    let mixed = (31 * k * k + 7919 * k + 13) % 2001;
    (mixed as f64 - 1000.0) / 2000.0
}

/// The first numbers of a stream.
pub fn numbers(stream: u64, count: usize) -> Vec<f64> {
    (0..count as u64).map(|i| number(stream, i)).collect()
}

/// The first numbers of a stream, in an array.
pub fn array<const N: usize>(stream: u64) -> [f64; N] {
    std::array::from_fn(|i| number(stream, i as u64))
}

/// A matrix of a stream, row by row.
pub fn matrix<const R: usize, const C: usize>(stream: u64) -> [[f64; C]; R] {
    std::array::from_fn(|r| std::array::from_fn(|c| number(stream, (r * C + c) as u64)))
}

/// Items as a program writes a list.
pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

/// Rows as a program writes a matrix.
pub fn rows<const C: usize>(matrix: &[[f64; C]]) -> String {
    list(matrix.iter().map(list))
}

/// Whether two lists of results are the same to nine digits.
///
/// # Errors
/// The first place where they are not.
pub fn same(ours: &[f64], theirs: &[f64]) -> Result<(), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{} results against {}", ours.len(), theirs.len()));
    }
    // Sums of numbers of both signs: what counts is their scale, not each one's own size.
    let scale = ours.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let mut pairs = ours.iter().zip(theirs).enumerate();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1e-3 * scale);
    match pairs.find(|(_, (a, b))| !near(**a, **b)) {
        Some((i, (a, b))) => Err(format!("result {i} is {a} against {b}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_spread() {
        let many = numbers(3, 2001);
        assert!(many.iter().all(|x| x.abs() <= 0.5));
        assert!(many.iter().sum::<f64>().abs() < 100.0);
        assert_eq!(rows(&[[0.5, -0.25]]), "[[0.5, -0.25]]");
    }

    #[test]
    fn nine_digits_tell() {
        assert!(same(&[1.0, 2.0], &[1.0, 2.0 + 1e-10]).is_ok());
        assert!(same(&[1.0, 2.0], &[1.0, 2.0 + 1e-8]).is_err());
        assert!(same(&[1.0], &[f64::NAN]).is_err());
        assert!(same(&[1.0], &[1.0, 2.0]).is_err());
    }
}
