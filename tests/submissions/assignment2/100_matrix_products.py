"""As the slides draw it: one-hot vectors times E, everything by products and in logarithms."""

import numpy as np


def one_hot(index, size):
    if index not in range(size):
        raise ValueError(f"{index} is not in 0..{size - 1}")
    return np.eye(size)[index]


def embed(tokens, E):
    tokens = np.asarray(tokens)
    hot = (tokens[..., None] == np.arange(len(E))).astype(float)
    return np.einsum("...v,vd->...d", hot, E)


def sigmoid(z):
    return np.exp(-np.logaddexp(0.0, -z))


def log_softmax(z):
    z = z - np.max(z, axis=-1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def softmax(z):
    return np.exp(log_softmax(z))


def cross_entropy(probabilities, targets):
    picked = np.take_along_axis(probabilities, targets[:, None], axis=1)[:, 0]
    losses = np.log(1 / picked)
    return losses, losses.mean()


def perplexity(losses):
    return np.prod(np.exp(losses / losses.size))


def window_lm(tokens, E, W, b1, U, b2):
    D = E.shape[1]
    parts = [W[:, k * D:(k + 1) * D] @ E[token] for k, token in enumerate(tokens)]
    return softmax(np.tanh(sum(parts) + b1) @ U.T + b2)


def make_windows(tokens, window_size):
    n = (tokens.size - 1) // window_size
    places = np.arange(n * window_size).reshape(n, window_size)
    return tokens[places], tokens[places + 1]


def next_token_pairs(tokens):
    return [[tokens[:-back], tokens[-back]] for back in range(len(tokens) - 1, 0, -1)]


def trace_shapes(batch, time, vocab, embedding, hidden):
    e = np.broadcast_to(0.0, (batch, time, embedding))
    h = np.broadcast_to(0.0, (*e.shape[:2], hidden))
    return e.shape, h.shape, h.shape[:2] + (vocab,)
