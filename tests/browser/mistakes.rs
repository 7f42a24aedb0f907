//! Programs with mistakes in them.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::json;
use thirtyfour::Key;

/// What there is to see of mistakes.
async fn is_clean(page: &Page) -> Outcome {
    let picture = page.picture().await?;
    assert_eq!(picture.diagnostics(), [] as [serde_json::Value; 0]);
    assert_eq!(page.texts(".messages li").await?, [] as [&str; 0]);
    assert_eq!(page.texts(".mistake").await?, [] as [&str; 0]);
    let invalid = page.editor().await?.attr("aria-invalid").await?;
    assert_ne!(invalid.as_deref(), Some("true"));
    Ok(())
}

pub async fn a_mistake_keeps_the_last_good_graph(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.type_program("x = 2\ny = 3\nf = x * y").await?;
    let before = page.picture().await?;
    page.type_on("y").await?;

    let after = page.picture().await?;
    assert_eq!(after.program(), "x = 2\ny = 3\nf = x * yy");
    assert_eq!(after.nodes(), before.nodes());
    after.is_drawn()?;
    let [diagnostic] = after.diagnostics() else {
        return Err(format!("mistakes: {:?}", after.diagnostics()).into());
    };
    assert_eq!(
        (&diagnostic["line"], &diagnostic["column"]),
        (&json!(3), &json!(9))
    );

    let messages = page.texts(".messages li").await?;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(
        messages[0].starts_with("line 3, column 9: "),
        "{messages:?}"
    );
    assert!(messages[0].contains("'yy'"), "{messages:?}");
    assert!(page.find(".messages li").await?.is_displayed().await?);
    let live = page.find(".messages").await?.attr("aria-live").await?;
    assert_eq!(live.as_deref(), Some("polite"));
    assert_eq!(
        page.editor().await?.attr("aria-invalid").await?.as_deref(),
        Some("true")
    );

    assert_eq!(page.texts(".mistake").await?, ["yy"]);
    let underline = page
        .find(".mistake")
        .await?
        .css_value("text-decoration-line")
        .await?;
    assert_eq!(underline, "underline");
    // The underlined copy of the text lies exactly behind the text.
    let laid = page
        .run(
            "const [field, mirror] = ['.field', '.mirror'].map((css) => root.querySelector(css));
            const style = (one) => ['font', 'letterSpacing', 'padding', 'borderWidth', 'tabSize']
                .map((name) => getComputedStyle(one)[name]);
            return [box(field), box(mirror), style(field), style(mirror),
                field.value, mirror.textContent.replace('\\u200b', '')]",
            &[],
        )
        .await?;
    for at in [0, 2, 4] {
        assert_eq!(laid[at], laid[at + 1]);
    }

    // The inputs of the last good graph can still be moved.
    page.slider("x").await?.send_keys(Key::Right).await?;
    let moved = page.picture().await?;
    assert_ne!(moved.value("x")?, 2.0);
    assert_eq!(moved.value("f")?, moved.value("x")? * 3.0);
    moved.is_drawn()
}

pub async fn a_mistake_that_is_corrected_is_forgotten(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    is_clean(&page).await?;
    page.run(
        "window.causes = [];
        element.addEventListener('backflow-change', ({ detail }) => causes.push(detail.cause))",
        &[],
    )
    .await?;
    page.type_on(" *").await?;
    assert_eq!(page.picture().await?.diagnostics().len(), 1);
    page.type_on(" 2").await?;
    is_clean(&page).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("f")?, -24.0);
    let causes = page.run("return causes", &[]).await?;
    let causes = causes.as_array().ok_or("no event was heard")?;
    assert!(causes.contains(&json!("error")), "{causes:?}");
    assert_eq!(causes.last(), Some(&json!("program")));
    picture.is_drawn()
}

pub async fn several_mistakes_are_listed_together(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.edit_program("x = 2\ny = sgmoid(x)\nz = (x +\nwhile x:\nf = q * x")
        .await?;
    let picture = page.picture().await?;
    let messages = page.texts(".messages li").await?;
    assert_eq!(messages.len(), picture.diagnostics().len());
    for (place, word) in [
        ("line 2, column 5: ", "did you mean 'sigmoid'?"),
        ("line 5, column 5: ", "'q'"),
    ] {
        assert!(
            messages
                .iter()
                .any(|text| text.starts_with(place) && text.contains(word)),
            "{place}{word} is not in {messages:?}"
        );
    }
    assert!(messages.len() >= 3, "{messages:?}");
    assert_eq!(page.texts(".mistake").await?.len(), messages.len());
    // Still the graph that the page opened on.
    assert_eq!(picture.value("f")?, -12.0);
    picture.is_drawn()
}

pub async fn a_message_leads_to_its_place(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // Of what is counted in UTF-16 units and what in characters.
    page.set_program("# 𝑓 is 😀\nx = 2\nf = x * unknown")
        .await?;
    page.find(".messages button").await?.click().await?;
    let chosen = page
        .run(
            "const { selectionStart, selectionEnd, value } = root.activeElement;
            return value.slice(selectionStart, selectionEnd)",
            &[],
        )
        .await?;
    assert_eq!(chosen, "unknown");
    assert_eq!(page.texts(".mistake").await?, ["unknown"]);
    Ok(())
}

pub async fn an_element_that_starts_with_a_mistake_recovers(browser: &Browser) -> Outcome {
    let page = browser.open("/pages/mistake.html").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.program(), "f = 2 *");
    assert_eq!(picture.diagnostics().len(), 1);
    assert!(picture.nodes().is_empty() && picture.wires.is_empty());
    page.type_on(" 3").await?;
    is_clean(&page).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("f")?, 6.0);
    picture.is_drawn()
}

/// What is seen of an element besides its text and its mistake.
const SEEN: &str = "return ['.picture', '.timeline', '.modes', '.tools', '.inputs', '.legend']
    .filter((part) => root.querySelector(part)?.checkVisibility())";

/// A picture of the program before would be taken for that of the new one.
pub async fn a_program_that_never_was_good_has_no_picture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    assert_eq!(page.run(SEEN, &[]).await?.as_array().map(Vec::len), Some(6));
    page.set_input("x", json!(7)).await?;
    page.set_program("x = -2\nf = x *").await?;
    assert_eq!(page.run(SEEN, &[]).await?, json!([]));
    let picture = page.picture().await?;
    assert_eq!(picture.diagnostics().len(), 1);
    assert!(picture.nodes().is_empty());
    let state = page.run("return element.state.values", &[]).await?;
    assert_eq!(state, json!({}));
    page.type_on(" 3").await?;
    is_clean(&page).await?;
    let picture = page.picture().await?;
    assert_eq!((picture.value("x")?, picture.value("f")?), (-2.0, -6.0));
    picture.is_drawn()?;
    let seen = page.run(SEEN, &[]).await?;
    assert_eq!(seen.as_array().map(Vec::len), Some(6));
    Ok(())
}

pub async fn markup_in_a_program_stays_text(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let markup = "<img src=x onerror=\"window.ran=1\">";
    for (program, is_good) in [
        (
            format!("x = 2  # {markup}\nf = x  # </textarea><script>window.ran=1</script>"),
            true,
        ),
        (format!("x = 2\nf = x * {markup}"), false),
        (format!("{markup} = 2"), false),
        ("import <svg/onload=ran=1>\nf = 1".to_owned(), false),
        (format!("x = \"{markup}\"\nf = x"), false),
    ] {
        page.set_program(&program).await?;
        let picture = page.picture().await?;
        assert_eq!(picture.program(), program);
        assert_eq!(
            picture.diagnostics().is_empty(),
            is_good,
            "{program}: {:?}",
            picture.diagnostics()
        );
        assert_eq!(
            page.texts(".messages li").await?.len(),
            picture.diagnostics().len()
        );
        let made = page
            .run(
                "return [all('img, script, textarea textarea, svg svg').length, typeof window.ran]",
                &[],
            )
            .await?;
        assert_eq!(made, json!([0, "undefined"]), "{program}");
    }
    Ok(())
}

pub async fn names_that_objects_have_are_names_like_others(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(
        "__proto__ = 3\nconstructor = 4\ntoString = 5\nf = __proto__ * constructor + toString",
    )
    .await?;
    let picture = page.picture().await?;
    assert_eq!(picture.diagnostics(), [] as [serde_json::Value; 0]);
    assert_eq!(picture.value("f")?, 17.0);
    assert_eq!(picture.gradient("__proto__")?, 4.0);
    picture.is_drawn()?;
    page.set_input("__proto__", json!(-1)).await?;
    page.slider("constructor")
        .await?
        .send_keys(Key::Right)
        .await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("f")?, 5.0 - picture.value("constructor")?);
    picture.is_drawn()?;
    assert!(page.set_input("hasOwnProperty", json!(1)).await.is_err());
    page.set_program("x = 1\nf = x * valueOf").await?;
    let messages = page.texts(".messages li").await?;
    assert!(
        messages.len() == 1 && messages[0].contains("'valueOf'"),
        "{messages:?}"
    );
    Ok(())
}
