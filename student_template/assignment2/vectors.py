"""Week 2: words as vectors.

Replace every ``raise NotImplementedError`` by your own code and keep the names. The handout explains each function;
``grade`` in this folder grades this file. NumPy is all you need.

Words are numbers from 0 to V - 1. Vectors are flat arrays such as (H,); rows of a matrix are words or steps.
"""

import numpy as np

# ── from words to vectors ─────────────────────────────────────────────────────────────────────────────────────────


def one_hot(index, size):
    """Zeros with a 1 at one place.

    index: whole number from 0 to size - 1
    size: whole number
    Returns an array of shape (size,). Raises ValueError for any other index, negative ones too.
    """
    raise NotImplementedError


def embed(tokens, E):
    """The row of E for each token.

    tokens: whole numbers from 0 to V - 1, of shape (T,) or (B, T)
    E: (V, D)
    Returns an array of shape (T, D) or (B, T, D).
    """
    raise NotImplementedError


# ── from scores to probabilities ──────────────────────────────────────────────────────────────────────────────────


def sigmoid(z):
    """1 / (1 + e^(-z)) of each number, 1 and 0 for very large and very negative ones.

    z: (T,)
    Returns an array of the same shape.
    """
    raise NotImplementedError


def softmax(z):
    """Probabilities from scores, row by row.

    z: (T, V)
    Returns an array of the same shape of which each row sums to 1, whatever the scores are.
    """
    raise NotImplementedError


# ── how good is a model? ──────────────────────────────────────────────────────────────────────────────────────────


def cross_entropy(probabilities, targets):
    """The loss of each step, and the mean over all steps.

    probabilities: (T, V), each row sums to 1
    targets: (T,) whole numbers from 0 to V - 1
    Returns an array of shape (T,) and a number, in this order.
    """
    raise NotImplementedError


def perplexity(losses):
    """The exponential of the mean of the losses.

    losses: (T,), natural logarithms
    Returns a number.
    """
    raise NotImplementedError


# ── a window of four words ────────────────────────────────────────────────────────────────────────────────────────


def window_lm(tokens, E, W, b1, U, b2):
    """Probabilities of the word that comes after four words.

    tokens: (4,) whole numbers from 0 to V - 1
    E: (V, D)   W: (H, 4 D)   b1: (H,)   U: (V, H)   b2: (V,)
    Returns an array of shape (V,).
    """
    raise NotImplementedError


def make_windows(tokens, window_size):
    """A corpus chopped into windows that do not overlap, and what comes next at each of their places.

    tokens: array of N whole numbers
    window_size: whole number, 1 or more
    Returns inputs and targets, both of shape (n, window_size), with n = (N - 1) // window_size; N is 1 or more.
    """
    raise NotImplementedError


def next_token_pairs(tokens):
    """For each place but the first: all words before it, and the word that stands there.

    tokens: list of words
    Returns a list of pairs (list of words, word).
    """
    raise NotImplementedError


def trace_shapes(batch, time, vocab, embedding, hidden):
    """Shapes of what leaves the embedding, the recurrent layer and the output layer of a language model.

    Five whole numbers: sequences in a batch, tokens in each, words, size of an embedding, size of a hidden state.
    Returns three tuples of three numbers each.
    """
    raise NotImplementedError
