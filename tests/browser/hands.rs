//! That the hands of these tests do in every engine what a reader's do.

use backflow::{Outcome, browser::Browser, browser::Screen, page::Page};
use serde_json::json;
use thirtyfour::Key;

/// Puts a group with a circle into the shadow root and notes what happens to it.
const TARGET: &str = "
    const ns = 'http://www.w3.org/2000/svg';
    const make = (parent, name, attributes) => {
        const one = document.createElementNS(ns, name);
        for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
        parent.append(one);
        return one;
    };
    const svg = make(root, 'svg', { id: 'target', width: 200, height: 100 });
    Object.assign(svg.style, { position: 'fixed', left: '50px', top: '50px', touchAction: 'none' });
    const group = make(svg, 'g', { transform: 'translate(100 50)', tabindex: 0 });
    make(group, 'circle', { r: 20 });
    window.seen = [];
    const note = (event, more = {}) => seen.push({ type: event.type, shift: event.shiftKey,
        control: event.ctrlKey, x: event.clientX, y: event.clientY, ...more });
    for (const type of ['pointerdown', 'pointermove', 'pointerup', 'click', 'dblclick'])
        group.addEventListener(type, (event) => {
            if (type === 'pointerdown') group.setPointerCapture(event.pointerId);
            note(event, { pointer: event.pointerType });
        });
    group.addEventListener('keydown', (event) => note(event, { key: event.key }));
    group.addEventListener('wheel', (event) => {
        event.preventDefault();
        note(event, { down: event.deltaY });
    }, { passive: false });";

async fn seen(page: &Page, kind: &str) -> Outcome<Vec<serde_json::Value>> {
    let script = "return seen.filter(({ type }) => type === args[0])";
    let found = page.run(script, &[json!(kind)]).await?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

pub async fn pointer_wheel_and_keys_reach_a_part_of_a_drawing(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(TARGET, &[]).await?;
    let (x, y) = page.middle("#target g").await?;
    page.drag_holding(Key::Shift, "#target g", &[(10, 0), (20, 5), (-10, 0)])
        .await?;
    let down = seen(&page, "pointerdown").await?;
    assert_eq!(down.len(), 1);
    assert_eq!((&down[0]["x"], &down[0]["y"]), (&json!(x), &json!(y)));
    assert_eq!(down[0]["pointer"], "mouse");
    let moves = seen(&page, "pointermove").await?;
    let last = moves.last().ok_or("nothing moved")?;
    assert_eq!((&last["x"], &last["y"]), (&json!(x + 20), &json!(y + 5)));
    assert!(
        moves.iter().filter(|one| one["shift"] == true).count() >= 3,
        "{moves:?}"
    );
    assert_eq!(seen(&page, "pointerup").await?.len(), 1);

    page.double_click("#target circle").await?;
    assert_eq!(seen(&page, "dblclick").await?.len(), 1);
    page.click("#target circle").await?;
    assert_eq!(
        seen(&page, "click").await?.last().ok_or("no click")?["shift"],
        false
    );

    page.wheel_holding(Key::Control, "#target g", 100).await?;
    let wheel = seen(&page, "wheel").await?;
    assert!(
        !wheel.is_empty() && wheel.iter().all(|one| one["control"] == true),
        "{wheel:?}"
    );
    assert!(
        wheel
            .iter()
            .filter_map(|one| one["down"].as_f64())
            .sum::<f64>()
            > 0.0,
        "{wheel:?}"
    );

    page.focus("#target g").await?;
    page.press(Key::Right + Key::End + "a").await?;
    page.press_holding(Key::Control, "z").await?;
    let keys: Vec<_> = seen(&page, "keydown").await?;
    let keys: Vec<_> = keys
        .iter()
        .map(|one| one["key"].as_str().unwrap_or_default())
        .collect();
    assert!(
        keys.ends_with(&["ArrowRight", "End", "a", "Control", "z"]),
        "{keys:?}"
    );
    Ok(())
}

pub async fn fingers_reach_a_part_of_a_drawing(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    page.run(TARGET, &[]).await?;
    page.swipe("#target g", &[(10, 0), (10, 0)]).await?;
    let down = seen(&page, "pointerdown").await?;
    assert!(down.len() == 1 && down[0]["pointer"] == "touch", "{down:?}");
    page.pinch("#target g", 10, 30).await?;
    assert_eq!(seen(&page, "pointerdown").await?.len(), 3);
    assert_eq!(seen(&page, "pointerup").await?.len(), 3);
    Ok(())
}

pub async fn waiting_ends_with_what_is_waited_for(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run("setTimeout(() => { window.late = { step: 3 } }, 100)", &[])
        .await?;
    assert_eq!(page.until("window.late", &[]).await?, json!({ "step": 3 }));
    page.until_still().await?;
    let texts = page.picture_texts().await?;
    let shows = |class: &str, text: &str| {
        texts
            .iter()
            .any(|one| one.class == class && one.text == text)
    };
    assert!(shows("value", "−12") && shows("gradient", "3"), "{texts:?}");
    assert!(
        texts.iter().all(|one| one.width > 0.0 && one.height > 0.0),
        "{texts:?}"
    );
    Ok(())
}
