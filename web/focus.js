// Where the keys are.

/** What has the focus in the tree that an element is in. @param {Element} element */
export function activeBeside(element) {
  const root = element.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}
