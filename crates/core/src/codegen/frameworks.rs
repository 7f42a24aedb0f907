//! PyTorch and JAX, which have derivatives of their own.

use super::Walk;
use super::sheet::Sheet;
use super::writer::Writer;

/// PyTorch: `requires_grad`, and `backward`.
pub fn torch(writer: &mut Writer<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    leaves(writer, &mut sheet);
    sheet.gap();
    writer.forward_lines(&mut sheet, "");
    ending(writer, &mut sheet);
    sheet
}

/// The inputs as leaves.
pub fn leaves(writer: &Writer<'_>, sheet: &mut Sheet) {
    for node in writer.inputs() {
        let value = writer.literal(node, writer.value(node));
        // A tensor made by a function takes it too.
        let value = value.strip_suffix(')').unwrap_or(&value);
        let line = format!("{} = {value}, requires_grad=True)", writer.names.of(node));
        sheet.step(line, Walk::Forward, &[node]);
    }
    for node in writer.constants() {
        let line = format!("{} = {}", writer.names.of(node), writer.constant(node));
        sheet.step(line, Walk::Forward, &[node]);
    }
}

/// The backward pass and the asserts.
pub fn ending(writer: &mut Writer<'_>, sheet: &mut Sheet) {
    let (output, node) = (writer.output(), writer.asked.model.program.output);
    let inputs = writer.inputs();
    if inputs.iter().any(|&input| writer.is_reached(input)) {
        sheet.gap();
        let upstream = if writer.starts_from_one() {
            String::new()
        } else {
            writer.upstream()
        };
        sheet.step(
            format!("{output}.backward({upstream})"),
            Walk::Base,
            &[node],
        );
    }
    writer.asserts(sheet, &output, |writer, input| {
        let name = writer.names.of(input);
        if writer.is_reached(input) {
            format!("{name}.grad")
        } else {
            // No path leads from it to the output.
            format!("torch.zeros_like({name}) if {name}.grad is None else {name}.grad")
        }
    });
}

/// JAX: the program as a function, its `grad` or `vjp`, and its `jvp`.
pub fn jax(writer: &mut Writer<'_>) -> Sheet {
    let mut sheet = Sheet::default();
    let output = writer.asked.model.program.output;
    let inputs = writer.inputs();
    let names: Vec<String> = inputs
        .iter()
        .map(|&x| writer.names.of(x).to_owned())
        .collect();
    let list = names.join(", ");
    sheet.put(&format!("\ndef program({list}):"));
    for node in writer.constants() {
        let line = format!("    {} = {}", writer.names.of(node), writer.constant(node));
        sheet.step(line, Walk::Forward, &[node]);
    }
    writer.forward_lines(&mut sheet, "    ");
    sheet.put(&format!("    return {}\n\n", writer.output()));
    for &node in &inputs {
        let value = writer.literal(node, writer.value(node));
        sheet.step(
            format!("{} = {value}", writer.names.of(node)),
            Walk::Forward,
            &[node],
        );
    }
    sheet.gap();
    if inputs.is_empty() {
        sheet.put("value = program()");
    } else if writer.starts_from_one() {
        let places: Vec<String> = (0..inputs.len()).map(|at| at.to_string()).collect();
        let places = match &places[..] {
            [only] => format!("({only},)"),
            all => format!("({})", all.join(", ")),
        };
        sheet.put("# Reverse mode.");
        sheet.put(&format!("value = program({list})"));
        let line = format!("gradients = jax.grad(program, argnums={places})({list})");
        sheet.step(line, Walk::Base, &[output]);
    } else {
        sheet.put("# Reverse mode, from the upstream gradient.");
        sheet.put(&format!("value, pull = jax.vjp(program, {list})"));
        sheet.step(
            format!("gradients = pull({})", writer.upstream()),
            Walk::Base,
            &[output],
        );
    }
    let mut tangent = None;
    if let Some(&first) = inputs.first() {
        sheet.gap();
        sheet.put(&format!(
            "# Forward mode: how the output moves with {}.",
            if writer.shape(first).is_empty() {
                names[0].clone()
            } else {
                format!("every element of {}", names[0])
            }
        ));
        let own = &names[0];
        // The other inputs stay what they are.
        let of = if inputs.len() == 1 {
            "program".to_owned()
        } else {
            format!("lambda {own}: program({list})")
        };
        sheet.put(&format!(
            "_, tangent = jax.jvp({of}, ({own},), (jnp.ones_like({own}),))"
        ));
        // Where the sum loses no digits.
        let (sum, size) = writer
            .gradient(first)
            .iter()
            .fold((0.0, 0.0), |(sum, size), x| (sum + x, size + x.abs()));
        tangent = (f64::abs(sum) > 1e-3 * size).then_some(sum);
    }
    writer.asserts(&mut sheet, "value", |_, input| {
        let at = inputs.iter().position(|&x| x == input).unwrap_or_default();
        format!("gradients[{at}]")
    });
    if let Some(sum) = tangent.filter(|sum| sum.is_finite()) {
        // The upstream gradient times the tangent there is the gradient times the tangent here.
        let product = if writer.starts_from_one() {
            "tangent".to_owned()
        } else {
            format!("({} * tangent).sum()", writer.upstream())
        };
        sheet.put(&format!("assert same({product}, jnp.array({sum:?}))"));
    }
    sheet
}
