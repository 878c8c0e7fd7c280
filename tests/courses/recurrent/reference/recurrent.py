"""Reference of the course in which mistakes are measured: batch-major recurrent networks, forward and back."""

import numpy as np


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(scores, targets):
    p, rows = softmax(scores), np.arange(len(targets))
    dscores = p.copy()
    dscores[rows, targets] -= 1
    return float(-np.mean(np.log(p[rows, targets]))), dscores / len(targets)


def perplexity(p, targets):
    return float(np.exp(-np.mean(np.log(p[np.arange(len(targets)), targets]))))


def step_forward(x, h, Wx, Wh, b):
    return np.tanh(x @ Wx + h @ Wh + b)


def step_backward(dh_new, x, h, h_new, Wx, Wh):
    da = dh_new * (1 - h_new**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, da.sum(axis=0)


def unrolled(xs, h0, Wx, Wh):
    h, hs, steps = h0, [], []
    for x in xs:
        new = np.tanh(x @ Wx + h @ Wh)
        steps.append({"before": h, "after": new})
        hs.append(new)
        h = new
    return np.stack(hs), steps


def backward(dhs, xs, h0, Wx, Wh):
    hs, _ = unrolled(xs, h0, Wx, Wh)
    dxs, dWx, dWh, carry = np.zeros(xs.shape), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(h0.shape)
    for t in reversed(range(len(xs))):
        before = hs[t - 1] if t > 0 else h0
        dx, carry, dWx_t, dWh_t, _ = step_backward(dhs[t] + carry, xs[t], before, hs[t], Wx, Wh)
        dxs[t] = dx
        dWx += dWx_t
        dWh += dWh_t
    return dxs, carry, dWx, dWh


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_gates(x, h, Wf, Wi, Wo, Wg):
    hx = np.concatenate([h, x], axis=1)
    return sigmoid(hx @ Wf), sigmoid(hx @ Wi), sigmoid(hx @ Wo), np.tanh(hx @ Wg)


def lstm_cell(c, f, i, o, g):
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new


def lstm_slopes(dh_new, dc_new, c, f, i, o, g):
    """Slopes before the sigmoids of the gates and the tanh of the candidate, and that of the cell before."""
    _, c_new = lstm_cell(c, f, i, o, g)
    dc_all = dc_new + dh_new * o * (1 - np.tanh(c_new) ** 2)
    do = dh_new * np.tanh(c_new) * o * (1 - o)
    return dc_all * c * f * (1 - f), dc_all * g * i * (1 - i), do, dc_all * i * (1 - g**2), dc_all * f


def gru_step(x, h, Wz, Wr, Wg):
    hx = np.concatenate([h, x], axis=1)
    z, r = sigmoid(hx @ Wz), sigmoid(hx @ Wr)
    g = np.tanh(np.concatenate([r * h, x], axis=1) @ Wg)
    return (1 - z) * h + z * g


def fading(rate, steps):
    return rate ** np.arange(steps + 1)
