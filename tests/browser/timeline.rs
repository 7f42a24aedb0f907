//! Both passes, a gate a step.

use std::time::Duration;

use backflow::{
    Outcome,
    browser::{Browser, Preference},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The sentence of the step as it is drawn, its rows apart.
async fn sentence(page: &Page) -> Outcome<Vec<String>> {
    let rows = page.texts(".sentence .row").await?;
    let plain = |row: &String| row.split_whitespace().collect::<String>();
    Ok(rows.iter().map(plain).collect())
}

async fn count(page: &Page) -> Outcome<String> {
    Ok(page.texts(".count").await?.join("|"))
}

/// The numbers that can be seen, from the left: each value and each gradient by its wire.
async fn seen(page: &Page) -> Outcome<Value> {
    let script = "const shown = (wire, kind) => {
            const text = wire.querySelector(`text.${kind}`);
            return text.checkVisibility({ opacityProperty: true, visibilityProperty: true })
                ? text.textContent : '';
        };
        return Object.fromEntries(all('g.wire').map((wire) => [wire.dataset.from,
            [shown(wire, 'value'), shown(wire, 'gradient')]]))";
    page.run(script, &[]).await
}

/// The first graph of the lecture, step by step: count, sentence, and `[value, gradient]` of each
/// wire.
pub async fn the_first_graph_is_stepped_through(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let whole = json!({ "x": ["−2", "−4"], "y": ["5", "−4"], "z": ["−4", "3"],
        "q": ["3", "−4"], "f": ["−12", "1"] });
    assert_eq!(count(&page).await?, "step 5 of 5 · backward");
    assert_eq!(seen(&page).await?, whole);
    page.focus(".scrubber").await?;
    page.press(Key::Home).await?;
    let inputs = json!({ "x": ["−2", ""], "y": ["5", ""], "z": ["−4", ""],
        "q": ["", ""], "f": ["", ""] });
    let steps: [(&str, &[&str], Value); 6] = [
        ("step 0 of 5 · inputs", &["x=−2,y=5,z=−4"], inputs.clone()),
        (
            "step 1 of 5 · forward",
            &["q=x+y=−2+5=3"],
            with(&inputs, &[("q", ["3", ""])]),
        ),
        (
            "step 2 of 5 · forward",
            &["f=q·z=3×−4=−12"],
            with(&inputs, &[("q", ["3", ""]), ("f", ["−12", ""])]),
        ),
        (
            "step 3 of 5 · backward",
            &["∂f∂f=1"],
            with(&inputs, &[("q", ["3", ""]), ("f", ["−12", "1"])]),
        ),
        (
            "step 4 of 5 · backward",
            &[
                "∂f∂q=upstream∂f∂f×local∂f∂q=1×−4=−4",
                "∂f∂z=upstream∂f∂f×local∂f∂z=1×3=3",
            ],
            with(&whole, &[("x", ["−2", ""]), ("y", ["5", ""])]),
        ),
        (
            "step 5 of 5 · backward",
            &[
                "∂f∂x=upstream∂f∂q×local∂q∂x=−4×1=−4",
                "∂f∂y=upstream∂f∂q×local∂q∂y=−4×1=−4",
            ],
            whole.clone(),
        ),
    ];
    for (at, (counted, said, numbers)) in steps.iter().enumerate() {
        if at > 0 {
            page.press(Key::Right).await?;
        }
        assert_eq!(count(&page).await?, *counted);
        // A product with a negative number may stand in brackets.
        let told: Vec<String> = sentence(&page).await?;
        let told: Vec<String> = told.iter().map(|row| row.replace(['(', ')'], "")).collect();
        assert_eq!(told, *said, "{counted}");
        // A number lands with its pulse.
        page.until_still().await?;
        assert_eq!(seen(&page).await?, *numbers, "{counted}");
    }
    Ok(())
}

/// Numbers with those of some wires in their place.
fn with(numbers: &Value, others: &[(&str, [&str; 2])]) -> Value {
    let mut numbers = numbers.clone();
    for (key, texts) in others {
        numbers[*key] = json!(texts);
    }
    numbers
}

pub async fn buttons_keys_and_scrubber_agree(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let button = |name: &str| format!("button[aria-label='{name}']");
    for (name, step) in [
        ("First step", 0),
        ("Step back", 0),
        ("Step forward", 1),
        ("Step forward", 2),
        ("Step back", 1),
        ("Last step", 5),
        ("Step forward", 5),
    ] {
        page.click(&button(name)).await?;
        let counted = count(&page).await?;
        assert!(
            counted.starts_with(&format!("step {step} of 5")),
            "{name}: {counted}"
        );
    }
    // A button keeps the focus, and the arrows are the timeline's there too.
    page.press(Key::Left).await?;
    assert_eq!(count(&page).await?, "step 4 of 5 · backward");
    page.run(
        "const scrubber = root.querySelector('.scrubber');
        scrubber.value = 2; scrubber.dispatchEvent(new Event('input'))",
        &[],
    )
    .await?;
    assert_eq!(count(&page).await?, "step 2 of 5 · forward");
    let told = page
        .run("return root.querySelector('.scrubber').ariaValueText", &[])
        .await?;
    assert_eq!(told, json!("step 2 of 5 · forward"));
    // Where nothing has the focus keys step; in a field they are the field's.
    page.run("root.querySelector('.body').focus()", &[]).await?;
    page.press(Key::End).await?;
    assert_eq!(count(&page).await?, "step 5 of 5 · backward");
    page.click("textarea").await?;
    page.press(Key::Home).await?;
    page.press(Key::Left).await?;
    assert_eq!(count(&page).await?, "step 5 of 5 · backward");
    Ok(())
}

pub async fn playing_goes_to_the_end_and_stops(browser: &Browser) -> Outcome {
    play(browser).await
}

pub async fn playing_goes_on_without_motion(browser: &Browser) -> Outcome {
    browser.prefer(&[Preference::Still]).await?;
    play(browser).await
}

async fn play(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // A step may pass before a test looks: the page itself takes them down.
    page.run(
        "const counted = root.querySelector('.count');
        counted.dataset.seen = '';
        new MutationObserver(() => {
            const step = counted.textContent.split(' ')[1];
            if (counted.dataset.seen.at(-1) !== step) counted.dataset.seen += step;
        }).observe(counted, { characterData: true, childList: true, subtree: true })",
        &[],
    )
    .await?;
    page.run("root.querySelector('.body').focus()", &[]).await?;
    page.press(" ").await?;
    let playing = "return all('.steps button').map((one) => one.ariaLabel)[2]";
    assert_eq!(page.run(playing, &[]).await?, "Pause");
    page.until("root.querySelector('.count').dataset.seen.length >= 2", &[])
        .await?;
    page.press(" ").await?;
    let paused = count(&page).await?;
    assert_eq!(page.run(playing, &[]).await?, "Play");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(count(&page).await?, paused);
    page.run(
        "all('select').find((one) => one.ariaLabel === 'Speed').value = '4'",
        &[],
    )
    .await?;
    page.press(" ").await?;
    page.until(
        "root.querySelector('.count').textContent.startsWith('step 5 ')",
        &[],
    )
    .await?;
    assert_eq!(page.run(playing, &[]).await?, "Play");
    let seen = "return root.querySelector('.count').dataset.seen";
    assert_eq!(page.run(seen, &[]).await?, "012345");
    Ok(())
}

/// What the live region has told since the page was watched.
const SPOKEN: &str = "return element.spoken";

pub async fn a_step_is_told_to_a_screen_reader(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "element.spoken = [];
        const region = root.querySelector('.timeline [role=status]');
        new MutationObserver(() => element.spoken.push([performance.now(), region.textContent]))
            .observe(region, { childList: true, characterData: true, subtree: true })",
        &[],
    )
    .await?;
    // Nothing is told before anything is done.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(page.run(SPOKEN, &[]).await?, json!([]));
    page.focus(".scrubber").await?;
    page.press(Key::Home).await?;
    page.run("root.querySelector('.body').focus()", &[]).await?;
    page.press(Key::Right).await?;
    page.until(
        "element.spoken.some(([, text]) => text.includes('q') && text.includes('3'))",
        &[],
    )
    .await?;
    // While a value is dragged nothing is told; when it rests, the last.
    let before = page.run("return element.spoken.length", &[]).await?;
    page.run(
        "for (let x = 0; x < 8; x++) {
            element.setInput('x', x);
            await new Promise((done) => setTimeout(done, 60));
        }",
        &[],
    )
    .await?;
    page.until("element.spoken.at(-1)[1].includes('12')", &[])
        .await?;
    let after = page.run("return element.spoken.length", &[]).await?;
    assert_eq!(after.as_u64(), before.as_u64().map(|count| count + 1));
    // Playing fast tells no faster than once a second.
    page.run(
        "element.spoken = [];
        const speed = all('select').find((one) => one.ariaLabel === 'Speed'); speed.value = '4'",
        &[],
    )
    .await?;
    page.press(Key::Home).await?;
    page.press(" ").await?;
    page.until(
        "root.querySelector('.count').textContent.startsWith('step 5 ')",
        &[],
    )
    .await?;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let spoken = page.run(SPOKEN, &[]).await?;
    let spoken = spoken.as_array().cloned().unwrap_or_default();
    assert!(!spoken.is_empty());
    for pair in spoken.windows(2) {
        let times = [&pair[0][0], &pair[1][0]].map(|time| time.as_f64().unwrap_or_default());
        assert!(times[1] - times[0] > 900.0, "{spoken:?}");
    }
    // Of another program nothing is left to be read: there may be its own sentence, told since.
    let region = "return root.querySelector('.timeline [role=status]').textContent";
    let before = page.run(region, &[]).await?;
    assert_ne!(before, "");
    page.choose("One gate seen close: f(x, y)").await?;
    page.until("!element.program.includes('q')", &[]).await?;
    assert_ne!(page.run(region, &[]).await?, before);
    Ok(())
}

pub async fn an_edit_keeps_the_step(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // Who sees all goes on seeing all.
    page.set_program("a = 2\nf = a * 3 + 1").await?;
    let all = count(&page).await?;
    assert!(all.starts_with("step 5 of 5"), "{all}");
    page.focus(".scrubber").await?;
    page.press(Key::Home + Key::Right).await?;
    page.focus(".field").await?;
    let select = "root.querySelector('.field').setSelectionRange(4, 5)";
    page.run(select, &[]).await?;
    page.press("4").await?;
    page.until_compiled().await?;
    assert_eq!(page.picture().await?.value("f")?, 13.0);
    assert_eq!(count(&page).await?, "step 1 of 5 · forward");
    page.set_input("a", json!(5)).await?;
    page.until(
        "root.querySelector('.sentence').textContent.includes('15')",
        &[],
    )
    .await?;
    Ok(())
}

pub async fn presenting_keeps_the_timeline_in_sight(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click("button[aria-label='Present']").await?;
    page.until("root.querySelector('.presenting') !== null", &[])
        .await?;
    page.focus(".scrubber").await?;
    page.press(Key::Home + Key::Right).await?;
    let places = page
        .until(
            "innerHeight >= root.querySelector('.sentence').getBoundingClientRect().bottom &&
                ['.picture', '.legend', '.timeline'].map((css) => box(root.querySelector(css)))",
            &[],
        )
        .await?;
    // One below the other, and the picture the largest.
    let at = |part: usize, what: &str| places[part][what].as_f64().unwrap_or_default();
    for (above, below) in [(0, 1), (1, 2)] {
        let bottom = at(above, "y") + at(above, "height");
        assert!(bottom <= at(below, "y") + 0.5, "{places}");
    }
    assert!(at(0, "height") > at(2, "height"), "{places}");
    page.press(Key::Escape).await?;
    page.until("root.querySelector('.presenting') === null", &[])
        .await?;
    Ok(())
}
