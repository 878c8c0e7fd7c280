"""What is said of a mistake, and in which order."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.diagnose.diagnose import diagnose, with_contradictions
from grader.diagnose.rows import places, row, sums
from grader.judge.trials import try_cases
from grader.records.assignment import Output
from grader.records.bank import Case, Condition, Diagnostics, KnownMistake, MistakeKind, Origin
from grader.records.finding import Predicted, Share
from grader.records.run import Crashed, NotRun, Raised, Returned
from tests.judge.examples import exercise

ASKED = exercise(outputs={"y": Output(), "z": Output()})
B, N = Condition("zero", "b"), Condition("size_one", "N")
GENERIC = [(None, x) for x in (0.5, -1.25, 2.0, 3.0)]
B_IS_0 = [(B, x) for x in (4.0, 5.0, 6.0)]
N_IS_1 = [(N, x) for x in (7.0, 8.0, 9.0)]


def right(x, condition):
    return {"y": np.array([x, x + 1]), "z": x**2}


def negated(x, condition):
    return {**right(x, condition), "y": -right(x, condition)["y"]}


def tripled(x, condition):
    return {name: 3 * value for name, value in right(x, condition).items()}


def right_without_b(x, condition):
    return (right if condition == B else negated)(x, condition)


def cases_of(drawn):
    return tuple(
        Case(f"f/{n}", Origin("any"), True, {"N": n}, {}, expected=right(x, condition), condition=condition)
        for n, (condition, x) in enumerate(drawn)
    )


ALL = (*GENERIC, *B_IS_0, *N_IS_1)


def diagnostics_of(versions, drawn, witnesses=(), say=str.upper):
    """``versions`` are wrong ones by kind and name, ``say`` makes the sentence of each."""
    cases = cases_of((*drawn, *witnesses))
    rows = [
        row(cases, [Returned(made(*each[::-1])) for each in (*drawn, *witnesses)]) for made in (versions or {}).values()
    ]
    known = tuple(KnownMistake(kind, name, say(name), f"of_{name}") for kind, name in versions or {})
    return Diagnostics(cases[: len(drawn)], known, sums(places(cases), rows), cases[len(drawn) :])


def findings(solution, versions=None, drawn=ALL, outcomes=None, graded=(), say=str.upper, witnesses=(), right=()):
    outcomes = outcomes or [Returned(solution(x, condition)) for condition, x in (*drawn, *witnesses)]
    known = diagnostics_of(versions, drawn, witnesses, say)
    return diagnose(ASKED, known, try_cases(ASKED, known.asked, outcomes), graded, right)


def said(*arguments, **options):
    """Kinds and names of the findings."""
    return [(finding.kind, finding.name) for finding in findings(*arguments, **options)]


OWN, PROBE = (MistakeKind.MISCONCEPTION, "own"), (MistakeKind.PROBE, "negated.x")
SIGN = (MistakeKind.MUTANT, "sign")
RELATION, RIGHT_WHEN = ("relation", "factor"), ("circumstance", "right_when")
OUTPUTS = ("circumstance", "outputs")


def test_what_says_less_is_not_looked_for_once_all_is_accounted_for(monkeypatch):
    looked = []
    monkeypatch.setattr("grader.diagnose.diagnose.no_effect", lambda *_: looked.append("influence") or [])
    monkeypatch.setattr("grader.diagnose.diagnose.resemblances", lambda *_: looked.append("likeness") or [])
    for made, expected in ((tripled, []), (negated, ["influence", "likeness"])):  # the latter has z right
        looked.clear()
        said(made, {SIGN: made})
        assert looked == expected


def test_nothing_is_known_of_what_is_right():
    assert said(right, {OWN: negated, SIGN: tripled}) == []


def test_nothing_is_known_of_an_unknown_mistake():
    found = said(lambda x, condition: {"y": np.array([7.0, -x]), "z": np.cos(9 * x)}, {OWN: negated})
    assert not [kind for kind, _ in found if kind in ("misconception", "mutant", "probe")]


def test_an_authors_own_word_is_preferred_to_a_relation_and_that_to_a_mutant():
    assert said(negated, {OWN: negated, SIGN: negated}) == [("misconception", "own")]
    assert said(negated, {SIGN: negated}) == [RELATION]
    assert said(negated, {PROBE: negated}) == [RELATION]
    assert said(tripled, {SIGN: tripled}) == [("mutant", "sign")]
    assert said(tripled, {PROBE: tripled}) == [("probe", "negated.x")]


def test_a_circumstance_is_told_as_well():
    assert said(right_without_b, {OWN: right_without_b}) == [("misconception", "own"), RIGHT_WHEN]
    assert said(right_without_b) == [RIGHT_WHEN, OUTPUTS]  # no relation holds where it is right


def test_a_circumstance_that_a_case_that_counts_contradicts_is_not_told():
    case = Case("f/1", Origin("zeros"), False, {"N": 2}, {"b": 0.0}, expected=right(2.0, None))
    for solution, told in ((right, [RIGHT_WHEN, OUTPUTS]), (negated, [OUTPUTS])):
        counted = try_cases(ASKED, [case], [Returned(solution(2.0, None))])
        assert said(right_without_b, graded=counted) == told


def test_a_relation_is_preferred_to_a_mistake_that_explains_nearly_all():
    drawn = [(None, x) for x in np.arange(16) + 0.25]

    def odd(x, condition):
        return {**right(x, condition), "y": -np.abs(right(x, condition)["y"] - 5)}

    def wrong(x, condition):
        return odd(x, condition) if x < 15 else right(x, condition)

    assert said(wrong, {OWN: odd}, drawn)[0] == ("misconception", "own")
    reversed_but_for_one = {OWN: lambda x, condition: negated(x, condition) if x < 15 else odd(x, condition)}
    assert said(negated, reversed_but_for_one, drawn) == [RELATION]


def test_numbers_of_any_size_are_met_without_a_warning(recwarn):
    said(lambda x, condition: {"y": np.full(2, 1.7e308), "z": -1.7e308})
    assert list(recwarn) == []


def test_at_most_two_mistakes_and_one_circumstance():
    def wrong(x, condition):
        return right(x, condition) if condition == B else {**negated(x, condition), "z": 2 * x**2}

    def only(output):
        return lambda x, condition: {**right(x, condition), output: wrong(x, condition)[output]}

    names = [(MistakeKind.MISCONCEPTION, output) for output in "yz"]
    known = {name: only(name[1]) for name in names}
    assert said(wrong, known) == [("misconception", "y"), ("misconception", "z"), RIGHT_WHEN]


@pytest.mark.parametrize("drawn", [(), GENERIC, B_IS_0, GENERIC[:1]])
def test_few_cases_say_little(drawn):
    assert said(negated, drawn=drawn) == ([RELATION] if len(drawn) > 1 else [])
    assert said(right, drawn=drawn) == []


@pytest.mark.parametrize("outcome", [Raised("ValueError", "no"), Crashed(exit_code=3), Returned({}, ("y", "z"))])
def test_what_never_returns_is_not_explained(outcome):
    everything = (*GENERIC, *B_IS_0, *N_IS_1)
    assert said(None, {OWN: negated}, outcomes=[outcome] * len(everything)) == []


def test_after_the_end_of_a_process_nothing_is_concluded_from_what_was_not_tried():
    given = [Returned(right(x, condition)) for condition, x in GENERIC]
    for ended in range(3):
        some = [Returned(right(x, condition)) for condition, x in B_IS_0[:ended]]
        outcomes = [*given, *some, Crashed(signal="SIGSEGV")]
        outcomes += [NotRun()] * (10 - len(outcomes))
        assert said(None, {OWN: negated}, outcomes=outcomes) == []


@pytest.mark.parametrize("solution", [negated, tripled, right_without_b])
def test_what_is_found_depends_on_no_sentence(solution):
    versions = {OWN: tripled, SIGN: negated}

    def facts(say):
        found = findings(solution, versions, say=say)
        return [
            (finding.kind, finding.name, finding.rests, finding.outputs)
            if isinstance(finding.fact, Predicted)
            else finding
            for finding in found
        ]

    assert facts(str.upper) == facts(lambda name: "the same of all")


# ── what contradicts ──────────────────────────────────────────────────────────────────────────────────────────────

EDGE = (None, 11.0)


def beside_it(function):
    """``function``, but on the edge."""
    return lambda x, condition: {"y": np.array([5.0, x]), "z": 7.5} if x == EDGE[1] else function(x, condition)


def unknown(x, condition):
    return {**right(x, condition), "y": np.array([np.cos(9 * x), np.sin(5 * x)])}


def squashed(x, condition):
    return {"y": right(x, condition)["y"] + 0.001, "z": right(x, condition)["z"]}


@pytest.mark.parametrize(
    ("solution", "versions", "told"),
    [
        (negated, {}, RELATION),
        (tripled, {SIGN: tripled}, ("mutant", "sign")),
        (squashed, {}, ("relation", "nearly")),
        (unknown, {}, OUTPUTS),
    ],
)
def test_no_witness_and_no_public_case_contradicts_what_is_told(solution, versions, told):
    witnesses = [(None, 12.0), EDGE]
    assert told in said(solution, versions, witnesses=witnesses)
    assert told not in said(beside_it(solution), versions, witnesses=witnesses)
    if told[0] in ("relation", "circumstance"):
        public = [Case("f/p", Origin("any"), True, {"N": 2}, {}, expected=right(EDGE[1], None))]
        graded = try_cases(ASKED, public, [Returned(beside_it(solution)(EDGE[1], None))])
        assert told not in said(solution, versions, graded=graded)


def test_the_ground_is_every_case_that_was_tried():
    (finding,) = findings(negated, witnesses=[(None, 12.0), (None, 13.0)])[:1]
    assert finding.rests == Share(len(ALL) + 2, len(ALL) + 2, len(ALL) + 2)


@pytest.mark.parametrize("solution", [negated, right])
def test_a_hidden_case_marks_what_it_contradicts_and_only_for_the_staff(solution):
    asked, outcomes = diagnostics_of({}, ALL), [Returned(negated(x, condition)) for condition, x in ALL]
    hidden = [Case("f/h", Origin("any"), False, {"N": 2}, {}, expected=right(3.0, None))]
    found = diagnose(ASKED, asked, try_cases(ASKED, asked.asked, outcomes))
    hidden_trials = try_cases(ASKED, hidden, [Returned(solution(3.0, None))])
    seen = with_contradictions(ASKED, found, try_cases(ASKED, asked.cases, outcomes), (), hidden_trials)
    assert [replace(each, contradicted=False) for each in seen] == list(found)
    assert [each.contradicted for each in seen if each.kind == "relation"] == [solution is right]


def test_a_change_of_a_function_that_is_right_is_no_mistake_of_this_solution():
    assert said(tripled, {SIGN: tripled}) == [("mutant", "sign")]
    assert ("mutant", "sign") not in said(tripled, {SIGN: tripled}, right=["of_sign"])
    assert said(tripled, {OWN: tripled}, right=["of_own"]) == [("misconception", "own")]


def test_what_a_relation_says_already_chooses_no_mutant():
    """Of two that both leave something open, the one that says what is not known yet."""

    def solution(x, condition):
        return {"y": 0 * right(x, condition)["y"], "z": np.cos(3 * x)}

    result = {(MistakeKind.MUTANT, "drop_result"): lambda x, c: {**right(x, c), "y": 0 * right(x, c)["y"]}}
    assert said(solution, result)[0] == ("relation", "zero")
    assert ("mutant", "drop_result") not in said(solution, result)
