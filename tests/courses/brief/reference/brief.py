"""The solution of the brief course: its bank is soon built, for tests that build many."""

import numpy as np


def square_root(number):
    """The root of a number that is not negative."""
    if number < 0:
        raise ValueError("no real number has a negative square")
    return float(np.sqrt(number))
