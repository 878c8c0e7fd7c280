"""The solution of the chained course."""

import numpy as np


def gate(x, W, b):
    """How far open: between 0 and 1."""
    return 1.0 / (1.0 + np.exp(-(W @ x + b)))


def mixed(g, old, new):
    """A share of the old, the rest of the new."""
    return g * old + (1.0 - g) * new


def step(x, c, W, b):
    """The new state, and what shows of it."""
    new = mixed(gate(x, W, b), c, np.tanh(W @ x))
    return new, np.tanh(new)


def walk(xs, c, W, b):
    """The state after every step."""
    states = []
    for x in xs:
        c, _ = step(x, c, W, b)
        states.append(c)
    return np.array(states)
