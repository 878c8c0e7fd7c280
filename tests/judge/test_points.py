"""Points: shares are exact, parts are earned whole."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.judge.points import score, shares, total
from grader.judge.trials import try_cases, try_raises
from grader.records.assignment import Output, PropertyCheck
from grader.records.holding import Holding
from grader.records.raises_check import RaisesCheck
from grader.records.run import BadReply, Crashed, NotRun, OutOfMemory, Raised, Returned, TimedOut
from grader.records.verdict import ButFor, Ending, Fault, LawBroken, PartKey, RuleBroken, Unearned
from grader.report.words.problems import problem as said
from grader.report.words.written import part_title

from .examples import case, exercise, raised, returned

TWO = {"h": Output(), "c": Output(points=4)}
WRONG = Fault("value", "numbers")
LAW = PropertyCheck(check="law", title="it holds")
RAISES = RaisesCheck(inputs={}, error="ValueError", because="x must be a column")


def test_what_is_left_is_shared_equally():
    task = exercise(outputs=TWO, properties=(LAW,), raises=(RAISES,))
    assert shares(task) == [
        (PartKey("output", "h"), Fraction(2)),
        (PartKey("output", "c"), Fraction(4)),
        (PartKey("raises", "ValueError", 1), Fraction(2)),
        (PartKey("property", "law"), Fraction(2)),
    ]


def test_thirds_add_up_exactly():
    outputs = {name: Output() for name in "abc"}
    task = exercise(points=10, outputs=outputs)
    expected = dict.fromkeys("abc", 1.0)
    good = case(expected=expected)
    trials = try_cases(task, [good], [Returned(outputs=expected)])
    parts, earned = score(task, trials, (), ())
    assert earned == 10.0
    assert [part.points for part in parts] == [3.33, 3.33, 3.33]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=9))
def test_totals_are_exact_to_the_hundredth(hundredths):
    assert total(number / 100 for number in hundredths) == sum(hundredths) / 100


def test_an_output_is_right_only_if_every_case_is():
    task = exercise()
    cases = [case(0), case(1, public=False), case(2, public=False)]
    outcomes = [returned(each.expected["h"]) for each in cases]
    outcomes[2] = returned(-cases[2].expected["h"])
    (part,), earned = score(task, try_cases(task, cases, outcomes), (), ())
    assert (part.right, part.earned, earned) == (False, 0.0, 0.0)
    assert (part.public, part.public_failed, part.hidden, part.hidden_failed) == (1, 0, 2, 1)
    assert part.problem == WRONG


def test_a_part_tells_what_most_of_its_failing_public_cases_say():
    ends = TimedOut(seconds=1, clock="cpu", scope="case")
    wrong = returned(np.zeros((2, 1)))
    flat = returned(np.zeros(2))

    def told(*outcomes, public=4):
        cases = [case(number, public=number < public) for number in range(len(outcomes))]
        return score(exercise(), try_cases(exercise(), cases, outcomes), (), ())[0][0].problem

    assert told(flat, wrong, wrong, returned(case().expected["h"])) == WRONG
    assert told(wrong, flat, flat, flat, public=1) == WRONG
    assert told(ends, *[NotRun()] * 3) == Ending("timed_out", limit=1, clock="cpu")


def test_outputs_earn_apart():
    task = exercise(outputs=TWO)
    cases = [case(expected={"h": np.ones(2), "c": np.ones(2)})]
    outcomes = [Returned(outputs={"h": np.zeros(2), "c": np.ones(2)})]
    parts, earned = score(task, try_cases(task, cases, outcomes), (), ())
    assert [(part.key.name, part.earned) for part in parts] == [("h", 0.0), ("c", 4.0)]
    assert earned == 4.0


@pytest.mark.parametrize(
    "outcome",
    [
        raised(),
        TimedOut(seconds=1, clock="cpu", scope="case"),
        Crashed(signal="SIGSEGV"),
        Crashed(exit_code=0),
        OutOfMemory(limit=1 << 30),
        BadReply(detail="?"),
        NotRun(),
        Returned(outputs={}, missing=("h",)),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_whatever_is_not_a_right_answer_earns_nothing(outcome):
    task = exercise()
    (part,), earned = score(task, try_cases(task, [case()], [outcome]), (), ())
    assert (earned, part.right, part.public_failed) == (0.0, False, 1)
    assert part.problem


def test_a_spoiled_exercise_loses_its_outputs_only():
    task = exercise(properties=(LAW,))
    good = case()
    trials = try_cases(task, [good], [returned(good.expected["h"])])
    parts, earned = score(task, trials, (), [Holding(check="law")], RuleBroken("repeatable"))
    assert [(part.key.kind, part.right) for part in parts] == [("output", False), ("property", True)]
    assert earned == 5.0


def test_a_right_method_earns_the_points_of_an_output_that_stays_wrong():
    task = exercise(outputs=TWO)
    trials = try_cases(task, [case(expected={"h": 1.0, "c": 1.0})], [Returned(outputs={"h": 2.0, "c": 2.0})])
    (h, c), earned = score(task, trials, (), (), followed={"c": ("gate", "step")})
    assert (h.earned, h.followed, c.earned, c.followed, earned) == (0.0, (), 4.0, ("gate", "step"), 4.0)
    assert not c.right
    assert c.problem == ButFor(("gate", "step"))
    assert said(c.problem) == "Right but for `gate` and `step`, which it builds on: the method earns its points."


def test_a_property_that_does_not_hold_costs_its_part():
    task = exercise(properties=(LAW,))
    good = case()
    trials = try_cases(task, [good], [returned(good.expected["h"])])
    parts, earned = score(
        task, trials, (), [Holding(check="law", problem=LawBroken("it does not"), public=2, public_failed=1)]
    )
    assert (parts[1].title, said(parts[1].problem), parts[1].earned, earned) == ("it holds", "it does not", 0.0, 5.0)


def test_a_property_that_was_never_tried_earns_nothing():
    task = exercise(properties=(LAW,))
    good = case()
    trials = try_cases(task, [good], [returned(good.expected["h"])])
    parts, earned = score(task, trials, (), [Holding(check="another")])
    assert (parts[1].key.name, parts[1].right, parts[1].earned, earned) == ("law", False, 0.0, 5.0)


@pytest.mark.parametrize(("right", "knows"), [(0, False), (1, False), (2, True), (4, True)])
def test_checks_and_laws_count_beside_an_output_that_is_right_in_half_of_all_cases(right, knows):
    task = exercise(raises=(RAISES,), properties=(LAW,), outputs=TWO)
    cases = [case(number, public=number < 1, expected={"h": 1.0, "c": 1.0}) for number in range(4)]
    outcomes = [Returned(outputs={"h": 2.0, "c": 1.0 if number >= 4 - right else 2.0}) for number in range(4)]
    raises = try_raises([case(9, raises="ValueError")], [raised("ValueError")])
    (_, _, check, law), _ = score(task, try_cases(task, cases, outcomes), raises, [Holding(check="law", public=3)])
    assert [(part.right, part.earned, part.problem) for part in (check, law)] == [
        (knows, 2.0 * knows, None if knows else Unearned(at_end=at_end)) for at_end in (True, False)
    ]


def test_a_check_counts_only_where_the_code_comes_to_its_end():
    task = exercise(raises=(RAISES,), properties=(LAW,), outputs=TWO)
    cases = [case(number, expected={"h": 1.0, "c": 1.0}) for number in range(4)]
    before = {number: Returned(outputs={"h": 1.0}) for number in range(4)}
    for ended, counts in ((4, False), (3, False), (2, True)):
        outcomes = [raised("ValueError")] * ended + [Returned(outputs={"h": 1.0, "c": 2.0})] * (4 - ended)
        trials = try_cases(task, cases, outcomes, {number: before[number] for number in range(ended)})
        raises = try_raises([case(9, raises="ValueError")], [raised("ValueError")])
        (h, c, check, law), _ = score(task, trials, raises, [Holding(check="law", public=3)])
        assert (h.right, c.right, check.right, law.right) == (True, False, counts, True)


def test_what_is_wrong_with_a_law_itself_is_said_first():
    task = exercise(raises=(RAISES,), properties=(LAW,))
    trials = try_cases(task, [case()], [raised("ValueError")])
    raises = try_raises([case(9, raises="ValueError")], [returned(1.0)])
    (_, check, law), earned = score(task, trials, raises, [Holding(check="law", problem=LawBroken("it does not"))])
    assert earned == 0.0
    assert said(check.problem) == "returns a value where it should raise ValueError"
    assert law.problem == LawBroken("it does not")


def test_a_method_that_is_right_is_knowledge_too():
    task = exercise(outputs=TWO, properties=(LAW,))
    trials = try_cases(task, [case(expected={"h": 1.0, "c": 1.0})], [Returned(outputs={"h": 2.0, "c": 2.0})])
    (*_, law), _ = score(task, trials, (), [Holding(check="law", public=3)], followed={"c": ("gate",)})
    assert law.right


def test_an_exercise_without_outputs_has_nothing_to_be_right_in():
    task = exercise(outputs={}, run="step(x, W)", raises=(RAISES,))
    raises = try_raises([case(9, raises="ValueError")], [raised("ValueError")])
    assert score(task, try_cases(task, [case(expected={})], [raised()]), raises, ())[1] == 10.0


@pytest.mark.parametrize(
    ("wanted", "right"), [("RuntimeError", False), ("NotImplementedError", True), ("ValueError", False)]
)
def test_the_untouched_template_earns_nothing_by_its_exception(wanted, right):
    ancestors = ("NotImplementedError", "RuntimeError", "Exception")
    outcome = Raised(error="NotImplementedError", message="", ancestors=ancestors)
    (trial,) = try_raises([case(9, raises=wanted)], [outcome])
    assert (trial.problem is None) is right
    assert right or said(trial.problem).startswith(f"should raise {wanted}, but ")


@pytest.mark.parametrize(
    ("outcome", "earned", "problem"),
    [
        (raised("ValueError"), 5.0, ""),
        (raised("MyError", "no", "ValueError"), 5.0, ""),
        (raised("KeyError"), 0.0, "should raise ValueError, but stops with an exception"),
        (raised("KeyError", "no", "KeyError"), 0.0, "should raise ValueError, but stops with KeyError"),
        (returned(1.0), 0.0, "returns a value where it should raise ValueError"),
        (NotRun(), 0.0, "should raise ValueError, but was not tried, because an earlier case ended the process"),
    ],
)
def test_raises(outcome, earned, problem):
    task = exercise(raises=(RAISES,))
    good = case()
    trials = try_cases(task, [good], [returned(good.expected["h"])])
    raises = try_raises([case(9, raises="ValueError")], [outcome])
    parts, points = score(task, trials, raises, ())
    assert points == 5.0 + earned
    assert part_title(parts[1].key, parts[1].title) == "raises ValueError: x must be a column"
    if outcome.__class__ is not Raised or outcome.error != "KeyError":
        assert said(parts[1].problem) == problem


def test_a_check_with_several_inputs_earns_its_points_where_all_of_them_are_refused():
    several = RaisesCheck(inputs=({"n": 0}, {"n": -1}), error="ValueError", because="n is 1 or more", points=2)
    task = exercise(raises=(several, RaisesCheck({"n": "x"}, "ValueError", points=1)))
    cases = [case(raises="ValueError")] * 3
    for outcomes, earned, counts in (
        ([raised("ValueError")] * 3, [2, 1], (2, 0)),
        ([raised("ValueError"), returned(1.0), raised("ValueError")], [0, 1], (2, 1)),
        ([returned(1.0), returned(1.0), raised("ValueError")], [0, 1], (2, 2)),
        ([raised("ValueError"), raised("ValueError"), returned(1.0)], [2, 0], (2, 0)),
    ):
        parts, _ = score(replace(task, outputs={}, run="step(x, W)"), (), try_raises(cases, outcomes), ())
        assert [part.earned for part in parts] == earned
        assert (parts[0].public, parts[0].public_failed) == counts
        assert (parts[0].problem is None) == (counts[1] == 0)
        assert [part.given for part in parts] == ["", ""]


def test_checks_of_the_same_words_are_told_apart_by_their_inputs():
    def check(because, **inputs):
        return RaisesCheck(inputs=inputs, error="ValueError", because=because)

    task = exercise(raises=(check("n is 1 or more", a="x", n=0), check("n is 1 or more", a="x", n=-1), check("", n=9)))
    parts, _ = score(task, (), try_raises([case(raises="ValueError")] * 3, [raised()] * 3), ())
    assert [part.given for part in parts if part.key.kind == "raises"] == ["n = 0", "n = -1", ""]
