//! What an element tells of its graph, and what is to be read in its drawing.

use serde_json::Value;

use crate::Outcome;

/// A graph at one moment.
pub struct Picture {
    snapshot: Value,
    drawn: Vec<Value>,
    /// The wires as drawn, in their order.
    pub wires: Vec<Wire>,
}

/// A wire as drawn.
pub struct Wire {
    /// Key of the node that it leaves.
    pub from: String,
    /// Key of the gate that it enters.
    pub to: Option<String>,
    /// The text above.
    pub value: String,
    /// The text below.
    pub gradient: String,
    /// Whether it is the output's open end.
    pub open: bool,
    value_y: f64,
    gradient_y: f64,
    is_displayed: bool,
}

impl Picture {
    /// A graph as [`Page::run`](crate::page::Page::run) reads it by `read()`.
    ///
    /// # Errors
    /// Where something is missing.
    pub fn new(mut read: Value) -> Outcome<Self> {
        let wires = list(&read["shown"])
            .iter()
            .map(Wire::new)
            .collect::<Outcome<_>>()?;
        Ok(Self {
            drawn: list(&read["drawn"]).to_vec(),
            snapshot: read["snapshot"].take(),
            wires,
        })
    }

    /// The program.
    pub fn program(&self) -> &str {
        self.snapshot["program"].as_str().unwrap_or_default()
    }

    /// The mistakes of the program.
    pub fn diagnostics(&self) -> &[Value] {
        list(&self.snapshot["diagnostics"])
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Value] {
        list(&self.snapshot["nodes"])
    }

    /// The operations of the gates, in the graph's order.
    pub fn gates(&self) -> Vec<&str> {
        let gates = self.nodes().iter().filter(|node| node["kind"] == "gate");
        gates.filter_map(|node| node["op"].as_str()).collect()
    }

    /// The node that a name means at the end of the program.
    ///
    /// # Errors
    /// Where there is none.
    pub fn node(&self, name: &str) -> Outcome<&Value> {
        let node = self.nodes().iter().rfind(|node| node["name"] == name);
        node.ok_or_else(|| format!("no node is called {name}").into())
    }

    /// The value of a scalar.
    ///
    /// # Errors
    /// Where there is none.
    pub fn value(&self, name: &str) -> Outcome<f64> {
        number(&self.node(name)?["value"])
    }

    /// The gradient of a scalar.
    ///
    /// # Errors
    /// Where there is none.
    pub fn gradient(&self, name: &str) -> Outcome<f64> {
        number(&self.node(name)?["gradient"])
    }

    /// The first wire that leaves a name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn wire(&self, name: &str) -> Outcome<&Wire> {
        let key = &self.node(name)?["key"];
        let wire = self.wires.iter().find(|wire| *key == *wire.from);
        wire.ok_or_else(|| format!("no wire leaves {name}").into())
    }

    /// The output's open end.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn open_end(&self) -> Outcome<&Wire> {
        let open: Vec<_> = self.wires.iter().filter(|wire| wire.open).collect();
        match open[..] {
            [end] => Ok(end),
            _ => Err(format!("there are {} open ends", open.len()).into()),
        }
    }

    /// Whether the drawing shows what the snapshot says: every gate and input, every wire with
    /// its value above and its gradient below, and the output on the open end.
    ///
    /// # Errors
    /// With the first thing that is drawn otherwise.
    pub fn is_drawn(&self) -> Outcome {
        let mut keys: Vec<_> = self.drawn.iter().map(|node| &node["key"]).collect();
        let mut expected: Vec<_> = self.nodes().iter().map(|node| &node["key"]).collect();
        let by_text = |key: &&Value| key.as_str().map(str::to_owned);
        keys.sort_by_key(by_text);
        expected.sort_by_key(by_text);
        if keys != expected {
            return Err(format!("drawn are {keys:?} instead of {expected:?}").into());
        }
        let wires = list(&self.snapshot["wires"]);
        let drawn: Vec<_> = self.wires.iter().filter(|wire| !wire.open).collect();
        if drawn.len() != wires.len() {
            return Err(
                format!("{} wires are drawn, {} are there", drawn.len(), wires.len()).into(),
            );
        }
        for (wire, drawn) in wires.iter().zip(drawn) {
            if wire["from"] != *drawn.from || wire["to"].as_str() != drawn.to.as_deref() {
                return Err(format!("{} is drawn in the place of {wire}", drawn.ends()).into());
            }
            drawn.shows(&wire["value"], &wire["gradient"])?;
        }
        let output = &self.snapshot["output"];
        let node = self.nodes().iter().find(|node| node["key"] == *output);
        let node = node.ok_or("there is no output")?;
        let end = self.open_end()?;
        if *output != *end.from {
            return Err(format!("the open end leaves {} instead of {output}", end.from).into());
        }
        end.shows(&node["value"], &node["gradient"])
    }
}

impl Wire {
    fn new(read: &Value) -> Outcome<Self> {
        let text = |name: &str| read[name].as_str().map(str::to_owned);
        let middle = |at: &Value| Some(at["y"].as_f64()? + at["height"].as_f64()? / 2.0);
        let wire = || {
            Some(Self {
                from: text("from")?,
                to: text("to"),
                value: text("value")?,
                gradient: text("gradient")?,
                open: read["open"].as_bool()?,
                value_y: middle(&read["valueAt"])?,
                gradient_y: middle(&read["gradientAt"])?,
                is_displayed: read["valueAt"]["height"].as_f64()? > 0.0,
            })
        };
        wire().ok_or_else(|| format!("a wire is drawn as {read}").into())
    }

    fn ends(&self) -> String {
        format!("{} → {}", self.from, self.to.as_deref().unwrap_or("(open)"))
    }

    /// Whether the texts show a value and a gradient to three digits, the one above the other.
    fn shows(&self, value: &Value, gradient: &Value) -> Outcome {
        if value.is_array() {
            // Its numbers are in its grids; here is its shape.
            return if self.value.is_empty() {
                Err(format!("{}: no shape is shown", self.ends()).into())
            } else {
                Ok(())
            };
        }
        for (text, exact) in [(&self.value, value), (&self.gradient, gradient)] {
            if !is_near(shown(text)?, number(exact)?) {
                return Err(format!("{}: {text} is shown for {exact}", self.ends()).into());
            }
            if text.is_empty() {
                return Err(format!("{}: nothing is shown for {exact}", self.ends()).into());
            }
        }
        // From afar neither is displayed.
        if self.is_displayed && self.value_y >= self.gradient_y {
            return Err(format!("{}: the value is not above the gradient", self.ends()).into());
        }
        Ok(())
    }
}

fn is_near(shown: f64, exact: f64) -> bool {
    if exact.is_finite() {
        // Half a unit of the third digit is up to half a percent.
        (shown - exact).abs() <= 0.00502 * exact.abs()
    } else {
        shown == exact || shown.is_nan() && exact.is_nan()
    }
}

/// The number that a text of the drawing shows.
///
/// # Errors
/// Where it shows none.
pub fn shown(text: &str) -> Outcome<f64> {
    const POWERS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
    const DIGITS: &str = "0123456789-";
    let mut plain = text
        .replace('−', "-")
        .replace('∞', "inf")
        .replace("×10", "e");
    for (power, digit) in POWERS.chars().zip(DIGITS.chars()) {
        plain = plain.replace(power, &digit.to_string());
    }
    Ok(plain
        .parse()
        .map_err(|_| format!("{text:?} is no number"))?)
}

/// A number of a snapshot, also one that is not finite.
///
/// # Errors
/// Where it is none.
pub fn number(value: &Value) -> Outcome<f64> {
    let text = || value.as_str()?.parse().ok();
    let number = value.as_f64().or_else(text);
    number.ok_or_else(|| format!("{value} is no number").into())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_numbers_are_read() -> Outcome {
        for (text, number) in [
            ("−12", -12.0),
            ("0.366", 0.366),
            ("−1.23×10⁻⁵", -1.23e-5),
            ("1×10²¹", 1e21),
            ("−∞", f64::NEG_INFINITY),
        ] {
            assert_eq!(shown(text)?, number, "{text}");
        }
        assert!(shown("NaN")?.is_nan());
        assert!(shown("(2×3)").is_err());
        Ok(())
    }

    #[test]
    fn three_digits_are_near_and_two_are_not() {
        assert!(is_near(0.732, 0.731_58) && is_near(-0.1, -0.1));
        assert!(!is_near(0.74, 0.731_58) && !is_near(0.0, 1e-9) && !is_near(1.0, f64::NAN));
    }
}
