# no imports at all


def truncate_context(tokens, n):
    if n < 1:
        raise ValueError("n must be 1 or more")
    context = []
    for i in range(len(tokens)):
        if i >= len(tokens) - (n - 1):
            context.append(tokens[i])
    return context


def ngram_counts(tokens, n):
    if n < 1:
        raise ValueError("n must be 1 or more")
    counts = {}
    for i in range(len(tokens) - n + 1):
        key = ()
        for j in range(n):
            key = key + (tokens[i + j],)
        if key in counts:
            counts[key] = counts[key] + 1
        else:
            counts[key] = 1
    return counts


def ngram_probability(tokens, context, word):
    m = len(context)
    above = 0
    below = 0
    for i in range(len(tokens) - m):
        if tokens[i:i + m] == context:
            below = below + 1
            if tokens[i + m] == word:
                above = above + 1
    if below == 0:
        raise ValueError("never seen")
    return above / below


def conditional(joint, marginal):
    if marginal == 0 or joint > marginal:
        raise ValueError("not a probability")
    return joint / marginal


def bag_of_words(tokens, vocabulary):
    bag = [0] * len(vocabulary)
    for token in tokens:
        for i in range(len(vocabulary)):
            if vocabulary[i] == token:
                bag[i] += 1
    return bag


def same_bag(a, b):
    return sorted(a) == sorted(b)


def add_k_probability(tokens, context, word, vocabulary, k):
    m = len(context)
    above = k
    below = k * len(vocabulary)
    for i in range(len(tokens) - m):
        if tokens[i:i + m] == context:
            below += 1
            if tokens[i + m] == word:
                above += 1
    if below == 0:
        raise ValueError("never seen")
    return above / below
