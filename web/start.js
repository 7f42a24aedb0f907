// What an element waits for and reads as it starts.

/** The names of the style sheets. */
const NAMES = [
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
];

/** So long after a failure a style sheet is asked for again, in milliseconds. */
const AGAIN = [300, 1500];

/** Those that are loaded or on their way, by their names. @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** The style sheets, shared by all elements of a page. One that failed is tried again. */
export function loadStyles() {
  return Promise.all(
    NAMES.map((name) => {
      const sheet = sheets.get(name) ?? loadStyle(name);
      sheets.set(name, sheet);
      sheet.catch(() => sheets.delete(name));
      return sheet;
    }),
  );
}

/** @param {string} name @param {number[]} [pauses] @returns {Promise<CSSStyleSheet>} */
async function loadStyle(name, [pause, ...pauses] = AGAIN) {
  try {
    return await fetchStyle(name);
  } catch (error) {
    if (pause === undefined) throw error;
    await new Promise((resolve) => setTimeout(resolve, pause));
    return loadStyle(name, pauses);
  }
}

/** @param {string} name */
async function fetchStyle(name) {
  const response = await fetch(new URL(`./${name}.css`, import.meta.url));
  // What a host sends in the place of a file is no style, whatever it says of itself.
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!response.ok || isPage) throw new Error(`${response.url} is no style sheet`);
  return new CSSStyleSheet().replace(await response.text());
}

/** Waits until the parser has read the text inside the element. @returns {Promise<void>} */
export function parsed() {
  if (document.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });
}

/** A text whose lines end as those of a field do. @param {string} text @returns {string} */
export function withFieldsLines(text) {
  return text.replace(/\r\n?/g, "\n");
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
