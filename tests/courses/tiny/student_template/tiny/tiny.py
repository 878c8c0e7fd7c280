"""Three small tasks; the handout says what each function gives."""


def affine(W, x, b):
    """W x + b, shape (M, 1)."""
    raise NotImplementedError


def mean_and_spread(values):
    """The mean of the values, and their mean distance from it."""
    raise NotImplementedError


def square_root(number):
    """The square root of a number; raises ValueError for a negative one."""
    raise NotImplementedError
