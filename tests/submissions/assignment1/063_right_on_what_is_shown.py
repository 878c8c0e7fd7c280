"""Week 1: words as counts."""
from collections import Counter

import numpy as np


def truncate_context(tokens, n):
    if n < 1:
        raise ValueError("n must be 1 or more")
    if n == 1:
        return []
    return list(tokens[-(n - 1):])


def ngram_counts(tokens, n):
    if n < 1:
        raise ValueError("n must be 1 or more")
    counts = {}
    for i in range(len(tokens) - n + 1):
        key = tuple(tokens[i:i + n]) if n > 1 else tokens[i]
        counts[key] = counts.get(key, 0) + 1
    return counts


def followers(tokens, context):
    """Counts of the words that follow the context."""
    m = len(context)
    context = list(context)
    result = Counter()
    for i in range(len(tokens) - m):
        if list(tokens[i:i + m]) == context:
            result[tokens[i + m]] += 1
    return result


def ngram_probability(tokens, context, word):
    counts = followers(tokens, context)
    total = sum(counts.values())
    if total == 0:
        raise ValueError("nothing ever follows this context")
    return counts[word] / total


def conditional(joint, marginal):
    if marginal == 0:
        raise ValueError("P(B) is 0")
    if joint > marginal:
        raise ValueError("P(A, B) is larger than P(B)")
    return joint / marginal


def bag_of_words(tokens, vocabulary):
    counts = Counter(w.lower() for w in tokens)
    return [counts[word] for word in vocabulary]


def same_bag(a, b):
    return len(a) == len(b) and set(a) == set(b)


def add_k_probability(tokens, context, word, vocabulary, k):
    counts = followers(tokens, context)
    total = sum(counts.values()) + k * len(vocabulary)
    if total == 0:
        raise ValueError("nothing follows this context, and k is 0")
    return (counts[word] + k) / total
