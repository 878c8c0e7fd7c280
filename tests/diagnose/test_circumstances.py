"""When a solution is right."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.diagnose.circumstances import circumstances, refuted
from grader.judge.trials import try_cases
from grader.records.assignment import Output
from grader.records.bank import Case, Condition, Origin
from grader.records.finding import Contrast, EqualSizes, Finding, OutputsRight, Share, When
from grader.records.run import Crashed, NotRun, Raised, Returned, TimedOut
from grader.records.verdict import Trial
from tests.judge.examples import exercise

NUMBER = exercise(outputs={"y": Output()})
SEQUENCE = exercise(outputs={"y": Output(shape=("T", "H"))})
LATE = TimedOut(10.0, "cpu", "exercise")
B_IS_0, T_IS_1, SYMMETRIC = Condition("zero", "b"), Condition("size_one", "T"), Condition("symmetric", "W")
X_IS_0 = Condition("zero", "x")


def trials(exercise, rights, *, condition=None, expected=2.0):
    """A trial for each truth, or outcome; a wrong one is off by 1."""
    cases = [Case("f/1", Origin("any"), True, {}, {}, expected={"y": expected}, condition=condition) for _ in rights]
    outcomes = [each if not isinstance(each, bool) else Returned({"y": expected + (not each)}) for each in rights]
    return list(try_cases(exercise, cases, outcomes))


def said(generic, **simple):
    """Findings for truths of the generic cases, and of the simple ones by the name in their condition."""
    conditions = {"b": B_IS_0, "T": T_IS_1, "W": SYMMETRIC, "x": X_IS_0}
    some = [trial for name, rights in simple.items() for trial in trials(NUMBER, rights, condition=conditions[name])]
    found = circumstances(NUMBER, trials(NUMBER, generic), some)
    assert all(finding.kind == "circumstance" and not finding.outputs for finding in found)
    return [(finding.fact, finding.rests) for finding in found]


def right_when(*conditions):
    return When(right=True, conditions=conditions)


def wrong_when(*conditions):
    return When(right=False, conditions=conditions)


# ── what is simple ────────────────────────────────────────────────────────────────────────────────────────────────


def test_right_only_where_something_is_simple():
    assert said([False] * 16, b=[True] * 3, T=[False, True, True]) == [
        (right_when(B_IS_0), Contrast(given=3, opposite=16, ordinary=16))
    ]


def test_several_circumstances_are_named_together_but_no_more_than_three():
    two = said([False] * 16, b=[True] * 3, T=[True] * 2, W=[False] * 3)
    assert two[0] == (right_when(B_IS_0, T_IS_1), Contrast(given=5, opposite=16, ordinary=16))
    four = [Condition("zero", f"b{number}") for number in range(4)]
    simple = dict.fromkeys(four, [True] * 3) | {T_IS_1: [False]}
    some = [trial for condition, rights in simple.items() for trial in trials(NUMBER, rights, condition=condition)]
    (finding,) = circumstances(NUMBER, trials(NUMBER, [False] * 4), some)
    assert finding.fact == right_when(*four[:3])
    assert finding.rests == Contrast(given=9, opposite=4, ordinary=4)


def test_crashes_are_wrong_too():
    raised = Raised("ValueError", "shapes")
    assert said([raised] * 4, T=[True] * 3, b=[raised] * 3)[0][0] == right_when(T_IS_1)
    assert said([True] * 4, T=[raised] * 3, b=[True] * 3) == [
        (wrong_when(T_IS_1), Contrast(given=3, opposite=4, ordinary=4))
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
    assert said(generic, b=[True] * 3, T=[False])[0][0] == right_when(B_IS_0)
    assert said(generic, b=[True] * 2, T=[False]) == []


def test_cases_that_ask_for_nothing_but_zeros_show_nothing():
    wrong = trials(NUMBER, [False] * 4)
    others = trials(NUMBER, [False] * 3, condition=T_IS_1)
    nothing = trials(NUMBER, [True] * 3, condition=B_IS_0, expected=0.0)
    something = trials(NUMBER, [True], condition=B_IS_0, expected=1.0)
    assert circumstances(NUMBER, wrong, [*nothing, *others]) == []
    assert circumstances(NUMBER, wrong, [*nothing, *something, *others])[0].fact == right_when(B_IS_0)


@pytest.mark.parametrize("stop", [LATE, Crashed(signal="SIGSEGV")])
def test_cases_that_were_never_tried_are_neither_right_nor_wrong(stop):
    left = [NotRun()] * 3
    assert said([True] * 16, b=[True, True, stop], T=left, W=left) == []
    assert said([True] * 16, b=[True, stop, NotRun()], T=left) == []
    assert said([False] * 14 + [stop, NotRun()], T=left, W=left) == []


def test_what_was_not_tried_is_not_counted():
    assert said([False] * 3, b=[True] * 3, T=[False, LATE, NotRun()])[0][1].ordinary == 3
    assert said([True] * 3, b=[False, False, LATE], T=[NotRun()] * 3)[0][1].given == 2


# ── what contradicts it ───────────────────────────────────────────────────────────────────────────────────────────


def of_inputs(generic, simple=(), graded=()):
    """What is said of verdicts beside the value of ``b``; the simple ones were drawn for it."""

    def made(verdicts, condition=None):
        return [
            replace(trial, case=replace(trial.case, inputs={"b": b}, sizes={"T": 2}))
            for b, right in verdicts
            for trial in trials(NUMBER, [right], condition=condition)
        ]

    found = circumstances(NUMBER, made(generic), made(simple, B_IS_0), made(graded))
    return [(finding.fact, finding.rests) for finding in found]


WRONG, SIMPLE = [(5.0, False)] * 4, [(0.0, True)] * 3


def test_an_ordinary_case_in_which_it_is_simple_belongs_there():
    fact = right_when(B_IS_0)
    assert of_inputs(WRONG, SIMPLE) == [(fact, Contrast(given=3, opposite=4, ordinary=4))]
    right = [*WRONG, (0.0, True)]
    assert of_inputs(right, SIMPLE) == [(fact, Contrast(given=4, opposite=4, ordinary=4))]
    assert of_inputs([*WRONG, (0.0, False)], SIMPLE) == []
    assert of_inputs([(0.0, False)] * 4, SIMPLE) == []


def test_a_case_that_counts_may_contradict_that_it_is_right():
    assert len(of_inputs(WRONG, SIMPLE, [(0.0, True), (1.0, False), (2.0, True)])) == 1
    assert of_inputs(WRONG, SIMPLE, [(0.0, True), (0.0, False)]) == []
    assert of_inputs(WRONG, SIMPLE, [(0.0, Raised("ValueError", "no"))]) == []
    assert len(of_inputs(WRONG, SIMPLE, [(0.0, NotRun()), (0.0, LATE)])) == 1


def test_a_case_that_counts_may_contradict_that_it_is_wrong():
    right, simple = [(5.0, True)] * 4, [(0.0, False)] * 3
    fact = wrong_when(B_IS_0)
    assert of_inputs(right, simple) == [(fact, Contrast(given=3, opposite=4, ordinary=4))]
    assert len(of_inputs(right, simple, [(0.0, False), (1.0, False)])) == 1
    assert of_inputs(right, simple, [(0.0, True)]) == []
    also = of_inputs([*right, (0.0, False)], simple)
    assert also == [(fact, Contrast(given=4, opposite=4, ordinary=4))]
    assert of_inputs([*right, (1.0, False)], simple) == []


def test_what_is_wrong_in_several_circumstances_is_one_finding():
    assert said([True] * 4, b=[False] * 3, T=[False] * 2, W=[True, False]) == [
        (wrong_when(B_IS_0, T_IS_1), Contrast(given=5, opposite=4, ordinary=4))
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
    return [(finding.fact, finding.rests) for finding in circumstances(NUMBER, found, [], count)]


def test_equal_sizes_that_decide():
    hides = [((2, 3), False), ((4, 1), False), ((2, 2), True), ((3, 3), True)]
    makes = [(sizes, not right) for sizes, right in hides]
    rests = Contrast(given=2, opposite=2, ordinary=2)
    assert of_sizes(hides)[0] == (EqualSizes(right=True, sizes=("D", "H")), rests)
    assert of_sizes(makes)[0] == (EqualSizes(right=False, sizes=("D", "H")), rests)


def test_a_case_that_counts_may_contradict_what_equal_sizes_do():
    hides = [((2, 3), False), ((4, 1), False), ((2, 2), True), ((3, 3), True)]
    assert len(of_sizes(hides, [((1, 1), True), ((1, 2), True), ((), False)])) == 1
    assert of_sizes(hides, [((1, 1), False)]) == []


def test_sizes_that_are_always_equal_together_are_named_together():
    together = [((2, 3, 4), True), ((4, 1, 2), True), ((2, 2, 2), False), ((3, 3, 3), False)]
    assert of_sizes(together)[0][0] == EqualSizes(right=False, sizes=("D", "H", "T"))
    apart = [*together, ((2, 2, 5), True), ((1, 5, 1), False), ((4, 2, 4), False)]
    assert of_sizes(apart)[0][0] == EqualSizes(right=False, sizes=("D", "T"))


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
    """What is said where these outputs are wrong in four generic cases, and others where an input is 0."""

    def made(condition, names, count):
        case = Case("f/1", Origin("any"), True, {}, {}, expected=dict.fromkeys("abc", 2.0), condition=condition)
        given = Returned({name: 3.0 if name in names else 2.0 for name in "abc"})
        return try_cases(THREE, [case] * count, [given] * count)

    some = [trial for name, names in simple.items() for trial in made(Condition("zero", name), names, 3)]
    counted = [] if graded is None else made(None, graded, 1)
    return circumstances(THREE, made(None, wrong, 4), some, counted)


def test_which_outputs_are_right():
    (found,) = of_outputs("b")
    assert found == Finding(OutputsRight(("a", "c")), Share(shown=4, asked=4, tried=4), ("b",))
    assert of_outputs("abc") == of_outputs("") == []


def test_a_case_that_counts_may_contradict_that_an_output_is_right():
    assert len(of_outputs("b", graded="b")) == len(of_outputs("b", graded="")) == 1
    assert of_outputs("b", graded="bc") == []
    assert of_outputs("b", x="bc") == []
    raised = [Trial(Case("f/1", Origin("any"), True, {}, {}, raises="ValueError"), Raised("ValueError", "no"))]
    given = [Returned({"a": 2.0, "b": 3.0, "c": 2.0})] * 4
    generic = try_cases(
        THREE, [Case("f/1", Origin("any"), True, {}, {}, expected=dict.fromkeys("abc", 2.0))] * 4, given
    )
    assert len(circumstances(THREE, generic, [], raised)) == 1


def test_outputs_that_are_right_in_some_circumstance_where_the_whole_never_is():
    first, second, third = of_outputs("abc", x="c", y="c", z="abc")[0], *of_outputs("ac", x="c", y="a")[:2]
    y_is_0 = Condition("zero", "y")
    rests = Contrast(given=6, opposite=4, ordinary=4)
    assert first == Finding(right_when(X_IS_0, y_is_0), rests, ("a", "b"))
    assert (second.fact, second.outputs) == (right_when(X_IS_0), ("a",))
    assert (third.fact, third.outputs) == (right_when(y_is_0), ("c",))
    (whole,) = of_outputs("ac", x="", y="a")[:1]
    assert (whole.fact, whole.outputs) == (right_when(X_IS_0), ())


# ── sizes of 1 ────────────────────────────────────────────────────────────────────────────────────────────────────


def sized(*given, condition=None):
    """Trials for truths and sizes; what is expected is 1 where D is 1, and else the number of the case."""
    cases = [
        Case("f/1", Origin("any"), True, sizes, {}, expected={"y": 1.0 if sizes["D"] == 1 else n}, condition=condition)
        for n, (_, sizes) in enumerate(given, 2)
    ]
    outcomes = [
        Returned({"y": case.expected["y"] + (not right)}) for case, (right, _) in zip(cases, given, strict=True)
    ]
    return list(try_cases(NUMBER, cases, outcomes))


D_IS_1 = Condition("size_one", "D")
LARGE = [(True, {"D": 2, "N": 3, "H": 4}), (True, {"D": 3, "N": 2, "H": 1})]


def test_wrong_where_one_size_is_1_and_another_is_not():
    simple = sized((False, {"D": 1, "N": 2, "H": 1}), (False, {"D": 1, "N": 3, "H": 4}), condition=D_IS_1)
    graded = sized((True, {"D": 1, "N": 1, "H": 3}), (True, {"D": 2, "N": 1, "H": 1}))
    (finding,) = circumstances(NUMBER, sized(*LARGE), simple, graded)
    assert finding.fact == When(right=False, conditions=(D_IS_1,), unless=("N",))
    assert finding.rests == Contrast(given=2, opposite=2, ordinary=2)
    assert not refuted(finding, NUMBER, graded)
    other = sized((True, {"D": 1, "N": 2, "H": 3}), (True, {"D": 1, "N": 1, "H": 3}))
    assert refuted(finding, NUMBER, other)
    assert circumstances(NUMBER, sized(*LARGE), simple, other) == []
    assert circumstances(NUMBER, sized((False, LARGE[0][1]), LARGE[1]), simple, graded) == []


def test_right_where_every_answer_is_the_same_number_says_nothing():
    simple = sized(*[(True, {"D": 1, "N": n, "H": 2}) for n in (2, 3, 4)], condition=D_IS_1)
    wrong = sized(*[(False, sizes) for _, sizes in (*LARGE, *LARGE)])
    assert circumstances(NUMBER, wrong, simple) == []
