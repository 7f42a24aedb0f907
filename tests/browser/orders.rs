//! The order of multiplication.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::json;
use thirtyfour::Key;

const OPEN: &str = ".pane-buttons [data-pane=order]";

/// What stands in each row of the ways: what it takes.
async fn work(page: &Page) -> Outcome<Vec<String>> {
    page.texts(".ordering .work").await
}

async fn size(page: &Page, at: usize, size: &str) -> Outcome {
    let script = "const field = all('.ordering .sizes .number')[args[0]];
        field.value = args[1];
        field.dispatchEvent(new Event('input'));";
    page.run(script, &[json!(at), json!(size)]).await?;
    Ok(())
}

pub async fn each_order_says_what_it_takes(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(OPEN).await?;
    let said = work(&page).await?;
    // 1×4 · 4×5 · 5×5 · 5×6, from either side.
    assert_eq!(said[0], "75 multiplications, largest product 24 bytes");
    assert_eq!(said[1], "294 multiplications, largest product 120 bytes");
    assert_eq!(said[2], said[0]);
    // The crossover: one input, and the loss as large as the input was.
    for (at, to) in [(0, "1"), (4, "6")] {
        size(&page, at, to).await?;
    }
    let said = work(&page).await?;
    assert!(said[1].starts_with("69 multiplications"), "{said:?}");
    assert!(said[0].starts_with("300 multiplications"), "{said:?}");
    let sentence = page.texts(".ordering .said").await?;
    let expected = "Forward mode takes 4.35 times fewer multiplications than reverse mode. \
                    No order takes fewer.";
    assert_eq!(sentence, [expected]);
    Ok(())
}

pub async fn the_products_are_made_one_by_one(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(OPEN).await?;
    let names = "return all('.ordering .factor .name').map((one) => one.textContent)";
    assert_eq!(page.run(names, &[]).await?, json!(["J₄", "J₃", "J₂", "J₁"]));
    page.click(".ordering .player .icon:last-of-type").await?;
    assert_eq!(page.run(names, &[]).await?, json!(["J₄J₃", "J₂", "J₁"]));
    let told = page.texts(".ordering .told").await?;
    assert_eq!(told, ["product 1 of 3: 1 × 4 × 5 = 20"]);
    Ok(())
}

/// By the keys alone: two neighbours are multiplied where the reader wants it.
pub async fn an_order_is_made_by_hand(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(OPEN).await?;
    page.run("all('.ordering .gap')[1].focus()", &[]).await?;
    let label = "return root.activeElement.getAttribute('aria-label')";
    assert_eq!(
        page.run(label, &[]).await?,
        json!("multiply J₃ (4×5) by J₂ (5×5)")
    );
    page.press(Key::Enter).await?;
    let said = work(&page).await?;
    assert_eq!(said[3], "100 multiplications, largest product 80 bytes");
    assert_eq!(
        page.run(label, &[]).await?,
        json!("multiply J₃J₂ (4×5) by J₁ (5×6)")
    );
    page.press(Key::Enter).await?;
    page.press(Key::Enter).await?;
    let said = work(&page).await?;
    // 4·5·5 + 4·5·6 + 1·4·6
    assert!(said[3].starts_with("244 multiplications"), "{said:?}");
    Ok(())
}

pub async fn the_programs_chain_is_taken_and_the_pane_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("ReLU of a vector").await?;
    page.click(OPEN).await?;
    let offered = "return !root.querySelector('.ordering .offered').hidden";
    // x → z is no product.
    assert_eq!(page.run(offered, &[]).await?, json!(false));
    page.type_program("x = [1, 2, 3]\nh = tanh(x)\nL = sum(h)")
        .await?;
    assert_eq!(page.run(offered, &[]).await?, json!(true));
    page.click(".ordering .offered").await?;
    let sizes = "return all('.ordering .sizes .number').map((one) => Number(one.value))";
    assert_eq!(page.run(sizes, &[]).await?, json!([3, 3, 1]));
    let state = page.run("return element.state.pane", &[]).await?;
    assert_eq!(state, json!("order"));
    page.run("element.state = { ...element.state, pane: null }", &[])
        .await?;
    let hidden = page
        .run("return root.querySelector('.stage > .pane').hidden", &[])
        .await?;
    assert_eq!(hidden, json!(true));
    Ok(())
}
