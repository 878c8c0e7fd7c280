"""What a student reads of mistakes whose answers are words, and of laws: sentences of a whole grading."""

from __future__ import annotations

import pytest

from grader.report.words.page import diagnosis
from grader.report.words.written import written
from tests.written_course import grading_of, write_course

YAML = """
title: Sentences
module: sentences.py
dims: {N: 2..6}
exercises:
  - id: train
    points: 2
    mutants: skip
    inputs: {steps: {kind: integers, range: [1, 9]}}
    run: loss = train(steps)
    outputs: {loss: []}
    cases: {public: 3, hidden: 3}
    properties: [{check: falls, title: more steps lose less}]
"""
REFERENCE = """
def train(steps):
    return 1 / steps
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
