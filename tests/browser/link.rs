//! The address of the page tells its state.

use backflow::{
    Outcome,
    browser::Browser,
    page::{Page, script},
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The fragment, once it tells something.
async fn fragment(page: &Page, wanted: &str) -> Outcome<String> {
    let hash = page
        .until(
            "location.hash.includes(args[0]) && [location.hash]",
            &[json!(wanted)],
        )
        .await?;
    Ok(hash[0].as_str().unwrap_or_default().to_owned())
}

pub async fn a_step_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    // What it opens on needs no address of its own.
    assert_eq!(page.run("return location.hash", &[]).await?, "");
    page.type_program("a = 3\nb = 4  # b & c\nL = a * b")
        .await?;
    assert_eq!(page.picture().await?.value("L")?, 12.0);
    page.set_input("b", json!(-2.5)).await?;
    page.focus(".scrubber").await?;
    page.press(Key::Left).await?;
    let linked = fragment(&page, "step=2").await?;
    assert!(linked.contains("values=b:-2.5"), "{linked}");
    let state = page.run("return element.state", &[]).await?;
    // Back in the history is where the reader was before the page.
    let length = page.run("return history.length", &[]).await?;
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{linked}")).await?;
    assert_eq!(again.run("return element.state", &[]).await?, state);
    assert_eq!(again.picture().await?.value("L")?, -7.5);
    assert!(
        again.run("return history.length", &[]).await?.as_u64() <= length.as_u64().map(|n| n + 2)
    );
    Ok(())
}

pub async fn a_view_is_linked(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.choose("Sigmoid neuron, one gate").await?;
    let closed = page.picture().await?.gates().len();
    page.until_still().await?;
    page.click("g.node[data-op='sigmoid'] .opener .disc")
        .await?;
    let linked = fragment(&page, "open=").await?;
    let opened = page.picture().await?.gates().len();
    assert!(opened > closed, "{opened} gates, {closed} before");
    browser.session().goto("about:blank").await?;
    let again = browser.open(&format!("/{linked}")).await?;
    assert_eq!(again.picture().await?.gates().len(), opened);
    let open = again.run("return element.state.view.open", &[]).await?;
    assert_eq!(open.as_array().map(Vec::len), Some(1), "{open}");
    Ok(())
}

pub async fn an_address_that_changes_is_followed(browser: &Browser) -> Outcome {
    let page = browser
        .open("/#program=x+%3D+2%0Af+%3D+x+*+x&step=1")
        .await?;
    assert_eq!(page.picture().await?.value("f")?, 4.0);
    assert_eq!(page.texts(".count").await?, ["step 1 of 3 · forward"]);
    page.run(
        "location.hash = '#program=x+%3D+2%0Af+%3D+x+*+x&values=x:3'",
        &[],
    )
    .await?;
    page.until("element.snapshot().nodes[0].value === 3", &[])
        .await?;
    assert_eq!(page.texts(".count").await?, ["step 3 of 3 · backward"]);
    Ok(())
}

pub async fn what_an_address_cannot_mean_is_ignored(browser: &Browser) -> Outcome {
    for fragment in ["#", "#top", "#%E0%A4%A", "#step=2", "#program"] {
        browser.session().goto("about:blank").await?;
        let page = browser.open(&format!("/{fragment}")).await?;
        let program = page.picture().await?.program().to_owned();
        assert_eq!(
            program.contains("q = x + y"),
            fragment != "#program",
            "{fragment}"
        );
    }
    browser.session().goto("about:blank").await?;
    let page = browser
        .open("/#program=x+%3D+1%0Af+%3D+x+%2B+1&values=x:one;q:3;x:1,2&upstream=1,2&step=999&open=nothing;f&copies=9")
        .await?;
    let picture = page.picture().await?;
    assert_eq!((picture.value("x")?, picture.value("f")?), (1.0, 2.0));
    assert_eq!(page.texts(".count").await?, ["step 3 of 3 · backward"]);
    // A program that is wrong is told as any other, as text.
    browser.session().goto("about:blank").await?;
    let page = browser
        .open("/#program=%3Cimg+src%3Dx+onerror%3D%22window.hit%3D1%22%3E")
        .await?;
    assert!(!page.texts(".messages li").await?.is_empty());
    let found = page
        .run(
            "return [all('img').length, typeof window.hit, root.querySelector('textarea').value]",
            &[],
        )
        .await?;
    assert_eq!(
        found,
        json!([0, "undefined", "<img src=x onerror=\"window.hit=1\">"])
    );
    Ok(())
}

pub async fn the_link_is_copied(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.run(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text } } })",
        &[],
    )
    .await?;
    page.focus(".scrubber").await?;
    page.press(Key::Home).await?;
    page.click(".bar .copy > button").await?;
    let copied = page.until("window.copied && [window.copied]", &[]).await?;
    let same = page
        .run(
            "const url = new URL(args[0]); return [url.origin === location.origin, url.pathname, url.hash.endsWith('step=0')]",
            &[copied[0].clone()],
        )
        .await?;
    assert_eq!(same, json!([true, "/", true]));
    Ok(())
}

pub async fn embedded_elements_leave_the_address_alone(browser: &Browser) -> Outcome {
    let pages = browser
        .open_all("/pages/embedding.html#program=x+%3D+1%0Af+%3D+x")
        .await?;
    let [first, others @ ..] = &pages[..] else {
        return Err("no graph".into());
    };
    assert_eq!(first.picture().await?.value("L")?, 12.0);
    let before = first.run("return location.href", &[]).await?;
    first.set_input("a", json!(7)).await?;
    first.focus(".scrubber").await?;
    first.press(Key::Home).await?;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(first.run("return location.href", &[]).await?, before);
    for page in &pages {
        let share = "return root.querySelector('.bar .copy').checkVisibility()";
        assert_eq!(page.run(share, &[]).await?, Value::Bool(false));
    }
    // A script can read and give the state of any.
    let [other, ..] = others else {
        return Err("one graph".into());
    };
    other
        .run(
            "element.state = args[0].state",
            &[json!({ "state": first.run("return element.state", &[]).await? })],
        )
        .await?;
    assert_eq!(other.picture().await?.value("L")?, 28.0);
    assert!(other.texts(".count").await?[0].starts_with("step 0 "));
    Ok(())
}

/// The names of values that every object has are no names of a pane, a mode, a key.
pub async fn names_that_objects_have_are_linked_in_vain(browser: &Browser) -> Outcome {
    for name in ["constructor", "__proto__", "toString", "hasOwnProperty"] {
        browser.session().goto("about:blank").await?;
        let parts = [
            "pane", "mode", "tab", "code", "chosen", "open", "values", "step",
        ];
        let parts = parts.map(|part| format!("&{part}={name}")).concat();
        let page = browser
            .open(&format!("/#program=x+%3D+2%0Af+%3D+x+*+x{parts}"))
            .await?;
        assert_eq!(page.picture().await?.value("f")?, 4.0, "{name}");
        assert_eq!(
            page.run("return element.state.pane", &[]).await?,
            Value::Null
        );
        assert_eq!(page.texts(".notice").await?, [""]);
    }
    Ok(())
}

pub async fn damaged_links_are_followed_as_far_as_they_go(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let mutate = script(&[
        include_str!("../js/support/random.js"),
        include_str!("../js/support/mutate.js"),
    ]);
    let follow = "const { readLink } = await import(new URL('web/link.js', document.baseURI));
        const [next, thrown] = [random(args[0]), []];
        for (const whole of [...LINKS, ...LINKS]) {
            const link = mutated(whole, next);
            const state = readLink(link);
            if (state === null) continue;
            try {
                element.state = state;
                element.snapshot();
                // What came of it is a state again.
                element.state = element.state;
            } catch (error) {
                thrown.push(JSON.stringify(`${error}: ${link}`).slice(0, 300));
            }
        }
        return thrown";
    for seed in 0..6 {
        let script = format!("{mutate}\n{follow}");
        assert_eq!(
            page.run(&script, &[json!(seed)]).await?,
            json!([]),
            "{seed}"
        );
    }
    page.run("element.state = { program: 'x = 3\\nf = x * x' }", &[])
        .await?;
    assert_eq!(page.picture().await?.value("f")?, 9.0);
    page.picture().await?.is_drawn()
}

pub async fn a_part_of_a_state_is_taken(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let take = "element.state = args[0]; return element.state";
    let whole = page.run("return element.state", &[]).await?;
    let program = "x = 3\nf = sigmoid(x) * x";
    let state = page.run(take, &[json!({ "program": program })]).await?;
    assert_eq!(state["program"], program);
    assert_eq!(page.picture().await?.node("x")?["value"], 3);
    // Without one the program stays, and begins anew.
    let parts =
        json!({ "values": { "x": [2] }, "view": { "copies": true }, "step": 1, "pane": "code" });
    let state = page.run(take, &[parts]).await?;
    assert_eq!(state["program"], program);
    assert_eq!(state["values"], json!({ "x": [2] }));
    assert_eq!(
        json!([state["view"]["copies"], state["step"], state["pane"]]),
        json!([true, 1, "code"])
    );
    for wrong in [
        json!(null),
        json!(5),
        json!("state"),
        json!([]),
        json!({ "program": 5, "values": [1], "tangents": "x", "upstream": {}, "view": 7, "step": "2" }),
        json!({ "view": { "open": "f", "closed": [1, null], "mode": "constructor" }, "looking": [] }),
        json!({ "looking": { "tab": "toString", "chosen": 5, "pair": ["x"], "sizes": [0, 1, 2] } }),
        json!({ "writing": { "style": "__proto__", "composite": 5 }, "pane": "constructor" }),
        json!({ "values": { "x": [1, 2, 3], "__proto__": [1], "f": "9" }, "upstream": [1, 2] }),
        json!({ "step": 1e300, "explicit": "yes" }),
    ] {
        let mut state = page.run(take, std::slice::from_ref(&wrong)).await?;
        assert_eq!(state["program"], program, "{wrong}");
        if wrong["step"].is_f64() {
            state["step"] = Value::Null;
        }
        let mut expected = whole.clone();
        expected["program"] = json!(program);
        assert_eq!(state, expected, "{wrong}");
        page.picture().await?.is_drawn()?;
    }
    // An element takes one before it starts, too.
    let early = "const made = document.createElement('backflow-graph');
        made.textContent = 'a = 2; b = a * a';
        made.state = { values: { a: [5] }, view: { mode: 'both' }, step: {} };
        const before = made.state;
        document.body.append(made);
        await made.ready;
        const after = [made.snapshot().nodes.find(({ name }) => name === 'b').value, made.state.view.mode];
        made.remove();
        return [before.values, after]";
    assert_eq!(
        page.run(early, &[]).await?,
        json!([{ "a": [5] }, [25, "both"]])
    );
    Ok(())
}
