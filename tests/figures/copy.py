x = 7
L = 4*x + 2*x
