"""A cell with one gate for batches of columns; parameters and gradients are dicts."""

import numpy as np


def sigmoid(z):
    """1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def cell_forward(xt, a_prev, c_prev, parameters):
    """The next state and memory, and what the backward step needs."""
    Wf, bf = parameters["Wf"], parameters["bf"]
    Wc, bc = parameters["Wc"], parameters["bc"]
    concat = np.concatenate([a_prev, xt], axis=0)
    ft = sigmoid(Wf @ concat + bf)
    cct = np.tanh(Wc @ concat + bc)
    c_next = ft * c_prev + (1 - ft) * cct
    a_next = np.tanh(c_next)
    return a_next, c_next, (a_next, c_prev, ft, cct, concat, parameters)


def cell_backward(da_next, dc_next, cache):
    """The gradients of everything that the cell was given but its input."""
    a_next, c_prev, ft, cct, concat, parameters = cache
    p = parameters
    n_a = a_next.shape[0]
    dc = dc_next + da_next * (1 - a_next**2)
    dzf = dc * (c_prev - cct) * ft * (1 - ft)
    dzc = dc * (1 - ft) * (1 - cct**2)
    dconcat = p["Wf"].T @ dzf + p["Wc"].T @ dzc
    return {
        "da_prev": dconcat[:n_a],
        "dc_prev": dc * ft,
        "dWf": dzf @ concat.T,
        "dbf": np.sum(dzf, axis=1, keepdims=True),
        "dWc": dzc @ concat.T,
        "dbc": np.sum(dzc, axis=1, keepdims=True),
    }
