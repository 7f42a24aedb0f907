//! Screenshots, into the folder that `BACKFLOW_SHOTS` names.

use std::{env, fs, path::PathBuf};

use backflow::{
    Outcome,
    browser::{Browser, Preference, Screen},
};

/// Where screenshots go, if anywhere.
pub fn folder() -> Option<PathBuf> {
    env::var_os("BACKFLOW_SHOTS").map(PathBuf::from)
}

/// Takes a screenshot of what is on the screen.
pub async fn take(browser: &Browser, name: &str) -> Outcome {
    if let Some(folder) = folder() {
        fs::create_dir_all(&folder)?;
        browser
            .session()
            .screenshot(&folder.join(format!("{name}.png")))
            .await?;
    }
    Ok(())
}

const SCREENS: [(&str, Screen); 3] = [
    ("1280", Screen::Desktop(1280, 900)),
    ("768", Screen::Desktop(768, 1100)),
    ("360", Screen::Phone(360, 1000)),
];

const THEMES: [(&str, &[Preference]); 3] = [
    ("light", &[]),
    ("dark", &[Preference::Dark]),
    ("forced", &[Preference::Forced]),
];

/// Every example of the menu; one of them in the middle of its backward pass with a gate's card;
/// and a program with mistakes: in each theme at each width.
pub async fn of_the_page(browser: &Browser) -> Outcome {
    for (width, screen) in SCREENS {
        browser.resize(screen).await?;
        for (theme, preferences) in THEMES {
            browser.prefer(preferences).await?;
            let page = browser.open("/").await?;
            let name = |what: &str| format!("{what}-{width}-{theme}");
            for (at, title) in page.texts("optgroup option").await?.into_iter().enumerate() {
                page.choose(&title).await?;
                page.until_still().await?;
                take(browser, &name(&format!("{:02}-{}", at + 1, slug(&title)))).await?;
            }
            page.choose("Sigmoid neuron, written out").await?;
            page.until_still().await?;
            page.run("element.state = { ...element.state, step: 14 }", &[])
                .await?;
            page.click("g.node.gate").await?;
            page.until_still().await?;
            take(browser, &name("step-and-card")).await?;
            page.type_program("x = 2\ny = sgmoid(x)\nf = q * x").await?;
            page.until_still().await?;
            take(browser, &name("mistakes")).await?;
        }
    }
    Ok(())
}

/// A title as a part of the name of a file.
fn slug(title: &str) -> String {
    let words = title.split(|one: char| !one.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}
