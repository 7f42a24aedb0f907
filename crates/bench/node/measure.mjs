// Runs the workloads as WebAssembly: rows as JSON on the standard output.
// Arguments: the folder that wasm-bindgen wrote, and which workloads.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, only = ""] = process.argv.slice(2);
const bench = await import(pathToFileURL(resolve(folder, "bench_wasm.js")).href);
const { memory } = bench.initSync({ module: readFileSync(resolve(folder, "bench_wasm_bg.wasm")) });

// The processor's time: what else runs on the machine counts less.
const now = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const note = (text) => process.stderr.write(`wasm: ${text}\n`);
// Only results that somebody might read are computed.
let sink = 0;

/** W1 as the page calls it, beside the same in plain JavaScript. */
function call() {
  const engine = new bench.Engine();
  const { scene } = engine.compile(bench.neuron());
  const node = (name) => scene.nodes.find((node) => node.key === name);
  const values = new Float64Array(memory.buffer, engine.values_pointer(), engine.values_length());
  const [set, read] = [node("w0").value, node("w0").gradient];

  const neuron = (w0, x0, w1, x1, w2, out) => {
    const y = 1 / (1 + Math.exp(-(w0 * x0 + w1 * x1 + w2)));
    const d = y * (1 - y);
    out[0] = d * x0;
    out[1] = d * w0;
    out[2] = d * x1;
    out[3] = d * w1;
    out[4] = d;
    return y;
  };
  const out = new Float64Array(5);
  engine.set(set, 2.5);
  engine.run();
  const value = neuron(2.5, -1, -3, -2, -3, out);
  if (Math.abs(values[read] - out[0]) > 1e-12) throw new Error("the sides of W1 do not agree");

  return bench.compare(
    now,
    "call",
    value,
    ["Backflow", "flat"],
    [
      (times) => {
        for (let i = 0; i < times; i++) {
          engine.set(set, 2 + (i & 7));
          engine.run();
          sink += values[read];
        }
      },
      (times) => {
        for (let i = 0; i < times; i++) {
          neuron(2 + (i & 7), -1, -3, -2, -3, out);
          sink += out[0];
        }
      },
    ],
  );
}

/** Values and gradients of 1,000 gates, read where they lie and serialised. */
function values() {
  const gates = new bench.Gates(1000);
  const view = () => {
    // A new one each time: a view ends when the memory grows.
    const numbers = new Float64Array(memory.buffer, gates.pointer(), gates.length());
    let sum = 0;
    for (let i = 0; i < numbers.length; i += 2) sum += numbers[i] + 2 * numbers[i + 1];
    return sum;
  };
  const serialised = () => {
    let sum = 0;
    for (const { value, gradient } of gates.serialised()) sum += value + 2 * gradient;
    return sum;
  };
  if (view() !== serialised()) throw new Error("the sides of the values do not agree");
  const repeat = (once) => (times) => {
    for (let i = 0; i < times; i++) sink += once();
  };
  return bench.compare(
    now,
    "values",
    view(),
    ["view", "serialised"],
    [repeat(view), repeat(serialised)],
  );
}

const rows = JSON.parse(bench.measure(now, only, note));
const layout = () => bench.layout(now);
for (const [name, measure] of Object.entries({ call, values, layout })) {
  // Layouts have a command of their own.
  if (!name.startsWith(only) || (name === "layout" && only !== name)) continue;
  note(name);
  rows.push(JSON.parse(measure()));
}
process.stdout.write(JSON.stringify(rows));
if (Number.isNaN(sink)) note("not a number");
