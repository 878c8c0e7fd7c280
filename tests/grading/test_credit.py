"""Shares as students and staff read them."""

from __future__ import annotations

import json

import pytest

from tests.written_course import write_course

YAML = """
title: Shares
module: sums.py
dims: {T: 1..6}
exercises:
  - id: total
    title: A sum of columns
    points: 6
    inputs: {x: {shape: [T, 2], range: [-2, 2]}}
    outputs: {result: {shape: [2], credit: share}}
    cases: {public: 8, hidden: 16}
"""
RIGHT = "import numpy as np\n\n\ndef total(x):\n    return np.sum(x, axis=0)\n"
NOT_OF_ONE = RIGHT.replace("    return", "    if len(x) == 1:\n        return np.zeros(2) + 7\n    return")


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", {"assignments/sums/assignment.yaml": YAML, "reference/sums.py": RIGHT})


def test_shares_are_shown_in_every_report_and_tell_a_bit_of_hidden_cases(grade, course, tmp_path):
    path = tmp_path / "sums.py"
    path.write_text(NOT_OF_ONE, encoding="utf-8")
    page = tmp_path / "report.html"

    ran = grade("sums", path, "--json", "--html", page, cwd=course)
    text = grade("sums", path, cwd=course).stdout
    staff = json.loads(grade("sums", path, "--json", "--staff", cwd=course).stdout)

    (exercise,) = json.loads(ran.stdout)["exercises"]
    (part,) = exercise["parts"]
    shares = {group["kind"]: (group["right"], group["earned"]) for group in part["groups"]}
    share = part["groups"][0]["points"]
    assert shares["size_one"] == (False, 0)
    assert {shares[kind] for kind in shares if kind != "size_one"} == {(True, share)}
    assert exercise["earned"] == exercise["points"] - part["groups"][1]["points"] == part["earned"]
    assert (exercise["status"], part["right"]) == ("partly", False)
    assert [group["hidden_failed"] for group in part["groups"]] == [None] * len(shares)
    assert sum(group["hidden_failed"] for group in staff["exercises"][0]["parts"][0]["groups"]) > 0
    assert f"✗ a size of 1  0 / {share:g}" in text
    assert "✓ ordinary sizes and values" in text
    assert "a size of 1" in page.read_text(encoding="utf-8")


def test_how_hidden_cases_of_a_group_fail_makes_no_difference(grade, course, tmp_path):
    path, said = tmp_path / "sums.py", []
    seen = f"\nSEEN = {public_sums(course, grade)!r}\n"
    for wrong in ("np.zeros(2) + 7", "1 / 0", "[[x.sum()]]"):
        hidden = f"    if len(x) == 1 and float(abs(x).sum()) not in SEEN:\n        return {wrong}\n    return"
        path.write_text(seen + RIGHT.replace("    return", hidden), encoding="utf-8")
        said.append(json.loads(grade("sums", path, "--json", cwd=course).stdout)["exercises"])
    assert said[0] == said[1] == said[2]
    assert said[0][0]["headline"].startswith("Every public case is right, some hidden ones are not")
    assert [group["right"] for group in said[0][0]["parts"][0]["groups"]].count(False) == 1


def test_a_rule_that_costs_every_share_is_not_told_as_hidden_cases_that_fail(grade, course, tmp_path):
    assignment = course / "assignments/sums/assignment.yaml"
    ruled = YAML.replace("    cases:", "    source: {forbid: [for]}\n    cases:", 1)
    assert ruled != YAML
    assignment.write_text(ruled, encoding="utf-8")
    path = tmp_path / "sums.py"
    path.write_text(RIGHT.replace("    return", "    for _ in x:\n        pass\n    return"), encoding="utf-8")

    ran = grade("sums", path, "--json", cwd=course)
    (exercise,) = json.loads(ran.stdout)["exercises"]

    assert (exercise["earned"], exercise["parts"][0]["groups"]) == (0, [])
    assert "not all hidden ones" not in grade("sums", path, cwd=course).stdout


def public_sums(course, grade):
    """What the public inputs of one row add up to, by printing them: student code sees as much."""
    path = course.parent / "seen.py"
    shown = "    if len(x) == 1:\n        print(float(abs(x).sum()))\n    return"
    path.write_text(RIGHT.replace("    return", shown), encoding="utf-8")
    report = json.loads(grade("sums", path, "--json", cwd=course).stdout)
    return {float(line) for line in report["exercises"][0]["printed"].split()}
