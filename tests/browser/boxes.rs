//! Boxes that open and close, gates that fold, copies.

use backflow::{Outcome, browser::Browser, page::Page};
use serde_json::{Value, json};
use thirtyfour::Key;

const NEURONS: &str = "def neuron(w, x):\n    s = w * x\n    return sigmoid(s)\n\
    x = 1\nw = 2\nh = neuron(w, x)\nf = neuron(h, x)";

/// The gradients of the inputs, and how many gates are drawn.
async fn gradients(page: &Page) -> Outcome<(Vec<f64>, usize)> {
    let picture = page.picture().await?;
    picture.is_drawn()?;
    let inputs = picture
        .nodes()
        .iter()
        .filter(|node| node["kind"] == "input");
    let gradients = inputs
        .filter_map(|node| node["gradient"].as_f64())
        .collect();
    Ok((gradients, picture.nodes().len()))
}

fn are_near(one: &[f64], other: &[f64]) -> bool {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-12 * a.abs().max(1.0);
    one.len() == other.len() && one.iter().zip(other).all(near)
}

/// The titles of the boxes that are open.
async fn open(page: &Page) -> Outcome<Vec<String>> {
    page.texts(".boxes > .box > .title").await
}

pub async fn a_call_closes_and_opens_in_place(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(NEURONS).await?;
    page.until_still().await?;
    assert_eq!(open(&page).await?, ["neuron", "neuron"]);
    let (before, count) = gradients(&page).await?;
    // What stays keeps its element.
    page.run("window.kept = root.querySelector('.node[data-key=w]')", &[])
        .await?;
    page.click(".box .opener .disc").await?;
    page.until_still().await?;
    assert_eq!(open(&page).await?, ["neuron"]);
    let (closed, fewer) = gradients(&page).await?;
    assert!(are_near(&before, &closed), "{before:?} {closed:?}");
    assert!(fewer < count, "{fewer} of {count}");
    let kept = "return kept.isConnected && kept === root.querySelector('.node[data-key=w]')";
    assert_eq!(page.run(kept, &[]).await?, true);
    page.click(".node.box .opener .disc").await?;
    page.until_still().await?;
    assert_eq!(open(&page).await?, ["neuron", "neuron"]);
    assert_eq!(gradients(&page).await?.1, count);
    Ok(())
}

pub async fn keys_open_and_close_too(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(NEURONS).await?;
    // Out of the gate into its box, and closed; the focus stays with it.
    page.focus(".node[data-key='h']").await?;
    page.press(Key::Escape).await?;
    let focused = "return [root.activeElement.getAttribute('class').split(' ').includes('box'),
        root.activeElement.getAttribute('aria-expanded')]";
    assert_eq!(page.run(focused, &[]).await?, json!([true, "true"]));
    page.press(Key::Enter).await?;
    assert_eq!(page.run(focused, &[]).await?, json!([true, "false"]));
    assert_eq!(open(&page).await?.len(), 1);
    page.press(Key::Enter).await?;
    assert_eq!(page.run(focused, &[]).await?, json!([true, "true"]));
    assert_eq!(open(&page).await?.len(), 2);
    // A composite gate opens the same way.
    page.press(Key::Right).await?;
    page.focus(".node[data-key='h']").await?;
    page.press(Key::Enter).await?;
    assert_eq!(open(&page).await?.len(), 3);
    gradients(&page).await?;
    Ok(())
}

pub async fn a_sigmoid_written_out_folds_and_unfolds(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, written out").await?;
    page.until_still().await?;
    let (before, count) = gradients(&page).await?;
    page.set_input("w0", json!(1.5)).await?;
    let (moved, _) = gradients(&page).await?;
    let offer = "return root.querySelector('.picture .fold').getAttribute('aria-label')";
    let offer = page.run(offer, &[]).await?;
    assert_eq!(
        offer,
        "Fold 4 gates into one sigmoid gate: 11 steps instead of 17, the same gradients"
    );
    assert_eq!(last_step(&page).await?, 17);
    page.click(".fold").await?;
    page.until_still().await?;
    assert_eq!(last_step(&page).await?, 11);
    let (folded, fewer) = gradients(&page).await?;
    // Four gates are one, and the value that was given stays.
    assert_eq!(count - fewer, 3);
    assert!(are_near(&moved, &folded), "{moved:?} {folded:?}");
    assert!(!are_near(&before, &folded));
    assert_eq!(page.picture().await?.node("f")?["op"], "sigmoid");
    // The card of the gate tells of both, and what unfolds it.
    page.click(".node[data-key='f'] .frame").await?;
    let told = page.texts(".card .role").await?.join("\n");
    for part in ["11 steps instead of 17", "are the same", "unfolds it"] {
        assert!(told.contains(part), "{told}");
    }
    page.click(".node[data-key='f'] .opener .disc").await?;
    page.until_still().await?;
    let (unfolded, all) = gradients(&page).await?;
    assert_eq!(all, count);
    assert!(are_near(&moved, &unfolded), "{moved:?} {unfolded:?}");
    // The button does it too.
    page.click(".tools .fold").await?;
    assert_eq!(gradients(&page).await?.1, fewer);
    let hidden = page
        .run("return root.querySelector('.tools .fold').hidden", &[])
        .await?;
    assert_eq!(hidden, Value::Bool(true));
    // A key unfolds as the sign does.
    page.focus(".node[data-key='f']").await?;
    page.press(Key::Enter).await?;
    assert_eq!(gradients(&page).await?.1, count);
    assert_eq!(last_step(&page).await?, 17);
    Ok(())
}

/// The number of the timeline's last step.
async fn last_step(page: &Page) -> Outcome<u64> {
    let last = "return Number(root.querySelector('.timeline .scrubber').max)";
    let last = page.run(last, &[]).await?;
    Ok(last.as_u64().ok_or("no last step")?)
}

pub async fn copies_are_shown_at_every_fan_out(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Copy gate: gradient adder").await?;
    let (before, count) = gradients(&page).await?;
    page.click(".tools .copies").await?;
    let (after, more) = gradients(&page).await?;
    assert_eq!((before, count + 1), (after, more));
    // What comes back along its uses is added up.
    let picture = page.picture().await?;
    let copy = picture.nodes().iter().find(|node| node["kind"] == "copy");
    assert_eq!(copy.ok_or("no copy gate")?["gradient"], 6);
    let pressed = page.find(".tools .copies").await?;
    assert_eq!(pressed.attr("aria-pressed").await?.as_deref(), Some("true"));
    page.click(".tools .copies").await?;
    assert_eq!(gradients(&page).await?.1, count);
    Ok(())
}

pub async fn what_is_closed_stays_closed_through_edits_and_undo(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program(NEURONS).await?;
    page.click(".box .opener .disc").await?;
    page.run("root.querySelector('textarea').focus()", &[])
        .await?;
    page.press_holding(Key::Control, Key::End).await?;
    page.press(" * 3").await?;
    assert_eq!(open(&page).await?.len(), 1);
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(page.picture().await?.program(), NEURONS);
    assert_eq!(open(&page).await?.len(), 1);
    gradients(&page).await?;
    Ok(())
}
