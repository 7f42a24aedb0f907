//! The tabs of the card, their Jacobians, and the switch of the timeline.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::{
    accessibility::{THEMES, check},
    appearance::fits,
};

const RELU: &str = "ReLU of a vector";
pub const MATMUL: &str = "Matrix product";

/// Chooses a gate or an input by its key, and a tab of its card.
pub async fn open(page: &Page, key: &str, tab: &str) -> Outcome {
    page.until_still().await?;
    page.focus(&format!("g.node[data-key='{key}']")).await?;
    page.press(" ").await?;
    page.until("root.querySelector('.card [role=tab]')", &[])
        .await?;
    turn_to(page, tab).await
}

pub async fn turn_to(page: &Page, tab: &str) -> Outcome {
    page.run(
        "all('.card [role=tab]').find((one) => one.textContent === args[0]).click()",
        &[json!(tab)],
    )
    .await?;
    Ok(())
}

/// The numbers of a table below a CSS selector, row by row, as they are written.
pub async fn table(page: &Page, css: &str) -> Outcome<Value> {
    page.run(
        "return [...root.querySelector(`${args[0]} .ruled`).rows]
            .map((row) => [...row.cells].filter((one) => one.tabIndex >= -1 && one.hasAttribute('tabindex')))
            .filter((row) => row.length > 0)
            .map((row) => row.map((one) => one.textContent))",
        &[json!(css)],
    )
    .await
}

pub async fn text(page: &Page, css: &str) -> Outcome<String> {
    let texts = page.texts(css).await?;
    Ok(texts.into_iter().next().unwrap_or_default())
}

/// The gradients beside a Jacobian: before its rows, and under its columns.
async fn beside(page: &Page) -> Outcome<[Vec<String>; 2]> {
    let before = page.texts(".card .matrix td.flank").await?;
    let under = page
        .texts(".card .matrix tr:last-child td.gradient")
        .await?;
    Ok([before, under])
}

/// What is compared: by the matrix, by the rule, and how far apart.
async fn compared(page: &Page) -> Outcome<Vec<String>> {
    page.texts(".card .compared dd").await
}

pub async fn relu_has_a_diagonal_with_the_upstream_of_the_lecture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(RELU).await?;
    open(&page, "z", "Jacobian").await?;
    assert_eq!(
        table(&page, ".card .matrix").await?,
        json!([
            ["1", "·", "·", "·"],
            ["·", "0", "·", "·"],
            ["·", "·", "1", "·"],
            ["·", "·", "·", "0"],
        ])
    );
    assert!(text(&page, ".card .form").await?.contains("diagonal"));
    assert_eq!(
        beside(&page).await?,
        [["4", "−1", "5", "9"], ["4", "0", "5", "0"]]
    );
    assert_eq!(
        compared(&page).await?,
        ["[4, 0, 5, 0]", "[4, 0, 5, 0]", "0"]
    );
    assert!(!page.texts(".card .lens .line").await?.is_empty());
    Ok(())
}

pub async fn softmax_is_dense_and_a_product_of_matrices_repeats_a_block(
    browser: &Browser,
) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [1, 2, 0.5]\ny = softmax(x)").await?;
    open(&page, "y", "Jacobian").await?;
    let dense = table(&page, ".card .matrix").await?;
    assert_eq!(dense.as_array().map(Vec::len), Some(3));
    assert!(!dense.to_string().contains('·'), "{dense}");
    assert!(text(&page, ".card .form").await?.contains("dense"));
    // Its rows sum to 0, so an upstream of ones gives nothing back.
    let differs = compared(&page).await?;
    assert!(differs[2].parse::<f64>().is_ok_and(|far| far == 0.0) || differs[2].contains("⁻"));
    page.choose(MATMUL).await?;
    open(&page, "y", "Jacobian").await?;
    let blocks = table(&page, ".card .matrix").await?;
    let block = [
        ["3", "2", "3"],
        ["2", "1", "2"],
        ["1", "3", "1"],
        ["−1", "2", "−2"],
    ];
    let empty = ["·"; 3];
    let expected: Vec<Vec<&str>> = block
        .iter()
        .map(|row| [row, &empty].into_iter().flatten().copied().collect())
        .chain(
            block
                .iter()
                .map(|row| [&empty, row].into_iter().flatten().copied().collect()),
        )
        .collect();
    assert_eq!(blocks, json!(expected));
    let [upstream, downstream] = beside(&page).await?;
    assert_eq!(upstream, ["2", "3", "−3", "9", "−8", "1", "4", "6"]);
    assert_eq!(downstream, ["0", "16", "−9", "−24", "9", "−30"]);
    assert_eq!(compared(&page).await?[2], "0");
    // The other operand.
    page.run(
        "const select = all('.card .choice select')[1];
        select.value = [...select.options].find((one) => one.text === 'w').value;
        select.dispatchEvent(new Event('change'))",
        &[],
    )
    .await?;
    assert_eq!(beside(&page).await?[1].len(), 12);
    assert_eq!(compared(&page).await?[2], "0");
    Ok(())
}

pub async fn a_place_of_a_jacobian_tells_its_sum(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(RELU).await?;
    open(&page, "z", "Jacobian").await?;
    page.focus(".card .matrix td[tabindex='0']").await?;
    page.press(Key::Right + Key::Right + Key::Down + Key::Down)
        .await?;
    let told = text(&page, ".card .readout").await?;
    assert!(told.contains("∂z[2]/∂x[2] = 1"), "{told}");
    assert!(told.contains("5·1 = 5"), "{told}");
    let lit = page
        .run(
            "return [all('.card .matrix .lit').length, all('.card .matrix .met').length]",
            &[],
        )
        .await?;
    // With its name and upstream gradient, and with its name and its sum.
    assert_eq!(lit, json!([6 + 6 - 1, 1]));
    page.press(Key::Left).await?;
    let told = text(&page, ".card .readout").await?;
    assert!(told.contains("whatever the numbers are"), "{told}");
    Ok(())
}

pub async fn a_large_jacobian_is_drawn_as_squares(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let numbers: Vec<String> = (0..20).map(|at| (at - 10).to_string()).collect();
    let program = format!("x = [{}]\ny = tanh(x)", numbers.join(", "));
    page.set_program(&program).await?;
    open(&page, "y", "Jacobian").await?;
    let drawn = page
        .run(
            "const drawing = root.querySelector('.card .squares svg');
            const count = (css) => drawing.querySelector(css).getAttribute('d').split('z').length - 1;
            return [all('.card .matrix td').length, count('.local'), count('.gradient'), drawing.ariaLabel]",
            &[],
        )
        .await?;
    // The diagonal alone; the gradients before and below, all positive.
    assert_eq!(drawn[0], json!(0));
    assert_eq!((&drawn[1], &drawn[2]), (&json!(20), &json!(40)));
    assert!(drawn[3].to_string().contains("20 × 20"), "{drawn}");
    page.focus(".card .squares svg").await?;
    page.press(Key::End).await?;
    let told = text(&page, ".card .readout").await?;
    assert!(told.contains("∂y[0]/∂x[19] = 0, whatever"), "{told}");
    Ok(())
}

pub async fn any_pair_of_nodes_has_a_jacobian(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.until_still().await?;
    page.focus("g.node[data-key='q']").await?;
    page.press(" ").await?;
    page.click(".card .foot .quiet").await?;
    let choose = "const select = all('.card .choice select')[args[0]];
        select.value = [...select.options].find((one) => one.text === args[1]).value;
        select.dispatchEvent(new Event('change'))";
    page.run(choose, &[json!(0), json!("f")]).await?;
    assert_eq!(table(&page, ".card .matrix").await?, json!([["−4"]]));
    page.run(choose, &[json!(1), json!("z")]).await?;
    assert_eq!(table(&page, ".card .matrix").await?, json!([["3"]]));
    // Through several gates of tensors.
    page.set_program("x = [1, 2]\na = 3 * x\nb = a + x\nL = sum(b)")
        .await?;
    open(&page, "b", "Jacobian").await?;
    page.run(choose, &[json!(1), json!("x")]).await?;
    // Of x as an operand; through all paths it is 4.
    assert_eq!(
        table(&page, ".card .matrix").await?,
        json!([["1", "·"], ["·", "1"]])
    );
    page.run(choose, &[json!(0), json!("L")]).await?;
    page.run(choose, &[json!(1), json!("x")]).await?;
    assert_eq!(
        page.run("return element.state.looking.pair", &[]).await?,
        json!(["L", "x"])
    );
    assert_eq!(table(&page, ".card .matrix").await?, json!([["4", "4"]]));
    assert_eq!(compared(&page).await?, ["[4, 4]", "[4, 4]", "0"]);
    Ok(())
}

pub async fn both_ways_follow_a_drag(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(MATMUL).await?;
    open(&page, "y", "Jacobian").await?;
    let changed = page
        .run(
            "const cells = () => all('.card .matrix td');
            const before = cells();
            element.setInput('w', [[7, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]);
            for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
            const after = cells();
            return after.every((one, at) => one === before[at])",
            &[],
        )
        .await?;
    assert_eq!(changed, json!(true));
    assert_eq!(table(&page, ".card .matrix").await?[0][0], json!("7"));
    // 7 · 2 and not 3 · 2: 8 more.
    assert_eq!(beside(&page).await?[1][0], "8");
    assert_eq!(compared(&page).await?[2], "0");
    Ok(())
}

pub async fn a_backward_step_goes_by_rule_or_by_jacobian(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(RELU).await?;
    let seen = "return root.querySelector('.timeline .switch').checkVisibility()";
    assert_eq!(page.run(seen, &[]).await?, json!(true));
    assert_eq!(page.texts(".timeline .ruled").await?.len(), 0);
    // By the rule, for an element.
    assert_eq!(page.texts(".timeline .products .line").await?.len(), 1);
    page.focus(".timeline .switch button:last-child").await?;
    page.press(" ").await?;
    assert_eq!(
        text(&page, ".timeline .product").await?,
        "upstream [4, −1, 5, 9] · Jacobian [4 × 4] = downstream [4, 0, 5, 0]"
    );
    assert_eq!(
        table(&page, ".timeline .matrix").await?[0],
        json!(["1", "·", "·", "·"])
    );
    let pressed = "return all('.timeline .switch button').map((one) => one.ariaPressed)";
    assert_eq!(page.run(pressed, &[]).await?, json!(["false", "true"]));
    page.until("location.hash.includes('jacobian=explicit')", &[])
        .await?;
    // Forward there is nothing to choose, and numbers have no matrix.
    page.press(Key::Home).await?;
    assert_eq!(page.run(seen, &[]).await?, json!(false));
    page.set_program("x = 2\nf = x * x").await?;
    assert_eq!(page.run(seen, &[]).await?, json!(false));
    Ok(())
}

pub async fn what_is_looked_at_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(MATMUL).await?;
    open(&page, "w", "Element by element").await?;
    for _ in 0..2 {
        page.run(
            "root.querySelector('.card .walk .icon:last-child').click()",
            &[],
        )
        .await?;
    }
    page.until("location.hash.includes('element=2')", &[])
        .await?;
    let state = page.run("return element.state", &[]).await?;
    let link = page.run("return location.hash", &[]).await?;
    browser.session().goto("about:blank").await?;
    let link = link.as_str().unwrap_or_default();
    let page = browser.open(&format!("/{link}")).await?;
    assert_eq!(page.run("return element.state", &[]).await?, state);
    assert_eq!(
        text(&page, ".card .walk .caption").await?,
        "element 3 of 12: w[0, 2]"
    );
    // What was before it is behind it.
    assert_eq!(
        table(&page, ".card .slice > .cells").await?[0],
        json!(["28", "3", "−18", ""])
    );
    // What is nowhere is ignored.
    for wrong in [
        "chosen=nothing&tab=jacobian",
        "chosen=y&tab=jacobian&pair=y;nothing&operand=99",
        "chosen=y&tab=elements&element=999999",
        "chosen=x,y,7&tab=sizes",
    ] {
        browser.session().goto("about:blank").await?;
        let page = browser
            .open(&format!("/#program=x+%3D+[1,2]%0Ay+%3D+x+*+x&{wrong}"))
            .await?;
        page.picture().await?.is_drawn()?;
    }
    Ok(())
}

pub async fn tabs_are_for_tensors(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.until_still().await?;
    page.focus("g.node[data-key='q']").await?;
    page.press(" ").await?;
    let tabs = "return root.querySelector('.card .tabs').checkVisibility()";
    assert_eq!(page.run(tabs, &[]).await?, json!(false));
    page.choose(MATMUL).await?;
    open(&page, "y", "Gate").await?;
    assert_eq!(page.run(tabs, &[]).await?, json!(true));
    page.focus(".card [role=tab][aria-selected=true]").await?;
    for name in [
        "Jacobian",
        "Element by element",
        "Sizes",
        "On paper",
        "On paper",
    ] {
        page.press(Key::Right).await?;
        let selected = page
            .run(
                "const one = root.activeElement;
                const panel = root.getElementById(one.getAttribute('aria-controls'));
                return [one.textContent, one.ariaSelected, panel.getAttribute('aria-labelledby') === one.id]",
                &[],
            )
            .await?;
        assert_eq!(selected, json!([name, "true", true]));
    }
    // The next gate of tensors is told in the same way, a number by itself.
    open(&page, "x", "Jacobian").await?;
    assert_eq!(page.texts(".card .matrix").await?.len(), 1);
    page.set_program("x = 2\nf = x * x").await?;
    page.until_still().await?;
    page.focus("g.node[data-key='f']").await?;
    page.press(" ").await?;
    assert_eq!(page.run(tabs, &[]).await?, json!(false));
    Ok(())
}

const TABS: [&str; 3] = ["Jacobian", "Element by element", "Sizes"];

pub async fn tabs_have_no_violation(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        let page = browser.open("/").await?;
        page.choose(MATMUL).await?;
        page.run("element.state = { ...element.state, explicit: true }", &[])
            .await?;
        open(&page, "y", "Gate").await?;
        for tab in TABS {
            turn_to(&page, tab).await?;
            check(browser, &page).await?;
        }
    }
    Ok(())
}

pub async fn tabs_fit_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    for example in [RELU, MATMUL] {
        page.choose(example).await?;
        let key = if example == RELU { "z" } else { "y" };
        page.run("element.state = { ...element.state, explicit: true }", &[])
            .await?;
        open(&page, key, "Gate").await?;
        for tab in TABS {
            turn_to(&page, tab).await?;
            fits(&page, 360.0).await?;
        }
    }
    Ok(())
}

/// A derivative as one would write it by hand, and how it grows.
pub async fn a_derivative_is_written_on_paper(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "element.program = 'x = 0.5\\nh = x\\nfor i in range(20):\\n    h = h * sin(h)'",
        &[],
    )
    .await?;
    page.run(
        "element.state = { ...element.state, looking: { ...element.state.looking, chosen: 'x' } }",
        &[],
    )
    .await?;
    page.run(
        "[...all('.card .quiet')].find((one) => one.textContent === 'On paper').click()",
        &[],
    )
    .await?;
    let said = page.texts(".paper > p").await?;
    assert!(
        said[1].contains("× 10") || said[1].contains("×10"),
        "{said:?}"
    );
    let rows = page.run("return all('.growth tbody tr').length", &[]);
    assert!(rows.await?.as_u64() > Some(5));
    // A short one is written out, and the state keeps where the reader is.
    page.choose("f = (x + y) z").await?;
    page.run(
        "element.state = { ...element.state, looking: { ...element.state.looking, chosen: 'z', tab: 'paper' } }",
        &[],
    )
    .await?;
    let formula = "return root.querySelector('.paper > .formula').ariaLabel";
    assert_eq!(page.run(formula, &[]).await?, "∂f/∂z = x + y");
    Ok(())
}
