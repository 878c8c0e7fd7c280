"""Everything through one class, with fractions where they come naturally."""

from fractions import Fraction
from itertools import groupby, islice
from typing import NamedTuple


class UnseenContext(ValueError):
    pass


class Model(NamedTuple):
    tokens: tuple
    n: int

    @classmethod
    def of(cls, tokens, n):
        if n < 1:
            raise ValueError("n")
        return cls(tuple(tokens), n)

    def grams(self):
        for end in range(self.n, len(self.tokens) + 1):
            yield self.tokens[end - self.n:end]

    def table(self):
        return {gram: len(list(same)) for gram, same in groupby(sorted(self.grams()))}

    def after(self, context):
        return {gram[-1]: count for gram, count in self.table().items() if gram[:-1] == tuple(context)}

    def estimate(self, context, word, vocabulary=(), k=Fraction(0)):
        after = self.after(context)
        whole = sum(after.values()) + k * len(vocabulary)
        if not whole:
            raise UnseenContext(" ".join(context))
        return float((after.get(word, 0) + k) / whole)


def truncate_context(tokens, n):
    model = Model.of(tokens, n)
    return list(islice(model.tokens, max(0, len(tokens) - model.n + 1), None))


def ngram_counts(tokens, n):
    return Model.of(tokens, n).table()


def ngram_probability(tokens, context, word):
    return Model.of(tokens, len(context) + 1).estimate(context, word)


def conditional(joint, marginal):
    try:
        p = joint / marginal
    except ZeroDivisionError as error:
        raise ValueError("P(B) is 0") from error
    if p > 1:
        raise ValueError("P(A, B) > P(B)")
    return p


def bag_of_words(tokens, vocabulary):
    return tuple(map(list(tokens).count, vocabulary))


def same_bag(a, b):
    rest = list(b)
    for word in a:
        if word not in rest:
            return False
        rest.remove(word)
    return rest == []


def add_k_probability(tokens, context, word, vocabulary, k):
    return Model.of(tokens, len(context) + 1).estimate(context, word, vocabulary, k)
