//! Shapes that do not fit, told over the picture.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

const GOOD: &str =
    "x = [[1, 2, 3], [4, 5, 6]]\nw = [[1, 0, 2], [0, 1, 1], [1, 1, 0], [2, 1, 1]]\ny = x @ w.T";

/// The same with factors that do not fit.
fn wrong() -> String {
    GOOD.replace("w.T", "w")
}

/// What is seen of the note, as soon as it is there.
async fn note(page: &Page) -> Outcome<Value> {
    page.until("!root.querySelector('.misfit .leaf').hidden", &[])
        .await?;
    page.run(
        "const texts = (css) => all(`.misfit ${css}`).map((one) => one.textContent);
        return {
            said: texts('.said')[0],
            boxes: texts('.axis'),
            differ: texts('.axis.differs'),
            joins: [...texts('.join'), ...texts('.note')],
            fixes: texts('.fixes button'),
            spoken: root.querySelector('.misfit [role=img]')?.ariaLabel ?? null,
            status: root.querySelector('.misfit [role=status]').textContent,
            marked: all('.node.meets').map((one) => one.dataset.key),
        }",
        &[],
    )
    .await
}

async fn is_gone(page: &Page) -> Outcome {
    let seen =
        "root.querySelector('.misfit .leaf').checkVisibility() || all('.node.meets').length > 0";
    assert_eq!(page.run(&format!("return {seen}"), &[]).await?, false);
    Ok(())
}

pub async fn axes_that_meet_are_drawn_over_the_last_good_picture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(GOOD).await?;
    is_gone(&page).await?;
    let before = page.picture().await?;
    let graph =
        "return ['.graph', '.timeline', '.editor'].map((css) => box(root.querySelector(css)).y)";
    let places = page.run(graph, &[]).await?;
    page.edit_program(&wrong()).await?;
    let note = note(&page).await?;
    assert_eq!(
        note["said"],
        "line 3: cannot multiply (2, 3) @ (4, 3): the inner sizes 3 and 4 differ: did you mean w.T?"
    );
    assert_eq!(note["boxes"], json!(["2", "3", "4", "3"]));
    assert_eq!(note["differ"], json!(["3", "4"]));
    assert_eq!(note["joins"], json!(["3 ≠ 4"]));
    assert_eq!(note["fixes"], json!(["transpose w"]));
    assert_eq!(note["marked"], json!(["x", "w"]));
    assert_eq!(note["spoken"], note["status"]);
    let spoken = note["spoken"].as_str().unwrap_or_default();
    assert!(
        spoken.contains("axis 1 of x, 3 meets axis 0 of w, 4"),
        "{spoken}"
    );
    // Nothing moved, and the picture is that of the last good program.
    assert_eq!(page.run(graph, &[]).await?, places);
    let after = page.picture().await?;
    assert_eq!(after.nodes(), before.nodes());
    after.is_drawn()
}

pub async fn a_fix_is_taken_by_the_keyboard_and_undone(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(GOOD).await?;
    page.type_program(&wrong()).await?;
    note(&page).await?;
    page.focus(".misfit .where").await?;
    let focused = "return root.activeElement.textContent";
    page.press(Key::Tab).await?;
    assert_eq!(page.run(focused, &[]).await?, "×");
    page.press(Key::Tab).await?;
    assert_eq!(page.run(focused, &[]).await?, "transpose w");
    page.press(Key::Enter).await?;
    let picture = page.picture().await?;
    assert_eq!(picture.program(), GOOD);
    assert_eq!(picture.diagnostics(), [] as [Value; 0]);
    is_gone(&page).await?;
    // The focus is at the picture, where the keys of the page go on.
    page.press_holding(Key::Control, "z").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.program(), wrong());
    note(&page).await?;
    page.press_holding(Key::Control, "y").await?;
    assert_eq!(page.picture().await?.program(), GOOD);
    is_gone(&page).await
}

pub async fn shapes_that_broadcast_stand_one_below_the_other(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [[1, 2, 3], [4, 5, 6]]\ny = x / x.sum(axis=1)")
        .await?;
    let seen = note(&page).await?;
    assert_eq!(seen["boxes"], json!(["2", "3", "2"]));
    assert_eq!(seen["joins"], json!(["3 ≠ 2"]));
    assert_eq!(seen["fixes"][0], "keep the axis of x.sum(axis=1)");
    // Those that meet are in one column.
    let columns = page
        .run("return all('.misfit .axis').map((one) => box(one).x)", &[])
        .await?;
    assert_eq!(columns[1], columns[2]);
    assert_ne!(columns[0], columns[1]);
    page.click(".misfit .fixes button").await?;
    let picture = page.picture().await?;
    assert!(picture.program().ends_with("x.sum(axis=1, keepdims=True)"));
    is_gone(&page).await
}

pub async fn a_note_is_closed_and_fits_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    page.set_program(&wrong()).await?;
    note(&page).await?;
    let wide = page
        .run(
            "return [document.documentElement.scrollWidth <= innerWidth,
                all('.misfit .leaf, .misfit button, .misfit .axes').every((one) => {
                    const { x, width } = box(one);
                    return x >= 0 && x + width <= innerWidth;
                })]",
            &[],
        )
        .await?;
    assert_eq!(wide, json!([true, true]));
    page.focus(".misfit .close").await?;
    page.press(Key::Enter).await?;
    let hidden = "root.querySelector('.misfit .leaf').hidden";
    page.until(hidden, &[]).await?;
    // The list below the program still tells.
    assert_eq!(page.texts(".messages li").await?.len(), 1);
    // Another mistake is shown again.
    page.set_program("x = 1\ny = x * sgmoid").await?;
    let seen = note(&page).await?;
    assert_eq!(seen["boxes"], json!([]));
    assert_eq!(seen["fixes"], json!([]));
    assert!(seen["said"].as_str().unwrap_or_default().contains("sgmoid"));
    Ok(())
}

pub async fn a_shape_in_a_program_stays_text(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [1, 2]\ny = x + [1,  # <img src=x onerror='ran=1'>\n 2, 3]")
        .await?;
    note(&page).await?;
    let made = page
        .run("return [all('.misfit img').length, typeof window.ran]", &[])
        .await?;
    assert_eq!(made, json!([0, "undefined"]));
    Ok(())
}
