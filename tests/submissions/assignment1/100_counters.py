from collections import Counter, defaultdict

import numpy as np


def truncate_context(tokens, n):
    if n <= 0:
        raise ValueError(f"n = {n}")
    return tokens[-(n - 1):] if n > 1 else []


def ngram_counts(tokens, n):
    if n <= 0:
        raise ValueError(f"n = {n}")
    return Counter(zip(*(tokens[i:] for i in range(n))))


def following(tokens, context):
    """A table of what follows each context of this length, looked up once."""
    table = defaultdict(Counter)
    for gram, count in ngram_counts(tokens, len(context) + 1).items():
        table[gram[:-1]][gram[-1]] += count
    return table[tuple(context)]


def ngram_probability(tokens, context, word):
    next_words = following(tokens, context)
    if not next_words:
        raise ValueError("unseen context")
    return next_words[word] / sum(next_words.values())


def conditional(joint, marginal):
    if not 0 < marginal or joint > marginal:
        raise ValueError
    return np.divide(joint, marginal)


def bag_of_words(tokens, vocabulary):
    tokens = np.array(tokens, dtype=str)
    return np.array([np.sum(tokens == word) for word in vocabulary])


def same_bag(a, b):
    return not (Counter(a) - Counter(b)) and not (Counter(b) - Counter(a))


def add_k_probability(tokens, context, word, vocabulary, k):
    next_words = following(tokens, context)
    smoothed = {w: next_words[w] + k for w in vocabulary}
    total = sum(smoothed.values())
    if total == 0:
        raise ValueError("unseen context, and k is 0")
    return smoothed[word] / total
