//! How the page opens.

use backflow::{Outcome, browser::Browser, page::Page, picture::shown};
use serde_json::json;

pub async fn the_page_opens_on_the_first_graph_of_the_lecture(browser: &Browser) -> Outcome {
    first_graph(&browser.open("/").await?).await
}

pub async fn the_page_runs_in_a_sub_folder(browser: &Browser) -> Outcome {
    first_graph(&browser.open("/notes/backflow/").await?).await
}

/// f = (x + y) z at −2, 5, −4.
async fn first_graph(page: &Page) -> Outcome {
    let picture = page.picture().await?;
    for (name, value, gradient) in [
        ("x", -2.0, -4.0),
        ("y", 5.0, -4.0),
        ("z", -4.0, 3.0),
        ("f", -12.0, 1.0),
    ] {
        assert_eq!(picture.value(name)?, value, "value of {name}");
        assert_eq!(picture.gradient(name)?, gradient, "gradient of {name}");
    }
    assert_eq!(picture.gates(), ["add", "mul"]);
    let sum = picture.nodes().iter().find(|node| node["op"] == "add");
    let sum = sum.ok_or("there is no sum")?;
    assert_eq!((&sum["value"], &sum["gradient"]), (&json!(3), &json!(-4)));
    assert_eq!(picture.diagnostics(), [] as [serde_json::Value; 0]);

    let drawn: Vec<_> = picture
        .wires
        .iter()
        .map(|wire| (wire.value.as_str(), wire.gradient.as_str()))
        .collect();
    assert_eq!(drawn.len(), 5, "{drawn:?}");
    for texts in [
        ("−2", "−4"),
        ("5", "−4"),
        ("−4", "3"),
        ("3", "−4"),
        ("−12", "1"),
    ] {
        assert!(drawn.contains(&texts), "no wire shows {texts:?}: {drawn:?}");
    }
    let end = picture.open_end()?;
    assert_eq!((shown(&end.value)?, shown(&end.gradient)?), (-12.0, 1.0));
    // Also above and below.
    picture.is_drawn()
}

pub async fn the_page_loads_all_that_it_asks_for(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let loaded = page
        .run(
            "return performance.getEntriesByType('resource').map(({ name, responseStatus }) =>
                [name, responseStatus])",
            &[],
        )
        .await?;
    let loaded = loaded.as_array().ok_or("nothing was loaded")?;
    let wasm = |entry: &&serde_json::Value| {
        let url = entry[0].as_str().unwrap_or_default();
        std::path::Path::new(url)
            .extension()
            .is_some_and(|kind| kind == "wasm")
    };
    assert_eq!(loaded.iter().filter(wasm).count(), 1, "{loaded:?}");
    for entry in loaded {
        // WebKit does not tell; the server's complaints below do.
        assert!(entry[1] == 200 || entry[1].is_null(), "{entry}");
    }
    assert_eq!(browser.take_complaints().await?, [] as [&str; 0]);
    Ok(())
}
