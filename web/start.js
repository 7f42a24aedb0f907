// What an element waits for and reads as it starts.

/** @type {Promise<CSSStyleSheet[]> | undefined} */
let styles;

/** The style sheets, shared by all elements of a page. */
export function loadStyles() {
  styles ??= Promise.all(
    [
      "backflow-graph",
      "picture",
      "plate",
      "tools",
      "lesson",
      "modes",
      "misfit",
      "lens",
      "sheet",
      "grid",
      "chain",
      "paper",
      "code",
      "panes",
      "hessian",
    ].map((name) => loadStyle(`./${name}.css`)),
  );
  return styles;
}

/** @param {string} path */
async function loadStyle(path) {
  const response = await fetch(new URL(path, import.meta.url));
  return new CSSStyleSheet().replace(await response.text());
}

/** Waits until the parser has read the text inside the element. @returns {Promise<void>} */
export function parsed() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });
}

/** Text without the indentation it has in its page. @param {string | null} text @returns {string} */
export function dedent(text) {
  const lines = (text ?? "")
    .replace(/^(\s*\n)+/, "")
    .trimEnd()
    .split("\n");
  const indents = lines.flatMap((line) => (line.trim() ? [line.search(/\S/)] : []));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** @returns {PromiseWithResolvers<void>} */
export function withResolvers() {
  /** @type {Partial<PromiseWithResolvers<void>>} */
  const parts = {};
  const promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return /** @type {PromiseWithResolvers<void>} */ ({ ...parts, promise });
}
