// The wasm instance that all elements of a page share. One that failed may be damaged for all of
// them: a new one takes its place, and they move there.

import init, { memoryOfValues, renew } from "./backflow-wasm.js";
import { faultOf } from "./fault.js";

/** @typedef {import("./fault.js").Fault} Fault */

/**
 * Who has something in the instance.
 * @typedef {object} Tenant
 * @property {() => void} enter moves what it keeps elsewhere into a new instance; may throw
 * @property {(fault: Fault) => void} stayOut does without one, since moving made it fail
 * @property {() => void} moved is told when all is over
 */

/** @type {Set<Tenant>} */
export const tenants = new Set();

/** @type {Promise<void> | undefined} */
let loading;

/** @type {WebAssembly.Memory | undefined} */
let memory;

/** Loads the module, once. A load that failed is tried again. @returns {Promise<void>} */
export function load() {
  loading ??= init().then(
    () => {
      memory = memoryOfValues();
    },
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Where all values lie now. @returns {ArrayBufferLike} */
export function buffer() {
  return memory?.buffer ?? new ArrayBuffer(0);
}

/**
 * Lets the engine do something. Whatever it throws, all tenants are in a new instance when it is
 * over. There it is tried once more: what failed may have been the old instance's fault.
 * @template T
 * @param {() => T} act
 * @param {(fault: Fault) => T} otherwise what comes of it where it failed
 * @returns {T}
 */
export function attempt(act, otherwise) {
  /** @type {unknown} */
  let first;
  try {
    return act();
  } catch (error) {
    moveAll();
    const fault = faultOf(error);
    if (fault.isFull) {
      reportError(error);
      return otherwise(fault);
    }
    first = error;
  }
  try {
    const outcome = act();
    // biome-ignore lint/suspicious/noConsole: for whoever looks for it; nobody else need know
    console.info("The engine failed, and did not in a new instance:", first);
    return outcome;
  } catch (error) {
    reportError(error);
    moveAll();
    return otherwise(faultOf(error));
  }
}

function moveAll() {
  /** @type {Map<Tenant, Fault>} */
  const out = new Map();
  while (!moved(out));
  for (const [tenant, fault] of out) tenant.stayOut(fault);
  for (const tenant of tenants) tenant.moved();
}

/**
 * Moves all tenants into a new instance but those that stay out. One that makes it fail joins them.
 * @param {Map<Tenant, Fault>} out
 * @returns {boolean} whether all went well
 */
function moved(out) {
  try {
    renew();
    // A call that passes nothing: a text would go into the memory of the old one.
    memory = memoryOfValues();
  } catch (error) {
    for (const tenant of tenants) out.set(tenant, faultOf(error));
    return true;
  }
  for (const tenant of tenants) {
    if (out.has(tenant)) continue;
    try {
      tenant.enter();
    } catch (error) {
      reportError(error);
      out.set(tenant, faultOf(error));
      return false;
    }
  }
  return true;
}
