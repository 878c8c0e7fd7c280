"""Reference solutions of assignment 3: decay, recurrent networks, LSTM gates, backpropagation through time.

Vectors are columns: x is (D, 1), h and c are (H, 1), y is (V, 1); sequences have time as their first axis. All
functions return float64 and leave their arguments as they are.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def decay_table(rate: float, steps: int) -> Array:
    """Strength after 0, 1, …, steps steps: rate**n, shape (steps + 1,)."""
    return np.power(float(rate), np.arange(steps + 1))


def steps_until(rate: float, threshold: float) -> int:
    """Smallest n with rate**n < threshold, for rates from 0 up.

    Raises ValueError if there is none: the rate is 1 or more, or the threshold 0 or less.
    """
    if rate >= 1 or threshold <= 0:
        raise ValueError(f"a strength of {rate}**n never falls below {threshold}")
    n = 0
    while rate**n >= threshold:
        n += 1
    return n


def rnn_step(x: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The new state tanh(W_hh h_prev + W_xh x + b_h), shape (H, 1)."""
    return np.tanh(W_hh @ h_prev + W_xh @ x + b_h)


def rnn_forward(
    xs: Array, h0: Array, W_xh: Array, W_hh: Array, W_hy: Array, b_h: Array, b_y: Array
) -> tuple[Array, Array]:
    """All hidden states (T, H, 1) and scores y_t = W_hy h_t + b_y (T, V, 1)."""
    hs = np.empty((len(xs), *h0.shape))
    h = h0
    for t, x in enumerate(xs):
        h = hs[t] = rnn_step(x, h, W_xh, W_hh, b_h)
    return hs, W_hy @ hs + b_y


class SimpleRNN:
    """A recurrent network with its own weights: Wxh (H, D), Whh (H, H), Why (V, H), bh (H, 1), by (V, 1)."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        """Weights are normal with standard deviation 0.01, biases zero."""
        rng = np.random.default_rng()
        self.Wxh = rng.normal(scale=0.01, size=(hidden_size, input_size))
        self.Whh = rng.normal(scale=0.01, size=(hidden_size, hidden_size))
        self.Why = rng.normal(scale=0.01, size=(output_size, hidden_size))
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x: Array, h_prev: Array) -> tuple[Array, Array]:
        """One step: the scores y (V, 1) and the new state h (H, 1)."""
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return self.Why @ h + self.by, h

    def forward(self, inputs: Iterable[Array]) -> tuple[list[Array], Array]:
        """A sequence of columns, from a state of zeros: the scores of every step and the last state."""
        h = np.zeros_like(self.bh)
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow: the exponent is never positive."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def _affine(h_prev: Array, x: Array, W: Array, b: Array) -> Array:
    """W [h_prev; x] + b."""
    return W @ np.concatenate([h_prev, x]) + b


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    """What to keep: sigmoid(W_f [h_prev; x] + b_f), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_f, b_f))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    """What to store: sigmoid(W_i [h_prev; x] + b_i), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_i, b_i))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    """What could be stored: tanh(W_c [h_prev; x] + b_c), shape (H, 1)."""
    return np.tanh(_affine(h_prev, x, W_c, b_c))


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    """What to show: sigmoid(W_o [h_prev; x] + b_o), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_o, b_o))


def cell_state(f: Array, c_prev: Array, i: Array, c_tilde: Array) -> Array:
    """The new cell f ⊙ c_prev + i ⊙ c̃, shape (H, 1)."""
    return f * c_prev + i * c_tilde


def hidden_state(o: Array, c: Array) -> Array:
    """The new state o ⊙ tanh(c), shape (H, 1)."""
    return o * np.tanh(c)


def lstm_step(
    x: Array,
    h_prev: Array,
    c_prev: Array,
    W_f: Array,
    b_f: Array,
    W_i: Array,
    b_i: Array,
    W_c: Array,
    b_c: Array,
    W_o: Array,
    b_o: Array,
) -> tuple[Array, Array]:
    """The new hidden state h and cell state c, both (H, 1)."""
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c = cell_state(f, c_prev, i, candidate(h_prev, x, W_c, b_c))
    return hidden_state(output_gate(h_prev, x, W_o, b_o), c), c


def log_softmax(z: Array) -> Array:
    """Logarithm of the softmax along the last axis; the largest exponent is 0, so nothing overflows."""
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def bptt(
    xs: Array,
    targets: NDArray[np.int64],
    h0: Array,
    W_xh: Array,
    W_hh: Array,
    W_hy: Array,
    b_h: Array,
    b_y: Array,
) -> tuple[float, dict[str, Array]]:
    """Cross-entropy summed over time, and its gradients.

    With a_t = W_hh h_{t-1} + W_xh x_t + b_h and p_t = softmax(y_t)::

        loss  = -Σ_t log p_t[target_t]
        dy_t  = p_t - onehot(target_t)
        dh_t  = W_hyᵀ dy_t + W_hhᵀ da_{t+1}      (nothing follows the last step)
        da_t  = (1 - h_t²) ⊙ dh_t
        dW_xh = Σ da_t x_tᵀ     dW_hh = Σ da_t h_{t-1}ᵀ     dW_hy = Σ dy_t h_tᵀ
        db_h  = Σ da_t          db_y  = Σ dy_t              dh0   = W_hhᵀ da_1
    """
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    log_p = log_softmax(ys[:, :, 0])
    steps = np.arange(len(xs))
    dy = np.exp(log_p)[:, :, np.newaxis]
    dy[steps, targets] -= 1.0

    da = np.empty_like(hs)
    from_later = np.zeros_like(h0)
    for t in reversed(steps):
        da[t] = (1.0 - hs[t] ** 2) * (W_hy.T @ dy[t] + from_later)
        from_later = W_hh.T @ da[t]

    earlier = np.concatenate([h0[np.newaxis], hs[:-1]])
    gradients = {
        "W_xh": _outer_sum(da, xs),
        "W_hh": _outer_sum(da, earlier),
        "W_hy": _outer_sum(dy, hs),
        "b_h": da.sum(axis=0),
        "b_y": dy.sum(axis=0),
        "h0": from_later,
    }
    return float(-log_p[steps, targets].sum()), gradients


def _outer_sum(left: Array, right: Array) -> Array:
    """Σ_t left_t right_tᵀ of columns, (T, M, 1) and (T, N, 1) to (M, N)."""
    return np.einsum("tmk,tnk->mn", left, right)


def clip_gradients(gradients: Sequence[Array], max_norm: float) -> list[Array]:
    """Gradients scaled by one factor so that the norm of all of them together is at most max_norm."""
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients]


def gradient_product(factors: Iterable[float]) -> float:
    """The product of all factors; 1 when there are none."""
    return float(np.prod(list(factors), dtype=float))
