"""Week 5: a model that writes.

Replace every ``raise NotImplementedError`` by your own code and keep the names. The handout explains each function;
``grade`` in this folder grades this file. NumPy is all you need.

Characters are numbers from 0 to V - 1, their places in a vocabulary. Vectors are flat arrays such as (H,). A model is a
dict: ``vocabulary``, a list of V characters, and the weights ``W_xh`` (H, V), ``W_hh`` (H, H), ``b_h`` (H,), ``W_hy``
(V, H), ``b_y`` (V,).
"""

import numpy as np

# ── characters and numbers ────────────────────────────────────────────────────────────────────────────────────────


def build_vocabulary(text):
    """Each character of a text once, sorted.

    text: text, perhaps empty
    Returns a list of characters.
    """
    raise NotImplementedError


def encode(text, vocabulary):
    """The place of each character in the vocabulary.

    text: T characters
    vocabulary: list of characters, in any order
    Returns T whole numbers. Raises ValueError for a character that is not in the vocabulary.
    """
    raise NotImplementedError


def decode(indices, vocabulary):
    """The text that indices stand for.

    indices: array or list of whole numbers
    vocabulary: list of characters, in any order
    Returns a text. Raises ValueError for an index that no character has, negative ones too.
    """
    raise NotImplementedError


def training_pairs(text):
    """What a model reads, and what it should say at each place.

    text: text, perhaps empty
    Returns two texts: all but the last character, and all but the first.
    """
    raise NotImplementedError


# ── one step ──────────────────────────────────────────────────────────────────────────────────────────────────────


def next_scores(model, character, h):
    """Reads one character.

    model: see above
    character: one of the vocabulary
    h: state before it, (H,)
    Returns the scores of what may come next, (V,), and the new state, (H,), in this order.
    """
    raise NotImplementedError


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sample(probabilities, rng):
    """An index, drawn with the probability that stands there.

    probabilities: (V,), summing to 1
    rng: a NumPy generator, as np.random.default_rng(7) gives one
    Returns a whole number from 0 to V - 1.
    """
    raise NotImplementedError


def sample_with_temperature(scores, temperature, rng):
    """An index, drawn from softmax(scores / temperature).

    scores: (V,)
    temperature: number
    rng: a NumPy generator
    Returns a whole number from 0 to V - 1. Raises ValueError for a temperature that is not above 0.
    """
    raise NotImplementedError


# ── a whole text ──────────────────────────────────────────────────────────────────────────────────────────────────


def generate(model, seed, length, rng):
    """A text that begins with ``seed`` and goes on as the model says.

    model: see above
    seed: text of one character or more
    length: how many characters are drawn, 0 or more
    rng: a NumPy generator
    Returns a text: the seed and ``length`` characters.
    """
    raise NotImplementedError


def train(text, hidden, steps, rate, rng):
    """A model that has learned a text.

    text: text of two characters or more
    hidden: size H of the state
    steps: how many steps of gradient descent
    rate: by how much of the gradient a step changes the weights
    rng: a NumPy generator, for the weights to begin with
    Returns a model, as it is described above.
    """
    raise NotImplementedError


# ── a challenge ───────────────────────────────────────────────────────────────────────────────────────────────────


def attention(query, keys, values):
    """What a query finds among values, by their keys.

    query: (D,)
    keys: (T, D)
    values: (T, M)
    Returns the weights, (T,), and the weighted sum of the values, (M,), in this order.
    """
    raise NotImplementedError
