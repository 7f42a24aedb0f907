//! The card of what is chosen.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The lines of the card as they are drawn, without spaces.
async fn lines(page: &Page) -> Outcome<Vec<String>> {
    let lines = page.texts(".card .line").await?;
    let plain = |line: &String| line.split_whitespace().collect::<String>();
    Ok(lines.iter().map(plain).collect())
}

fn has(lines: &[String], part: &str) -> Outcome {
    if lines.iter().any(|line| line.contains(part)) {
        return Ok(());
    }
    Err(format!("no line has {part}: {lines:#?}").into())
}

async fn open(page: &Page, key: &str) -> Outcome {
    page.click(&format!("g.node[data-key='{key}'] .frame"))
        .await?;
    page.until("!root.querySelector('.card .inside').hidden", &[])
        .await?;
    Ok(())
}

pub async fn the_card_has_the_numbers_of_the_neuron(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    assert_eq!(page.texts(".card .line").await?, Vec::<String>::new());
    // Upstream × local = downstream at exp: −0.53 × 0.37 = −0.20 on the slide, here with a
    // digit more.
    let exp = page
        .run(
            "return all('g.node').find((one) => one.dataset.op === 'exp').dataset.key",
            &[],
        )
        .await?;
    open(&page, exp.as_str().unwrap_or_default()).await?;
    let told = lines(&page).await?;
    has(&told, "−0.534×0.368=−0.197")?;
    Ok(())
}

pub async fn the_card_follows_values_and_steps(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    open(&page, "f").await?;
    has(&lines(&page).await?, "−12").or(has(&lines(&page).await?, "−4"))?;
    page.set_input("z", json!(2.5)).await?;
    page.until(
        "root.querySelector('.card').textContent.includes('2.5')",
        &[],
    )
    .await?;
    // What is not computed yet is not told.
    page.run("root.querySelector('.body').focus()", &[]).await?;
    page.press(Key::Home).await?;
    let gradients = page
        .run(
            "return all('.card .chain mn.gradient').map((one) => one.textContent)",
            &[],
        )
        .await?;
    let gradients = gradients.as_array().cloned().unwrap_or_default();
    assert!(gradients.iter().all(|one| *one == "…"), "{gradients:?}");
    Ok(())
}

pub async fn numbers_change_within_their_formulas(browser: &Browser) -> Outcome {
    // Two frames after a change: how many formulas kept their elements, and their numbers.
    let change = "const formulas = () => all('.card math, .sentence math');
        const before = formulas();
        element.setInput('x', args[0]);
        for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
        const after = formulas();
        const numbers = after.map((math) => [...math.querySelectorAll('mn')].map((one) =>
            [one.textContent, one.getAttribute('data-exact')]));
        return { kept: after.every((math) => before.includes(math)), numbers }";
    // With x = −7.5 f is no longer negative, and needs no brackets in a difference.
    for (value, told, keeps) in [(-3.5, "−3.5", true), (-7.5, "−7.5", false)] {
        let page = browser.open("/").await?;
        open(&page, "x").await?;
        let changed = page.run(change, &[json!(value)]).await?;
        assert_eq!(changed["kept"], json!(keeps), "{value}");
        // They are as they would be if they had been written with that value at first.
        let page = browser.open("/").await?;
        page.set_input("x", json!(value)).await?;
        open(&page, "x").await?;
        let anew = page.run(change, &[json!(value)]).await?;
        assert_eq!(changed["numbers"], anew["numbers"], "{value}");
        assert!(anew["numbers"].to_string().contains(told), "{anew}");
    }
    Ok(())
}

pub async fn choosing_moves_nothing_and_escape_closes(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let places = "return ['.picture', '.timeline', '.editor', '.inputs'].map((css) => box(root.querySelector(css)))";
    let before = page.run(places, &[]).await?;
    open(&page, "q").await?;
    assert_eq!(page.run(places, &[]).await?, before);
    page.press(Key::Escape).await?;
    page.until("root.querySelector('.card .inside').hidden", &[])
        .await?;
    // From within the card too, and the focus comes back to the picture.
    open(&page, "q").await?;
    page.focus(".card .close").await?;
    page.press(Key::Escape).await?;
    page.until("root.querySelector('.card .inside').hidden", &[])
        .await?;
    let focused = page
        .run("return root.activeElement?.dataset.key ?? null", &[])
        .await?;
    assert_eq!(focused, json!("q"));
    Ok(())
}

pub async fn formulas_are_mathematics_and_copied_as_latex(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    open(&page, "f").await?;
    let tags = page
        .run(
            "return [...new Set(all('.card math *').map((one) => `${one.namespaceURI.split('/').at(-1)} ${one.localName}`))].sort()",
            &[],
        )
        .await?;
    for tag in ["MathML mfrac", "MathML mi", "MathML mn", "MathML mo"] {
        assert!(
            tags.as_array().is_some_and(|all| all.contains(&json!(tag))),
            "{tag} not in {tags}"
        );
    }
    // Each line is also told in words, and a number has all its digits.
    let silent = page
        .run(
            "return all('.card [role=math]').filter((one) => !one.ariaLabel).length
                + all('.card mn').filter((one) => one.textContent !== '…' && !one.dataset.exact && !one.getAttribute('data-exact')).length",
            &[],
        )
        .await?;
    assert_eq!(silent, json!(0));
    // The clipboard of a test is a script.
    let clipboard = "const write = args[0] ? async (text) => { window.copied = text } : async () => { throw new Error('no') };
        Object.defineProperty(navigator, 'clipboard', { value: { writeText: write }, configurable: true })";
    page.run(clipboard, &[json!(true)]).await?;
    page.click(".card .copy > button").await?;
    let copied = page.until("window.copied && [window.copied]", &[]).await?;
    let latex = copied[0].as_str().unwrap_or_default();
    assert!(latex.contains("\\frac{\\partial f}{\\partial"), "{latex}");
    // Where there is none the text is there to be copied by hand.
    page.run(clipboard, &[json!(false)]).await?;
    page.click(".card .copy > button").await?;
    let shown = page
        .until(
            "root.activeElement?.matches('.copied') && [root.activeElement.value]",
            &[],
        )
        .await?;
    assert_eq!(shown[0].as_str().map(one_line), Some(one_line(latex)));
    Ok(())
}

/// A field has no ends of lines.
fn one_line(text: &str) -> String {
    text.replace('\n', "")
}

pub async fn a_line_lights_what_it_tells_of(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // An input lights its paths.
    page.run("root.querySelector(\"g.node[data-key='x']\").focus()", &[])
        .await?;
    page.press(" ").await?;
    page.until("root.querySelector('.card .lights') !== null", &[])
        .await?;
    let lit = "return all('.picture .lit').length";
    assert_eq!(page.run(lit, &[]).await?, json!(0));
    page.focus(".card .lights .math").await?;
    assert!(page.run(lit, &[]).await?.as_u64() > Some(0));
    page.run("root.querySelector('.body').focus()", &[]).await?;
    assert_eq!(page.run(lit, &[]).await?, json!(0));
    page.hover(".card .lights .math").await?;
    assert!(page.run(lit, &[]).await?.as_u64() > Some(0));
    Ok(())
}

pub async fn a_nudge_has_the_step_that_is_typed(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run("root.querySelector(\"g.node[data-key='x']\").focus()", &[])
        .await?;
    page.press(" ").await?;
    page.until("root.querySelector('.card .nudge input') !== null", &[])
        .await?;
    let nudged = "return all('.card .nudge .line').map((one) => one.textContent).join()";
    let before = page.run(nudged, &[]).await?;
    let field = page.find(".card .nudge input").await?;
    page.type_over(&field, "0.5").await?;
    page.until(
        "root.querySelector('.card .nudge').textContent.includes('−2')",
        &[],
    )
    .await?;
    assert_ne!(page.run(nudged, &[]).await?, before);
    // What is no number changes nothing, and the field keeps the focus while values change.
    page.type_over(&field, "-").await?;
    let invalid = page
        .run(
            "return root.activeElement.getAttribute('aria-invalid')",
            &[],
        )
        .await?;
    assert_eq!(invalid, Value::from("true"));
    page.set_input("y", json!(1)).await?;
    let kept = page
        .run(
            "return root.activeElement.matches('.card .nudge input')",
            &[],
        )
        .await?;
    assert_eq!(kept, json!(true));
    Ok(())
}
