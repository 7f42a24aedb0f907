// The fonts of mathematics. They are the document's, since a shadow root has none of its own.

const FACES = [
  { file: "stix-two-math.woff2", style: "normal" },
  { file: "stix-two-text-italic.woff2", style: "italic" },
];

/** @type {Promise<void> | undefined} */
let loading;

/** Loads them, once a page. Without them the page is set in what the system has. @returns {Promise<void>} */
export function loadFonts() {
  loading ??= Promise.allSettled(FACES.map(load)).then(() => {});
  return loading;
}

/** @param {{ file: string, style: string }} face */
async function load({ file, style }) {
  // Fetched like the rest: a strict page that lets in the module may name no source of fonts.
  const response = await fetch(new URL(`./fonts/${file}`, import.meta.url));
  if (!response.ok) return;
  const face = new FontFace("Backflow Math", await response.arrayBuffer(), { style });
  document.fonts.add(await face.load());
}
