//! Fields for numbers, whatever they are of: what is typed or pasted is read by the engine, or
//! refused beside the field while the number before stays.

use std::f64::consts::{PI, SQRT_2};

use backflow::{
    Outcome,
    browser::{Browser, Screen},
    page::Page,
    picture::number,
};
use serde_json::{Value, json};
use thirtyfour::Key;

/// What is typed, and what Python makes of it.
const READ: [(&str, f64); 9] = [
    ("1/3", 1.0 / 3.0),
    ("2*3", 6.0),
    ("2*pi", 2.0 * PI),
    ("-sqrt(2)", -SQRT_2),
    ("\u{2212}5", -5.0),
    ("1e-3", 1e-3),
    (".5", 0.5),
    ("+4", 4.0),
    ("(1 + 2) / 4", 0.75),
];

/// What is typed, and what is said of it.
const REFUSED: [(&str, &str); 8] = [
    ("1,5", "'1,5' is not a number: write 1.5."),
    ("1,234", "'1,234' is not a number: write 1.234 or 1234."),
    (
        "1e400",
        "'1e400' is too large: the largest number is about 1.8e308; write inf for ∞.",
    ),
    ("1/0", "'1/0' is ∞: write inf if that is meant."),
    ("5 6", "'6' is not expected here."),
    (
        "2pi5",
        "'2pi5' is not a number: for a product write '2 * pi5'.",
    ),
    ("[1]", "'[1]' is a list, not one number."),
    ("<b>5", "A value is expected, not '<'."),
];

/// What stands in the field with the focus, whether it is refused, and what is said beside it.
async fn field(page: &Page) -> Outcome<(String, bool, String)> {
    let script = "const field = root.activeElement;
        const notes = all('.refusal').filter((one) => one.checkVisibility());
        const described = field.getAttribute('aria-describedby');
        return [field.value, field.ariaInvalid === 'true', notes.map((one) => one.textContent).join('|'),
            notes.every((one) => one.id === described)]";
    let read = page.run(script, &[]).await?;
    assert_eq!(read[3], true, "{read}");
    let text = |at: usize| read[at].as_str().unwrap_or_default().to_owned();
    Ok((text(0), read[1] == true, text(2)))
}

/// Replaces what the field with the focus holds, key by key.
async fn retype(page: &Page, text: &str) -> Outcome {
    page.run("root.activeElement.select()", &[]).await?;
    page.press(Key::Backspace + text).await
}

async fn value(page: &Page, name: &str) -> Outcome<f64> {
    page.picture().await?.value(name)
}

/// Whether nothing can be undone.
async fn is_fresh(page: &Page) -> Outcome<bool> {
    Ok(page
        .run("return root.querySelector('.undo').ariaDisabled", &[])
        .await?
        == "true")
}

/// Puts a text in where the focus is, as the clipboard does; whether the browser is left to it.
async fn paste(page: &Page, text: &str) -> Outcome<bool> {
    let script = "const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', args[0]);
        const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, composed: true });
        Object.defineProperty(event, 'clipboardData', { value: clipboardData });
        return root.activeElement.dispatchEvent(event)";
    Ok(page.run(script, &[json!(text)]).await? == true)
}

pub async fn a_number_may_be_an_expression(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let (slider, typed) = (page.slider("y").await?, page.field("y").await?);
    for (text, expected) in READ {
        page.type_over(&typed, text).await?;
        assert_eq!(value(&page, "y").await?, expected, "{text}");
        assert_eq!(field(&page).await?, (text.to_owned(), false, String::new()));
        let now = typed.attr("aria-valuenow").await?.unwrap_or_default();
        assert_eq!(now.parse::<f64>()?, expected);
    }
    assert_eq!(Page::number(&slider).await?, 0.75);
    for (text, expected) in [("inf", f64::INFINITY), ("-inf", f64::NEG_INFINITY)] {
        page.type_over(&typed, text).await?;
        assert_eq!(value(&page, "y").await?, expected);
    }
    page.type_over(&typed, "nan").await?;
    assert!(value(&page, "y").await?.is_nan());
    // What is not finite is shown as it is typed.
    page.set_input("y", json!(2)).await?;
    page.run("element.setInput('y', -Infinity)", &[]).await?;
    assert_eq!(typed.prop("value").await?.as_deref(), Some("-inf"));
    // So is what a whole number does not have.
    page.run("element.setInput('y', -0)", &[]).await?;
    assert_eq!(typed.prop("value").await?.as_deref(), Some("-0.0"));
    page.picture().await?.is_drawn()
}

pub async fn what_is_no_number_is_refused_visibly(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let typed = page.field("y").await?;
    for (text, said) in REFUSED {
        page.type_over(&typed, text).await?;
        let expected = (text.to_owned(), true, format!("{said} y stays 5."));
        assert_eq!(field(&page).await?, expected);
        assert_eq!(value(&page, "y").await?, 5.0, "{text}");
        page.press(Key::Enter).await?;
        assert_eq!(field(&page).await?, expected);
        page.press(Key::Escape).await?;
        assert_eq!(field(&page).await?, ("5".to_owned(), false, String::new()));
        assert_eq!(value(&page, "y").await?, 5.0, "{text}");
        assert!(is_fresh(&page).await?, "{text}");
    }
    // What may yet become a number is wrong, but nobody is interrupted; after a while it is said.
    page.type_over(&typed, "2*").await?;
    assert_eq!(field(&page).await?, ("2*".to_owned(), true, String::new()));
    assert_eq!(value(&page, "y").await?, 5.0);
    page.until("root.querySelector('.refusal') !== null", &[])
        .await?;
    page.press("3").await?;
    assert_eq!(
        field(&page).await?,
        ("2*3".to_owned(), false, String::new())
    );
    assert_eq!(value(&page, "y").await?, 6.0);
    page.press(Key::Escape).await?;
    // Who leaves still sees it, until something else is done.
    page.type_over(&typed, "1,5").await?;
    page.press(Key::Tab).await?;
    let left = "const field = args[0];
        return [field.value, field.ariaInvalid, all('.refusal').length, field === root.activeElement]";
    let left_to = page.run(left, &[typed.to_json()?]).await?;
    assert_eq!(left_to, json!(["1,5", "true", 1, false]));
    assert_eq!(value(&page, "y").await?, 5.0);
    page.press_holding(Key::Shift, Key::Tab).await?;
    assert_eq!(
        field(&page).await?.2,
        "'1,5' is not a number: write 1.5. y stays 5."
    );
    // A number from elsewhere ends it.
    page.set_input("y", json!(2.5)).await?;
    assert_eq!(
        field(&page).await?,
        ("2.5".to_owned(), false, String::new())
    );
    Ok(())
}

pub async fn arrow_keys_step_a_field(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("x = 1  #: range -5 5 step 0.5\nf = x * x")
        .await?;
    let typed = page.field("x").await?;
    assert_eq!(typed.attr("role").await?.as_deref(), Some("spinbutton"));
    // A keyboard for decimals has no minus on some phones.
    assert_eq!(typed.attr("type").await?.as_deref(), Some("text"));
    assert_eq!(typed.attr("inputmode").await?, None);
    page.run("args[0].focus()", &[typed.to_json()?]).await?;
    page.press(Key::Up + Key::Up + Key::Down).await?;
    assert_eq!(value(&page, "x").await?, 1.5);
    page.press_holding(Key::Shift, Key::Down).await?;
    assert_eq!(value(&page, "x").await?, -3.5);
    page.press_holding(Key::Alt, Key::Up).await?;
    assert_eq!(value(&page, "x").await?, -3.45);
    assert_eq!(Page::number(&typed).await?, -3.45);
    // From what is refused on they go from the number that holds.
    retype(&page, "1,5").await?;
    page.press(Key::Up + "").await?;
    let held = value(&page, "x").await?;
    assert_eq!(held, 1.5);
    assert_eq!(
        field(&page).await?,
        ("1.5".to_owned(), false, String::new())
    );
    Ok(())
}

pub async fn one_line_of_typing_is_one_step_to_undo(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let typed = page.field("x").await?;
    page.type_over(&typed, "1/").await?;
    page.press("3").await?;
    page.press(Key::Tab).await?;
    assert_eq!(value(&page, "x").await?, 1.0 / 3.0);
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(value(&page, "x").await?, -2.0);
    assert!(is_fresh(&page).await?);
    // What is typed on after an undo is a step again.
    page.type_over(&typed, "7").await?;
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(field(&page).await?.0, "-2");
    page.press("5").await?;
    assert_eq!(value(&page, "x").await?, -25.0);
    page.press_holding(Key::Control, "z").await?;
    assert_eq!(value(&page, "x").await?, -2.0);
    // What comes to the same is none.
    page.type_over(&typed, "9").await?;
    retype(&page, "-2").await?;
    page.press(Key::Tab).await?;
    assert!(is_fresh(&page).await?);
    Ok(())
}

pub async fn what_is_refused_in_the_picture_stays_open(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.click(".modes .both").await?;
    let wire = ".wire[data-from=y]";
    for (grip, name, start) in [
        (format!("{wire} .grip:not(.tangent-grip)"), "y", 5.0),
        (format!("{wire} .tangent-grip"), "tangent of y", 0.0),
        (
            ".wire.output .grip".to_owned(),
            "upstream gradient of f",
            1.0,
        ),
    ] {
        let now = async || -> Outcome<f64> {
            let script = "const { nodes, output } = element.snapshot();
                const [y, f] = ['y', output].map((key) => nodes.find((node) => node.key === key));
                return args[0] === 'y' ? y.value : args[0] === 'tangent of y' ? y.tangent : f.gradient";
            number(&page.run(script, &[json!(name)]).await?)
        };
        let open = async || -> Outcome {
            page.run("root.querySelector(args[0]).focus()", &[json!(grip)])
                .await?;
            page.press(Key::Enter).await?;
            page.until("root.activeElement?.matches('.in-place')", &[])
                .await?;
            Ok(())
        };
        for (text, expected) in READ {
            open().await?;
            retype(&page, text).await?;
            assert_eq!(now().await?, expected, "{name} {text}");
            page.press(Key::Escape).await?;
            assert_eq!(now().await?, start, "{name} {text}");
        }
        for (text, said) in REFUSED {
            open().await?;
            retype(&page, text).await?;
            // Enter keeps nothing, and Escape gives the number back.
            page.press(Key::Enter).await?;
            let stays = format!("{said} {name} stays {start}.");
            assert_eq!(field(&page).await?, (text.to_owned(), true, stays));
            assert_eq!(now().await?, start, "{name} {text}");
            page.press(Key::Escape).await?;
            assert_eq!(now().await?, start, "{name} {text}");
            assert_eq!(page.texts(".refusal").await?.len(), 0);
            let focused = page.run("return root.activeElement.ariaLabel", &[]).await?;
            assert_eq!(focused, name);
        }
        // The minus of the page opens the field too.
        page.press("\u{2212}").await?;
        page.press("5").await?;
        assert_eq!(now().await?, -5.0, "{name}");
        page.press(Key::Escape).await?;
        // Who presses elsewhere reads it there.
        open().await?;
        retype(&page, "1,5").await?;
        page.run("root.querySelector('textarea').focus()", &[])
            .await?;
        assert_eq!(page.texts(".refusal").await?.len(), 1);
        assert_eq!(now().await?, start);
        page.press(Key::End).await?;
        assert_eq!(page.texts(".refusal").await?.len(), 0);
    }
    page.picture().await?.is_drawn()
}

pub async fn a_cell_is_typed_and_refused_as_a_field_is(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("W = [[1, 2], [3, 4]]\nf = sum(W * W)")
        .await?;
    let row =
        async || -> Outcome<Value> { Ok(page.picture().await?.node("W")?["value"][0].clone()) };
    for (grid, name) in [
        ("li[data-key=W] [role=grid]", "W[0, 0]"),
        (".node[data-key=W]", "W[0, 0]"),
    ] {
        let is_picture = grid.starts_with(".node");
        let home = async || -> Outcome {
            page.focus(grid).await?;
            if is_picture {
                page.press("v").await?;
            }
            page.press_holding(Key::Control, Key::Home).await
        };
        for (text, expected) in READ {
            home().await?;
            page.press(Key::Enter).await?;
            retype(&page, text).await?;
            page.press(Key::Enter).await?;
            assert_eq!(number(&row().await?[0])?, expected, "{text}");
        }
        home().await?;
        page.press("\u{2212}").await?;
        page.press("4" + Key::Enter).await?;
        assert_eq!(row().await?, json!([-4, 2]));
        for (text, said) in REFUSED {
            home().await?;
            page.press(Key::Enter).await?;
            retype(&page, text).await?;
            for key in [Key::Enter, Key::Tab]
                .into_iter()
                .take(if is_picture { 1 } else { 2 })
            {
                page.press(key).await?;
                let stays = format!("{said} {name} stays −4.");
                assert_eq!(field(&page).await?, (text.to_owned(), true, stays));
            }
            assert_eq!(row().await?, json!([-4, 2]));
            page.press(Key::Escape).await?;
            assert_eq!(row().await?, json!([-4, 2]));
            assert_eq!(page.texts(".refusal").await?.len(), 0);
        }
    }
    page.picture().await?.is_drawn()
}

pub async fn what_is_pasted_is_read_or_refused_as_one(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    page.set_program("W = [[1, 2], [3, 4]]\nx = 2\nf = x * sum(W * W)")
        .await?;
    let read = async |name: &str| -> Outcome<Value> {
        Ok(page.picture().await?.node(name)?["value"].clone())
    };
    page.focus("li[data-key=W] [role=grid]").await?;
    for (text, expected) in [
        ("1/2\t\u{2212}4\n2*3\t1e-3", json!([[0.5, -4], [6, 0.001]])),
        (
            "[[1 / 2, -sqrt(16)], [\u{2212}1, 1.5×10⁻³]]",
            json!([[0.5, -4], [-1, 0.0015]]),
        ),
    ] {
        paste(&page, text).await?;
        assert_eq!(read("W").await?, expected, "{text}");
    }
    // One cell that is no number, and nothing is put in.
    let said = "return root.querySelector('li[data-key=W] .account p')?.textContent";
    let before = read("W").await?;
    for (text, why) in [
        ("1\t2\n3\tx", "'x' in row 2, column 2 is not a number"),
        (
            "1\t1e400\n3\t4",
            "'1e400' in row 1, column 2 is too large: the largest number is about 1.8e308; write inf for ∞",
        ),
        (
            "1\t2\n2024-01-05\t4",
            "'2024-01-05' in row 2, column 1 is not a number",
        ),
        ("[[1, 2], [3, four]]", "'four' at [1, 1] is not a number"),
        (
            "-np.array([[1, 2], [3, 4]])",
            "'-np.array' is not computed here: paste the numbers that it gives",
        ),
        (
            "np.zeros([2, 2])",
            "'np.zeros' is not computed here: paste the numbers that it gives",
        ),
    ] {
        paste(&page, text).await?;
        assert_eq!(
            page.run(said, &[]).await?,
            format!("This cannot be inserted: {why}.")
        );
        assert_eq!(read("W").await?, before, "{text}");
    }
    // An expression is one number, in a cell and in the field over it.
    paste(&page, "sqrt(16)").await?;
    assert_eq!(read("W").await?[0][0], 4);
    page.press("5").await?;
    assert!(paste(&page, "sqrt(16)").await?, "the field takes it");
    page.press(Key::Escape).await?;

    // A field of one line would make one number of several lines.
    let typed = page.field("x").await?;
    page.run("args[0].focus(); args[0].select()", &[typed.to_json()?])
        .await?;
    assert!(!paste(&page, "1\r\n2\r\n").await?);
    assert_eq!(
        field(&page).await?,
        (
            "1 2".to_owned(),
            true,
            "'2' is not expected here. x stays 2.".to_owned()
        )
    );
    assert_eq!(read("x").await?, 2);
    page.press(Key::Escape).await?;

    // A number of the picture.
    page.focus(".node[data-key=x]").await?;
    for (text, expected) in [
        ("\u{2212}4", -4.0),
        ("1/4", 0.25),
        ("tensor(2.5)", 2.5),
        ("sqrt(16)", 4.0),
    ] {
        paste(&page, text).await?;
        assert_eq!(number(&read("x").await?)?, expected, "{text}");
    }
    paste(&page, "1,5").await?;
    let said = page.texts("li[data-key=x] .account p").await?;
    assert_eq!(
        said,
        ["This cannot be inserted: '1,5' is not a number: write 1.5. x is one number."]
    );
    assert_eq!(read("x").await?, 4);
    page.picture().await?.is_drawn()
}

/// Types a number and what is none into a field, and tells what it says.
async fn tried(page: &Page, css: &str, good: &str, bad: &str) -> Outcome<String> {
    page.focus(css).await?;
    retype(page, good).await?;
    assert_eq!(
        field(page).await?,
        (good.to_owned(), false, String::new()),
        "{css}"
    );
    page.press(Key::Enter).await?;
    retype(page, bad).await?;
    let (text, is_invalid, said) = field(page).await?;
    assert!(text == bad && is_invalid, "{css}: {text}");
    page.press(Key::Escape).await?;
    assert!(!field(page).await?.1, "{css}");
    Ok(said)
}

pub async fn every_other_field_reads_and_refuses_alike(browser: &Browser) -> Outcome {
    let page = browser.open("/").await?;
    let comma = "'1,5' is not a number: write 1.5.";
    page.focus(".node[data-key=x]").await?;
    page.press(" ").await?;
    page.until("root.querySelector('.card .nudge input') !== null", &[])
        .await?;
    let said = tried(&page, ".card .nudge input", "1/2", "1,5").await?;
    assert_eq!(said, format!("{comma} h stays 0.5."));
    let said = tried(&page, ".card .nudge input", "\u{2212}1/4", "inf").await?;
    assert_eq!(said, "A finite number is taken. h stays −0.25.");
    // A step of −1/4.
    page.until(
        "root.querySelector('.card .nudge').textContent.includes('−0.25')",
        &[],
    )
    .await?;

    page.click("[data-pane=hessian]").await?;
    page.until("root.querySelector('.hessian .v input') !== null", &[])
        .await?;
    let said = tried(&page, ".hessian .v input", "-1/2", "1,5").await?;
    assert!(
        said.starts_with(comma) && said.ends_with(" stays −0.5."),
        "{said}"
    );

    let whole = "A whole number from 1 to 1048576 is taken.";
    page.click("[data-pane=order]").await?;
    let said = tried(&page, ".chain-sizes .number", "2**3", "1/3").await?;
    assert_eq!(said, format!("{whole} elements of x0, the input stays 8."));
    let said = tried(&page, ".chain-sizes .number", "1e3", "\u{2212}3").await?;
    assert_eq!(
        said,
        format!("{whole} elements of x0, the input stays 1000.")
    );

    page.set_program("x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\ny = sum(x)")
        .await?;
    let said = tried(&page, ".sheet-index", "1", "2").await?;
    assert_eq!(
        said,
        "A whole number from 0 to 1 is taken. index of x along axis 0 stays 1."
    );
    let cells = page.texts("li[data-key=x] [role=gridcell]").await?;
    assert_eq!(cells, ["5", "6", "7", "8"]);
    Ok(())
}

pub async fn a_refusal_fits_a_phone(browser: &Browser) -> Outcome {
    browser.resize(Screen::Phone(360, 740)).await?;
    let page = browser.open("/").await?;
    let inside = "const { left, right, top, bottom } = root.querySelector('.refusal').getBoundingClientRect();
        const at = root.activeElement.getBoundingClientRect();
        const apart = bottom <= at.top || top >= at.bottom;
        return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && apart";
    let typed = page.field("x").await?;
    page.run(
        "args[0].scrollIntoView({ block: 'end' })",
        &[typed.to_json()?],
    )
    .await?;
    page.type_over(&typed, "1e400").await?;
    assert_eq!(page.run(inside, &[]).await?, true);
    page.press(Key::Escape).await?;
    page.run(
        "root.querySelector('.wire[data-from=z] .grip').focus()",
        &[],
    )
    .await?;
    page.press(Key::Enter).await?;
    retype(&page, "1e400").await?;
    assert_eq!(page.run(inside, &[]).await?, true);
    Ok(())
}
