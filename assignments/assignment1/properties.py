"""Laws of assignment 1, and the vocabularies that its inputs are drawn from.

Each law asks about texts that it makes from those of a case, so that it has something to say: a case may be empty.
What comes back may be anything; where it is no number or no dict of counts, the law says so.
"""

import numpy as np
from hypothesis import strategies as st

from grader.author import law, numbers, numbers_of


def vocabularies(_sizes):
    """One to five words without repeats, in any order."""
    return st.lists(st.sampled_from(["dog", "Dog", "bites", "man", "the"]), min_size=1, max_size=5, unique=True)


def vocabularies_of_the_text(_sizes):
    """All words that the texts are drawn from, in any order, and up to three that no text holds."""
    more = st.sampled_from([[], ["zebra"], ["sat", "on"], ["sat", "on", "zebra"]])
    return more.flatmap(lambda words: st.permutations(["the", "cat", "dog", *words]))


@law
def what_lies_further_back_changes_nothing(student, case):
    """The context of a text does not depend on words that stand before it."""
    n = case.inputs["n"] + 1  # of one word back at least
    text = [f"word{place}" for place in range(n - 1)]
    starts = (["far", "back"], ["long", "ago"])
    near, far = student.run_many([{"tokens": [*start, *text], "n": n} for start in starts])
    if near.get("context") == far.get("context"):
        return None
    alike = f"the same last {n - 1} words" if n > 2 else "the same last word"
    return f"two texts with {alike} should have the same context for n = {n}, but have not"


@law
def every_place_is_counted_once(student, case):
    """A text of N words has N - n + 1 places where an n-gram can begin."""
    tokens = [*case.inputs["tokens"], "the", "cat", "the", "cat"]
    for n in (1, 2, 3, len(tokens), len(tokens) + 1):
        counts = student.run({"tokens": tokens, "n": n}).get("counts")
        if not isinstance(counts, dict):
            return "`counts` should be a dict with tuples of words as keys"
        total = sum(float(numbers_of(count, "a count")) for count in counts.values())
        places = max(0, len(tokens) - n + 1)
        if total != places:
            return f"{len(tokens)} words hold {places} n-grams for n = {n}, but the counts add up to {total:g}"
    return None


@law
def probabilities_of_all_words_sum_to_1(student, case):
    """Also where the context stands at the very end, and so is followed by nothing once."""
    tokens = [*case.inputs["tokens"], "the", "cat", "the"]
    words = sorted(set(tokens))
    found = student.run_many([{"tokens": tokens, "context": ["the"], "word": word} for word in words])
    total = sum(float(numbers(outputs, "p")) for outputs in found)
    if abs(total - 1) < 1e-4:
        return None
    return f"the probabilities of all words after ['the'] sum to {total:.4g}, in a text that ends with 'the'"


@law
def order_does_not_matter(student, case):
    """A bag knows how often, not where."""
    vocabulary = case.inputs["vocabulary"]
    tokens = [*vocabulary, vocabulary[0], *case.inputs["tokens"]]
    forward, backward = student.run_many(
        [{"tokens": order, "vocabulary": vocabulary} for order in (tokens, tokens[::-1])]
    )
    shape = (len(vocabulary),)
    if np.array_equal(numbers(forward, "bag", shape), numbers(backward, "bag", shape)):
        return None
    return "a text and the same text read backwards should have the same bag, but have not"


@law
def bags_add_up(student, case):
    """Counts of two texts, one after the other."""
    vocabulary = case.inputs["vocabulary"]
    one, other = [*case.inputs["tokens"], vocabulary[0]], [*vocabulary, "zebra"]
    bags = student.run_many([{"tokens": text, "vocabulary": vocabulary} for text in (one, other, one + other)])
    first, second, both = (numbers(outputs, "bag", (len(vocabulary),)) for outputs in bags)
    if np.array_equal(first + second, both):
        return None
    return "the bag of two texts, one after the other, should be the sum of their bags, but is not"


@law
def neither_text_comes_first(student, _case):
    """Pairs that are one bag, and pairs of which one has more than the other."""
    texts = ["not bad", "bad not", "not not bad", "not bad bad", "bad", ""]
    pairs = [(one.split(), other.split()) for one in texts for other in texts]
    there = student.run_many([{"a": one, "b": other} for one, other in pairs])
    back = student.run_many([{"a": other, "b": one} for one, other in pairs])
    for (one, other), first, second in zip(pairs, there, back, strict=True):
        if numbers(first, "same") != numbers(second, "same"):
            return f"it should make no difference, but {one} and {other} give something else than {other} and {one}"
    return None


@law
def smoothed_probabilities_sum_to_1(student, case):
    """For a context that stands at the very end too, and for one that was never seen."""
    tokens, vocabulary = [*case.inputs["tokens"], "the", "cat", "the"], case.inputs["vocabulary"]
    asked = {"tokens": tokens, "vocabulary": vocabulary, "k": 0.5}
    for context in (["the"], ["zebra"]):
        found = student.run_many([{**asked, "context": context, "word": word} for word in vocabulary])
        total = sum(float(numbers(outputs, "p")) for outputs in found)
        if abs(total - 1) > 1e-4:
            return f"with k = 0.5 the probabilities of all words after {context} sum to {total:.4g}"
    return None
