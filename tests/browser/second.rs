//! Second order: the backward pass as a graph, the Hessian and its product with a vector.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

const OPEN: &str = ".pane-buttons [data-pane=hessian]";

/// Whether the picture says something of every node with a key.
async fn lit(page: &Page) -> Outcome<Value> {
    let lit = "return all('.node.lit').map((one) => one.dataset.key).sort()";
    page.run(lit, &[]).await
}

async fn numbers(page: &Page, css: &str) -> Outcome<Vec<String>> {
    page.texts(css).await
}

pub async fn the_backward_pass_is_drawn_as_a_graph(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let before = page.picture().await?;
    page.click(".tools .derivative").await?;
    page.until_still().await?;
    let picture = page.picture().await?;
    // What was there has the numbers that it had, and its place in the steps.
    for node in before.nodes() {
        let now = picture.nodes().iter().find(|one| one["key"] == node["key"]);
        assert_eq!(now, Some(node));
    }
    let ends: Vec<_> = picture
        .nodes()
        .iter()
        .filter(|node| node["kind"] == "end")
        .collect();
    let told: Vec<_> = ends
        .iter()
        .map(|end| (&end["name"], end["value"].as_f64()))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("∂f/∂x"), Some(-4.0)),
            (&json!("∂f/∂y"), Some(-4.0)),
            (&json!("∂f/∂z"), Some(3.0)),
        ]
    );
    // Gradients are red, as values of their gates too, and no wire has two.
    let red = "const of = (css) => all(css).map((one) => getComputedStyle(one).fill);
        return [of('.wire.derivative .value')[0] === of('.wire:not(.derivative) .gradient')[0],
            all('.wire.derivative .gradient').every((one) => getComputedStyle(one).display === 'none')];";
    assert_eq!(page.run(red, &[]).await?, json!([true, true]));
    // Before the backward pass it is blank.
    page.run("root.querySelector('.scrubber').focus()", &[])
        .await?;
    page.press(Key::Home).await?;
    let blank = "return all('.wire.derivative').every((one) => one.classList.contains('no-value'))";
    assert_eq!(page.run(blank, &[]).await?, json!(true));
    // It is linked, and goes.
    let link = page
        .run("return JSON.stringify(element.state.view)", &[])
        .await?;
    assert!(
        link.as_str()
            .is_some_and(|view| view.contains("\"derivative\":true")),
        "{link}"
    );
    page.click(".tools .derivative").await?;
    page.until_still().await?;
    assert_eq!(page.picture().await?.nodes().len(), before.nodes().len());
    Ok(())
}

pub async fn a_gate_lights_up_with_what_it_mirrors(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(".tools .derivative").await?;
    page.until_still().await?;
    page.focus(".node[data-key='∂x']").await?;
    assert_eq!(lit(&page).await?, json!(["x", "∂x"]));
    // And the reverse: of z both the gate and the end.
    page.focus(".node[data-key='z']").await?;
    assert_eq!(lit(&page).await?, json!(["z", "∂/z", "∂z"]));
    page.focus(".tools button").await?;
    assert_eq!(lit(&page).await?, json!([]));
    Ok(())
}

pub async fn the_lectures_picture_has_a_box_for_each_backward_pass(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Hessian-vector product").await?;
    page.until_still().await?;
    let picture = page.picture().await?;
    picture.is_drawn()?;
    let symbols = page.texts(".node.box .symbol").await?;
    assert_eq!(symbols, ["f1", "f2", "f2′", "f1′"]);
    // L = x⁴/2, so its second derivative is 6 x² = 24, and v is 0.5.
    assert_eq!(picture.gradient("x0")?, 12.0);
    // All of its passes as gates.
    page.click(".tools .derivative").await?;
    page.until_still().await?;
    let symbols = page.texts(".node.box .symbol").await?;
    assert_eq!(symbols.len(), 7, "{symbols:?}");
    let end = page.texts(".wire.derivative[data-to='∂x0'] .value").await?;
    assert_eq!(end, ["12"]);
    Ok(())
}

pub async fn a_program_is_extended_and_taken_back(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let source = "x = [1, 2]  # two\nL = (x ** 3).sum()";
    page.set_program(source).await?;
    page.set_input("x", json!([2, 3])).await?;
    page.click(OPEN).await?;
    page.click(".hessian button.hvp").await?;
    page.until_still().await?;
    let picture = page.picture().await?;
    let program = picture.program().to_owned();
    assert!(program.starts_with(source), "{program}");
    assert!(
        program.contains("v = [1, 0]\ng = grad(L, x)\np = (g * v).sum()"),
        "{program}"
    );
    // At the value that it was given: 6 x v.
    assert_eq!(picture.node("x")?["gradient"], json!([12, 0]));
    page.set_input("v", json!([1, -1])).await?;
    assert_eq!(
        page.picture().await?.node("x")?["gradient"],
        json!([12, -18])
    );
    page.click(".tools .undo").await?;
    assert_eq!(page.picture().await?.program(), source);
    Ok(())
}

pub async fn the_hessian_is_filled_by_products(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [1, 2]\nL = x[0] ** 2 * x[1]").await?;
    page.click(OPEN).await?;
    let entries = numbers(&page, ".hessian .entry").await?;
    assert_eq!(entries, ["4", "2", "2", "0"]);
    let passes = "const passes = root.querySelector('.hessian .passes');
        passes.value = args[0]; passes.dispatchEvent(new Event('input'));";
    page.run(passes, &[json!("1")]).await?;
    assert_eq!(numbers(&page, ".hessian .entry").await?, ["4", "", "2", ""]);
    page.run(passes, &[json!("2")]).await?;
    let v = "const [first, second] = all('.hessian .v .number');
        for (const [field, value] of [[first, 3], [second, -1]]) {
            field.value = value; field.dispatchEvent(new Event('input'));
        }";
    page.run(v, &[]).await?;
    for way in [".hessian .by-matrix", ".hessian .by-product"] {
        assert_eq!(numbers(&page, way).await?, ["10", "6"]);
    }
    // It follows what is edited.
    page.set_input("x", json!([1, 5])).await?;
    let follows = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
        () => done(root.querySelector('.hessian .entry').textContent))))";
    assert_eq!(page.run(follows, &[]).await?, json!("10"));
    // The pane is linked, and shown again.
    let link = page.run("return element.state.pane", &[]).await?;
    assert_eq!(link, json!("hessian"));
    let page = browser
        .open("/#program=x+%3D+5%0AL+%3D+3*(x-2)**2&pane=hessian")
        .await?;
    let step = page.texts(".hessian .number-line .end").await?.join("");
    assert!(step.contains("x − g/h = 2"), "{step}");
    // Where the second derivative is 0 there is no step, and no ∞ either.
    let page = browser
        .open("/#program=x+%3D+5%0AL+%3D+3*x&pane=hessian")
        .await?;
    let step = page.run(
        "const step = root.querySelector('.hessian .step');
        return [step.querySelector('.formula').textContent.includes('∞'),
            step.querySelector('.caption').checkVisibility(),
            step.querySelector('.number-line').checkVisibility()]",
        &[],
    );
    assert_eq!(step.await?, json!([false, true, false]));
    Ok(())
}

pub async fn what_cannot_be_done_is_said(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let source = "x = [1, 2]\ny = x ** 2";
    page.set_program(source).await?;
    page.click(OPEN).await?;
    page.click(".hessian button.penalty").await?;
    let said = page.texts(".hessian .said").await?.join("");
    assert!(said.starts_with("the output has shape (2,)"), "{said}");
    assert_eq!(page.picture().await?.program(), source);
    // A Hessian of a hundred rows is told, not shown.
    let many = format!("x = [{}]\nL = (x ** 3).sum()", vec!["1"; 100].join(", "));
    page.set_program(&many).await?;
    page.click(OPEN).await?;
    assert_eq!(page.texts(".hessian .entry").await?.len(), 0);
    let whole = page.texts(".hessian .whole").await?.join("");
    assert!(whole.contains("10,000 numbers in 100 passes"), "{whole}");
    Ok(())
}
