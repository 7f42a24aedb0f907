//! What axe-core finds, and what a screen reader is told.

use std::{fs, path::Path, time::Duration};

use backflow::{
    Outcome,
    browser::{Browser, Preference, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// Fails with what axe-core calls a violation.
pub async fn check(browser: &Browser, page: &Page) -> Outcome {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).map_err(|error| {
        format!(
            "{}: {error}: run these tests by `cargo xtask test browser`",
            axe.display()
        )
    })?;
    browser.session().execute(axe, vec![]).await?;
    let found = page
        .run(
            "return axe.run(document, { preload: false }).then(({ passes, violations }) => [passes.length,
                violations.flatMap(({ id, help, nodes }) =>
                    nodes.map((node) => [id, help, String(node.target), node.failureSummary]))])",
            &[],
        )
        .await?;
    assert!(found[0].as_u64() > Some(10), "axe-core looked at nothing");
    assert_eq!(found[1], json!([]));
    Ok(())
}

pub const THEMES: [&[Preference]; 2] = [&[], &[Preference::Dark]];

pub async fn the_page_has_no_violation_in_light_and_dark(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        check(browser, &browser.open("/").await?).await?;
    }
    Ok(())
}

pub async fn the_page_has_no_violation_on_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    for theme in THEMES {
        browser.prefer(theme).await?;
        check(browser, &browser.open("/").await?).await?;
    }
    Ok(())
}

/// A card with all its sections, at a step in the middle.
async fn open_a_card(browser: &Browser) -> Outcome<Page> {
    let page = browser.open("/").await?;
    page.set_program("x = 2\ny = 3\nf = relu(x * y) + x")
        .await?;
    page.focus(".scrubber").await?;
    page.press(Key::End + Key::Left).await?;
    page.focus("g.node[data-key='x']").await?;
    page.press(" ").await?;
    page.until("root.querySelectorAll('.card .line').length > 4", &[])
        .await?;
    Ok(page)
}

pub async fn a_step_with_a_card_has_no_violation(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        check(browser, &open_a_card(browser).await?).await?;
    }
    Ok(())
}

pub async fn a_step_with_a_card_has_no_violation_on_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    for theme in THEMES {
        browser.prefer(theme).await?;
        check(browser, &open_a_card(browser).await?).await?;
    }
    Ok(())
}

/// A small grid with all its controls and an account of what another shape breaks, a large one,
/// a stack, and the upstream gradient.
pub async fn grids_have_no_violation(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        let page = browser.open("/").await?;
        let row = format!("[{}]", ["0.5"; 20].join(", "));
        let wide = [row.as_str(); 20].join(", ");
        page.set_program(&format!(
            "x = [[1, 2], [3, 4]]\nw = [{wide}]\ns = [[[1]], [[2]]]\ny = x @ [1, 2] + sum(w) + sum(s)"
        ))
        .await?;
        page.click("li[data-key=x] .more").await?;
        page.focus("input[aria-label='shape of x']").await?;
        page.run("root.activeElement.select()", &[]).await?;
        page.press("2x3" + Key::Enter).await?;
        page.until("root.querySelector('.account button')", &[])
            .await?;
        page.focus("li[data-key=w] [role=grid]").await?;
        page.press(Key::Down + Key::Enter).await?;
        check(browser, &page).await?;
    }
    Ok(())
}

pub async fn a_mistake_has_no_violation(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        let page = browser.open("/").await?;
        page.set_program("W = [[1, 2], [3, 4]]\nx = 2\nf = x * sum(W)")
            .await?;
        page.set_program("W = [[1, 2], [3, 4]]\nx = 2\nf = x * sum(V)")
            .await?;
        assert_eq!(page.texts(".messages li").await?.len(), 1);
        check(browser, &page).await?;
    }
    Ok(())
}

/// The name of the picture, once it tells what it must.
async fn described(page: &Page, wanted: &str) -> Outcome {
    let mut label = Value::Null;
    // What is not seen follows when the reader pauses.
    for _ in 0..40 {
        label = page
            .run("return root.querySelector('.picture').ariaLabel", &[])
            .await?;
        if label.as_str().is_some_and(|label| label.contains(wanted)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{label} does not tell {wanted}").into())
}

pub async fn the_picture_is_described(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    described(&page, "f = −12").await?;
    described(&page, "x = −2, gradient −4").await?;
    page.set_input("x", json!(1)).await?;
    described(&page, "f = −24").await?;
    let picture = page.find(".picture").await?;
    assert_eq!(picture.attr("role").await?.as_deref(), Some("group"));
    // Every control has a name that is its own.
    let names = page
        .run(
            "return all('input, select, textarea').map((one) =>
            one.ariaLabel ?? one.labels[0]?.firstChild.textContent ?? '')",
            &[],
        )
        .await?;
    let names = names.as_array().cloned().unwrap_or_default();
    assert_eq!(names.len(), 13);
    for (at, name) in names.iter().enumerate() {
        assert!(*name != "" && !names[..at].contains(name), "{names:?}");
    }
    Ok(())
}
