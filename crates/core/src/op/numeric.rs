//! The arithmetic of elementwise operations, exact and without avoidable overflow.

use std::cmp::Ordering;
use std::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// 1 for true, 0 for false.
pub fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// Folds one more number into the greatest or least so far; NaN stays.
pub fn extreme(least: bool, so_far: f64, next: f64) -> f64 {
    let better = if least { next < so_far } else { next > so_far };
    if better || next.is_nan() {
        next
    } else {
        so_far
    }
}

/// log(eᵃ + eᵇ): the greater, and what the less adds to it.
pub fn log_add_exp(a: f64, b: f64) -> f64 {
    // Of equal infinities the difference is no number.
    if a == b {
        return a + LN_2;
    }
    a.max(b) + (-(a - b).abs()).exp().ln_1p()
}

/// 1 unless one is greater than the other: so with NaN.
pub fn tie(a: f64, b: f64) -> f64 {
    truth(!a.partial_cmp(&b).is_some_and(Ordering::is_ne))
}

/// Python's `**`.
pub fn power(a: f64, b: f64) -> f64 {
    // As every libm has it, and much faster.
    if b == 2.0 { a * a } else { a.powf(b) }
}

/// 1 / (1 + e⁻ᵃ) without overflow on either side.
pub fn sigmoid(a: f64) -> f64 {
    if a >= 0.0 {
        1.0 / (1.0 + (-a).exp())
    } else {
        let e = a.exp();
        e / (1.0 + e)
    }
}

/// log(1 + eᵃ): what a adds to 0 lies in the smaller of two exponentials.
pub fn softplus(a: f64) -> f64 {
    if a.is_nan() {
        return a;
    }
    a.max(0.0) + (-a.abs()).exp().ln_1p()
}

/// The standard normal distribution's cumulative function, by the complementary
/// error function so that its left end keeps its digits.
pub fn normal_cdf(a: f64) -> f64 {
    0.5 * libm::erfc(-a * FRAC_1_SQRT_2)
}

/// a, but eᵃ − 1 where a ≤ 0.
pub fn elu(a: f64) -> f64 {
    if a <= 0.0 { a.exp_m1() } else { a }
}

/// a · sigmoid(a).
pub fn silu(a: f64) -> f64 {
    // −∞ · 0 has the limit 0.
    if a == f64::NEG_INFINITY {
        -0.0
    } else {
        a * sigmoid(a)
    }
}

/// a · Φ(a).
pub fn gelu(a: f64) -> f64 {
    if a == f64::NEG_INFINITY {
        -0.0
    } else {
        a * normal_cdf(a)
    }
}

/// −1, 0 or 1; NaN for NaN, as NumPy has it.
pub fn sign(a: f64) -> f64 {
    if a > 0.0 {
        1.0
    } else if a < 0.0 {
        -1.0
    } else if a == 0.0 {
        0.0
    } else {
        a
    }
}

/// The lower bound first, then the upper one; NaN stays.
pub fn clip(a: f64, low: f64, high: f64) -> f64 {
    extreme(true, extreme(false, a, low), high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sigmoid_is_finite_far_out() {
        assert!((sigmoid(1000.0) - 1.0).abs() < 1e-15);
        assert!(sigmoid(-1000.0).abs() < 1e-300);
        assert!(sigmoid(f64::NAN).is_nan());
    }

    #[test]
    fn softplus_is_finite_far_out() {
        assert_eq!(softplus(1000.0), 1000.0);
        assert_eq!(softplus(-1000.0), 0.0);
        assert!((softplus(0.0) - 2f64.ln()).abs() < 1e-16);
        assert!((softplus(30.0) - 30.000_000_000_000_093).abs() < 1e-14);
        assert!(softplus(f64::NAN).is_nan());
    }

    #[test]
    fn the_normal_distribution_keeps_its_left_end() {
        assert_eq!(normal_cdf(0.0), 0.5);
        // 1 − Φ(10) to all digits: 7.619853024160527e-24.
        assert!((normal_cdf(-10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-14);
        assert_eq!(gelu(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn not_a_number_stays() {
        for f in [sign, elu, silu, gelu, softplus, sigmoid] {
            assert!(f(f64::NAN).is_nan());
        }
        assert!(clip(f64::NAN, 0.0, 1.0).is_nan());
    }
}
