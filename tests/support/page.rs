//! One `<backflow-graph>` of a page: what a reader does with it and what there is to see.

use serde_json::{Value, json};
use thirtyfour::{Key, WebDriver, WebElement};

use crate::{Outcome, picture::Picture};

/// An element of the page that is open.
pub struct Page {
    session: WebDriver,
    element: WebElement,
}

/// A text of the picture.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its characters.
    pub text: String,
    /// Its classes.
    pub class: String,
    /// The classes of what it belongs to.
    pub parent: String,
    /// Its left edge in the window, in CSS pixels as are the others.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

impl Text {
    fn new(read: &Value) -> Outcome<Self> {
        let word = |name: &str| read[name].as_str().map(str::to_owned);
        let text = || {
            Some(Self {
                text: word("text")?,
                class: word("class")?,
                parent: word("parent")?,
                x: read["x"].as_f64()?,
                y: read["y"].as_f64()?,
                width: read["width"].as_f64()?,
                height: read["height"].as_f64()?,
            })
        };
        text().ok_or_else(|| format!("a text is drawn as {read}").into())
    }
}

/// Modules of tests as one script, which takes no imports: the earlier ones give the later ones
/// what they want.
pub fn script(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| module.lines());
    let lines = lines.filter(|line| !line.starts_with("import "));
    let lines = lines.map(|line| line.strip_prefix("export ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// What every script has at hand.
const PRELUDE: &str = "
const [element, ...args] = arguments;
const root = element.shadowRoot;
const all = (css) => [...root.querySelectorAll(css)];
const compiled = async () => {
    while (element.edited) await new Promise((resolve) => setTimeout(resolve, 10));
};
const plain = (value) => JSON.parse(JSON.stringify(value, (_, part) =>
    typeof part === 'number' && !Number.isFinite(part) ? String(part) : part) ?? 'null');
const box = (one) => { const { x, y, width, height } = one.getBoundingClientRect();
    return { x, y, width, height }; };
const read = () => plain({
    snapshot: element.snapshot(),
    shown: all('g.wire').map((wire) => ({
        from: wire.dataset.from,
        to: wire.dataset.to ?? null,
        open: wire.matches('.output'),
        value: wire.querySelector('text.value').textContent,
        gradient: wire.querySelector('text.gradient').textContent,
        valueAt: box(wire.querySelector('text.value')),
        gradientAt: box(wire.querySelector('text.gradient')),
    })),
    drawn: all('g.node').map(({ dataset, textContent }) => ({ ...dataset, text: textContent })),
});
";

impl Page {
    /// All of the page, in its order.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn all(session: &WebDriver) -> Outcome<Vec<Self>> {
        let script = "return [...document.querySelectorAll('backflow-graph')]";
        let found = session.execute(script, vec![]).await?.elements()?;
        let page = |element| Self {
            session: session.clone(),
            element,
        };
        Ok(found.into_iter().map(page).collect())
    }

    /// Runs a script that finds the element as `element`, its shadow root as `root`, and its
    /// arguments as `args`, and may wait. What it returns comes back as JSON; numbers that are
    /// not finite come back as text through `plain`.
    ///
    /// # Errors
    /// Where the script throws.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        // As text: a driver may read numbers less exactly than they are.
        let script = format!(
            "const work = async () => {{ {script}\n}};
            return work().then((result) => JSON.stringify(result) ?? 'null')"
        );
        let result = self.execute(&script, arguments).await?;
        Ok(serde_json::from_str(&result.convert::<String>()?)?)
    }

    async fn execute(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> Outcome<thirtyfour::session::scriptret::ScriptRet> {
        let mut all = vec![self.element.to_json()?];
        all.extend_from_slice(arguments);
        Ok(self
            .session
            .execute(format!("{PRELUDE}{script}"), all)
            .await?)
    }

    /// The session, for what is about no graph.
    pub fn session(&self) -> &WebDriver {
        &self.session
    }

    /// The first element of a CSS selector in the shadow root.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn find(&self, css: &str) -> Outcome<WebElement> {
        let found = self
            .execute("return root.querySelector(args[0])", &[json!(css)])
            .await?;
        if found.json().is_null() {
            return Err(format!("the element has no {css}").into());
        }
        Ok(found.element()?)
    }

    /// The values, the gradients and how they are drawn, at one moment.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn picture(&self) -> Outcome<Picture> {
        Picture::new(self.run("return compiled().then(read)", &[]).await?)
    }

    /// The text of all elements of a CSS selector.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn texts(&self, css: &str) -> Outcome<Vec<String>> {
        let script = "return compiled().then(() => all(args[0]).map((one) => one.textContent))";
        let texts = self.run(script, &[json!(css)]).await?;
        let texts = texts.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect())
    }

    /// The texts that the picture shows to an eye, in its order: what is empty, not displayed
    /// or transparent is left out.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn picture_texts(&self) -> Outcome<Vec<Text>> {
        let script = "return compiled().then(() => all('.picture text')
            .filter((one) => one.textContent.trim() && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
            .map((one) => ({ text: one.textContent, class: one.getAttribute('class') ?? '',
                parent: one.parentElement.getAttribute('class') ?? '', ...box(one) })))";
        let read = self.run(script, &[]).await?;
        read.as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(Text::new)
            .collect()
    }

    /// The program editor.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn editor(&self) -> Outcome<WebElement> {
        self.find("textarea").await
    }

    /// Replaces the program, key by key.
    ///
    /// # Errors
    /// Where the editor takes no keys.
    pub async fn type_program(&self, program: &str) -> Outcome {
        self.type_over(&self.editor().await?, program).await
    }

    /// Replaces the program at once, as one edit of the reader's.
    ///
    /// # Errors
    /// Where there is no editor.
    pub async fn edit_program(&self, program: &str) -> Outcome {
        let edit = "const field = root.querySelector('textarea');
            field.value = args[0];
            field.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }))";
        self.run(edit, &[json!(program)]).await?;
        self.until_compiled().await
    }

    /// Replaces what a field holds, key by key.
    ///
    /// # Errors
    /// Where it takes no keys.
    pub async fn type_over(&self, field: &WebElement, text: &str) -> Outcome {
        let select = "args[0].focus(); args[0].select()";
        self.run(select, &[field.to_json()?]).await?;
        self.press(Key::Backspace + text).await?;
        self.until_compiled().await
    }

    /// Goes on with the program at its end, key by key.
    ///
    /// # Errors
    /// Where the editor takes no keys.
    pub async fn type_on(&self, text: &str) -> Outcome {
        let to_end = "const field = root.querySelector('textarea');
            field.focus();
            field.setSelectionRange(field.value.length, field.value.length)";
        self.run(to_end, &[]).await?;
        self.press(text).await?;
        self.until_compiled().await
    }

    /// Waits until what was typed into the editor is compiled.
    ///
    /// # Errors
    /// Where the browser does not answer.
    pub async fn until_compiled(&self) -> Outcome {
        self.run("await compiled()", &[]).await?;
        Ok(())
    }

    /// Sets the program as a script does.
    ///
    /// # Errors
    /// Where the element throws.
    pub async fn set_program(&self, program: &str) -> Outcome {
        self.run("element.program = args[0]", &[json!(program)])
            .await?;
        Ok(())
    }

    /// Sets an input as a script does.
    ///
    /// # Errors
    /// Where the element throws.
    pub async fn set_input(&self, name: &str, value: Value) -> Outcome {
        self.run("element.setInput(args[0], args[1])", &[json!(name), value])
            .await?;
        Ok(())
    }

    /// The slider of an input.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn slider(&self, name: &str) -> Outcome<WebElement> {
        self.control(name, "slider").await
    }

    /// The number field of an input.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn field(&self, name: &str) -> Outcome<WebElement> {
        self.control(name, "number").await
    }

    async fn control(&self, name: &str, kind: &str) -> Outcome<WebElement> {
        let script = "const { nodes } = element.snapshot();
            const { key } = nodes.findLast((node) => node.kind === 'input' && node.name === args[0]);
            return root.querySelector(`li[data-key='${CSS.escape(key)}'] input.${args[1]}`)";
        let found = self.execute(script, &[json!(name), json!(kind)]).await?;
        if found.json().is_null() {
            return Err(format!("{name} has no control of type {kind}").into());
        }
        Ok(found.element()?)
    }

    /// Chooses an example of the menu.
    ///
    /// # Errors
    /// Where the menu has no such one.
    pub async fn choose(&self, title: &str) -> Outcome {
        let script = "return all('option').find((one) => one.textContent === args[0])";
        let option = self.execute(script, &[json!(title)]).await?;
        if option.json().is_null() {
            return Err(format!("the menu has no {title}").into());
        }
        option.element()?.click().await?;
        Ok(())
    }

    /// The number that a control shows, in digits.
    ///
    /// # Errors
    /// Where it shows none.
    pub async fn number(control: &WebElement) -> Outcome<f64> {
        let value = control.prop("value").await?.unwrap_or_default();
        Ok(value
            .parse()
            .map_err(|_| format!("a control shows {value:?}"))?)
    }
}
