//! The hyperbolic tangent, two numbers at a time and the same to the last bit
//! everywhere: for one number as for many, natively as in WebAssembly. Nothing in
//! it branches, so that many are several times faster than by a function of one.

use bytemuck::cast;
use std::f64::consts::{LN_2, LOG2_E};
use wide::{CmpGt, f64x2, i64x2};

/// The front of log 2, so short that its product with a whole number is exact.
const LN_2_FRONT: f64 = f64::from_bits(LN_2.to_bits() & (!0 << 21));
/// What is left of log 2: of the nearest number, and beyond it.
const LN_2_REST: f64 = (LN_2 - LN_2_FRONT) + 2.319_046_813_846_3e-17;

/// Added to a number, it leaves the nearest whole one in the last bits.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// From here on the nearest number to the result is 1.
const FAR: f64 = 20.0;

/// The polynomial next to (eʳ − 1 − r − r²/2) / r³ where |r| ≤ log(2) / 2, from
/// the constant term on: off by 8 · 10⁻¹⁸ at most.
const REST: [f64; 10] = [
    0.166_666_666_666_666_69,
    0.041_666_666_666_666_67,
    0.008_333_333_333_330_062,
    0.001_388_888_888_888_094_4,
    0.000_198_412_698_630_546_5,
    2.480_158_733_395_112_3e-5,
    2.755_726_845_846_749e-6,
    2.755_726_431_480_696e-7,
    2.510_038_617_893_065e-8,
    2.091_813_825_360_970_5e-9,
];

/// The hyperbolic tangent, to 2.5 units in the last place.
pub fn tanh(a: f64) -> f64 {
    pair(f64x2::splat(a)).to_array()[0]
}

/// Puts the hyperbolic tangent of each number into its place: [`tanh`], to the bit.
pub fn tanh_each(numbers: &mut [f64]) {
    let (pairs, rest) = numbers.as_chunks_mut();
    for two in pairs {
        *two = pair(f64x2::new(*two)).to_array();
    }
    for a in rest {
        *a = tanh(*a);
    }
}

/// By e = exp(2|a|) − 1, which keeps its digits near 0: e / (e + 2).
#[inline]
fn pair(a: f64x2) -> f64x2 {
    let sign = a & f64x2::splat(-0.0);
    let size = a ^ sign;
    let far = f64x2::splat(FAR);
    // NaN is not greater, and stays.
    let size = size.cmp_gt(far).blend(far, size);
    let e = exp_minus_one(size + size);
    (e / (e + f64x2::splat(2.0))) | sign
}

/// exp(x) − 1 for 0 ≤ x ≤ 2 · `FAR`: with x = k log 2 + r it is
/// 2ᵏ (exp(r) − 1) + 2ᵏ − 1.
#[inline]
fn exp_minus_one(x: f64x2) -> f64x2 {
    let one = f64x2::splat(1.0);
    let rounded = x * f64x2::splat(LOG2_E) + f64x2::splat(ROUNDING);
    let k = rounded - f64x2::splat(ROUNDING);
    // Moved to the exponent, the last bits are k.
    let k_bits = cast::<f64x2, i64x2>(rounded) << 52;
    let power: f64x2 = cast(k_bits + cast::<f64x2, i64x2>(one));

    let (front, back) = (
        x - k * f64x2::splat(LN_2_FRONT),
        k * f64x2::splat(LN_2_REST),
    );
    let r = front - back;
    let lost = (front - r) - back;

    // Not one term after the other, which would wait for each.
    let square = r * r;
    let two = |i: usize| f64x2::splat(REST[i]) + r * f64x2::splat(REST[i + 1]);
    let high = two(4) + square * two(6) + square * square * two(8);
    let rest = two(0) + square * two(2) + square * square * high;
    let less = r + (lost + square * (f64x2::splat(0.5) + r * rest));
    power * less + (power - one)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many numbers lie between two of one sign.
    fn apart(a: f64, b: f64) -> u64 {
        assert_eq!(a.is_sign_negative(), b.is_sign_negative(), "{a} {b}");
        a.to_bits().abs_diff(b.to_bits())
    }

    /// Numbers of every size, and many where the method changes.
    fn numbers() -> Vec<f64> {
        let mut random = 1u64;
        let mut part = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005);
            random = random.wrapping_add(1_442_695_040_888_963_407);
            (random >> 11) as f64 / 2f64.powi(53)
        };
        let mut all: Vec<f64> = (0..44_000).map(|i| f64::from(i) / 2000.0).collect();
        for _ in 0..20_000 {
            all.extend([part(), part() * 0.4, part() * 21.0]);
            all.push(10f64.powf(-20.0 * part()));
            all.push(10f64.powf(-308.0 * part()));
            all.push(f64::from_bits((part() * 2f64.powi(52)) as u64));
            all.push(10f64.powf(308.0 * part()));
        }
        for k in 0..60 {
            // Halfway between two whole numbers of log 2, and there.
            for half in [0.0, 0.25] {
                let edge = (f64::from(k) / 2.0 + half) * LN_2;
                all.extend([edge.next_down(), edge, edge.next_up()]);
            }
        }
        all
    }

    #[test]
    fn it_is_near_that_of_the_library() {
        for a in numbers() {
            let (found, expected) = (tanh(a), libm::tanh(a));
            assert!(apart(found, expected) <= 3, "{a:e}: {found:e} {expected:e}");
        }
    }

    #[test]
    fn it_is_within_a_few_units_in_the_last_place() {
        // The nearest number, and how far beyond it the result lies; computed with
        // 60 digits.
        let table = [
            (1e-5, 9.999_999_999_666_668e-6, -4.575_9e-22),
            (0.001, 0.000_999_999_666_666_8, 1.780_1e-20),
            (0.01, 0.009_999_666_679_999_46, 2.249_5e-19),
            (
                0.121_940_799_359_973_7,
                0.121_339_970_777_568_64,
                -3.696_5e-18,
            ),
            (
                0.173_286_795_139_986_32,
                0.171_572_875_253_809_9,
                -6.570_1e-18,
            ),
            (
                0.221_378_831_991_998_81,
                0.217_831_860_686_544_14,
                5.734e-18,
            ),
            (0.3, 0.291_312_612_451_590_9, -6.460_3e-18),
            (
                0.346_573_590_279_972_64,
                0.333_333_333_333_333_3,
                8.196_8e-18,
            ),
            (0.52, 0.477_700_012_168_498, 1.788_8e-18),
            (0.75, 0.635_148_952_387_287_3, 1.701_3e-17),
            (1.0, 0.761_594_155_955_764_9, 3.709_0e-17),
            (
                1.745_752_412_719_350_2,
                0.940_890_173_840_086_8,
                -4.547_8e-17,
            ),
            (2.5, 0.986_614_298_151_430_3, -2.452_9e-17),
            (4.158_840_022_513_777, 0.999_511_795_897_302, -5.405_7e-17),
            (7.0, 0.999_998_336_943_944_7, -1.612_4e-17),
            (12.5, 0.999_999_999_972_224_1, 4.967_4e-18),
            (18.9, 0.999_999_999_999_999_9, 3.433_9e-17),
        ];
        for (a, nearest, beyond) in table {
            let unit = f64::next_up(nearest) - nearest;
            let off = (tanh(a) - nearest) - beyond;
            assert!(off.abs() <= 2.5 * unit, "{a}: {}", off / unit);
        }
    }

    #[test]
    fn it_is_odd_and_no_greater_than_one() {
        for a in numbers() {
            assert_eq!(tanh(-a).to_bits(), (-tanh(a)).to_bits(), "{a:e}");
            assert!(tanh(a) <= 1.0 && tanh(a) <= a.next_up(), "{a:e}");
        }
    }

    #[test]
    fn it_rises_but_for_the_last_bits() {
        let mut all = numbers();
        all.sort_by(f64::total_cmp);
        for pair in all.windows(2) {
            let (low, high) = (tanh(pair[0]), tanh(pair[1]));
            assert!(low <= high || apart(low, high) <= 3, "{pair:?}");
        }
    }

    #[test]
    fn its_ends_and_its_middle_are_exact() {
        let least = f64::from_bits(1);
        for a in [0.0, least, 1e-310, f64::MIN_POSITIVE, 1e-200, 1e-20] {
            assert_eq!(tanh(a).to_bits(), a.to_bits());
            assert_eq!(tanh(-a).to_bits(), (-a).to_bits());
        }
        for a in [19.1, FAR, FAR.next_up(), 1000.0, f64::MAX, f64::INFINITY] {
            assert_eq!(tanh(a), 1.0);
            assert_eq!(tanh(-a), -1.0);
        }
        assert!(tanh(f64::NAN).is_nan());
    }

    #[test]
    fn many_are_as_each_by_itself() {
        let mut all = numbers();
        all.extend([f64::NAN, -0.0, f64::NEG_INFINITY]);
        for count in [0, 1, 2, 3, all.len()] {
            let mut found = all[all.len() - count..].to_vec();
            tanh_each(&mut found);
            for (found, &a) in found.iter().zip(&all[all.len() - count..]) {
                assert_eq!(found.to_bits(), tanh(a).to_bits(), "{a:e}");
            }
        }
    }
}
