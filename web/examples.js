// The programs of the menu: the lecture's examples with the lecture's numbers.

/**
 * A program, with the upstream gradient of its output where it is not 1, element by element,
 * the calls that are drawn as one gate, and the mode that it is about.
 * @typedef {{ title: string, program: string, upstream?: number[], closed?: string[], mode?: import("./backflow-wasm.js").Mode }} Example
 */

/** @type {{ group: string, examples: Example[] }[]} */
export const GROUPS = [
  {
    group: "First graphs",
    examples: [
      {
        title: "f = (x + y) z",
        program: `x = -2
y = 5
z = -4
q = x + y
f = q * z`,
      },
      {
        title: "One gate seen close: f(x, y)",
        program: `def f(x, y):
    return x ** 2 * y

x = 3
y = 2
z = f(x, y)
# upstream of z: 5`,
        upstream: [5],
        closed: ["z/f"],
      },
      {
        title: "Sigmoid neuron, written out",
        program: `w0 = 2
x0 = -1
w1 = -3
x1 = -2
w2 = -3
f = 1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))`,
      },
      {
        title: "Sigmoid neuron, one gate",
        program: `w0 = 2
x0 = -1
w1 = -3
x1 = -2
w2 = -3
f = sigmoid(w0*x0 + w1*x1 + w2)`,
      },
    ],
  },
  {
    group: "Patterns in gradient flow",
    examples: [
      {
        title: "Add gate: gradient distributor",
        program: `x = 3
y = 4
z = x + y
L = 2 * z    # upstream of z: 2`,
      },
      {
        title: "Copy gate: gradient adder",
        program: `x = 7
L = 4*x + 2*x    # 4 + 2 come back`,
      },
      {
        title: "Mul gate: swap multiplier",
        program: `x = 2
y = 3
z = x * y
L = 5 * z    # upstream of z: 5`,
      },
      {
        title: "Max gate: gradient router",
        program: `x = 4
y = 5
z = max(x, y)
L = 9 * z    # upstream of z: 9`,
      },
    ],
  },
  {
    group: "Vectors and matrices",
    examples: [
      {
        title: "ReLU of a vector",
        program: `x = [1, -2, 3, -1]
z = relu(x)
# upstream of z: below`,
        upstream: [4, -1, 5, 9],
      },
      {
        title: "Matrix product",
        program: `x = [[2, 1, -3], [-3, 4, 2]]
w = [[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]]
y = x @ w
# upstream of y: below`,
        upstream: [2, 3, -3, 9, -8, 1, 4, 6],
      },
      {
        title: "Softmax",
        program: `s = [3.2, 5.1, -1.7]    # scores
p = softmax(s)
# upstream of p: below`,
        upstream: [1, 0, 0],
      },
      {
        title: "Broadcast: a bias for every row",
        program: `x = [[1, 2, 3], [4, 5, 6]]
b = [10, 20, 30]
y = x + b    # b is copied to both rows
# upstream of y: below`,
        upstream: [1, 2, 3, -1, 0, 4],
      },
      {
        title: "Linear classifier",
        program: `W = [[0.2, -0.5, 0.1], [1.5, 1.3, 2.1], [0, 0.25, 0.2]]
x = [1, 2, -1]
s = W @ x    # scores
# right class: 0
H = hinge_loss(s, 0)
# regularisation
R = sum(W ** 2)
L = H + 0.1 * R`,
      },
    ],
  },
  {
    group: "Networks",
    examples: [
      {
        title: "Two layers on a small batch",
        program: `# three examples of two numbers
x = [[1, 2], [-1, 0.5], [0.5, -1]]
W1 = [[0.5, -1, 0.8, 0.1], [0.3, 0.7, -0.6, 0.2]]
b1 = [0, 0.1, -0.1, 0.2]
W2 = [[1, -0.5], [-0.4, 0.9], [0.6, 0.3], [-0.2, 0.7]]
b2 = [0.1, -0.1]

h = relu(x @ W1 + b1)
s = h @ W2 + b2
# right classes: 0, 1, 1
L = cross_entropy(s, [0, 1, 1])`,
      },
      {
        title: "Batch normalisation",
        program: `# four examples of two numbers
x = [[1, -2], [3, 0.5], [-1, 4], [2, 1.5]]
gamma = [1, 0.5]
beta = [0, -1]

m = x.mean(axis=0)
v = x.var(axis=0)
n = (x - m) / sqrt(v + 1e-5)
y = gamma * n + beta
# upstream of y: below`,
        upstream: [1, 0, 0, 2, -1, 1, 0.5, -1],
      },
      {
        title: "One attention head",
        program: `# three tokens of two numbers
x = [[1, 0], [0.5, -1], [-0.3, 2]]
Wq = [[0.6, -0.2], [0.1, 0.9]]
Wk = [[0.4, 0.7], [-0.5, 0.3]]
Wv = [[1, -1], [0.2, 0.8]]

q = x @ Wq
k = x @ Wk
v = x @ Wv
a = softmax(q @ k.T / sqrt(2))
y = a @ v
L = (y ** 2).sum()`,
      },
    ],
  },
  {
    group: "Second order",
    examples: [
      {
        title: "Hessian-vector product",
        program: `def f1(x):
    return x ** 2

def f2(x):
    return x ** 2 / 2

x0 = 2
x1 = f1(x0)
L = f2(x1)

# the backward pass of L, and its inner product with v
v = 0.5
g = grad(L, x0)
p = g * v    # its gradient by x0 is H v`,
        closed: ["x1/f1", "L/f2"],
      },
      {
        title: "Gradient-norm penalty",
        program: `x = [1, 2]
W = [0.5, -0.3]
L = (W @ x - 1) ** 2

# how steep L is; the gradient of R by W is 2 H g
g = grad(L, W)
R = (g * g).sum()`,
      },
      {
        title: "L2 regularisation",
        program: `x = [1, 2]
W = [0.5, -0.3]
L = (W @ x - 1) ** 2

# draws W towards 0
lam = 0.1
R = (W * W).sum()
J = L + lam * R`,
      },
      {
        title: "Newton’s step",
        program: `x = 3
L = x ** 4 / 4 - 2 * x

# to where the slope would be 0
g = grad(L, x)
h = grad(g, x)
x_next = x - g / h`,
      },
    ],
  },
  {
    group: "Larger programs",
    examples: [
      {
        title: "Flat code",
        program: `w0 = 2
x0 = -1
w1 = -3
x1 = -2
w2 = -3

s0 = w0 * x0
s1 = w1 * x1
s2 = s0 + s1
s3 = s2 + w2
L = sigmoid(s3)`,
      },
      {
        title: "A gate of your own (def)",
        program: `def squared_error(prediction, target):
    error = prediction - target
    return error ** 2

x = 3
w = 2
b = -1
target = 4
L = squared_error(w * x + b, target)`,
      },
      {
        title: "A loop (for)",
        program: `x = 0.5
w = 1.5

h = x
for i in range(3):
    h = tanh(w * h)
L = h ** 2`,
      },
    ],
  },
  {
    group: "Another view",
    examples: [
      {
        title: "Forward mode: one input, four outputs",
        program: `x = 0.5
y = [sin(x), cos(x), exp(x), x ** 2]
# one forward pass, or four in reverse`,
        mode: "both",
      },
    ],
  },
];

/** What an element shows that was given no program. */
export const DEFAULT_PROGRAM = GROUPS[0]?.examples[0]?.program ?? "";
