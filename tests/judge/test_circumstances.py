"""When a solution is right."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.judge.circumstances import circumstances
from grader.judge.trials import try_cases
from grader.model import Case, Crashed, NotRun, Output, Raised, Returned, TimedOut, Tolerance
from tests.judge.examples import exercise

NUMBER = exercise(outputs={"y": Output()})
SEQUENCE = exercise(outputs={"y": Output(shape=("T", "H"))})
LATE = TimedOut(10.0, "cpu", "exercise")
B_IS_0, T_IS_1, SYMMETRIC = "`b` is 0", "`T` is 1", "`W` is symmetric"


def trials(exercise, rights, *, origin="", expected=2.0):
    """A trial for each truth, or outcome; a wrong one is off by 1."""
    cases = [Case("f/1", origin, True, {}, {}, expected={"y": expected}) for _ in rights]
    outcomes = [each if not isinstance(each, bool) else Returned({"y": expected + (not each)}) for each in rights]
    return list(try_cases(exercise, cases, outcomes))


def said(generic, **simple):
    """Findings for truths of the generic cases, and of the simple ones by the name of their origin."""
    origins = {"b": B_IS_0, "T": T_IS_1, "W": SYMMETRIC, "x": "`x` is 0"}
    some = [trial for name, rights in simple.items() for trial in trials(NUMBER, rights, origin=origins[name])]
    return [
        (found.name, found.sentence, found.evidence) for found in circumstances(NUMBER, trials(NUMBER, generic), some)
    ]


# ── what is simple ────────────────────────────────────────────────────────────────────────────────────────────────


def test_right_only_where_something_is_simple():
    assert said([False] * 16, b=[True] * 3, T=[False, True, True]) == [
        ("right_when", "It is right whenever `b` is 0.", "Right in all 3 such cases, wrong in 16 of 16 others.")
    ]


def test_several_circumstances_are_named_together_but_no_more_than_three():
    two = said([False] * 16, b=[True] * 3, T=[True] * 2, W=[False] * 3)
    assert two[0][1:] == (
        "It is right whenever `b` is 0 or `T` is 1.",
        "Right in all 5 such cases, wrong in 16 of 16 others.",
    )
    simple = {f"`b{number}` is 0": [True] * 3 for number in range(4)} | {"`T` is 1": [False]}
    some = [trial for origin, rights in simple.items() for trial in trials(NUMBER, rights, origin=origin)]
    (finding,) = circumstances(NUMBER, trials(NUMBER, [False] * 4), some)
    assert finding.sentence == "It is right whenever `b0` is 0, `b1` is 0 or `b2` is 0."
    assert finding.evidence == "Right in all 9 such cases, wrong in 4 of 4 others."


def test_crashes_are_wrong_too():
    raised = Raised("ValueError", "shapes")
    assert said([raised] * 4, T=[True] * 3, b=[raised] * 3)[0][1] == "It is right whenever `T` is 1."
    assert said([True] * 4, T=[raised] * 3, b=[True] * 3) == [
        ("wrong_when", "It is wrong when `T` is 1.", "Wrong in all 3 such cases, right in all 4 others.")
    ]


@pytest.mark.parametrize(
    ("generic", "simple"),
    [
        ([False] * 16, {"b": [True]}),  # one case is too few
        ([False] * 16, {"b": [True, True, False], "T": [False]}),
        ([False] * 16, {"b": [True] * 3, "T": [True] * 3}),  # nothing sets one apart from the other
        ([True] * 9 + [False] * 7, {"b": [True] * 3, "T": [False]}),  # 9/16 are right: three may be so by luck
        ([True] * 16, {"b": [True] * 3, "T": [True] * 3}),
        ([True] * 16, {"b": [False, True, False]}),
        ([True] * 16, {"b": [False]}),
        ([False] * 16, {}),
        ([], {"b": [True] * 3, "T": [False] * 3}),
    ],
)
def test_nothing_is_said_where_nothing_follows(generic, simple):
    assert said(generic, **simple) == []


def test_luck_is_counted():
    """A third of the generic cases right: three in a row are luck in 1 of 27 times, two in 1 of 9."""
    generic = [True, False, False] * 4
    assert said(generic, b=[True] * 3, T=[False])[0][0] == "right_when"
    assert said(generic, b=[True] * 2, T=[False]) == []


def test_cases_that_ask_for_nothing_but_zeros_show_nothing():
    wrong = trials(NUMBER, [False] * 4)
    others = trials(NUMBER, [False] * 3, origin=T_IS_1)
    nothing = trials(NUMBER, [True] * 3, origin=B_IS_0, expected=0.0)
    something = trials(NUMBER, [True], origin=B_IS_0, expected=1.0)
    assert circumstances(NUMBER, wrong, [*nothing, *others]) == []
    assert circumstances(NUMBER, wrong, [*nothing, *something, *others])[0].name == "right_when"


@pytest.mark.parametrize("stop", [LATE, Crashed(signal="SIGSEGV")])
def test_cases_that_were_never_tried_are_neither_right_nor_wrong(stop):
    left = [NotRun()] * 3
    assert said([True] * 16, b=[True, True, stop], T=left, W=left) == []
    assert said([True] * 16, b=[True, stop, NotRun()], T=left) == []
    assert said([False] * 14 + [stop, NotRun()], T=left, W=left) == []


def test_what_was_not_tried_is_not_counted():
    assert said([False] * 3, b=[True] * 3, T=[False, LATE, NotRun()])[0][2].endswith("wrong in 3 of 3 others.")
    assert said([True] * 3, b=[False, False, LATE], T=[NotRun()] * 3)[0][2].startswith("Wrong in all 2 such cases")


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def steps(wrong, *, lengths=(2, 3, 5), asked=SEQUENCE, change=lambda row: row + 1.0, **fields):
    """Findings where the rows for which ``wrong(step, count)`` holds are changed."""
    rng, cases, outcomes = np.random.default_rng(0), [], []
    for count in lengths:
        expected = rng.standard_normal((count, 2))
        got = [change(row) if wrong(step, count) else row for step, row in enumerate(expected)]
        cases.append(Case("f/1", "", True, {}, {}, expected={"y": expected}, **fields))
        outcomes.append(Returned({"y": np.array(got)}))
    return circumstances(asked, try_cases(asked, cases, outcomes), [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda step, count: step > 0, "right at the first step (its first axis) and wrong from the second on"),
        (lambda step, count: step < count - 1, "right at the last step (of its first axis) only"),
        (lambda step, count: step == 0, "wrong at the first step (of its first axis) only"),
        (lambda step, count: step == count - 1, "wrong at the last step (of its first axis) only"),
    ],
)
def test_steps_at_which_an_output_is_right(wrong, says):
    (finding,) = steps(wrong, lengths=(3, 3, 5))
    assert (finding.kind, finding.name, finding.sentence) == ("circumstance", "steps", f"`y` is {says}.")
    assert finding.evidence == "So in all 3 cases that are wrong and have several."


@pytest.mark.parametrize(
    ("wrong", "lengths"),
    [
        (lambda step, count: True, (3, 4, 5)),
        (lambda step, count: False, (3, 4, 5)),
        (lambda step, count: step == 1, (3, 4, 5)),
        (lambda step, count: step > 0, (1, 1, 3)),
        (lambda step, count: step > 0 if count > 3 else step == 0, (3, 4, 5)),
        (lambda step, count: True, (0, 0, 0)),
    ],
)
def test_other_steps_say_nothing(wrong, lengths):
    assert steps(wrong, lengths=lengths) == []


@pytest.mark.parametrize("shape", [("H", 1), (3, "H"), ("T",), (), None])
def test_only_a_named_first_axis_of_several_is_one_of_steps(shape):
    found = steps(lambda step, count: step > 0, asked=exercise(outputs={"y": Output(shape=shape)}))
    assert bool(found) == (shape == ("H", 1))


def test_steps_are_held_to_the_rule_of_the_exercise():
    off = {"wrong": lambda step, count: step > 0, "change": lambda row: row + 1e-6}
    strict = exercise(outputs=SEQUENCE.outputs, tolerance=Tolerance(atol=1e-9))
    precise = exercise(outputs=SEQUENCE.outputs, precision="required")
    assert steps(**off) == []
    assert len(steps(**off, asked=strict)) == len(steps(**off, asked=precise)) == 1
    assert steps(**off, asked=precise, units={"y": np.asarray(1e-6)}) == []
    assert len(steps(lambda step, count: step > 0, change=lambda row: row * np.nan)) == 1


def test_steps_of_truths_and_of_what_is_not_there():
    truths = [np.array([[True, False], [True, True]])] * 3
    cases = [Case("f/1", "", True, {}, {}, expected={"y": truth}) for truth in truths]
    inverted = [Returned({"y": np.array([truth[0], ~truth[1]])}) for truth in truths]
    (finding,) = circumstances(SEQUENCE, try_cases(SEQUENCE, cases, inverted), [])
    assert "right at the first step" in finding.sentence
    others = [Returned({"y": truths[0][:, :1]}), Returned({}, ("y",)), Raised("ValueError", "")]
    assert circumstances(SEQUENCE, try_cases(SEQUENCE, cases, others), []) == []


# ── equal sizes ───────────────────────────────────────────────────────────────────────────────────────────────────


def of_sizes(verdicts):
    """What is said of verdicts on cases by their sizes."""
    found = [
        replace(trial, case=replace(trial.case, sizes=dict(zip("DHT", sizes, strict=False))))
        for sizes, right in verdicts
        for trial in trials(NUMBER, [right])
    ]
    return [(finding.sentence, finding.evidence) for finding in circumstances(NUMBER, found, [])]


def test_equal_sizes_that_decide():
    hides = [((2, 3), False), ((4, 1), False), ((2, 2), True), ((3, 3), True)]
    makes = [(sizes, not right) for sizes, right in hides]
    assert of_sizes(hides)[0] == (
        "It is right when `D` and `H` are equal.",
        "Right in all 2 such cases, wrong in all 2 others.",
    )
    assert of_sizes(makes)[0] == (
        "It is wrong when `D` and `H` are equal.",
        "Wrong in all 2 such cases, right in all 2 others.",
    )


def test_sizes_that_are_always_equal_together_are_named_together():
    together = [((2, 3, 4), True), ((4, 1, 2), True), ((2, 2, 2), False), ((3, 3, 3), False)]
    assert of_sizes(together)[0][0] == "It is wrong when `D`, `H` and `T` are equal."
    apart = [*together, ((2, 2, 5), True), ((1, 5, 1), False), ((4, 2, 4), False)]
    assert of_sizes(apart)[0][0] == "It is wrong when `D` and `T` are equal."


@pytest.mark.parametrize(
    "verdicts",
    [
        [],
        [((), False), ((), True)],
        [((2, 3), False), ((4, 1), False), ((2, 2), True)],  # one case is too few
        [((2, 3), False), ((4, 1), True), ((2, 2), True), ((3, 3), True)],
        [((2, 3), False), ((4, 1), False), ((2, 2), False), ((3, 3), False)],
    ],
)
def test_equal_sizes_that_do_not_decide(verdicts):
    assert of_sizes(verdicts) == []


# ── some of the outputs ───────────────────────────────────────────────────────────────────────────────────────────

THREE = exercise(outputs={name: Output() for name in "abc"})


def of_outputs(wrong, **simple):
    """What is said where these outputs are wrong in four generic cases, and others in simple ones by their origin."""

    def made(origin, names, count):
        case = Case("f/1", origin, True, {}, {}, expected=dict.fromkeys("abc", 2.0))
        given = Returned({name: 3.0 if name in names else 2.0 for name in "abc"})
        return try_cases(THREE, [case] * count, [given] * count)

    some = [trial for origin, names in simple.items() for trial in made(f"`{origin}` is 0", names, 3)]
    return [
        (finding.sentence, finding.evidence, finding.outputs)
        for finding in circumstances(THREE, made("", wrong, 4), some)
    ]


def test_which_outputs_are_right():
    (found,) = of_outputs("b")
    assert found == ("`a` and `c` are right; `b` is not.", "Wrong in 4 of 4 cases tried, and in nothing else.", ("b",))
    assert of_outputs("abc") == of_outputs("") == []


def test_outputs_that_are_right_in_some_circumstance_where_the_whole_never_is():
    first, second, third = of_outputs("abc", x="c", y="c", z="abc")[0], *of_outputs("ac", x="c", y="a")[:2]
    assert first[:2] == (
        "`a` and `b` are right whenever `x` is 0 or `y` is 0.",
        "Right in all 6 such cases, wrong in at least 4 of 4 others.",
    )
    assert [second[0], third[0]] == ["`a` is right whenever `x` is 0.", "`c` is right whenever `y` is 0."]
    assert of_outputs("ac", x="", y="a")[0][0] == "It is right whenever `x` is 0."
