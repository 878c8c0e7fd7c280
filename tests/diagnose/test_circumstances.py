"""When a solution is right."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.diagnose.circumstances import circumstances
from grader.judge.trials import try_cases
from grader.records.assignment import Output
from grader.records.bank import Case
from grader.records.run import Crashed, NotRun, Raised, Returned, TimedOut
from grader.records.verdict import Trial
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
        ("right_when", "It is right whenever `b` is 0.", "Right in all 3 such cases, wrong in 16 of 16 ordinary cases.")
    ]


def test_several_circumstances_are_named_together_but_no_more_than_three():
    two = said([False] * 16, b=[True] * 3, T=[True] * 2, W=[False] * 3)
    assert two[0][1:] == (
        "It is right whenever `b` is 0 or `T` is 1.",
        "Right in all 5 such cases, wrong in 16 of 16 ordinary cases.",
    )
    simple = {f"`b{number}` is 0": [True] * 3 for number in range(4)} | {"`T` is 1": [False]}
    some = [trial for origin, rights in simple.items() for trial in trials(NUMBER, rights, origin=origin)]
    (finding,) = circumstances(NUMBER, trials(NUMBER, [False] * 4), some)
    assert finding.sentence == "It is right whenever `b0` is 0, `b1` is 0 or `b2` is 0."
    assert finding.evidence == "Right in all 9 such cases, wrong in 4 of 4 ordinary cases."


def test_crashes_are_wrong_too():
    raised = Raised("ValueError", "shapes")
    assert said([raised] * 4, T=[True] * 3, b=[raised] * 3)[0][1] == "It is right whenever `T` is 1."
    assert said([True] * 4, T=[raised] * 3, b=[True] * 3) == [
        ("wrong_when", "It is wrong when `T` is 1.", "Wrong in all 3 such cases, right in all 4 ordinary cases.")
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
    assert said([False] * 3, b=[True] * 3, T=[False, LATE, NotRun()])[0][2].endswith("wrong in 3 of 3 ordinary cases.")
    assert said([True] * 3, b=[False, False, LATE], T=[NotRun()] * 3)[0][2].startswith("Wrong in all 2 such cases")


# ── what contradicts it ───────────────────────────────────────────────────────────────────────────────────────────


def of_inputs(generic, simple=(), graded=(), name="`b` is 0"):
    """What is said of verdicts beside the value of ``b``; the simple ones were drawn for it."""

    def made(verdicts, origin=""):
        return [
            replace(trial, case=replace(trial.case, inputs={"b": b}, sizes={"T": 1 if b == 0 else 2}))
            for b, right in verdicts
            for trial in trials(NUMBER, [right], origin=origin)
        ]

    found = circumstances(NUMBER, made(generic), made(simple, name), made(graded, "edge"))
    return [(finding.sentence, finding.evidence) for finding in found]


WRONG, SIMPLE = [(5.0, False)] * 4, [(0.0, True)] * 3


def test_an_ordinary_case_in_which_it_is_simple_belongs_there():
    said = "It is right whenever `b` is 0."
    assert of_inputs(WRONG, SIMPLE) == [(said, "Right in all 3 such cases, wrong in 4 of 4 ordinary cases.")]
    right = [*WRONG, (0.0, True)]
    assert of_inputs(right, SIMPLE) == [(said, "Right in all 4 such cases, wrong in 4 of 4 ordinary cases.")]
    assert of_inputs([*WRONG, (0.0, False)], SIMPLE) == []
    assert of_inputs([(0.0, False)] * 4, SIMPLE) == []


def test_a_case_that_counts_may_contradict_that_it_is_right():
    assert len(of_inputs(WRONG, SIMPLE, [(0.0, True), (1.0, False), (2.0, True)])) == 1
    assert of_inputs(WRONG, SIMPLE, [(0.0, True), (0.0, False)]) == []
    assert of_inputs(WRONG, SIMPLE, [(0.0, Raised("ValueError", "no"))]) == []
    assert len(of_inputs(WRONG, SIMPLE, [(0.0, NotRun()), (0.0, LATE)])) == 1


def test_a_case_that_counts_may_contradict_that_it_is_wrong():
    right, simple = [(5.0, True)] * 4, [(0.0, False)] * 3
    said = "It is wrong when `b` is 0."
    assert of_inputs(right, simple) == [(said, "Wrong in all 3 such cases, right in all 4 ordinary cases.")]
    assert len(of_inputs(right, simple, [(0.0, False), (1.0, False)])) == 1
    assert of_inputs(right, simple, [(0.0, True)]) == []
    also = of_inputs([*right, (0.0, False)], simple)
    assert also == [(said, "Wrong in all 4 such cases, right in all 4 ordinary cases.")]
    assert of_inputs([*right, (1.0, False)], simple) == []


def test_what_is_wrong_in_several_circumstances_is_one_sentence():
    assert said([True] * 4, b=[False] * 3, T=[False] * 2, W=[True, False]) == [
        (
            "wrong_when",
            "It is wrong when `b` is 0 or `T` is 1.",
            "Wrong in all 5 such cases, right in all 4 ordinary cases.",
        )
    ]


# ── equal sizes ───────────────────────────────────────────────────────────────────────────────────────────────────


def of_sizes(verdicts, graded=()):
    """What is said of verdicts on cases by their sizes."""
    found, count = (
        [
            replace(trial, case=replace(trial.case, sizes=dict(zip("DHT", sizes, strict=False))))
            for sizes, right in each
            for trial in trials(NUMBER, [right])
        ]
        for each in (verdicts, graded)
    )
    return [(finding.sentence, finding.evidence) for finding in circumstances(NUMBER, found, [], count)]


def test_equal_sizes_that_decide():
    hides = [((2, 3), False), ((4, 1), False), ((2, 2), True), ((3, 3), True)]
    makes = [(sizes, not right) for sizes, right in hides]
    assert of_sizes(hides)[0] == (
        "It is right when `D` and `H` are equal.",
        "Right in all 2 such cases, wrong in all 2 ordinary cases where they differ.",
    )
    assert of_sizes(makes)[0] == (
        "It is wrong when `D` and `H` are equal.",
        "Wrong in all 2 such cases, right in all 2 ordinary cases where they differ.",
    )


def test_a_case_that_counts_may_contradict_what_equal_sizes_do():
    hides = [((2, 3), False), ((4, 1), False), ((2, 2), True), ((3, 3), True)]
    assert len(of_sizes(hides, [((1, 1), True), ((1, 2), True), ((), False)])) == 1
    assert of_sizes(hides, [((1, 1), False)]) == []


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


def of_outputs(wrong, graded=None, **simple):
    """What is said where these outputs are wrong in four generic cases, and others in simple ones by their origin."""

    def made(origin, names, count):
        case = Case("f/1", origin, True, {}, {}, expected=dict.fromkeys("abc", 2.0))
        given = Returned({name: 3.0 if name in names else 2.0 for name in "abc"})
        return try_cases(THREE, [case] * count, [given] * count)

    some = [trial for origin, names in simple.items() for trial in made(f"`{origin}` is 0", names, 3)]
    return [
        (finding.sentence, finding.evidence, finding.outputs)
        for finding in circumstances(THREE, made("", wrong, 4), some, [] if graded is None else made("edge", graded, 1))
    ]


def test_which_outputs_are_right():
    (found,) = of_outputs("b")
    assert found == ("`a` and `c` are right; `b` is not.", "Wrong in 4 of 4 cases tried, and in nothing else.", ("b",))
    assert of_outputs("abc") == of_outputs("") == []


def test_a_case_that_counts_may_contradict_that_an_output_is_right():
    assert len(of_outputs("b", graded="b")) == len(of_outputs("b", graded="")) == 1
    assert of_outputs("b", graded="bc") == []
    assert of_outputs("b", x="bc") == []
    raised = [Trial(Case("f/1", "", True, {}, {}, raises="ValueError"), Raised("ValueError", "no"))]
    given = [Returned({"a": 2.0, "b": 3.0, "c": 2.0})] * 4
    clues = try_cases(THREE, [Case("f/1", "", True, {}, {}, expected=dict.fromkeys("abc", 2.0))] * 4, given)
    assert len(circumstances(THREE, clues, [], raised)) == 1


def test_outputs_that_are_right_in_some_circumstance_where_the_whole_never_is():
    first, second, third = of_outputs("abc", x="c", y="c", z="abc")[0], *of_outputs("ac", x="c", y="a")[:2]
    assert first[:2] == (
        "`a` and `b` are right whenever `x` is 0 or `y` is 0.",
        "Right in all 6 such cases, wrong in at least 4 of 4 ordinary cases.",
    )
    assert [second[0], third[0]] == ["`a` is right whenever `x` is 0.", "`c` is right whenever `y` is 0."]
    assert of_outputs("ac", x="", y="a")[0][0] == "It is right whenever `x` is 0."
