"""The benchmark measures what it says it measures. What it finds is never a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import as_json, as_table
from benchmarks.building import as_lines, copied
from benchmarks.telling import all_explanations, explanations, generic_cases
from benchmarks.timing import Pair, compare
from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.records.bank import Origin
from grader.records.verdict import Counterexample, OutputDetail

ROOT = Path(__file__).parents[1]
MOST = 1.5  # explanations that an example leaves on average
#: Hand-ins with examples in few exercises. That of the first in `gradient_product` leaves most explanations of all.
TELLING = (
    "092_share_that_is_forgotten",
    "090_recurrent_weights_transposed",
    "081_memory_between_0_and_1",
    "081_slide_example_has_no_bias",
    "094_clips_by_value",
)


def test_each_round_runs_everything_and_a_shared_yardstick_once():
    ran = []
    yardstick = lambda: ran.append("yardstick")  # noqa: E731 - one action, used twice
    pairs = [
        Pair("one", lambda: ran.append("one"), "both", yardstick, promise=2.5),
        Pair("two", lambda: ran.append("two"), "both", yardstick, calls=3),
    ]
    results = compare(pairs, 2)
    assert ran == ["yardstick", "one", "two", "two", "two"] * 3  # a round to warm up, and two that count
    assert [len(result.ratios) for result in results] == [2, 2]
    header, one, two = as_table(results).splitlines()
    assert header.split() == ["time", "yardstick", "time", "ratio", "at", "most"]
    assert one.startswith("one")
    assert one.endswith("2.50")
    assert not two.endswith("2.50")
    first, second = json.loads(as_json(results))
    assert (first["promise"], second["promise"]) == (2.5, None)
    assert first["yardstick_seconds"] == second["yardstick_seconds"]
    ran.clear()
    assert [len(result.ratios) for result in compare(pairs, 0)] == [1, 1]
    assert ran == ["yardstick", "one", "two", "two", "two"]


def test_building_is_told_by_assignment_and_as_one_ratio_to_an_import(tmp_path):
    lines = as_lines({"one": 30.0, "two": 15.5}, [0.1, 0.09, 0.5]).splitlines()
    assert lines[:2] == ["one: 30.0 s", "two: 15.5 s"]
    assert lines[2].startswith("all from nothing: 45.5 s, 455 times import numpy (100 ms)")
    course = find_course(copied(tmp_path / "course"))
    assert course.assignments() == find_course(ROOT).assignments()
    assert not any(course.assignment(name).frozen.exists() for name in course.assignments())


@pytest.mark.usefixtures("cached")
def test_the_whole_benchmark_runs(environment):
    command = [sys.executable, "-m", "benchmarks", "--repeat", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    rows = done.stdout.splitlines()
    assert [row.partition("  ")[0] for row in rows[1:]] == [
        "grade a right submission",
        "grade a wrong one",
        "grade one more",
        "the same in 30 cells",
        "grade again, one function changed",
        "grade one more, in plain loops",
        "show and name one mistake",
        "see that its method is right",
        "start a worker",
        "ten arrays through the codec",
    ]
    assert all("±" in row for row in rows[1:])


@pytest.mark.usefixtures("cached")
def test_a_shown_example_leaves_few_explanations(graded, pool):
    folder = ROOT / "tests" / "submissions" / "assignment3"
    files = find_course(ROOT).assignment("assignment3")
    bank, source = bank_for(files, pool), files.reference.read_text()
    reports = {name: graded(folder / f"{name}.py").report for name in TELLING}
    left = dict(all_explanations(bank, source, reports))
    counts = [count for each in left.values() for count in each.values()]
    assert len(counts) >= len(TELLING)
    assert sum(counts) / len(counts) <= MOST
    # Zeros, for one, fit nearly every mistake of a step.
    step = next(exercise for exercise in bank.assignment.exercises if exercise.id == "rnn_step")
    case = min((case for case in bank.cases[step.id] if case.raises is None), key=lambda case: sum(case.sizes.values()))
    zeros = Counterexample(
        case=case.id,
        origin=Origin("any"),
        hidden=False,
        minimised=True,
        inputs={name: value * 0 for name, value in case.inputs.items()},
        sizes=case.sizes,
        code="",
        outputs=tuple(
            OutputDetail(name=name, expected=value * 0, got=value * 0) for name, value in case.expected.items()
        ),
    )
    (count,) = explanations(step, source, [("zeros", zeros)], generic_cases(bank, step.id)).values()
    assert count > 3 * MOST
