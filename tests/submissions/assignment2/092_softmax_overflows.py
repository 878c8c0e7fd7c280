import numpy as np


def one_hot(index, size):
    if index < 0 or index >= size:
        raise ValueError("index must be between 0 and size - 1")
    v = np.zeros(size)
    v[index] = 1
    return v


def embed(tokens, E):
    return E[tokens]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def cross_entropy(probabilities, targets):
    rows = np.arange(len(targets))
    losses = -np.log(probabilities[rows, targets])
    return losses, losses.mean()


def perplexity(losses):
    return np.exp(np.mean(losses))


def window_lm(tokens, E, W, b1, U, b2):
    e = embed(tokens, E).reshape(-1)
    h = np.tanh(W @ e + b1)
    return softmax((U @ h + b2).reshape(1, -1)).reshape(-1)


def make_windows(tokens, window_size):
    n = (len(tokens) - 1) // window_size
    inputs = tokens[:n * window_size].reshape(n, window_size)
    targets = tokens[1:n * window_size + 1].reshape(n, window_size)
    return inputs, targets


def next_token_pairs(tokens):
    return [(tokens[:i], tokens[i]) for i in range(1, len(tokens))]


def trace_shapes(batch, time, vocab, embedding, hidden):
    return (batch, time, embedding), (batch, time, hidden), (batch, time, vocab)
