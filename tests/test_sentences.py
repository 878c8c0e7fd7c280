"""What a student reads of mistakes whose answers are words, and of laws: sentences of a whole grading."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.report.words.page import diagnosis
from grader.report.words.written import written
from tests.written_course import grading_of, write_course

ROOT = Path(__file__).parents[1]
YAML = """
title: Sentences
module: sentences.py
dims: {N: 2..6}
shared:
  words: {tokens: {kind: list, length: 0..6, of: {kind: choices, of: [the, cat, sat, on, a, mat]}}}
exercises:
  - id: train
    points: 2
    mutants: skip
    inputs: {steps: {kind: integers, range: [1, 9]}}
    run: loss = train(steps)
    outputs: {loss: []}
    cases: {public: 3, hidden: 3}
    properties: [{check: falls, title: more steps lose less}]
  - id: last_words
    points: 2
    mutants: skip
    inputs: {use: words, n: {kind: integers, range: [1, 4]}}
    run: context = last_words(tokens, n)
    outputs: {context: null}
    cases: {public: 4, hidden: 4}
  - id: counts
    points: 2
    mutants: skip
    inputs: {use: words}
    run: found = counts(tokens)
    outputs: {found: null}
    cases: {public: 4, hidden: 4}
  - id: pieces
    points: 2
    mutants: skip
    inputs: {x: {shape: [N, 2]}}
    run: total = pieces(x)
    outputs: {total: [2]}
    cases: {public: 3, hidden: 3}
  - id: root
    points: 3
    mutants: skip
    inputs: {n: {range: [1, 9]}}
    run: r = root(n)
    outputs: {r: {shape: [], points: 2}}
    cases: {public: 3, hidden: 3}
    raises: [{inputs: [{n: -1.0}, {n: -4.0}, {n: 0.0}], error: ValueError, because: "n is above 0", points: 1}]
  - id: turn
    points: 2
    mutants: skip
    inputs: {W: {shape: [N, N]}, x: {shape: [N]}}
    run: y = turn(W, x)
    outputs: {y: [N]}
    cases: {public: 3, hidden: 3}
"""
REFERENCE = """
from grader.author import misconception


def train(steps):
    return 1 / steps


def last_words(tokens, n):
    return tokens[max(0, len(tokens) - n + 1) :]


@misconception(of="last_words", says="These are the first words of the text.")
def last_words_at_the_beginning(tokens, n):
    return tokens[: n - 1]


def counts(tokens):
    return {word: tokens.count(word) for word in tokens}


@misconception(of="counts", says="Every word is counted once.")
def counts_once(tokens):
    return dict.fromkeys(tokens, 1)


def pieces(x):
    return x.sum(axis=0)


def root(n):
    if n <= 0:
        raise ValueError(n)
    return n**0.5


def turn(W, x):
    return W @ x
"""
PROPERTIES = """
def falls(student, case):
    return None if student.run({"steps": 99})["loss"] < 0.1 else "train should return less than 0.1 after 99 steps"
"""


@pytest.fixture(scope="module")
def grade(tmp_path_factory, pool, bank_cache):
    texts = {
        "assignments/sentences/assignment.yaml": YAML,
        "assignments/sentences/properties.py": PROPERTIES,
        "reference/sentences.py": REFERENCE,
    }
    root = write_course(tmp_path_factory.mktemp("sentences"), texts)
    return grading_of(root, "sentences", pool, bank_cache)


def told(grade, name, source):
    """All sentences about one exercise."""
    found = next(each for each in written(grade(source)).exercises if each.id == name)
    beyond = [part.beyond for part in found.parts if part.beyond]
    return [found.headline, *found.explanation, *map(diagnosis, found.diagnosis), *beyond]


def test_a_name_of_code_keeps_its_form_where_a_sentence_begins(grade):
    for source in ("def train(steps): return 1 / min(steps, 9)", "def train(steps): return 0.5"):
        said = told(grade, "train", source)
        assert "train should return less than 0.1 after 99 steps." in said, said


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def last_words(tokens, n): return tokens[:n - 1]", "These are the first words of the text."),
        (
            "def last_words(tokens, n): return tokens[-n:] if n > 1 else []",
            "Where it is wrong, `context` has one item too many in front; all others are right.",
        ),
        (
            "def last_words(tokens, n): return tokens[-(n - 1):]",
            "Where it is wrong, `context` holds items and should be empty.",
        ),
        (
            "def last_words(tokens, n): return tokens[max(0, len(tokens) - n + 1):][::-1]",
            "`context` holds the right items in reverse order.",
        ),
        ("def counts(tokens): return dict.fromkeys(tokens, 1)", "Every word is counted once."),
        (
            "def counts(tokens): return {word: tokens.count(word) for word in tokens[:-1]}",
            "Where it is wrong, `found` lacks keys, and all that is there is right.",
        ),
        ("def turn(W, x): return x @ W", "as if `W` were transposed, or stood on the other side of a product."),
        ("def pieces(x): return x", "`total` has an axis too many: its sum along `axis=0` is what it should be."),
        ("def pieces(x): return x.sum()", "`total` is the sum along `axis=0` of what it should be."),
    ],
)
def test_mistakes_in_words_and_in_other_shapes_are_named(grade, source, sentence):
    name = source.split("(")[0].removeprefix("def ")
    said = told(grade, name, source)
    assert [each for each in said if sentence in each], said


def test_several_bad_inputs_are_one_line_and_all_of_them_must_be_refused(grade):
    source = "def root(n):\n    if n {} 0:\n        raise ValueError\n    return n**0.5\n"
    for refused, earned, failed in (("<", 0, 1), ("<=", 1, 0)):
        found = next(each for each in written(grade(source.format(refused))).exercises if each.id == "root")
        (line,) = [part for part in found.parts if part.kind == "raises"]
        assert line.title == "raises ValueError: n is above 0"
        assert (line.earned, line.public, line.public_failed) == (earned, 3, failed)


# ── a law of the course ───────────────────────────────────────────────────────────────────────────────────────────


class Writer:
    """A student behind whose ``run`` is a function of the seed; ``ran`` are the seeds that it was asked for."""

    def __init__(self, text_after):
        self.text_after = text_after
        self.ran = []

    def run(self, inputs):
        self.ran.append(inputs["seed"])
        return {"text": self.text_after(inputs["seed"])}


@pytest.mark.parametrize(
    ("text_after", "sentence", "shown"),
    [
        ({"ab": "aba", "cb": "cbc", "b": "bb"}.get, None, "b"),
        (
            lambda seed: f"{seed}b",
            (
                "after 'ab' this model goes on with 'a', but you go on with 'b', as it would after 'b' alone: is the "
                "state carried from each character to the next?"
            ),
            "ab",
        ),
        (
            {"ab": "aba", "cb": "cbc", "b": "ba"}.get,
            "after 'b' this model goes on with 'b', but you go on with 'a'",
            "b",
        ),
        (lambda seed: "a", "with the seed 'ab' and the length 1 this model writes 'aba', but you give 'a'", "ab"),
        (list, "with the seed 'ab' and the length 1 this model writes 'aba', but you give ['a', 'b']", "ab"),
    ],
)
def test_the_law_of_generate_blames_what_is_to_blame_and_shows_it(text_after, sentence, shown):
    place = ROOT / "assignments/assignment5/properties.py"
    spec = importlib.util.spec_from_file_location("properties_of_assignment5", place)
    properties = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(properties)
    student = Writer(text_after)
    assert properties.what_was_read_before_counts(student, SimpleNamespace(inputs={})) == sentence
    assert student.ran[-1] == shown  # what runs last is what a report shows
