"""Reference solutions of assignment 1: n-grams, conditional probability, bags of words.

A text is a list of words (tokens). Slides that are cited: those on language models and their problems ("Review: n-gram
language models", "Review: Conditional probability", "Review: Example"), and those of week 3 ("Evolution: From Bag of
Words to Sequential Processing", "Why Order Matters: Simple but Profound Examples").

The second half holds what students are known to get wrong, exercise by exercise.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.author import misconception


def truncate_context(tokens: Sequence[str], n: int) -> list[str]:
    """The last n - 1 tokens, or all where there are fewer: what an n-gram model looks at.

    Slides on language models, "Review: n-gram language models": P(x_{t+1} | x_t, …, x_1) ≈ P(x_{t+1} | x_t, …,
    x_{t-n+2}). Raises ValueError for n below 1.
    """
    if n < 1:
        raise ValueError(f"an n-gram has at least one word, not {n}")
    return list(tokens[max(0, len(tokens) - n + 1) :])


def ngram_counts(tokens: Sequence[str], n: int) -> dict[tuple[str, ...], int]:
    """How often each run of n tokens occurs; occurrences may overlap.

    The counts of the slides on language models, "Review: Example". Raises ValueError for n below 1.
    """
    if n < 1:
        raise ValueError(f"an n-gram has at least one word, not {n}")
    return dict(Counter(tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1)))


def _followed(tokens: Sequence[str], context: Sequence[str]) -> Counter[str]:
    """How often each token comes right after the context."""
    size = len(context)
    starts = [start for start in range(len(tokens) - size) if list(tokens[start : start + size]) == list(context)]
    return Counter(tokens[start + size] for start in starts)


def ngram_probability(tokens: Sequence[str], context: Sequence[str], word: str) -> float:
    """count(context word) / count(context followed by anything).

    Slides on language models, "Review: Example": P(w | yelled at the). Raises ValueError if nothing ever follows the
    context.
    """
    followed = _followed(tokens, context)
    seen = followed.total()
    if seen == 0:
        raise ValueError(f"nothing was seen after {list(context)}")
    return followed[word] / seen


def conditional(joint: float, marginal: float) -> float:
    """P(A | B) = P(A, B) / P(B); slides on language models, "Review: Conditional probability".

    Raises ValueError if P(B) is 0, or smaller than P(A, B).
    """
    if marginal == 0:
        raise ValueError("what never happens is no condition")
    if joint > marginal:
        raise ValueError(f"A and B together ({joint}) cannot be more likely than B alone ({marginal})")
    return joint / marginal


def bag_of_words(tokens: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.int64]:
    """How often each word of the vocabulary occurs, shape (len(vocabulary),); other tokens do not count.

    Slides of week 3, "Evolution: From Bag of Words to Sequential Processing".
    """
    counts = Counter(tokens)
    return np.array([counts[word] for word in vocabulary], dtype=np.int64)


def same_bag(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two texts hold the same words, each as often; slides of week 3, "Why Order Matters"."""
    return Counter(a) == Counter(b)


def add_k_probability(
    tokens: Sequence[str], context: Sequence[str], word: str, vocabulary: Sequence[str], k: float
) -> float:
    """(count(context word) + k) / (count(context followed by anything) + k · len(vocabulary)).

    An extension of the slides' estimate. Raises ValueError where both are 0.
    """
    followed = _followed(tokens, context)
    below = followed.total() + k * len(vocabulary)
    if below == 0:
        raise ValueError(f"nothing was seen after {list(context)}")
    return (followed[word] + k) / below


# ── misconceptions: only the last words matter ────────────────────────────────────────────────────────────────────


@misconception(of="truncate_context", says="These are the last n words. An n-gram is n words with the next one.")
def truncate_context_last_n_words(tokens, n):
    return truncate_context(tokens, n + 1)


@misconception(of="truncate_context", says="For n = 1 all words come back: a slice from -0 on is the whole list.")
def truncate_context_minus_zero(tokens, n):
    return list(tokens[-(n - 1) :]) if n >= 1 else truncate_context(tokens, n)


@misconception(of="truncate_context", says="These are the first words of the text, not the last.")
def truncate_context_first_words(tokens, n):
    return truncate_context(tokens[::-1], n)[::-1]


@misconception(of="truncate_context", says="The words come back in reverse order.")
def truncate_context_backwards(tokens, n):
    return truncate_context(tokens, n)[::-1]


@misconception(of="truncate_context", says="The words come back as one text. They should stay a list of words.")
def truncate_context_joined(tokens, n):
    return " ".join(truncate_context(tokens, n))


# ── misconceptions: counting n-grams ──────────────────────────────────────────────────────────────────────────────


@misconception(of="ngram_counts", says="The last n-gram of the text is left out.")
def ngram_counts_last_left_out(tokens, n):
    return ngram_counts(tokens[:-1], n)


@misconception(of="ngram_counts", says="The text is cut into pieces of n words. Every word begins an n-gram.")
def ngram_counts_without_overlap(tokens, n):
    if n < 1:
        return ngram_counts(tokens, n)
    return dict(Counter(tuple(tokens[start : start + n]) for start in range(0, len(tokens) - n + 1, n)))


@misconception(of="ngram_counts", says="At the end of the text pieces of fewer than n words are counted as well.")
def ngram_counts_short_pieces(tokens, n):
    if n < 1:
        return ngram_counts(tokens, n)
    return dict(Counter(tuple(tokens[start : start + n]) for start in range(len(tokens))))


@misconception(of="ngram_counts", says="Keys are texts with spaces. They should be tuples of words.")
def ngram_counts_texts_as_keys(tokens, n):
    return {" ".join(gram): count for gram, count in ngram_counts(tokens, n).items()}


@misconception(of="ngram_counts", says="For n = 1 the keys are words. They should be tuples of one word.")
def ngram_counts_words_for_tuples(tokens, n):
    counts = ngram_counts(tokens, n)
    return {gram[0]: count for gram, count in counts.items()} if n == 1 else counts


@misconception(of="ngram_counts", says="Every n-gram counts once, however often it occurs.")
def ngram_counts_once_each(tokens, n):
    return dict.fromkeys(ngram_counts(tokens, n), 1)


@misconception(of="ngram_counts", says="An n-gram in another order of its words is taken for the same one.")
def ngram_counts_sorted(tokens, n):
    counts = Counter()
    for gram, count in ngram_counts(tokens, n).items():
        counts[tuple(sorted(gram))] += count
    return dict(counts)


@misconception(of="ngram_counts", says="These are shares of all n-grams. They should be counts.")
def ngram_counts_shares(tokens, n):
    counts = ngram_counts(tokens, n)
    return {gram: count / sum(counts.values()) for gram, count in counts.items()}


# ── misconceptions: how likely is the next word ───────────────────────────────────────────────────────────────────


def _followed_apart(tokens, context):
    """As ``_followed``, but occurrences that begin inside another one are passed over."""
    followed, start = Counter(), 0
    while start < len(tokens) - len(context):
        found = list(tokens[start : start + len(context)]) == list(context)
        if found:
            followed[tokens[start + len(context)]] += 1
        start += max(1, len(context)) if found else 1
    return followed


@misconception(
    of="ngram_probability",
    says="The context counts at the very end of the text too. Nothing follows it there, so it should not.",
)
def ngram_probability_end_counted(tokens, context, word):
    followed = _followed(tokens, context)
    at_end = list(tokens[len(tokens) - len(context) :]) == list(context)
    if followed.total() == 0:
        return ngram_probability(tokens, context, word)
    return followed[word] / (followed.total() + at_end)


@misconception(
    of="ngram_probability",
    says="The context counts at the very end of the text too. Nothing follows it there, so it should not.",
)
def ngram_probability_end_counted_of_words(tokens, context, word):
    return ngram_probability_end_counted(tokens, context, word) if context else ngram_probability(tokens, [], word)


@misconception(
    of="ngram_probability",
    says="A context is looked for behind the one before it. Occurrences may overlap, and all of them count.",
)
def ngram_probability_without_overlap(tokens, context, word):
    ngram_probability(tokens, context, word)
    followed = _followed_apart(tokens, context)
    return followed[word] / followed.total()


@misconception(
    of="ngram_probability",
    says="The count is divided by the number of all words. It should be divided by that of the context.",
)
def ngram_probability_share_of_all_words(tokens, context, word):
    ngram_probability(tokens, context, word)
    return _followed(tokens, context)[word] / len(tokens)


@misconception(of="ngram_probability", says="A context that was never seen gives 0. It should raise a ValueError.")
def ngram_probability_zero_for_unseen(tokens, context, word):
    followed = _followed(tokens, context)
    return followed[word] / max(1, followed.total())


@misconception(
    of="ngram_probability",
    says="The count is divided by the number of all n-grams. It should be divided by that of the context.",
)
def ngram_probability_joint(tokens, context, word):
    ngram_probability(tokens, context, word)
    return _followed(tokens, context)[word] / (len(tokens) - len(context))


@misconception(of="ngram_probability", says="The context does not matter: this is the share of the word in the text.")
def ngram_probability_without_context(tokens, context, word):
    ngram_probability(tokens, context, word)
    return ngram_probability(tokens, [], word)


@misconception(of="ngram_probability", says="Only the last word of the context is looked at, not the whole context.")
def ngram_probability_last_word_alone(tokens, context, word):
    ngram_probability(tokens, context, word)
    return ngram_probability(tokens, context[-1:], word)


@misconception(
    of="ngram_probability",
    says="This is how often the context comes before the word, among all that come before it: the other way round.",
)
def ngram_probability_other_way_round(tokens, context, word):
    ngram_probability(tokens, context, word)
    before = tokens[len(context) :].count(word)
    return _followed(tokens, context)[word] / before if before else 0.0


@misconception(of="ngram_probability", says="This is a count. It should be divided by how often the context occurs.")
def ngram_probability_count_alone(tokens, context, word):
    ngram_probability(tokens, context, word)
    return _followed(tokens, context)[word]


# ── misconceptions: conditional probability ───────────────────────────────────────────────────────────────────────


@misconception(of="conditional", says="The fraction is upside down.")
def conditional_upside_down(joint, marginal):
    conditional(joint, marginal)
    return marginal / joint if joint else 0.0


@misconception(of="conditional", says="The two probabilities are multiplied. The joint one is to be divided.")
def conditional_product(joint, marginal):
    conditional(joint, marginal)
    return joint * marginal


@misconception(of="conditional", says="A condition that never happens gives 0. It should raise a ValueError.")
def conditional_zero_for_the_impossible(joint, marginal):
    return conditional(joint, marginal) if marginal else 0.0


@misconception(of="conditional", says="Probabilities above 1 come back. A joint above the marginal is an error.")
def conditional_above_1(joint, marginal):
    return joint / marginal if marginal else conditional(joint, marginal)


# ── misconceptions: a bag of words ────────────────────────────────────────────────────────────────────────────────


@misconception(of="bag_of_words", says="It says whether a word occurs, not how often.")
def bag_of_words_only_whether(tokens, vocabulary):
    return np.minimum(bag_of_words(tokens, vocabulary), 1)


@misconception(of="bag_of_words", says="Upper and lower case are taken for the same. Words differ by every letter.")
def bag_of_words_in_lower_case(tokens, vocabulary):
    return bag_of_words([token.lower() for token in tokens], vocabulary)


@misconception(of="bag_of_words", says="The counts are in alphabetical order. They should be in the vocabulary's.")
def bag_of_words_alphabetical(tokens, vocabulary):
    return bag_of_words(tokens, sorted(vocabulary))


@misconception(of="bag_of_words", says="Words that do not stand in the vocabulary raise an error. They do not count.")
def bag_of_words_stranger_is_an_error(tokens, vocabulary):
    places = [vocabulary.index(token) for token in tokens]
    return np.bincount(np.array(places, dtype=int), minlength=len(vocabulary))


@misconception(of="bag_of_words", says="These are shares of the text. They should be counts.")
def bag_of_words_shares(tokens, vocabulary):
    return bag_of_words(tokens, vocabulary) / max(1, len(tokens))


# ── misconceptions: one bag or two ────────────────────────────────────────────────────────────────────────────────


@misconception(of="same_bag", says="How often a word occurs is not looked at: a bag is no set.")
def same_bag_as_sets(a, b):
    return set(a) == set(b)


@misconception(of="same_bag", says="The order of the words is looked at. It does not matter for a bag.")
def same_bag_in_order(a, b):
    return list(a) == list(b)


@misconception(of="same_bag", says="Only the number of words is looked at.")
def same_bag_as_long(a, b):
    return len(a) == len(b)


@misconception(of="same_bag", says="The second text may have more words than the first, and still is the same bag.")
def same_bag_within(a, b):
    return Counter(a) <= Counter(b)


# ── misconceptions: a little for every word ───────────────────────────────────────────────────────────────────────


@misconception(of="add_k_probability", says="The denominator grows by k once. It should grow by k for every word.")
def add_k_probability_k_once(tokens, context, word, vocabulary, k):
    return add_k_probability(tokens, context, word, [word], k)


@misconception(of="add_k_probability", says="The denominator does not grow, so the probabilities sum to more than 1.")
def add_k_probability_denominator_unchanged(tokens, context, word, vocabulary, k):
    followed = _followed(tokens, context)
    return (followed[word] + k) / followed.total() if followed.total() else 1 / len(vocabulary)


@misconception(of="add_k_probability", says="Always 1 is added, whatever k is.")
def add_k_probability_always_1(tokens, context, word, vocabulary, k):
    return add_k_probability(tokens, context, word, vocabulary, 1.0)


@misconception(
    of="add_k_probability",
    says="The words of the text are counted instead of those of the vocabulary, which holds words that never occur.",
)
def add_k_probability_words_of_the_text(tokens, context, word, vocabulary, k):
    return add_k_probability(tokens, context, word, sorted(set(tokens)), k)


@misconception(of="add_k_probability", says="The numerator does not grow by k.")
def add_k_probability_numerator_unchanged(tokens, context, word, vocabulary, k):
    return add_k_probability(tokens, context, word, vocabulary, k) - k / (
        _followed(tokens, context).total() + k * len(vocabulary)
    )


@misconception(
    of="add_k_probability",
    says="A context is looked for behind the one before it. Occurrences may overlap, and all of them count.",
)
def add_k_probability_without_overlap(tokens, context, word, vocabulary, k):
    add_k_probability(tokens, context, word, vocabulary, k)
    followed = _followed_apart(tokens, context)
    return (followed[word] + k) / (followed.total() + k * len(vocabulary))
