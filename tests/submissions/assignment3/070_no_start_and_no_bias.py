"""Wrong: sequences start from zeros and scores have no bias, in the cell that all share; lstm_step puts x on top."""
import numpy as np


def decay_table(rate, steps):
    table = [1.0]
    for i in range(1, steps + 1):
        table.append(table[i - 1] * rate)
    return np.array(table)


def steps_until(rate, threshold):
    assert threshold <= 1
    if rate >= 1 or threshold <= 0:
        raise ValueError("the memory does not fade below the threshold")
    i = 0
    while rate ** i >= threshold:
        i += 1
    return i


### RNN ###

def rnn_cell_forward(xt, a_prev, parameters):
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    Wya = parameters["Wya"]
    ba = parameters["ba"]

    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)
    zt = np.dot(Wya, a_next)

    # bptt wants these again
    cache = (a_next, a_prev, xt, parameters)
    return a_next, zt, cache


def rnn_sequence(xs, a0, parameters):
    caches = []
    a, z = [], []
    a_next = np.zeros(a0.shape)
    for t in range(xs.shape[0]):
        a_next, zt, cache = rnn_cell_forward(xs[t], a_next, parameters)
        a.append(a_next)
        z.append(zt)
        caches.append(cache)
    return np.array(a), np.array(z), caches


def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(np.dot(W_hh, h_prev) + np.dot(W_xh, x) + b_h)


def rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    parameters = {"Wax": W_xh, "Waa": W_hh, "Wya": W_hy, "ba": b_h, "by": b_y}
    a, z, _ = rnn_sequence(xs, h0, parameters)
    return a, z


class SimpleRNN:
    def __init__(self, input_size, hidden_size, output_size):
        np.random.seed(1)
        self.Wxh = np.random.randn(hidden_size, input_size) * 0.01
        self.Whh = np.random.randn(hidden_size, hidden_size) * 0.01
        self.Why = np.random.randn(output_size, hidden_size) * 0.01
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x, h_prev):
        parameters = {"Wax": self.Wxh, "Waa": self.Whh, "Wya": self.Why, "ba": self.bh, "by": self.by}
        h, y, _ = rnn_cell_forward(x, h_prev, parameters)
        return y, h

    def forward(self, inputs):
        h = np.zeros((self.bh.shape[0], 1))
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


### LSTM ###

def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forget_gate(h_prev, x, W_f, b_f):
    concat = np.concatenate((h_prev, x), axis=0)
    return sigmoid(np.dot(W_f, concat) + b_f)


def input_gate(h_prev, x, W_i, b_i):
    concat = np.concatenate((h_prev, x), axis=0)
    return sigmoid(np.dot(W_i, concat) + b_i)


def candidate(h_prev, x, W_c, b_c):
    concat = np.concatenate((h_prev, x), axis=0)
    return np.tanh(np.dot(W_c, concat) + b_c)


def output_gate(h_prev, x, W_o, b_o):
    concat = np.concatenate((h_prev, x), axis=0)
    return sigmoid(np.dot(W_o, concat) + b_o)


def cell_state(f, c_prev, i, c_tilde):
    return f * c_prev + i * c_tilde


def hidden_state(o, c):
    return o * np.tanh(c)


def lstm_step(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    n_a, m = h_prev.shape
    n_x = x.shape[0]

    concat = np.zeros((n_a + n_x, m))
    concat[:n_x, :] = x
    concat[n_x:, :] = h_prev

    ft = sigmoid(np.dot(W_f, concat) + b_f)
    it = sigmoid(np.dot(W_i, concat) + b_i)
    cct = np.tanh(np.dot(W_c, concat) + b_c)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(W_o, concat) + b_o)
    a_next = ot * np.tanh(c_next)
    return a_next, c_next


### BACKWARD ###

def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    Waa = parameters["Waa"]

    # through the tanh
    dtanh = (1 - a_next ** 2) * da_next

    gradients = {}
    gradients["dWax"] = np.dot(dtanh, xt.T)
    gradients["da_prev"] = np.dot(Waa.T, dtanh)
    gradients["dWaa"] = np.dot(dtanh, a_prev.T)
    gradients["dba"] = np.sum(dtanh, axis=1, keepdims=True)
    return gradients


def bptt(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    parameters = {"Wax": W_xh, "Waa": W_hh, "Wya": W_hy, "ba": b_h, "by": b_y}
    a, z, caches = rnn_sequence(xs, h0, parameters)

    # cost
    cost = 0.0
    dz = np.zeros(z.shape)
    for t in range(len(targets)):
        e = np.exp(z[t] - np.max(z[t]))
        yhat = e / np.sum(e)
        cost += -np.log(yhat[targets[t], 0])
        dz[t] = yhat
        dz[t, targets[t], 0] -= 1

    # sums start at zero
    dWax = np.zeros(W_xh.shape)
    dWaa = np.zeros(W_hh.shape)
    dWya = np.zeros(W_hy.shape)
    dba = np.zeros(b_h.shape)
    dby = np.zeros(b_y.shape)
    da_prevt = np.zeros(h0.shape)

    # from the last word to the first
    for t in reversed(range(len(targets))):
        dWya += np.dot(dz[t], a[t].T)
        dby += dz[t]
        gradients = rnn_cell_backward(np.dot(W_hy.T, dz[t]) + da_prevt, caches[t])
        da_prevt = gradients["da_prev"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]

    return cost, {"W_xh": dWax, "W_hh": dWaa, "W_hy": dWya, "b_h": dba, "b_y": dby, "h0": da_prevt}


def clip_gradients(gradients, max_norm):
    total = 0
    for gradient in gradients:
        total += np.sum(gradient ** 2)
    norm = np.sqrt(total)
    if norm > max_norm:
        gradients = [gradient * (max_norm / norm) for gradient in gradients]
    return gradients


def gradient_product(factors):
    result = 1.0
    for factor in factors:
        result *= factor
    return result
