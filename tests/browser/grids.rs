//! Tensors edited as grids of cells.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The lecture's product of matrices.
const PRODUCT: &str = "x = [[2, 1, -3], [-3, 4, 2]]\n\
    w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]\n\
    y = x @ w\n\
    L = sum(y)";

/// The grid of an input.
fn grid(key: &str) -> String {
    format!("li[data-key='{key}'] [role=grid]")
}

/// A cell of it, counted from 1.
fn cell(key: &str, row: usize, column: usize) -> String {
    format!(
        "{} [aria-rowindex='{row}'] > [aria-colindex='{column}']",
        grid(key)
    )
}

async fn open(browser: &Browser, program: &str) -> Outcome<Page> {
    let page = browser.open("/").await?;
    page.set_program(program).await?;
    Ok(page)
}

/// The value of a name.
async fn value(page: &Page, name: &str) -> Outcome<Value> {
    let picture = page.picture().await?;
    Ok(picture.node(name)?["value"].clone())
}

/// The texts of the cells of a grid, row by row.
async fn cells(page: &Page, key: &str) -> Outcome<Vec<String>> {
    page.texts(&format!("{} [role=gridcell]", grid(key))).await
}

/// Copies, cuts or pastes where the focus is, and returns what is on the clipboard after it.
/// Firefox gives an event that a script made a clipboard of its own.
const CLIPBOARD: &str = "
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', args[1]);
    const event = new ClipboardEvent(args[0], { bubbles: true, cancelable: true, composed: true });
    Object.defineProperty(event, 'clipboardData', { value: clipboardData });
    root.activeElement.dispatchEvent(event);
    return clipboardData.getData('text/plain')";

/// Puts a text in where the focus is, as the clipboard does.
async fn paste(page: &Page, text: &str) -> Outcome {
    page.run(CLIPBOARD, &[json!("paste"), json!(text)]).await?;
    Ok(())
}

/// What would go to the clipboard.
async fn copied(page: &Page, kind: &str) -> Outcome<Value> {
    page.run(CLIPBOARD, &[json!(kind), json!("")]).await
}

/// Gives a field another text, as a reader who leaves it.
async fn give_shape(page: &Page, name: &str, shape: &str) -> Outcome {
    let field = format!("input[aria-label='shape of {name}']");
    page.focus(&field).await?;
    page.run("root.activeElement.select()", &[]).await?;
    page.press(shape.to_owned() + Key::Enter).await
}

/// What an account says, and its buttons.
async fn account(page: &Page, key: &str) -> Outcome<Value> {
    let script = "const one = root.querySelector(`li[data-key='${args[0]}'] .account`);
        return { said: [...one.querySelectorAll('p, li')].map((part) => part.textContent),
            buttons: [...one.querySelectorAll('button')].map((part) => part.textContent) }";
    page.run(script, &[json!(key)]).await
}

async fn click_button(page: &Page, key: &str, name: &str) -> Outcome {
    let script = "const all = [...root.querySelectorAll(`li[data-key='${args[0]}'] button`)];
        const one = all.find((one) => one.textContent === args[1] && one.checkVisibility());
        one?.click();
        return one !== undefined";
    let found = page.run(script, &[json!(key), json!(name)]).await?;
    assert_eq!(found, true, "{name}");
    Ok(())
}

pub async fn keys_walk_and_type(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    page.focus(&grid("x")).await?;
    let active = "return root.getElementById(root.activeElement.getAttribute('aria-activedescendant')).textContent";
    assert_eq!(page.run(active, &[]).await?, "2");
    page.press(Key::Right + Key::Down).await?;
    assert_eq!(page.run(active, &[]).await?, "4");
    // A digit starts to write, and holds at once.
    page.press("7").await?;
    assert_eq!(value(&page, "x").await?, json!([[2, 1, -3], [-3, 7, 2]]));
    page.press(".5").await?;
    page.press(Key::Enter).await?;
    assert_eq!(value(&page, "x").await?, json!([[2, 1, -3], [-3, 7.5, 2]]));
    let y = value(&page, "y").await?;
    assert_eq!(y[1], json!([12, 5.5, 21.5, 14]));
    page.picture().await?.is_drawn()?;
    // Enter opens what is there, and goes on below; Tab goes on beside.
    page.press(Key::Home).await?;
    page.press(Key::Up + Key::Enter).await?;
    let typed = "return [root.activeElement.value, root.activeElement.ariaLabel]";
    assert_eq!(page.run(typed, &[]).await?, json!(["2", "x[0, 0]"]));
    page.press("0" + Key::Enter + "-6").await?;
    page.press(Key::Tab + "8").await?;
    page.press(Key::Tab + "").await?;
    assert_eq!(value(&page, "x").await?, json!([[0, 1, -3], [-6, 8, 2]]));
    assert_eq!(cells(&page, "x").await?, ["0", "1", "−3", "−6", "8", "2"]);
    // The edges hold, and Tab leaves the grid.
    page.press(Key::Down + Key::Right + Key::Right).await?;
    assert_eq!(page.run(active, &[]).await?, "2");
    page.press(Key::Tab + "").await?;
    let inside = "return root.activeElement.closest('[role=grid]') === null";
    assert_eq!(page.run(inside, &[]).await?, true);
    Ok(())
}

pub async fn escape_gives_the_number_back(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    page.double_click(&cell("w", 2, 3)).await?;
    page.press("25").await?;
    assert_eq!(value(&page, "w").await?[1], json!([2, 1, 25, 2]));
    page.press(Key::Escape).await?;
    assert_eq!(value(&page, "w").await?[1], json!([2, 1, 3, 2]));
    assert_eq!(cells(&page, "w").await?[6], "3");
    let undo = page.find(".undo").await?;
    assert_eq!(undo.attr("aria-disabled").await?.as_deref(), Some("true"));
    Ok(())
}

pub async fn keys_and_a_drag_scrub_a_number(browser: &Browser) -> Outcome {
    let page = open(
        browser,
        "v = [1, 2]  #: range -10 10 step 0.5\nf = sum(v * v)",
    )
    .await?;
    page.focus(&grid("v")).await?;
    page.press_holding(Key::Alt, Key::Up + Key::Up + Key::Down)
        .await?;
    assert_eq!(value(&page, "v").await?, json!([1.5, 2]));
    page.run(
        "window.seen = [];
        element.addEventListener('backflow-change', () => seen.push(element.snapshot().nodes
            .find(({ name }) => name === 'f').value))",
        &[],
    )
    .await?;
    page.drag(&cell("v", 1, 2), &[(4, 0), (4, 1), (-2, 0)])
        .await?;
    assert_eq!(value(&page, "v").await?, json!([1.5, 5]));
    // What follows is there at each move.
    assert_eq!(
        page.run("return seen", &[]).await?,
        json!([18.25, 38.25, 27.25])
    );
    assert_eq!(cells(&page, "v").await?, ["1.5", "5"]);
    // One step each to undo.
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(value(&page, "v").await?, json!([1.5, 2]));
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(value(&page, "v").await?, json!([1, 2]));
    Ok(())
}

pub async fn a_range_is_copied_and_pasted(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    page.focus(&grid("w")).await?;
    page.press(Key::Right + "").await?;
    page.press_holding(Key::Shift, Key::Down + Key::Right)
        .await?;
    let chosen = page.texts("li[data-key=w] [aria-selected=true]").await?;
    assert_eq!(chosen, ["2", "1", "1", "3"]);
    assert_eq!(copied(&page, "copy").await?, "2\t1\n1\t3");
    page.press_holding(Key::Control, Key::Home).await?;
    paste(&page, "2\t1\n1\t3").await?;
    let pasted = json!([[2, 1, 1, -1], [1, 3, 3, 2], [3, 2, 1, -2]]);
    assert_eq!(value(&page, "w").await?, pasted);
    // One number fills what is chosen, and Delete sets it to 0.
    page.press_holding(Key::Shift, Key::Right).await?;
    paste(&page, "0.1").await?;
    assert_eq!(value(&page, "w").await?[0], json!([0.1, 0.1, 1, -1]));
    page.press(Key::Delete).await?;
    assert_eq!(value(&page, "w").await?[0], json!([0, 0, 1, -1]));
    page.press(Key::End).await?;
    assert_eq!(copied(&page, "cut").await?, "-1");
    assert_eq!(value(&page, "w").await?[0], json!([0, 0, 1, 0]));
    // All digits go out.
    page.set_input(
        "w",
        json!([[0.123_456_789_1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
    )
    .await?;
    page.press(Key::Home).await?;
    assert_eq!(copied(&page, "copy").await?, "0.1234567891");
    // What may be one number or two changes nothing where one is chosen.
    let before = value(&page, "w").await?;
    paste(&page, "1,5").await?;
    assert_eq!(value(&page, "w").await?, before);
    assert_eq!(
        page.texts("li[data-key=w] .account p").await?,
        ["'1,5' may be one number or two: write 1.5 for one, 1, 5 for two."]
    );
    paste(&page, "1, 5").await?;
    assert_eq!(value(&page, "w").await?[0], json!([1, 5, 0, 0]));
    // A text of many numbers that is put in while one is typed is for the grid.
    page.press("5").await?;
    paste(&page, "1\t2\n3\t4").await?;
    assert_eq!(value(&page, "w").await?[0], json!([1, 2, 0, 0]));
    page.picture().await?.is_drawn()
}

pub async fn every_format_is_pasted(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    let matrix = json!([[1.5, -2, 3], [0, 0.25, 1000]]);
    for text in [
        "1.5\t-2\t3\r\n0\t0.25\t1000\r\n",
        "1,5\t−2\t3\n0\t0,25\t1000",
        "1.5,-2,3\n0,.25,1e3",
        "1,5;-2;3\n0;0,25;1000",
        "[[1.5, -2, 3], [0, 0.25, 1_000]]",
        "[[ 1.50e+00 -2.00e+00  3.00e+00]\n [ 0.00e+00  2.50e-01  1.00e+03]]",
        "array([[   1.5 ,   -2.  ,    3.  ],\n       [   0.  ,    0.25, 1000.  ]], dtype=float32)",
        "tensor([[1.5, -2., 3.],\n        [0., 0.25, 1000.]], device='cuda:0', requires_grad=True)",
        "tensor([[1.5, -2., 3.], [0., 0.25, 1000.]], grad_fn=<AddBackward0>)",
        "1.5 -2 3\n0 0.25 1000",
        "[1.5 -2 3; 0 0.25 1000]",
    ] {
        page.set_input("x", json!([[9, 9, 9], [9, 9, 9]])).await?;
        page.focus(&grid("x")).await?;
        paste(&page, text).await?;
        assert_eq!(value(&page, "x").await?, matrix, "{text}");
    }
    // From the field for texts too, by a button or by whom the picture tells.
    page.set_input("x", json!([[9, 9, 9], [9, 9, 9]])).await?;
    click_button(&page, "x", "⋯").await?;
    page.focus("li[data-key=x] textarea").await?;
    page.run(
        "root.activeElement.value = args[0]",
        &[json!("[[1.5, -2, 3], [0, 0.25, 1000]]")],
    )
    .await?;
    click_button(&page, "x", "Insert").await?;
    assert_eq!(value(&page, "x").await?, matrix);
    page.picture().await?.is_drawn()
}

pub async fn what_cannot_be_pasted_is_told(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    page.focus(&grid("x")).await?;
    paste(&page, "[[0. 1. ... 9.]]").await?;
    let told = account(&page, "x").await?;
    let said = told["said"][0].as_str().unwrap_or_default();
    assert!(
        said.starts_with("This cannot be inserted: the text leaves numbers out"),
        "{said}"
    );
    paste(&page, "[[1, 2, 3], [4, 5]]").await?;
    let told = account(&page, "x").await?;
    assert_eq!(
        told["said"],
        json!(["This cannot be inserted: row 2 has 2 numbers, row 1 has 3."])
    );
    // Markup stays text.
    paste(&page, "<img src=x onerror=alert(1)>").await?;
    assert_eq!(page.run("return all('img').length", &[]).await?, 0);
    click_button(&page, "x", "OK").await?;
    assert_eq!(account(&page, "x").await?["said"], json!([]));
    assert_eq!(value(&page, "x").await?, json!([[2, 1, -3], [-3, 4, 2]]));
    Ok(())
}

pub async fn a_shape_that_breaks_nothing_is_taken_at_once(browser: &Browser) -> Outcome {
    let page = open(
        browser,
        "x = [[1, 2], [3, 4]]  #: fixed\nf = sum(x * x)  # all",
    )
    .await?;
    page.set_input("x", json!([[1, 2], [3, 5]])).await?;
    click_button(&page, "x", "⋯").await?;
    page.click("button[aria-label='columns: one more']").await?;
    let picture = page.picture().await?;
    // The numbers that were given are what is kept.
    assert_eq!(
        picture.program(),
        "x = [[1, 2, 0], [3, 5, 0]]  #: fixed\nf = sum(x * x)  # all"
    );
    assert_eq!(picture.value("f")?, 39.0);
    assert_eq!(cells(&page, "x").await?, ["1", "2", "0", "3", "5", "0"]);
    // The button stays, with the focus.
    let label = page.run("return root.activeElement.ariaLabel", &[]).await?;
    assert_eq!(label, "columns: one more");
    page.press(Key::Enter).await?;
    page.click("button[aria-label='rows: one less']").await?;
    assert_eq!(value(&page, "x").await?, json!([[1, 2, 0, 0]]));
    for shape in ["(3, 2)", "3x2", "3×2", "[3,2]", "3 2"] {
        give_shape(&page, "x", "1").await?;
        give_shape(&page, "x", shape).await?;
        assert_eq!(value(&page, "x").await?, json!([[1, 0], [0, 0], [0, 0]]));
    }
    // What is no shape changes nothing.
    let shown = "return root.activeElement.value";
    give_shape(&page, "x", "").await?;
    assert_eq!(page.run(shown, &[]).await?, "3×2");
    for shape in [
        "0x2", "-1", "a", "1.5", "2××3", "2e1", "1/2", "(2, 3", "2×−3",
    ] {
        give_shape(&page, "x", shape).await?;
        assert_eq!(value(&page, "x").await?, json!([[1, 0], [0, 0], [0, 0]]));
        let said = page.texts(".refusal").await?;
        let expected = format!(
            "'{shape}' is not a shape: write whole numbers with × between, such as 2×3. x stays 3×2."
        );
        assert_eq!(said, [expected]);
        let invalid = page
            .run("return root.activeElement.ariaInvalid", &[])
            .await?;
        assert_eq!(invalid, "true");
        page.press(Key::Escape).await?;
        assert_eq!(page.run(shown, &[]).await?, "3×2");
        assert_eq!(page.texts(".refusal").await?.len(), 0);
    }
    give_shape(&page, "x", "99999x99999").await?;
    let told = account(&page, "x").await?;
    assert_eq!(
        told["said"],
        json!(["(3, 2) → (99999, 99999): the program would be longer than 1 MiB."])
    );
    assert_eq!(told["buttons"], json!(["OK"]));
    page.picture().await?.is_drawn()
}

pub async fn a_shape_that_breaks_something_gives_an_account_first(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    give_shape(&page, "x", "2x4").await?;
    let told = account(&page, "x").await?;
    let said = told["said"].as_array().ok_or("nothing is said")?;
    assert_eq!(said[0], "(2, 3) → (2, 4) breaks 1 line:");
    let line = said[1].as_str().unwrap_or_default();
    for part in [
        "line 3: ",
        "y = x @ w",
        "cannot multiply (2, 4) @ (3, 4): the inner sizes 4 and 3 differ",
    ] {
        assert!(line.contains(part), "{line}");
    }
    // Until it is answered nothing is changed.
    assert_eq!(page.picture().await?.program(), PRODUCT);
    click_button(&page, "x", "Keep (2, 3)").await?;
    assert_eq!(account(&page, "x").await?["buttons"], json!([]));
    assert_eq!(page.picture().await?.program(), PRODUCT);
    give_shape(&page, "x", "2x4").await?;
    click_button(&page, "x", "Resize anyway").await?;
    let picture = page.picture().await?;
    let program = picture.program();
    assert!(
        program.starts_with("x = [[2, 1, -3, 0], [-3, 4, 2, 0]]\n"),
        "{program}"
    );
    assert_eq!(picture.diagnostics().len(), 1);
    // The other one follows, in the text as it is, and all is well again.
    give_shape(&page, "w", "4x4").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.diagnostics().len(), 0);
    assert_eq!(
        picture.node("y")?["value"],
        json!([[-1, -1, 2, 6], [5, 2, 11, 7]])
    );
    assert_eq!(picture.node("w")?["shape"], json!([4, 4]));
    picture.is_drawn()
}

pub async fn a_text_of_another_shape_offers_it(browser: &Browser) -> Outcome {
    let page = open(browser, "x = [[1, 2], [3, 4]]\nf = sum(x * x)").await?;
    page.focus(&grid("x")).await?;
    paste(&page, "[[1, 2, 3], [4, 5, nan]]").await?;
    let told = account(&page, "x").await?;
    assert_eq!(told["said"], json!(["The text is (2, 3), x is (2, 2)."]));
    assert_eq!(told["buttons"], json!(["Resize to (2, 3)", "Keep (2, 2)"]));
    click_button(&page, "x", "Resize to (2, 3)").await?;
    // What no program can write is there all the same.
    assert_eq!(value(&page, "x").await?, json!([[1, 2, 3], [4, 5, "NaN"]]));
    page.set_program(PRODUCT).await?;
    page.focus(&grid("x")).await?;
    paste(&page, "1 2\n3 4\n5 6").await?;
    let told = account(&page, "x").await?;
    let said = told["said"][0].as_str().unwrap_or_default();
    assert_eq!(
        said,
        "The text is (3, 2), x is (2, 3). (3, 2) breaks 1 line:"
    );
    click_button(&page, "x", "Keep (2, 3)").await?;
    assert_eq!(page.picture().await?.program(), PRODUCT);
    // A row fits into a matrix from a cell on, a column into a vector as its elements.
    paste(&page, "[7, 8, 9]").await?;
    assert_eq!(value(&page, "x").await?, json!([[7, 8, 9], [-3, 4, 2]]));
    page.set_program("v = [1, 2]\nf = sum(v)").await?;
    page.focus(&grid("v")).await?;
    paste(&page, "5\n6\n").await?;
    assert_eq!(value(&page, "v").await?, json!([5, 6]));
    Ok(())
}

pub async fn each_edit_is_undone_and_redone(browser: &Browser) -> Outcome {
    let page = open(browser, "x = [[1, 2], [3, 4]]\nf = sum(x * x)").await?;
    let state = async || -> Outcome<Value> {
        let picture = page.picture().await?;
        picture.is_drawn()?;
        Ok(json!([picture.program(), picture.node("x")?["value"]]))
    };
    let mut states = vec![state().await?];
    page.focus(&grid("x")).await?;
    page.press("9" + Key::Enter).await?;
    states.push(state().await?);
    page.press_holding(Key::Alt, Key::Up).await?;
    states.push(state().await?);
    page.drag(&cell("x", 2, 2), &[(10, 0), (10, 0)]).await?;
    states.push(state().await?);
    paste(&page, "6").await?;
    states.push(state().await?);
    page.press(Key::Delete).await?;
    states.push(state().await?);
    click_button(&page, "x", "⋯").await?;
    click_button(&page, "x", "identity").await?;
    states.push(state().await?);
    give_shape(&page, "x", "2x3").await?;
    states.push(state().await?);
    page.click("button[aria-label='rows: one more']").await?;
    states.push(state().await?);
    page.click("button[aria-label='rows: one more']").await?;
    states.push(state().await?);
    for (at, one) in states.iter().enumerate() {
        assert!(!states[..at].contains(one), "{states:?}");
    }
    for expected in states.iter().rev().skip(1) {
        page.press_holding(Key::Control, "z").await?;
        assert_eq!(state().await?, *expected);
    }
    for expected in &states[1..] {
        page.press_holding(Key::Control, "y").await?;
        assert_eq!(state().await?, *expected);
    }
    Ok(())
}

pub async fn the_upstream_gradient_is_edited_as_a_grid(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT.trim_end_matches("\nL = sum(y)")).await?;
    page.focus("li.upstream [role=grid]").await?;
    paste(&page, "2 3 -3 9\n-8 1 4 6").await?;
    let gradient = async || -> Outcome<Value> {
        let picture = page.picture().await?;
        picture.is_drawn()?;
        Ok(picture.node("x")?["gradient"].clone())
    };
    assert_eq!(gradient().await?, json!([[0, 16, -9], [-24, 9, -30]]));
    // It has the output's shape, and keeps it.
    paste(&page, "1 2 3\n4 5 6\n7 8 9").await?;
    let told = page.texts("li.upstream .account p").await?;
    assert_eq!(told, ["The text is (3, 3), upstream is (2, 4)."]);
    assert_eq!(gradient().await?, json!([[0, 16, -9], [-24, 9, -30]]));
    let read_only = "return root.querySelector('li.upstream .size').readOnly";
    assert_eq!(page.run(read_only, &[]).await?, true);
    click_button(&page, "∂", "ones").await?;
    assert_eq!(gradient().await?, json!([[5, 8, 4], [5, 8, 4]]));
    let script = "return getComputedStyle(root.querySelector('li.upstream .cell')).color
        === getComputedStyle(root.querySelector('.picture .gradient')).fill";
    assert_eq!(page.run(script, &[]).await?, true);
    Ok(())
}

pub async fn a_large_grid_has_the_cells_in_sight_alone(browser: &Browser) -> Outcome {
    let row = |i: usize| {
        let numbers: Vec<String> = (0..30).map(|j| (100 * i + j).to_string()).collect();
        format!("[{}]", numbers.join(", "))
    };
    let rows: Vec<String> = (0..50).map(row).collect();
    let page = open(
        browser,
        &format!("w = [{}]\nf = sum(w)", rows.join(",\n     ")),
    )
    .await?;
    let there = "const grid = root.querySelector('li[data-key=w] [role=grid]');
        const at = root.getElementById(grid.getAttribute('aria-activedescendant'));
        const [inner, outer] = [at, grid.closest('.sheet')].map((one) => one.getBoundingClientRect());
        return { count: grid.querySelectorAll('[role=gridcell]').length, text: at.textContent,
            seen: inner.left >= outer.left && inner.right <= outer.right
                && inner.top >= outer.top && inner.bottom <= outer.bottom,
            size: [grid.ariaRowCount, grid.ariaColCount] }";
    page.focus(&grid("w")).await?;
    let mut seen = page.run(there, &[]).await?;
    assert_eq!(seen["text"], "0");
    assert_eq!(seen["size"], json!(["50", "30"]));
    for (key, text) in [
        (Key::End + "", "29"),
        (Key::PageDown + Key::PageDown, "2029"),
        (Key::Home + Key::Up, "1900"),
        (Key::Right + Key::Right, "1902"),
    ] {
        page.press(key).await?;
        seen = page.run(there, &[]).await?;
        assert_eq!((&seen["text"], &seen["seen"]), (&json!(text), &json!(true)));
        assert!(seen["count"].as_u64() <= Some(13 * 9), "{seen}");
    }
    page.press("-1" + Key::Enter).await?;
    assert_eq!(value(&page, "w").await?[19][2], -1);
    // What scrolls into sight is as it is now, and so are the headers.
    page.press_holding(Key::Control, Key::Home).await?;
    page.set_input("w", json!(vec![vec![5; 30]; 50])).await?;
    page.press_holding(Key::Control, Key::End).await?;
    seen = page.run(there, &[]).await?;
    assert_eq!((&seen["text"], &seen["seen"]), (&json!("5"), &json!(true)));
    let heads = "return ['.across', '.down'].map((css) => root.querySelector(`li[data-key=w] ${css}`).lastChild.textContent)";
    assert_eq!(page.run(heads, &[]).await?, json!(["29", "49"]));
    Ok(())
}

pub async fn a_stack_shows_one_sheet(browser: &Browser) -> Outcome {
    let page = open(
        browser,
        "x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\nf = sum(x * x)",
    )
    .await?;
    assert_eq!(cells(&page, "x").await?, ["1", "2", "3", "4"]);
    let sheet = page
        .find("input[aria-label='index of x along axis 0']")
        .await?;
    page.type_over(&sheet, "1").await?;
    assert_eq!(cells(&page, "x").await?, ["5", "6", "7", "8"]);
    page.focus(&grid("x")).await?;
    page.press("0" + Key::Enter).await?;
    assert_eq!(
        value(&page, "x").await?,
        json!([[[1, 2], [3, 4]], [[0, 6], [7, 8]]])
    );
    page.press(Key::Up + "").await?;
    paste(&page, "1 1\n1 1").await?;
    assert_eq!(
        value(&page, "x").await?,
        json!([[[1, 2], [3, 4]], [[1, 1], [1, 1]]])
    );
    Ok(())
}

pub async fn a_change_writes_what_differs_alone(browser: &Browser) -> Outcome {
    let names: Vec<String> = (0..20).map(|i| format!("w{i}")).collect();
    let matrix = format!("[{}]", ["[1, 2, 3, 4, 5, 6, 7, 8]"; 8].join(", "));
    let inputs: Vec<String> = names.iter().map(|n| format!("{n} = {matrix}\n")).collect();
    let program = format!("{}f = sum({})", inputs.concat(), names.join(" + "));
    let page = open(browser, &program).await?;
    let written = "const records = [];
        const observer = new MutationObserver((more) => records.push(...more));
        observer.observe(root.querySelector('.inputs'),
            { subtree: true, childList: true, characterData: true, attributes: true });
        const before = element.snapshot().nodes.find(({ name }) => name === 'w7').value;
        before[3][4] = 0.5;
        element.setInput('w7', before);
        records.push(...observer.takeRecords());
        return records.map(({ type, target }) => [type, target.textContent])";
    assert_eq!(
        page.run(written, &[]).await?,
        json!([["characterData", "0.5"]])
    );
    Ok(())
}

pub async fn a_link_keeps_the_numbers(browser: &Browser) -> Outcome {
    let page = open(browser, PRODUCT).await?;
    page.focus(&grid("x")).await?;
    paste(&page, "1 2 3\n4 5 6").await?;
    let link = page
        .run("return structuredClone(element.state)", &[])
        .await?;
    assert_eq!(link["values"], json!({ "x": [1, 2, 3, 4, 5, 6] }));
    page.set_program("x = 1").await?;
    page.run("element.state = args[0]", &[link]).await?;
    assert_eq!(value(&page, "x").await?, json!([[1, 2, 3], [4, 5, 6]]));
    assert_eq!(cells(&page, "x").await?, ["1", "2", "3", "4", "5", "6"]);
    Ok(())
}

pub async fn fingers_scroll_choose_and_drag(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = open(browser, PRODUCT).await?;
    let place = cell("w", 2, 2);
    let size = page
        .run("return box(root.querySelector(args[0]))", &[json!(place)])
        .await?;
    assert!(size["height"].as_f64() >= Some(32.0), "{size}");
    // A finger that goes over a number does not change it.
    let before = value(&page, "w").await?;
    page.swipe(&place, &[(10, 0), (10, 0), (10, 0)]).await?;
    assert_eq!(value(&page, "w").await?, before);
    // One that was chosen it drags.
    page.swipe(&place, &[]).await?;
    page.until("root.activeElement?.matches('[role=grid]')", &[])
        .await?;
    page.swipe(&place, &[(10, 0), (10, 0), (10, 0)]).await?;
    let dragged = value(&page, "w").await?;
    assert_ne!(dragged[1][1], before[1][1]);
    // A second touch of it lets it be typed.
    page.swipe(&place, &[]).await?;
    page.until("root.activeElement?.matches('.in-place')", &[])
        .await?;
    page.press("4" + Key::Enter).await?;
    Ok(())
}
