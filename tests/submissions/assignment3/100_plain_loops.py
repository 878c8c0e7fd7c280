"""Right: no array arithmetic at all, only loops over Python floats; everything comes back as nested lists."""
import math
import random


def rows(m):
    return [[float(v) for v in row] for row in m]


def column(m):
    return [float(row[0]) for row in m]


def stand(v):
    return [[e] for e in v]


def times(W, v):
    out = []
    for row in W:
        total = 0.0
        for a, b in zip(row, v):
            total += float(a) * b
        out.append(total)
    return out


def decay_table(rate, steps):
    table = [1.0]
    for _ in range(int(steps)):
        table.append(table[-1] * rate)
    return table


def steps_until(rate, threshold):
    if rate >= 1:
        raise ValueError("it never fades")
    if threshold <= 0:
        raise ValueError("nothing falls below zero")
    strength = 1.0
    n = 0
    while not strength < threshold:
        strength *= rate
        n += 1
    return n


def step_flat(x, h, W_xh, W_hh, b):
    a = times(W_xh, x)
    r = times(W_hh, h)
    return [math.tanh(a[k] + r[k] + b[k]) for k in range(len(b))]


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return stand(step_flat(column(x), column(h_prev), W_xh, W_hh, column(b_h)))


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    h = column(h0)
    hs = []
    ys = []
    for x in xs:
        h = step_flat(column(x), h, W_xh, W_hh, column(b_h))
        hs.append(stand(h))
        score = times(W_hy, h)
        ys.append([[score[v] + float(b_y[v][0])] for v in range(len(score))])
    return hs, ys


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        def small(n, m):
            return [[random.gauss(0, 0.01) for _ in range(m)] for _ in range(n)]

        self.Wxh = small(hidden_size, input_size)
        self.Whh = small(hidden_size, hidden_size)
        self.Why = small(output_size, hidden_size)
        self.bh = [[0.0] for _ in range(hidden_size)]
        self.by = [[0.0] for _ in range(output_size)]

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        score = times(self.Why, column(h))
        y = [[s + float(b[0])] for s, b in zip(score, self.by)]
        return y, h

    def forward(self, inputs):
        h = [[0.0] for _ in self.bh]
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z):
    if z < 0:
        e = math.exp(z)
        return e / (1 + e)
    return 1 / (1 + math.exp(-z))


def gate(h_prev, x, W, b, squash):
    both = column(h_prev) + column(x)
    z = times(W, both)
    return [[squash(z[k] + float(b[k][0]))] for k in range(len(z))]


def forget_gate(h_prev, x, W_f, b_f):
    return gate(h_prev, x, W_f, b_f, sigmoid)


def input_gate(h_prev, x, W_i, b_i):
    return gate(h_prev, x, W_i, b_i, sigmoid)


def candidate(h_prev, x, W_c, b_c):
    return gate(h_prev, x, W_c, b_c, math.tanh)


def output_gate(h_prev, x, W_o, b_o):
    return gate(h_prev, x, W_o, b_o, sigmoid)


def cell_state(f, c_prev, i, c_tilde):
    f, c_prev, i, c_tilde = column(f), column(c_prev), column(i), column(c_tilde)
    return [[f[k] * c_prev[k] + i[k] * c_tilde[k]] for k in range(len(f))]


def hidden_state(o, c):
    return [[a * math.tanh(b)] for a, b in zip(column(o), column(c))]


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    g = candidate(h_prev, x, W_c, b_c)
    o = output_gate(h_prev, x, W_o, b_o)
    c = cell_state(f, c_prev, i, g)
    return hidden_state(o, c), c


def zeros(n, m):
    return [[0.0] * m for _ in range(n)]


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    T, D, H, V = len(xs), len(xs[0]), len(h0), len(b_y)
    W_hh, W_hy = rows(W_hh), rows(W_hy)
    states = [column(h0)]
    chances = []
    loss = 0.0
    for t in range(T):
        states.append(step_flat(column(xs[t]), states[-1], W_xh, W_hh, column(b_h)))
        s = times(W_hy, states[-1])
        s = [s[v] + float(b_y[v][0]) for v in range(V)]
        top = max(s)
        e = [math.exp(v - top) for v in s]
        p = [v / sum(e) for v in e]
        loss -= math.log(p[int(targets[t])])
        chances.append(p)
    g = {"W_xh": zeros(H, D), "W_hh": zeros(H, H), "W_hy": zeros(V, H), "b_h": zeros(H, 1), "b_y": zeros(V, 1)}
    carry = [0.0] * H
    for t in range(T - 1, -1, -1):
        dy = list(chances[t])
        dy[int(targets[t])] -= 1.0
        for v in range(V):
            g["b_y"][v][0] += dy[v]
            for k in range(H):
                g["W_hy"][v][k] += dy[v] * states[t + 1][k]
        da = []
        for k in range(H):
            dh = carry[k]
            for v in range(V):
                dh += W_hy[v][k] * dy[v]
            da.append(dh * (1 - states[t + 1][k] ** 2))
        for k in range(H):
            g["b_h"][k][0] += da[k]
            for d in range(D):
                g["W_xh"][k][d] += da[k] * float(xs[t][d][0])
            for j in range(H):
                g["W_hh"][k][j] += da[k] * states[t][j]
        carry = [sum(W_hh[k][j] * da[k] for k in range(H)) for j in range(H)]
    g["h0"] = stand(carry)
    return loss, g


def clip_gradients(gradients, max_norm):
    total = 0.0
    for g in gradients:
        for row in g:
            for v in row:
                total += float(v) ** 2
    norm = math.sqrt(total)
    if norm <= max_norm:
        return [rows(g) for g in gradients]
    return [[[float(v) * max_norm / norm for v in row] for row in g] for g in gradients]


def gradient_product(factors):
    product = 1.0
    for f in factors:
        product *= f
    return product
