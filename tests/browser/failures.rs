//! The engine fails: it starts again, and nothing is lost.
//!
//! No program is known to make it fail. So `pages/failures.js` does what a failure may do.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// Six elements, the first with the first graph of the lecture.
async fn open(browser: &Browser, traps: Value) -> Outcome<Vec<Page>> {
    let pages = browser.open_all("/pages/failures.html").await?;
    assert_eq!(pages.len(), 6);
    set(&pages[0], traps).await?;
    Ok(pages)
}

/// What makes a call of the engine fail, and how.
async fn set(page: &Page, traps: Value) -> Outcome {
    page.run("window.traps = args[0]", &[traps]).await?;
    Ok(())
}

async fn state(page: &Page) -> Outcome<Value> {
    page.run("return element.state", &[]).await
}

async fn notice(page: &Page) -> Outcome<String> {
    Ok(page.texts(".graph .notice").await?.join(""))
}

/// The console has what failed, for who mends it.
async fn is_told(browser: &Browser) -> Outcome {
    assert!(!browser.take_complaints().await?.is_empty());
    Ok(())
}

pub async fn an_element_goes_on_after_a_trap(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ "trap": "damage" })).await?[0];
    page.run(
        "element.state = { ...element.state, values: { x: [7] }, tangents: { y: [3] },
            upstream: [2], view: { ...element.state.view, mode: 'both', copies: true }, step: 4 }",
        &[],
    )
    .await?;
    let (before, shown) = (state(page).await?, page.picture().await?);
    assert_eq!(shown.value("f")?, -48.0);
    page.type_on("\ntrap = f * 2").await?;
    let picture = page.picture().await?;
    assert!(picture.program().ends_with("\ntrap = f * 2"));
    assert_eq!(picture.nodes(), shown.nodes());
    picture.is_drawn()?;
    let [mistake] = picture.diagnostics() else {
        return Err(format!("{:?}", picture.diagnostics()).into());
    };
    assert_eq!(
        (&mistake["line"], &mistake["column"]),
        (&json!(6), &json!(1))
    );
    let messages = page.texts(".messages li").await?.join("");
    assert!(messages.contains("makes Backflow fail"), "{messages}");
    assert!(messages.contains("take it back"), "{messages}");
    // What there was is there, but for the text.
    let mut after = state(page).await?;
    after["program"] = before["program"].clone();
    assert_eq!(after, before);
    // Each edit fails once: nothing tries by itself.
    let count = page.run("return window.failed", &[]).await?;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(page.run("return window.failed", &[]).await?, count);
    is_told(browser).await?;

    // And it is alive: by a number, by another edit, by undo.
    page.set_input("z", json!(2)).await?;
    assert_eq!(page.picture().await?.value("f")?, 24.0);
    set(page, json!({})).await?;
    page.type_on(" + 1").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.diagnostics(), [] as [Value; 0]);
    assert_eq!(picture.value("trap")?, 49.0);
    picture.is_drawn()?;
    assert_eq!(notice(page).await?, "");
    page.press_holding(Key::Control, "z").await?;
    page.until_compiled().await?;
    assert!(page.picture().await?.program().len() < picture.program().len());
    assert_eq!(browser.take_complaints().await?, [] as [&str; 0]);
    Ok(())
}

/// What the old instance alone fails at works in the new one, and nothing is said of it.
pub async fn a_failure_that_does_not_come_again_is_not_told(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ "trap": "damageOnce" })).await?[0];
    page.set_input("x", json!(7)).await?;
    page.type_on("\ntrap = f * 2").await?;
    let picture = page.picture().await?;
    assert_eq!(page.run("return window.failed", &[]).await?, 1);
    assert_eq!(picture.diagnostics(), [] as [Value; 0]);
    assert_eq!(picture.value("trap")?, -96.0);
    assert_eq!(notice(page).await?, "");
    assert_eq!(browser.take_complaints().await?, [] as [&str; 0]);
    picture.is_drawn()
}

pub async fn an_exception_is_as_good_as_a_trap(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ "wrong": "fail" })).await?[0];
    page.set_input("x", json!(7)).await?;
    page.type_on("\nwrong = 3").await?;
    assert_eq!(page.picture().await?.diagnostics().len(), 1);
    // An engine of before would throw for good.
    page.type_program("a = 2\nf = a * 3").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("f")?, 6.0);
    picture.is_drawn()?;
    is_told(browser).await
}

/// Six elements, of which some make the engine fail, one after the other.
pub async fn six_elements_move_together(browser: &Browser) -> Outcome {
    let pages = open(browser, json!({ "trap": "damage" })).await?;
    for (at, page) in pages.iter().enumerate() {
        let name = if at == 0 { "x" } else { "a" };
        page.set_input(name, json!(at + 5)).await?;
    }
    let mut states = Vec::new();
    for page in &pages {
        states.push((state(page).await?, page.picture().await?));
    }
    for at in [0, 3, 5] {
        pages[at].type_on("\ntrap = 1").await?;
        assert_eq!(pages[at].picture().await?.diagnostics().len(), 1);
        for (page, (before, picture)) in pages.iter().zip(&states) {
            let now = page.picture().await?;
            assert_eq!(now.nodes(), picture.nodes());
            now.is_drawn()?;
            assert_eq!(state(page).await?["values"], before["values"]);
            assert_eq!(notice(page).await?, "");
        }
    }
    is_told(browser).await?;
    // Memory that was damaged by another, and is found so in one that did nothing.
    pages[0].run("damage()", &[]).await?;
    pages[4].set_input("a", json!(10)).await?;
    pages[4].set_input("a", json!(11)).await?;
    assert_eq!(pages[4].picture().await?.value("L")?, 121.0);
    // All are alive.
    for (at, page) in pages.iter().enumerate() {
        page.type_program(&format!("b = {at}\nL = b + 1")).await?;
        let picture = page.picture().await?;
        assert_eq!(picture.diagnostics(), [] as [Value; 0]);
        assert_eq!(picture.value("L")?, at as f64 + 1.0);
        picture.is_drawn()?;
    }
    assert_eq!(browser.take_complaints().await?, [] as [&str; 0]);
    Ok(())
}

pub async fn an_element_that_failed_leaves_and_comes_back(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ "trap": "damage" })).await?[0];
    page.set_input("x", json!(7)).await?;
    page.type_on("\ntrap = 1").await?;
    let before = page.picture().await?;
    page.run(
        "const parent = element.parentElement;
        damage();
        element.remove();
        const drawn = new Promise((resolve) =>
            element.addEventListener('backflow-change', () => resolve(null), { once: true }));
        parent.append(element);
        return drawn",
        &[],
    )
    .await?;
    let after = page.picture().await?;
    assert_eq!(after.program(), before.program());
    assert_eq!(after.nodes(), before.nodes());
    assert_eq!(after.diagnostics().len(), 1);
    page.type_program("a = 2\nf = a * 3").await?;
    assert_eq!(page.picture().await?.value("f")?, 6.0);
    is_told(browser).await
}

/// What is asked of the engine beside the program fails: it is told, and left out.
pub async fn what_makes_it_fail_is_not_asked_again(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ "cardOfNode": "damage" })).await?[0];
    let before = page.picture().await?;
    page.click("g.node[data-key='q']").await?;
    page.until("root.querySelector('.notice').textContent !== ''", &[])
        .await?;
    let said = notice(page).await?;
    assert!(said.contains("made Backflow fail"), "{said}");
    assert!(said.contains("go on"), "{said}");
    page.until_still().await?;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    // Once, and once more in the new instance.
    assert_eq!(page.run("return window.failed", &[]).await?, 2);
    let picture = page.picture().await?;
    assert_eq!(picture.nodes(), before.nodes());
    picture.is_drawn()?;
    is_told(browser).await?;
    set(page, json!({})).await?;
    page.type_on(" + 1").await?;
    assert_eq!(page.picture().await?.value("f")?, -11.0);
    assert_eq!(notice(page).await?, "");
    page.until("root.querySelector('.card').textContent.includes('q')", &[])
        .await?;
    Ok(())
}

pub async fn a_number_that_makes_it_fail_is_not_taken(browser: &Browser) -> Outcome {
    let page = &open(browser, json!({ ",13": "damage" })).await?[0];
    page.set_input("y", json!(6)).await?;
    let before = page.picture().await?;
    page.type_over(&page.field("x").await?, "13").await?;
    page.until("root.querySelector('.notice').textContent !== ''", &[])
        .await?;
    // The 1 that was typed first holds.
    let picture = page.picture().await?;
    assert_eq!(picture.value("x")?, 1.0);
    assert_eq!(picture.value("y")?, before.value("y")?);
    assert_eq!(picture.value("f")?, -28.0);
    picture.is_drawn()?;
    assert_eq!(Page::number(&page.field("x").await?).await?, 1.0);
    page.set_input("x", json!(3)).await?;
    assert_eq!(page.picture().await?.value("f")?, -36.0);
    is_told(browser).await
}

/// One that finds no room says so; the others go on.
pub async fn the_one_that_has_no_room_says_so(browser: &Browser) -> Outcome {
    let pages = open(browser, json!({ "large": "fill" })).await?;
    // More than a small hole in what there is: 1,500 times 1,500 numbers.
    let row = vec!["1"; 1500].join(", ");
    let large = format!("large = [{row}]\nL = sum(outer(large, large))");
    let before = pages[0].picture().await?;
    pages[0]
        .run("element.program = args[0]", &[json!(large)])
        .await?;
    let picture = pages[0].picture().await?;
    let said = page_mistake(&pages[0]).await?;
    assert!(said.contains("no room"), "{said}");
    assert!(said.contains("make it smaller"), "{said}");
    assert_eq!(picture.nodes(), before.nodes());
    picture.is_drawn()?;
    // One that has it, and does not get it again when another fails.
    set(&pages[0], json!({})).await?;
    pages[0]
        .run("element.program = args[0]", &[json!(large)])
        .await?;
    assert_eq!(pages[0].picture().await?.value("L")?, 1500.0 * 1500.0);
    let others = (pages[1].picture().await?, pages[2].picture().await?);
    set(&pages[1], json!({ "large": "fill", "wrong": "damage" })).await?;
    pages[1].type_on("\nwrong = 1").await?;
    let said = notice(&pages[0]).await?;
    assert!(said.contains("no room for this graph"), "{said}");
    assert_eq!(pages[0].picture().await?.program(), large);
    assert_eq!(pages[1].picture().await?.nodes(), others.0.nodes());
    assert_eq!(pages[2].picture().await?.nodes(), others.1.nodes());
    pages[2].set_input("a", json!(7)).await?;
    assert_eq!(pages[2].picture().await?.value("L")?, 49.0);
    // Once there is room an edit tries again.
    set(&pages[0], json!({})).await?;
    pages[0].type_on(" * 2").await?;
    let picture = pages[0].picture().await?;
    assert_eq!(picture.value("L")?, 2.0 * 1500.0 * 1500.0);
    assert_eq!(notice(&pages[0]).await?, "");
    is_told(browser).await
}

async fn page_mistake(page: &Page) -> Outcome<String> {
    Ok(page.texts(".messages li").await?.join(""))
}
