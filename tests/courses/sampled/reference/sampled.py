"""What depends on chance."""

import numpy as np

from grader.author import misconception


def sample(probabilities, rng):
    """An index, drawn with the probability that stands there."""
    return int(rng.choice(len(probabilities), p=probabilities))


@misconception(of="sample", says="It takes the most probable index instead of drawing one.")
def sample_most_probable(probabilities, rng):
    return int(np.argmax(probabilities))


@misconception(of="sample", says="It draws every index with the same probability.")
def sample_uniformly(probabilities, rng):
    return int(rng.integers(len(probabilities)))


def babble(start, follow, rng):
    """Two letters: the second is drawn from the row of the first."""
    first = sample(start, rng)
    return "ab"[first] + "ab"[sample(follow[first], rng)]


@misconception(of="babble", says="The second letter does not heed the first.")
def babble_unheeding(start, follow, rng):
    return "ab"[sample(start, rng)] + "ab"[sample(start, rng)]


def chances_of_texts(start, follow):
    """The probability of each text, for the tests."""
    return {"ab"[i] + "ab"[j]: float(start[i] * follow[i][j]) for i in range(2) for j in range(2)}
