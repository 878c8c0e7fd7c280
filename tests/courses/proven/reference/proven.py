"""The solution of a course whose tests are good."""

from grader.author import misconception


def affine(W, x, b):
    """W x + b."""
    return W @ x + b


@misconception(of="affine", says="You take b away from the product instead of adding it.")
def affine_bias_taken_away(W, x, b):
    return W @ x - b
