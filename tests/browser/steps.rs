//! The picture at a step of the two passes.

use backflow::{
    Outcome,
    browser::{Browser, Preference},
    page::Page,
};
use serde_json::{Value, json};

/// Shows a step.
async fn step(page: &Page, step: usize) -> Outcome {
    page.run(
        "element.state = { ...element.state, step: args[0] }",
        &[json!(step)],
    )
    .await?;
    page.until_step(step).await
}

/// The labels that can be seen, as `from: value gradient`, with `_` for what is blank.
async fn labels(page: &Page) -> Outcome<Value> {
    page.run(
        "const shown = (one) => one.checkVisibility({ visibilityProperty: true }) ? one.textContent : '_';
        return all('.wire').map((wire) => `${wire.dataset.from}: ${shown(wire.querySelector('.value'))} ${
            shown(wire.querySelector('.gradient'))}`)",
        &[],
    )
    .await
}

/// The keys of the nodes and the ends of the wires of a class.
async fn keys(page: &Page, css: &str) -> Outcome<Value> {
    page.run(
        "return all(args[0]).map(({ dataset }) => dataset.key ?? `${dataset.from} ${dataset.to ?? ''}`.trim()).sort()",
        &[json!(css)],
    )
    .await
}

pub async fn what_is_not_computed_yet_is_blank(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // Inputs, q, f, the upstream gradient, f backward, q backward.
    let steps = [
        ["x: −2 _", "y: 5 _", "q: _ _", "z: −4 _", "f: _ _"],
        ["x: −2 _", "y: 5 _", "q: 3 _", "z: −4 _", "f: _ _"],
        ["x: −2 _", "y: 5 _", "q: 3 _", "z: −4 _", "f: −12 _"],
        ["x: −2 _", "y: 5 _", "q: 3 _", "z: −4 _", "f: −12 1"],
        ["x: −2 _", "y: 5 _", "q: 3 −4", "z: −4 3", "f: −12 1"],
    ];
    for (at, expected) in steps.iter().enumerate() {
        step(&page, at).await?;
        let mut expected = expected.to_vec();
        let labels = labels(&page).await?;
        let mut labels: Vec<_> = labels
            .as_array()
            .ok_or("no wires")?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        expected.sort_unstable();
        labels.sort_unstable();
        assert_eq!(labels, expected, "step {at}");
    }
    // Nor is it told otherwise.
    step(&page, 1).await?;
    page.run("root.querySelector('.node[data-key=f]').focus()", &[])
        .await?;
    let label = page.run("return root.activeElement.ariaLabel", &[]).await?;
    assert_eq!(
        label,
        json!("f × gate: value not computed yet, gradient not computed yet")
    );
    // At the end all is there.
    page.run("element.state = { ...element.state, step: null }", &[])
        .await?;
    page.until(
        "all('.wire text').every((one) => one.checkVisibility({ visibilityProperty: true }))",
        &[],
    )
    .await?;
    page.picture().await?.is_drawn()
}

pub async fn the_gate_at_work_and_what_it_reads_stand_out(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    step(&page, 2).await?;
    assert_eq!(keys(&page, ".node.working").await?, json!(["f"]));
    assert_eq!(
        keys(&page, ".wire.working").await?,
        json!(["f", "q f", "z f"])
    );
    // A product keeps its operands, once they are there.
    let kept = "return all('.kept').filter((one) => one.checkVisibility()).map((one) => one.parentElement.dataset.key).sort()";
    step(&page, 0).await?;
    assert_eq!(page.run(kept, &[]).await?, json!(["z"]));
    step(&page, 1).await?;
    assert_eq!(page.run(kept, &[]).await?, json!(["q", "z"]));
    assert_eq!(keys(&page, ".read").await?, json!([]));
    // And uses them on the way back.
    step(&page, 4).await?;
    assert_eq!(keys(&page, ".node.working").await?, json!(["f"]));
    assert_eq!(keys(&page, ".read").await?, json!(["q", "z"]));
    let colours = "return [...new Set(all('.wire.working .curve').map((one) => getComputedStyle(one).stroke))]";
    let red = page
        .run(
            "return [getComputedStyle(root.querySelector('.gradient')).fill]",
            &[],
        )
        .await?;
    assert_eq!(page.run(colours, &[]).await?, red);
    page.until(
        "root.querySelector('.legend .keeps').checkVisibility()",
        &[],
    )
    .await?;
    // At rest nothing does.
    step(&page, 1).await?;
    page.run("element.state = { ...element.state, step: null }", &[])
        .await?;
    assert_eq!(keys(&page, ".working, .read").await?, json!([]));
    assert_eq!(page.run(kept, &[]).await?, json!([]));
    page.until(
        "!root.querySelector('.legend .keeps').checkVisibility()",
        &[],
    )
    .await?;
    Ok(())
}

pub async fn a_backward_step_sends_a_pulse_along_its_wires(browser: &Browser) -> Outcome {
    for (preferences, pulses) in [(&[][..], 2), (&[Preference::Still][..], 0)] {
        browser.prefer(preferences).await?;
        let page = browser.open("/").await?;
        step(&page, 3).await?;
        page.until_still().await?;
        let sent = page
            .run(
                "root.querySelector('[aria-label=\"Step forward\"]').click();
                return all('.pulses > .backward').length",
                &[],
            )
            .await?;
        assert_eq!(sent, json!(pulses));
        // It lands as a number, and is gone.
        page.until("all('.pulses > *').length === 0", &[]).await?;
        let labels = labels(&page).await?;
        assert!(
            labels
                .as_array()
                .is_some_and(|all| all.contains(&json!("q: 3 −4"))),
            "{labels}"
        );
    }
    Ok(())
}

pub async fn a_gate_at_work_out_of_sight_comes_into_sight(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    for _ in 0..5 {
        page.click(".larger").await?;
    }
    for at in [1, 8, 2] {
        step(&page, at).await?;
        page.until(
            "(() => { const [graph, gate] = ['.graph', '.node.working .frame'].map((css) => box(root.querySelector(css)));
                return gate.x >= graph.x && gate.y >= graph.y && gate.x + gate.width <= graph.x + graph.width
                    && gate.y + gate.height <= graph.y + graph.height; })()",
            &[],
        )
        .await?;
    }
    Ok(())
}
