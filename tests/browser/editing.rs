//! Programs: typed, chosen and edited.

use backflow::{Outcome, browser::Browser, page::Page, picture::shown};
use serde_json::{Value, json};
use thirtyfour::Key;

pub async fn typing_a_program_makes_its_graph(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.type_program("a = 3\nb = 2\n\nsquare = a * a\nloss = square + exp(b - 2)\n")
        .await?;
    let picture = page.picture().await?;
    assert_eq!(
        picture.program(),
        "a = 3\nb = 2\n\nsquare = a * a\nloss = square + exp(b - 2)\n"
    );
    assert_eq!(picture.gates(), ["mul", "sub", "exp", "add"]);
    assert_eq!(picture.value("loss")?, 10.0);
    assert_eq!(picture.gradient("a")?, 6.0);
    assert_eq!(picture.gradient("b")?, 1.0);
    // Both operands of the square are drawn.
    let a = picture.node("a")?["key"].as_str().unwrap_or_default();
    assert_eq!(
        picture.wires.iter().filter(|wire| wire.from == a).count(),
        2
    );
    picture.is_drawn()
}

pub async fn the_neuron_of_the_menu_has_the_numbers_of_the_lecture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    let picture = page.picture().await?;
    let hundredths =
        |text: &str| Ok::<_, Box<dyn std::error::Error>>((shown(text)? * 100.0).round() / 100.0);
    for (name, value, gradient) in [
        ("w0", 2.0, -0.20),
        ("x0", -1.0, 0.39),
        ("w1", -3.0, -0.39),
        ("x1", -2.0, -0.59),
        ("w2", -3.0, 0.20),
        ("f", 0.73, 1.0),
    ] {
        let wire = picture.wire(name)?;
        let numbers = (hundredths(&wire.value)?, hundredths(&wire.gradient)?);
        assert_eq!(numbers, (value, gradient), "{name}");
    }
    // Along the chain, gate by gate.
    let mut gates = Vec::new();
    for node in picture.nodes().iter().filter(|node| node["kind"] == "gate") {
        let wire = picture.wires.iter().find(|wire| node["key"] == *wire.from);
        let wire = wire.ok_or("a gate has no wire")?;
        gates.push((hundredths(&wire.value)?, hundredths(&wire.gradient)?));
    }
    let expected = [
        (-2.0, 0.20),
        (6.0, 0.20),
        (4.0, 0.20),
        (1.0, 0.20),
        (-1.0, -0.20),
        (0.37, -0.53),
        (1.37, -0.53),
        (0.73, 1.0),
    ];
    assert_eq!(gates, expected);
    picture.is_drawn()
}

/// The examples that begin with an upstream gradient, and the classifier's numbers.
pub async fn examples_have_the_upstream_of_the_lecture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("One gate seen close: f(x, y)").await?;
    let picture = page.picture().await?;
    // 5 arrives; 2xy and x² are known at the gate; what leaves are the products.
    assert_eq!(picture.value("z")?, 18.0);
    let gradients = ["z", "x", "y"].map(|name| picture.gradient(name));
    assert_eq!(gradients.map(Result::ok), [5.0, 60.0, 45.0].map(Some));
    assert_eq!(picture.node("z")?["kind"], "box");
    page.choose("ReLU of a vector").await?;
    let picture = page.picture().await?;
    picture.is_drawn()?;
    let rows = "return all('.plate .face').map((face) =>
        [...face.querySelectorAll('.face > g > text')].map((one) => one.textContent).join(' '))";
    let expected = ["1 −2 3 −1", "4 0 5 0", "1 0 3 0", "4 −1 5 9"];
    assert_eq!(page.run(rows, &[]).await?, json!(expected));
    page.choose("Matrix product").await?;
    let picture = page.picture().await?;
    let gradient = json!([[0, 16, -9], [-24, 9, -30]]);
    assert_eq!(picture.node("x")?["gradient"], gradient);
    page.choose("Linear classifier").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.node("s")?["gradient"], json!([-2, 1, 1]));
    assert!((picture.value("L")? - 6.97525).abs() < 1e-12);
    // Another example begins with its own.
    page.choose("f = (x + y) z").await?;
    assert_eq!(page.picture().await?.gradient("f")?, 1.0);
    Ok(())
}

pub async fn a_moved_value_survives_an_edit_elsewhere(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.slider("y").await?.send_keys(Key::Up + Key::Up).await?;
    let moved = page.picture().await?.value("y")?;
    assert_ne!(moved, 5.0);
    page.type_on("\ng = f * 2").await?;
    let picture = page.picture().await?;
    assert_eq!(picture.value("y")?, moved);
    assert_eq!(picture.value("g")?, (moved - 2.0) * -4.0 * 2.0);
    picture.is_drawn()
}

pub async fn a_literal_that_is_changed_takes_effect(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let slider = page.slider("x").await?;
    slider.send_keys(Key::Up).await?;
    assert_ne!(page.picture().await?.value("x")?, -2.0);
    // The caret goes to the end of `x = -2`.
    page.focus("textarea").await?;
    page.press_holding(Key::Control, Key::Home).await?;
    page.press(Key::End + "5").await?;
    let picture = page.picture().await?;
    assert!(
        picture.program().starts_with("x = -25\n"),
        "{}",
        picture.program()
    );
    assert_eq!(picture.value("x")?, -25.0);
    assert_eq!(picture.value("f")?, 80.0);
    assert_eq!(Page::number(&page.field("x").await?).await?, -25.0);
    picture.is_drawn()
}

pub async fn an_edit_keeps_the_elements_of_what_stays(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let kept = page
        .run(
            "const nodes = () => new Map(all('g.node').map((one) => [one.dataset.key, one]));
            const before = nodes();
            element.program = args[0];
            const after = nodes();
            return [...before].map(([key, one]) => [key, after.get(key) === one])",
            &[json!("x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z + 1")],
        )
        .await?;
    let kept = kept.as_array().ok_or("no nodes were drawn")?;
    assert_eq!(kept.len(), 5);
    let gone: Vec<&Value> = kept.iter().filter(|one| one[1] == false).collect();
    // The product is no longer called f; all others are what they were.
    assert!(gone.len() <= 1, "{gone:?}");
    page.picture().await?.is_drawn()
}

/// What is done to a program, and to how it is looked at, before another one is opened.
const LOOKED_AT: &str = "
    element.setInput('x', 9);
    element.state = { ...element.state, values: { x: [9] }, tangents: { y: [3] }, upstream: [2],
        view: { ...element.state.view, mode: 'both', copies: true, derivative: true }, step: 2,
        explicit: true, looking: { ...element.state.looking, chosen: 'q', tab: 'paper' },
        pane: 'code', writing: { style: 'numpy', composite: null } };
    for (let n = 0; n < 3; n++) root.querySelector('.tools .larger').click();
    root.querySelector('.graph').scrollBy(80, 20);
    return element.state";

/// The state, and what of the picture is seen.
async fn seen(page: &Page) -> Outcome<Value> {
    page.until_still().await?;
    let script = "const { scrollLeft, scrollTop, style } = root.querySelector('.graph');
        return [element.state, scrollLeft, scrollTop, style.cssText,
            root.querySelector('.count').textContent, root.querySelector('.card').innerText]";
    page.run(script, &[]).await
}

pub async fn an_example_starts_afresh(browser: &Browser) -> Outcome {
    for title in [
        "Mul gate: swap multiplier",
        "Matrix product",
        "Sigmoid neuron, one gate",
    ] {
        let page = browser.open("/").await?;
        page.choose(title).await?;
        let fresh = seen(&page).await?;
        let page = browser.open("/").await?;
        let state = page.run(LOOKED_AT, &[]).await?;
        assert_eq!(state["pane"], "code");
        page.choose(title).await?;
        assert_eq!(seen(&page).await?, fresh);
    }
    // So does a program that a script sets.
    let program = "x = [1, 2]\nq = x * 2\nf = sum(q)";
    let page = browser.open("/").await?;
    page.set_program(program).await?;
    let fresh = seen(&page).await?;
    let page = browser.open("/").await?;
    page.run(LOOKED_AT, &[]).await?;
    page.set_program(program).await?;
    assert_eq!(seen(&page).await?, fresh);
    Ok(())
}

pub async fn a_program_set_while_it_is_away_starts_afresh(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_input("x", json!(9)).await?;
    page.run(
        "const { program, parentElement: parent } = element;
        element.remove();
        element.program = program;
        const drawn = new Promise((resolve) =>
            element.addEventListener('backflow-change', () => resolve(null), { once: true }));
        parent.append(element);
        return drawn",
        &[],
    )
    .await?;
    assert_eq!(page.picture().await?.value("x")?, -2.0);
    Ok(())
}

pub async fn undo_takes_an_example_back(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(LOOKED_AT, &[]).await?;
    let before = (
        page.run("return element.state", &[]).await?,
        page.picture().await?,
    );
    page.choose("Mul gate: swap multiplier").await?;
    let example = page.run("return element.state", &[]).await?;
    page.click(".undo").await?;
    let after = page.run("return element.state", &[]).await?;
    for part in ["program", "values", "tangents", "upstream", "view"] {
        assert_eq!(after[part], before.0[part], "{part}");
    }
    assert_eq!(page.picture().await?.nodes(), before.1.nodes());
    page.click(".redo").await?;
    let again = page.run("return element.state", &[]).await?;
    for part in ["program", "values", "tangents", "upstream", "view"] {
        assert_eq!(again[part], example[part], "{part}");
    }
    page.picture().await?.is_drawn()
}

pub async fn undo_takes_typing_back_by_pieces(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.type_program("a = 3\nb = 4\nf = a * b").await?;
    let undo = async || -> Outcome<String> {
        page.press_holding(Key::Control, "z").await?;
        page.until_compiled().await?;
        let picture = page.picture().await?;
        picture.is_drawn()?;
        Ok(picture.program().to_owned())
    };
    let mut programs = vec![page.picture().await?.program().to_owned()];
    while !programs.last().is_some_and(String::is_empty) && programs.len() < 20 {
        programs.push(undo().await?);
        // The picture is that of the last text that is right.
        if programs
            .last()
            .is_some_and(|program| program == "a = 3\nb = 4\n")
        {
            let picture = page.picture().await?;
            assert_eq!(picture.diagnostics(), [] as [Value; 0]);
            assert_eq!(picture.nodes().len(), 2);
        }
    }
    assert!(
        programs.contains(&"a = 3\nb = 4\n".to_owned()),
        "{programs:?}"
    );
    // A word or so at a time.
    for pair in programs.windows(2) {
        let (longer, shorter) = (&pair[0], &pair[1]);
        assert!(longer.starts_with(shorter.as_str()), "{programs:?}");
        assert!(
            (1..=5).contains(&(longer.len() - shorter.len())),
            "{programs:?}"
        );
    }
    for expected in programs.iter().rev().skip(1) {
        page.press_holding(Key::Control, "y").await?;
        page.until_compiled().await?;
        assert_eq!(page.picture().await?.program(), expected);
    }
    let picture = page.picture().await?;
    assert_eq!((picture.value("f")?, picture.gradient("a")?), (12.0, 4.0));
    picture.is_drawn()
}
