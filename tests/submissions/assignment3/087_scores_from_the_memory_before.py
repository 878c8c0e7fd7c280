"""Wrong: the scores come from the state before the word was read; the norm for clipping is a root mean square."""
# I am used to PyTorch, so inside everything is rows (1, H); at the end I transpose back to columns.
import numpy as np


def linear(row, weight, bias):
    """like torch.nn.functional.linear, bias is a column as in the handout"""
    return row @ weight.T + bias.T


def decay_table(rate, steps):
    return np.concatenate(([1.0], np.cumprod(np.full(steps, float(rate)))))


def steps_until(rate, threshold):
    if threshold <= 0 or rate >= 1:
        raise ValueError("does not fade below the threshold")
    return int(np.argmax(rate ** np.arange(5000.0) < threshold))


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    x, h_prev = x.T, h_prev.T
    h = np.tanh(linear(x, W_xh, b_h) + h_prev @ W_hh.T)
    return h.T


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    seq = xs[:, :, 0]
    h = h0.T
    hs, ys = [], []
    for x in seq:
        y = linear(h, W_hy, b_y)
        h = np.tanh(linear(x[None, :], W_xh, b_h) + h @ W_hh.T)
        ys.append(y.T)
        hs.append(h.T)
    return np.stack(hs), np.stack(ys)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        rng = np.random.RandomState()
        self.Wxh = rng.normal(0, 1e-2, (hidden_size, input_size))
        self.Whh = rng.normal(0, 1e-2, (hidden_size, hidden_size))
        self.Why = rng.normal(0, 1e-2, (output_size, hidden_size))
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = np.tanh(linear(x.T, self.Wxh, self.bh) + h_prev.T @ self.Whh.T)
        y = linear(h_prev.T, self.Why, self.by)
        return y.T, h.T

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z):
    out = np.zeros(z.shape)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    out[~pos] = np.exp(z[~pos]) / (1 + np.exp(z[~pos]))
    return out


def gate(h_prev, x, W, b):
    row = np.concatenate([h_prev.T, x.T], axis=1)  # (1, H + D)
    return linear(row, W, b)


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(gate(h_prev, x, W_f, b_f)).T


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(gate(h_prev, x, W_i, b_i)).T


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(gate(h_prev, x, W_c, b_c)).T


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(gate(h_prev, x, W_o, b_o)).T


def cell_state(f, c_prev, i, c_tilde):
    return np.multiply(f, c_prev) + np.multiply(i, c_tilde)


def hidden_state(o, c):
    return np.multiply(o, np.tanh(c))


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    g = candidate(h_prev, x, W_c, b_c)
    o = output_gate(h_prev, x, W_o, b_o)
    c = cell_state(f, c_prev, i, g)
    h = hidden_state(o, c)
    return h, c


def log_softmax(rows):
    rows = rows - rows.max(axis=1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    X = xs[:, :, 0]
    T = X.shape[0]
    h = h0.T
    H_all = [h]
    for t in range(T):
        h = np.tanh(linear(X[t:t + 1], W_xh, b_h) + h @ W_hh.T)
        H_all.append(h)
    states = np.concatenate(H_all)  # (T + 1, H), first row is h0
    logp = log_softmax(linear(states[1:], W_hy, b_y))
    loss = -logp[np.arange(T), targets].sum()

    dY = np.exp(logp)
    dY[np.arange(T), targets] -= 1
    dA = np.zeros((T, states.shape[1]))
    carry = np.zeros((1, states.shape[1]))
    for t in reversed(range(T)):
        dh = dY[t:t + 1] @ W_hy + carry
        dA[t] = dh * (1 - states[t + 1] ** 2)
        carry = dA[t:t + 1] @ W_hh
    return loss, {
        "W_xh": dA.T @ X,
        "W_hh": dA.T @ states[:-1],
        "W_hy": dY.T @ states[1:],
        "b_h": dA.sum(axis=0)[:, None],
        "b_y": dY.sum(axis=0)[:, None],
        "h0": carry.T,
    }


def clip_gradients(gradients, max_norm):
    """like torch.nn.utils.clip_grad_norm_"""
    everything = np.concatenate([g.flatten() for g in gradients])
    total_norm = np.sqrt(np.mean(everything ** 2))
    clip_coef = min(max_norm / total_norm, 1.0) if total_norm > 0 else 1.0
    return [g * clip_coef for g in gradients]


def gradient_product(factors):
    return np.prod(factors, initial=1.0)
