// The element is not yet defined: this is a property like any other.
document.querySelector("backflow-graph").program = "a = 2\nf = a ** 3";
