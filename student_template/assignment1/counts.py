"""Week 1: words as counts.

Replace every ``raise NotImplementedError`` by your own code and keep the names. The handout explains each function;
``grade`` in this folder grades this file. Python itself is enough; NumPy is there if you want it.

A text is a list of words, such as ["the", "cat", "sat"]. Words are the same if they are the same letter by letter.
"""

# ── what comes before ─────────────────────────────────────────────────────────────────────────────────────────────


def truncate_context(tokens, n):
    """What an n-gram model looks at to guess the next word: the last n - 1 words.

    tokens: list of words
    n: whole number
    Returns a list of words, in their order. All of them where there are fewer than n - 1, none for n = 1.
    Raises ValueError for n below 1.
    """
    raise NotImplementedError


# ── n-grams ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ngram_counts(tokens, n):
    """How often each run of n words occurs in the text.

    tokens: list of words
    n: whole number
    Returns a dict from tuples of n words (also for n = 1) to counts; an empty one where the text is too short.
    Raises ValueError for n below 1.
    """
    raise NotImplementedError


def ngram_probability(tokens, context, word):
    """The share of ``word`` among the words that follow ``context`` in the text.

    tokens: list of words
    context: list of words, in their order; it may be empty
    word: a word; it may be one that never occurs
    Returns a number from 0 to 1. Raises ValueError if no word ever follows the context.
    """
    raise NotImplementedError


def conditional(joint, marginal):
    """P(A | B) = P(A, B) / P(B).

    joint: P(A, B), from 0 to 1
    marginal: P(B), from 0 to 1
    Returns a number. Raises ValueError if P(B) is 0, or smaller than P(A, B).
    """
    raise NotImplementedError


# ── bags ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bag_of_words(tokens, vocabulary):
    """How often each word of the vocabulary occurs in the text.

    tokens: list of words
    vocabulary: list of words without repeats
    Returns a list or an array of whole numbers, one for each word of the vocabulary, in its order.
    """
    raise NotImplementedError


def same_bag(a, b):
    """Whether two texts hold the same words, each of them as often.

    a, b: lists of words
    Returns True or False.
    """
    raise NotImplementedError


# ── an extension ──────────────────────────────────────────────────────────────────────────────────────────────────


def add_k_probability(tokens, context, word, vocabulary, k):
    """As ngram_probability, but as if every word of the vocabulary had followed the context k times more often.

    tokens, context: lists of words
    word: a word of the vocabulary
    vocabulary: list of words without repeats; all words of the text are among them
    k: a number, 0 or more
    Returns a number from 0 to 1. Raises ValueError if k is 0 and no word ever follows the context.
    """
    raise NotImplementedError
