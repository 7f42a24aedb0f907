x = [1, -2, 3, -1]
z = relu(x)
