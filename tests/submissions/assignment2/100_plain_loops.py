import math

import numpy as np


def one_hot(index, size):
    if index < 0 or index >= size:
        raise ValueError("index out of range")
    return [1 if i == index else 0 for i in range(size)]


def embed(tokens, E):
    if np.ndim(tokens) > 1:
        return np.array([embed(row, E) for row in tokens])
    result = np.zeros((len(tokens), E.shape[1]))
    for i, token in enumerate(tokens):
        result[i, :] = E[token, :]
    return result


def sigmoid(z):
    out = []
    for number in z:
        if number >= 0:
            out.append(1 / (1 + math.exp(-number)))
        else:
            out.append(math.exp(number) / (1 + math.exp(number)))
    return np.array(out)


def softmax(z):
    out = np.zeros(z.shape)
    for i in range(z.shape[0]):
        biggest = max(z[i])
        powers = [math.exp(score - biggest) for score in z[i]]
        for j in range(z.shape[1]):
            out[i, j] = powers[j] / sum(powers)
    return out


def cross_entropy(probabilities, targets):
    losses = []
    for t in range(len(targets)):
        losses.append(-math.log(probabilities[t][targets[t]]))
    return losses, sum(losses) / len(losses)


def perplexity(losses):
    return math.exp(sum(losses) / len(losses))


def window_lm(tokens, E, W, b1, U, b2):
    e = []
    for token in tokens:
        e.extend(E[token])
    h = [math.tanh(sum(W[i][j] * e[j] for j in range(len(e))) + b1[i]) for i in range(len(b1))]
    scores = [sum(U[v][i] * h[i] for i in range(len(h))) + b2[v] for v in range(len(b2))]
    biggest = max(scores)
    powers = [math.exp(score - biggest) for score in scores]
    return np.array(powers) / sum(powers)


def make_windows(tokens, window_size):
    inputs = []
    targets = []
    start = 0
    while start + window_size < len(tokens):
        inputs.append(tokens[start:start + window_size])
        targets.append(tokens[start + 1:start + window_size + 1])
        start += window_size
    shape = (len(inputs), window_size)
    return np.array(inputs, dtype=int).reshape(shape), np.array(targets, dtype=int).reshape(shape)


def next_token_pairs(tokens):
    pairs = []
    for i in range(1, len(tokens)):
        pairs.append((tokens[:i], tokens[i]))
    return pairs


def trace_shapes(batch, time, vocab, embedding, hidden):
    return (batch, time, embedding), (batch, time, hidden), (batch, time, vocab)
