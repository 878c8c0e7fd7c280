"""What is said of a mistake, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from grader.diagnose.diagnose import diagnose
from grader.diagnose.rows import row
from grader.judge.trials import try_cases
from grader.records.assignment import Output
from grader.records.bank import Case, Clue, Clues
from grader.records.run import Crashed, NotRun, Raised, Returned
from tests.judge.examples import exercise

ASKED = exercise(outputs={"y": Output(), "z": Output()})
GENERIC = [("", x) for x in (0.5, -1.25, 2.0, 3.0)]
B_IS_0 = [("`b` is 0", x) for x in (4.0, 5.0, 6.0)]
N_IS_1 = [("`N` is 1", x) for x in (7.0, 8.0, 9.0)]


def right(x, origin):
    return {"y": np.array([x, x + 1]), "z": x**2}


def negated(x, origin):
    return {**right(x, origin), "y": -right(x, origin)["y"]}


def tripled(x, origin):
    return {name: 3 * value for name, value in right(x, origin).items()}


def right_without_b(x, origin):
    return (right if origin == "`b` is 0" else negated)(x, origin)


def cases_of(drawn):
    return tuple(
        Case(f"f/clue{n}", origin, True, {"N": n}, {}, expected=right(x, origin)) for n, (origin, x) in enumerate(drawn)
    )


def said(solution, versions=None, drawn=(*GENERIC, *B_IS_0, *N_IS_1), outcomes=None, graded=()):
    """Kinds and names of the findings; ``versions`` are wrong ones by their kinds."""
    cases = cases_of(drawn)
    plain = [(origin, x) for origin, x in drawn if not origin]
    rows = [row(cases[: len(plain)], [Returned(made(x, "")) for _, x in plain]) for made in (versions or {}).values()]
    suspects = tuple(Clue(f"{kind}.1", kind, f"{kind}!") for kind in versions or {})
    clues = Clues(cases, suspects, np.array(rows, np.float32).reshape(len(rows), 3 * len(plain)))
    outcomes = outcomes or [Returned(solution(x, origin)) for origin, x in drawn]
    return [(finding.kind, finding.name) for finding in diagnose(ASKED, clues, outcomes, graded)]


RELATION, RIGHT_WHEN = ("relation", "factor"), ("circumstance", "right_when")


def test_nothing_is_known_of_what_is_right():
    assert said(right, {"misconception": negated, "sign": tripled}) == []


def test_nothing_is_known_of_an_unknown_mistake():
    found = said(lambda x, origin: {"y": np.array([7.0, -x]), "z": np.cos(9 * x)}, {"misconception": negated})
    assert not [kind for kind, _ in found if kind in ("misconception", "mutant", "probe")]


def test_an_authors_own_word_is_preferred_to_a_relation_and_that_to_a_mutant():
    assert said(negated, {"misconception": negated, "sign": negated}) == [("misconception", "misconception.1")]
    assert said(negated, {"sign": negated}) == [RELATION]
    assert said(negated, {"probe": negated}) == [RELATION]
    assert said(tripled, {"sign": tripled}) == [("mutant", "sign")]
    assert said(tripled, {"probe": tripled}) == [("probe", "1")]


def test_a_circumstance_is_told_as_well():
    assert said(right_without_b, {"misconception": negated}) == [("misconception", "misconception.1"), RIGHT_WHEN]
    assert said(right_without_b) == [RELATION, RIGHT_WHEN]


def test_a_circumstance_that_a_case_that_counts_contradicts_is_not_told():
    case = Case("f/1", "edge", False, {"N": 2}, {"b": 0.0}, expected=right(2.0, ""))
    for solution, told in ((right, [RELATION, RIGHT_WHEN]), (negated, [RELATION])):
        counted = try_cases(ASKED, [case], [Returned(solution(2.0, ""))])
        assert said(right_without_b, graded=counted) == told


def test_a_relation_is_preferred_to_a_mistake_that_explains_nearly_all():
    drawn = [("", x) for x in np.arange(16) + 0.25]

    def odd(x, origin):
        return {**right(x, origin), "y": -np.abs(right(x, origin)["y"] - 5)}

    def wrong(x, origin):
        return odd(x, origin) if x < 15 else right(x, origin)

    assert said(wrong, {"misconception": odd}, drawn)[0] == ("misconception", "misconception.1")
    reversed_but_for_one = {"misconception": lambda x, origin: negated(x, origin) if x < 15 else odd(x, origin)}
    assert said(negated, reversed_but_for_one, drawn) == [RELATION]


def test_numbers_of_any_size_are_met_without_a_warning(recwarn):
    said(lambda x, origin: {"y": np.full(2, 1.7e308), "z": -1.7e308})
    assert list(recwarn) == []


def test_at_most_two_relations_and_one_circumstance():
    def wrong(x, origin):
        return right(x, origin) if origin == "`b` is 0" else {**negated(x, origin), "z": 2 * x**2}

    assert said(wrong) == [RELATION, RELATION, RIGHT_WHEN]


@pytest.mark.parametrize("drawn", [(), GENERIC, B_IS_0, GENERIC[:1]])
def test_few_clues_say_little(drawn):
    assert said(negated, drawn=drawn) == ([RELATION] if drawn == GENERIC else [])
    assert said(right, drawn=drawn) == []


@pytest.mark.parametrize("outcome", [Raised("ValueError", "no"), Crashed(exit_code=3), Returned({}, ("y", "z"))])
def test_what_never_returns_is_not_explained(outcome):
    everything = (*GENERIC, *B_IS_0, *N_IS_1)
    assert said(None, {"misconception": negated}, outcomes=[outcome] * len(everything)) == []


def test_after_the_end_of_a_process_nothing_is_concluded_from_what_was_not_tried():
    given = [Returned(right(x, origin)) for origin, x in GENERIC]
    for ended in range(3):
        some = [Returned(right(x, origin)) for origin, x in B_IS_0[:ended]]
        outcomes = [*given, *some, Crashed(signal="SIGSEGV")]
        outcomes += [NotRun()] * (10 - len(outcomes))
        assert said(None, {"misconception": negated}, outcomes=outcomes) == []
