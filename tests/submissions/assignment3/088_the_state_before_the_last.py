"""Wrong: forward returns the last state but one; 2 sigmoid(z) - 1 is no tanh; the gradient of W_hh is transposed."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Trace(NamedTuple):
    """What the way back needs: inputs (T, D), states with h0 in front (T + 1, H), probabilities (T, V)."""

    inputs: Array
    states: Array
    probabilities: Array


def decay_table(rate: float, steps: int) -> Array:
    return np.power(rate, np.linspace(0, steps, steps + 1))


def steps_until(rate: float, threshold: float) -> int:
    if rate >= 1.0 or threshold <= 0.0:
        raise ValueError(f"{rate=} never falls below {threshold=}")
    n: int = 0
    while rate**n >= threshold:
        n += 1
    return n


def rnn_step(x: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    recurrent: Array = np.einsum("hk,ko->ho", W_hh, h_prev)
    feed: Array = np.einsum("hd,do->ho", W_xh, x)
    return np.tanh(recurrent + feed + b_h)


def _states(xs: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    states: list[Array] = [h0[:, 0]]
    drive: Array = np.einsum("hd,tdo->th", W_xh, xs) + b_h[:, 0]
    for a in drive:
        states.append(np.tanh(a + np.einsum("hk,k->h", W_hh, states[-1])))
    return np.array(states)


def rnn_forward(
    xs: Array, h0: Array, W_xh: Array, W_hh: Array, W_hy: Array, b_h: Array, b_y: Array
) -> tuple[Array, Array]:
    states: Array = _states(xs, h0, W_xh, W_hh, b_h)[1:]
    scores: Array = np.einsum("vh,th->tv", W_hy, states) + b_y[:, 0]
    return states[:, :, None], scores[:, :, None]


class SimpleRNN:
    Wxh: Array
    Whh: Array
    Why: Array
    bh: Array
    by: Array

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        rng = np.random.default_rng()
        self.Wxh = rng.normal(0.0, 0.01, (hidden_size, input_size))
        self.Whh = rng.normal(0.0, 0.01, (hidden_size, hidden_size))
        self.Why = rng.normal(0.0, 0.01, (output_size, hidden_size))
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x: Array, h_prev: Array) -> tuple[Array, Array]:
        h: Array = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        y: Array = np.einsum("vh,ho->vo", self.Why, h) + self.by
        return y, h

    def forward(self, inputs: list[Array]) -> tuple[list[Array], Array]:
        h: Array = np.zeros_like(self.bh)
        outputs: list[Array] = []
        last: Array = h
        for x in inputs:
            last = h
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, last


def sigmoid(z: Array) -> Array:
    small: Array = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def _linear(h_prev: Array, x: Array, W: Array, b: Array) -> Array:
    stacked: Array = np.concatenate([h_prev, x])
    return np.einsum("hk,ko->ho", W, stacked) + b


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    return sigmoid(_linear(h_prev, x, W_f, b_f))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    return sigmoid(_linear(h_prev, x, W_i, b_i))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    return 2.0 * sigmoid(_linear(h_prev, x, W_c, b_c)) - 1.0


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    return sigmoid(_linear(h_prev, x, W_o, b_o))


def cell_state(f: Array, c_prev: Array, i: Array, c_tilde: Array) -> Array:
    return f * c_prev + i * c_tilde


def hidden_state(o: Array, c: Array) -> Array:
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
    f: Array = forget_gate(h_prev, x, W_f, b_f)
    i: Array = input_gate(h_prev, x, W_i, b_i)
    c_tilde: Array = candidate(h_prev, x, W_c, b_c)
    o: Array = output_gate(h_prev, x, W_o, b_o)
    c: Array = cell_state(f, c_prev, i, c_tilde)
    return hidden_state(o, c), c


def _softmax(scores: Array) -> Array:
    e: Array = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def bptt(
    xs: Array,
    targets: npt.NDArray[np.int64],
    h0: Array,
    W_xh: Array,
    W_hh: Array,
    W_hy: Array,
    b_h: Array,
    b_y: Array,
) -> tuple[float, dict[str, Array]]:
    states: Array = _states(xs, h0, W_xh, W_hh, b_h)
    scores: Array = np.einsum("vh,th->tv", W_hy, states[1:]) + b_y[:, 0]
    trace = Trace(xs[:, :, 0], states, _softmax(scores))
    steps: Array = np.arange(len(xs))
    loss = float(-np.log(trace.probabilities[steps, targets]).sum())

    dy: Array = trace.probabilities.copy()
    dy[steps, targets] -= 1.0
    from_scores: Array = np.einsum("vh,tv->th", W_hy, dy)
    da: Array = np.zeros_like(from_scores)
    carried: Array = np.zeros(len(h0))
    for t in reversed(range(len(xs))):
        da[t] = (1.0 - trace.states[t + 1] ** 2) * (from_scores[t] + carried)
        carried = np.einsum("hk,h->k", W_hh, da[t])
    return loss, {
        "W_xh": np.einsum("th,td->hd", da, trace.inputs),
        "W_hh": np.einsum("th,tk->kh", da, trace.states[:-1]),
        "W_hy": np.einsum("tv,th->vh", dy, trace.states[1:]),
        "b_h": da.sum(axis=0)[:, None],
        "b_y": dy.sum(axis=0)[:, None],
        "h0": carried[:, None],
    }


def clip_gradients(gradients: list[Array], max_norm: float) -> list[Array]:
    norm: float = float(np.sqrt(sum(np.einsum("ij,ij->", g, g) for g in gradients)))
    factor: float = min(1.0, max_norm / norm) if norm > 0.0 else 1.0
    return [factor * g for g in gradients]


def gradient_product(factors: list[float]) -> float:
    result: float = 1.0
    for factor in factors:
        result *= factor
    return result
