"""The solution of the drawn course: it refuses some inputs, gives no number for others, and is shaky for the rest."""

import numpy as np


def picky(x, mode):
    """The number, its root, or a wave of it that nobody can compute."""
    if mode == "root" and not 0 <= x <= 4:
        raise ValueError("only roots of 0 to 4")
    if mode == "wave":
        return float(np.sin(1e15 * x))
    return float(np.sqrt(x)) if mode == "root" else float(np.divide(x, x > 1))


def gaps(xs):
    """The rows with what is negative left open, and what is above 1 too large."""
    return np.where(xs < 0, np.nan, np.where(xs > 1, np.inf, xs))
