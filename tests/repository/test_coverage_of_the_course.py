"""docs/coverage.md against the assignments, both ways: what it names is there, and what is there is named in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course.find import Course
from grader.course.load import load

ROOT = Path(__file__).parents[2]
EXERCISE = re.compile(r"`(assignment\d+)/(\w+)`")
ELSEWHERE = re.compile(r"\*in (?:prelab3|concepts3)\*|\*not set\*: .+")

course = Course(ROOT)


def rows():
    """The item and the place of each row, for all tables."""
    lines = (ROOT / "docs/coverage.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0] != "Item"]


def exercises():
    return {(name, each.id) for name in course.assignments() for each in load(course.assignment(name).yaml).exercises}


def test_every_exercise_is_in_the_table_and_no_other():
    named = {found for _, place in rows() for found in EXERCISE.findall(place)}
    assert named == exercises()


@pytest.mark.parametrize(("item", "place"), rows())
def test_every_item_has_a_place_and_nothing_else_beside_it(item, place):
    assert item
    assert EXERCISE.search(place) or ELSEWHERE.search(place)
    assert re.sub(r"[,; ]", "", ELSEWHERE.sub("", EXERCISE.sub("", place))) == ""


def test_no_item_is_there_twice():
    found = [item for item, _ in rows()]
    assert len(found) == len(set(found))
