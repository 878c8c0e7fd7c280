"""Right: einsum and broadcasting wherever possible, the four gates in one product, no loop that can be avoided."""
import numpy as np


def decay_table(rate, steps):
    return np.cumprod(np.r_[1.0, np.full(steps, rate)])


def steps_until(rate, threshold):
    if rate >= 1 or threshold <= 0:
        raise ValueError(f"rate {rate} never reaches {threshold}")
    n = np.arange(10_000)
    return int(np.argmax(rate ** n < threshold))


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(np.einsum("hd,do->ho", W_xh, x) + np.einsum("hk,ko->ho", W_hh, h_prev) + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    drive = np.einsum("hd,tdo->tho", W_xh, xs) + b_h
    hs = np.concatenate([h0[None], np.zeros_like(drive)])
    for t, a in enumerate(drive):
        hs[t + 1] = np.tanh(a + W_hh.dot(hs[t]))
    return hs[1:], np.einsum("vh,tho->tvo", W_hy, hs[1:]) + b_y


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.default_rng(42)
        D, H, V = input_size, hidden_size, output_size
        flat = rng.standard_normal(H * D + H * H + V * H) * 0.01
        Wxh, Whh, Why = np.split(flat, [H * D, H * D + H * H])
        self.Wxh, self.Whh, self.Why = Wxh.reshape(H, D), Whh.reshape(H, H), Why.reshape(V, H)
        self.bh, self.by = np.zeros((H, 1)), np.zeros((V, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return self.Why @ h + self.by, h

    def forward(self, inputs):
        h0 = np.zeros((len(self.Whh), 1))
        hs, ys = rnn_forward(np.stack(inputs), h0, self.Wxh, self.Whh, self.Why, self.bh, self.by)
        return ys, hs[-1]


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(W_f @ np.vstack((h_prev, x)) + b_f)


input_gate = output_gate = forget_gate


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(W_c @ np.vstack((h_prev, x)) + b_c)


def cell_state(f, c_prev, i, c_tilde):
    return np.einsum("kho,kho->ho", np.stack([f, i]), np.stack([c_prev, c_tilde]))


def hidden_state(o, c):
    return np.multiply(o, np.tanh(c))


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    W = np.stack([W_f, W_i, W_o, W_c])
    b = np.stack([b_f, b_i, b_o, b_c])
    z = W @ np.vstack((h_prev, x)) + b
    f, i, o = sigmoid(z[:3])
    c = f * c_prev + i * np.tanh(z[3])
    return o * np.tanh(c), c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(targets)
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    y = ys[..., 0]
    top = y.max(1, keepdims=True)
    logp = y - top - np.log(np.exp(y - top).sum(1, keepdims=True))
    dy = np.exp(logp) - np.eye(y.shape[1])[targets]
    from_above = dy @ W_hy
    slope = 1 - hs[..., 0] ** 2
    da = np.zeros_like(slope)
    back = np.zeros(W_hh.shape[0])
    for t in range(T)[::-1]:
        da[t] = slope[t] * (from_above[t] + back)
        back = da[t] @ W_hh
    before = np.concatenate([h0[None], hs])[:-1, :, 0]
    return -np.take_along_axis(logp, targets[:, None], 1).sum(), dict(
        W_xh=np.einsum("th,td->hd", da, xs[..., 0]),
        W_hh=np.einsum("th,tk->hk", da, before),
        W_hy=np.einsum("tv,th->vh", dy, hs[..., 0]),
        b_h=da.sum(0)[:, None],
        b_y=dy.sum(0)[:, None],
        h0=back[:, None],
    )


def clip_gradients(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    return [g * min(1.0, max_norm / max(norm, 1e-300)) for g in gradients]


def gradient_product(factors):
    return np.multiply.reduce(np.array(factors, dtype=float))
