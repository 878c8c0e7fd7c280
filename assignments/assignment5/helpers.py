"""What a trained model is judged by: it is read here, and not by whoever trained it."""

import numpy as np


def _scores(model, text):
    """The scores for what comes after each character of a text, one row each."""
    state = 0 * np.asarray(model["b_h"], dtype=float)
    rows = []
    for character in text:
        column = list(model["vocabulary"]).index(character)
        into = np.asarray(model["W_xh"])[:, column] + np.asarray(model["b_h"])
        state = np.tanh(into + np.dot(model["W_hh"], state))
        rows.append(np.dot(model["W_hy"], state) + np.asarray(model["b_y"]))
    return rows


def mean_loss(model, text):
    """The mean cross-entropy of the character that comes next, over a text."""
    losses = []
    for scores, following in zip(_scores(model, text[:-1]), text[1:], strict=True):
        best = scores.max()
        losses.append(best + np.log(np.exp(scores - best).sum()) - scores[list(model["vocabulary"]).index(following)])
    return float(np.mean(losses))


def greedy(model, text, length):
    """A text continued by the character with the highest score, ``length`` times."""
    for _ in range(length):
        text += model["vocabulary"][int(np.argmax(_scores(model, text)[-1]))]
    return text
