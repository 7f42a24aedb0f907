// Keyed children: what keeps its key keeps its element.

/**
 * Makes the children of `parent` stand for `items`, in their order. An item
 * whose key was there before keeps its record; records without an item leave.
 *
 * @template Item
 * @template {{ element: Element }} Kept
 * @param {Element} parent
 * @param {Map<string, Kept>} records what is there; changed in place
 * @param {Iterable<Item>} items
 * @param {object} does
 * @param {(item: Item) => string} does.key
 * @param {(item: Item) => Kept} does.create
 * @param {(record: Kept, item: Item) => void} does.update
 * @param {(record: Kept) => void} does.leave
 */
export function patch(parent, records, items, { key, create, update, leave }) {
  const wanted = new Map();
  for (const item of items) wanted.set(key(item), item);
  for (const [name, record] of records) {
    if (wanted.has(name)) continue;
    records.delete(name);
    leave(record);
  }
  let next = parent.firstElementChild;
  for (const [name, item] of wanted) {
    const record = records.get(name) ?? create(item);
    records.set(name, record);
    update(record, item);
    // Moving an element ends its transition, so only what is out of order moves.
    if (record.element === next) next = next.nextElementSibling;
    else parent.insertBefore(record.element, next);
  }
}
