"""Every section of the author's guide is a course: built as it stands there, its reference earns all points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from tests.written_course import write_course

PAGE = (Path(__file__).parents[1] / "docs" / "guide.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
#: Wrong solutions that a section speaks of: what is changed in its reference, and the points that are left.
WRONG = {
    "Opaque caches": [('"dx":', '"dX":', 4), ("return y, (x, W, y)", "return y, [x, W, y]", 6)],
    "Gradients against finite differences": [
        ("2 * (w - x)", "(w - x)", 1.5),
        ("float(np.sum((w - x) ** 2)), 2 * (w - x)", "0.0, 0 * w", 0),
    ],
    "Row and column vectors": [("X @ w + b", "(X @ w + b).ravel()", 2)],
    "Flat vectors": [("basis @ v", "np.dot(v, v)", 0)],
    "Parameters in a dict": [("value - rate", "value + rate", 2)],
    "What run computes before the call": [("x > 0", "x >= 1", 0)],
    "Packages": [("np.maximum(x, 0)", "x", 0)],
    "Notebooks": [('"valid"', '"same"', 0)],
    "Chance": [
        ("rng.choice(len(probabilities), p=probabilities)", "np.argmax(probabilities)", 0),
        ("rng.choice(len(probabilities), p=probabilities)", "np.random.choice(len(probabilities), p=probabilities)", 0),
        (
            "rng.choice(len(probabilities), p=probabilities)",
            "np.argmax(np.log(np.maximum(probabilities, 1e-300)) + rng.gumbel(size=len(probabilities)))",
            4,
        ),
        ("rng.integers(1, 3)", "1", 2),
    ],
    "Tolerance": [
        ("return np.exp(-x)", "return np.exp(-x).round(4)", 3),
        ("np.exp(x))))", "np.exp(x)).astype(np.float32)))", 2),
        ("float(np.log(p) - np.log1p(-p))", "float(np.log(max(p, 1e-9)) - np.log1p(-p))", 2),
    ],
}


def blocks(section, language):
    return re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[section], re.MULTILINE | re.DOTALL)


def test_every_block_belongs_to_a_course():
    assert SECTIONS.keys() == WRONG.keys()
    assert set(re.findall(r"^```(\w*)$", PAGE, re.MULTILINE)) == {"yaml", "python", ""}


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_a_course(section, tmp_path, pool):
    (assignment,), (reference, *beside) = blocks(section, "yaml"), blocks(section, "python")
    texts = {"assignments/guide/assignment.yaml": assignment, "reference/guide.py": reference}
    (named,) = re.findall(r"In `(\w+\.py)`", SECTIONS[section]) if beside else (None,)
    texts |= {f"assignments/guide/{named}": text for text in beside}
    files = find_course(write_course(tmp_path, texts)).assignment("guide")
    bank = bank_for(files, pool)
    most = sum(exercise.points for exercise in bank.assignment.exercises)
    for old, new, points in [("", "", most), *WRONG[section]]:
        assert old in reference
        path = tmp_path / "handed in" / bank.assignment.module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"import numpy as np\n{reference.replace(old, new) if old else reference}", encoding="utf-8")
        report = grade_path(files, bank, tmp_path / "handed in", pool, demands=Demands(weak=True))
        assert (new, report.score) == (new, points)
