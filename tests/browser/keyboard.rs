//! The page without a pointer.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::json;
use thirtyfour::Key;

/// What has the focus: a word of its kind, or its label.
async fn focused(page: &Page) -> Outcome<String> {
    let script = "const one = root.activeElement;
        if (!one) return document.activeElement === document.body ? 'page' : 'elsewhere';
        const seen = getComputedStyle(one.matches('.field') ? one.parentElement : one);
        const ring = one.matches(':focus-visible') && seen.outlineStyle !== 'none';
        return `${ring ? '' : 'hidden '}${one.localName} ${one.ariaLabel ?? ''}`.trim()";
    let found = page.run(script, &[]).await?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

pub async fn tab_reaches_everything_and_leaves(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let mut order = Vec::new();
    loop {
        page.press(Key::Tab).await?;
        let name = focused(&page).await?;
        let has_left = name == "page" || name == "elsewhere" || order.first() == Some(&name);
        if has_left || order.len() > 30 {
            break;
        }
        order.push(name);
    }
    for name in [
        "select",
        "textarea",
        "input x, slider",
        "input x",
        "input y, slider",
        "input z",
    ] {
        assert_eq!(
            order.iter().filter(|one| *one == name).count(),
            1,
            "{name} in {order:?}"
        );
    }
    // The picture is one stop: what is in it, not itself.
    assert_eq!(
        order.iter().filter(|one| one.starts_with("g x")).count(),
        1,
        "{order:?}"
    );
    assert!(!order.iter().any(|name| name.contains("svg")), "{order:?}");
    // Everything shows its focus, and all ends.
    assert!(
        !order.iter().any(|name| name.starts_with("hidden")),
        "{order:?}"
    );
    assert!(order.len() <= 30, "{order:?}");
    // And backwards, to the same places. The focus may be in the browser's own bar now.
    let page = browser.open("/").await?;
    page.focus("select").await?;
    for _ in 1..order.len() {
        page.press(Key::Tab).await?;
    }
    let mut back = vec![focused(&page).await?];
    while back.len() < order.len() {
        page.press_holding(Key::Shift, Key::Tab).await?;
        back.push(focused(&page).await?);
    }
    back.reverse();
    assert_eq!(back, order);
    Ok(())
}

pub async fn a_reader_without_a_pointer_can_do_it_all(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let tab_to = async |name: &str| -> Outcome {
        for _ in 0..20 {
            page.press(Key::Tab).await?;
            if focused(&page).await? == name {
                return Ok(());
            }
        }
        Err(format!("Tab does not reach {name}").into())
    };
    // An example by its first letters.
    tab_to("select").await?;
    page.press("Mul").await?;
    assert_eq!(page.picture().await?.value("z")?, 6.0);
    tab_to("textarea").await?;
    page.press_holding(Key::Control, "a").await?;
    page.press("a = 1\nf = a * 8").await?;
    assert_eq!(page.picture().await?.value("f")?, 8.0);
    tab_to("input a, slider").await?;
    page.press(Key::Right).await?;
    let picture = page.picture().await?;
    assert!(picture.value("a")? > 1.0);
    tab_to("input a").await?;
    page.press_holding(Key::Control, "a").await?;
    page.press("0.5").await?;
    let picture = page.picture().await?;
    assert_eq!((picture.value("a")?, picture.value("f")?), (0.5, 4.0));
    let moved = page
        .run(
            "return root.querySelector('.inputs [type=range]').value",
            &[],
        )
        .await?;
    assert_eq!(moved, json!("0.5"));
    picture.is_drawn()
}

pub async fn a_card_is_reached_by_tab_and_arrows(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.focus("select").await?;
    for _ in 0..6 {
        page.press(Key::Tab).await?;
        if focused(&page).await?.starts_with("g x") {
            break;
        }
    }
    page.press(Key::Right).await?;
    assert!(focused(&page).await?.starts_with("g q"));
    page.press(Key::Enter).await?;
    page.until("root.querySelector('.card h2 math')", &[])
        .await?;
    // Tab leaves the picture, and comes back to where one was.
    page.press(Key::Tab).await?;
    assert_eq!(focused(&page).await?, "button First step");
    page.press_holding(Key::Shift, Key::Tab).await?;
    assert!(focused(&page).await?.starts_with("g q"));
    Ok(())
}
