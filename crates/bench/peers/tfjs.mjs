// TensorFlow.js on its wasm backend, in f32: rows as JSON on the standard output.
// Argument: the folder whose node_modules has @tensorflow/tfjs and -backend-wasm.
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const folder = resolve(process.argv[2]);
const require = createRequire(join(folder, "peers.cjs"));
// It speaks on the standard output.
console.log = console.info = console.warn = () => {};
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
await tf.setBackend("wasm");
await tf.ready();

const number = (stream, index) => {
  const k = stream * 1009 + index;
  return (((31 * k * k + 7919 * k + 13) % 2001) - 1000) / 2000;
};
const tensor = (stream, ...shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => number(stream, i)),
    shape,
  );
};

/** Value and all gradients, read back. */
function every(f, inputs) {
  const both = tf.valueAndGrads(f);
  return () =>
    tf.tidy(() => {
      const { value, grads } = both(inputs);
      for (const gradient of grads) gradient.dataSync();
      return value.dataSync()[0];
    });
}

const neuron = (w0, x0, w1, x1, w2) => tf.sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));
const loss = (w1, b1, w2, b2, w3, b3, x, t) => {
  const a = tf.tanh(x.matMul(w1).add(b1));
  const b = tf.tanh(a.matMul(w2).add(b2));
  return b.matMul(w3).add(b3).sub(t).square().sum();
};
const squareSum = (a, b) => a.matMul(b).square().sum();

const net = [
  tensor(1, 2, 16),
  tensor(2, 16),
  tensor(3, 16, 16),
  tensor(4, 16),
  tensor(5, 16, 1),
  tensor(6),
];
const points = [tensor(7, 32, 2), tensor(8, 32, 1)];
const workloads = [
  ["W1", "", every(neuron, [2, -1, -3, -2, -3].map((x) => tf.scalar(x)))],
  ["W4", "", every(loss, [...net, ...points])],
  ...[64, 256, 512].map((n) => [
    "W5",
    `${n}`,
    every(squareSum, [tensor(1, n, n), tensor(2, n, n)]),
  ]),
];

/** The processor's time, as all sides are measured. */
const now = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function microseconds(once) {
  for (const start = now(); now() - start < 300_000; ) once();
  const samples = [];
  for (const start = now(); samples.length < 5 || now() - start < 500_000; ) {
    const before = now();
    once();
    samples.push(now() - before);
  }
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1];
}

const rows = workloads.map(([workload, size, once]) => ({
  workload,
  size,
  value: once(),
  micros: microseconds(once),
}));
process.stdout.write(JSON.stringify({ name: `TensorFlow.js ${tf.version.tfjs} wasm (f32)`, rows }));
