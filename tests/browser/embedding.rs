//! Elements on pages of others, under a strict Content-Security-Policy.

use backflow::{Outcome, browser::Browser};
use serde_json::json;
use thirtyfour::Key;

pub async fn elements_of_a_page_are_independent(browser: &Browser) -> Outcome {
    let pages = browser.open_all("/pages/embedding.html").await?;
    let [by_attribute, by_text, by_default] = &pages[..] else {
        return Err(format!("there are {} elements", pages.len()).into());
    };
    let picture = by_attribute.picture().await?;
    assert_eq!((picture.value("L")?, picture.gradient("a")?), (12.0, 4.0));
    let picture = by_text.picture().await?;
    assert_eq!(
        picture.program(),
        "x = 4\n\ndef half(v):\n    return v / 2\n\nL = half(x)  # 1 < 2"
    );
    assert_eq!(picture.value("L")?, 2.0);
    assert_eq!(by_default.picture().await?.value("f")?, -12.0);
    for page in &pages {
        page.picture().await?.is_drawn()?;
    }

    by_attribute.set_input("a", json!(5)).await?;
    by_default.slider("x").await?.send_keys(Key::Right).await?;
    by_text.edit_program("f = 1 +").await?;
    let picture = by_attribute.picture().await?;
    assert_eq!(picture.value("L")?, 20.0);
    assert_eq!(picture.diagnostics(), [] as [serde_json::Value; 0]);
    assert_eq!(by_text.picture().await?.value("L")?, 2.0);
    assert_eq!(by_text.picture().await?.diagnostics().len(), 1);
    assert_ne!(by_default.picture().await?.value("f")?, -12.0);
    assert_eq!(by_attribute.picture().await?.value("L")?, 20.0);
    for page in &pages {
        page.picture().await?.is_drawn()?;
    }
    // The policy was there.
    let inline = by_default
        .run(
            "const script = document.createElement('script');
            const refused = new Promise((resolve) => document.addEventListener(
                'securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective)));
            script.textContent = 'window.ran = 1';
            document.body.append(script);
            return refused",
            &[],
        )
        .await?;
    assert_eq!(inline, "script-src-elem");
    browser.take_complaints().await?;
    Ok(())
}

/// Takes the element out and puts it back, and waits until it is drawn.
const LEAVE_AND_COME_BACK: &str = "
    const parent = element.parentElement;
    element.remove();
    const drawn = new Promise((resolve) =>
        element.addEventListener('backflow-change', () => resolve(null), { once: true }));
    parent.append(element);
    return drawn";

pub async fn an_element_that_comes_back_is_as_it_was(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.slider("y")
        .await?
        .send_keys(Key::Right + Key::Right)
        .await?;
    let before = page.picture().await?;
    assert_ne!(before.value("y")?, 5.0);
    page.run(LEAVE_AND_COME_BACK, &[]).await?;
    let after = page.picture().await?;
    assert_eq!(after.nodes(), before.nodes());
    after.is_drawn()?;

    // With a mistake in the editor too.
    page.type_on(" +").await?;
    page.run(LEAVE_AND_COME_BACK, &[]).await?;
    let again = page.picture().await?;
    assert!(again.program().ends_with("q * z +"), "{}", again.program());
    assert_eq!(again.diagnostics().len(), 1);
    assert_eq!(again.nodes(), before.nodes());
    again.is_drawn()?;

    // And it is alive.
    page.type_on(" 1").await?;
    page.slider("y").await?.send_keys(Key::Left).await?;
    let alive = page.picture().await?;
    assert!(alive.value("y")? < before.value("y")?);
    assert_eq!(alive.value("f")?, (alive.value("y")? - 2.0) * -4.0 + 1.0);
    alive.is_drawn()
}

pub async fn an_element_that_leaves_at_once_and_comes_back_starts(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "const parent = element.parentElement;
        element.remove();
        const other = document.createElement('backflow-graph');
        parent.append(other);
        other.remove();
        other.program = 'a = 2\\nf = a * 3';
        parent.append(other);
        other.remove();
        parent.append(other);
        return other.ready.then(() => null)",
        &[],
    )
    .await?;
    let pages = backflow::page::Page::all(browser.session()).await?;
    assert_eq!(pages.len(), 1);
    let picture = pages[0].picture().await?;
    assert_eq!((picture.value("f")?, picture.gradient("a")?), (6.0, 3.0));
    picture.is_drawn()
}

pub async fn a_program_set_before_the_element_is_defined_is_shown(browser: &Browser) -> Outcome {
    let pages = browser.open_all("/pages/early.html").await?;
    assert_eq!(pages.len(), 2);
    for (page, program, value) in [
        (&pages[0], "a = 2\nf = a ** 3", 8.0),
        (&pages[1], "a = 3\nf = a ** 3", 27.0),
    ] {
        let picture = page.picture().await?;
        assert_eq!(picture.program(), program);
        assert_eq!(picture.value("f")?, value);
        picture.is_drawn()?;
        // The property goes on working.
        page.set_program("a = 4\nf = a + 1").await?;
        assert_eq!(page.picture().await?.value("f")?, 5.0);
    }
    let told = pages[1].run("return window.toldEarly", &[]).await?;
    assert_eq!(
        told,
        json!({ "program": "a = 3\nf = a ** 3", "nodes": 0, "refused": "RangeError" })
    );
    Ok(())
}

pub async fn the_program_attribute_is_followed(browser: &Browser) -> Outcome {
    let pages = browser.open_all("/pages/embedding.html").await?;
    let page = &pages[0];
    page.set_input("a", json!(7)).await?;
    page.run("element.setAttribute('program', 'a = 2\\nL = a * 10')", &[])
        .await?;
    let picture = page.picture().await?;
    assert_eq!((picture.value("a")?, picture.value("L")?), (2.0, 20.0));
    assert_eq!(
        page.run("return element.program", &[]).await?,
        "a = 2\nL = a * 10"
    );
    picture.is_drawn()
}

pub async fn an_element_stays_within_a_height(browser: &Browser) -> Outcome {
    let pages = browser.open_all("/pages/height.html").await?;
    for (page, height) in pages.iter().zip([384, 256]) {
        let heights = page
            .run(
                "element.scrollIntoView({ block: 'start', behavior: 'instant' });
                const { bottom, left, width, height } = element.getBoundingClientRect();
                // What the page has below it can be seen and clicked.
                const below = document.elementFromPoint(left + width / 2, bottom + 24);
                const last = root.querySelector('.modes');
                last.scrollIntoView({ block: 'end', behavior: 'instant' });
                const end = last.getBoundingClientRect().bottom;
                return [height, element.scrollHeight > element.clientHeight, below.localName,
                    end <= element.getBoundingClientRect().bottom + 1]",
                &[],
            )
            .await?;
        assert_eq!(heights, json!([height, true, "p", true]));
        // The graph is presented as ever.
        page.click("button[aria-label='Present']").await?;
        page.until(
            "root.querySelector('.presenting')?.getBoundingClientRect().height === innerHeight",
            &[],
        )
        .await?;
        page.press(Key::Escape).await?;
        page.until("root.querySelector('.presenting') === null", &[])
            .await?;
    }
    Ok(())
}

/// Style sheets that a host sends only when asked again, and in the place of one its own page.
pub async fn a_style_sheet_that_failed_is_asked_for_again(browser: &Browser) -> Outcome {
    let page = browser.open("/pages/styles.html").await?;
    page.picture().await?.is_drawn()?;
    let told = page
        .run(
            "return [asked, root.adoptedStyleSheets.map(({ cssRules }) => cssRules.length > 0),
                getComputedStyle(root.querySelector('.picture .frame')).fill !== 'rgb(0, 0, 0)']",
            &[],
        )
        .await?;
    assert_eq!(
        told,
        json!([{ "picture.css": 2, "tools.css": 2, "lesson.css": 2 }, vec![true; 15], true])
    );
    browser.take_complaints().await?;
    Ok(())
}
