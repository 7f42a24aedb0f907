//! The tabs of the card: slices of tensors, and the sizes of layers.

use backflow::{
    Outcome,
    browser::{Browser, Preference},
};
use serde_json::json;
use thirtyfour::Key;

use crate::lens::{MATMUL, open, table, text};

pub async fn the_elements_are_walked_to_the_whole(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(MATMUL).await?;
    open(&page, "y", "Element by element").await?;
    let downstream = ".card .slice > .cells";
    assert_eq!(
        table(&page, ".card .factors .cells:first-child").await?,
        json!([["3", "2", "1", "−1"], ["·", "·", "·", "·"]])
    );
    assert_eq!(
        table(&page, downstream).await?,
        json!([["0", "", ""], ["", "", ""]])
    );
    let all = [["0", "16", "−9"], ["−24", "9", "−30"]];
    for at in 1..6 {
        page.run(
            "root.querySelector('.card .walk .icon:last-child').click()",
            &[],
        )
        .await?;
        let filled: Vec<Vec<&str>> = (0..2)
            .map(|row| {
                let number = |column: usize| {
                    if row * 3 + column <= at {
                        all[row][column]
                    } else {
                        ""
                    }
                };
                (0..3).map(number).collect()
            })
            .collect();
        assert_eq!(table(&page, downstream).await?, json!(filled), "{at}");
    }
    assert_eq!(
        text(&page, ".card .walk .caption").await?,
        "element 6 of 6: x[1, 2]"
    );
    assert_eq!(
        table(&page, ".card .factors .cells:first-child").await?,
        json!([["·", "·", "·", "·"], ["3", "2", "1", "−2"]])
    );
    // 3 · −8 + 2 · 1 + 1 · 4 − 2 · 6, as the lecture has it.
    let told = page.texts(".card .slice .one .line").await?.join(" ");
    assert!(told.contains("−30"), "{told}");
    page.run(
        "root.querySelector('.card .walk .icon:last-child').click()",
        &[],
    )
    .await?;
    assert_eq!(table(&page, downstream).await?, json!(all));
    let orders = page
        .run(
            "return all('.card .order').map((one) => one.matches('.unfit'))",
            &[],
        )
        .await?;
    assert_eq!(orders, json!([false, true, true]));
    // The elements of an operand are its rows and columns in keys too.
    page.run(
        "root.querySelector('.card .slice > .cells td').click()",
        &[],
    )
    .await?;
    page.press(Key::Down + Key::Enter).await?;
    assert_eq!(
        text(&page, ".card .walk .caption").await?,
        "element 4 of 6: x[1, 0]"
    );
    // The upstream gradient of what is not computed yet is blank, not 0.
    page.run("element.state = { ...element.state, step: 1 }", &[])
        .await?;
    assert_eq!(
        table(&page, ".card .factors .cells:last-child").await?,
        json!([["", "", "", ""], ["", "", "", ""]])
    );
    Ok(())
}

pub async fn large_tensors_are_walked_row_by_row(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let row = |length: usize, by: f64| {
        let numbers: Vec<String> = (0..length).map(|at| (at as f64 * by).to_string()).collect();
        format!("[{}]", numbers.join(", "))
    };
    let rows: Vec<String> = (0_u8..70).map(|at| row(3, f64::from(at))).collect();
    let program = format!(
        "x = [{}]\nw = [{}, {}, {}]\ny = x @ w",
        rows.join(", "),
        row(80, 0.5),
        row(80, -0.25),
        row(80, 0.125)
    );
    page.set_program(&program).await?;
    open(&page, "y", "Element by element").await?;
    let told = page.texts(".card .cells .caption").await?;
    assert!(
        told[0].contains("rows 0 to 63, columns 0 to 63"),
        "{told:?}"
    );
    page.focus(".card .factors .cells:first-child svg").await?;
    page.press(Key::Right + Key::Right).await?;
    let told = page.texts(".card .cells .caption").await?;
    assert!(told[0].ends_with("[0, 2] = 1"), "{told:?}");
    // 210 elements, 3 a step.
    page.click(".card .walk .icon:nth-child(2)").await?;
    page.until("location.hash.includes('element=3')", &[])
        .await?;
    page.click(".card .walk .icon:nth-child(2)").await?;
    let caption = text(&page, ".card .walk .caption").await?;
    assert!(caption.ends_with(", 0]"), "{caption}");
    Ok(())
}

pub async fn a_number_falls_into_its_place(browser: &Browser) -> Outcome {
    for (preferences, falls) in [(&[][..], 1), (&[Preference::Still][..], 0)] {
        browser.prefer(preferences).await?;
        let page = browser.open("/").await?;
        page.choose(MATMUL).await?;
        open(&page, "y", "Element by element").await?;
        let falling = page
            .run(
                "root.querySelector('.card .walk .icon:last-child').click();
                return all('.card .falling').map((one) => one.textContent)",
                &[],
            )
            .await?;
        assert_eq!(falling.as_array().map(Vec::len), Some(falls));
        page.until("!root.querySelector('.card .falling')", &[])
            .await?;
        assert_eq!(
            table(&page, ".card .slice > .cells").await?[0],
            json!(["0", "16", ""])
        );
    }
    Ok(())
}

pub async fn a_jacobian_that_is_never_formed_says_its_size(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose(MATMUL).await?;
    open(&page, "y", "Sizes").await?;
    let sizes = "return all('.card .extent .number').map((one) => Number(one.value))";
    // It begins with the product's own.
    assert_eq!(page.run(sizes, &[]).await?, json!([2, 3, 4]));
    assert_eq!(text(&page, ".card .bars .told").await?, "192 bytes");
    page.run("root.querySelector('.card .layer .quiet').click()", &[])
        .await?;
    assert_eq!(page.run(sizes, &[]).await?, json!([64, 4096, 4096]));
    assert_eq!(text(&page, ".card .bars .told").await?, "256 GiB");
    let parts = "return all('.card .bars .length').map((one) => Number(one.style.getPropertyValue('--part')))";
    let bars = page.run(parts, &[]).await?;
    let bars: Vec<f64> = serde_json::from_value(bars)?;
    assert!(bars[0] > bars[1] && bars[2] > bars[3], "{bars:?}");
    // Half the batch is a quarter of the matrix.
    page.focus(".card .extent .slider").await?;
    page.press(Key::Left).await?;
    assert_eq!(page.run(sizes, &[]).await?, json!([32, 4096, 4096]));
    assert_eq!(text(&page, ".card .bars .told").await?, "64 GiB");
    let field = page.find(".card .extent .number").await?;
    page.type_over(&field, "48").await?;
    assert_eq!(text(&page, ".card .bars .told").await?, "144 GiB");
    // What is no size changes nothing: the one before it was typed stays.
    page.press(Key::Enter + "000").await?;
    assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
    let slider = page.find(".card .extent .slider").await?;
    let told = slider.attr("aria-valuetext").await?;
    assert_eq!(told.as_deref(), Some("48"));
    assert_eq!(
        page.texts(".refusal").await?,
        ["A whole number from 1 to 8192 is taken. batch stays 48."]
    );
    Ok(())
}
