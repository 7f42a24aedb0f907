//! Reverse mode, forward mode and both: tangents in the picture, the timeline, the Jacobian.

use backflow::{Outcome, browser::Browser, browser::Preference, browser::Screen, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// Chooses a mode and waits until it is drawn.
async fn choose(page: &Page, mode: &str) -> Outcome {
    page.click(&format!(".choosing .{mode}")).await?;
    page.until(
        "root.querySelector('.picture').dataset.mode === args[0]",
        &[json!(mode)],
    )
    .await?;
    Ok(())
}

/// What is written on the first wire of a node, of a kind.
async fn on_wire(page: &Page, from: &str, kind: &str) -> Outcome<Value> {
    let script = "const wire = all('g.wire').find((one) => one.dataset.from === args[0]);
        const text = wire?.querySelector(`text.${args[1]}`);
        return text && getComputedStyle(text).visibility === 'visible' ? text.textContent : null";
    page.run(script, &[json!(from), json!(kind)]).await
}

async fn tangents(page: &Page, keys: &[&str]) -> Outcome<Vec<String>> {
    let mut all = Vec::new();
    for key in keys {
        let text = on_wire(page, key, "tangent").await?;
        all.push(text.as_str().unwrap_or("none").to_owned());
    }
    Ok(all)
}

pub async fn a_switch_shows_tangents_over_the_values(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    assert_eq!(tangents(&page, &["x", "f"]).await?, ["none", "none"]);
    choose(&page, "forward").await?;
    let keys = ["x", "y", "z", "q", "f"];
    assert_eq!(tangents(&page, &keys).await?, ["1", "0", "0", "1", "−4"]);
    assert_eq!(on_wire(&page, "x", "gradient").await?, Value::Null);
    // A third colour, over the value.
    let places = page
        .run(
            "const wire = root.querySelector('.wire[data-from=f]');
            const [tangent, value] = ['tangent', 'value'].map((kind) => wire.querySelector(`.${kind}`));
            const [over, below] = [tangent, value].map((one) => one.getBoundingClientRect());
            return [over.bottom < below.bottom, getComputedStyle(tangent).fill !==
                getComputedStyle(value).fill]",
            &[],
        )
        .await?;
    assert_eq!(places, json!([true, true]));
    choose(&page, "both").await?;
    assert_eq!(tangents(&page, &keys).await?, ["1", "0", "0", "1", "−4"]);
    assert_eq!(on_wire(&page, "x", "gradient").await?, json!("−4"));
    let said = page.texts(".verdict").await?;
    assert_eq!(said, ["−4 = −4: the same at both ends"]);
    choose(&page, "reverse").await?;
    assert_eq!(tangents(&page, &["x", "f"]).await?, ["none", "none"]);
    page.picture().await?.is_drawn()
}

pub async fn a_seed_is_typed_dragged_and_stepped(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    choose(&page, "both").await?;
    page.until_still().await?;
    // f = (x + y) z: ḟ = z ẋ + z ẏ + q ż
    page.click(".wire[data-from=z] .tangent-grip").await?;
    page.until("root.activeElement?.matches('.in-place')", &[])
        .await?;
    page.press("2").await?;
    page.press(Key::Enter).await?;
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["2", "2"]);
    page.drag(".wire[data-from=z] .tangent-grip", &[(10, 0)])
        .await?;
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["3", "5"]);
    page.press(Key::Down).await?;
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["2.9", "4.7"]);
    // The value beside it is another number.
    let picture = page.picture().await?;
    assert_eq!(picture.value("z")?, -4.0);
    let said = page.texts(".verdict").await?;
    assert_eq!(said, ["4.7 = 4.7: the same at both ends"]);
    // By keys: left of an input is its tangent.
    page.focus("g.node[data-key=y]").await?;
    page.press(Key::Left).await?;
    page.press("1").await?;
    page.press(Key::Enter).await?;
    assert_eq!(tangents(&page, &["y", "f"]).await?, ["1", "0.7"]);
    // Each is undone.
    page.click(".undo").await?;
    assert_eq!(tangents(&page, &["y", "f"]).await?, ["0", "4.7"]);
    for _ in 0..3 {
        page.click(".undo").await?;
    }
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["0", "−4"]);
    page.click(".redo").await?;
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["2", "2"]);
    // It is kept while gradients alone are drawn.
    choose(&page, "reverse").await?;
    choose(&page, "forward").await?;
    assert_eq!(tangents(&page, &["z", "f"]).await?, ["2", "2"]);
    Ok(())
}

pub async fn the_timeline_goes_forward_with_tangents(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    choose(&page, "forward").await?;
    assert_eq!(page.texts(".count").await?, ["step 2 of 2 · forward"]);
    page.focus(".scrubber").await?;
    page.press(Key::Left).await?;
    page.until_step(1).await?;
    assert_eq!(tangents(&page, &["x", "q", "f"]).await?, ["1", "1", "none"]);
    let spoken = page
        .until("root.querySelector('.timeline .spoken').textContent", &[])
        .await?;
    let spoken = spoken.as_str().unwrap_or_default();
    assert!(spoken.contains("q dot equals"), "{spoken}");
    let formula = page
        .run(
            "return root.querySelector('.sentence .formula').textContent",
            &[],
        )
        .await?;
    let formula = formula.as_str().unwrap_or_default();
    assert!(formula.contains('˙'), "{formula}");
    page.press(Key::Right).await?;
    page.click("g.node[data-key=f]").await?;
    let kinds = page
        .run(
            "return all('.card section').map((one) => one.className)",
            &[],
        )
        .await?;
    let kinds: Vec<&str> = kinds
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        kinds.contains(&"tangent") && !kinds.contains(&"chain"),
        "{kinds:?}"
    );
    Ok(())
}

pub async fn mode_and_seeds_are_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    choose(&page, "both").await?;
    page.click(".wire[data-from=y] .tangent-grip").await?;
    page.press("-1.5").await?;
    page.press(Key::Enter).await?;
    let hash = page
        .until(
            "location.hash.includes('tangents=') && [location.hash]",
            &[],
        )
        .await?;
    let hash = hash[0].as_str().unwrap_or_default().to_owned();
    assert!(
        hash.contains("mode=both") && hash.contains("tangents=y:-1.5"),
        "{hash}"
    );
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{hash}")).await?;
    assert_eq!(
        tangents(&again, &["x", "y", "f"]).await?,
        ["1", "−1.5", "2"]
    );
    Ok(())
}

/// The texts of the Jacobian's cells, row by row.
async fn jacobian(page: &Page) -> Outcome<Value> {
    page.run(
        "return all('.jacobian tbody tr').map((row) => [...row.querySelectorAll('td')]
            .map((cell) => cell.textContent))",
        &[],
    )
    .await
}

const RELU: &str = "x = [1, -2, 3]\nw = 2\ny = relu(x) * w";

pub async fn passes_fill_the_jacobian(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(RELU).await?;
    choose(&page, "both").await?;
    let needs = page.texts(".passes-needed").await?;
    assert!(
        needs[0].starts_with("4 input numbers, 3 output numbers: "),
        "{needs:?}"
    );
    let whole = json!([
        ["2", "0", "0", "1"],
        ["0", "0", "0", "0"],
        ["0", "0", "2", "3"]
    ]);
    for (which, status) in [(1, "4 columns filled"), (2, "3 rows filled")] {
        // One column or row after the other.
        page.click(&format!(".fill:nth-child({which})")).await?;
        let first = jacobian(&page).await?;
        assert_ne!(first, whole);
        page.until(
            "root.querySelector('.jacobian .spoken').textContent === args[0]",
            &[json!(status)],
        )
        .await?;
        assert_eq!(jacobian(&page).await?, whole);
    }
    // It follows the values once they rest.
    page.set_input("w", json!(5)).await?;
    page.until(
        "root.querySelector('.jacobian td.filled').textContent === '5'",
        &[],
    )
    .await?;
    // Of another program it is another one.
    page.set_program("a = 3\nf = a * a").await?;
    assert_eq!(
        page.run("return all('.jacobian:not([hidden])').length", &[])
            .await?,
        json!(0)
    );
    Ok(())
}

pub async fn passes_go_at_once_for_who_wants_no_motion(browser: &Browser) -> Outcome {
    browser.prefer(&[Preference::Still]).await?;
    let page = browser.open("/").await?;
    choose(&page, "forward").await?;
    page.click(".fill").await?;
    assert_eq!(jacobian(&page).await?, json!([["−4", "−4", "3"]]));
    Ok(())
}

pub async fn tensors_have_a_grid_of_tangents(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(RELU).await?;
    choose(&page, "both").await?;
    page.until_still().await?;
    let grid = "return [...root.querySelectorAll('.plate[data-of=' + args[0] + '] .face.' + args[1]
        + ' text:not(.scale)')].map((one) => one.textContent)";
    let of = async |key: &str, side: &str| page.run(grid, &[json!(key), json!(side)]).await;
    assert_eq!(of("x", "tangent").await?, json!(["1", "0", "0"]));
    assert_eq!(of("y", "tangent").await?, json!(["2", "0", "0"]));
    // An element of it is edited by keys.
    page.focus("g.node[data-key=x]").await?;
    page.press("t").await?;
    page.press(Key::Right + Key::Right).await?;
    page.press("4").await?;
    page.press(Key::Enter).await?;
    assert_eq!(of("x", "tangent").await?, json!(["1", "0", "4"]));
    assert_eq!(of("y", "tangent").await?, json!(["2", "0", "8"]));
    choose(&page, "forward").await?;
    assert_eq!(of("y", "gradient").await?, json!([]));
    assert_eq!(of("y", "tangent").await?, json!(["2", "0", "8"]));
    choose(&page, "reverse").await?;
    assert_eq!(of("y", "tangent").await?, json!([]));
    assert_eq!(of("y", "gradient").await?, json!(["1", "1", "1"]));
    Ok(())
}

pub async fn an_example_opens_in_its_mode(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Forward mode: one input, four outputs").await?;
    let mode = page
        .run("return root.querySelector('.choosing :checked').value", &[])
        .await?;
    assert_eq!(mode, json!("both"));
    page.click(".fill").await?;
    page.until(
        "root.querySelector('.jacobian .spoken').textContent === '1 column filled'",
        &[],
    )
    .await?;
    let cells = json!([["0.878"], ["−0.479"], ["1.65"], ["1"]]);
    assert_eq!(jacobian(&page).await?, cells);
    Ok(())
}

pub async fn modes_fit_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    page.click(".choosing .both").await?;
    page.click(".fill").await?;
    let fits = page
        .run(
            "return document.documentElement.scrollWidth <= innerWidth",
            &[],
        )
        .await?;
    assert_eq!(fits, json!(true));
    Ok(())
}
