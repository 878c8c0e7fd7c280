import numpy as np


def build_vocabulary(text):
    return sorted(set(text))


def encode(text, vocabulary):
    return [list(vocabulary).index(ch) for ch in text]


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
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    return int(np.argmax(logs + rng.gumbel(size=len(logs))))


def sample_with_temperature(scores, temperature, rng):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    return sample(softmax(scores / temperature), rng)


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
    w = {
        "W_xh": 0.1 * rng.standard_normal((hidden, V)),
        "W_hh": 0.1 * rng.standard_normal((hidden, hidden)),
        "b_h": np.zeros(hidden),
        "W_hy": 0.1 * rng.standard_normal((V, hidden)),
        "b_y": np.zeros(V),
    }
    first = {k: np.zeros_like(v) for k, v in w.items()}
    second = {k: np.zeros_like(v) for k, v in w.items()}
    read, following = (np.eye(V)[encode(part, vocabulary)] for part in training_pairs(text))
    for step in range(1, steps + 1):
        hs = np.zeros((len(read) + 1, hidden))
        for t, x in enumerate(read):
            hs[t + 1] = np.tanh(w["W_xh"] @ x + w["W_hh"] @ hs[t] + w["b_h"])
        y = hs[1:] @ w["W_hy"].T + w["b_y"]
        p = np.exp(y - y.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        dy = p - following  # of the sum: Adam does not mind
        da = np.zeros((len(read), hidden))
        back = np.zeros(hidden)
        for t in reversed(range(len(read))):
            da[t] = (dy[t] @ w["W_hy"] + back) * (1 - hs[t + 1] ** 2)
            back = da[t] @ w["W_hh"]
        grads = {
            "W_xh": da.T @ read, "W_hh": da.T @ hs[:-1], "b_h": da.sum(axis=0),
            "W_hy": dy.T @ hs[1:], "b_y": dy.sum(axis=0),
        }
        for k, g in grads.items():
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            w[k] -= 0.05 * (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
    return {"vocabulary": vocabulary, **w}


def attention(query, keys, values):
    scores = keys @ query / np.sqrt(len(query))
    weights = softmax(scores)
    return weights, weights @ values
