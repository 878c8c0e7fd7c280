"""Reference solutions of assignment 2: embeddings, softmax, loss and perplexity, windows.

Words are numbers from 0 to V - 1 (tokens); vectors are flat arrays, and rows of a matrix are words or steps. Cited are
the slides on language models and their problems ("Review: Window-based neural language model", "Review: RNNs"), the
slides of day 18 ("Training RNNs"), and the written assignment (tasks 2 and 3).

The second half holds what students are known to get wrong, exercise by exercise.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.author import misconception

Array = NDArray[np.float64]
Tokens = NDArray[np.int64]


def one_hot(index: int, size: int) -> Array:
    """Zeros with a 1 at ``index``, shape (size,): the x of the slides' window model.

    Raises ValueError for an index below 0 or beyond size - 1.
    """
    if not 0 <= index < size:
        raise ValueError(f"no place {index} among {size}")
    x = np.zeros(size)
    x[index] = 1.0
    return x


def embed(tokens: Tokens, E: Array) -> Array:
    """The row of E (V, D) for each token, shape (…, D).

    One-hot vectors times E; slides of day 18, "Training RNNs": (batch_sz, window_sz, embedding_sz) for windows.
    """
    return E[tokens]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow: the exponent is never positive."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def softmax(z: Array) -> Array:
    """exp(z) of each row divided by its sum, shape (T, V); the largest exponent is 0, so nothing overflows."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(probabilities: Array, targets: Tokens) -> tuple[Array, float]:
    """J_t = -log ŷ_t[target_t] for each step, shape (T,), and their mean; slides on language models, "Review: RNNs"."""
    losses = -np.log(probabilities[np.arange(len(targets)), targets])
    return losses, float(losses.mean())


def perplexity(losses: Array) -> float:
    """The exponential of the mean loss; written assignment, task 3b: so many options, equally likely."""
    return float(np.exp(np.mean(losses)))


def window_lm(tokens: Tokens, E: Array, W: Array, b1: Array, U: Array, b2: Array) -> Array:
    """softmax(U tanh(W e + b1) + b2) of the four words' embeddings one after the other, shape (V,).

    Slides on language models, "Review: Window-based neural language model".
    """
    h = np.tanh(W @ embed(tokens, E).ravel() + b1)
    scores = U @ h + b2
    rows = softmax(scores[np.newaxis])
    return rows[0]


def make_windows(tokens: Tokens, window_size: int) -> tuple[Tokens, Tokens]:
    """Windows without overlap and the token after each of their tokens, both (n, window_size).

    Slides of day 18, "Training RNNs". Tokens that fill no window, or of which the next is not known, are left out.
    """
    n = (len(tokens) - 1) // window_size
    used = n * window_size
    return tokens[:used].reshape(n, window_size), tokens[1 : used + 1].reshape(n, window_size)


def next_token_pairs(tokens: Sequence[str]) -> list[tuple[list[str], str]]:
    """All that was read, with what comes next, for each place but the first; written assignment, task 3c."""
    return [(list(tokens[:place]), tokens[place]) for place in range(1, len(tokens))]


def trace_shapes(
    batch: int, time: int, vocab: int, embedding: int, hidden: int
) -> tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]:
    """Shapes after the embedding, after the recurrent layer and after the output layer; written assignment, task 2b."""
    return (batch, time, embedding), (batch, time, hidden), (batch, time, vocab)


# ── misconceptions: from words to vectors ─────────────────────────────────────────────────────────────────────────


@misconception(of="one_hot", says="Indices are counted from 1. They begin at 0.")
def one_hot_counted_from_1(index, size):
    return np.roll(one_hot(index, size), -1)


@misconception(of="one_hot", says="A negative index counts from the end. It should raise a ValueError.")
def one_hot_negative_from_the_end(index, size):
    return one_hot(index + size if -size <= index < 0 else index, size)


@misconception(of="one_hot", says="The vector is a row of a matrix, (1, size). It should be flat.")
def one_hot_as_a_row(index, size):
    return one_hot(index, size)[np.newaxis]


@misconception(of="embed", says="Columns of E are looked up. A word has a row.")
def embed_columns(tokens, E):
    return E.T[tokens % E.shape[1]]


@misconception(of="embed", says="The embeddings are added up. There should be one for each token.")
def embed_summed(tokens, E):
    return E[tokens].sum(axis=-2)


@misconception(of="embed", says="The embeddings are strung together. Each token should have a row of its own.")
def embed_flat(tokens, E):
    return E[tokens].reshape(*np.shape(tokens)[:-1], -1)


# ── misconceptions: from scores to probabilities ──────────────────────────────────────────────────────────────────


@misconception(of="sigmoid", says="The sign in the exponent is wrong: large numbers give 0 instead of 1.")
def sigmoid_upside_down(z):
    return sigmoid(-z)


@misconception(of="sigmoid", says="This is a tanh, which lies between -1 and 1. A sigmoid lies between 0 and 1.")
def sigmoid_as_tanh(z):
    return np.tanh(z)


@misconception(of="sigmoid", says="This is the slope of the sigmoid, not the sigmoid.")
def sigmoid_slope(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


@misconception(of="softmax", says="Columns sum to 1. Rows should.")
def softmax_down(z):
    return softmax(z.T).T


@misconception(of="softmax", says="All rows together sum to 1. Each row should.")
def softmax_of_all(z):
    return softmax(z.reshape(1, -1)).reshape(z.shape)


@misconception(of="softmax", says="The largest score is divided by. It should be subtracted, if anything.")
def softmax_divided_by_the_largest(z):
    largest = z.max(axis=1, keepdims=True)
    return softmax(z / np.where(largest == 0, 1.0, largest))


@misconception(of="softmax", says="Scores are divided by their sum. Their exponentials should be.")
def softmax_without_exponentials(z):
    above_0 = z - z.min(axis=1, keepdims=True) + 1e-9
    return above_0 / above_0.sum(axis=1, keepdims=True)


@misconception(of="softmax", says="Each score goes through a sigmoid by itself, so rows do not sum to 1.")
def softmax_as_sigmoids(z):
    return sigmoid(z)


# ── misconceptions: how good is a model ───────────────────────────────────────────────────────────────────────────


@misconception(of="cross_entropy", says="The minus sign is missing: a loss is never below 0.")
def cross_entropy_negative(probabilities, targets):
    losses, mean = cross_entropy(probabilities, targets)
    return -losses, -mean


@misconception(of="cross_entropy", says="The loss is summed over time. Its mean is asked for.")
def cross_entropy_summed(probabilities, targets):
    losses, _ = cross_entropy(probabilities, targets)
    return losses, float(losses.sum())


@misconception(of="cross_entropy", says="The logarithm has the base 2. It should be the natural one.")
def cross_entropy_in_bits(probabilities, targets):
    losses, mean = cross_entropy(probabilities, targets)
    return losses / np.log(2), mean / np.log(2)


@misconception(of="cross_entropy", says="The largest probability is taken, not that of the target.")
def cross_entropy_of_the_best(probabilities, targets):
    return cross_entropy(probabilities, probabilities.argmax(axis=1))


@misconception(of="cross_entropy", says="The logarithm is taken of the mean probability, not the mean of logarithms.")
def cross_entropy_log_of_the_mean(probabilities, targets):
    losses, _ = cross_entropy(probabilities, targets)
    return losses, float(-np.log(np.exp(-losses).mean()))


@misconception(of="perplexity", says="The losses are summed. Their mean is to be taken.")
def perplexity_of_the_sum(losses):
    return float(np.exp(np.sum(losses)))


@misconception(of="perplexity", says="The mean is taken of the perplexities, instead of the losses before the exp.")
def perplexity_mean_of_exponentials(losses):
    return float(np.mean(np.exp(losses)))


@misconception(of="perplexity", says="2 is raised to the mean loss. For natural logarithms it should be e.")
def perplexity_to_the_base_2(losses):
    return float(2.0 ** np.mean(losses))


@misconception(of="perplexity", says="The mean loss itself comes back. Its exponential is asked for.")
def perplexity_without_exp(losses):
    return float(np.mean(losses))


# ── misconceptions: windows ───────────────────────────────────────────────────────────────────────────────────────


@misconception(of="window_lm", says="The words are put together in reverse order, the last one first.")
def window_lm_last_word_first(tokens, E, W, b1, U, b2):
    return window_lm(tokens[::-1], E, W, b1, U, b2)


@misconception(of="window_lm", says="The embeddings are strung together number by number instead of word by word.")
def window_lm_number_by_number(tokens, E, W, b1, U, b2):
    h = np.tanh(W @ embed(tokens, E).T.ravel() + b1)
    return softmax((U @ h + b2)[np.newaxis])[0]


@misconception(of="window_lm", says="The hidden layer is not squashed: the tanh is missing.")
def window_lm_without_tanh(tokens, E, W, b1, U, b2):
    return softmax((U @ (W @ embed(tokens, E).ravel() + b1) + b2)[np.newaxis])[0]


@misconception(of="window_lm", says="The hidden layer is squashed by a sigmoid. It should be a tanh.")
def window_lm_sigmoid(tokens, E, W, b1, U, b2):
    return softmax((U @ sigmoid(W @ embed(tokens, E).ravel() + b1) + b2)[np.newaxis])[0]


@misconception(of="window_lm", says="The biases are missing.")
def window_lm_without_biases(tokens, E, W, b1, U, b2):
    return window_lm(tokens, E, W, 0 * b1, U, 0 * b2)


@misconception(of="window_lm", says="Scores come back. The softmax is missing.")
def window_lm_scores(tokens, E, W, b1, U, b2):
    return U @ np.tanh(W @ embed(tokens, E).ravel() + b1) + b2


@misconception(of="make_windows", says="Windows overlap: each begins one token after the last. They should not.")
def make_windows_sliding(tokens, window_size):
    n = max(0, len(tokens) - window_size)
    places = np.arange(n)[:, np.newaxis] + np.arange(window_size)
    return tokens[places], tokens[np.minimum(places + 1, len(tokens) - 1)]


@misconception(of="make_windows", says="The targets are the inputs. They should be one token further on.")
def make_windows_targets_not_moved(tokens, window_size):
    inputs, _ = make_windows(tokens, window_size)
    return inputs, inputs


@misconception(of="make_windows", says="Each window has one target. Every token of it should have one.")
def make_windows_one_target_each(tokens, window_size):
    inputs, targets = make_windows(tokens, window_size)
    return inputs, targets[:, -1:]


@misconception(
    of="make_windows",
    says="The last full window is kept though nothing follows it, and the first token stands in for its last target.",
)
def make_windows_round_the_end(tokens, window_size):
    n = len(tokens) // window_size
    used = n * window_size
    return tokens[:used].reshape(n, window_size), np.roll(tokens, -1)[:used].reshape(n, window_size)


@misconception(of="next_token_pairs", says="Only the word before is given, not all that was read so far.")
def next_token_pairs_last_word_alone(tokens):
    return [(read[-1:], after) for read, after in next_token_pairs(tokens)]


@misconception(of="next_token_pairs", says="The first word is asked for too, from nothing.")
def next_token_pairs_from_nothing(tokens):
    return [([], token) for token in tokens[:1]] + next_token_pairs(tokens)


@misconception(of="next_token_pairs", says="The word that should be guessed stands among those that were read.")
def next_token_pairs_answer_given_away(tokens):
    return [([*read, after], after) for read, after in next_token_pairs(tokens)]


@misconception(of="trace_shapes", says="The output has the hidden size. It has a score for each word.")
def trace_shapes_hidden_at_the_end(batch, time, vocab, embedding, hidden):
    return trace_shapes(batch, time, hidden, embedding, hidden)


@misconception(of="trace_shapes", says="Time comes first. The batch should.")
def trace_shapes_time_first(batch, time, vocab, embedding, hidden):
    return trace_shapes(time, batch, vocab, embedding, hidden)


@misconception(of="trace_shapes", says="Only the last step is left after the recurrent layer. All steps should be.")
def trace_shapes_last_step(batch, time, vocab, embedding, hidden):
    return (batch, time, embedding), (batch, hidden), (batch, vocab)
