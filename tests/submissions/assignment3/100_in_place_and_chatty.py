"""Right: works in place wherever it can, prints what it does, plots under a main guard."""
import numpy as np
import matplotlib.pyplot as plt

print("memory.py loaded, numpy", np.__version__)
np.set_printoptions(precision=3, suppress=True)


def decay_table(rate, steps):
    table = np.ones(steps + 1)
    table[1:] *= rate
    np.multiply.accumulate(table, out=table)
    print("table:", table)
    return table


def steps_until(rate, threshold):
    if rate >= 1.0 or threshold <= 0.0:
        print("!! never gets there:", rate, threshold)
        raise ValueError("never")
    n = 0
    while rate**n >= threshold:
        n += 1
    print(f"rate {rate}: below {threshold} after {n} steps")
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    b_h += W_hh @ h_prev
    b_h += W_xh @ x
    np.tanh(b_h, out=b_h)
    print("h =", b_h.ravel())
    return b_h


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = [], []
    for x in xs:
        h0 = rnn_step(x, h0, W_xh, W_hh, b_h.copy())
        hs += [h0]
        ys += [W_hy @ h0 + b_y]
    return np.array(hs), np.array(ys)


class SimpleRNN(object):
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size)
        self.Whh = np.random.randn(hidden_size, hidden_size)
        self.Why = np.random.randn(output_size, hidden_size)
        for W in (self.Wxh, self.Whh, self.Why):
            W *= 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh.copy())
        y = self.Why @ h
        y += self.by
        return y, h

    def forward(self, inputs):
        h = np.zeros_like(self.bh)
        outputs = []
        while inputs:
            y, h = self.step(inputs.pop(0), h)
            outputs.append(y)
        print("read", len(outputs), "words")
        return outputs, h


def sigmoid(z):
    # 1 / (1 + inf) is 0, so a large negative z is fine; the warning is not
    with np.errstate(over="ignore"):
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        return np.reciprocal(z, out=z)


def linear(h_prev, x, W, b):
    W *= np.concatenate([h_prev, x]).T
    b += W.sum(axis=1, keepdims=True)
    return b


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(linear(h_prev, x, W_f, b_f))


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(linear(h_prev, x, W_i, b_i))


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(linear(h_prev, x, W_c, b_c))


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(linear(h_prev, x, W_o, b_o))


def cell_state(f, c_prev, i, c_tilde):
    c_prev *= f
    c_tilde *= i
    c_prev += c_tilde
    return c_prev


def hidden_state(o, c):
    o *= np.tanh(c)
    return o


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    g = candidate(h_prev, x, W_c, b_c)
    o = output_gate(h_prev, x, W_o, b_o)
    print("f", f.ravel(), "i", i.ravel(), "o", o.ravel())
    c_prev = cell_state(f, c_prev, i, g)
    return hidden_state(o, c_prev), c_prev


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    ys -= ys.max(axis=1, keepdims=True)
    np.exp(ys, out=ys)
    ys /= ys.sum(axis=1, keepdims=True)
    grads = {
        "W_xh": np.zeros_like(W_xh),
        "W_hh": np.zeros_like(W_hh),
        "W_hy": np.zeros_like(W_hy),
        "b_h": np.zeros_like(b_h),
        "b_y": np.zeros_like(b_y),
    }
    loss = 0.0
    dh = np.zeros_like(h0)
    for t in reversed(range(len(xs))):
        loss -= np.log(ys[t, targets[t], 0])
        ys[t, targets[t]] -= 1
        grads["W_hy"] += ys[t] @ hs[t].T
        grads["b_y"] += ys[t]
        dh += W_hy.T @ ys[t]
        dh *= 1 - hs[t] ** 2
        grads["W_xh"] += dh @ xs[t].T
        grads["W_hh"] += dh @ (hs[t - 1] if t else h0).T
        grads["b_h"] += dh
        dh = W_hh.T @ dh
    grads["h0"] = dh
    print("loss", loss)
    return loss, grads


def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g * g) for g in gradients))
    print("norm before clipping:", norm)
    if norm > max_norm:
        for g in gradients:
            g *= max_norm / norm
    return gradients


def gradient_product(factors):
    product = 1.0
    while factors:
        product *= factors.pop()
    return product


if __name__ == "__main__":
    plt.plot(decay_table(0.9, 44))
    plt.title("fading")
    plt.show()
