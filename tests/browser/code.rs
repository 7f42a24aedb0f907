//! The program as code beside its graph.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::accessibility::{THEMES, check};

const OPEN: &str = ".pane-buttons [data-pane=code]";

/// The neuron of the lecture with its code open.
async fn neuron(browser: &Browser) -> Outcome<Page> {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    page.click(OPEN).await?;
    shown(&page, "f = 1 / s6").await?;
    Ok(page)
}

/// The lines, once one of them is as wanted.
async fn shown(page: &Page, wanted: &str) -> Outcome<Vec<String>> {
    page.until(
        "all('.listing .line').some((one) => one.textContent === args[0])",
        &[json!(wanted)],
    )
    .await?;
    page.texts(".listing .line").await
}

/// Where a line is, as a selector.
async fn at(page: &Page, line: &str) -> Outcome<String> {
    let lines = page.texts(".listing .line").await?;
    let at = lines.iter().position(|one| one == line);
    let at = at.ok_or_else(|| format!("no line {line} in {lines:#?}"))?;
    Ok(format!(".listing .line:nth-child({})", at + 1))
}

async fn tab(page: &Page, style: &str) -> Outcome {
    let css = format!(".program-code [role=tab][id$='-{style}']");
    page.click(&css).await
}

/// The texts of the lines that have a class.
async fn lines_that_are(page: &Page, class: &str) -> Outcome<Vec<String>> {
    page.texts(&format!(".listing .{class}")).await
}

/// The keys of the nodes that have a class in the picture.
async fn nodes_that_are(page: &Page, class: &str) -> Outcome<Value> {
    let script = "return all(`g.node.${args[0]}`).map((one) => one.dataset.key).sort()";
    page.run(script, &[json!(class)]).await
}

pub async fn flat_code_has_the_lines_of_the_lecture(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    let lines = page.texts(".listing .line").await?;
    // One line forward and one backward for each gate, in the order of the passes.
    let wanted = [
        "w0 = 2.0",
        "s0 = w0 * x0",
        "s1 = w1 * x1",
        "s2 = s0 + s1",
        "s3 = s2 + w2",
        "s4 = -s3",
        "s5 = math.exp(s4)",
        "s6 = 1 + s5",
        "f = 1 / s6",
        "grad_f = 1.0",
        "grad_s6 = grad_f * -(f / s6)",
        "grad_s5 = grad_s6",
        "grad_s4 = grad_s5 * s5",
        "grad_s3 = -grad_s4",
        "grad_w0 = grad_s0 * x0",
        "grad_x0 = grad_s0 * w0",
    ];
    let mut rest = lines.iter();
    for line in wanted {
        assert!(rest.any(|one| one == line), "{line} in {lines:#?}");
    }
    // Forward and backward are told apart.
    let pass = "return [...all('.listing .line')].map((one) => one.dataset.pass)";
    let passes = page.run(pass, &[]).await?;
    let pass_of = |line: &str| {
        let place = lines.iter().position(|one| one == line).unwrap_or_default();
        passes[place].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(pass_of("f = 1 / s6"), "forward");
    assert_eq!(pass_of("grad_f = 1.0"), "base");
    assert_eq!(pass_of("grad_s3 = -grad_s4"), "backward");
    assert_eq!(pass_of("import math"), "other");
    // Every style has its text.
    for (style, line) in [
        ("modular", "class ComputationalGraph:"),
        ("torch", "import torch"),
        ("numpy", "import numpy as np"),
        ("jax", "import jax"),
        ("latex", "\\begin{align*}"),
    ] {
        tab(&page, style).await?;
        shown(&page, line).await?;
    }
    Ok(())
}

pub async fn a_line_lights_and_chooses_its_gate(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    let line = at(&page, "s5 = math.exp(s4)").await?;
    page.run("root.querySelector('.listing').scrollIntoView()", &[])
        .await?;
    page.hover(&line).await?;
    let exp = page
        .run(
            "return all('g.node[data-op=exp]').map((one) => one.dataset.key)",
            &[],
        )
        .await?;
    assert_eq!(nodes_that_are(&page, "lit").await?, exp);
    let wires = "return all('g.wire.lit').map(({ dataset }) => dataset.from === args[0]
        || dataset.to === args[0])";
    let wires = page.run(wires, &[exp[0].clone()]).await?;
    assert_eq!(wires, json!([true, true]));
    page.click(&line).await?;
    assert_eq!(nodes_that_are(&page, "selected").await?, exp);
    // Its own lines, of both passes.
    let chosen = lines_that_are(&page, "chosen").await?;
    assert_eq!(chosen, ["s5 = math.exp(s4)", "grad_s4 = grad_s5 * s5"]);
    assert!(page.find(".card h2").await?.is_displayed().await?);
    // A double click goes to the step.
    page.double_click(&line).await?;
    assert_eq!(nodes_that_are(&page, "working").await?, exp);
    assert_eq!(
        lines_that_are(&page, "working").await?,
        ["s5 = math.exp(s4)"]
    );
    page.hover(".timeline").await?;
    assert_eq!(nodes_that_are(&page, "lit").await?, json!([]));
    Ok(())
}

/// Whether a line is within the block that it scrolls in.
const SEEN: &str = "(() => { const block = root.querySelector('.listing').getBoundingClientRect();
    const line = root.querySelector(args[0]).getBoundingClientRect();
    return line.top >= block.top && line.bottom <= block.bottom; })()";

pub async fn a_gate_marks_its_lines_and_scrolls_to_them(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    let line = at(&page, "f = 1 / s6").await?;
    page.run("root.querySelector('.listing').scrollTop = 1e6", &[])
        .await?;
    let before = page.run("return scrollY", &[]).await?;
    page.focus("g.node[data-key='f']").await?;
    page.press(" ").await?;
    page.until("root.querySelector('.listing .chosen')", &[])
        .await?;
    let chosen = lines_that_are(&page, "chosen").await?;
    assert_eq!(
        chosen,
        ["f = 1 / s6", "grad_f = 1.0", "grad_s6 = grad_f * -(f / s6)"]
    );
    page.until(SEEN, &[json!(line)]).await?;
    assert!(page.run("return scrollY", &[]).await?.as_f64() <= before.as_f64());
    Ok(())
}

pub async fn steps_walk_the_lines(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    page.run("element.state = { ...element.state, step: 1 }", &[])
        .await?;
    assert_eq!(lines_that_are(&page, "working").await?, ["s0 = w0 * x0"]);
    page.focus(".scrubber").await?;
    let mut walked = Vec::new();
    for _ in 2..=17 {
        page.press(Key::Right).await?;
        walked.extend(lines_that_are(&page, "working").await?);
    }
    // Each line once, in the order of the text.
    let lines = page.texts(".listing .line").await?;
    let places: Vec<_> = walked
        .iter()
        .map(|line| lines.iter().position(|one| one == line))
        .collect();
    assert!(places.is_sorted() && places.len() >= 20, "{walked:#?}");
    assert_eq!(walked[0], "s1 = w1 * x1");
    assert!(walked.contains(&"grad_f = 1.0".to_owned()), "{walked:#?}");
    let last = walked.last().cloned().unwrap_or_default();
    page.until(SEEN, &[json!(at(&page, &last).await?)]).await?;
    // At rest none is at work.
    page.press(Key::Home + Key::End).await?;
    assert_eq!(lines_that_are(&page, "working").await?.len(), 0);
    Ok(())
}

pub async fn asserted_numbers_follow_those_on_screen(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 3\ny = 4\nL = x * y").await?;
    page.click(OPEN).await?;
    shown(&page, "assert same(L, 12.0)").await?;
    page.set_input("x", json!(0.5)).await?;
    let lines = shown(&page, "assert same(L, 2.0)").await?;
    assert!(lines.contains(&"x = 0.5".to_owned()), "{lines:#?}");
    assert!(
        lines.contains(&"assert same(grad_y, 0.5)".to_owned()),
        "{lines:#?}"
    );
    // Another program has another code.
    page.type_program("a = 2\nL = exp(a)").await?;
    shown(&page, "L = math.exp(a)").await?;
    Ok(())
}

pub async fn keys_walk_lines_and_reach_gates_and_steps(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    // One stop of Tab.
    let stops = "return all('.listing [tabindex=\"0\"]').length";
    assert_eq!(page.run(stops, &[]).await?, json!(1));
    page.focus(".listing .line").await?;
    let line = at(&page, "s2 = s0 + s1").await?;
    let place = "const lines = all('.listing .line'); return lines.indexOf(root.activeElement)";
    let wanted = page
        .run(
            "return all('.listing .line').indexOf(root.querySelector(args[0]))",
            &[json!(line)],
        )
        .await?;
    for _ in 0..wanted.as_u64().unwrap_or_default() {
        page.press(Key::Down).await?;
    }
    assert_eq!(page.run(place, &[]).await?, wanted);
    assert_eq!(
        nodes_that_are(&page, "lit").await?.as_array().map(Vec::len),
        Some(1)
    );
    page.press(Key::Enter).await?;
    let chosen = lines_that_are(&page, "chosen").await?;
    assert!(chosen.contains(&"s2 = s0 + s1".to_owned()), "{chosen:?}");
    assert_eq!(page.run(place, &[]).await?, wanted);
    page.press_holding(Key::Alt, Key::Enter).await?;
    assert_eq!(page.texts(".count").await?, ["step 3 of 17 · forward"]);
    page.press(Key::Escape).await?;
    assert_eq!(nodes_that_are(&page, "selected").await?, json!([]));
    assert_eq!(page.run(place, &[]).await?, wanted);
    assert_eq!(page.run(stops, &[]).await?, json!(1));
    // The button below says where it leads.
    page.press(Key::End + Key::Home).await?;
    let line = at(&page, "grad_f = 1.0").await?;
    page.focus(&line).await?;
    assert_eq!(
        page.texts(".program-code .of-line .quiet").await?,
        ["Go to step 9"]
    );
    page.click(".program-code .of-line .quiet").await?;
    assert_eq!(lines_that_are(&page, "working").await?, ["grad_f = 1.0"]);
    // Tabs go by arrows.
    page.focus(".program-code [role=tab][aria-selected=true]")
        .await?;
    page.press(Key::Right).await?;
    shown(&page, "class ComputationalGraph:").await?;
    Ok(())
}

pub async fn a_function_is_made_of_what_is_chosen(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(
        "def square(x):\n    return x * x\n\na = 3\nb = square(a)\nL = b + sigmoid(a)",
    )
    .await?;
    page.click(OPEN).await?;
    tab(&page, "autograd-function").await?;
    shown(&page, "class Square(torch.autograd.Function):").await?;
    let options = page.texts(".program-code .choice option").await?;
    assert_eq!(
        options,
        ["first composite", "square", "mul", "sigmoid", "add"]
    );
    let choose = "const select = root.querySelector('.program-code .choice select');
        select.value = args[0]; select.dispatchEvent(new Event('change'))";
    page.run(choose, &[json!("sigmoid")]).await?;
    shown(&page, "class Sigmoid(torch.autograd.Function):").await?;
    let writing = page.run("return element.state.writing", &[]).await?;
    assert_eq!(
        writing,
        json!({ "style": "autograd-function", "composite": "sigmoid" })
    );
    // What another program has not is asked for no more.
    page.type_program("a = 3\nL = tanh(a)").await?;
    shown(&page, "class Tanh(torch.autograd.Function):").await?;
    // Nor is there one of nothing, which is told.
    page.type_program("L = 3").await?;
    page.until("!root.querySelector('.program-code .message').hidden", &[])
        .await?;
    let told = page.texts(".program-code .message").await?;
    assert!(told[0].contains("no gate"), "{told:?}");
    Ok(())
}

pub async fn code_is_copied_and_saved(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    page.run(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } });
        window.saved = [];
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { window.saved.push(blob); return make(blob); };
        window.names = [];
        HTMLAnchorElement.prototype.click = function () { window.names.push(this.download); };",
        &[],
    )
    .await?;
    let text = page.texts(".listing .line").await?.join("\n") + "\n";
    page.click(".program-code .copy > button").await?;
    let copied = page.until("window.copied && [window.copied]", &[]).await?;
    assert_eq!(copied[0], json!(text));
    for at in 0..2 {
        page.run(
            "all('.program-code .files > .quiet')[args[0]].click()",
            &[json!(at)],
        )
        .await?;
    }
    let saved = page
        .run(
            "return Promise.all(window.saved.map(async (blob) => [blob.type, await blob.text()]))",
            &[],
        )
        .await?;
    assert_eq!(saved[0], json!(["text/x-python", text]));
    let notebook: Value = serde_json::from_str(saved[1][1].as_str().unwrap_or_default())?;
    assert_eq!(notebook["nbformat"], json!(4));
    let cells = notebook["cells"].as_array().cloned().unwrap_or_default();
    let source: String = cells
        .iter()
        .flat_map(|cell| cell["source"].as_array().cloned().unwrap_or_default())
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect();
    assert!(source.contains("f = 1 / s6"), "{source}");
    assert_eq!(
        page.run("return window.names", &[]).await?,
        json!(["f_flat.py", "f_flat.ipynb"])
    );
    // A derivation is no program.
    tab(&page, "latex").await?;
    shown(&page, "\\begin{align*}").await?;
    let names = "return all('.program-code .files > .quiet').filter((one) => !one.hidden)
        .map((one) => one.textContent)";
    assert_eq!(page.run(names, &[]).await?, json!(["Save .tex"]));
    Ok(())
}

/// Where a page may not write the clipboard the lines are there to be copied by hand.
pub async fn code_is_copied_by_hand(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    page.run(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })",
        &[],
    )
    .await?;
    let text = page.texts(".listing .line").await?.join("\n") + "\n";
    page.click(".program-code .copy > button").await?;
    let value = page
        .until(
            "root.activeElement.matches('textarea.copied') && [root.activeElement.value]",
            &[],
        )
        .await?;
    assert_eq!(value[0], json!(text));
    Ok(())
}

pub async fn code_is_linked(browser: &Browser) -> Outcome {
    let page = neuron(browser).await?;
    tab(&page, "autograd-function").await?;
    let link = page
        .until(
            "location.hash.includes('code=autograd-function') && [location.hash]",
            &[],
        )
        .await?;
    let link = link[0].as_str().unwrap_or_default().to_owned();
    assert!(link.contains("pane=code"), "{link}");
    let lines = page.texts(".listing .line").await?;
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{link}&step=2")).await?;
    shown(&again, "import torch").await?;
    assert_eq!(again.texts(".listing .line").await?, lines);
    assert_eq!(lines_that_are(&again, "working").await?.len(), 1);
    // A link of a style that is not there is flat.
    browser.session().goto("about:blank").await?;
    let link = "/#program=x+%3D+2%0Af+%3D+x+*+x&pane=code&code=fortran";
    let again = browser.open(link).await?;
    shown(&again, "f = x * x").await?;
    Ok(())
}

pub async fn text_of_a_program_stays_text_in_code(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 2  # <img src=x onerror=alert(1)>\nf = x * (x < 3)")
        .await?;
    page.click(OPEN).await?;
    page.until(
        "root.querySelector('.program-code .line, .program-code .message:not([hidden])')",
        &[],
    )
    .await?;
    let made = "return all('.program-code img, .program-code script').length";
    assert_eq!(page.run(made, &[]).await?, json!(0));
    Ok(())
}

pub async fn too_many_gates_are_told(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 2\ny = x\nfor i in range(2500):\n    y = y + x\nL = y")
        .await?;
    page.click(OPEN).await?;
    page.until("!root.querySelector('.program-code .message').hidden", &[])
        .await?;
    let told = page.texts(".program-code .message").await?;
    assert!(told[0].contains("gates are too many"), "{told:?}");
    // And forgotten.
    page.type_program("x = 2\nL = x * x").await?;
    shown(&page, "L = x * x").await?;
    let hidden = "return root.querySelector('.program-code .message').hidden";
    assert_eq!(page.run(hidden, &[]).await?, json!(true));
    Ok(())
}

pub async fn code_has_no_violation(browser: &Browser) -> Outcome {
    for theme in THEMES {
        browser.prefer(theme).await?;
        let page = browser.open("/").await?;
        page.click(OPEN).await?;
        shown(&page, "f = q * z").await?;
        page.click(&at(&page, "q = x + y").await?).await?;
        page.focus(".scrubber").await?;
        page.press(Key::End + Key::Left).await?;
        check(browser, &page).await?;
    }
    Ok(())
}

pub async fn code_fits_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    for theme in THEMES {
        browser.prefer(theme).await?;
        let page = browser.open("/").await?;
        page.click(OPEN).await?;
        shown(&page, "f = q * z").await?;
        let wide = "return document.documentElement.scrollWidth";
        assert_eq!(page.run(wide, &[]).await?, json!(360));
        tab(&page, "autograd-function").await?;
        shown(&page, "import torch").await?;
        assert_eq!(page.run(wide, &[]).await?, json!(360));
        check(browser, &page).await?;
    }
    Ok(())
}

/// What is chosen in the lines is brought into sight in the picture.
pub async fn a_gate_out_of_sight_is_brought_there(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = neuron(browser).await?;
    page.run("root.querySelector('.graph').scrollLeft = 1e6", &[])
        .await?;
    let seen = "(() => { const box = root.querySelector('.graph').getBoundingClientRect();
        const gate = root.querySelector('g.node.selected')?.getBoundingClientRect();
        return gate && gate.left >= box.left && gate.right <= box.right; })()";
    page.focus(&at(&page, "s0 = w0 * x0").await?).await?;
    let first = "return root.querySelector('g.node[data-op=mul]').getBoundingClientRect().left
        < root.querySelector('.graph').getBoundingClientRect().left";
    assert_eq!(page.run(first, &[]).await?, json!(true));
    page.press(Key::Enter).await?;
    page.until(seen, &[]).await?;
    Ok(())
}

pub async fn code_is_out_of_the_way_unless_opened(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let seen = "return Boolean(root.querySelector('.program-code')?.checkVisibility())";
    assert_eq!(page.run(seen, &[]).await?, json!(false));
    page.click(OPEN).await?;
    assert_eq!(page.run(seen, &[]).await?, json!(true));
    page.click(".tools .present").await?;
    page.until("root.querySelector('.presenting')", &[]).await?;
    assert_eq!(page.run(seen, &[]).await?, json!(false));
    page.press(Key::Escape).await?;
    page.until("!root.querySelector('.presenting')", &[])
        .await?;
    assert_eq!(page.run(seen, &[]).await?, json!(true));
    page.click(OPEN).await?;
    assert_eq!(page.run(seen, &[]).await?, json!(false));
    Ok(())
}
