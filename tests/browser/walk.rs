//! The picture by keys: along the wires, gate by gate.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::json;
use std::collections::BTreeSet;
use thirtyfour::Key;

/// The key of the node that has the focus, which shows it.
async fn at(page: &Page) -> Outcome<String> {
    let script = "const one = root.activeElement;
        const seen = one && getComputedStyle(one.querySelector('.frame') ?? one);
        return one?.matches(':focus-visible') && seen.stroke !== 'none' ? one.dataset.key ?? one.ariaLabel : null";
    let found = page.run(script, &[]).await?;
    found
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| "nothing shows the focus".into())
}

async fn press(page: &Page, key: Key) -> Outcome<String> {
    page.press(key).await?;
    at(page).await
}

pub async fn arrows_follow_the_wires(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.focus(".node[data-key='f']").await?;
    page.press(Key::Left).await?;
    assert_eq!(at(&page).await?, "q");
    // Operands are siblings, from above to below.
    assert_eq!(press(&page, Key::Down).await?, "z");
    assert_eq!(press(&page, Key::Up).await?, "q");
    assert_eq!(press(&page, Key::Left).await?, "x");
    assert_eq!(press(&page, Key::Down).await?, "y");
    assert_eq!(press(&page, Key::Right).await?, "q");
    // Back to where it came from.
    assert_eq!(press(&page, Key::Left).await?, "y");
    assert_eq!(press(&page, Key::Right).await?, "q");
    assert_eq!(press(&page, Key::Right).await?, "f");
    // Past the output stands its upstream gradient.
    assert_eq!(press(&page, Key::Right).await?, "upstream gradient of f");
    assert_eq!(press(&page, Key::Left).await?, "f");
    // Tab leaves, and comes back to the same gate.
    page.press(Key::Tab).await?;
    let outside = "return !root.querySelector('.picture').contains(root.activeElement)";
    assert_eq!(page.run(outside, &[]).await?, true);
    page.press_holding(Key::Shift, Key::Tab).await?;
    assert_eq!(at(&page).await?, "f");
    Ok(())
}

pub async fn every_gate_is_reached(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(
        "a = 1\nb = 2\nc = 3\nd = a * b\ne = exp(a) + c\nunused = d * c\ng = d / e\nf = g * a + tanh(c)",
    )
    .await?;
    let nodes = page.picture().await?;
    let all: BTreeSet<String> = nodes
        .nodes()
        .iter()
        .filter_map(|node| node["key"].as_str().map(str::to_owned))
        .collect();
    assert!(all.len() >= 11, "{all:?}");
    page.focus(".node[tabindex='0']").await?;
    page.press(Key::Right).await?;
    // From every gate that was reached to its operands and its users, and from one to the next.
    let mut reached = BTreeSet::from([at(&page).await?]);
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(from) = open.pop() {
        for (along, beside) in [
            (Key::Left, Key::Down),
            (Key::Left, Key::Up),
            (Key::Right, Key::Down),
            (Key::Right, Key::Up),
        ] {
            page.focus(&format!(".node[data-key='{from}']")).await?;
            let mut to = press(&page, along).await?;
            for _ in 0..3 {
                if all.contains(&to) && reached.insert(to.clone()) {
                    open.push(to);
                }
                to = press(&page, beside.clone()).await?;
            }
        }
    }
    assert_eq!(reached, all);
    Ok(())
}

pub async fn each_gate_says_what_it_is_with_its_numbers(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.focus(".node[data-key='q']").await?;
    let label = "return root.activeElement.ariaLabel";
    assert_eq!(
        page.run(label, &[]).await?,
        json!("q + gate: value 3, gradient −4")
    );
    page.press(Key::Left).await?;
    assert_eq!(
        page.run(label, &[]).await?,
        json!("x input: value −2, gradient −4")
    );
    // It follows the values, once they rest.
    page.set_input("x", json!(1)).await?;
    page.until(
        "root.querySelector('.node[data-key=q]').ariaLabel === 'q + gate: value 6, gradient −4'",
        &[],
    )
    .await?;
    Ok(())
}

pub async fn keys_choose_and_edit(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let chosen = "return all('.selected').map(({ dataset }) => dataset.key ?? `${dataset.from} ${dataset.to}`)";
    page.focus(".node[data-key='q']").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.run(chosen, &[]).await?, json!(["q"]));
    // With Shift the wire that way.
    page.press_holding(Key::Shift, Key::Right).await?;
    assert_eq!(page.run(chosen, &[]).await?, json!(["q f"]));
    page.press(Key::Escape).await?;
    assert_eq!(page.run(chosen, &[]).await?, json!([]));
    // Enter at an input types, and so does a digit.
    page.press(Key::Left).await?;
    page.press(Key::Enter).await?;
    page.until("root.activeElement.matches('.in-place')", &[])
        .await?;
    page.press("4").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.picture().await?.value("f")?, -36.0);
    page.focus(".node[data-key='z']").await?;
    page.press("-3").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.picture().await?.value("f")?, -27.0);
    // What is chosen stays through an edit elsewhere.
    page.focus(".node[data-key='q']").await?;
    page.press(" ").await?;
    page.type_program("a = 1\nx = 2\ny = 3\nq = x + y\nf = q * a")
        .await?;
    assert_eq!(page.run(chosen, &[]).await?, json!(["q"]));
    Ok(())
}
