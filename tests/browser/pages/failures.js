// Makes the engine fail, as no program is known to: before a call of it whose name and arguments
// hold a text of `traps`, that does something to the memory that all elements share.
import { Engine, memoryOfValues } from "../web/backflow-wasm.js";

/** Whatever the engine does next is a true trap. */
window.damage = () => new Uint8Array(memoryOfValues().buffer).fill(255);

/** No more memory can be had. */
window.fill = () => {
  for (let pages = 16384; pages >= 1; pages /= 4) {
    try {
      for (;;) memoryOfValues().grow(pages);
    } catch {}
  }
};

window.fail = () => {
  throw new Error("an error of the engine");
};

/** A failure that does not come again. */
window.damageOnce = () => {
  window.traps = {};
  window.damage();
};

window.traps = {};
window.failed = 0;

for (const name of ["compile", "set", "cardOfNode"]) {
  const plain = Engine.prototype[name];
  Engine.prototype[name] = function (...given) {
    for (const [text, act] of Object.entries(window.traps)) {
      if (!`${name} ${given.join()}`.includes(text)) continue;
      window.failed += 1;
      window[act]();
    }
    return plain.apply(this, given);
  };
}
