//! The address of the page tells its state.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The fragment, once it tells something.
async fn fragment(page: &Page, wanted: &str) -> Outcome<String> {
    let hash = page
        .until(
            "location.hash.includes(args[0]) && [location.hash]",
            &[json!(wanted)],
        )
        .await?;
    Ok(hash[0].as_str().unwrap_or_default().to_owned())
}

pub async fn a_step_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // What it opens on needs no address of its own.
    assert_eq!(page.run("return location.hash", &[]).await?, "");
    page.type_program("a = 3\nb = 4  # b & c\nL = a * b")
        .await?;
    assert_eq!(page.picture().await?.value("L")?, 12.0);
    page.set_input("b", json!(-2.5)).await?;
    page.focus(".scrubber").await?;
    page.press(Key::Left).await?;
    let linked = fragment(&page, "step=2").await?;
    assert!(linked.contains("values=b:-2.5"), "{linked}");
    let state = page.run("return element.state", &[]).await?;
    // Back in the history is where the reader was before the page.
    let length = page.run("return history.length", &[]).await?;
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{linked}")).await?;
    assert_eq!(again.run("return element.state", &[]).await?, state);
    assert_eq!(again.picture().await?.value("L")?, -7.5);
    assert!(
        again.run("return history.length", &[]).await?.as_u64() <= length.as_u64().map(|n| n + 2)
    );
    Ok(())
}

pub async fn a_view_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, one gate").await?;
    let closed = page.picture().await?.gates().len();
    page.until_still().await?;
    page.click("g.node[data-op='sigmoid'] .opener .disc")
        .await?;
    let linked = fragment(&page, "open=").await?;
    let opened = page.picture().await?.gates().len();
    assert!(opened > closed, "{opened} gates, {closed} before");
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{linked}")).await?;
    assert_eq!(again.picture().await?.gates().len(), opened);
    let open = again.run("return element.state.view.open", &[]).await?;
    assert_eq!(open.as_array().map(Vec::len), Some(1), "{open}");
    Ok(())
}

pub async fn an_address_that_changes_is_followed(browser: &Browser) -> Outcome {
    let page = browser
        .open("/#program=x+%3D+2%0Af+%3D+x+*+x&step=1")
        .await?;
    assert_eq!(page.picture().await?.value("f")?, 4.0);
    assert_eq!(page.texts(".count").await?, ["step 1 of 3 · forward"]);
    page.run(
        "location.hash = '#program=x+%3D+2%0Af+%3D+x+*+x&values=x:3'",
        &[],
    )
    .await?;
    page.until("element.snapshot().nodes[0].value === 3", &[])
        .await?;
    assert_eq!(page.texts(".count").await?, ["step 3 of 3 · backward"]);
    Ok(())
}

pub async fn what_an_address_cannot_mean_is_ignored(browser: &Browser) -> Outcome {
    for fragment in ["#", "#top", "#%E0%A4%A", "#step=2", "#program"] {
        browser.session().goto("about:blank").await?;
        let page = browser.open(&format!("/{fragment}")).await?;
        let program = page.picture().await?.program().to_owned();
        assert_eq!(
            program.contains("q = x + y"),
            fragment != "#program",
            "{fragment}"
        );
    }
    browser.session().goto("about:blank").await?;
    let page = browser
        .open("/#program=x+%3D+1%0Af+%3D+x+%2B+1&values=x:one;q:3;x:1,2&upstream=1,2&step=999&open=nothing;f&copies=9")
        .await?;
    let picture = page.picture().await?;
    assert_eq!((picture.value("x")?, picture.value("f")?), (1.0, 2.0));
    assert_eq!(page.texts(".count").await?, ["step 3 of 3 · backward"]);
    // A program that is wrong is told as any other, as text.
    browser.session().goto("about:blank").await?;
    let page = browser
        .open("/#program=%3Cimg+src%3Dx+onerror%3D%22window.hit%3D1%22%3E")
        .await?;
    assert!(!page.texts(".messages li").await?.is_empty());
    let found = page
        .run(
            "return [all('img').length, typeof window.hit, root.querySelector('textarea').value]",
            &[],
        )
        .await?;
    assert_eq!(
        found,
        json!([0, "undefined", "<img src=x onerror=\"window.hit=1\">"])
    );
    Ok(())
}

pub async fn the_link_is_copied(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } })",
        &[],
    )
    .await?;
    page.focus(".scrubber").await?;
    page.press(Key::Home).await?;
    page.click(".bar .copy > button").await?;
    let copied = page.until("window.copied && [window.copied]", &[]).await?;
    let same = page
        .run(
            "const url = new URL(args[0]); return [url.origin === location.origin, url.pathname, url.hash.endsWith('step=0')]",
            &[copied[0].clone()],
        )
        .await?;
    assert_eq!(same, json!([true, "/", true]));
    Ok(())
}

pub async fn embedded_elements_leave_the_address_alone(browser: &Browser) -> Outcome {
    let pages = browser
        .open_all("/pages/embedding.html#program=x+%3D+1%0Af+%3D+x")
        .await?;
    let [first, others @ ..] = &pages[..] else {
        return Err("no graph".into());
    };
    assert_eq!(first.picture().await?.value("L")?, 12.0);
    let before = first.run("return location.href", &[]).await?;
    first.set_input("a", json!(7)).await?;
    first.focus(".scrubber").await?;
    first.press(Key::Home).await?;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(first.run("return location.href", &[]).await?, before);
    for page in &pages {
        let share = "return root.querySelector('.bar .copy').checkVisibility()";
        assert_eq!(page.run(share, &[]).await?, Value::Bool(false));
    }
    // A script can read and give the state of any.
    let [other, ..] = others else {
        return Err("one graph".into());
    };
    other
        .run(
            "element.state = args[0].state",
            &[json!({ "state": first.run("return element.state", &[]).await? })],
        )
        .await?;
    assert_eq!(other.picture().await?.value("L")?, 28.0);
    assert!(other.texts(".count").await?[0].starts_with("step 0 "));
    Ok(())
}
