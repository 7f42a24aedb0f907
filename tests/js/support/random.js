// Numbers that look random and are the same in every run. Used under Node and, as text, in a browser.

/** Numbers from 0 to 1, by a seed. @param {number} seed @returns {() => number} */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of a list. @template T @param {() => number} next @param {readonly T[]} list @returns {T} */
export function one(next, list) {
  return /** @type {T} */ (list[Math.floor(next() * list.length)]);
}
