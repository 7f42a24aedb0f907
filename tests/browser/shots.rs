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

pub async fn of_the_page(browser: &Browser) -> Outcome {
    for width in [1280, 768, 360] {
        browser
            .resize(if width == 360 {
                Screen::Phone(width, 1000)
            } else {
                Screen::Desktop(width, 900)
            })
            .await?;
        for (theme, preferences) in [("light", &[][..]), ("dark", &[Preference::Dark][..])] {
            browser.prefer(preferences).await?;
            let page = browser.open("/").await?;
            take(browser, &format!("first-{width}-{theme}")).await?;
            page.choose("Sigmoid neuron, written out").await?;
            settle().await;
            take(browser, &format!("neuron-{width}-{theme}")).await?;
            page.type_program("x = 2\ny = sgmoid(x)\nf = q * x").await?;
            settle().await;
            take(browser, &format!("mistakes-{width}-{theme}")).await?;
        }
    }
    Ok(())
}

/// Until all has glided to its place.
async fn settle() {
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
}
