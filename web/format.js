// Numbers, tensors and names as a reader sees them; for numbers and names the core
// has the same rules, and tests/fixtures/numbers.json holds both to the same texts.

/** A number, or numbers nested as deep as the rank. @typedef {number | Tensor[]} Tensor */

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * Three significant digits. Zeros at the end are dropped only where nothing
 * was rounded off, so that 0.4 is 0.4 and 0.39998 is 0.400.
 * @param {number} number
 * @returns {string}
 */
export function formatNumber(number) {
  if (Number.isNaN(number)) return "NaN";
  const sign = number < 0 ? MINUS : "";
  const size = Math.abs(number);
  if (size === Number.POSITIVE_INFINITY) return `${sign}∞`;
  if (size < 1e6 && Number.isInteger(size)) return sign + size;
  if (size < 1e-4 || size >= 1e5) return sign + scientific(size);
  // Whole thousands are shorter than a power of ten, and nearer; from here on
  // three digits would be one.
  if (size >= 999.5) return sign + Math.round(size);
  return sign + trimmed(size.toPrecision(3), size);
}

/** @param {number} size @returns {string} */
function scientific(size) {
  const [digits = "", exponent] = size.toExponential(2).split("e");
  const power = Number(exponent);
  const raised = [...String(Math.abs(power))].map((d) => SUPERSCRIPTS[Number(d)]).join("");
  return `${trimmed(digits, size / 10 ** power)}×10${power < 0 ? "⁻" : ""}${raised}`;
}

/** @param {string} short @param {number} size @returns {string} */
function trimmed(short, size) {
  const value = Number(short);
  return Math.abs(value - size) <= 1e-12 * size ? String(value) : short;
}

/** All digits, as few as tell the number from its neighbours. @param {number} number @returns {string} */
export function formatExactly(number) {
  if (!Number.isFinite(number)) return formatNumber(number);
  return String(number).replaceAll("-", MINUS);
}

/** @param {number[]} shape @returns {number} */
export function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** @param {number[]} shape @returns {string} */
export function formatShape(shape) {
  return `(${formatSizes(shape)})`;
}

/** A shape without brackets, as it stands on a wire. @param {number[]} shape @returns {string} */
export function formatSizes(shape) {
  return shape.join("×");
}

/**
 * Where an element stands, as Python writes it: `[0, 1]`.
 * @param {number} element its place, row by row
 * @param {number[]} shape
 * @returns {string}
 */
export function formatIndex(element, shape) {
  let text = "";
  let rest = element;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    text = `${rest % length}${text && ", "}${text}`;
    rest = Math.floor(rest / length);
  }
  return `[${text}]`;
}

/**
 * The numbers from `offset` on, row by row, as nested arrays of a shape.
 * @param {ArrayLike<number>} values
 * @param {number} offset
 * @param {number[]} shape
 * @returns {Tensor}
 */
export function nest(values, offset, shape) {
  const [length, ...rest] = shape;
  if (length === undefined) return values[offset] ?? Number.NaN;
  const stride = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(values, offset + i * stride, rest));
}

/**
 * @param {Tensor} tensor
 * @param {(number: number) => string} [format]
 * @returns {string}
 */
export function formatTensor(tensor, format = formatNumber) {
  if (typeof tensor === "number") return format(tensor);
  return `[${tensor.map((part) => formatTensor(part, format)).join(", ")}]`;
}

/**
 * A name as mathematics writes it: `w0` and `w_0` are w with the subscript 0.
 * @param {string} name
 * @returns {{ base: string, subscript: string }}
 */
export function splitName(name) {
  const parts = /^(.*?[^\d_])_?(\d+)$/u.exec(name);
  return { base: parts?.[1] ?? name, subscript: parts?.[2] ?? "" };
}
