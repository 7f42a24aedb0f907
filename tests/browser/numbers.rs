//! Numbers edited where they stand in the picture.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// Where the first wire of a node takes the pointer, to change the number on it.
fn grip(key: &str) -> String {
    format!(".wire[data-from='{key}'] .grip")
}

/// Waits for the field of a number.
async fn typing(page: &Page) -> Outcome {
    page.until("root.activeElement?.matches('.in-place')", &[])
        .await?;
    Ok(())
}

async fn value_and_gradient(page: &Page, name: &str) -> Outcome<(f64, f64)> {
    let picture = page.picture().await?;
    picture.is_drawn()?;
    Ok((picture.value(name)?, picture.gradient(name)?))
}

pub async fn a_click_on_a_number_lets_it_be_typed(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(&grip("x")).await?;
    typing(&page).await?;
    page.press("1.5").await?;
    // It holds at once.
    assert_eq!(value_and_gradient(&page, "f").await?, (-26.0, 1.0));
    page.press(Key::Enter).await?;
    assert_eq!(value_and_gradient(&page, "x").await?, (1.5, -4.0));
    assert_eq!(Page::number(&page.field("x").await?).await?, 1.5);
    assert_eq!(Page::number(&page.slider("x").await?).await?, 1.5);
    // The keys go on from the number.
    let focused = page.run("return root.activeElement.ariaLabel", &[]).await?;
    assert_eq!(focused, json!("x"));
    Ok(())
}

pub async fn a_click_on_a_name_lets_its_number_be_typed(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(".node[data-key='z'] .name").await?;
    typing(&page).await?;
    page.press("2").await?;
    page.press(Key::Enter).await?;
    assert_eq!(value_and_gradient(&page, "f").await?, (6.0, 1.0));
    Ok(())
}

pub async fn escape_undoes_what_was_typed(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(&grip("y")).await?;
    typing(&page).await?;
    page.press("9").await?;
    assert_eq!(value_and_gradient(&page, "y").await?.0, 9.0);
    page.press(Key::Escape).await?;
    assert_eq!(value_and_gradient(&page, "y").await?.0, 5.0);
    // And leaves nothing to undo.
    let undo = page.find(".undo").await?;
    assert_eq!(undo.attr("aria-disabled").await?.as_deref(), Some("true"));
    Ok(())
}

pub async fn arrow_keys_step_a_number(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "return root.querySelector('.wire[data-from=x] .grip').focus()",
        &[],
    )
    .await?;
    page.press(Key::Up + Key::Up + Key::Down).await?;
    assert_eq!(value_and_gradient(&page, "x").await?.0, -1.99);
    page.press_holding(Key::Shift, Key::Up).await?;
    assert_eq!(value_and_gradient(&page, "x").await?.0, -1.89);
    page.press_holding(Key::Alt, Key::Down).await?;
    assert_eq!(value_and_gradient(&page, "x").await?.0, -1.891);
    // The same while it is typed.
    page.press(Key::Enter).await?;
    typing(&page).await?;
    page.press_holding(Key::Shift, Key::Up).await?;
    assert_eq!(value_and_gradient(&page, "x").await?.0, -1.791);
    page.press(Key::Enter).await?;
    Ok(())
}

pub async fn a_drag_along_a_number_changes_it(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "window.seen = [];
        element.addEventListener('backflow-change', ({ detail }) => seen.push({ ...read(), ...detail }))",
        &[],
    )
    .await?;
    page.drag(&grip("y"), &[(20, 0), (20, 2), (20, 0), (-10, 0)])
        .await?;
    let seen = page.run("return seen", &[]).await?;
    let mut values = Vec::new();
    for one in seen.as_array().ok_or("nothing happened")? {
        assert_eq!(one["cause"], "input");
        let picture = backflow::picture::Picture::new(one.clone())?;
        picture.is_drawn()?;
        values.push(picture.value("y")?);
    }
    // To the right it grows, to the left it shrinks.
    assert!(values.len() >= 4, "{values:?}");
    let [before @ .., last] = &values[..] else {
        return Err("no value".into());
    };
    assert!(before.is_sorted_by(|a, b| a < b), "{values:?}");
    assert!((last - 5.5).abs() < 1e-9, "{values:?}");
    // Coarser with Shift, finer with Alt.
    page.drag_holding(Key::Shift, &grip("y"), &[(10, 0)])
        .await?;
    assert!((value_and_gradient(&page, "y").await?.0 - 6.5).abs() < 1e-9);
    page.drag_holding(Key::Alt, &grip("y"), &[(10, 0)]).await?;
    assert!((value_and_gradient(&page, "y").await?.0 - 6.51).abs() < 1e-9);
    // A drag is no click.
    let open = page
        .run("return all('.in-place:not([hidden])').length", &[])
        .await?;
    assert_eq!(open, json!(0));
    Ok(())
}

pub async fn the_upstream_gradient_is_edited_at_the_open_end(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(".wire.output .grip").await?;
    typing(&page).await?;
    page.press("2").await?;
    page.press(Key::Enter).await?;
    assert_eq!(value_and_gradient(&page, "f").await?, (-12.0, 2.0));
    assert_eq!(value_and_gradient(&page, "z").await?, (-4.0, 6.0));
    assert_eq!(page.picture().await?.open_end()?.gradient, "2");
    page.drag(".wire.output .grip", &[(10, 0)]).await?;
    assert_eq!(value_and_gradient(&page, "f").await?, (-12.0, 3.0));
    page.press(Key::Down).await?;
    assert_eq!(value_and_gradient(&page, "f").await?, (-12.0, 2.9));
    Ok(())
}

pub async fn the_upstream_gradient_of_a_tensor_has_cells(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(
        "x = [[2, 1, -3], [-3, 4, 2]]\nw = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\ny = x @ w",
    )
    .await?;
    page.focus("li.upstream [role=grid]").await?;
    // Tab goes on to the next cell, and from the last one leaves.
    for number in [2, 3, -3, 9, -8, 1, 4, 6] {
        page.press(number.to_string() + Key::Tab).await?;
    }
    let picture = page.picture().await?;
    assert_eq!(
        picture.node("x")?["gradient"],
        json!([[0, 16, -9], [-24, 9, -30]])
    );
    Ok(())
}

pub async fn all_digits_are_seen_and_copied(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, one gate").await?;
    let exact = page.picture().await?.value("f")?;
    page.until_still().await?;
    page.hover(".node[data-key='f'] .frame").await?;
    let title = page
        .until(
            "root.querySelector('.node[data-key=f] > title').textContent",
            &[],
        )
        .await?;
    assert!(
        title
            .as_str()
            .is_some_and(|title| title.contains(&exact.to_string())),
        "{title}"
    );
    // What would go to the clipboard.
    let copied = "const copy = new ClipboardEvent('copy', { clipboardData: new DataTransfer(),
            bubbles: true, cancelable: true, composed: true });
        root.activeElement.dispatchEvent(copy);
        return copy.clipboardData.getData('text/plain')";
    page.run("root.querySelector('.node[data-key=f]').focus()", &[])
        .await?;
    assert_eq!(page.run(copied, &[]).await?, json!(exact.to_string()));
    // A number of a wire, once it is chosen.
    let gradient = page.picture().await?.gradient("x1")?;
    page.click(".wire[data-from='x1'] .gradient").await?;
    assert_eq!(page.run(copied, &[]).await?, json!(gradient.to_string()));
    Ok(())
}

/// Notes what happened to a number that was changed in several ways, each one step.
pub async fn every_edit_is_undone_and_redone(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let state = async || -> Outcome<Value> {
        let picture = page.picture().await?;
        picture.is_drawn()?;
        Ok(json!([
            picture.program(),
            picture.value("x")?,
            picture.value("y")?,
            picture.open_end()?.gradient
        ]))
    };
    let mut states = vec![state().await?];
    // A number typed, a drag over one, a drag over a slider, the upstream gradient, the program.
    page.click(&grip("x")).await?;
    page.press("4.25").await?;
    page.press(Key::Enter).await?;
    states.push(state().await?);
    page.drag(&grip("y"), &[(10, 0), (10, 0), (10, 0)]).await?;
    states.push(state().await?);
    page.drag("li[data-key='x'] .slider", &[(10, 0), (20, 0), (10, 0)])
        .await?;
    states.push(state().await?);
    page.click(".wire.output .grip").await?;
    page.press("7").await?;
    page.press(Key::Enter).await?;
    states.push(state().await?);
    page.run("root.querySelector('textarea').focus()", &[])
        .await?;
    page.press_holding(Key::Control, Key::End).await?;
    page.press(" * 2").await?;
    states.push(state().await?);
    for (at, one) in states.iter().enumerate() {
        assert!(!states[..at].contains(one), "{states:?}");
    }
    // The text field's own undo does not come between.
    for expected in states.iter().rev().skip(1) {
        page.press_holding(Key::Control, "z").await?;
        assert_eq!(state().await?, *expected);
    }
    let disabled =
        "return ['undo', 'redo'].map((name) => root.querySelector(`.${name}`).ariaDisabled)";
    assert_eq!(page.run(disabled, &[]).await?, json!(["true", "false"]));
    for expected in &states[1..] {
        page.press_holding(Key::Control, "y").await?;
        assert_eq!(state().await?, *expected);
    }
    assert_eq!(page.run(disabled, &[]).await?, json!(["false", "true"]));
    // By buttons too, and Shift with Ctrl+Z is redo.
    page.click(".undo").await?;
    assert_eq!(state().await?, states[states.len() - 2]);
    page.run("root.querySelector('textarea').focus()", &[])
        .await?;
    let keys = browser.session().action_chain().key_down(Key::Control);
    let keys = keys.key_down(Key::Shift).send_keys("z");
    keys.key_up(Key::Shift)
        .key_up(Key::Control)
        .perform()
        .await?;
    assert_eq!(state().await?, states[states.len() - 1]);
    Ok(())
}

pub async fn an_edit_after_undo_forgets_what_was_undone(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.type_on(" * ").await?;
    // A mistake is undone and redone with its message.
    assert_eq!(page.texts(".messages li").await?.len(), 1);
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(page.picture().await?.value("f")?, -12.0);
    assert_eq!(page.texts(".messages li").await?.len(), 0);
    page.press_holding(Key::Control, "y").await?;
    assert!(page.picture().await?.program().ends_with("f = q * z * "));
    assert_eq!(page.texts(".messages li").await?.len(), 1);
    page.press_holding(Key::Control, "z").await?;
    page.press("\n").await?;
    page.press_holding(Key::Control, "y").await?;
    assert!(page.picture().await?.program().starts_with("x = -2"));
    Ok(())
}
