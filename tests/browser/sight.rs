//! Zooming, panning, fitting and presenting the picture.

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The scale of the picture, and where in the window one of its nodes is.
async fn sight(page: &Page, key: &str) -> Outcome<(f64, f64, f64)> {
    let found = page
        .run(
            "const picture = root.querySelector('.picture');
            const { x, y, width, height } = box(root.querySelector(`.node[data-key='${args[0]}'] .frame`));
            return [picture.getBoundingClientRect().width / picture.viewBox.baseVal.width,
                x + width / 2, y + height / 2]",
            &[json!(key)],
        )
        .await?;
    let number = |at: usize| found[at].as_f64();
    let all = || Some((number(0)?, number(1)?, number(2)?));
    all().ok_or_else(|| format!("no node {key}: {found}").into())
}

fn is_near(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.0 - other.0).abs() < 2.0 && (one.1 - other.1).abs() < 2.0
}

/// A network whose first layer alone has more gates than can be read at once.
fn network(width: i32) -> String {
    let sum: Vec<_> = (0..width)
        .map(|i| format!("tanh(x * w{i} + {i})"))
        .collect();
    let weights = (0..width).map(|i| format!("w{i} = {}", i % 7 - 3));
    let lines: Vec<_> = std::iter::once("x = 0.5".to_owned())
        .chain(weights)
        .chain([format!("f = {}", sum.join(" + "))])
        .collect();
    lines.join("\n")
}

pub async fn the_wheel_is_the_pages_until_the_graph_has_the_focus(browser: &Browser) -> Outcome {
    browser.resize(Screen::Desktop(700, 400)).await?;
    let page = browser.open("/").await?;
    page.run("scrollTo(0, 0)", &[]).await?;
    let before = sight(&page, "q").await?;
    page.wheel(".node[data-key='q'] .frame", 100).await?;
    page.until("scrollY > 0", &[]).await?;
    assert_eq!(sight(&page, "q").await?.0, before.0);
    // With Ctrl it zooms, about the pointer.
    page.run("scrollTo(0, 0)", &[]).await?;
    for (turn, grows) in [(-100, true), (100, false)] {
        let before = sight(&page, "q").await?;
        page.wheel_holding(Key::Control, ".node[data-key='q'] .frame", turn)
            .await?;
        let after = sight(&page, "q").await?;
        assert_eq!(after.0 > before.0, grows, "{before:?} {after:?}");
    }
    // And with the focus.
    page.focus(".node[data-key='q']").await?;
    let before = sight(&page, "q").await?;
    page.wheel(".node[data-key='q'] .frame", -100).await?;
    let mut after = before;
    for _ in 0..40 {
        after = sight(&page, "q").await?;
        if after.0 > before.0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(after.0 > before.0, "{before:?} {after:?}");
    assert_eq!(page.run("return scrollY", &[]).await?, json!(0));
    Ok(())
}

pub async fn buttons_and_keys_zoom_and_fit(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    let whole =
        "const [outer, inner] = ['.graph', '.picture'].map((css) => box(root.querySelector(css)));
        return inner.x >= outer.x - 1 && inner.y >= outer.y - 1
            && inner.x + inner.width <= outer.x + outer.width + 1
            && inner.y + inner.height <= outer.y + outer.height + 1";
    let first = sight(&page, "f").await?.0;
    page.click(".larger").await?;
    page.click(".larger").await?;
    let larger = sight(&page, "f").await?.0;
    assert!((larger / first - 1.5625).abs() < 0.01, "{first} {larger}");
    assert_eq!(page.run(whole, &[]).await?, false);
    page.click(".fit").await?;
    assert_eq!(page.run(whole, &[]).await?, true);
    let fitting = sight(&page, "f").await?.0;
    page.focus(".node[data-key='f']").await?;
    page.press("+").await?;
    assert!(sight(&page, "f").await?.0 > fitting);
    page.press("-").await?;
    assert!((sight(&page, "f").await?.0 - fitting).abs() < 0.01);
    page.press("-").await?;
    assert!(sight(&page, "f").await?.0 < fitting);
    page.press("0").await?;
    assert!((sight(&page, "f").await?.0 - fitting).abs() < 0.01);
    // A zoom stays through an edit of the program.
    page.press("+").await?;
    let chosen = sight(&page, "f").await?.0;
    page.type_program("a = 2\nf = a * a").await?;
    assert!((sight(&page, "f").await?.0 - chosen).abs() < 0.01);
    Ok(())
}

pub async fn a_drag_of_the_paper_moves_the_picture(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    for _ in 0..5 {
        page.click(".larger").await?;
    }
    let before = sight(&page, "f").await?;
    page.drag(".graph", &[(-30, -20), (-30, -20)]).await?;
    let after = sight(&page, "f").await?;
    assert!(
        is_near((before.1 - 60.0, before.2 - 40.0), (after.1, after.2)),
        "{before:?} {after:?}"
    );
    // A drag that begins at a gate chooses none.
    let chosen = "return all('.selected').length";
    page.drag(".node.gate .frame", &[(20, 10), (20, 10)])
        .await?;
    assert_eq!(page.run(chosen, &[]).await?, json!(0));
    page.click(".node.gate .frame").await?;
    assert_eq!(page.run(chosen, &[]).await?, json!(1));
    Ok(())
}

pub async fn fingers_reach_every_control_and_zoom(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    let small = page
        .run(
            "return all('.tools button, .grip').filter((one) => one.checkVisibility()).map((one) => [one.getAttribute('class'), box(one)])
                .filter(([, { width, height }]) => width < 24 || height < 24)",
            &[],
        )
        .await?;
    assert_eq!(small, json!([]));
    // A tap types, a swipe along the number changes it.
    page.swipe(".wire[data-from='x'] .grip", &[(5, 0), (10, 0), (15, 0)])
        .await?;
    let value = page.picture().await?.value("x")?;
    assert!((value + 1.7).abs() < 1e-9, "{value}");
    page.swipe(".wire[data-from='y'] .grip", &[]).await?;
    page.until("root.activeElement?.matches('.in-place')", &[])
        .await?;
    page.press("2").await?;
    page.press(Key::Enter).await?;
    assert_eq!(page.picture().await?.value("y")?, 2.0);
    // Two of them zoom the picture, not the page.
    let before = sight(&page, "q").await?;
    page.pinch(".node[data-key='q'] .frame", 40, 100).await?;
    let after = sight(&page, "q").await?;
    assert!(
        (after.0 / before.0 - 2.5).abs() < 0.3,
        "{before:?} {after:?}"
    );
    let scale = page.run("return visualViewport.scale", &[]).await?;
    assert_eq!(scale, json!(1));
    page.pinch(".node[data-key='q'] .frame", 100, 40).await?;
    assert!((sight(&page, "q").await?.0 / before.0 - 1.0).abs() < 0.2);
    Ok(())
}

/// What goes on beyond an edge is seen to go on, and a step that is linked is in sight.
pub async fn a_picture_that_goes_on_fades(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let fades = "const { classList } = root.querySelector('.graph');
        return ['left', 'right'].map((side) => classList.contains(`more-${side}`))";
    assert_eq!(page.run(fades, &[]).await?, json!([false, false]));
    let chain = "x = 0.5\nh = x\nfor i in range(9):\n    h = h * sin(h) + x\nf = h";
    page.set_program(chain).await?;
    page.until_still().await?;
    assert_eq!(page.run(fades, &[]).await?, json!([false, true]));
    page.run("element.state = { ...element.state, step: 20 }", &[])
        .await?;
    page.until(
        "(({ left, right }) => left >= 0 && right <= innerWidth)(
            root.querySelector('.node.working').getBoundingClientRect())",
        &[],
    )
    .await?;
    page.until(
        "root.querySelector('.graph').matches('.more-left.more-right')",
        &[],
    )
    .await?;
    page.click(".fit").await?;
    page.until_still().await?;
    assert_eq!(page.run(fades, &[]).await?, json!([false, false]));
    Ok(())
}

pub async fn a_large_graph_is_seen_from_afar(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(&network(90)).await?;
    page.until("root.querySelector('.picture').matches('.far')", &[])
        .await?;
    assert_eq!(page.picture_texts().await?.len(), 0);
    // The size of a gradient is the width of its wire.
    let widths = page
        .run(
            "const { wires } = element.snapshot();
            return all('.wire').slice(0, wires.length).map((wire, i) =>
                [Math.abs(wires[i].gradient), parseFloat(getComputedStyle(wire.querySelector('.curve')).strokeWidth)])
                .sort(([a], [b]) => a - b)",
            &[],
        )
        .await?;
    let widths: Vec<(f64, f64)> = widths
        .as_array()
        .ok_or("no wires")?
        .iter()
        .filter_map(|one| Some((one[0].as_f64()?, one[1].as_f64()?)))
        .filter(|(gradient, _)| *gradient > 0.0)
        .collect();
    assert!(widths.is_sorted_by_key(|(_, width)| *width), "{widths:?}");
    assert!(widths.first().map(|w| w.1) < widths.last().map(|w| w.1));
    // It follows the values within the frame.
    let levels = "const levels = () => all('.wire').map(({ dataset }) => dataset.level).join();
        const before = levels();
        element.setInput('x', args[0]);
        return before !== levels()";
    assert_eq!(page.run(levels, &[json!(40)]).await?, true);
    // Near by, the labels are back, and current.
    for _ in 0..14 {
        page.click(".larger").await?;
    }
    page.until("!root.querySelector('.picture').matches('.far')", &[])
        .await?;
    assert!(!page.picture_texts().await?.is_empty());
    Ok(())
}

pub async fn presenting_shows_the_graph_alone(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let before = sight(&page, "q").await?.0;
    page.focus(".node[data-key='q']").await?;
    page.press("p").await?;
    page.until("root.querySelector('.body').matches('.presenting')", &[])
        .await?;
    let seen = "return Object.fromEntries(['.graph', '.timeline', '.editor', '.inputs', '.menu'].map((css) =>
        [css, root.querySelector(css).checkVisibility()]))";
    assert_eq!(
        page.run(seen, &[]).await?,
        json!({ ".graph": true, ".timeline": true, ".editor": false, ".inputs": false, ".menu": false })
    );
    // Large: a label has a thirtieth of the screen's height, or the graph takes its width.
    let label = page
        .until(
            "(() => { const { width, height } = box(root.querySelector('.graph'));
                const label = box(root.querySelector('.value'));
                const picture = box(root.querySelector('.picture'));
                return width > innerWidth - 60 && height > innerHeight / 2
                    && (label.height > innerHeight / 30 || picture.width > width - 2); })()",
            &[],
        )
        .await?;
    assert_eq!(label, Value::Bool(true));
    assert!(sight(&page, "q").await?.0 > before);
    page.press(Key::Escape).await?;
    page.until("!root.querySelector('.body').matches('.presenting')", &[])
        .await?;
    page.until("root.querySelector('.editor').checkVisibility()", &[])
        .await?;
    Ok(())
}
