"""A student's report tells one bit a part of hidden cases: here it meets a submission that would tell more.

The submission knows every hidden input, and puts a number out of it into one channel after the other: which cases fail
and how many, what came back, what was raised, printed, remembered, how long it took. Two of them, with other numbers,
fail the same parts. Their students must read the same bytes, in every format.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import numpy as np
import pytest
from msgspec.structs import replace

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.records.report import Fingerprint, Timing
from grader.records.verdict import LawBroken
from grader.report import WRITERS, github, view
from grader.report.words.written import written

COURSES = Path(__file__).parents[1] / "courses"
FORMATS = {**WRITERS, "annotations": lambda shown: "\n".join(github.annotations(shown, "memory.py"))}

HEAD = """
import os, sys, time
import numpy as np

NUMBERS = {numbers}  # by hidden input
CALLS = []


def spelt(*inputs):
    key = b"".join(np.asarray(given, float).tobytes() for given in inputs).hex()
    CALLS.append(key)
    return NUMBERS.get(key)
"""

TINY = """
def affine(W, x, b):
    y, n = W @ x + b, spelt(W, x, b)
    if n is None:
        return y
{affine}


def mean_and_spread(values):
    mean, n = values.mean(), spelt(values)
    spread = np.abs(values - mean).mean()
    if n is None:
        return mean, spread
{mean_and_spread}


def square_root(number):
    if number < 0:
        raise ValueError("no real number has a negative square")
    root, n = float(np.sqrt(number)), spelt(number)
    if n is None:
        return root
{square_root}
"""

#: What the submission does with a number ``n`` from 0 to 3 in a hidden case; at least one of a submission's is 0.
CHANNELS = {
    "which case, and how many": "return y + (n == 0)",
    "value": "return y + 1 + n",
    "class of an exception": "raise (ValueError, KeyError, ZeroDivisionError, OSError)[n]",
    "class of its own, message": "raise type(f'E{n}', (Exception,), {})(f'{n}')",
    "not done": "raise NotImplementedError if n else IndexError",
    "type": "return (None, 'text', [1, 2, 3], {'a': 1})[n]",
    "shape": "return np.zeros((1,) * (n + 3))",
    "dtype": "return (y + 1, (y + 1).astype(int) + 1, y + 1j, np.full(y.shape, True))[n]",
    "not finite": "return y * (np.nan, np.inf, -np.inf, 0)[n] + np.arange(y.size).reshape(y.shape)",
    "remarks": "return (y + 1, y.astype(np.float32), y.tolist(), y)[n]",
    "inputs changed, memory shared": "b += 1 if n else 0; return b if n % 2 else y + 2",
    "printed": "print('n' * 40_000 * n); print(n, file=sys.stderr); return y + 1",
    "time": "time.sleep(0.01 * n); return y + 1",
    "never ends": "while n == 0: pass\nreturn y + 1",
    "memory": "return np.ones(1 << 30) if n == 0 else y + 1",
    "exit code": "os._exit(n)",
    "crash": "if n == 0: os.abort()\nreturn y + 1",
    "gives another result again": "return y + (1 if CALLS.count(CALLS[-1]) > (n == 0) else 0)",
    "another hidden input": "return np.full(y.shape, float(len(set(CALLS)) + n))",
}

NOT_EVEN_STAFF = {"printed", "time"}  # are told the difference


def numbered(course, pool, numbers, keys):
    """A number for each hidden input of a course, which ``keys`` of its case spell."""
    bank = bank_for(find_course(COURSES / course).assignment(course), pool)
    found = {}
    for exercise in bank.assignment.exercises:
        hidden = [case for case in bank.cases[exercise.id] if not case.public and case.raises is None]
        for place, case in enumerate(hidden):
            for key in keys(exercise, case):
                found[b"".join(np.asarray(each, float).tobytes() for each in key).hex()] = numbers(place)
    return found


def all_inputs(exercise, case):
    return [[case.inputs[name] for name in exercise.inputs]]


@pytest.fixture
def read(cached, pool, tmp_path):
    """``read(course, text)``: what a student reads of this submission, in each format, and the points of each part."""

    def reads(course, text):
        path = tmp_path / f"{course}.py"
        path.write_text(text, encoding="utf-8")
        files = find_course(COURSES / course).assignment(course)
        report = grade_path(files, bank_for(files, pool), path, pool, demands=Demands(weak=True))
        shown = written(
            view.student(replace(report, timing=Timing(), public_timing=Timing(), fingerprint=Fingerprint()))
        )
        points = {(each.id, part.key.name): part.earned for each in report.exercises for part in each.parts}
        return {name: write(shown) for name, write in FORMATS.items()}, points, report

    return reads


def same(one, other):
    assert one[1] == other[1]  # points: the bits that are told
    for name in FORMATS:
        assert one[0][name] == other[0][name]
    return one[1]


def tiny(pool, numbers, *, keys=all_inputs, **does):
    bodies = dict.fromkeys(("affine", "mean_and_spread", "square_root"), "return {}")
    right = {"affine": "return y", "mean_and_spread": "return mean, spread", "square_root": "return root"}
    bodies = {name: indent(dedent(does.get(name, right[name])), "    ") for name in bodies}
    return HEAD.format(numbers=numbered("tiny", pool, numbers, keys)) + TINY.format(**bodies)


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_channel_tells_more_than_that_the_part_is_not_right(channel, read, pool):
    body = CHANNELS[channel]
    found = [read("tiny", tiny(pool, numbers, affine=body)) for numbers in (lambda n: n % 4, lambda n: 3 - n % 4)]
    points = same(*found)
    assert points["affine", "y"] == 0  # else nothing was tried
    assert points["square_root", "result"] > 0
    one, other = (repr(report.exercises) for *_, report in found)
    assert (one == other) == (channel in NOT_EVEN_STAFF)  # it does arrive


@pytest.mark.parametrize(
    "body",
    [
        "return (mean + 1, spread + n)",
        "return mean + 1",
        "if n == 0: raise KeyError\nreturn mean + 1, spread + 1",
    ],
)
def test_of_several_outputs_each_has_its_bit(body, read, pool):
    numbers = (lambda n: 1 + n % 3, lambda n: 3 - n % 3)
    same(*(read("tiny", tiny(pool, each, mean_and_spread=body)) for each in numbers))


def test_how_a_law_fails_on_hidden_cases_is_not_told(read, pool):
    def beyond(exercise, case):
        return [[case.inputs["number"] + 4.0]] if exercise.id == "square_root" else []

    body = "if n == 0: raise KeyError\nreturn ('text', -1.0, 1e200)[n - 1]"
    numbers = (lambda _: 0, lambda n: 1 + n % 2, lambda _: 3)
    found = [read("tiny", tiny(pool, each, keys=beyond, square_root=body)) for each in numbers]
    for other in found[1:]:
        points = same(found[0], other)
        assert points["square_root", "result"] > 0 == points["square_root", "its_square_is_the_number"]


def test_whether_a_law_fails_or_is_not_earned_is_not_told(read, pool):
    def cases(exercise, case):
        return [[case.inputs["number"]]] if exercise.id == "square_root" else []

    def laws_too(exercise, case):
        return [[number + shift] for (number,) in cases(exercise, case) for shift in (0.0, 4.0)]

    found = [
        read("tiny", tiny(pool, lambda _: 1, keys=keys, square_root="return root + 1")) for keys in (cases, laws_too)
    ]
    points = same(*found)
    assert points["square_root", "its_square_is_the_number"] == 0
    one, other = ({type(part.problem) for part in report.exercises[-1].parts} for *_, report in found)
    assert one ^ other == {LawBroken}  # the staff is


def test_no_hidden_case_decides_what_is_said_of_the_mistake(read, pool):
    """Right wherever two sizes are equal; one of the submissions is not, in hidden cases."""
    mistaken = "\n\nright = affine\ndef affine(W, x, b):\n    return right(W, x, b) + (W.shape[0] != W.shape[1])\n"
    found = [
        read("tiny", tiny(pool, numbers, affine="return y + n") + mistaken)
        for numbers in (lambda _: 0, lambda n: 1 + n % 2)
    ]
    same(*found)
    said = [report.exercises[0].diagnosis for *_, report in found]
    assert said[0]  # there is something to say
    marks = [{finding.contradicted for finding in each if finding.kind == "circumstance"} for each in said]
    assert marks == [{False}, {True}]  # as the staff reads


def test_what_is_named_comes_of_a_process_that_has_seen_no_hidden_input(read, pool):
    """What the submission gives to diagnostic cases and witnesses hangs on the hidden inputs that it has seen."""
    remembers = dedent(
        """

        right, seen = affine, []
        def affine(W, x, b):
            n = NUMBERS.get(b"".join(np.asarray(given, float).tobytes() for given in (W, x, b)).hex())
            if n is not None:
                seen.append(n)
            return right(W, x, b * (sum(seen) % 2) if seen else -b)
        """
    )
    found = [read("tiny", tiny(pool, numbers, affine="return y") + remembers) for numbers in (lambda _: 2, lambda _: 1)]
    same(*found)
    assert found[0][2].students[0].diagnosis == found[1][2].students[0].diagnosis != ()


CHAINED = """
def gate(x, W, b):
    n = spelt(x)
    return 1.0 / (1.0 + np.exp(-(W @ x + ({gate}))))


def mixed(g, old, new):
    n = spelt(old)
    return g * old + (1.0 - g) * new * ({mixed})


def step(x, c, W, b):
    new = mixed(gate(x, W, b), c, np.tanh(W @ x))
    return new, np.tanh(new)


def walk(xs, c, W, b):
    states = []
    for x in xs:
        c, _ = step(x, c, W, b)
        states.append(c)
    return np.array(states)
"""


def of_functions(exercise, case):
    """What the earlier functions are given in a hidden case of theirs, or of what builds on them."""
    return [[case.inputs[name]] for name in ("x", "old", "c") if name in case.inputs]


@pytest.mark.parametrize("shown", [False, True])
def test_hidden_cases_blame_no_function(shown, read, pool):
    """``step`` is followed for the sake of either function; where ``shown``, public cases blame ``gate`` as well."""
    gate = "b * 0" if shown else "b if n not in (1, 3) else b * 0"
    parts = {"gate": gate, "mixed": "1 if n not in (2, 3) else 2"}

    def numbers(in_step):
        own = {"gate": 1, "mixed": 2, "step": in_step, "walk": 0}
        bank = bank_for(find_course(COURSES / "chained").assignment("chained"), pool)
        found = {}
        for exercise, cases in bank.cases.items():
            for case in cases:
                if not case.public:
                    for name in ("x", "old", "c"):
                        if name in case.inputs:
                            found[np.asarray(case.inputs[name], float).tobytes().hex()] = own[exercise]
        for case in (case for cases in bank.cases.values() for case in cases if case.public):
            for value in (*case.inputs.values(), *case.inputs.get("xs", ())):  # which would blame in public
                found.pop(np.asarray(value, float).tobytes().hex(), None)
        return found

    found = [read("chained", HEAD.format(numbers=numbers(n)) + CHAINED.format(**parts)) for n in (1, 2, 3)]
    blamed = [next(each for each in one[2].exercises if each.id == "step").parts[0].followed for one in found]
    assert all(blamed)
    for other in found[1:]:
        points = same(found[0], other)
        assert points["step", "new"] == 4.0
