from collections import Counter


def truncate_context(tokens, n):
    if n < 1:
        raise ValueError("n must be at least 1")
    return tokens[-(n - 1):]


def ngram_counts(tokens, n):
    if n < 1:
        raise ValueError("n must be at least 1")
    grams = [tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1)]
    return dict(Counter(grams))


def ngram_probability(tokens, context, word):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    if len(nexts) == 0:
        raise ValueError("context was never seen")
    return nexts.count(word) / len(nexts)


def conditional(joint, marginal):
    if marginal == 0:
        raise ValueError("P(B) is 0")
    if joint > marginal:
        raise ValueError("P(A, B) is above P(B)")
    return joint / marginal


def bag_of_words(tokens, vocabulary):
    return [tokens.count(word) for word in vocabulary]


def same_bag(a, b):
    return Counter(a) == Counter(b)


def add_k_probability(tokens, context, word, vocabulary, k):
    c = len(context)
    nexts = [tokens[i + c] for i in range(len(tokens) - c) if tokens[i:i + c] == context]
    below = len(nexts) + k * len(vocabulary)
    if below == 0:
        raise ValueError("context was never seen")
    return (nexts.count(word) + k) / below
