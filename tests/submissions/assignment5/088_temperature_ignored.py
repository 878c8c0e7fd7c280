import numpy as np


def build_vocabulary(text):
    return sorted(set(text))


def encode(text, vocabulary):
    char_to_idx = {ch: i for i, ch in enumerate(vocabulary)}
    indices = []
    for ch in text:
        if ch not in char_to_idx:
            raise ValueError("unknown character " + ch)
        indices.append(char_to_idx[ch])
    return np.array(indices, dtype=int)


def decode(indices, vocabulary):
    text = ""
    for i in indices:
        if i < 0 or i >= len(vocabulary):
            raise ValueError("no such index")
        text += vocabulary[i]
    return text


def training_pairs(text):
    return text[:-1], text[1:]


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def next_scores(model, character, h):
    x = np.zeros(len(model["vocabulary"]))
    x[model["vocabulary"].index(character)] = 1
    h = np.tanh(model["W_hh"] @ h + model["W_xh"] @ x + model["b_h"])
    y = model["W_hy"] @ h + model["b_y"]
    return y, h


def sample(probabilities, rng):
    return rng.choice(len(probabilities), p=probabilities)


def sample_with_temperature(scores, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return sample(softmax(scores), rng)


def generate(model, seed, length, rng):
    h = np.zeros(len(model["b_h"]))
    result = seed
    for ch in seed:
        y, h = next_scores(model, ch, h)
    for _ in range(length):
        ch = model["vocabulary"][sample(softmax(y), rng)]
        result += ch
        y, h = next_scores(model, ch, h)
    return result


def train(text, hidden, steps, rate, rng):
    vocabulary = build_vocabulary(text)
    V = len(vocabulary)
    W_xh = rng.normal(size=(hidden, V)) * 0.1
    W_hh = rng.normal(size=(hidden, hidden)) * 0.1
    W_hy = rng.normal(size=(V, hidden)) * 0.1
    b_h = np.zeros(hidden)
    b_y = np.zeros(V)
    inputs, targets = training_pairs(text)
    xs, ts = encode(inputs, vocabulary), encode(targets, vocabulary)
    T = len(xs)
    for _ in range(steps):
        hs = [np.zeros(hidden)]
        ps = []
        for x in xs:
            hs.append(np.tanh(W_hh @ hs[-1] + W_xh[:, x] + b_h))
            ps.append(softmax(W_hy @ hs[-1] + b_y))
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


def attention(query, keys, values):
    scores = keys @ query / np.sqrt(len(query))
    weights = softmax(scores)
    return weights, weights @ values
