import numpy as np

from training import train


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


def attention(query, keys, values):
    scores = keys @ query / np.sqrt(len(query))
    weights = softmax(scores)
    return weights, weights @ values
