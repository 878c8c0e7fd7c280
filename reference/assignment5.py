"""Reference solutions of assignment 5: a character model that learns to write "hello".

Characters are numbers from 0 to V - 1 (their places in a vocabulary), vectors are flat arrays. A model is a dict: its
``vocabulary`` and the weights ``W_xh`` (H, V), ``W_hh`` (H, H), ``b_h`` (H,), ``W_hy`` (V, H), ``b_y`` (V,). Cited are
the slides of week 3 ("RNN Mathematics", "Building an RNN", "Example: Character-Level Text Generation") and the written
assignment (tasks 2, 3 and 4).

The second half holds what students are known to get wrong, exercise by exercise.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.author import misconception

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Model = dict[str, Any]


def build_vocabulary(text: str) -> list[str]:
    """Each character of ``text`` once, sorted.

    Slides, "Example: Character-Level Text Generation"; their list(set(text)) comes in another order on every run.
    """
    return sorted(set(text))


def encode(text: str, vocabulary: Sequence[str]) -> Indices:
    """The place of each character in the vocabulary, shape (T,): char_to_idx of the slides.

    Raises ValueError for a character that is not there.
    """
    places = {character: place for place, character in enumerate(vocabulary)}
    for character in text:
        if character not in places:
            raise ValueError(f"{character!r} is not in the vocabulary")
    return np.array([places[character] for character in text], dtype=np.int64)


def decode(indices: Sequence[int] | Indices, vocabulary: Sequence[str]) -> str:
    """The characters at these places, as text. Raises ValueError for a place that there is not, below 0 too."""
    for index in indices:
        if not 0 <= index < len(vocabulary):
            raise ValueError(f"no character has the index {index}")
    return "".join(vocabulary[index] for index in indices)


def training_pairs(text: str) -> tuple[str, str]:
    """What is read, and what comes next at each place: "hell" and "ello" of "hello"; slides, "Prepare training"."""
    return text[:-1], text[1:]


def next_scores(model: Model, character: str, h: Array) -> tuple[Array, Array]:
    """A score for each character to come next, shape (V,), and the new state, (H,).

    Slides, "RNN Mathematics": h = tanh(W_hh h + W_xh x + b_h) and y = W_hy h + b_y, with x a one-hot vector.
    """
    x = np.zeros(len(model["vocabulary"]))
    x[model["vocabulary"].index(character)] = 1.0
    h = np.tanh(model["W_hh"] @ h + model["W_xh"] @ x + model["b_h"])
    return model["W_hy"] @ h + model["b_y"], h


def softmax(scores: Array) -> Array:
    """Probabilities of scores, whatever their size: the largest exponent is 0."""
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def sample(probabilities: Array, rng: np.random.Generator) -> int:
    """An index, drawn with its probability; written assignment, task 4a, step 3."""
    return int(np.cumsum(probabilities).searchsorted(rng.random(), side="right"))


def sample_with_temperature(scores: Array, temperature: float, rng: np.random.Generator) -> int:
    """An index, drawn from softmax(scores / temperature). Raises ValueError unless the temperature is above 0."""
    if temperature <= 0:
        raise ValueError("a temperature is above 0")
    return sample(softmax(scores / temperature), rng)


def generate(model: Model, seed: str, length: int, rng: np.random.Generator) -> str:
    """``seed`` and ``length`` characters after it, each drawn from what the model says, the state carried forward.

    Slides, "Example: Character-Level Text Generation"; written assignment, task 4a. The state begins as zeros.
    """
    h = np.zeros(len(model["b_h"]))
    for character in seed:
        scores, h = next_scores(model, character, h)
    text = seed
    for _ in range(length):
        character = model["vocabulary"][sample(softmax(scores), rng)]
        text += character
        scores, h = next_scores(model, character, h)
    return text


def loss_and_gradients(model: Model, inputs: Indices, targets: Indices) -> tuple[float, Model]:
    """The mean loss over a text, and its gradients; slides, "Training RNNs: Backpropagation Through Time"."""
    steps = len(inputs)
    hs = np.zeros((steps + 1, len(model["b_h"])))  # the state before each step, and the last
    for t, index in enumerate(inputs):
        hs[t + 1] = np.tanh(model["W_hh"] @ hs[t] + model["W_xh"][:, index] + model["b_h"])
    scores = hs[1:] @ model["W_hy"].T + model["b_y"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    loss = -float(np.log(probabilities[np.arange(steps), targets]).mean())
    d_scores = probabilities
    d_scores[np.arange(steps), targets] -= 1.0
    d_scores /= steps
    d_before = np.zeros((steps, len(model["b_h"])))
    carried = np.zeros(len(model["b_h"]))
    for t in reversed(range(steps)):
        d_before[t] = (model["W_hy"].T @ d_scores[t] + carried) * (1.0 - hs[t + 1] ** 2)
        carried = model["W_hh"].T @ d_before[t]
    d_W_xh = np.zeros_like(model["W_xh"])
    for t, index in enumerate(inputs):
        d_W_xh[:, index] += d_before[t]
    return loss, {
        "W_xh": d_W_xh,
        "W_hh": d_before.T @ hs[:-1],
        "b_h": d_before.sum(axis=0),
        "W_hy": d_scores.T @ hs[1:],
        "b_y": d_scores.sum(axis=0),
    }


def train(text: str, hidden: int, steps: int, rate: float, rng: np.random.Generator) -> Model:
    """A model of ``text``, after ``steps`` steps of gradient descent from small random weights.

    Slides, "Training RNNs"; written assignment, task 3: predict the next character at each place.
    """
    vocabulary = build_vocabulary(text)
    size = len(vocabulary)
    model: Model = {
        "vocabulary": vocabulary,
        "W_xh": 0.1 * rng.standard_normal((hidden, size)),
        "W_hh": 0.1 * rng.standard_normal((hidden, hidden)),
        "b_h": np.zeros(hidden),
        "W_hy": 0.1 * rng.standard_normal((size, hidden)),
        "b_y": np.zeros(size),
    }
    read, following = training_pairs(text)
    inputs, targets = encode(read, vocabulary), encode(following, vocabulary)
    for _ in range(steps):
        _, gradients = loss_and_gradients(model, inputs, targets)
        for name, gradient in gradients.items():
            model[name] = model[name] - rate * gradient
    return model


def attention(query: Array, keys: Array, values: Array) -> tuple[Array, Array]:
    """The weights softmax(keys · query / √d), shape (T,), and the values weighted by them, (M,).

    Slides, "attention": every word looks at every other; d is the length of the query.
    """
    weights = softmax(keys @ query / np.sqrt(len(query)))
    return weights, weights @ values


# ── for the tests: what texts are drawn with which probability ────────────────────────────────────────────────────


def chances_of_texts(model: Model, seed: str, length: int) -> dict[str, float]:
    """Every text that :func:`generate` can give, with its probability: that of each character, multiplied."""
    h = np.zeros(len(model["b_h"]))
    for character in seed:
        scores, h = next_scores(model, character, h)
    return dict(_continued(model, seed, length, scores, h, 1.0))


def _continued(model: Model, text: str, length: int, scores: Array, h: Array, chance: float) -> list[tuple[str, float]]:
    """The same from a place within the text on."""
    if length == 0:
        return [(text, chance)]
    found = []
    for character, share in zip(model["vocabulary"], softmax(scores).tolist(), strict=True):
        further, state = next_scores(model, character, h)
        found += _continued(model, text + character, length - 1, further, state, chance * share)
    return found


# ── misconceptions: characters and numbers ────────────────────────────────────────────────────────────────────────


@misconception(of="build_vocabulary", says="Characters stand in the order in which they come. They should be sorted.")
def build_vocabulary_as_they_come(text):
    return list(dict.fromkeys(text))


@misconception(
    of="build_vocabulary", says="A character that comes twice is listed twice. Each should stand there once."
)
def build_vocabulary_with_repeats(text):
    return sorted(text)


@misconception(of="build_vocabulary", says="The vocabulary is a text. It should be a list of characters.")
def build_vocabulary_as_text(text):
    return "".join(sorted(set(text)))


@misconception(of="build_vocabulary", says="Blanks are left out. A blank is a character like any other.")
def build_vocabulary_without_blanks(text):
    return sorted(set(text) - {" "})


@misconception(of="encode", says="Places are counted from 1. They begin at 0.")
def encode_counted_from_1(text, vocabulary):
    return encode(text, vocabulary) + 1


@misconception(of="encode", says="Places are those among the text's own characters, not those in the vocabulary.")
def encode_in_the_own_vocabulary(text, vocabulary):
    encode(text, vocabulary)
    return encode(text, build_vocabulary(text))


@misconception(of="encode", says="Places are those in a sorted vocabulary. The vocabulary counts as it is given.")
def encode_in_a_sorted_vocabulary(text, vocabulary):
    return encode(text, sorted(vocabulary))


@misconception(of="encode", says="Each character is a one-hot vector. Its place is asked for.")
def encode_one_hot(text, vocabulary):
    return np.eye(len(vocabulary))[encode(text, vocabulary)]


@misconception(of="encode", says="A character that is not in the vocabulary is skipped. It should raise a ValueError.")
def encode_skips_strangers(text, vocabulary):
    return encode("".join(character for character in text if character in vocabulary), vocabulary)


@misconception(of="decode", says="The result is a list of characters. It should be one text.")
def decode_as_list(indices, vocabulary):
    return list(decode(indices, vocabulary))


@misconception(of="decode", says="There are blanks between the characters.")
def decode_with_blanks(indices, vocabulary):
    return " ".join(decode(indices, vocabulary))


@misconception(of="decode", says="Places are those in a sorted vocabulary. The vocabulary counts as it is given.")
def decode_in_a_sorted_vocabulary(indices, vocabulary):
    return decode(indices, sorted(vocabulary))


@misconception(of="decode", says="A negative index counts from the end. It should raise a ValueError.")
def decode_negative_from_the_end(indices, vocabulary):
    size = len(vocabulary)
    return decode([index + size if -size <= index < 0 else index for index in indices], vocabulary)


@misconception(of="training_pairs", says="The targets are the whole text. They should begin with the second character.")
def training_pairs_whole_targets(text):
    return text[:-1], text


@misconception(of="training_pairs", says="What is read is the whole text. Nothing comes after its last character.")
def training_pairs_whole_inputs(text):
    return text, text[1:]


@misconception(of="training_pairs", says="What is read and what comes next are exchanged.")
def training_pairs_exchanged(text):
    return text[1:], text[:-1]


@misconception(of="training_pairs", says="The target is the character that was just read, which needs no learning.")
def training_pairs_same(text):
    return text[:-1], text[:-1]


# ── misconceptions: one step, and drawing ─────────────────────────────────────────────────────────────────────────


@misconception(of="next_scores", says="The state before is not used, so nothing is remembered.")
def next_scores_without_memory(model, character, h):
    return next_scores(model, character, np.zeros_like(h))


@misconception(of="next_scores", says="The scores are made of the state before the character was read.")
def next_scores_of_the_old_state(model, character, h):
    _, new = next_scores(model, character, h)
    return model["W_hy"] @ h + model["b_y"], new


@misconception(of="next_scores", says="Probabilities come back. Scores are asked for, before the softmax.")
def next_scores_as_probabilities(model, character, h):
    scores, h = next_scores(model, character, h)
    return softmax(scores), h


@misconception(of="next_scores", says="The tanh is missing.")
def next_scores_without_tanh(model, character, h):
    x = np.eye(len(model["vocabulary"]))[model["vocabulary"].index(character)]
    h = model["W_hh"] @ h + model["W_xh"] @ x + model["b_h"]
    return model["W_hy"] @ h + model["b_y"], h


@misconception(of="sample", says="The most probable index is taken. It should be drawn.")
def sample_most_probable(probabilities, rng):
    return int(np.argmax(probabilities))


@misconception(of="sample", says="Every index is as likely as another, whatever its probability is.")
def sample_uniformly(probabilities, rng):
    return int(rng.integers(len(probabilities)))


@misconception(of="sample", says="What is drawn is one place too late: the last index comes in the place of the first.")
def sample_one_too_late(probabilities, rng):
    return (sample(probabilities, rng) + 1) % len(probabilities)


@misconception(of="sample", says="A number is compared with each probability by itself. They have to be added up.")
def sample_without_adding_up(probabilities, rng):
    chance = rng.random()
    return next((index for index, each in enumerate(probabilities) if chance < each), len(probabilities) - 1)


@misconception(of="sample", says="Another random number is drawn for every index. One decides among all of them.")
def sample_with_a_number_each(probabilities, rng):
    for index, each in enumerate(np.cumsum(probabilities)):
        if rng.random() < each:
            return index
    return len(probabilities) - 1


@misconception(
    of="sample", says="Small probabilities are drawn as often as large ones: they go through a softmax first."
)
def sample_of_softmax(probabilities, rng):
    return sample(softmax(probabilities), rng)


@misconception(of="sample_with_temperature", says="The temperature is ignored.")
def sample_with_temperature_ignored(scores, temperature, rng):
    return sample_with_temperature(scores, 1.0 if temperature > 0 else temperature, rng)


@misconception(of="sample_with_temperature", says="Scores are multiplied by the temperature. They should be divided.")
def sample_with_temperature_inverted(scores, temperature, rng):
    return sample_with_temperature(scores, 1.0 / temperature if temperature else temperature, rng)


@misconception(of="sample_with_temperature", says="The largest score is taken. An index should be drawn.")
def sample_with_temperature_most_probable(scores, temperature, rng):
    return sample_most_probable(scores, rng) if temperature > 0 else sample_with_temperature(scores, temperature, rng)


@misconception(of="sample_with_temperature", says="The probabilities are divided by the temperature, not the scores.")
def sample_with_temperature_after_softmax(scores, temperature, rng):
    return sample_with_temperature(softmax(scores), temperature, rng)


# ── misconceptions: a whole text ──────────────────────────────────────────────────────────────────────────────────


@misconception(
    of="generate", says="The state is set back to zeros before each character, so all that was read is lost."
)
def generate_forgetful(model, seed, length, rng):
    text = seed
    for _ in range(length):
        scores, _ = next_scores(model, text[-1], np.zeros(len(model["b_h"])))
        text += model["vocabulary"][sample(softmax(scores), rng)]
    return text


@misconception(of="generate", says="The seed is left out. The text begins with it.")
def generate_without_seed(model, seed, length, rng):
    return generate(model, seed, length, rng)[len(seed) :]


@misconception(of="generate", says="The seed counts towards the length. So many characters should come after it.")
def generate_counts_the_seed(model, seed, length, rng):
    return generate(model, seed, max(0, length - len(seed)), rng)


@misconception(of="generate", says="Of the seed only the last character is read.")
def generate_reads_the_last(model, seed, length, rng):
    return seed[:-1] + generate(model, seed[-1], length, rng)


@misconception(of="generate", says="Of the seed only the first character is read.")
def generate_reads_the_first(model, seed, length, rng):
    return seed + generate(model, seed[0], length, rng)[1:]


@misconception(of="generate", says="The most probable character is taken each time. It should be drawn.")
def generate_greedily(model, seed, length, rng):
    return generate({**model, "W_hy": 1e6 * model["W_hy"], "b_y": 1e6 * model["b_y"]}, seed, length, rng)


@misconception(of="generate", says="What is drawn is not read: each character is drawn after the seed.")
def generate_does_not_read_on(model, seed, length, rng):
    return seed + "".join(generate(model, seed, 1, rng)[-1] for _ in range(length))


# ── misconceptions: training, attention ───────────────────────────────────────────────────────────────────────────


@misconception(of="train", says="The weights are never changed.")
def train_idle(text, hidden, steps, rate, rng):
    return train(text, hidden, 0, rate, rng)


@misconception(of="train", says="Each step goes up the slope: gradients are added. They should be subtracted.")
def train_uphill(text, hidden, steps, rate, rng):
    return train(text, hidden, 20, -rate, rng)


@misconception(of="train", says="The model learns to repeat what it has just read, not what comes next.")
def train_to_repeat(text, hidden, steps, rate, rng):
    doubled = "".join(character * 2 for character in text)
    return train(doubled, hidden, steps, rate, rng)


@misconception(of="train", says="All weights begin as zeros, so all places of the state stay alike.")
def train_from_zeros(text, hidden, steps, rate, rng):
    model = train(text, hidden, 0, rate, rng)
    model = {name: value if name == "vocabulary" else np.zeros_like(value) for name, value in model.items()}
    read, following = training_pairs(text)
    inputs, targets = (encode(each, model["vocabulary"]) for each in (read, following))
    for _ in range(steps):
        _, gradients = loss_and_gradients(model, inputs, targets)
        model.update({name: model[name] - rate * gradient for name, gradient in gradients.items()})
    return model


@misconception(of="attention", says="The products are not divided by the root of d.")
def attention_not_scaled(query, keys, values):
    weights = softmax(keys @ query)
    return weights, weights @ values


@misconception(of="attention", says="The products are divided by d. They should be divided by its root.")
def attention_divided_by_d(query, keys, values):
    weights = softmax(keys @ query / len(query))
    return weights, weights @ values


@misconception(
    of="attention", says="Only the value with the largest weight comes through. All should, by their weights."
)
def attention_of_the_best(query, keys, values):
    weights, _ = attention(query, keys, values)
    return weights, values[np.argmax(weights)]


@misconception(of="attention", says="The keys are averaged. The values should be.")
def attention_of_keys(query, keys, values):
    weights, _ = attention(query, keys, values)
    return weights, weights @ keys


@misconception(of="attention", says="The products themselves are the weights: they should go through a softmax.")
def attention_without_softmax(query, keys, values):
    weights = keys @ query / np.sqrt(len(query))
    return weights, weights @ values
