import numpy as np
from itertools import accumulate


def one_hot(index, size):
    x = np.zeros(size, dtype=np.float32)
    try:
        x[range(size).index(index)] = 1
    except ValueError as wrong:
        raise ValueError("no such word") from wrong
    return x


def embed(tokens, E):
    return np.take(E.astype(np.float32), tokens, axis=0)


def sigmoid(z):
    return (0.5 * (np.tanh(0.5 * z) + 1))


def softmax(z):
    z = z.astype(np.float64) - z.max(1)[:, None]
    e = np.exp(z)
    e /= e.sum(1)[:, None]
    return e


def cross_entropy(probabilities, targets):
    L = -np.log([row[t] for row, t in zip(probabilities, targets)])
    return L, np.average(L)


def perplexity(losses):
    return np.exp(np.average(losses))


def window_lm(tokens, E, W, b1, U, b2):
    e = np.concatenate([E[t] for t in tokens])
    h = np.tanh(np.dot(W, e) + b1)
    return softmax((np.dot(U, h) + b2)[None, :])[0]


def make_windows(tokens, window_size):
    tokens = list(tokens)
    x, y = tokens[:-1], tokens[1:]
    n = len(x) // window_size
    cut = lambda flat: np.array([flat[k * window_size:][:window_size] for k in range(n)], dtype=np.int64).reshape(-1, window_size)
    return cut(x), cut(y)


def next_token_pairs(tokens):
    return list(zip(accumulate([[t] for t in tokens]), tokens[1:]))


def trace_shapes(batch, time, vocab, embedding, hidden):
    return [[batch, time, last] for last in (embedding, hidden, vocab)]
