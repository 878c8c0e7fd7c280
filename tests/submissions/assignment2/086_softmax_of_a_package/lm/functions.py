import numpy as np


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out


def softmax(z):
    s = sigmoid(z)
    return s / s.sum(axis=1, keepdims=True)


def cross_entropy(probabilities, targets):
    rows = np.arange(len(targets))
    losses = -np.log(probabilities[rows, targets])
    return losses, losses.mean()


def perplexity(losses):
    return np.exp(np.mean(losses))
