"""In what a wrong output is like the right one."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.resemblance import resemblances
from grader.records.assignment import Output
from grader.records.bank import Case, Origin
from grader.records.finding import Alike, Beyond, Share
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

RNG = np.random.default_rng(0)
WANTED = [RNG.standard_normal((6, 1)) for _ in range(4)]
SQUASHED = [np.tanh(4 * each) for each in WANTED]


def found(expected, got):
    """What is said of dicts of outputs, or of outcomes."""
    cases = [Case(f"f/{number}", Origin("any"), True, {}, {}, expected=each) for number, each in enumerate(expected)]
    outcomes = [Returned(each) if isinstance(each, dict) else each for each in got]
    return resemblances(exercise(outputs={name: Output() for name in expected[0]}), cases, outcomes)


def of_y(change, wanted=WANTED):
    """Facts, and what they rest on, where ``y`` is changed; ``change`` is given the number of the case as well."""
    findings = found([{"y": y} for y in wanted], [{"y": change(y, number)} for number, y in enumerate(wanted)])
    assert all(finding.kind == "relation" for finding in findings)
    return [(finding.fact, finding.rests) for finding in findings]


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (lambda y, n: y + 0.001 * np.abs(y).max(), "nearly"),
        (lambda y, n: 3 * y, "same_factor"),
        (lambda y, n: (n + 2) * y, "any_factor"),
        (lambda y, n: np.exp(y), "rises"),
        (lambda y, n: np.minimum(3 * y, 2.0) - 1, "rises"),
        (lambda y, n: 5 - y**3, "falls"),
    ],
)
def test_a_likeness_of_all_cases(change, how):
    assert of_y(change) == [(Alike(how), Share(shown=4, asked=4, tried=4))]


def test_a_factor_for_each_row():
    rows = [RNG.standard_normal((3, 4)) for _ in range(4)]
    assert of_y(lambda y, n: y * np.array([[2.0], [3.0], [n + 4.0]]), rows)[0][0] == Alike("row_factor")
    assert of_y(lambda y, n: y * np.array([1.5, 2.0, -0.5, n + 1.0]), rows) == []


def test_what_leaves_the_range_of_the_right_numbers():
    mixed = lambda y, n: y[::-1] * (2 if n else 0.1)  # noqa: E731 - out of order, and only sometimes too large
    beyond = sum(float(np.abs(2 * y).max()) > 1 for y in SQUASHED[1:])
    assert of_y(mixed, SQUASHED) == [(Beyond(-1, 1), Share(shown=beyond, asked=4, tried=4))]
    assert of_y(lambda y, n: y[::-1] + 2 * (-1) ** n, [np.abs(y) for y in SQUASHED])[0][0] == Beyond(0, 1)


def test_where_right_numbers_happen_to_lie_is_no_range():
    mixed = lambda y, n: y[::-1] * (4 if n else 0.1)  # noqa: E731 - as above
    assert of_y(mixed, [y / 2 for y in SQUASHED]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda y, n: y,
        lambda y, n: y[::-1],
        lambda y, n: 3 * y if n else y + 1,
        lambda y, n: np.zeros_like(y),
        lambda y, n: y * np.nan,
        lambda y, n: y.ravel(),
        lambda y, n: "text",
        lambda y, n: np.where(y > 0.5, 1.0, 0.0),  # rises, but says too little
    ],
)
def test_nothing_is_said_of_what_is_right_or_like_nothing(change):
    assert of_y(change) == []


def test_single_numbers_keep_an_order_too_easily():
    assert of_y(lambda y, n: y**3 + y, [np.float64(number) for number in range(1, 20)]) == []


def test_two_cases_are_too_few():
    assert of_y(lambda y, n: 3 * y, WANTED[:2]) == []
    given = [{"y": 3 * y} for y in WANTED[:2]]
    assert found([{"y": y} for y in WANTED], [*given, Raised("ValueError", "no"), Raised("ValueError", "no")]) == []


def test_outputs_that_are_alike_are_told_together():
    expected = [{"y": y, "z": y + 1, "w": y} for y in WANTED]
    (finding,) = found(expected, [{"y": 3 * each["y"], "z": 3 * each["z"], "w": each["w"]} for each in expected])
    assert (finding.fact, finding.outputs) == (Alike("same_factor"), ("y", "z"))
