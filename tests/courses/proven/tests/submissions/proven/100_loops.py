import numpy as np


def affine(W, x, b):
    y = np.zeros_like(b)
    for row in range(W.shape[0]):
        for column in reversed(range(W.shape[1])):
            y[row, 0] += W[row, column] * x[column, 0]
        y[row, 0] += b[row, 0]
    return y
