//! A random walk over all that somebody can do with the page, for a given time and from a given
//! seed: `cargo xtask soak`. After every few actions a fresh element that is given the state shows
//! the same, the link of the state reads back, undo to the beginning and redo to the end change
//! nothing, and nothing is on the console. Where that fails it prints the actions that lead there,
//! as few as it finds.

use std::{
    env,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use backflow::{
    Outcome,
    browser::Browser,
    page::{Page, script},
};
use serde_json::{Value, json};

/// How many actions a page is given, and after how many of them all is checked.
const ACTIONS: usize = 160;
const EVERY: usize = 8;

/// How long fewer actions are looked for.
const SHRINKS: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(soak()),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn soak() -> Outcome<ExitCode> {
    let given = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
    let minutes: f64 = given("BACKFLOW_SOAK_MINUTES").map_or(Ok(5.0), |text| text.parse())?;
    let first: u32 = match given("BACKFLOW_SOAK_SEED") {
        Some(text) => text.parse()?,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos(),
    };
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages");
    let browser = Browser::start(&pages).await?;
    let start = Instant::now();
    let time = Duration::from_secs_f64(minutes * 60.0);
    let mut actions = 0;
    let mut seed = first;
    println!(
        "soaking in {} for {minutes} minutes from seed {first}",
        browser.engine().name()
    );
    let code = loop {
        let walk = walk(&browser, seed).await?;
        if let Some(wrong) = follow(&browser, &walk, EVERY).await? {
            report(&browser, seed, walk, wrong).await?;
            break ExitCode::FAILURE;
        }
        actions += walk.len();
        println!("seed {seed}: {} actions hold", walk.len());
        if start.elapsed() > time {
            println!("{actions} actions from seed {first} to {seed}: nothing found");
            break ExitCode::SUCCESS;
        }
        seed = seed.wrapping_add(1);
    };
    browser.quit().await?;
    Ok(code)
}

/// What failed, and after how many actions.
struct Wrong {
    done: usize,
    what: String,
}

/// The script of the walk.
fn soaking(call: &str) -> String {
    let modules = script(&[
        include_str!("../js/support/random.js"),
        include_str!("soak/soak.js"),
    ]);
    format!("{modules}\n{call}")
}

async fn walk(browser: &Browser, seed: u32) -> Outcome<Vec<Value>> {
    let page = browser.open("/").await?;
    let call = soaking("return actions(args[0], args[1])");
    let actions = page.run(&call, &[json!(seed), json!(ACTIONS)]).await?;
    Ok(actions.as_array().cloned().unwrap_or_default())
}

/// Does the actions in a page of its own; what is wrong then, if anything is.
async fn follow(browser: &Browser, actions: &[Value], every: usize) -> Outcome<Option<Wrong>> {
    browser.reset().await?;
    browser.session().goto("about:blank").await?;
    let page = browser.open("/").await?;
    // A driver waits half a minute for a script: a few actions at a time.
    page.run(&soaking("window.soak = { follow }; return null"), &[])
        .await?;
    for (at, part) in actions.chunks(every).enumerate() {
        let done = at * every;
        let wrong = match part_of(&page, part, every).await {
            Ok(wrong) => wrong,
            // The page hangs, or is gone.
            Err(error) => Some((part.len(), error.to_string())),
        };
        if let Some((within, what)) = wrong {
            return Ok(Some(Wrong {
                done: done + within,
                what,
            }));
        }
    }
    let complaints = browser.take_complaints().await?;
    Ok((!complaints.is_empty()).then(|| Wrong {
        done: actions.len(),
        what: complaints.join("\n"),
    }))
}

async fn part_of(page: &Page, part: &[Value], every: usize) -> Outcome<Option<(usize, String)>> {
    let call = "return await soak.follow(element, args[0], args[1])";
    let wrong = page.run(call, &[json!(part), json!(every)]).await?;
    let what = wrong["wrong"].as_str();
    Ok(what.map(|what| {
        (
            wrong["done"].as_u64().unwrap_or_default() as usize,
            what.to_owned(),
        )
    }))
}

/// Leaves actions out as long as something is still wrong, and prints what remains.
async fn report(browser: &Browser, seed: u32, walk: Vec<Value>, wrong: Wrong) -> Outcome {
    println!(
        "\nseed {seed}, after {} actions: {}",
        wrong.done, wrong.what
    );
    let mut actions = walk;
    actions.truncate(wrong.done);
    let mut what = wrong.what;
    let start = Instant::now();
    let mut size = actions.len() / 2;
    while size > 0 && start.elapsed() < SHRINKS {
        let mut at = 0;
        while at < actions.len() && start.elapsed() < SHRINKS {
            let mut fewer = actions.clone();
            fewer.drain(at..(at + size).min(actions.len()));
            // All at once, so that it is checked at the end alone.
            let every = fewer.len().max(1);
            match follow(browser, &fewer, every).await? {
                Some(again) => {
                    fewer.truncate(again.done);
                    (actions, what) = (fewer, again.what);
                }
                None => at += size,
            }
        }
        size /= 2;
    }
    println!("\n{} actions are enough: {what}", actions.len());
    println!("{}", serde_json::to_string(&actions)?);
    Ok(())
}
