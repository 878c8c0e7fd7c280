"""What `drawn_from` gives is a distribution, that of what the reference draws; all else is told to its author."""

from __future__ import annotations

import pytest

from grader.bank.build import bank_for
from grader.bank.drawn import NoDistributionError, expected_of
from grader.course.find import find_course
from grader.course.load import parse
from grader.course.sampled import names_of_distributions, run_of_reference
from grader.records.assignment import Exercise, Generator, Output
from grader.records.chance import Distribution
from grader.records.errors import AssignmentError, ReferenceFault
from tests.written_course import write_course

F = Exercise(
    id="f",
    title="f",
    points=1,
    inputs={"rng": Generator()},
    run="a = f(rng)\nb = 1",
    outputs={"a": Output(drawn_from="chances(a, 3)"), "b": Output()},
)
YAML = """title: Chance
module: chance.py
exercises:
  - id: toss
    points: 1
    inputs: {{rng: {{kind: generator}}}}
    run: tosses = [toss(rng) for _ in range(60)]
    outputs: {{tosses: {output}}}
    cases: {{public: 1, hidden: 0}}
{more}"""
REFERENCE = "def toss(rng):\n    return int(rng.random() < 0.5)\n\n\ndef chances():\n    return [0.02, 0.98]\n"


def test_the_reference_says_both_what_it_drew_and_what_from():
    assert run_of_reference(F) == "a = f(rng)\nb = 1\na = (a, (chances(a, 3)\n))"
    assert names_of_distributions(F) == {"chances"}


def test_a_distribution_is_a_list_or_a_dict():
    assert expected_of(F, {"a": ([0, 1, 1], [0.5, 0.5]), "b": 1}) == {"a": Distribution(3, (0, 1), (0.5, 0.5)), "b": 1}
    assert expected_of(F, {"a": (["x"], {"x": 1.0, "y": 0.0})})["a"] == Distribution(1, ("x", "y"), (1.0, 0.0))


@pytest.mark.parametrize(
    ("draws", "written", "said"),
    [
        ([], [1.0], "holds no draws"),
        (3, [1.0], "holds no draws"),
        ([0], [0.5, 0.4], "they sum to 0.9, the least is 0.4"),
        ([0], [1.5, -0.5], "they sum to 1, the least is -0.5"),
        ([0], [float("nan"), 1.0], "is no distribution"),
        ([0], [], "is not a list of probabilities"),
        ([0], [[1.0]], "is not a list of probabilities"),
        ([0], None, "is not a list of probabilities"),
        ([0], {0: 0.5, "a": 0.5}, "with keys that are not all texts, or all whole numbers"),
        (["x"], [1.0], "the reference's own draws are none (named)"),
        ([0] * 2000, [0.001] * 1000, "has 2,000 draws of 1,000 categories: draw fewer"),
        ([0] * 200, [0.5, 0.5], "is not drawn from what drawn_from says: 0 came 200 times in 200"),
        ([0, 2], [0.5, 0.5], "2 came 1 times in 2, with the probability 0"),
    ],
)
def test_what_is_none_is_told(draws, written, said):
    with pytest.raises(NoDistributionError) as problem:
        expected_of(F, {"a": (draws, written)})
    name, text = problem.value.args
    assert name == "a"
    assert said in text


@pytest.mark.parametrize(
    ("output", "more", "said"),
    [
        ('{drawn_from: "[0.5,"}', "", "outputs.tosses.drawn_from is no valid Python"),
        ('{drawn_from: "a\\nb"}', "", "must be a Python expression of one line"),
        ("{drawn_from: chances(), shape: [60]}", "", "outputs.tosses.shape says nothing beside drawn_from"),
        ("{drawn_from: chances()}", "    follow_through: [toss]\n", "cannot follow a sample, and `tosses` is one"),
        (
            "{drawn_from: chances()}",
            "    examples: [{inputs: {rng: 1}, expect: {tosses: [1]}}]\n",
            "cannot be expected of a sample",
        ),
        ("{drawn_from: chances()}", "    mutants: none\n", "must be one of run, skip"),
    ],
)
def test_mistakes_in_the_file_are_told_at_their_place(output, more, said):
    with pytest.raises(AssignmentError) as refused:
        parse(YAML.format(output=output, more=more), file="assignment.yaml", id="chance")
    assert said in str(refused.value)


def test_no_more_tests_than_keep_chance_from_costing_marks():
    text = YAML.format(output="{drawn_from: chances()}", more="").replace("hidden: 0", "hidden: 500")
    head, one = text.split("exercises:\n")
    many = "".join(one.replace("id: toss", f"id: toss{number}") for number in range(20))
    with pytest.raises(
        AssignmentError, match="have 10,020 tests of samples, and 10,000 keep chance from costing marks"
    ):
        parse(f"{head}exercises:\n{many}", file="assignment.yaml", id="chance")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("{drawn_from: chances()}", "outputs.tosses is not drawn from what drawn_from says"),
        (
            "{drawn_from: likely()}",
            "outputs.tosses.drawn_from uses `likely`, which reference/chance.py does not define",
        ),
    ],
)
def test_a_reference_that_draws_from_something_else_is_told(output, said, tmp_path, pool, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    texts = {
        "assignments/chance/assignment.yaml": YAML.format(output=output, more=""),
        "reference/chance.py": REFERENCE,
    }
    files = find_course(write_course(tmp_path, texts)).assignment("chance")
    with pytest.raises((ReferenceFault, AssignmentError)) as refused:
        bank_for(files, pool)
    assert said in str(refused.value)
