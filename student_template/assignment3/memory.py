"""Week 3: teaching networks to remember.

Replace every ``raise NotImplementedError`` by your own code and keep the names. The handout explains each function;
``grade`` in this folder grades this file. NumPy is all you need.

Vectors are columns: x is (D, 1), h and c are (H, 1), y is (V, 1). Sequences have time as their first axis.
``[h; x]`` puts h on top of x, which gives a column of H + D rows.
"""

import numpy as np

# ── how fast a memory fades ───────────────────────────────────────────────────────────────────────────────────────


def decay_table(rate, steps):
    """Strength of a memory after 0, 1, 2, …, steps steps.

    rate: factor by which the strength is multiplied at each step
    steps: whole number, 0 or more
    Returns an array of shape (steps + 1,) that begins with 1.0.
    """
    raise NotImplementedError


def steps_until(rate, threshold):
    """Smallest whole number n with rate**n < threshold (strictly below).

    rate: 0 or more; 0**0 is 1
    threshold: at most 1
    Returns an int. Raises ValueError when the strength never gets below the threshold.
    """
    raise NotImplementedError


# ── recurrent networks ────────────────────────────────────────────────────────────────────────────────────────────


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    """One step: h = tanh(W_hh h_prev + W_xh x + b_h).

    x: (D, 1)   h_prev: (H, 1)   W_xh: (H, D)   W_hh: (H, H)   b_h: (H, 1)
    Returns h of shape (H, 1).
    """
    raise NotImplementedError


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    """A whole sequence: h_t from h_{t-1} and x_t, beginning with h0; y_t = W_hy h_t + b_y.

    xs: (T, D, 1)   h0: (H, 1)   W_xh: (H, D)   W_hh: (H, H)   W_hy: (V, H)   b_h: (H, 1)   b_y: (V, 1)
    Returns hs of shape (T, H, 1), which does not contain h0, and ys of shape (T, V, 1).
    """
    raise NotImplementedError


class SimpleRNN:
    """A recurrent network that owns its weights.

    Attributes: Wxh (H, D), Whh (H, H), Why (V, H), bh (H, 1), by (V, 1).
    """

    def __init__(self, input_size, hidden_size, output_size):
        """Set the five attributes: random weights of about 0.01 (a normal distribution times 0.01), biases of zero."""
        raise NotImplementedError

    def step(self, x, h_prev):
        """One step with the weights of this network.

        x: (D, 1)   h_prev: (H, 1)
        Returns y of shape (V, 1) and h of shape (H, 1), in this order.
        """
        raise NotImplementedError

    def forward(self, inputs):
        """A sequence, beginning with a hidden state of zeros.

        inputs: list of T columns (D, 1)
        Returns the list of the T columns y (V, 1), and the last hidden state (H, 1).
        """
        raise NotImplementedError


# ── the gates of an LSTM ──────────────────────────────────────────────────────────────────────────────────────────


def sigmoid(z):
    """1 / (1 + exp(-z)), element by element.

    A helper for the gates: it earns no points of its own. For z = 1000 it must give 1 and for z = -1000 it must give
    0, never nan.
    """
    raise NotImplementedError


def forget_gate(h_prev, x, W_f, b_f):
    """What to keep of the old cell state: f = sigmoid(W_f [h_prev; x] + b_f).

    h_prev: (H, 1)   x: (D, 1)   W_f: (H, H + D)   b_f: (H, 1)
    Returns f of shape (H, 1).
    """
    raise NotImplementedError


def input_gate(h_prev, x, W_i, b_i):
    """How much of the new to store: i = sigmoid(W_i [h_prev; x] + b_i).

    h_prev: (H, 1)   x: (D, 1)   W_i: (H, H + D)   b_i: (H, 1)
    Returns i of shape (H, 1).
    """
    raise NotImplementedError


def candidate(h_prev, x, W_c, b_c):
    """What could be stored: c_tilde = tanh(W_c [h_prev; x] + b_c).

    h_prev: (H, 1)   x: (D, 1)   W_c: (H, H + D)   b_c: (H, 1)
    Returns c_tilde of shape (H, 1).
    """
    raise NotImplementedError


def output_gate(h_prev, x, W_o, b_o):
    """How much of the cell state to show: o = sigmoid(W_o [h_prev; x] + b_o).

    h_prev: (H, 1)   x: (D, 1)   W_o: (H, H + D)   b_o: (H, 1)
    Returns o of shape (H, 1).
    """
    raise NotImplementedError


def cell_state(f, c_prev, i, c_tilde):
    """The new cell state: c = f * c_prev + i * c_tilde, element by element.

    All arguments and the result: (H, 1)
    """
    raise NotImplementedError


def hidden_state(o, c):
    """The new hidden state: h = o * tanh(c), element by element.

    o, c and the result: (H, 1)
    """
    raise NotImplementedError


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    """One step of an LSTM, made of the six functions above.

    x: (D, 1)   h_prev, c_prev: (H, 1)   each W: (H, H + D)   each b: (H, 1)
    Returns h and c, both of shape (H, 1), in this order.
    """
    raise NotImplementedError


# ── learning through time ─────────────────────────────────────────────────────────────────────────────────────────


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    """Loss of a sequence and its gradients, by backpropagation through time.

    The network is that of rnn_forward; p_t = softmax(y_t). The loss is the cross-entropy summed over time,
    -log p_0[targets[0]] - log p_1[targets[1]] - …  (a sum, not a mean).

    xs: (T, D, 1)   targets: (T,) whole numbers from 0 to V - 1   h0: (H, 1)
    W_xh: (H, D)   W_hh: (H, H)   W_hy: (V, H)   b_h: (H, 1)   b_y: (V, 1)
    Returns the loss, a number, and the gradients, a dict with the keys "W_xh", "W_hh", "W_hy", "b_h", "b_y" and "h0".
    Each gradient has the shape of what it belongs to.
    """
    raise NotImplementedError


def clip_gradients(gradients, max_norm):
    """Gradients made smaller, all by the same factor, if they are too large together.

    The norm is that of all numbers of all arrays as one long vector. Above max_norm every array is multiplied by
    max_norm / norm; otherwise nothing changes.

    gradients: list of arrays of any shapes   max_norm: number above 0
    Returns a list of arrays in the same order, with the same shapes.
    """
    raise NotImplementedError


def gradient_product(factors):
    """Product of a list of numbers, as the chain rule forms it; 1 for an empty list."""
    raise NotImplementedError
