def f(x, y):
    return x ** 2 * y

x = 3
y = 2
z = f(x, y)
