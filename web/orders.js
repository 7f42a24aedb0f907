// Products of matrices in the right order and in wrong ones, with the shapes under their factors.

import { html } from "./elements.js";
import { patch } from "./keyed.js";
import { say, writeText } from "./line.js";
import { Formula } from "./math.js";

/** @typedef {import("./backflow-wasm.js").Order} OrderData */

class Order {
  #formula = new Formula();
  #math = html("div", "math", this.#formula.element);
  #why = html("p", "why");
  element = html("li", "order", this.#math, this.#why);

  constructor() {
    this.#math.setAttribute("role", "math");
    this.#formula.element.ariaHidden = "true";
  }

  /** @param {OrderData} order */
  show({ line, fits, why }) {
    this.#formula.write(line.math);
    say(this.#math, line.text);
    this.element.classList.toggle("unfit", !fits);
    writeText(this.#why, `${fits ? "✓" : "✗ does not fit:"} ${why}`);
  }
}

export class Orders {
  /** @type {Map<string, Order>} */
  #records = new Map();
  element = html("ul", "orders");

  /** @param {OrderData[]} orders */
  show(orders) {
    this.element.hidden = orders.length === 0;
    patch(
      this.element,
      this.#records,
      orders.map((order, at) => ({ order, at })),
      {
        key: ({ at }) => String(at),
        create: () => new Order(),
        update: (record, { order }) => record.show(order),
        leave: (record) => record.element.remove(),
      },
    );
  }
}
