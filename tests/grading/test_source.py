"""What a breach of a rule on the source costs, and what its student reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.course import source_seen
from grader.records.report import GraderFailed
from tests.written_course import grading_of, write_course

YAML = """
title: Sums
module: sums.py
dims: {N: 1..4}
exercises:
  - id: total
    points: 4
    inputs: {x: {shape: [N]}}
    cases: {public: 3, hidden: 4}
    source: {forbid: [for, sum], because: arrays are added as a whole}
  - id: mean
    points: 4
    inputs: {x: {shape: [N]}}
    cases: {public: 3, hidden: 4}
    source: {require: [total], points: 1, because: what is there need not be written twice}
"""
REFERENCE = """
import numpy as np


def total(x):
    return np.sum(x)


def mean(x):
    return total(x) / len(x)
"""
LOOP = """
def add(x):
    result = 0.0
    for value in x:
        result += value
    return result


def total(x):
    return add(x)


def mean(x):
    return add(x) / len(x)
"""


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", {"assignments/sums/assignment.yaml": YAML, "reference/sums.py": REFERENCE})


def graded(grade, course, source, name="sums.py"):
    path = course.parent / name
    path.write_text(source, encoding="utf-8")
    return grade("sums", path, "--json", cwd=course), " ".join(grade("sums", path, "--full", cwd=course).stdout.split())


def test_a_breach_costs_the_outputs_or_its_own_part_and_says_where_and_why(grade, course):
    ran, text = graded(grade, course, LOOP)

    total, mean = json.loads(ran.stdout)["exercises"]
    assert (total["earned"], total["status"], mean["earned"], mean["status"]) == (0, "wrong", 3, "partly")
    assert total["headline"] == "`total` uses `for` in line 4, which is not allowed here."
    assert total["explanation"][0] == "Why: Arrays are added as a whole."
    assert [part["right"] for part in mean["parts"]] == [True, False]
    assert mean["headline"] == "`mean` does not use `total`, which is asked for here."
    assert "✗ how it is written: what is there need not be written twice 0 / 1" in text
    assert (ran.returncode, "3 / 8" in text) == (1, True)


def test_what_keeps_to_the_rules_gets_all_points(grade, course):
    ran, _ = graded(grade, course, REFERENCE.replace("np.sum(x)", "x.sum()"))
    assert (ran.returncode, json.loads(ran.stdout)["score"]) == (0, 8)


def test_a_wrong_value_is_said_first_and_the_breach_with_it(grade, course):
    ran, _ = graded(grade, course, LOOP.replace("result = 0.0", "result = 1.0"))

    total = json.loads(ran.stdout)["exercises"][0]
    assert total["headline"] == "Check `result`: it has wrong values."
    assert "Besides, the code uses `for` in line 4, which is not allowed here." in total["explanation"]


def test_style_alone_earns_nothing(grade, course):
    ran, _ = graded(grade, course, "def total(x):\n    return 0.5\n\n\ndef mean(x):\n    return total(x)\n")
    assert json.loads(ran.stdout)["score"] == 0


def test_where_the_grader_fails_at_the_rules_the_exercise_is_ungraded_and_no_other(
    course, pool, bank_cache, monkeypatch
):
    grade = grading_of(course, "sums", pool, bank_cache)
    looking = source_seen.SourceTexts.seen

    def failing(texts, written, module):
        if getattr(written.node, "name", "") == "mean":
            raise RecursionError
        return looking(texts, written, module)

    monkeypatch.setattr(source_seen.SourceTexts, "seen", failing)
    report = grade(REFERENCE)

    assert [(each.status, each.earned) for each in report.exercises] == [("right", 4), ("ungraded", None)]
    assert report.score is None
    assert "rules on the source could not be judged" in report.exercises[1].reason.fault
    assert report.students[1].reason == GraderFailed()


def test_places_in_a_notebook_are_cells(grade, course):
    cells = [{"cell_type": "code", "source": part, "metadata": {}} for part in ("import math", LOOP)]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    ran, _ = graded(grade, course, notebook, "sums.ipynb")

    assert json.loads(ran.stdout)["exercises"][0]["headline"] == (
        "`total` uses `for` in cell 2, line 4, which is not allowed here."
    )


def test_reference_and_right_variants_must_keep_to_them(grade, course):
    variant = course / "assignments/sums/right/loop.py"
    variant.parent.mkdir()
    variant.write_text(LOOP, encoding="utf-8")

    found = grade("check", "sums", cwd=course)

    assert found.returncode == 2
    assert "source is not kept to by assignments/sums/right/loop.py, which uses for in" in found.stdout
    assert (
        "exercise mean: source is not kept to by assignments/sums/right/loop.py, which does not use total"
        in found.stdout
    )

    reference = course / "reference/sums.py"
    reference.write_text(LOOP, encoding="utf-8")
    assert "source is not kept to by reference/sums.py" in grade("check", "sums", cwd=course).stdout
    assert "is not kept to by reference/sums.py, which uses for" in grade("build", "sums", cwd=course).stderr
    assert Path(reference).read_text(encoding="utf-8") == LOOP
