"""Wrong: the weighted sum of all gates stops before the last number of x."""
# Week 3 assignment
# loops, because the matrix version gave me shape errors
import numpy as np


def decay_table(rate, steps):
    # make an empty table first
    table = np.zeros(steps + 1)
    # then fill it
    for n in range(steps + 1):
        table[n] = rate ** n
    return table


def steps_until(rate, threshold):
    # two cases that never end
    if rate >= 1:
        raise ValueError("rate is too big")
    if threshold <= 0:
        raise ValueError("threshold is too small")
    n = 0
    strength = 1
    while strength >= threshold:
        n = n + 1
        strength = rate ** n
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    H = len(b_h)
    D = len(x)
    h = np.zeros((H, 1))
    for k in range(H):
        total = b_h[k, 0]
        # what I remember
        for j in range(H):
            total = total + W_hh[k, j] * h_prev[j, 0]
        # what I read
        for d in range(D):
            total = total + W_xh[k, d] * x[d, 0]
        h[k, 0] = np.tanh(total)
    return h


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(xs)
    H = len(h0)
    V = len(b_y)
    hs = np.zeros((T, H, 1))
    ys = np.zeros((T, V, 1))
    h = h0
    for t in range(T):
        # new memory
        h = np.tanh(np.dot(W_hh, h) + np.dot(W_xh, xs[t]) + b_h)
        hs[t] = h
        # scores
        for v in range(V):
            total = b_y[v, 0]
            for k in range(H):
                total = total + W_hy[v, k] * h[k, 0]
            ys[t, v, 0] = total
    return hs, ys


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        a = np.dot(self.Wxh, x)
        b = np.dot(self.Whh, h_prev)
        h = np.tanh(a + b + self.bh)
        y = np.dot(self.Why, h) + self.by
        return y, h

    def forward(self, inputs):
        # start with no memory
        h = np.zeros((len(self.bh), 1))
        outputs = []
        for i in range(len(inputs)):
            y, h = self.step(inputs[i], h)
            outputs.append(y)
        return outputs, h


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def weighted_sum(h_prev, x, W, b):
    # put h_prev and x into one list
    values = []
    for number in h_prev:
        values.append(number[0])
    for number in x:
        values.append(number[0])
    # one sum for every row of W
    z = np.zeros((len(b), 1))
    for row in range(len(b)):
        total = 0
        for column in range(0, len(values) - 1):
            total = total + W[row, column] * values[column]
        z[row, 0] = total + b[row, 0]
    return z


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(weighted_sum(h_prev, x, W_f, b_f))


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(weighted_sum(h_prev, x, W_i, b_i))


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(weighted_sum(h_prev, x, W_c, b_c))


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(weighted_sum(h_prev, x, W_o, b_o))


def cell_state(f, c_prev, i, c_tilde):
    c = np.zeros(c_prev.shape)
    for k in range(len(c)):
        c[k, 0] = f[k, 0] * c_prev[k, 0] + i[k, 0] * c_tilde[k, 0]
    return c


def hidden_state(o, c):
    h = np.zeros(c.shape)
    for k in range(len(c)):
        h[k, 0] = o[k, 0] * np.tanh(c[k, 0])
    return h


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    # first the gates
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c_tilde = candidate(h_prev, x, W_c, b_c)
    o = output_gate(h_prev, x, W_o, b_o)
    # then the two memories
    c = cell_state(f, c_prev, i, c_tilde)
    h = hidden_state(o, c)
    return h, c


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T = len(xs)
    H = len(h0)
    V = len(b_y)
    D = xs.shape[1]
    # forward, remember everything
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss = 0
    dys = np.zeros((T, V))
    for t in range(T):
        biggest = max(ys[t, :, 0])
        e = np.exp(ys[t, :, 0] - biggest)
        p = e / sum(e)
        loss = loss - np.log(p[targets[t]])
        dys[t] = p
        dys[t, targets[t]] = dys[t, targets[t]] - 1
    # backward
    dW_xh = np.zeros((H, D))
    dW_hh = np.zeros((H, H))
    dW_hy = np.zeros((V, H))
    db_h = np.zeros((H, 1))
    db_y = np.zeros((V, 1))
    dh_next = np.zeros(H)
    for t in range(T - 1, -1, -1):
        if t == 0:
            h_prev = h0[:, 0]
        else:
            h_prev = hs[t - 1, :, 0]
        da = np.zeros(H)
        for k in range(H):
            dh = dh_next[k]
            for v in range(V):
                dh = dh + W_hy[v, k] * dys[t, v]
            da[k] = dh * (1 - hs[t, k, 0] ** 2)
        for v in range(V):
            db_y[v, 0] = db_y[v, 0] + dys[t, v]
            for k in range(H):
                dW_hy[v, k] = dW_hy[v, k] + dys[t, v] * hs[t, k, 0]
        for k in range(H):
            db_h[k, 0] = db_h[k, 0] + da[k]
            for d in range(D):
                dW_xh[k, d] = dW_xh[k, d] + da[k] * xs[t, d, 0]
            for j in range(H):
                dW_hh[k, j] = dW_hh[k, j] + da[k] * h_prev[j]
        dh_next = np.zeros(H)
        for j in range(H):
            for k in range(H):
                dh_next[j] = dh_next[j] + W_hh[k, j] * da[k]
    gradients = {}
    gradients["W_xh"] = dW_xh
    gradients["W_hh"] = dW_hh
    gradients["W_hy"] = dW_hy
    gradients["b_h"] = db_h
    gradients["b_y"] = db_y
    gradients["h0"] = dh_next.reshape(H, 1)
    return loss, gradients


def clip_gradients(gradients, max_norm):
    # sum of the squares of all numbers
    total = 0
    for g in gradients:
        for row in g:
            for number in row:
                total = total + number ** 2
    norm = total ** 0.5
    # too long?
    if norm > max_norm:
        new = []
        for g in gradients:
            new.append(g * max_norm / norm)
        return new
    return gradients


def gradient_product(factors):
    product = 1
    for i in range(len(factors)):
        product = product * factors[i]
    return product
