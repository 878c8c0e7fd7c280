"""What depends on chance, from the assignment file to the report: right in any order of draws, wrong ones told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.disclosed import public_assignment
from grader.course.find import find_course
from grader.grading.grade import grade_path
from grader.records.chance import Distribution, GeneratorSeed
from grader.records.verdict import Fault, RuleBroken
from grader.report import view
from grader.report.exercise_lines import details
from grader.report.words.written import written

COURSE = Path(__file__).parents[1] / "courses" / "sampled"
BABBLE = """
def babble(start, follow, rng):
    first = sample(start, rng)
    return "ab"[first] + "ab"[sample(follow[first], rng)]
"""
SAMPLE = "import numpy as np\ndef sample(probabilities, rng):\n    return {}\n" + BABBLE
RNG = "import numpy as np\nrng_of_its_own = np.random.default_rng(3)\n"


@pytest.fixture
def files():
    return find_course(COURSE).assignment("sampled")


@pytest.fixture
def graded(files, cached, pool, tmp_path):
    bank = bank_for(files, pool)

    def graded(text):
        path = tmp_path / "sampled.py"
        path.write_text(text, encoding="utf-8")
        return grade_path(files, bank, path, pool)

    return graded


def points(report):
    return [exercise.earned for exercise in report.exercises]


@pytest.mark.usefixtures("cached")
def test_what_is_frozen_is_a_seed_and_a_distribution(files, pool):
    bank = bank_for(files, pool)
    for case in bank.cases["sample"]:
        assert isinstance(case.inputs["rng"], GeneratorSeed)
        assert case.expected["draws"] == Distribution(
            150, tuple(range(case.sizes["V"])), tuple(case.inputs["probabilities"].tolist())
        )
    assert {case.expected["texts"].categories for case in bank.cases["babble"]} == {("aa", "ab", "ba", "bb")}


@pytest.mark.parametrize(
    "drawn",
    [
        "int(np.searchsorted(np.cumsum(probabilities)[:-1], rng.random(), side='right'))",
        "rng.choice(len(probabilities), p=probabilities)",
        "rng.multinomial(1, probabilities).argmax()",
        "float(rng.choice(np.arange(len(probabilities)), 1, p=probabilities)[0])",
    ],
)
def test_any_way_to_draw_is_right(graded, drawn):
    report = graded(
        SAMPLE.format(drawn)
        .replace("sample(start, rng)", "int(sample(start, rng))")
        .replace("sample(follow[first], rng)", "int(sample(follow[first], rng))")
    )
    assert points(report) == [6, 4]


@pytest.mark.parametrize(
    ("drawn", "named"),
    [
        ("int(np.argmax(probabilities))", "sample_most_probable"),
        ("int(rng.integers(len(probabilities)))", "sample_uniformly"),
        ("int(rng.random() * len(probabilities))", "sample_uniformly"),  # in another order of draws
        ("len(probabilities)", None),
    ],
)
def test_wrong_ways_are_told_and_named(graded, drawn, named):
    report = graded(SAMPLE.format(drawn))
    sample = report.exercises[0]
    assert sample.earned == 0
    assert [finding.name for finding in sample.diagnosis if finding.kind == "misconception"] == [named] * bool(named)
    assert sample.counterexamples[0].outputs[0].shares


@pytest.mark.parametrize(
    "drawn",
    [
        "np.random.choice(len(probabilities), p=probabilities)",
        "rng_of_its_own.choice(len(probabilities), p=probabilities)",
    ],
)
def test_who_draws_from_elsewhere_is_told_so(graded, drawn):
    report = graded(RNG + SAMPLE.format(drawn))
    assert points(report) == [0, 0]
    (part,) = report.exercises[0].parts
    assert part.problem == RuleBroken("own_chance")
    assert "draw from the generator that is given" in written(view.student(report)).exercises[0].headline


def test_a_report_shows_a_generator_that_can_be_pasted_and_what_came_how_often(graded):
    document = written(view.student(graded(SAMPLE.format("int(rng.integers(len(probabilities)))"))))
    text = details(document.exercises[0])
    assert "rng = np.random.default_rng(" in text
    assert "drawn  probability  came" in text
    assert "times in 150 draws; with its probability of" in text


def test_a_generator_that_comes_back_is_no_answer(graded):
    """A worker that says what only a host says has said something foreign."""
    forged = (
        "import sys\ndef sample(probabilities, rng):\n    return sys.modules['grader.records.chance'].{}\n" + BABBLE
    )
    for answer in ("GeneratorSeed(7)", "Distribution(150, (0,), (1.0,))"):
        report = graded(forged.format(answer))
        assert points(report) == [0, 0]
    assert points(graded("def sample(probabilities, rng):\n    return rng\n" + BABBLE)) == [0, 0]


def test_every_format_has_it(grade, tmp_path):
    path = tmp_path / "sampled.py"
    path.write_text(SAMPLE.format("int(np.argmax(probabilities))"), encoding="utf-8")
    words = ("sampled", str(path), "--course", str(COURSE), "--allow-weak-isolation")
    ran = grade(*words, "--json-file", "r.json", "--html", "r.html", "--junit", "r.xml", cwd=tmp_path)
    assert ran.returncode == 1
    (example,) = json.loads((tmp_path / "r.json").read_text())["exercises"][0]["counterexamples"]
    assert example["inputs"]["rng"].keys() == {"generator"}
    (output,) = example["outputs"]
    assert output["expected"]["draws"] == 150
    assert sum(share["came"] for share in output["shares"]) == 150
    for name in ("r.html", "r.xml"):
        text = (tmp_path / name).read_text()
        assert "np.random.default_rng(" in text
        assert "may come" in text


@pytest.mark.parametrize("drawn", ["float('nan')", "np.random.rand()"])
def test_what_is_no_draw_is_told_as_that(graded, drawn):
    (part,) = graded(SAMPLE.format(drawn)).exercises[0].parts
    assert part.problem == Fault("value", "impossible")


@pytest.mark.usefixtures("cached")
def test_a_bundle_knows_the_probabilities_and_not_where_they_are_from(files, pool):
    bank = bank_for(files, pool)
    for exercise in public_assignment(bank.assignment).exercises:
        assert not any(output.drawn_from for output in exercise.outputs.values())


@pytest.mark.usefixtures("cached")
def test_where_mutants_are_skipped_misconceptions_prove_the_tests(files, pool):
    bank = bank_for(files, pool)
    kinds = {name: {version.kind for version in bank.proof[name]} for name in ("sample", "babble")}
    assert kinds["babble"] == {"misconception", "inherited"}
    assert kinds["sample"] > {"misconception"}
