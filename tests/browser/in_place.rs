//! Where the field stands in which an element of a matrix is typed: over that element.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::json;
use thirtyfour::Key;

const PROGRAM: &str = "W = [[0.1, 0.5, 2], [-0.3, 0.8, 1]]
x = [0.2, 0.4, 1]
b = [0.5, 0.25]

def layer(v):
    return W @ v + b

f = sum(layer(x) ** 2)";

/// The text of an element of an input's grid.
fn element(input: &str, at: usize) -> String {
    format!(
        ".plate[data-of$='{input}'] .face.value > g > text:nth-child({})",
        at + 1
    )
}

/// Clicks elements, one after the other while another one is still typed, and looks where the
/// field and the focus are.
async fn stands(page: &Page) -> Outcome {
    for (input, at, text) in [
        ("W", 0, "0.1"),
        ("W", 5, "1"),
        ("x", 2, "1"),
        ("b", 1, "0.25"),
        ("W", 1, "0.5"),
    ] {
        let element = element(input, at);
        page.click(&element).await?;
        page.until("root.activeElement?.matches('.in-place')", &[])
            .await?;
        let [field, cell] = ["root.activeElement", "root.querySelector(args[0])"];
        let apart = page
            .run(
                &format!(
                    "const middle = ({{ x, y, width, height }}) => [x + width / 2, y + height / 2];
                    const [field, text] = [{field}, {cell}].map((one) => middle(box(one)));
                    return [field[0] - text[0], field[1] - text[1], {field}.value]"
                ),
                &[json!(element)],
            )
            .await?;
        let off = |at: usize| apart[at].as_f64().map_or(f64::INFINITY, f64::abs);
        // A text lies in its line as its letters do.
        assert!(off(0) < 2.0 && off(1) < 4.0, "{element}: {apart}");
        assert_eq!(apart[2], text, "{element}");
    }
    // The element has the focus that the field gives back.
    page.press(Key::Escape).await?;
    let apart = page
        .run(
            "const cell = box(root.activeElement), text = box(root.querySelector(args[0]));
            return [cell.x <= text.x + 1, cell.x + cell.width >= text.x + text.width - 1,
                cell.y <= text.y + text.height / 2, cell.y + cell.height >= text.y + text.height / 2]",
            &[json!(element("W", 1))],
        )
        .await?;
    assert_eq!(apart, json!([true, true, true, true]));
    page.press(Key::Escape).await?;
    Ok(())
}

pub async fn the_field_stands_over_its_element(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(PROGRAM).await?;
    page.until_still().await?;
    stands(&page).await?;
    // Larger than its box, which scrolls; then smaller.
    for (button, times) in [(".larger", 5), (".smaller", 6)] {
        for _ in 0..times {
            page.click(button).await?;
        }
        stands(&page).await?;
    }
    page.click("button[aria-label='Present']").await?;
    page.until("root.querySelector('.presenting') !== null", &[])
        .await?;
    page.until_still().await?;
    stands(&page).await
}

pub async fn the_field_stands_over_its_element_on_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 800)).await?;
    let page = browser.open("/").await?;
    page.set_program(PROGRAM).await?;
    page.until_still().await?;
    stands(&page).await
}
