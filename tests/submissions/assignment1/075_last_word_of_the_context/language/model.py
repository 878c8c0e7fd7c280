from collections import defaultdict


def truncate_context(tokens, n):
    if n < 1:
        raise ValueError("n must be at least 1")
    keep = min(n - 1, len(tokens))
    return tokens[len(tokens) - keep:]


def ngram_counts(tokens, n):
    if n <= 0:
        raise ValueError
    d = {}
    for i, _ in enumerate(tokens):
        g = tuple(tokens[i:i+n])
        if len(g) == n:
            d[g] = d.get(g, 0) + 1
    return d


def table_of(tokens):
    """What comes after each word."""
    table = defaultdict(list)
    for word, after in zip(tokens, tokens[1:]):
        table[word].append(after)
    return table


def ngram_probability(tokens, context, word):
    after = table_of(tokens)[context[-1]] if context else tokens
    if not after:
        raise ValueError("never seen")
    return after.count(word) / len(after)


def conditional(joint, marginal):
    if marginal == 0:
        raise ValueError("P(B) is 0")
    if joint > marginal:
        raise ValueError("P(A, B) is above P(B)")
    return joint / marginal


def add_k_probability(tokens, context, word, vocabulary, k):
    after = table_of(tokens)[context[-1]] if context else tokens
    if not after and not k:
        raise ValueError("never seen")
    return (after.count(word) + k) / (len(after) + k * len(vocabulary))
