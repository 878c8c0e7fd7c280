import numpy as np

import writer


def train(text, hidden, steps, rate, rng):
    vocabulary = writer.build_vocabulary(text)
    V = len(vocabulary)
    W_xh = rng.normal(size=(hidden, V)) * 0.1
    W_hh = rng.normal(size=(hidden, hidden)) * 0.1
    W_hy = rng.normal(size=(V, hidden)) * 0.1
    b_h = np.zeros(hidden)
    b_y = np.zeros(V)
    inputs, targets = writer.training_pairs(text)
    xs, ts = writer.encode(inputs, vocabulary), writer.encode(targets, vocabulary)
    T = len(xs)
    for _ in range(1):
        hs = [np.zeros(hidden)]
        ps = []
        for x in xs:
            hs.append(np.tanh(W_hh @ hs[-1] + W_xh[:, x] + b_h))
            ps.append(writer.softmax(W_hy @ hs[-1] + b_y))
        dW_xh, dW_hh, dW_hy = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(W_hy)
        db_h, db_y = np.zeros_like(b_h), np.zeros_like(b_y)
        dh_next = np.zeros(hidden)
        for t in range(T - 1, -1, -1):
            dy = ps[t].copy()
            dy[ts[t]] -= 1
            dy /= T
            dW_hy += np.outer(dy, hs[t + 1])
            db_y += dy
            da = (W_hy.T @ dy + dh_next) * (1 - hs[t + 1] ** 2)
            dW_xh[:, xs[t]] += da
            dW_hh += np.outer(da, hs[t])
            db_h += da
            dh_next = W_hh.T @ da
        W_xh -= rate * dW_xh
        W_hh -= rate * dW_hh
        W_hy -= rate * dW_hy
        b_h -= rate * db_h
        b_y -= rate * db_y
    return {"vocabulary": vocabulary, "W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": W_hy, "b_y": b_y}
