"""What is left in hand-ins, from the path that is handed in to the report."""

from __future__ import annotations

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.report import view
from grader.report.words.written import written

ASSIGNMENT = """\
title: Sums
module: sums.py
dims: {N: 2..6}
stand_ins: [public_tests]
exercises:
  - id: total
    points: 2
    inputs: {xs: {shape: [N]}}
    outputs: {result: []}
    cases: {public: 4, hidden: 6}
"""
REFERENCE = "import numpy as np\n\n\ndef total(xs):\n    return np.sum(xs)\n"
BESIDE = """
import matplotlib.pyplot as plt
from public_tests import *
from tqdm import tqdm

fig, (left, right) = plt.subplots(1, 2)
counts, edges, patches = right.hist([1, 2])
display(fig, get_ipython())
for _ in tqdm(range(3)):
    total_test(total)
"""


@pytest.fixture
def handed_in(tmp_path, cached, pool):
    root = tmp_path / "course"
    files = {"assignments/sums/assignment.yaml": ASSIGNMENT, "reference/sums.py": REFERENCE}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    folder = tmp_path / "work"
    folder.mkdir()

    def graded(source, **beside):
        for name, text in {"sums": source, **beside}.items():
            (folder / f"{name}.py").write_text(text)
        found = find_course(root).assignment("sums")
        report = grade_path(found, bank_for(found, pool), folder, pool, demands=Demands(weak=True))
        return written(view.student(report))

    return graded


def test_it_costs_no_marks_and_is_told(handed_in):
    report = handed_in(REFERENCE + BESIDE)
    assert (report.score, report.problem) == (2, "")
    assert report.remarks == (
        "matplotlib does nothing while grading: plots and notebook tools cost no marks.",
        "public_tests does nothing while grading: its tests are not run.",
        "tqdm does nothing while grading: plots and notebook tools cost no marks.",
    )


def test_a_helper_that_was_handed_in_is_imported(handed_in):
    source = "from public_tests import double\n\n\ndef total(xs):\n    return double(xs.sum()) / 2\n"
    report = handed_in(source, public_tests="def double(x):\n    return 2 * x\n")
    assert (report.score, report.remarks) == (2, ())


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "plt.plot(xs)",
            "Check `result`: it is what matplotlib gave back, and plotting is switched off while grading.",
        ),
        ("[plt.plot(xs)]", "Check `result`: it is what matplotlib gave back, and plotting is switched off"),
        ("plt.subplots(1, 2)[1]", "Check `result`: it is what matplotlib gave back, and plotting is switched off"),
        ("xs.sum() * plt.gca().dpi", "Check `result`: it is what matplotlib gave back, and plotting is switched off"),
        (
            "total_test(xs)",
            "Check `result`: it is what a helper module gave back, and it is switched off while grading.",
        ),
        ("tqdm(xs)", "Check `result`: it is what tqdm gave back, and notebook tools are switched off while grading."),
    ],
)
def test_what_a_stand_in_gave_is_no_result_and_is_named(handed_in, value, told):
    imports = "import matplotlib.pyplot as plt\nfrom tqdm import tqdm\nfrom public_tests import *\n\n\n"
    (exercise,) = handed_in(f"{imports}def total(xs):\n    return {value}\n").exercises
    assert exercise.earned == 0
    assert exercise.headline.startswith(told)


def test_a_function_that_only_a_helper_has_is_not_defined(handed_in):
    (exercise,) = handed_in("from public_tests import total, other\n").exercises
    assert (exercise.earned, exercise.headline) == (0, "Define `total` in sums.py.")
