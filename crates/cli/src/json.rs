//! Values as JSON.

use serde_json::Value;

/// A value as nested arrays of its shape. JSON has no infinities and no NaN:
/// these are the strings "inf", "-inf" and "nan".
pub fn nested(shape: &[usize], values: &[f64]) -> Value {
    nest(shape, values.iter().map(|&value| number(value)).collect())
}

/// Elements as nested arrays of a shape.
pub fn nest(shape: &[usize], mut level: Vec<Value>) -> Value {
    // From the last axis outwards, each level gathered into rows of its size.
    for (axis, &size) in shape.iter().enumerate().rev() {
        let count = shape[..axis].iter().product();
        let mut items = level.into_iter();
        level = (0..count)
            .map(|_| Value::Array(items.by_ref().take(size).collect()))
            .collect();
    }
    level.pop().unwrap_or(Value::Null)
}

/// A number, or the string that stands for what is none.
pub fn number(value: f64) -> Value {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf" } else { "-inf" }.into()
    } else {
        value.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_by_shape() {
        let of = |shape: &[usize], values: &[f64]| nested(shape, values).to_string();
        assert_eq!(of(&[], &[-2.0]), "-2.0");
        assert_eq!(of(&[2, 2], &[1.0, 2.0, 3.0, 4.0]), "[[1.0,2.0],[3.0,4.0]]");
        assert_eq!(of(&[0], &[]), "[]");
        assert_eq!(of(&[2, 0], &[]), "[[],[]]");
        assert_eq!(of(&[0, 2], &[]), "[]");
    }

    #[test]
    fn what_is_not_finite_is_a_string() {
        let values = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
        assert_eq!(nested(&[3], &values).to_string(), r#"["inf","-inf","nan"]"#);
    }
}
