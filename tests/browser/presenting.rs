//! The keys of a presentation: those of the timeline, and of a clicker.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

async fn present(page: &Page) -> Outcome {
    page.click("button[aria-label='Present']").await?;
    page.until("root.querySelector('.presenting') !== null", &[])
        .await?;
    Ok(())
}

/// Presses keys and waits for the step they lead to, still presented.
async fn step(page: &Page, key: Key, to: usize) -> Outcome {
    page.press(key).await?;
    page.until(
        "Number(root.querySelector('.scrubber').value) === args[0]",
        &[json!(to)],
    )
    .await?;
    let is_on = "return root.querySelector('.presenting') !== null";
    assert_eq!(page.run(is_on, &[]).await?, json!(true));
    Ok(())
}

pub async fn keys_and_a_clicker_step(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // The page around hears none of them: its slides would turn.
    page.run(
        "window.heard = [];
        document.addEventListener('keydown', ({ key, defaultPrevented }) => heard.push([key, defaultPrevented]))",
        &[],
    )
    .await?;
    // The button keeps no focus: Space would press it again.
    present(&page).await?;
    for (key, to) in [
        (Key::Home, 0),
        (Key::Space, 1),
        (Key::Right, 2),
        (Key::PageDown, 3),
        (Key::PageUp, 2),
        (Key::Left, 1),
        (Key::End, 5),
        (Key::PageDown, 5),
        (Key::Right, 5),
        (Key::Left, 4),
    ] {
        step(&page, key, to).await?;
    }
    // From the end Space starts again.
    step(&page, Key::End, 5).await?;
    step(&page, Key::Space, 0).await?;
    step(&page, Key::PageUp, 0).await?;
    assert_eq!(page.run("return window.heard", &[]).await?, json!([]));
    page.press(Key::Escape).await?;
    page.until("root.querySelector('.presenting') === null", &[])
        .await?;
    // Space is its own again where the focus was.
    page.until("root.activeElement?.ariaLabel === 'Present'", &[])
        .await?;
    Ok(())
}

/// Whatever the pointer gave the focus: a button, a gate, the speed, the paper.
pub async fn keys_step_after_a_click_on_anything(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    present(&page).await?;
    step(&page, Key::Home, 0).await?;
    let mut at = 0;
    for css in [
        ".tools .larger",
        "g.node[data-key='q']",
        "button[aria-label='Step back']",
        ".legend",
        ".scrubber",
    ] {
        page.until_still().await?;
        page.click(css).await?;
        at = page
            .run("return Number(root.querySelector('.scrubber').value)", &[])
            .await?
            .as_u64()
            .map_or(at, |step| step as usize);
        if at > 3 {
            step(&page, Key::Home, 0).await?;
            at = 0;
        }
        for key in [Key::Space, Key::PageDown] {
            at += 1;
            step(&page, key, at).await?;
        }
        step(&page, Key::Home, 0).await?;
    }
    Ok(())
}

/// Who goes somewhere by keys has them there; a clicker steps all the same.
pub async fn keys_are_where_keys_led(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    present(&page).await?;
    step(&page, Key::Home, 0).await?;
    let mut found = Value::Null;
    for _ in 0..12 {
        page.press(Key::Tab).await?;
        found = page
            .run("return root.activeElement?.dataset.key ?? null", &[])
            .await?;
        if !found.is_null() {
            break;
        }
    }
    assert_eq!(found, "x");
    page.press(Key::Right).await?;
    let walked = "return [root.activeElement.dataset.key, root.querySelector('.scrubber').value]";
    assert_eq!(page.run(walked, &[]).await?, json!(["q", "0"]));
    step(&page, Key::PageDown, 1).await?;
    step(&page, Key::Right, 2).await?;
    // In a field that is typed the arrows are its own.
    page.click(".wire[data-from='x'] .grip").await?;
    page.press("25").await?;
    page.press(Key::Left).await?;
    page.press("1").await?;
    assert_eq!(page.picture().await?.value("x")?, 215.0);
    step(&page, Key::PageDown, 3).await?;
    assert_eq!(page.picture().await?.value("x")?, 215.0);
    Ok(())
}
