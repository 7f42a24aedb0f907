// The page is the element; this is all it needs.
import "./backflow-graph.js";
