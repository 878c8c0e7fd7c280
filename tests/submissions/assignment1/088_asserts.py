from collections import Counter


def truncate_context(tokens, n):
    assert n >= 1
    keep = min(n - 1, len(tokens))
    return tokens[len(tokens) - keep:]


def ngram_counts(tokens, n):
    assert n >= 1
    grams = [tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1)]
    return dict(Counter(grams))


def ngram_probability(tokens, context, word):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    assert nexts
    return nexts.count(word) / len(nexts)


def conditional(joint, marginal):
    assert 0 < marginal and joint <= marginal
    return joint / marginal


def bag_of_words(tokens, vocabulary):
    return [tokens.count(word) for word in vocabulary]


def same_bag(a, b):
    return Counter(a) == Counter(b)


def add_k_probability(tokens, context, word, vocabulary, k):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    below = len(nexts) + k * len(vocabulary)
    assert below > 0
    return (nexts.count(word) + k) / below
