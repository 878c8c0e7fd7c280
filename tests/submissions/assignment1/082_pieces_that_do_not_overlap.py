import numpy as np


def truncate_context(tokens, n):
    # walk backwards, then turn around
    if n <= 0:
        raise ValueError
    res = []
    for t in reversed(tokens):
        if len(res) == n - 1:
            break
        res.append(t)
    return res[::-1]


def ngram_counts(tokens, n):
    if n <= 0:
        raise ValueError
    d = {}
    for i in range(0, len(tokens) - n + 1, n):
        g = tuple(tokens[i:i+n])
        d[g] = d.get(g, 0) + 1
    return d


def ngram_probability(tokens, context, word):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    if len(nexts) == 0:
        raise ValueError("context was never seen")
    return nexts.count(word) / len(nexts)


def conditional(joint, marginal):
    if not (0 < marginal and joint <= marginal):
        raise ValueError
    return np.float64(joint) / marginal


def bag_of_words(tokens, vocabulary):
    v = np.zeros(len(vocabulary), dtype=int)
    for t in tokens:
        if t in vocabulary:
            v[vocabulary.index(t)] += 1
    return v


def same_bag(a, b):
    words = list(set(a) | set(b))
    return bool((bag_of_words(a, words) == bag_of_words(b, words)).all())


def add_k_probability(tokens, context, word, vocabulary, k):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    below = len(nexts) + k * len(vocabulary)
    if below == 0:
        raise ValueError("context was never seen")
    return (nexts.count(word) + k) / below
