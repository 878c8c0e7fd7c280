"""Which cases are made anew after an edit, from the outside: whoever grades or builds is told of each exercise."""

from __future__ import annotations

import re
import shutil

import pytest

from grader.bank.join import with_notes
from grader.records.assignment import Example, Exercise
from grader.records.bank import Case, Origin
from grader.records.raises_check import RaisesCheck
from tests.conftest import TINY

YAML, REFERENCE, PROPERTIES = "assignments/tiny/assignment.yaml", "reference/tiny.py", "assignments/tiny/properties.py"
RIGHT = (TINY / REFERENCE).read_text(encoding="utf-8")
NAMES = ("affine", "mean_and_spread", "square_root")


@pytest.fixture
def course(tmp_path):
    """A copy of the tiny course."""
    return shutil.copytree(TINY, tmp_path / "course")


@pytest.fixture
def made_anew(course, grade):
    """``made_anew()``: the exercises whose cases ``grade build`` makes, as it says."""

    def build(**more):
        ran = grade("build", "tiny", cwd=course, **more)
        assert ran.returncode == 0, ran.stderr
        return tuple(sorted(re.findall(r"making cases for (\w+) \(", ran.stderr)))

    return build


def edit(course, file, old, new):
    path = course / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_only_said_makes_no_case_anew(course, grade, made_anew, tmp_path):
    made_anew()
    edit(course, YAML, "title: An affine map\n    points: 3", "title: 'W x + b'  # a comment\n    points: 5")
    edit(course, YAML, "no real number has the square -1", "none has")
    edit(course, YAML, "{inputs: {number: -1.0}, error", "{inputs: [{number: -1.0}], points: 1, error")
    edit(course, YAML, "title: the square of the result is the number", "title: squares")
    edit(
        course,
        YAML,
        "    run: y = affine(W, x, b)\n",
        "    waive: [{mutant: none, because: none}]\n    run: |\n      # all at once\n      y = affine(W,  x, b)\n",
    )
    edit(course, REFERENCE, '"""W x + b."""', '"""Another docstring."""\n    # and a comment\n')
    edit(course, PROPERTIES, '"""Tried on numbers', '"""Held against numbers')

    hand_in = tmp_path / "tiny.py"
    hand_in.write_text(RIGHT.replace("raise ValueError", "return str"), encoding="utf-8")
    ran = grade("tiny", hand_in, cwd=course)
    assert ran.stderr == ""
    assert all(text in ran.stdout for text in ("W x + b", "none has", "squares"))
    assert re.search(r"/ *12\b", ran.stdout)


def test_an_edit_makes_the_cases_anew_that_it_decides(course, made_anew):
    made_anew()
    edit(course, YAML, "run: y = affine(W, x, b)", "run: y = affine(W, x, b + 0)")
    assert made_anew() == ("affine",)
    edit(
        course,
        REFERENCE,
        "import numpy as np\n",
        "import numpy as np\n\nHALF = 0.5\n\n\ndef _half(x):\n    return HALF * x\n",
    )
    edit(course, REFERENCE, "return W @ x + b", "return _half(W @ x + b) * 2")
    assert made_anew() == ("affine",)
    edit(course, REFERENCE, "HALF = 0.5", "HALF = 0.25 + 0.25")  # a constant that the helper has
    assert made_anew() == ("affine",)
    edit(course, PROPERTIES, "1e-3", "1e-2")
    assert made_anew() == ("square_root",)
    edit(course, YAML, "dims: {N: 1..4, M: 1..3}", "dims: {N: 1..4, M: 1..2, K: 1..9}")  # N alone is of the mean
    assert made_anew() == ("affine",)


def test_what_is_done_on_import_decides_all(course, made_anew):
    edit(course, REFERENCE, "\n\ndef mean_and_spread", "\nprint(end='')\n\n\ndef mean_and_spread")
    assert made_anew() == NAMES


def test_a_build_that_fails_keeps_what_it_has_made(course, grade, made_anew, tmp_path):
    edit(course, REFERENCE, "return float(np.sqrt(number))", "return np.sqrt(number) / 'a'")
    own = {"GRADER_CACHE": str(tmp_path / "cache")}
    ran = grade("build", "tiny", cwd=course, **own)
    assert ran.returncode == 2
    edit(course, REFERENCE, "return np.sqrt(number) / 'a'", "return float(np.sqrt(number))")
    assert made_anew(**own) == ("square_root",)

    for path in (tmp_path / "cache" / "compiled").iterdir():
        data = bytearray(path.read_bytes())
        data[-5] ^= 1  # which may well be read as another number
        path.write_bytes(data)
    assert made_anew(**own) == ()


def test_cases_bear_the_notes_of_today():
    exercise = Exercise(
        id="f",
        title="",
        points=1,
        inputs={},
        run="",
        outputs={},
        examples=(Example({}), Example({}, note="page 7")),
        raises=(RaisesCheck({}, "ValueError", because="none has"),),
    )
    drawn = Case("f/4", Origin("all_1"), True, {}, {})
    written = [Case(f"f/{n}", Origin("example"), True, {}, {}, written=n) for n in range(2)]
    refused = Case("f/3", Origin("bad_input", "ValueError"), True, {}, {}, raises="ValueError", written=0)

    assert [with_notes(exercise, case).origin for case in written] == [
        Origin("example"),
        Origin("example", note="page 7"),
    ]
    assert with_notes(exercise, refused).because == "none has"
    assert with_notes(exercise, drawn) == drawn
