"""Wrong: rnn_step multiplies W_hh element by element; the loss is measured in bits."""
# based on the character-level RNN that I wrote for my own texts
import numpy as np


def decay_table(rate, steps):
    return np.array([rate ** n for n in range(steps + 1)], dtype=np.float64)


def steps_until(rate, threshold):
    if threshold <= 0 or rate >= 1:
        raise ValueError('never gets there')
    n, s = 0, 1.0
    while s >= threshold:
        s *= rate
        n += 1
    return n


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(np.dot(W_xh, x) + W_hh*h_prev + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = {}, {}
    hs[-1] = np.copy(h0)
    for t in range(len(xs)):
        hs[t] = np.tanh(np.dot(W_xh, xs[t]) + np.dot(W_hh, hs[t-1]) + b_h)
        ys[t] = np.dot(W_hy, hs[t]) + b_y # scores, no softmax here
    T = len(xs)
    return np.array([hs[t] for t in range(T)]), np.array([ys[t] for t in range(T)])


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        self.Wxh = np.random.randn(hidden_size, input_size)*0.01
        self.Whh = np.random.randn(hidden_size, hidden_size)*0.01
        self.Why = np.random.randn(output_size, hidden_size)*0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return np.dot(self.Why, h) + self.by, h

    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z):
    with np.errstate(over='ignore'):
        return 1 / (1 + np.exp(-z))


def concat(h_prev, x):
    return np.vstack((h_prev, x))


def forget_gate(h_prev, x, W_f, b_f):
    return sigmoid(np.dot(W_f, concat(h_prev, x)) + b_f)


def input_gate(h_prev, x, W_i, b_i):
    return sigmoid(np.dot(W_i, concat(h_prev, x)) + b_i)


def candidate(h_prev, x, W_c, b_c):
    return np.tanh(np.dot(W_c, concat(h_prev, x)) + b_c)


def output_gate(h_prev, x, W_o, b_o):
    return sigmoid(np.dot(W_o, concat(h_prev, x)) + b_o)


def cell_state(f, c_prev, i, c_tilde):
    return f*c_prev + i*c_tilde


def hidden_state(o, c):
    return o*np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    z = concat(h_prev, x)
    f, i, o = [sigmoid(np.dot(W, z) + b) for W, b in ((W_f, b_f), (W_i, b_i), (W_o, b_o))]
    C_bar = np.tanh(np.dot(W_c, z) + b_c)
    C = f*c_prev + i*C_bar
    return o*np.tanh(C), C


def text_loss(chars, answers, memory, weights):
    Wxh, Whh, Why, bh, by = weights
    h, p = {-1: memory}, {}
    loss = 0
    # there: read the text, keep every memory and every guess
    for t, x in enumerate(chars):
        h[t] = np.tanh(np.dot(Wxh, x) + np.dot(Whh, h[t-1]) + bh)
        s = np.dot(Why, h[t]) + by
        s = np.exp(s - np.max(s))
        p[t] = s / np.sum(s)
        loss -= np.log2(p[t][answers[t], 0]) # in bits

    # and back again
    slopes = [np.zeros_like(w) for w in weights]
    dWxh, dWhh, dWhy, dbh, dby = slopes
    dlater = np.zeros_like(memory)
    for t in range(len(chars) - 1, -1, -1):
        ds = p[t]
        ds[answers[t], 0] -= 1 # softmax and log together
        dWhy += np.dot(ds, h[t].T)
        dby += ds
        dh = np.dot(Why.T, ds) + dlater # two ways lead to h
        dsum = dh * (1 - h[t] * h[t])
        dWxh += np.dot(dsum, chars[t].T)
        dWhh += np.dot(dsum, h[t-1].T)
        dbh += dsum
        dlater = np.dot(Whh.T, dsum)
    return loss, slopes + [dlater]


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    loss, slopes = text_loss(xs, targets, h0, (W_xh, W_hh, W_hy, b_h, b_y))
    return loss, dict(zip(['W_xh', 'W_hh', 'W_hy', 'b_h', 'b_y', 'h0'], slopes))


def clip_gradients(gradients, max_norm):
    norm = np.linalg.norm([np.linalg.norm(dparam) for dparam in gradients])
    if norm > max_norm:
        return [dparam * (max_norm / norm) for dparam in gradients]
    return [dparam for dparam in gradients]


def gradient_product(factors):
    g = 1.0
    for f in factors:
        g *= f
    return g
