def neuron(x, w, b):
    s = w * x + b
    return sigmoid(s)

x = 0.5
w = 1.5
h = x
for i in range(2):
    h = neuron(h, w, 0.1 * h)
L = (h - 1) ** 2
