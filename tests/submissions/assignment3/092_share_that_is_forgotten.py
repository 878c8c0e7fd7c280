"""Wrong: the forget gate says how much to forget, not how much to keep; the factors of the product lose their signs."""
import numpy as np


def logsumexp(y):
    top = np.max(y)
    return top + np.log(np.sum(np.exp(y - top)))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))


def pre(h_prev, x, W, b):
    """W [h; x] + b, the same for all four gates."""
    hx = np.concatenate((h_prev, x), axis=0)
    return W.dot(hx) + b


# Part 1

def decay_table(rate, steps):
    return np.array([rate ** k for k in np.arange(steps + 1)], dtype=float)


def steps_until(rate, threshold):
    if threshold <= 0:
        raise ValueError("the threshold has to be above 0")
    if rate >= 1:
        raise ValueError("this memory does not fade")
    if rate == 0:
        return 1
    n = int(np.floor(np.log(threshold) / np.log(rate)))
    # logarithms are not exact, so look at the neighbours as well
    n = max(n - 1, 0)
    while rate ** n >= threshold:
        n += 1
    return n


# Part 2

def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    z = W_hh.dot(h_prev) + W_xh.dot(x) + b_h
    return np.tanh(z)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    states = []
    h = h0
    for x_t in xs:
        h = rnn_step(x_t, h, W_xh, W_hh, b_h)
        states.append(h)
    scores = [W_hy.dot(h) + b_y for h in states]
    return np.stack(states), np.stack(scores)


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def small(rows, columns):
            return np.random.normal(loc=0.0, scale=0.01, size=(rows, columns))

        self.Wxh = small(hidden_size, input_size)
        self.Whh = small(hidden_size, hidden_size)
        self.Why = small(output_size, hidden_size)
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = np.tanh(self.Whh.dot(h_prev) + self.Wxh.dot(x) + self.bh)
        return self.Why.dot(h) + self.by, h

    def forward(self, inputs):
        h = np.zeros(self.bh.shape)
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


# Part 3

def forget_gate(h_prev, x, W_f, b_f):
    """How much of the old cell is forgotten."""
    keep = sigmoid(pre(h_prev, x, W_f, b_f))
    return 1 - keep


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(pre(h_prev, x, W_i, b_i))


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(pre(h_prev, x, W_c, b_c))


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(pre(h_prev, x, W_o, b_o))


def cell_state(f, c_prev, i, c_tilde):
    kept = f * c_prev
    stored = i * c_tilde
    return kept + stored


def hidden_state(o, c):
    return o * np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c_tilde = candidate(h_prev, x, W_c, b_c)
    c = cell_state(f, c_prev, i, c_tilde)
    o = output_gate(h_prev, x, W_o, b_o)
    return hidden_state(o, c), c


# Part 4

def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    T = len(targets)

    # -log softmax(y)[k] = logsumexp(y) - y[k]
    loss = sum(logsumexp(ys[t]) - ys[t][targets[t], 0] for t in range(T))

    g = {
        "W_xh": np.zeros(W_xh.shape),
        "W_hh": np.zeros(W_hh.shape),
        "W_hy": np.zeros(W_hy.shape),
        "b_h": np.zeros(b_h.shape),
        "b_y": np.zeros(b_y.shape),
    }
    from_next = np.zeros(h0.shape)
    for t in range(T)[::-1]:
        h = hs[t]
        before = h0 if t == 0 else hs[t - 1]
        dy = np.exp(ys[t] - logsumexp(ys[t]))
        dy[targets[t], 0] -= 1.0
        dh = W_hy.T.dot(dy) + from_next
        da = dh * (1.0 - h ** 2)
        g["W_hy"] += dy.dot(h.T)
        g["b_y"] += dy
        g["W_xh"] += da.dot(xs[t].T)
        g["W_hh"] += da.dot(before.T)
        g["b_h"] += da
        from_next = W_hh.T.dot(da)
    g["h0"] = from_next
    return loss, g


def clip_gradients(gradients, max_norm):
    squares = [np.sum(np.square(g)) for g in gradients]
    norm = np.sqrt(np.sum(squares))
    if norm <= max_norm:
        return gradients
    return [g * (max_norm / norm) for g in gradients]


def gradient_product(factors):
    # how large the gradient still is after all these steps
    size = 1.0
    for factor in factors:
        size *= abs(factor)
    return size
