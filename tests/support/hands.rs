//! What a reader's hands do: pointer, wheel, fingers and keys. All of it goes through the
//! driver, as real events, and works in every engine unless a need is named.
//!
//! Elements are named by CSS selectors in the shadow root; the first that fits is meant. Where
//! an element is on the screen is asked of the page: drivers disagree about parts of an SVG.

use serde_json::{Value, json};
use thirtyfour::{
    Key, TypingData,
    common::command::{Actions, Command},
};

use crate::{Outcome, engine::Engine, page::Page};

/// Milliseconds of one movement, so that each makes its own event.
const MOVE: u64 = 10;

impl Page {
    /// The middle of an element, scrolled into view, in CSS pixels of the window.
    ///
    /// # Errors
    /// Where there is none, or it has no size.
    pub async fn middle(&self, css: &str) -> Outcome<(i64, i64)> {
        let script = "const one = root.querySelector(args[0]);
            if (!one) return null;
            one.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
            const { x, y, width, height } = one.getBoundingClientRect();
            return width + height > 0 ? [Math.round(x + width / 2), Math.round(y + height / 2)] : null";
        let found = self.run(script, &[json!(css)]).await?;
        let at = || Some((found[0].as_i64()?, found[1].as_i64()?));
        at().ok_or_else(|| format!("{css} is not to be seen").into())
    }

    /// Puts the pointer on an element.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn hover(&self, css: &str) -> Outcome {
        let (x, y) = self.middle(css).await?;
        self.point(vec![move_to(x, y)]).await
    }

    /// Puts the pointer beside the middle of an element.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn hover_at(&self, css: &str, by: (i64, i64)) -> Outcome {
        let (x, y) = self.middle(css).await?;
        self.point(vec![move_to(x + by.0, y + by.1)]).await
    }

    /// Clicks beside the middle of an element.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn click_at(&self, css: &str, by: (i64, i64)) -> Outcome {
        self.drag_at(css, by, &[]).await
    }

    /// As [`Page::drag`], from beside the middle of an element.
    ///
    /// # Errors
    /// As [`Page::drag`].
    pub async fn drag_at(&self, css: &str, from: (i64, i64), by: &[(i64, i64)]) -> Outcome {
        let (x, y) = self.middle(css).await?;
        let (x, y) = (x + from.0, y + from.1);
        let path = path(x, y, by);
        self.point([&[move_to(x, y), down()], &path[..], &[up()]].concat())
            .await
    }

    /// Clicks an element, of an SVG too.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn click(&self, css: &str) -> Outcome {
        self.drag(css, &[]).await
    }

    /// Clicks an element twice.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn double_click(&self, css: &str) -> Outcome {
        let (x, y) = self.middle(css).await?;
        self.point(vec![move_to(x, y), down(), up(), down(), up()])
            .await
    }

    /// Presses the pointer's button on the middle of an element, moves by each offset in turn,
    /// and lets go.
    ///
    /// # Errors
    /// Where the element is not to be seen, or the pointer would leave the window.
    pub async fn drag(&self, css: &str, by: &[(i64, i64)]) -> Outcome {
        self.drag_at(css, (0, 0), by).await
    }

    /// As [`Page::drag`], while a key is held down: Shift, Alt, Control.
    ///
    /// # Errors
    /// As [`Page::drag`].
    pub async fn drag_holding(&self, held: Key, css: &str, by: &[(i64, i64)]) -> Outcome {
        self.key("keyDown", &held).await?;
        let dragged = self.drag(css, by).await;
        self.key("keyUp", &held).await?;
        dragged
    }

    /// Turns the wheel over an element; down is positive.
    ///
    /// # Errors
    /// Where it is not to be seen.
    pub async fn wheel(&self, css: &str, down: i64) -> Outcome {
        let (x, y) = self.middle(css).await?;
        self.act(json!([wheel(&[scroll(x, y, down)])])).await
    }

    /// As [`Page::wheel`], while a key is held down: Control to zoom. `WebKit` is given the
    /// event by a script, since its driver forgets the key.
    ///
    /// # Errors
    /// As [`Page::wheel`].
    pub async fn wheel_holding(&self, held: Key, css: &str, down: i64) -> Outcome {
        let (x, y) = self.middle(css).await?;
        if Engine::given()? == Engine::WebKit {
            let script = "const [clientX, clientY, deltaY, held] = args;
                let target = document.elementFromPoint(clientX, clientY);
                while (target.shadowRoot) target = target.shadowRoot.elementFromPoint(clientX, clientY);
                target.dispatchEvent(new WheelEvent('wheel', { clientX, clientY, deltaY, [held]: true,
                    bubbles: true, cancelable: true, composed: true }))";
            let names = [
                (Key::Control, "ctrlKey"),
                (Key::Shift, "shiftKey"),
                (Key::Alt, "altKey"),
                (Key::Meta, "metaKey"),
            ];
            let name = names.iter().find(|(key, _)| key.value() == held.value());
            let (_, name) = name.ok_or("no such key is held")?;
            self.run(script, &[json!(x), json!(y), json!(down), json!(name)])
                .await?;
            return Ok(());
        }
        self.key("keyDown", &held).await?;
        let turned = self.wheel(css, down).await;
        self.key("keyUp", &held).await?;
        turned
    }

    /// Puts a finger on the middle of an element, moves it by each offset in turn and lifts it:
    /// [`Need::Phone`](crate::engine::Need::Phone).
    ///
    /// # Errors
    /// Where the element is not to be seen, or the browser has no fingers.
    pub async fn swipe(&self, css: &str, by: &[(i64, i64)]) -> Outcome {
        let (x, y) = self.middle(css).await?;
        let path = path(x, y, by);
        let actions = [&[move_to(x, y), down()], &path[..], &[up()]].concat();
        self.act(json!([finger(0, &actions)])).await
    }

    /// Puts two fingers on an element, side by side at some distance, and moves them to another
    /// distance: [`Need::Phone`](crate::engine::Need::Phone).
    ///
    /// # Errors
    /// Where the element is not to be seen, or the browser has no fingers.
    pub async fn pinch(&self, css: &str, from: i64, to: i64) -> Outcome {
        let (x, y) = self.middle(css).await?;
        let finger = |id: usize, side: i64| {
            let at = |part: i64| move_to(x + side * (from + (to - from) * part / 4) / 2, y);
            let path: Vec<_> = (1..=4).map(at).collect();
            finger(id, &[&[at(0), down()], &path[..], &[up()]].concat())
        };
        self.act(json!([finger(0, -1), finger(1, 1)])).await
    }

    /// Presses keys, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Outcome {
        self.act(json!([keyboard(&strokes(keys))])).await
    }

    /// As [`Page::press`], while a key is held down.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn press_holding(&self, held: Key, keys: impl Into<TypingData>) -> Outcome {
        let (down, up) = (
            key_action("keyDown", held.value()),
            key_action("keyUp", held.value()),
        );
        let actions = [&[down], &strokes(keys)[..], &[up]].concat();
        self.act(json!([keyboard(&actions)])).await
    }

    /// Gives an element the focus as a script does.
    ///
    /// # Errors
    /// Where it does not take it.
    pub async fn focus(&self, css: &str) -> Outcome {
        let script = "const one = root.querySelector(args[0]);
            one?.focus();
            return one !== null && root.activeElement === one";
        if self.run(script, &[json!(css)]).await? == true {
            Ok(())
        } else {
            Err(format!("{css} takes no focus").into())
        }
    }

    /// Waits, frame by frame, until an expression of the page is true, which finds what
    /// [`Page::run`] finds; and is its value.
    ///
    /// # Errors
    /// Where it is not within ten seconds.
    pub async fn until(&self, expression: &str, arguments: &[Value]) -> Outcome<Value> {
        let script = format!(
            "const holds = () => ({expression});
            const frame = () => new Promise(requestAnimationFrame);
            const start = performance.now();
            let value = holds();
            while (!value && performance.now() - start < 10000) {{
                await frame();
                value = holds();
            }}
            return plain(value)"
        );
        let value = self.run(&script, arguments).await?;
        if matches!(value, Value::Null | Value::Bool(false)) || value == "" || value == 0 {
            return Err(format!("never: {expression} with {arguments:?}").into());
        }
        Ok(value)
    }

    /// Waits until the timeline is at a step, as the element's `state` tells.
    ///
    /// # Errors
    /// Where it does not come there within ten seconds.
    pub async fn until_step(&self, step: usize) -> Outcome {
        self.until("element.state?.step === args[0]", &[json!(step)])
            .await?;
        Ok(())
    }

    /// Waits until nothing glides.
    ///
    /// # Errors
    /// Where something does after ten seconds.
    pub async fn until_still(&self) -> Outcome {
        let moving = "[root, root.querySelector('.picture')].every((part) => !part?.getAnimations({ subtree: true })
            .some(({ playState }) => playState === 'running'))";
        self.until(moving, &[]).await?;
        Ok(())
    }

    async fn key(&self, kind: &str, key: &Key) -> Outcome {
        self.act(json!([keyboard(&[key_action(kind, key.value())])]))
            .await
    }

    async fn point(&self, actions: Vec<Value>) -> Outcome {
        self.act(json!([{ "type": "pointer", "id": "mouse",
            "parameters": { "pointerType": "mouse" }, "actions": actions }]))
            .await
    }

    /// Performs actions and waits until the page has drawn what came of them.
    async fn act(&self, sources: Value) -> Outcome {
        let actions = Command::PerformActions(Actions::from(sources));
        self.session().handle().cmd(actions).await?;
        let frames = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))";
        self.run(frames, &[]).await?;
        Ok(())
    }
}

fn keyboard(actions: &[Value]) -> Value {
    json!({ "type": "key", "id": "keys", "actions": actions })
}

/// Each key down and up. The end of a line is a key like others.
fn strokes(keys: impl Into<TypingData>) -> Vec<Value> {
    let keys: TypingData = keys.into();
    let stroke = |key: char| {
        let key = if key == '\n' { Key::Enter.value() } else { key };
        [key_action("keyDown", key), key_action("keyUp", key)]
    };
    keys.as_vec().into_iter().flat_map(stroke).collect()
}

fn key_action(kind: &str, key: char) -> Value {
    json!({ "type": kind, "value": key })
}

fn wheel(actions: &[Value]) -> Value {
    json!({ "type": "wheel", "id": "wheel", "actions": actions })
}

fn scroll(x: i64, y: i64, down: i64) -> Value {
    json!({ "type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": down, "duration": 0,
        "origin": "viewport" })
}

fn finger(id: usize, actions: &[Value]) -> Value {
    json!({ "type": "pointer", "id": format!("finger {id}"),
        "parameters": { "pointerType": "touch" }, "actions": actions })
}

fn move_to(x: i64, y: i64) -> Value {
    json!({ "type": "pointerMove", "x": x, "y": y, "duration": MOVE, "origin": "viewport" })
}

fn down() -> Value {
    json!({ "type": "pointerDown", "button": 0 })
}

fn up() -> Value {
    json!({ "type": "pointerUp", "button": 0 })
}

/// Movements to the sums of some offsets.
fn path(x: i64, y: i64, by: &[(i64, i64)]) -> Vec<Value> {
    let along = by.iter().scan((x, y), |at, offset| {
        *at = (at.0 + offset.0, at.1 + offset.1);
        Some(move_to(at.0, at.1))
    });
    along.collect()
}
