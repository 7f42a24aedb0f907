import "../web/backflow-graph.js";

// Defined, but not ready.
const element = document.createElement("backflow-graph");
element.program = "a = 3\nf = a ** 3";
document.body.append(element);

let refused = "";
try {
  element.setInput("a", 1);
} catch (error) {
  refused = error.name;
}
window.toldEarly = {
  program: element.program,
  nodes: element.snapshot().nodes.length,
  refused,
};
