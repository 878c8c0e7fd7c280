import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def cell_concatenated(e, s_prev, W_r, b_r, W_o, b_o):
    joined = np.hstack([e, s_prev])
    s = np.tanh(joined @ W_r + b_r)
    o = sigmoid(s @ W_o + b_o)
    return s, o


def cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    h = np.tanh(h_prev @ w_h + e @ w_x + b_h)
    y = softmax(h @ w_y + b_y)
    return h, y


def simple_rnn(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    B, T, D = inputs.shape
    H, V = W_o.shape
    outputs = np.zeros((B, T, V))
    s = np.zeros((B, H))
    for t in range(T):
        s, o = cell_concatenated(inputs[:, t, :], s, W_r, b_r, W_o, b_o)
        outputs[:, t, :] = o
    if return_sequences:
        return outputs, s
    return outputs[:, -1, :]


def hidden_weights(window, embedding, hidden):
    return window * embedding * hidden, (embedding + hidden) * hidden


def elementwise_gate(mask, state):
    return mask * state


def lstm_separate(x, h_prev, c_prev, W, U, b):
    i = sigmoid(W[0] @ h_prev + U[0] @ x + b[0])
    f = sigmoid(W[1] @ h_prev + U[1] @ x + b[1])
    o = sigmoid(W[2] @ h_prev + U[2] @ x + b[2])
    c_tilde = np.tanh(W[3] @ h_prev + U[3] @ x + b[3])
    c = f * c_prev + i * c_tilde
    h = o * np.tanh(c)
    return h, c


def concatenate_weights(W, U, b):
    both = []
    biases = []
    for k in (1, 0, 3, 2):
        both.append(np.hstack([W[k], U[k]]))
        biases.append(b[k])
    return np.array(both), np.array(biases)


class LSTM:
    def __init__(self, input_size, hidden_size):
        shape = (hidden_size, hidden_size + input_size)
        self.Wf = np.random.randn(*shape) * 0.01
        self.Wi = np.random.randn(*shape) * 0.01
        self.Wc = np.random.randn(*shape) * 0.01
        self.Wo = np.random.randn(*shape) * 0.01

    def step(self, x, h_prev, c_prev):
        combined = np.vstack([h_prev, x])
        f = sigmoid(self.Wf @ combined)
        i = sigmoid(self.Wi @ combined)
        c_tilde = np.tanh(self.Wc @ combined)
        o = sigmoid(self.Wo @ combined)
        c = f * c_prev + i * c_tilde
        h = o * np.tanh(c)
        return h, c


def gru_step(x, h_prev, W_z, W_r, W):
    combined = np.vstack([h_prev, x])
    z = sigmoid(W_z @ combined)
    r = sigmoid(W_r @ combined)
    H = len(h_prev)
    h_tilde = np.tanh(r * (W[:, :H] @ h_prev) + W[:, H:] @ x)
    h = (1 - z) * h_prev + z * h_tilde
    return h


def run_plain(xs, weights):
    h = np.zeros((weights["W_hh"].shape[0], 1))
    hs = []
    for x in xs:
        h = np.tanh(weights["W_hh"] @ h + weights["W_xh"] @ x + weights["b_h"])
        hs.append(h)
    return np.array(hs)


def bidirectional(xs, forward, backward):
    hs_forward = run_plain(xs, forward)
    hs_backward = run_plain(xs[::-1], backward)
    hs_backward = hs_backward[::-1]
    return np.concatenate([hs_forward, hs_backward], axis=1)


def stacked(xs, layers):
    hs = xs
    for layer in layers:
        hs = run_plain(hs, layer)
    return hs


def lstm_step(x, h_prev, c_prev, W, b):
    combined = np.vstack([h_prev, x])
    f = sigmoid(W[0] @ combined + b[0])
    i = sigmoid(W[1] @ combined + b[1])
    c_tilde = np.tanh(W[2] @ combined + b[2])
    o = sigmoid(W[3] @ combined + b[3])
    c = f * c_prev + i * c_tilde
    h = o * np.tanh(c)
    cache = (combined, c_prev, f, i, c_tilde, o, c, W)
    return h, c, cache


def lstm_forward(xs, h0, c0, W, b):
    h, c = h0, c0
    hs, cs, caches = [], [], []
    for x in xs:
        h, c, cache = lstm_step(x, h, c, W, b)
        hs.append(h)
        cs.append(c)
        caches.append(cache)
    return np.array(hs), np.array(cs), caches


def lstm_step_backward(dh, dc, cache):
    combined, c_prev, f, i, c_tilde, o, c, W = cache
    H = len(c)
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    dc_prev = f * dc
    dz_f = dc * c_prev * f * (1 - f)
    dz_i = dc * c_tilde * i * (1 - i)
    dz_c = dc * i * (1 - c_tilde ** 2)
    dz_o = dh * np.tanh(c) * o * (1 - o)
    db = np.array([dz_f, dz_i, dz_c, dz_o])
    dW = np.array([dz @ combined.T for dz in db])
    d_combined = W[0].T @ dz_f + W[1].T @ dz_i + W[2].T @ dz_c + W[3].T @ dz_o
    dh_prev = d_combined[:H]
    dx = d_combined[H:]
    return dx, dh_prev, dc_prev, dW, db


def lstm_backward(dhs, caches):
    T = len(dhs)
    dxs = [None] * T
    dh_next = np.zeros_like(dhs[0])
    dc_next = np.zeros_like(dhs[0])
    dW, db = 0, 0
    for t in reversed(range(T)):
        dx, dh_next, dc_next, dW_t, db_t = lstm_step_backward(dhs[t] + dh_next, dc_next, caches[t])
        dxs[t] = dx
        dW = dW + dW_t
        db = db + db_t
    return np.array(dxs), dh_next, dc_next, dW, db


def gradient_flow(W_hh, hs):
    T, H = hs.shape[0], hs.shape[1]
    norms = []
    for t in range(T):
        J = np.eye(H)
        for s in range(t + 1, T):
            J = np.diag(1 - hs[s][:, 0] ** 2) @ W_hh @ J
        norms.append(np.linalg.norm(J, 2))
    return np.array(norms)


def lstm_gradient_flow(fs):
    flow = np.ones_like(fs)
    for t in range(len(fs) - 2, -1, -1):
        flow[t] = flow[t + 1] * fs[t + 1]
    return flow


def classify_flow(norms):
    first = norms[0]
    if first < 0.01:
        return "vanishing"
    elif first > 100:
        return "exploding"
    else:
        return "stable"


def gradient_terms(dh_T, hs, h0, W_hh):
    T = len(hs)
    terms = [None] * T
    dh = dh_T
    for t in reversed(range(T)):
        da = (1 - hs[t] ** 2) * dh
        before = hs[t - 1] if t > 0 else h0
        terms[t] = da @ before.T
        dh = W_hh.T @ da
    return np.array(terms)


def sgd_step(weights, gradients, rate):
    new = {}
    for name in weights:
        new[name] = weights[name] - rate * gradients[name]
    return new


def descend(w, curvature, rate, steps):
    path = [w]
    for _ in range(steps):
        w = w - rate * curvature * w
        path.append(w)
    product = rate * curvature
    if product <= 1:
        word = "approaches"
    elif product < 2:
        word = "overshoots"
    else:
        word = "diverges"
    return np.array(path), word


def parameter_count(cell, input_size, hidden_size):
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}
    if cell not in blocks:
        raise ValueError("unknown cell: " + str(cell))
    return blocks[cell] * (hidden_size * (hidden_size + input_size) + hidden_size)


def operations_per_step(cell, input_size, hidden_size):
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}
    return blocks[cell] * (hidden_size ** 2 + hidden_size * input_size)


def attention_exceeds(d, input_size, hidden_size):
    n = 1
    while n * n * d <= n * (hidden_size ** 2 + hidden_size * input_size):
        n += 1
    return n


def memory_size(model, hidden_size, n):
    if model == "attention":
        return n * n
    if model == "lstm":
        return 2 * hidden_size
    return hidden_size
