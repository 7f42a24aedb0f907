x = 4
y = 5
z = max(x, y)
