"""Known mistakes that answer as a solution does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.diagnose.known import matches
from grader.diagnose.rows import places, row, sums
from grader.records.bank import Case, Diagnostics, KnownMistake, MistakeKind, Origin
from grader.records.finding import Finding, Predicted, Share
from grader.records.run import Raised, Returned

MISCONCEPTION, INHERITED, PROBE, MUTANT = MistakeKind
NONE = ([], [])
XS = np.array([0.5, -1.25, 2.0, 3.0])
RAISED = Raised("ValueError", "no")


def right(x):
    return {"y": np.array([x, x + 1]), "z": x**2}


def cases_of(function=right, xs=XS):
    return [Case(f"f/{number}", Origin("any"), True, {}, {"x": x}, expected=function(x)) for number, x in enumerate(xs)]


def answers(function, xs=XS):
    """What a version gives, an exception where it gives None."""
    return [RAISED if found is None else Returned(found) for found in map(function, xs)]


def changed(**changes):
    """The right solution with some outputs changed."""
    return lambda x: {name: changes.get(name, lambda value: value)(value) for name, value in right(x).items()}


def diagnostics_of(versions, function=right, xs=XS):
    """Diagnostics for versions by the kind and the id of their mistakes."""
    mistakes = tuple(KnownMistake(kind, name, f"You {name}.") for kind, name in versions)
    rows = [row(cases_of(function, xs), answers(version, xs)) for version in versions.values()]
    return Diagnostics(tuple(cases_of(function, xs)), mistakes, sums(places(cases_of(function, xs)), rows))


def matched(versions, solution, function=right, xs=XS):
    found = matches(cases_of(function, xs), answers(solution, xs), diagnostics_of(versions, function, xs))
    assert found.nearly == []
    return [(finding.kind, finding.name) for finding in found.exact]


def shares(versions, solution):
    """The outputs that mistakes explain, whether others are wrong as well, and in how many cases."""
    found = matches(cases_of(), answers(solution), diagnostics_of(versions)).exact
    return [(*finding.outputs, finding.fact.partly, finding.rests) for finding in found]


def nearly(versions, solution):
    """What predicts nearly all of ``MANY`` cases, where nothing predicts them all."""
    found = matches(cases_of(xs=MANY), answers(solution, MANY), diagnostics_of(versions, xs=MANY))
    assert found.exact == []
    return found.nearly


NEGATED = changed(y=lambda y: -y)
DOUBLED = changed(z=lambda z: 2 * z)
BOTH = changed(y=lambda y: -y, z=lambda z: 2 * z)


# ── one mistake ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        ((MISCONCEPTION, "y_negated"), "misconception"),
        ((INHERITED, "y_negated"), "misconception"),
        ((PROBE, "negated.x"), "probe"),
        ((MUTANT, "sign"), "mutant"),
    ],
)
def test_a_mistake_that_predicts_everything(mistake, kind):
    diagnostics = diagnostics_of({mistake: NEGATED})
    (found,) = matches(cases_of(), answers(NEGATED), diagnostics).exact
    assert (found.kind, found.name) == (kind, mistake[1])
    assert found == Finding(Predicted(diagnostics.mistakes[0]), Share(shown=4, asked=4, tried=4), ("y",))


def test_what_single_precision_loses_is_near_enough_and_what_differs_by_more_is_not():
    versions = {(MUTANT, "sign"): NEGATED}
    assert matched(versions, changed(y=lambda y: -y * (1 + 0.3e-5)))
    assert not matched(versions, changed(y=lambda y: -y * (1 + 1e-4)))
    assert not matched(versions, changed(y=lambda y: -y + [0, 1e-3]))


@pytest.mark.parametrize(
    "solution",
    [
        right,
        changed(y=lambda y: 3 * y),
        BOTH,
        changed(y=lambda y: -y, z=lambda z: z + 1),
        changed(y=lambda y: -y if y[0] > 0 else 2 * y),
        changed(y=lambda y: y * np.nan),
        changed(y=lambda y: y * np.inf),
        changed(y=lambda y: -y[:, None]),
        changed(y=lambda y: "text"),
        lambda x: None,
    ],
)
def test_another_mistake_is_not_named(solution):
    assert matched({(MISCONCEPTION, "wrong"): changed(y=lambda y: 5 * y)}, solution) == []


def test_what_is_right_has_no_mistake_even_where_a_mistake_is_as_well():
    assert matched({(MUTANT, "scale"): right, (MUTANT, "sign"): NEGATED}, right) == []
    assert matched({(MUTANT, "scale"): right}, NEGATED) == []


def test_without_mistakes_or_cases_nothing_is_named():
    assert matches(cases_of(), answers(NEGATED), Diagnostics(tuple(cases_of()), (), np.zeros((0, 12)))) == NONE
    assert matches([], [], Diagnostics((), (KnownMistake(MUTANT, "sign", "s"),), np.zeros((1, 0)))) == NONE
    assert matches([], [], Diagnostics((), (), np.zeros((0, 0)))) == NONE


def test_what_the_solution_has_right_the_mistake_has_right_as_well():
    assert matched({(MUTANT, "scale"): BOTH}, NEGATED) == []
    assert matched({(MISCONCEPTION, "sign"): BOTH}, NEGATED) == []
    assert matched({(MUTANT, "order"): BOTH, (MUTANT, "sign"): NEGATED}, NEGATED) == [("mutant", "sign")]


def test_a_telling_one_that_has_more_wrong_is_told_of_the_output_that_it_predicts():
    both = {(MUTANT, "sign"): BOTH}
    all_cases = Share(shown=4, asked=4, tried=4)
    assert shares(both, NEGATED) == [("y", True, all_cases)]
    assert shares({**both, (MUTANT, "order"): NEGATED}, NEGATED) == [("y", False, all_cases)]
    assert matched({**both, (MUTANT, "order"): NEGATED}, NEGATED) == [("mutant", "order")]


# ── several ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_mistake_that_explains_all_is_preferred():
    versions = {(MISCONCEPTION, "y"): NEGATED, (MISCONCEPTION, "z"): DOUBLED, (MUTANT, "scale"): BOTH}
    assert matched(versions, BOTH) == [("mutant", "scale")]


def test_otherwise_each_wrong_output_has_its_own():
    versions = {(MUTANT, "sign"): NEGATED, (MISCONCEPTION, "z"): DOUBLED}
    assert matched(versions, BOTH) == [(MISCONCEPTION, "z"), ("mutant", "sign")]
    all_cases = Share(shown=4, asked=4, tried=4)
    assert shares(versions, BOTH) == [("z", True, all_cases), ("y", True, all_cases)]
    assert shares({(MUTANT, "sign"): NEGATED}, BOTH) == [("y", True, all_cases)]


def test_at_most_three_are_named():
    def four(x):
        return dict.fromkeys("abcd", x)

    def wrong(*names):
        return lambda x: {name: -x if name in names else x for name in "abcd"}

    versions = {(MISCONCEPTION, name): wrong(name) for name in "abcd"}
    assert matched(versions, wrong(*"abcd"), four) == [(MISCONCEPTION, name) for name in "abc"]


def test_one_slip_made_for_each_of_several_outputs_is_told_of_all():
    def three(x):
        return {name: np.array([x, x + 1]) for name in "abc"}

    def wrong(*names):
        return lambda x: {name: -value if name in names else value for name, value in three(x).items()}

    same = (KnownMistake(MUTANT, "sign", "A sign is lost."),) * 3
    rows = [row(cases_of(three), answers(wrong(name))) for name in "abc"]
    known = Diagnostics(tuple(cases_of(three)), same, sums(places(cases_of(three)), rows))
    (finding,) = matches(cases_of(three), answers(wrong(*"ab")), known).exact
    assert (finding.outputs, finding.fact.partly, finding.rests) == (("a", "b"), False, Share(4, 4, 4))


def test_one_that_says_more_than_that_an_input_was_read_wrongly_comes_first():
    probe, gates, sign = (PROBE, "negated.x"), (MUTANT, "coupled_gates"), (MUTANT, "sign")
    assert matched({gates: NEGATED, sign: NEGATED, probe: NEGATED}, NEGATED) == [gates]
    assert matched({sign: NEGATED, probe: NEGATED}, NEGATED) == [probe]


@pytest.mark.parametrize("vague", ["swap_names", "hard_coded_size", "off_by_one", "scale"])
def test_of_equal_predictions_the_most_telling_sentence_is_told(vague):
    order = [(MISCONCEPTION, "m"), (INHERITED, "i"), (PROBE, "p"), (MUTANT, "sign"), (MUTANT, vague)]
    for rest in range(len(order)):
        versions = dict.fromkeys(reversed(order[rest:]), NEGATED)
        assert [found[1] for found in matched(versions, NEGATED)] == [order[rest][1]]


def test_of_equal_rank_the_first_is_told():
    assert matched({(MUTANT, "sign"): NEGATED, (MUTANT, "order"): NEGATED}, NEGATED) == [("mutant", "sign")]


def test_a_mistake_of_another_function_must_explain_all_that_is_wrong():
    versions = {(INHERITED, "y"): NEGATED, (MUTANT, "sign"): DOUBLED}
    assert matched(versions, BOTH) == [("mutant", "sign")]
    assert matched({(INHERITED, "both"): BOTH}, BOTH) == [(MISCONCEPTION, "both")]


# ── what does not come back ───────────────────────────────────────────────────────────────────────────────────────


def test_cases_that_return_are_enough_if_they_are_three():
    def failing(x):
        return None if x == 0.5 else NEGATED(x)

    def failing_twice(x):
        return None if x > 1 else NEGATED(x)

    versions = {(MUTANT, "sign"): NEGATED}
    assert shares(versions, failing) == [("y", False, Share(shown=3, asked=3, tried=4))]
    assert shares(versions, failing_twice) == []


def test_a_mistake_that_fails_where_the_solution_does_not_is_another_one():
    def failing(x):
        return None if x == 0.5 else NEGATED(x)

    assert matched({(MUTANT, "sign"): failing}, NEGATED) == []
    assert matched({(MUTANT, "sign"): failing}, failing) == [("mutant", "sign")]


def test_an_output_that_is_not_given_says_nothing_of_the_others():
    """Of the others a mistake may be told, which leaves that one unexplained."""
    known, given = diagnostics_of({(MUTANT, "sign"): NEGATED}), answers(lambda x: {"y": -right(x)["y"]})
    (finding,) = matches(cases_of(), given, known, failing={"y", "z"}).exact
    assert (finding.outputs, finding.fact.partly) == (("y",), True)


@pytest.mark.parametrize("extra", ["text", None, {"a": 1.0}, np.zeros((0, 2)), [[1], [1, 2]]])
def test_outputs_that_hold_no_numbers_are_passed_over(extra):
    def also(function):
        return lambda x: {"extra": extra, **function(x)}

    assert matched({(MUTANT, "sign"): also(NEGATED)}, also(NEGATED), also(right)) == [("mutant", "sign")]
    assert matched({(MUTANT, "sign"): also(NEGATED)}, also(right), also(right)) == []
    only = {(MUTANT, "sign"): lambda x: {"extra": extra}}
    assert matched(only, lambda x: {"extra": 3}, lambda x: {"extra": extra}) == []


def test_numbers_of_any_size_match():
    huge = np.array([1e60, 2e60, 3e60])
    versions = {(MUTANT, "sign"): lambda x: {"y": -x}}
    assert matched(versions, lambda x: {"y": -x}, lambda x: {"y": x}, huge) == [("mutant", "sign")]
    assert matched(versions, lambda x: {"y": -1.5 * x}, lambda x: {"y": x}, huge) == []


@given(st.lists(st.sampled_from([NEGATED, DOUBLED, BOTH, right]), min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_whatever_is_named_is_never_a_mistake_that_predicts_otherwise(versions, data):
    solution = data.draw(st.sampled_from([NEGATED, DOUBLED, BOTH, right]))
    mistakes = {(MISCONCEPTION, str(number)): version for number, version in enumerate(versions)}
    wanted = {NEGATED: {NEGATED}, DOUBLED: {DOUBLED}, BOTH: {NEGATED, DOUBLED, BOTH}, right: set()}[solution]
    named = {versions[int(name)] for _, name in matched(mistakes, solution)}
    assert named <= wanted
    assert bool(named) == bool(wanted.intersection(versions))
    assert named == {BOTH} or BOTH not in named


# ── nearly all cases ──────────────────────────────────────────────────────────────────────────────────────────────

MANY = np.arange(16) + 0.5


def but_for(*numbers, wrong=NEGATED):
    """Wrong but for some cases of ``MANY``."""
    return lambda x: right(x) if x in MANY[list(numbers)] else wrong(x)


def test_an_authors_mistake_may_leave_one_case_in_eight_unexplained():
    (finding,) = nearly({(MISCONCEPTION, "y"): NEGATED}, but_for(3, 5))
    assert (finding.fact.partly, finding.rests) == (False, Share(shown=14, asked=16, tried=16))
    assert nearly({(MISCONCEPTION, "y"): NEGATED}, but_for(3, 5, 7)) == []


@pytest.mark.parametrize("value", [np.float64, lambda x: np.array([x, 2 * x]).astype(int)])
def test_single_and_whole_numbers_may_be_met_by_chance(value):
    def other(x):
        return {"y": value(x)}

    diagnostics = diagnostics_of({(MISCONCEPTION, "y"): lambda x: {"y": -value(x)}}, other, MANY)
    given = answers(lambda x: {"y": value(x) if x == MANY[3] else -value(x)}, MANY)
    assert matches(cases_of(other, MANY), given, diagnostics) == NONE


def test_the_mistake_of_a_mutant_must_explain_all():
    assert matched({(MUTANT, "sign"): NEGATED}, but_for(3), xs=MANY) == []


def test_one_that_explains_all_is_preferred_to_one_that_explains_nearly_all():
    versions = {(MISCONCEPTION, "nearly"): NEGATED, (MISCONCEPTION, "all"): but_for(3)}
    assert matched(versions, but_for(3), xs=MANY) == [(MISCONCEPTION, "all")]


def test_cases_count_as_unexplained_where_any_of_the_outputs_is():
    def two(change):
        return lambda x: {"y": change(right(x)["y"]), "w": change(right(x)["y"] + 5)}

    def solution(x):
        given = two(np.negative)(x)
        return {
            **given,
            **({"y": right(x)["y"]} if x == MANY[3] else {}),
            **({"w": 9 + 0 * given["w"]} if x == MANY[5] else {}),
        }

    diagnostics = diagnostics_of({(MISCONCEPTION, "both"): two(np.negative)}, two(np.positive), MANY)
    (finding,) = matches(cases_of(two(np.positive), MANY), answers(solution, MANY), diagnostics).nearly
    assert (finding.rests, finding.outputs) == (Share(shown=14, asked=16, tried=16), ("y", "w"))


def test_what_explains_some_outputs_says_which():
    (finding,) = nearly({(MISCONCEPTION, "y"): NEGATED}, but_for(3, wrong=BOTH))
    assert (finding.fact.partly, finding.outputs, finding.rests.shown) == (True, ("y",), 15)


def test_mutants_that_say_the_same_are_told_apart_by_their_answers():
    same = KnownMistake(MUTANT, "sign", "You change a sign.")
    rows = [row(cases_of(), answers(version)) for version in (DOUBLED, NEGATED)]
    diagnostics = Diagnostics(tuple(cases_of()), (same, same), sums(places(cases_of()), rows))
    (finding,) = matches(cases_of(), answers(NEGATED), diagnostics).exact
    assert (finding.outputs, finding.rests) == (("y",), Share(shown=4, asked=4, tried=4))


def test_of_what_nearly_always_fails_a_few_answers_name_no_mistake():
    xs = np.arange(1.0, 41.0)
    versions = {(MUTANT, "sign"): NEGATED}
    assert matched(versions, lambda x: NEGATED(x) if x <= 5 else None, xs=xs)
    assert not matched(versions, lambda x: NEGATED(x) if x <= 4 else None, xs=xs)
