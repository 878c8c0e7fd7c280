"""The solution of the capped course."""

import numpy as np


def grown(x, W):
    """Eight times the product."""
    return 8.0 * (W @ x)


def sum_of_all(xs, W):
    """The sum over time, between -6 and 6."""
    return np.clip(sum(grown(x, W) for x in xs), -6.0, 6.0)
