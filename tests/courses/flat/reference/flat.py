"""A recurrent network on flat vectors."""

import numpy as np


def softmax(z):
    """Probabilities in the proportions of exp(z), shape (V,)."""
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def rnn_step(x, h, W, U, b):
    """The new state, shape (H,)."""
    return np.tanh(W @ x + U @ h + b)


def states(xs, W, U, b):
    """The state after each step, from one of zeros, shape (T, H)."""
    hs = np.zeros((len(xs), len(b)))
    h = np.zeros(len(b))
    for t in range(len(xs)):
        h = rnn_step(xs[t], h, W, U, b)
        hs[t] = h
    return hs
