//! Inputs: sliders, fields and `setInput`.

use backflow::{
    Outcome,
    browser::Browser,
    page::Page,
    picture::{Picture, number},
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// Notes all `backflow-change` events of the page.
const LISTEN: &str = "window.causes = [];
    document.addEventListener('backflow-change', ({ detail }) => causes.push(detail.cause))";

/// Whether the values are those of f = (x + y) z.
fn holds(picture: &Picture) -> Outcome {
    let (x, y, z) = (
        picture.value("x")?,
        picture.value("y")?,
        picture.value("z")?,
    );
    assert_eq!(picture.value("f")?, (x + y) * z);
    assert_eq!(picture.gradient("x")?, z);
    assert_eq!(picture.gradient("y")?, z);
    assert_eq!(picture.gradient("z")?, x + y);
    picture.is_drawn()
}

pub async fn dragging_a_slider_changes_every_value(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let (slider, field) = (page.slider("x").await?, page.field("x").await?);
    // From the middle of the slider to where its thumb is, and what there is to see at each event.
    let thumb = page
        .run(
            "const [slider, field] = args;
            window.seen = [];
            element.addEventListener('backflow-change', ({ detail }) => seen.push(
                { ...read(), cause: detail.cause, numbers: [slider.valueAsNumber, Number(field.value)] }));
            const { min, max, value, offsetWidth } = slider;
            const part = (value - min) / (max - min);
            return Math.round((part - 0.5) * (offsetWidth - 16))",
            &[slider.to_json()?, field.to_json()?],
        )
        .await?;
    let thumb = thumb.as_f64().ok_or("the slider has no place")? as i64;
    // In one go: a driver lets go of a thumb between two.
    let pressed = browser
        .session()
        .action_chain()
        .move_to_element_with_offset(&slider, thumb, 0)
        .click_and_hold();
    let dragged = (0..4).fold(pressed, |chain, _| chain.move_by_offset(15, 0));
    dragged.release().perform().await?;

    let seen = page.run("return seen", &[]).await?;
    let mut values = vec![-2.0];
    for one in seen.as_array().ok_or("no event was heard")? {
        assert_eq!(one["cause"], "input");
        let picture = Picture::new(one.clone())?;
        holds(&picture)?;
        let x = picture.value("x")?;
        for shown in [&one["numbers"][0], &one["numbers"][1]] {
            assert_eq!(number(shown)?, x);
        }
        values.push(x);
    }
    assert!(values.len() > 2, "{values:?}");
    // Where the thumb is not where it is thought to be, it jumps under the pointer first.
    assert!(values[1..].is_sorted_by(|a, b| a < b), "{values:?}");
    assert!(values.last() > values.first(), "{values:?}");
    let picture = page.picture().await?;
    assert_eq!(Some(&picture.value("x")?), values.last());
    holds(&picture)
}

pub async fn arrow_keys_move_a_slider(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(LISTEN, &[]).await?;
    let slider = page.slider("z").await?;
    let step: f64 = slider
        .attr("step")
        .await?
        .ok_or("the slider has no step")?
        .parse()?;
    slider.send_keys(Key::Right + Key::Right + Key::Up).await?;
    let picture = page.picture().await?;
    let moved = picture.value("z")?;
    assert!((moved - (-4.0 + 3.0 * step)).abs() < 1e-9, "{moved}");
    assert_eq!(Page::number(&page.field("z").await?).await?, moved);
    holds(&picture)?;
    slider.send_keys(Key::Left + Key::Down + Key::Left).await?;
    let picture = page.picture().await?;
    assert!((picture.value("z")? + 4.0).abs() < 1e-9);
    assert_eq!(page.run("return causes.length", &[]).await?, 6);
    holds(&picture)
}

pub async fn typing_a_number_moves_the_slider(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let (slider, field) = (page.slider("y").await?, page.field("y").await?);
    page.type_over(&field, "-1.5").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("y")?, -1.5);
    assert_eq!(Page::number(&slider).await?, -1.5);
    holds(&picture)
}

pub async fn what_is_no_number_changes_nothing(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let field = page.field("y").await?;
    page.type_over(&field, "").await?;
    assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
    let picture = page.picture().await?;
    assert_eq!(picture.value("y")?, 5.0);
    holds(&picture)?;
    // Who leaves the field sees the number that holds.
    field.send_keys(Key::Tab).await?;
    assert_eq!(Page::number(&field).await?, 5.0);
    assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("false"));
    Ok(())
}

pub async fn the_texts_follow_within_the_frame(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    let slider = page.slider("w1").await?;
    let frames = page
        .run(
            "const [slider] = args;
            const frame = (value) => new Promise((resolve) => requestAnimationFrame(() => {
                slider.valueAsNumber = value;
                slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
                resolve(read());
            }));
            const frames = [];
            for (const value of [-2, -1, 0, 1, 2]) frames.push(await frame(value));
            return frames",
            &[slider.to_json()?],
        )
        .await?;
    let frames = frames.as_array().ok_or("no frame came")?;
    assert_eq!(frames.len(), 5);
    let mut outputs = Vec::new();
    for (frame, w1) in frames.iter().zip([-2.0, -1.0, 0.0, 1.0, 2.0]) {
        let picture = Picture::new(frame.clone())?;
        assert_eq!(picture.value("w1")?, w1);
        let expected = 1.0 / (1.0 + f64::exp(-(-2.0 - 2.0 * w1 - 3.0)));
        assert!((picture.value("f")? - expected).abs() < 1e-12);
        picture.is_drawn()?;
        outputs.push(picture.open_end()?.value.clone());
    }
    outputs.dedup();
    assert_eq!(outputs.len(), 5, "{outputs:?}");
    Ok(())
}

pub async fn a_move_rebuilds_nothing(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let seen = page
        .run(
            "const parts = () => all('.picture *');
            const texts = () => all('g.wire text').map((text) => text.textContent);
            const [before, were] = [parts(), texts()];
            const records = [];
            const observer = new MutationObserver((more) => records.push(...more));
            observer.observe(root.querySelector('.picture'),
                { subtree: true, childList: true, characterData: true, attributes: true });
            element.setInput('x', 1);
            records.push(...observer.takeRecords());
            const [after, are] = [parts(), texts()];
            return {
                same: before.length === after.length && before.every((one, i) => one === after[i]),
                kinds: [...new Set(records.map((record) => record.type))],
                written: records.length,
                differing: were.filter((text, i) => text !== are[i]).length,
            }",
            &[],
        )
        .await?;
    assert_eq!(seen["same"], true);
    assert_eq!(seen["kinds"], json!(["characterData"]));
    // x, q and f by value, z by gradient.
    assert_eq!(
        (&seen["written"], &seen["differing"]),
        (&json!(4), &json!(4))
    );
    Ok(())
}

pub async fn set_input_changes_what_is_shown(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(LISTEN, &[]).await?;
    page.set_input("x", json!(0.25)).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("x")?, 0.25);
    holds(&picture)?;
    assert_eq!(page.run("return causes", &[]).await?, json!(["input"]));
    assert_eq!(Page::number(&page.field("x").await?).await?, 0.25);
    Ok(())
}

pub async fn set_input_refuses_what_does_not_fit(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 2\nv = [1, 2, 3]\nM = [[1, 2], [3, 4]]\nf = x * sum(v) + sum(M)")
        .await?;
    let before = page.picture().await?;
    for (name, value) in [
        ("nobody", json!(1)),
        ("f", json!(1)),
        ("x", json!([1])),
        ("x", json!("1")),
        ("x", json!(null)),
        ("v", json!(1)),
        ("v", json!([1, 2])),
        ("v", json!([1, 2, 3, 4])),
        ("v", json!([1, [2], 3])),
        ("v", json!([1, "2", 3])),
        ("M", json!([1, 2])),
        ("M", json!([[1, 2], [3]])),
        ("M", json!([[1, 2, 3], [4]])),
    ] {
        let script = "try { element.setInput(...args) } catch (error) {
            return ['RangeError', 'TypeError'].includes(error.name) ? error.message : null }
            return null";
        let thrown = page.run(script, &[json!(name), value.clone()]).await?;
        let message = thrown.as_str().ok_or(format!("{name} takes {value}"))?;
        assert!(message.contains(&format!("'{name}'")), "{message}");
    }
    let after = page.picture().await?;
    assert_eq!(after.nodes(), before.nodes());
    after.is_drawn()
}

pub async fn tensors_are_set_by_nested_arrays(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("W = [[1, 2], [3, 4]]\nx = [5, 6]\ns = W @ x\nf = sum(s * s)")
        .await?;
    page.set_input("W", json!([[1, 0], [0, -2]])).await?;
    page.set_input("x", json!([3, 4])).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.node("s")?["value"], json!([3, -8]));
    assert_eq!(picture.value("f")?, 73.0);
    assert_eq!(
        picture.node("W")?["gradient"],
        json!([[18, 24], [-48, -64]])
    );
    assert_eq!(picture.node("x")?["gradient"], json!([6, 32]));
    assert_eq!(picture.node("W")?["shape"], json!([2, 2]));
    picture.is_drawn()
}

pub async fn a_cell_of_a_tensor_changes_its_element(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("M = [[1, 2], [3, 4]]\nf = sum(M * M)")
        .await?;
    page.focus("li[data-key=M] [role=grid]").await?;
    page.press(Key::Down + "-7").await?;
    assert_eq!(
        page.run("return root.activeElement.ariaLabel", &[]).await?,
        "M[1, 0]"
    );
    page.press(Key::Enter).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.node("M")?["value"], json!([[1, 2], [-7, 4]]));
    assert_eq!(picture.node("M")?["gradient"], json!([[2, 4], [-14, 8]]));
    assert_eq!(picture.value("f")?, 70.0);
    picture.is_drawn()
}

pub async fn values_that_are_not_finite_are_shown(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 0\nf = 1 / x").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("f")?, f64::INFINITY);
    assert_eq!(picture.gradient("x")?, f64::NEG_INFINITY);
    assert_eq!(picture.open_end()?.value, "∞");
    assert_eq!(picture.wire("x")?.gradient, "−∞");
    picture.is_drawn()?;

    page.set_program("x = 0\ny = 0\nf = x / y").await?;
    let picture = page.picture().await?;
    assert!(picture.value("f")?.is_nan());
    assert_eq!(picture.open_end()?.value, "NaN");
    picture.is_drawn()?;

    page.run(
        "element.setInput('x', Infinity); element.setInput('y', NaN)",
        &[],
    )
    .await?;
    let picture = page.picture().await?;
    assert_eq!(picture.wire("x")?.value, "∞");
    assert_eq!(picture.wire("y")?.value, "NaN");
    picture.is_drawn()?;

    // And back, by hand.
    for (name, text) in [("x", "6"), ("y", "2")] {
        let field = page.field(name).await?;
        page.type_over(&field, text).await?;
    }
    let picture = page.picture().await?;
    let told: Vec<Value> = ["x", "y", "f"]
        .iter()
        .map(|name| Ok(picture.node(name)?["value"].clone()))
        .collect::<Outcome<_>>()?;
    let told: Vec<f64> = told.iter().map(number).collect::<Outcome<_>>()?;
    assert_eq!(told, [6.0, 2.0, 3.0]);
    picture.is_drawn()
}

/// What an input's controls say, and the number that is its value.
async fn controls(page: &Page, name: &str) -> Outcome<(f64, f64, f64)> {
    let picture = page.picture().await?;
    picture.is_drawn()?;
    let slider = Page::number(&page.slider(name).await?).await?;
    let field = Page::number(&page.field(name).await?).await?;
    Ok((picture.value(name)?, field, slider))
}

pub async fn a_slider_goes_on_from_any_number(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let (slider, field) = (page.slider("x").await?, page.field("x").await?);
    // Beyond its ends, to either side, and between its steps.
    for (typed, up) in [(100.0, 100.01), (-2500.0, -2499.99), (0.0625, 0.0725)] {
        page.type_over(&field, &typed.to_string()).await?;
        assert_eq!(controls(&page, "x").await?.0, typed);
        slider.send_keys(Key::Right).await?;
        let (value, shown, at) = controls(&page, "x").await?;
        assert_eq!((value, shown), (up, up));
        assert!((at - up).abs() < 0.006, "{at}");
        slider.send_keys(Key::Left + Key::Down).await?;
        let (value, ..) = controls(&page, "x").await?;
        assert!((value - (typed - 0.01)).abs() < 1e-9, "{value}");
    }
    // An edit elsewhere keeps the number, and the slider holds it.
    page.type_over(&field, "100").await?;
    page.type_on(" + 1").await?;
    assert_eq!(controls(&page, "x").await?, (100.0, 100.0, 100.0));
    // What was set elsewhere too; then the range is as it was.
    page.set_input("x", json!(-1e300)).await?;
    assert_eq!(controls(&page, "x").await?.0, -1e300);
    page.set_input("x", json!(3)).await?;
    assert_eq!(controls(&page, "x").await?, (3.0, 3.0, 3.0));
    let ends = page
        .run("return [args[0].min, args[0].max]", &[slider.to_json()?])
        .await?;
    assert_eq!(ends, json!(["-10", "10"]));
    Ok(())
}
