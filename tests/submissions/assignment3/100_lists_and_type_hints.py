"""Right: typed to the last comma; hands back tuples and lists of columns, and its own dict type."""
from __future__ import annotations

from collections import OrderedDict
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np

Vector = np.ndarray
Matrix = np.ndarray


def decay_table(rate: float, steps: int) -> Tuple[float, ...]:
    def strengths() -> Iterator[float]:
        strength: float = 1.0
        for _ in range(steps + 1):
            yield strength
            strength *= rate

    return tuple(strengths())


def steps_until(rate: float, threshold: float) -> np.int64:
    if not (0 <= rate < 1) or threshold <= 0:
        raise ValueError(f"no number of steps brings {rate}**n below {threshold}")
    n: np.int64 = np.int64(0)
    while rate ** int(n) >= threshold:
        n = np.int64(n + 1)
    return n


def rnn_step(x: Vector, h_prev: Vector, W_xh: Matrix, W_hh: Matrix, b_h: Vector) -> Vector:
    W: Matrix = np.hstack([W_hh, W_xh])
    return np.tanh(W @ np.vstack([h_prev, x]) + b_h)


def rnn_forward(
    xs: Sequence[Vector], h0: Vector, W_xh: Matrix, W_hh: Matrix, W_hy: Matrix, b_h: Vector, b_y: Vector
) -> Tuple[List[Vector], Tuple[Vector, ...]]:
    states: List[Vector] = [h0]
    for x in xs:
        states.append(rnn_step(x, states[-1], W_xh, W_hh, b_h))
    return states[1:], tuple(W_hy @ h + b_y for h in states[1:])


class SimpleRNN:
    Wxh: Matrix
    Whh: Matrix
    Why: Matrix
    bh: Vector
    by: Vector

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        sizes: Dict[str, Tuple[int, int]] = {
            "Wxh": (hidden_size, input_size),
            "Whh": (hidden_size, hidden_size),
            "Why": (output_size, hidden_size),
        }
        for name, shape in sizes.items():
            setattr(self, name, 0.01 * np.random.standard_normal(shape))
        self.bh = np.zeros(shape=(hidden_size, 1), dtype=np.float64)
        self.by = np.zeros(shape=(output_size, 1), dtype=np.float64)

    def step(self, x: Vector, h_prev: Vector) -> List[Vector]:
        h: Vector = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return [self.Why @ h + self.by, h]

    def forward(self, inputs: Sequence[Vector]) -> Tuple[List[Vector], Vector]:
        h: Vector = np.zeros_like(self.bh)
        outputs: List[Vector] = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z: Vector) -> Vector:
    return np.exp(-np.logaddexp(0.0, -z))


def _pre(h_prev: Vector, x: Vector, W: Matrix, b: Vector) -> Vector:
    hidden: int = h_prev.shape[0]
    return W[:, :hidden] @ h_prev + W[:, hidden:] @ x + b


def forget_gate(h_prev: Vector, x: Vector, W_f: Matrix, b_f: Vector) -> List[List[float]]:
    return sigmoid(_pre(h_prev, x, W_f, b_f)).tolist()


def input_gate(h_prev: Vector, x: Vector, W_i: Matrix, b_i: Vector) -> List[List[float]]:
    return sigmoid(_pre(h_prev, x, W_i, b_i)).tolist()


def candidate(h_prev: Vector, x: Vector, W_c: Matrix, b_c: Vector) -> List[List[float]]:
    return np.tanh(_pre(h_prev, x, W_c, b_c)).tolist()


def output_gate(h_prev: Vector, x: Vector, W_o: Matrix, b_o: Vector) -> List[List[float]]:
    return sigmoid(_pre(h_prev, x, W_o, b_o)).tolist()


def cell_state(f: Vector, c_prev: Vector, i: Vector, c_tilde: Vector) -> Vector:
    return np.asarray(f) * c_prev + np.asarray(i) * c_tilde


def hidden_state(o: Vector, c: Vector) -> Vector:
    return np.asarray(o) * np.tanh(c)


def lstm_step(
    x: Vector,
    h_prev: Vector,
    c_prev: Vector,
    W_f: Matrix,
    b_f: Vector,
    W_i: Matrix,
    b_i: Vector,
    W_c: Matrix,
    b_c: Vector,
    W_o: Matrix,
    b_o: Vector,
) -> List[Vector]:
    c: Vector = cell_state(
        forget_gate(h_prev, x, W_f, b_f), c_prev, input_gate(h_prev, x, W_i, b_i), candidate(h_prev, x, W_c, b_c)
    )
    return [hidden_state(output_gate(h_prev, x, W_o, b_o), c), c]


def bptt(
    xs: Matrix,
    targets: Sequence[int],
    h0: Vector,
    W_xh: Matrix,
    W_hh: Matrix,
    W_hy: Matrix,
    b_h: Vector,
    b_y: Vector,
) -> Tuple[float, "OrderedDict[str, Vector]"]:
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss: float = 0.0
    dys: List[Vector] = []
    for y, target in zip(ys, targets):
        shifted: Vector = y - y.max()
        total: float = float(np.exp(shifted).sum())
        loss += float(np.log(total) - shifted[target, 0])
        dy: Vector = np.exp(shifted) / total
        dy[target, 0] -= 1.0
        dys.append(dy)

    das: List[Vector] = []
    coming: Vector = np.zeros_like(h0)
    for h, dy in zip(reversed(hs), reversed(dys)):
        da: Vector = (W_hy.T @ dy + coming) * (1.0 - h**2)
        coming = W_hh.T @ da
        das.insert(0, da)

    gradients: OrderedDict[str, Vector] = OrderedDict()
    gradients["W_xh"] = sum(da @ x.T for da, x in zip(das, xs))
    gradients["W_hh"] = sum(da @ h.T for da, h in zip(das, [h0, *hs[:-1]]))
    gradients["W_hy"] = sum(dy @ h.T for dy, h in zip(dys, hs))
    gradients["b_h"] = sum(das)
    gradients["b_y"] = sum(dys)
    gradients["h0"] = coming
    return loss, gradients


def clip_gradients(gradients: Sequence[Vector], max_norm: float) -> Tuple[Vector, ...]:
    norm: float = float(np.sqrt(sum(float((g**2).sum()) for g in gradients)))
    scale: float = max_norm / norm if norm > max_norm else 1.0
    return tuple(np.array(g) * scale for g in gradients)


def gradient_product(factors: Sequence[float]) -> float:
    answer: float = 1.0
    for factor in factors:
        answer = answer * factor
    return answer
