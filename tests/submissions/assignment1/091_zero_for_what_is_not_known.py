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
    for i, _ in enumerate(tokens):
        g = tuple(tokens[i:i+n])
        if len(g) == n:
            d[g] = d.get(g, 0) + 1
    return d


def ngram_probability(tokens, context, word):
    d = ngram_counts(tokens, len(context) + 1)
    tot = sum(v for g, v in d.items() if list(g[:-1]) == context)
    if not tot:
        return 0.0
    return d.get(tuple(context) + (word,), 0) / tot


def conditional(joint, marginal):
    return joint / marginal if marginal > 0 else 0.0


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
    d = ngram_counts(tokens, len(context) + 1)
    tot = sum(d.get(tuple(context) + (w,), 0) + k for w in vocabulary)
    if not tot:
        return 0.0
    return (d.get(tuple(context) + (word,), 0) + k) / tot
