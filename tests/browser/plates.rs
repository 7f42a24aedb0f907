//! The grids of tensors: what they show, what pointing at an element tells, and edits in them.

use backflow::{
    Outcome,
    browser::{Browser, Preference},
    page::Page,
    picture::shown,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The lecture's matrices.
const MATMUL: &str = "x = [[2, 1, -3], [-3, 4, 2]]
w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
y = x @ w";

/// What stands in the grids of a node, row by row, and whether it can be seen.
const GRIDS: &str = "
    const plate = root.querySelector(`.plate[data-of='${CSS.escape(args[0])}']`);
    const of = (side) => [...plate.querySelectorAll(`.face.${side} > g > text`)];
    return Object.fromEntries(['value', 'gradient'].map((side) => [side, {
        texts: of(side).map((text) => text.textContent),
        seen: of(side).every((text) => getComputedStyle(text).visibility === 'visible'),
    }]))";

/// The middle of an element of a grid, in the window.
const MIDDLE: &str = "
    const [key, side, row, column, rows, columns] = args;
    const plate = root.querySelector(`.plate[data-of='${CSS.escape(key)}']`);
    const pane = plate.querySelector(`.face.${side} > .pane`);
    pane.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    const at = pane.getBoundingClientRect();
    return [Math.round(at.x + at.width * (column + 0.5) / columns) - Math.round(at.x + at.width / 2),
        Math.round(at.y + at.height * (row + 0.5) / rows) - Math.round(at.y + at.height / 2)]";

fn pane(key: &str, side: &str) -> String {
    format!(".plate[data-of='{key}'] .face.{side} > .pane")
}

async fn grids(page: &Page, key: &str) -> Outcome<Value> {
    page.run(GRIDS, &[json!(key)]).await
}

/// From the middle of a grid to an element of it.
async fn offset(
    page: &Page,
    (key, side): (&str, &str),
    at: (usize, usize),
    of: (usize, usize),
) -> Outcome<(i64, i64)> {
    let arguments = json!([key, side, at.0, at.1, of.0, of.1]);
    let arguments = arguments.as_array().ok_or("no arguments")?;
    let found = page.run(MIDDLE, arguments).await?;
    let offset = || Some((found[0].as_i64()?, found[1].as_i64()?));
    offset().ok_or_else(|| format!("no element at {found}").into())
}

/// Whether the grids show the numbers that the snapshot has.
fn shows(grids: &Value, node: &Value) -> Outcome {
    for side in ["value", "gradient"] {
        let texts = grids[side]["texts"].as_array().ok_or("no texts")?;
        let exact = flat(&node[side]);
        assert_eq!(texts.len(), exact.len(), "{grids} for {node}");
        for (text, exact) in texts.iter().zip(exact) {
            let text = text.as_str().unwrap_or_default();
            let apart = (shown(text)? - exact).abs();
            assert!(apart <= 0.00502 * exact.abs(), "{text} for {exact}");
        }
    }
    Ok(())
}

fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(flat).collect(),
        number => number.as_f64().into_iter().collect(),
    }
}

pub async fn grids_show_every_element(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    for key in ["x", "w", "y"] {
        let picture = page.picture().await?;
        shows(&grids(&page, key).await?, picture.node(key)?)?;
    }
    assert_eq!(
        grids(&page, "y").await?["value"]["texts"],
        json!(["−1", "−1", "2", "6", "5", "2", "11", "7"])
    );
    // They follow what is edited.
    page.set_input("x", json!([[0.5, 0, 0], [0, 0, 1e-7]]))
        .await?;
    for key in ["x", "w", "y"] {
        let picture = page.picture().await?;
        shows(&grids(&page, key).await?, picture.node(key)?)?;
    }
    // And what is not computed yet is blank.
    page.run("element.state = { ...element.state, step: 0 }", &[])
        .await?;
    let (x, y) = (grids(&page, "x").await?, grids(&page, "y").await?);
    assert_eq!(
        [&x["value"]["seen"], &x["gradient"]["seen"]],
        [true, false],
        "{x}"
    );
    assert_eq!(
        [&y["value"]["seen"], &y["gradient"]["seen"]],
        [false, false],
        "{y}"
    );
    page.run("element.state = { ...element.state, step: 1 }", &[])
        .await?;
    let y = grids(&page, "y").await?;
    assert_eq!(
        [&y["value"]["seen"], &y["gradient"]["seen"]],
        [true, false],
        "{y}"
    );
    Ok(())
}

pub async fn wires_of_tensors_tell_shapes(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [[1, 2, 3], [4, 5, 6]]\nb = [1, 2, 3]\ny = x + b")
        .await?;
    let picture = page.picture().await?;
    assert_eq!(picture.wire("x")?.value, "2×3");
    assert_eq!(picture.wire("x")?.gradient, "");
    // What was copied forward is summed backward.
    assert_eq!(picture.wire("b")?.value, "3 → 2×3");
    assert_eq!(picture.wire("b")?.gradient, "Σ axis 0");
    assert_eq!(picture.node("b")?["gradient"], json!([2, 2, 2]));
    picture.is_drawn()
}

/// What stands out in the grids of all nodes, as rectangles counted in cells; what is told
/// under the graph; the wires that stand out.
const POINTED: &str = "
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const lit = {};
    for (const plate of all('.plate')) for (const side of ['value', 'gradient']) {
        const d = plate.querySelector(`.face.${side} > .lit`).getAttribute('d') ?? '';
        const pane = plate.querySelector(`.face.${side} > .pane`);
        const [x0, y0, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(pane.getAttribute(name)));
        const face = pane.parentElement;
        const cellWidth = width / Number(face.getAttribute('aria-colcount'));
        const cellHeight = height / Number(face.getAttribute('aria-rowcount'));
        const cells = [...d.matchAll(/M(\\S+) (\\S+)h(\\S+)v([\\d.]+)/g)].map(([, x, y, w, h]) =>
            [(y - y0) / cellHeight, (x - x0) / cellWidth, h / cellHeight, w / cellWidth].map(Math.round));
        if (cells.length > 0) lit[`${plate.dataset.of} ${side}`] = cells;
    }
    const told = root.querySelector('.explained');
    return { lit, told: told.hidden ? null : told.textContent,
        wires: all('.wire.lit').map(({ dataset }) => dataset.from) }";

pub async fn pointing_tells_where_a_number_comes_from(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    page.until_still().await?;
    let graph = "const { y, height } = root.querySelector('.graph').getBoundingClientRect();
        const after = root.querySelector('.inputs').getBoundingClientRect();
        return [y, height, after.y]";
    let before = page.run(graph, &[]).await?;
    let (x, y) = offset(&page, ("y", "value"), (0, 1), (2, 4)).await?;
    page.hover_at(&pane("y", "value"), (x, y)).await?;
    let seen = page.run(POINTED, &[]).await?;
    assert_eq!(seen["lit"]["y value"], json!([[0, 1, 1, 1]]), "{seen}");
    // The row of x and the column of w.
    assert_eq!(seen["lit"]["x value"], json!([[0, 0, 1, 3]]), "{seen}");
    assert_eq!(seen["lit"]["w value"], json!([[0, 1, 3, 1]]), "{seen}");
    assert_eq!(seen["wires"], json!(["x", "w"]), "{seen}");
    let told = seen["told"].as_str().ok_or("nothing is told")?;
    assert!(told.contains("−1"), "{told}");
    // Nothing moves, and the sentence comes back.
    assert_eq!(page.run(graph, &[]).await?, before);
    page.hover(".timeline .count").await?;
    let seen = page.run(POINTED, &[]).await?;
    assert_eq!(seen, json!({ "lit": {}, "told": null, "wires": [] }));
    let sentence = page.run(
        "return root.querySelector('.sentence > .formula').checkVisibility()",
        &[],
    );
    assert_eq!(sentence.await?, true);
    // Who goes on to a step looks at that, wherever the pointer rests.
    page.hover_at(&pane("y", "value"), (x, y)).await?;
    assert!(page.run(POINTED, &[]).await?["told"].is_string());
    page.run("root.querySelector('.body').focus()", &[]).await?;
    page.press(Key::Left).await?;
    let seen = page.run(POINTED, &[]).await?;
    assert_eq!((&seen["lit"], &seen["told"]), (&json!({}), &Value::Null));
    page.hover_at(&pane("y", "value"), (x + 1, y)).await?;
    assert!(page.run(POINTED, &[]).await?["told"].is_string());
    Ok(())
}

/// How far what is told of an element stands out of its place, and its first line.
const TOLD: &str = "
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const told = root.querySelector('.explained');
    return { out: told.scrollWidth - told.clientWidth, first: told.firstElementChild.textContent }";

pub async fn long_arithmetic_breaks_and_its_sum_comes_first(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run("document.body.style.inlineSize = '26rem'", &[])
        .await?;
    page.set_program("s = [3.2, 5.1, -1.7]\np = softmax(s)")
        .await?;
    page.until_still().await?;
    let at = offset(&page, ("s", "gradient"), (0, 0), (1, 3)).await?;
    page.click_at(&pane("s", "gradient"), at).await?;
    let seen = page.run(TOLD, &[]).await?;
    assert!(seen["out"].as_i64().is_some_and(|out| out <= 1), "{seen}");
    // Over three ways, the sum of what comes along each.
    page.set_program("x = [[1, 2], [3, 4]]\ny = (x * x * 3 + x).sum()")
        .await?;
    page.until_still().await?;
    let at = offset(&page, ("x", "gradient"), (1, 0), (2, 2)).await?;
    page.click_at(&pane("x", "gradient"), at).await?;
    let seen = page.run(TOLD, &[]).await?;
    let first = seen["first"].as_str().ok_or("nothing is told")?.trim();
    assert!(!first.contains("through"), "{seen}");
    assert!(first.ends_with("=19"), "{seen}");
    assert!(seen["out"].as_i64().is_some_and(|out| out <= 1), "{seen}");
    Ok(())
}

pub async fn what_is_pinned_stays_and_follows(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    page.until_still().await?;
    let at = offset(&page, ("y", "value"), (1, 2), (2, 4)).await?;
    page.click_at(&pane("y", "value"), at).await?;
    page.hover(".timeline .count").await?;
    let told =
        "const told = root.querySelector('.explained'); return told.hidden ? '' : told.textContent";
    page.run("await new Promise(requestAnimationFrame)", &[])
        .await?;
    let before = page.run(told, &[]).await?;
    assert!(
        before.as_str().is_some_and(|told| told.contains("11")),
        "{before}"
    );
    page.set_input("x", json!([[2, 1, -3], [-3, 4, 5]])).await?;
    let after = page
        .until(
            "root.querySelector('.explained').textContent.includes('14') && root.querySelector('.explained').textContent",
            &[],
        )
        .await?;
    assert_ne!(before, after);
    page.press(Key::Escape).await?;
    page.until("root.querySelector('.explained').hidden", &[])
        .await?;
    Ok(())
}

/// What the keys are on.
const FOCUSED: &str = "root.activeElement?.getAttribute('aria-label')";

pub async fn elements_are_reached_by_keys(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    page.focus(".node[data-key=y]").await?;
    let focused = async || page.run(&format!("return {FOCUSED}"), &[]).await;
    page.press(Key::Enter).await?;
    assert_eq!(focused().await?, "y[0, 0] = −1");
    page.press(Key::Right + Key::Right + Key::Down).await?;
    assert_eq!(focused().await?, "y[1, 2] = 11");
    let role = "const one = root.activeElement; return [one.getAttribute('role'),
        one.closest('[role=grid]').getAttribute('aria-label'), one.getAttribute('aria-rowindex'), one.getAttribute('aria-colindex')]";
    assert_eq!(
        page.run(role, &[]).await?,
        json!(["gridcell", "value of y", "2", "3"])
    );
    page.press("g").await?;
    assert_eq!(focused().await?, "gradient of y[1, 2] = 1");
    page.press(Key::Home + Key::Up).await?;
    assert_eq!(focused().await?, "gradient of y[0, 0] = 1");
    // Over the edge into the grid above.
    page.press(Key::Up).await?;
    assert_eq!(focused().await?, "y[1, 0] = 5");
    page.press(Key::Escape).await?;
    let key = "return root.activeElement?.dataset.key";
    assert_eq!(page.run(key, &[]).await?, "y");
    // The place is kept.
    page.press("v").await?;
    assert_eq!(focused().await?, "y[1, 0] = 5");
    // Copied are the digits of an element, or with Ctrl+A all of the grid.
    let copied = "const copy = new ClipboardEvent('copy', { clipboardData: new DataTransfer(),
            bubbles: true, cancelable: true, composed: true });
        root.activeElement.dispatchEvent(copy);
        return copy.clipboardData.getData('text/plain')";
    assert_eq!(page.run(copied, &[]).await?, "5");
    page.press_holding(Key::Control, "a").await?;
    assert_eq!(
        page.run(copied, &[]).await?,
        "[[-1, -1, 2, 6], [5, 2, 11, 7]]"
    );
    Ok(())
}

pub async fn elements_of_inputs_are_edited(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    page.until_still().await?;
    let at = offset(&page, ("x", "value"), (0, 1), (2, 3)).await?;
    page.click_at(&pane("x", "value"), at).await?;
    page.until(
        "root.querySelector('.in-place:not([hidden])') !== null",
        &[],
    )
    .await?;
    page.press("-7.25").await?;
    page.press(Key::Enter).await?;
    let x = async || -> Outcome<Value> { Ok(page.picture().await?.node("x")?["value"].clone()) };
    assert_eq!(x().await?, json!([[2, -7.25, -3], [-3, 4, 2]]));
    shows(&grids(&page, "y").await?, page.picture().await?.node("y")?)?;
    // By keys, in steps; plain arrows walk on.
    assert_eq!(
        page.run(&format!("return {FOCUSED}"), &[]).await?,
        "x[0, 1] = −7.25"
    );
    page.press_holding(Key::Shift, Key::Up).await?;
    page.press(Key::Right + Key::Enter).await?;
    page.press("4").await?;
    page.press(Key::Escape).await?;
    assert_eq!(x().await?, json!([[2, -7.15, -3], [-3, 4, 2]]));
    // By a drag, which is one step of undo.
    let at = offset(&page, ("x", "value"), (1, 1), (2, 3)).await?;
    page.drag_at(&pane("x", "value"), at, &[(30, 0), (20, 0)])
        .await?;
    assert_eq!(x().await?, json!([[2, -7.15, -3], [-3, 4.5, 2]]));
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(x().await?, json!([[2, -7.15, -3], [-3, 4, 2]]));
    Ok(())
}

pub async fn the_upstream_gradient_is_edited_in_its_grid(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(MATMUL).await?;
    page.focus(".node[data-key=y]").await?;
    page.press("g").await?;
    let upstream = [["2", "3", "-3", "9"], ["-8", "1", "4", "6"]];
    for row in upstream {
        for number in row {
            page.press(number).await?;
            page.press(Key::Enter + Key::Right).await?;
        }
        page.press(Key::Home + Key::Down).await?;
    }
    let picture = page.picture().await?;
    assert_eq!(
        picture.node("x")?["gradient"],
        json!([[0, 16, -9], [-24, 9, -30]])
    );
    assert_eq!(
        picture.node("y")?["gradient"],
        json!([[2, 3, -3, 9], [-8, 1, 4, 6]])
    );
    // Of a value that is computed nothing is edited.
    page.press("v").await?;
    page.press("5").await?;
    let open = "return all('.in-place:not([hidden])').length";
    assert_eq!(page.run(open, &[]).await?, 0);
    Ok(())
}

/// A map's pixels at places, and the theme's colours.
const PIXELS: &str = "
    await new Promise(requestAnimationFrame);
    const canvas = root.querySelectorAll('.under.' + args[0] + ' > .map')[0];
    const of = (context, x, y) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
    const context = canvas.getContext('2d');
    const style = getComputedStyle(root.querySelector('.palette'));
    const scratch = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const colour = (css) => { scratch.fillStyle = css; scratch.fillRect(0, 0, 1, 1); return of(scratch, 0, 0); };
    return { size: [canvas.width, canvas.height],
        pixels: args[1].map(([row, column]) => of(context, column, row)),
        paper: colour(style.backgroundColor), ink: colour(style.outlineColor),
        forward: colour(style.color), gradient: colour(style.borderTopColor) }";

pub async fn maps_have_the_colours_of_the_theme(browser: &Browser) -> Outcome {
    let row: Vec<f64> = (-10..=10).map(f64::from).collect();
    for preferences in [&[][..], &[Preference::Dark], &[Preference::Forced]] {
        let page = browser.open("/").await?;
        page.set_program(&format!("x = {row:?}\nf = (x * x * x).sum()"))
            .await?;
        // The theme changes under the map that is there.
        browser.prefer(preferences).await?;
        page.run("await new Promise((later) => setTimeout(later, 200))", &[])
            .await?;
        let at = json!([[0, 0], [0, 10], [0, 15], [0, 20]]);
        let seen = page.run(PIXELS, &[json!("value"), at.clone()]).await?;
        assert_eq!(seen["size"], json!([21, 1]));
        let [least, zero, half, most] = [0, 1, 2, 3].map(|i| &seen["pixels"][i]);
        assert!(least != zero && zero != most && most != least, "{seen}");
        assert_eq!(
            (least, zero, most),
            (&seen["ink"], &seen["paper"], &seen["forward"]),
            "{seen}"
        );
        for i in 0..3 {
            let [half, zero, most] =
                [half, zero, most].map(|colour| colour[i].as_f64().unwrap_or(f64::NAN));
            assert!((half - f64::midpoint(zero, most)).abs() <= 2.0, "{seen}");
        }
        // Its gradient is never negative, and as large at both ends.
        let seen = page.run(PIXELS, &[json!("gradient"), at]).await?;
        let [least, zero, _, most] = [0, 1, 2, 3].map(|i| &seen["pixels"][i]);
        assert_eq!(
            (least, zero, most),
            (&seen["gradient"], &seen["paper"], &seen["gradient"]),
            "{seen}"
        );
        let scale = "return [...all('.face.gradient')[0].querySelectorAll('.scale')].map((one) => one.textContent)";
        assert_eq!(page.run(scale, &[]).await?, json!(["−300", "0", "300"]));
    }
    browser.prefer(&[]).await?;
    Ok(())
}

pub async fn a_wide_network_on_paper_keeps_its_numbers(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Two layers on a small batch").await?;
    page.until_still().await?;
    browser.prefer(&[Preference::Print]).await?;
    let seen = "const texts = all('.plate .face > g > text, .node .symbol');
        return texts.length > 0 && root.querySelector('.picture').getBoundingClientRect().width < 1000
            && texts.every((text) => text.checkVisibility() && getComputedStyle(text).visibility === 'visible')";
    page.until(&format!("(() => {{ {seen} }})()"), &[]).await?;
    browser.prefer(&[]).await
}

pub async fn an_element_of_a_map_is_found_and_typed(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let rows: Vec<Vec<i32>> = (0..12)
        .map(|i| (0..12).map(|j| i * 12 + j).collect())
        .collect();
    page.set_program(&format!("A = {rows:?}\nf = A.sum()"))
        .await?;
    page.until_still().await?;
    let at = offset(&page, ("A", "value"), (7, 3), (12, 12)).await?;
    page.hover_at(&pane("A", "value"), at).await?;
    page.until(
        "root.querySelector('.plate .face.value > title').textContent === 'A[7, 3] = 87'",
        &[],
    )
    .await?;
    page.click_at(&pane("A", "value"), at).await?;
    assert_eq!(
        page.run(&format!("return {FOCUSED}"), &[]).await?,
        "A[7, 3] = 87"
    );
    // One element for all that the keys can reach.
    let cells = "return all('.plate[data-of=A] [role=gridcell]').length";
    assert!(
        page.run(cells, &[])
            .await?
            .as_u64()
            .is_some_and(|count| count <= 4)
    );
    page.press("100").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.picture().await?.node("A")?["value"][7][3], 100);
    // What is chosen is dragged too.
    page.drag_at(&pane("A", "value"), at, &[(10, 0)]).await?;
    let dragged = page.picture().await?.node("A")?["value"][7][3].as_f64();
    assert!(dragged.is_some_and(|value| value > 100.0), "{dragged:?}");
    Ok(())
}

pub async fn tensors_stand_back_with_their_gates(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [1, 2]\ny = [3, 4]\nz = [5, 6]\nf = (x * y).sum() + z.sum()")
        .await?;
    page.until_still().await?;
    page.click(".node[data-key=x] .frame").await?;
    // What lights paths dims what is not on them, whatever it is drawn as.
    page.run(
        "for (const line of all('.card .line')) {
            line.dispatchEvent(new PointerEvent('pointerenter'));
            if (root.querySelector('.picture').matches('.dimmed')) return;
        }
        throw new Error('nothing is lit')",
        &[],
    )
    .await?;
    let aside = "const lit = all('.node.lit').map(({ dataset }) => dataset.key);
        return all('.plate').every((plate) => plate.matches('.aside') !== lit.includes(plate.dataset.of))";
    assert_eq!(page.run(aside, &[]).await?, true);
    Ok(())
}

pub async fn what_is_not_finite_is_marked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let row: Vec<f64> = (-10..=10).map(f64::from).collect();
    page.set_program(&format!("x = {row:?}\ny = log(x)"))
        .await?;
    let marks = "const of = (key) => root.querySelector(`.plate[data-of=${key}] .value > .broken`);
        return ['x', 'y'].map((key) => (of(key).getAttribute('d') ?? '').split('M').length - 1)";
    // NaN below zero, and minus infinity at zero.
    assert_eq!(page.run(marks, &[]).await?, json!([0, 11]));
    Ok(())
}

pub async fn a_stack_shows_its_sheets_by_turns(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]]\ny = x * 2")
        .await?;
    let texts =
        async || -> Outcome<Value> { Ok(grids(&page, "x").await?["value"]["texts"].clone()) };
    let sheet = "return root.querySelector('.plate[data-of=x] .sheet').textContent";
    assert_eq!(texts().await?, json!(["1", "2", "3", "4"]));
    assert_eq!(page.run(sheet, &[]).await?, "[0] of 3");
    page.click(".plate[data-of=x] .turn[aria-label^=next] .room")
        .await?;
    assert_eq!(texts().await?, json!(["5", "6", "7", "8"]));
    assert_eq!(page.run(sheet, &[]).await?, "[1] of 3");
    page.focus(".node[data-key=x]").await?;
    page.press("v").await?;
    page.press(Key::PageDown).await?;
    assert_eq!(
        page.run(&format!("return {FOCUSED}"), &[]).await?,
        "x[2, 0, 0] = 9"
    );
    assert_eq!(texts().await?, json!(["9", "10", "11", "12"]));
    page.press("0").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.picture().await?.node("x")?["value"][2][0][0], 0);
    page.press(Key::PageUp + Key::PageUp).await?;
    assert_eq!(page.run(sheet, &[]).await?, "[0] of 3");
    Ok(())
}
