"""Week 4: more cells.

Replace every ``raise NotImplementedError`` by your own code and keep the names. The handout explains each function;
``grade`` in this folder grades this file. NumPy is all you need.

Part 1 has rows: e is (B, D), states are (B, H), weights stand on the right. All other parts have columns: x is (D, 1),
h and c are (H, 1), weights stand on the left, and sequences have time as their first axis.
"""

import numpy as np


def sigmoid(z):
    """1 / (1 + e^(-z)) of each number. Earns no points of its own, but much needs it."""
    raise NotImplementedError


# ── part 1: cells that read rows ──────────────────────────────────────────────────────────────────────────────────


def cell_concatenated(e, s_prev, W_r, b_r, W_o, b_o):
    """One step: the new state and the output.

    e: (B, D)   s_prev: (B, H)   W_r: (D + H, H), for [e, s_prev]   b_r: (H,)   W_o: (H, V)   b_o: (V,)
    Returns s (B, H) and o (B, V), in this order.
    """
    raise NotImplementedError


def cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    """One step: the new state and the probabilities of the next word.

    e: (B, D)   h_prev: (B, H)   w_h: (H, H)   w_x: (D, H)   b_h: (H,)   w_y: (H, V)   b_y: (V,)
    Returns h (B, H) and y (B, V), in this order.
    """
    raise NotImplementedError


def simple_rnn(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    """The cell of ``cell_concatenated`` along sequences, from a state of zeros.

    inputs: (B, T, D), the others as in ``cell_concatenated``
    Returns the last output (B, V); with return_sequences all outputs (B, T, V) and the last state (B, H).
    """
    raise NotImplementedError


def hidden_weights(window, embedding, hidden):
    """How many weights, without biases, the hidden layer has: of a window model, and of a recurrent network.

    Three whole numbers; returns two.
    """
    raise NotImplementedError


# ── part 2: LSTMs in other clothes ────────────────────────────────────────────────────────────────────────────────


def elementwise_gate(mask, state):
    """What a gate lets through.

    mask: (M, N), numbers from 0 to 1   state: (M, N)
    Returns an array of the same shape.
    """
    raise NotImplementedError


def lstm_separate(x, h_prev, c_prev, W, U, b):
    """One step of an LSTM with W for h_prev and U for x.

    x: (D, 1)   h_prev, c_prev: (H, 1)
    W: (4, H, H)   U: (4, H, D)   b: (4, H, 1), along the first axis for i, f, o, c
    Returns h and c, both (H, 1), in this order.
    """
    raise NotImplementedError


def concatenate_weights(W, U, b):
    """The weights of ``lstm_separate`` for h on top of x, in the order f, i, c, o.

    Returns arrays of shape (4, H, H + D) and (4, H, 1).
    """
    raise NotImplementedError


class LSTM:
    """An LSTM without biases. Its weights are Wf, Wi, Wc, Wo, each (H, H + D), for h on top of x."""

    def __init__(self, input_size, hidden_size):
        """Small random weights."""
        raise NotImplementedError

    def step(self, x, h_prev, c_prev):
        """One step.

        x: (D, 1)   h_prev, c_prev: (H, 1)
        Returns h and c, both (H, 1), in this order.
        """
        raise NotImplementedError


# ── part 3: other networks ────────────────────────────────────────────────────────────────────────────────────────


def gru_step(x, h_prev, W_z, W_r, W):
    """One step of a GRU, without biases.

    x: (D, 1)   h_prev: (H, 1)   W_z, W_r, W: (H, H + D)
    Returns h (H, 1).
    """
    raise NotImplementedError


def bidirectional(xs, forward, backward):
    """The states of two plain networks, one of which reads from the end.

    xs: (T, D, 1)   forward, backward: dicts with W_xh (H, D), W_hh (H, H), b_h (H, 1)
    Returns an array of shape (T, 2 H, 1).
    """
    raise NotImplementedError


def stacked(xs, layers):
    """The states of the last of several plain networks, each reading the states of the one before it.

    xs: (T, D, 1)   layers: list of dicts as above; W_xh is (H, D) in the first and (H, H) in the others
    Returns an array of shape (T, H, 1).
    """
    raise NotImplementedError


# ── part 4: backwards through an LSTM ─────────────────────────────────────────────────────────────────────────────


def lstm_step(x, h_prev, c_prev, W, b):
    """One step of an LSTM with weights for h on top of x.

    x: (D, 1)   h_prev, c_prev: (H, 1)
    W: (4, H, H + D)   b: (4, H, 1), along the first axis for f, i, c, o
    Returns h and c, both (H, 1), and a cache: whatever ``lstm_step_backward`` will need.
    """
    raise NotImplementedError


def lstm_forward(xs, h0, c0, W, b):
    """An LSTM along a sequence.

    xs: (T, D, 1)   h0, c0: (H, 1)   W, b as above
    Returns all h and all c, both (T, H, 1), and caches: whatever ``lstm_backward`` will need.
    """
    raise NotImplementedError


def lstm_step_backward(dh, dc, cache):
    """Gradients of one step.

    dh, dc: (H, 1), the gradients for h and c   cache: what ``lstm_step`` gave
    Returns the gradients for x, h_prev, c_prev, W, b, in this order and in their shapes.
    """
    raise NotImplementedError


def lstm_backward(dhs, caches):
    """Gradients of a sequence.

    dhs: (T, H, 1), the gradient that each h gets from outside   caches: what ``lstm_forward`` gave
    Returns the gradients for xs, h0, c0, W, b, in this order and in their shapes.
    """
    raise NotImplementedError


# ── part 5: how gradients flow ────────────────────────────────────────────────────────────────────────────────────


def gradient_flow(W_hh, hs):
    """The spectral norm of the derivative of the last state with respect to each state.

    W_hh: (H, H)   hs: (T, H, 1), the states after each step
    Returns an array of shape (T,); the last number is 1.
    """
    raise NotImplementedError


def lstm_gradient_flow(fs):
    """The derivative of the last cell with respect to each cell, along the cells.

    fs: (T, H, 1), the forget gates of each step
    Returns an array of shape (T, H, 1); the last is ones.
    """
    raise NotImplementedError


def classify_flow(norms):
    """What becomes of a gradient: "vanishing", "stable" or "exploding".

    norms: numbers as gradient_flow gives them, the first step first, as a list
    """
    raise NotImplementedError


def gradient_terms(dh_T, hs, h0, W_hh):
    """What each step adds to the gradient for W_hh of a loss of the last state.

    dh_T: (H, 1), the gradient for the last state   hs: (T, H, 1)   h0: (H, 1)   W_hh: (H, H)
    Returns an array of shape (T, H, H), the first step's term first.
    """
    raise NotImplementedError


def sgd_step(weights, gradients, rate):
    """New weights, one step downhill.

    weights, gradients: dicts of arrays with the same keys   rate: number
    Returns a dict with these keys.
    """
    raise NotImplementedError


def descend(w, curvature, rate, steps):
    """The way down the loss curvature / 2 * w^2, and how it goes.

    Returns an array of steps + 1 numbers, and "approaches", "overshoots" or "diverges", in this order.
    """
    raise NotImplementedError


# ── part 6: what it costs ─────────────────────────────────────────────────────────────────────────────────────────


def parameter_count(cell, input_size, hidden_size):
    """How many numbers a cell learns, biases too.

    cell: "rnn", "lstm" or "gru"; for anything else raises ValueError
    Returns a whole number.
    """
    raise NotImplementedError


def operations_per_step(cell, input_size, hidden_size):
    """How many multiplications the matrix products of one step take.

    cell: "rnn", "lstm" or "gru"
    Returns a whole number.
    """
    raise NotImplementedError


def attention_exceeds(d, input_size, hidden_size):
    """The smallest length n for which n^2 d is more than n (h^2 + h x).

    Returns a whole number, 1 or more.
    """
    raise NotImplementedError


def memory_size(model, hidden_size, n):
    """How many numbers are kept while n words are read.

    model: "rnn", "lstm", "gru" or "attention"
    Returns a whole number.
    """
    raise NotImplementedError
