//! Sizes, themes and motion.

use backflow::{
    Outcome,
    browser::{Browser, Preference, Screen},
    page::Page,
};
use serde_json::{Value, json};

const PHONE: Screen = Screen::Phone(360, 740);

/// Whether nothing stands out at the right, but within what scrolls by itself.
pub async fn fits(page: &Page, width: f64) -> Outcome {
    let wide = page
        .run(
            "const outside = (one) => { const { left, right } = one.getBoundingClientRect();
                return right > args[0] + 0.5 || left < -0.5; };
            const parts = all('*').filter((one) => !one.closest('.graph > *, .grid > *, .sheet > *, .card .frame > *, .timeline .frame > *'));
            // The scroll bar's room is kept free at the side, counted or not.
            return [document.documentElement.scrollWidth <= innerWidth, innerWidth,
                parts.filter(outside).map((one) => `${one.localName}.${one.className}`)]",
            &[json!(width)],
        )
        .await?;
    assert_eq!(wide, json!([true, width as i64, []]));
    Ok(())
}

/// The places of the parts.
async fn places(page: &Page) -> Outcome<[Value; 3]> {
    let parts = page
        .run(
            "return ['.graph', '.editor', '.inputs'].map((css) => box(root.querySelector(css)))",
            &[],
        )
        .await?;
    Ok([parts[0].clone(), parts[1].clone(), parts[2].clone()])
}

pub async fn the_page_fits_a_phone(browser: &Browser) -> Outcome {
    browser.resize(PHONE).await?;
    let page = browser.open("/").await?;
    fits(&page, 360.0).await?;
    let [graph, editor, inputs] = places(&page).await?;
    let bottom = graph["y"]
        .as_f64()
        .zip(graph["height"].as_f64())
        .map(|(y, height)| y + height);
    let top = |part: &Value| part["y"].as_f64();
    assert!(
        bottom <= top(&editor) && bottom <= top(&inputs),
        "{graph} {editor} {inputs}"
    );
    // A finger finds its way.
    let slider = page.slider("x").await?;
    assert!(slider.rect().await?.height >= 24.0 && slider.rect().await?.width >= 100.0);
    page.picture().await?.is_drawn()
}

pub async fn every_example_fits_a_phone(browser: &Browser) -> Outcome {
    browser.resize(PHONE).await?;
    let page = browser.open("/").await?;
    let wide_tensor = "W = [[0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]]\n\
        a_name_that_goes_on_and_on_and_on = 1.123456\n\
        f = sum(W) * a_name_that_goes_on_and_on_and_on * unknown_names_are_long_too_in_some_programs";
    let programs = page
        .run("return all('optgroup option').map((one) => one.value)", &[])
        .await?;
    let programs = programs.as_array().ok_or("the menu is empty")?.clone();
    assert!(programs.len() >= 8);
    let good = wide_tensor.replace(" * unknown_names_are_long_too_in_some_programs", "");
    for program in programs
        .iter()
        .filter_map(Value::as_str)
        .chain([good.as_str(), wide_tensor])
    {
        page.set_program(program).await?;
        fits(&page, 360.0)
            .await
            .map_err(|error| format!("{program}: {error}"))?;
    }
    Ok(())
}

pub async fn a_wide_page_has_the_graph_beside_the_program(browser: &Browser) -> Outcome {
    for (width, beside) in [(1280, true), (768, false)] {
        browser.resize(Screen::Desktop(width, 900)).await?;
        let page = browser.open("/").await?;
        fits(&page, f64::from(width)).await?;
        let [graph, editor, _] = places(&page).await?;
        let right = editor["x"]
            .as_f64()
            .zip(editor["width"].as_f64())
            .map(|(x, width)| x + width);
        assert_eq!(
            right <= graph["x"].as_f64(),
            beside,
            "{width}: {graph} {editor}"
        );
        // The graph is the largest.
        assert!(
            graph["width"].as_f64() > editor["width"].as_f64(),
            "{width}: {graph} {editor}"
        );
    }
    Ok(())
}

/// The colours of all texts of the picture with that of the paper behind them, as the browser
/// paints them: `[what, text, paper, halo]`.
const COLOURS: &str = "
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const painted = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const behind = (one) => {
        for (let at = one; at; at = at.parentElement ?? at.getRootNode().host) {
            const colour = painted(getComputedStyle(at).backgroundColor);
            if (colour[3] > 0) return colour;
        }
        return [255, 255, 255, 255];
    };
    return all('.picture text, .caption, .of, .number, .cell, .size, .name, .field, .messages button, .where')
        .filter((one) => one.textContent || one.value).map((one) => {
            const style = getComputedStyle(one);
            const drawn = one.closest('.picture');
            return [one.getAttribute('class') || one.localName, painted(drawn ? style.fill : style.color),
                behind(one), drawn && style.stroke !== 'none' ? painted(style.stroke) : null];
        })";

/// Relative luminance, as WCAG defines it.
fn luminance(colour: &Value) -> Outcome<f64> {
    let channel = |at: usize| {
        let part = colour[at].as_f64()? / 255.0;
        Some(if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        })
    };
    let sum = || Some(0.2126 * channel(0)? + 0.7152 * channel(1)? + 0.0722 * channel(2)?);
    assert_eq!(colour[3], 255, "a colour lets shine through");
    sum().ok_or_else(|| format!("{colour} is no colour").into())
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

pub async fn light_and_dark_can_be_read(browser: &Browser) -> Outcome {
    for (preferences, is_dark) in [(&[][..], false), (&[Preference::Dark][..], true)] {
        browser.prefer(preferences).await?;
        let page = browser.open("/").await?;
        page.set_program("x = 2\nf = 3 * exp(x)").await?;
        page.type_program("x = 2\nf = 3 * exp(x) *").await?;
        // The picture of a program with a mistake is paler: a good one is measured.
        let pale = page.run(COLOURS, &[]).await?;
        page.set_program("x = 2\nf = 3 * exp(x)").await?;
        let colours = page.run(COLOURS, &[]).await?;
        let list = |colours: &Value| colours.as_array().cloned().unwrap_or_default();
        for class in [
            "value", "gradient", "name", "symbol", "number", "field", "caption",
        ] {
            assert!(
                list(&colours).iter().any(|one| one[0] == class),
                "no {class}: {colours}"
            );
        }
        assert!(
            list(&pale).iter().any(|one| one[0] == "where"),
            "no message: {pale}"
        );
        for one in list(&colours).iter().chain(&list(&pale)) {
            let (text, paper) = (luminance(&one[1])?, luminance(&one[2])?);
            assert_eq!(paper < 0.05, is_dark, "the paper is {}", one[2]);
            assert!(
                contrast(text, paper) >= 4.5,
                "{one}: {:.2}",
                contrast(text, paper)
            );
            // What keeps a wire off its numbers cannot be seen itself.
            if !one[3].is_null() {
                assert_eq!(one[3], one[2], "{one}");
            }
        }
        // Green above, red below.
        for (class, strongest) in [("value", 1), ("gradient", 0)] {
            let one = list(&colours).into_iter().find(|one| one[0] == class);
            let colour = one.ok_or("no text")?[1].clone();
            let part = |at: usize| colour[at].as_u64().unwrap_or_default();
            let others = (0..3).filter(|at| *at != strongest).map(part).max();
            assert!(Some(part(strongest)) > others, "{class} is {colour}");
        }
    }
    Ok(())
}

pub async fn nothing_glides_for_who_wants_no_motion(browser: &Browser) -> Outcome {
    let running = "element.program = args[0];
        const running = root.getAnimations({ subtree: true }).length;
        return running + root.querySelector('.picture').getAnimations({ subtree: true }).length";
    let programs = [
        "x = 1\ny = 2\nf = exp(x) + y",
        "x = 1\ny = 2\nf = y * (x + y)",
    ];
    for (preferences, glides) in [(&[][..], true), (&[Preference::Still][..], false)] {
        browser.prefer(preferences).await?;
        let page = browser.open("/").await?;
        let mut animations = 0;
        for program in programs {
            animations += page
                .run(running, &[json!(program)])
                .await?
                .as_i64()
                .unwrap_or_default();
        }
        // Without the preference there is motion, or this would see nothing.
        assert_eq!(animations > 0, glides, "{animations} animations");
        if glides {
            continue;
        }
        let moving = page
            .run(
                "return all('.picture, .picture *').filter((one) => {
                    const { transitionDuration, transitionProperty, animationName } = getComputedStyle(one);
                    return animationName !== 'none' || transitionDuration.split(', ').some((time, i) =>
                        parseFloat(time) > 0 && transitionProperty.split(', ')[i] !== 'opacity');
                }).map((one) => one.outerHTML.slice(0, 80))",
                &[],
            )
            .await?;
        assert_eq!(moving, json!([]));
        page.picture().await?.is_drawn()?;
    }
    Ok(())
}

pub async fn a_large_graph_goes_at_once(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let line = "h = tanh(w * h)\n";
    let large = format!("x = 0.5\nw = 1.01\nh = x\n{}f = h", line.repeat(200));
    page.set_program(&large).await?;
    assert_eq!(page.picture().await?.gates().len(), 400);
    // Hundreds of things that fade at a time keep a page busy for minutes.
    let fading = page
        .run(
            "element.program = 'f = 1';
            return root.querySelector('.picture').getAnimations({ subtree: true }).length",
            &[],
        )
        .await?;
    assert_eq!(fading, 0);
    page.picture().await?.is_drawn()
}
