"""Laws and strategies of assignment 5. Tolerances leave room for float32."""

import numpy as np
from hypothesis import strategies as st

from grader.author import UnusableError, close, law, numbers

# ── strategies ────────────────────────────────────────────────────────────────────────────────────────────────────

ALPHABET = ["a", "b", "c"]
SURE = 60.0  # by how much the best score leads, so that nothing else is ever drawn


def vocabularies(sizes):
    """The four characters of hello and perhaps others, in any order."""
    return st.lists(st.sampled_from("xyz w"), max_size=3, unique=True).flatmap(
        lambda more: st.permutations([*"helo", *more])
    )


def four_characters(sizes):
    """Those of hello, in any order."""
    return st.permutations([*"helo"])


def sure_models(sizes):
    """Models of three characters of which each score leads by far, whatever was read."""
    return st.integers(0, 2**32 - 1).map(_sure_model)


def unsure_models(sizes):
    """Models of three characters that leave room for chance."""
    return st.integers(0, 2**32 - 1).map(lambda seed: _model(np.random.default_rng(seed), 1.5, 1.0))


def _model(rng, scale, sureness):
    """Weights with a decimal, those of the scores times ``sureness``."""

    def weights(*shape):
        return np.round(scale * rng.standard_normal(shape), 1)

    return {
        "vocabulary": list(ALPHABET),
        "W_xh": weights(2, 3),
        "W_hh": weights(2, 2),
        "b_h": weights(2),
        "W_hy": sureness * weights(3, 2),
        "b_y": sureness * np.round(0.3 * weights(3), 1),
    }


def _sure_model(seed):
    """The first of many that is sure wherever it may get to, and writes more than one character."""
    rng = np.random.default_rng(seed)
    while True:
        model = _model(rng, 1.5, 1000.0)
        written, least = _written(model, _STARTS, 8)
        if least > SURE and len(np.unique(written[:, -4:], axis=0)) > 2:
            return model


#: Every seed of one and of two characters, and of three; -1 stands for none.
_STARTS = np.array(
    [(one, two, three) for one in range(-1, 3) for two in range(-1, 3) for three in range(3) if one <= two or two >= 0]
)


def _written(model, starts, length):
    """Places of characters, all seeds continued greedily at once, and by how much the best score led at least."""
    state, scores = np.zeros((len(starts), 2)), np.zeros((len(starts), 3))
    least, written = np.inf, list(starts.T)
    for place in range(starts.shape[1] + length):
        if place == len(written):
            order = np.sort(scores, axis=1)
            least = min(least, (order[:, -1] - order[:, -2]).min())
            written.append(scores.argmax(axis=1))
        following = np.tanh(state.dot(model["W_hh"].T) + model["W_xh"].T[written[place]] + model["b_h"])
        state = np.where(written[place][:, None] < 0, state, following)
        scores = state.dot(model["W_hy"].T) + model["b_y"]
    return np.array(written).T, least


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@law
def there_and_back(student, case):
    """By the student's own encode, on the text that the case is of."""
    vocabulary = case.inputs["vocabulary"]
    text = "".join(vocabulary[index] for index in case.inputs["indices"])
    given = {"text": text, "vocabulary": vocabulary}
    there = student.snippet("there = list(map(int, encode(text, vocabulary)))", ["there"], given)["there"]
    back = student.run({"indices": np.array(there, int), "vocabulary": vocabulary})["text"]
    if back == text:
        return None
    return f"encode makes numbers of {text!r}, and decode makes {back!r} of these"


@law
def large_scores_are_no_trouble(student, case):
    """exp(1000) is infinite."""
    scores = np.array([-1000.0, 1000.0, 0.0])
    draws = numbers(student.run({**case.inputs, "scores": scores, "temperature": 1.0}, {"V": 3}), "draws", (500,))
    if not close(draws, 1):
        return "of the scores -1000, 1000 and 0 the second should be drawn each time, but is not"
    scores = np.array([1000.0, -1000.0, 1000.0])
    draws = numbers(student.run({**case.inputs, "scores": scores, "temperature": 1.0}, {"V": 3}), "draws", (500,))
    if close(draws, 1) or not np.isin(draws, (0, 2)).all() or not 100 < np.sum(draws == 0) < 400:
        return "of the scores 1000, -1000 and 1000 the first and the last should each be drawn half of the times"
    return None


#: It writes on with another character after "ab" than after "b".
REMEMBERING = {
    "vocabulary": ["a", "b", "c"],
    "W_xh": np.array([[2.0, 0.0, -2.0], [0.0, 0.0, 0.0]]),
    "W_hh": np.array([[0.0, 0.0], [2.0, 0.0]]),
    "b_h": np.array([0.0, 0.0]),
    "W_hy": np.array([[0.0, 500.0], [0.0, 0.0], [0.0, -500.0]]),
    "b_y": np.array([0.0, 100.0, 0.0]),
}


@law
def what_was_read_before_counts(student, case):
    """After "ab" an a comes, after "cb" a c, and after "b" alone a b. The first that is wrong is the last that runs."""
    for right in ("aba", "cbc", "bb"):
        seed = right[:-1]
        text = student.run({**case.inputs, "model": REMEMBERING, "seed": seed, "length": 1})["text"]
        if text == right:
            continue
        if not isinstance(text, str) or text[:-1] != seed:
            return f"with the seed {seed!r} and the length 1 this model writes {right!r}, but you give {text!r}"
        told = f"after {seed!r} this model goes on with {right[-1]!r}, but you go on with {text[-1]!r}"
        if seed != "b" and text[-1] == "b":
            told += ", as it would after 'b' alone: is the state carried from each character to the next?"
        return told
    return None


def trained(student, case):
    """A trained model, looked over: its vocabulary, and weights that fit it."""
    model = student.snippet("model = train(text, hidden, steps, rate, rng)", ["model"], case.inputs)["model"]
    if not isinstance(model, dict):
        raise UnusableError("train should return a model, which is a dict")
    vocabulary = model.get("vocabulary")
    if not isinstance(vocabulary, list | tuple) or sorted(vocabulary, key=str) != sorted(set(case.inputs["text"])):
        raise UnusableError('`model["vocabulary"]` should be the list of the characters of the text')
    V, H = len(vocabulary), case.inputs["hidden"]
    shapes = {"W_xh": (H, V), "W_hh": (H, H), "b_h": (H,), "W_hy": (V, H), "b_y": (V,)}
    return list(vocabulary), {name: numbers(model, name, shape) for name, shape in shapes.items()}


def scores_along(vocabulary, weights, text):
    """The scores for what comes after each character of a text, one row each."""
    state = 0 * weights["b_h"]
    rows = []
    for character in text:
        into = weights["W_xh"][:, vocabulary.index(character)] + weights["b_h"]
        state = np.tanh(into + np.dot(weights["W_hh"], state))
        rows.append(np.dot(weights["W_hy"], state) + weights["b_y"])
    return np.array(rows)


@law
def loss_is_low(student, case):
    """Of the model that came back, worked out here."""
    vocabulary, weights = trained(student, case)
    text = case.inputs["text"]
    scores = scores_along(vocabulary, weights, text[:-1])
    scores = scores - scores.max(axis=1, keepdims=True)
    right = [vocabulary.index(character) for character in text[1:]]
    loss = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(right)), right])
    if loss < 0.2:
        return None
    return f"the mean loss on {text!r} should be below 0.2 after {case.inputs['steps']} steps, but is {loss:.3g}"


@law
def writes_the_word(student, case):
    """The character with the highest score each time."""
    vocabulary, weights = trained(student, case)
    text = case.inputs["text"]
    written = text[0]
    while len(written) < len(text):
        written += vocabulary[int(np.argmax(scores_along(vocabulary, weights, written)[-1]))]
    if written == text:
        return None
    return f"after {text[0]!r} the model should go on to {text!r}, but its likeliest characters make {written!r}"


@law
def weights_sum_to_1(student, case):
    """With products that overflow in exp."""
    keys = np.array(case.inputs["keys"])
    far = {**case.inputs, "query": np.ones(keys.shape[1]), "keys": np.where(keys > 0, 1000.0, -1000.0)}
    total = numbers(student.run(far), "weights", (len(keys),)).sum()
    if close(total, 1):
        return None
    return f"the weights should sum to 1, but sum to {total:.4g}"


@law
def order_of_pairs_does_not_matter(student, case):
    """Reversed, both together."""
    turned = {**case.inputs, "keys": case.inputs["keys"][::-1], "values": case.inputs["values"][::-1]}
    count, width = np.shape(case.inputs["values"])
    one, other = student.run_many([case.inputs, turned])
    if not close(numbers(one, "weights", (count,))[::-1], numbers(other, "weights", (count,))):
        return "with keys and values in the opposite order the weights should be in the opposite order, but are not"
    if close(numbers(one, "context", (width,)), numbers(other, "context", (width,))):
        return None
    return "keys and values in the opposite order, together, should give the same result, but do not"
