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

/// So many steps are undone and redone most times, and all of them every fourth time.
const SHALLOW: usize = 5;

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
    let mut soak = Soak {
        browser: start().await?,
    };
    let engine = soak.browser.engine().name();
    println!("soaking in {engine} for {minutes} minutes from seed {first}");
    let begun = Instant::now();
    let time = Duration::from_secs_f64(minutes * 60.0);
    let mut actions = 0;
    let mut seed = first;
    let code = loop {
        let walk = soak.walk(seed).await?;
        if let Some(wrong) = soak.follow(&walk, EVERY).await? {
            soak.report(seed, walk, wrong).await?;
            break ExitCode::FAILURE;
        }
        actions += walk.len();
        println!("seed {seed}: {} actions hold", walk.len());
        if begun.elapsed() > time {
            println!("{actions} actions from seed {first} to {seed}: nothing found");
            break ExitCode::SUCCESS;
        }
        seed = seed.wrapping_add(1);
    };
    soak.browser.quit().await?;
    Ok(code)
}

async fn start() -> Outcome<Browser> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages");
    Browser::start(&pages).await
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

struct Soak {
    browser: Browser,
}

impl Soak {
    async fn walk(&self, seed: u32) -> Outcome<Vec<Value>> {
        let page = self.browser.open("/").await?;
        let call = soaking("return actions(args[0], args[1])");
        let actions = page.run(&call, &[json!(seed), json!(ACTIONS)]).await?;
        Ok(actions.as_array().cloned().unwrap_or_default())
    }

    /// Does the actions in a page of its own; what is wrong then, if anything is.
    async fn follow(&mut self, actions: &[Value], every: usize) -> Outcome<Option<Wrong>> {
        let wrong = match self.tried(actions, every).await? {
            Some(lost) if self.is_lost().await => {
                // What ends a browser does so again.
                println!(
                    "the browser is gone after {} actions: another one",
                    lost.done
                );
                self.browser = start().await?;
                self.tried(actions, every).await?
            }
            wrong => wrong,
        };
        if self.is_lost().await {
            self.browser = start().await?;
        }
        Ok(wrong)
    }

    async fn is_lost(&self) -> bool {
        self.browser.session().current_url().await.is_err()
    }

    async fn tried(&self, actions: &[Value], every: usize) -> Outcome<Option<Wrong>> {
        let browser = &self.browser;
        browser.reset().await?;
        browser.session().goto("about:blank").await?;
        let page = browser.open("/").await?;
        let begin = soaking("window.soak = { follow }; return null");
        page.run(&begin, &[]).await?;
        // A driver does not wait for long: a few actions at a time.
        let parts = actions.len().div_ceil(every);
        for (at, part) in actions.chunks(every).enumerate() {
            let is_thorough = at % 4 == 3 || at + 1 == parts;
            let depth = if is_thorough {
                usize::from(u16::MAX)
            } else {
                SHALLOW
            };
            let wrong = match done(&page, part, depth).await {
                Ok(wrong) => wrong,
                // The page hangs, or is gone.
                Err(error) => Some((part.len(), error.to_string())),
            };
            if let Some((within, what)) = wrong {
                let done = at * every + within;
                return Ok(Some(Wrong { done, what }));
            }
        }
        let complaints = browser.take_complaints().await?;
        Ok((!complaints.is_empty()).then(|| Wrong {
            done: actions.len(),
            what: complaints.join("\n"),
        }))
    }

    /// Leaves actions out as long as something is still wrong, and prints what remains.
    async fn report(&mut self, seed: u32, walk: Vec<Value>, wrong: Wrong) -> Outcome {
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
                match self.follow(&fewer, every).await? {
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
        println!("the whole walk again: cargo xtask soak --seed {seed}");
        Ok(())
    }
}

async fn done(page: &Page, part: &[Value], depth: usize) -> Outcome<Option<(usize, String)>> {
    let call = "return await soak.follow(element, args[0], args[1])";
    let wrong = page.run(call, &[json!(part), json!(depth)]).await?;
    let done = wrong["done"].as_u64().unwrap_or_default() as usize;
    Ok(wrong["wrong"].as_str().map(|what| (done, what.to_owned())))
}
