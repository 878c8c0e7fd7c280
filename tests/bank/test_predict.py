"""What known mistakes answer to diagnostic cases."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.bank.layout import pack_diagnostics
from grader.diagnose.rows import places, sums
from grader.records.bank import MistakeKind
from tests.bank.test_prove import F, FakeRunner, cases_of, prover

MISCONCEPTION, INHERITED, PROBE, MUTANT = MistakeKind


def with_diagnostics(**given):
    made = prover(diagnostics=True, **given)
    made.examine(F, cases_of(-2, 2))
    return made.diagnostics(F, ())


def test_diagnostics_hold_each_distinct_mistake_once_the_most_telling_first():
    diagnostics = with_diagnostics()
    kinds = [mistake.kind for mistake in diagnostics.mistakes]
    named = [mistake.name for mistake in diagnostics.mistakes]
    assert named[:2] == ["f_absolute", "scaled_by_4"]
    assert {"f_equivalent", "f_raises"}.isdisjoint(named)
    assert PROBE in kinds
    assert kinds.index(PROBE) == 2
    assert kinds == sorted(kinds, key=lambda kind: (kind not in (MISCONCEPTION, INHERITED), kind != PROBE))
    assert len({row.tobytes() for row in diagnostics.answers}) == len(diagnostics.mistakes)


def test_answers_are_those_of_the_mistakes_on_diagnostic_cases_witnesses_and_public_cases():
    made = prover(diagnostics=True)
    cases = cases_of(-2, 2)
    made.examine(F, cases)
    public = [replace(case, public=True) for case in cases[:1]]
    diagnostics = made.diagnostics(F, [*public, *cases[1:]])
    asked = [*diagnostics.asked, *public]
    xs = np.array([case.inputs["x"] for case in asked])

    def given(answers):
        return sums(places(asked), [np.asarray(answers, float)])[0]

    assert diagnostics.answers.shape == (len(diagnostics.mistakes), len(xs))
    assert np.allclose(diagnostics.answers[0], given(abs(3 * xs + 1)))
    assert np.allclose(diagnostics.answers[1], given(4 * xs + 1))
    for mistake, row in zip(diagnostics.mistakes, diagnostics.answers, strict=True):
        if mistake.name == "negated.x":
            assert np.allclose(row, given(1 - 3 * xs))
    for case in diagnostics.asked:
        assert case.expected["y"] == pytest.approx(3 * case.inputs["x"] + 1)
        assert case.units["y"] > 0


def test_no_hidden_case_decides_what_wrong_solutions_are_held_against():
    found = []
    for hidden in (cases_of(1, 2), cases_of(-3, 3, 4)):
        made, cases = prover(diagnostics=True), [replace(each, public=True) for each in cases_of(-2)]
        made.examine(F, [*cases, *hidden])
        found.append(made.diagnostics(F, [*cases, *hidden]))
    assert len(found[0].witnesses) == F.cases.hidden
    assert pack_diagnostics(found[0]) == pack_diagnostics(found[1])


def test_without_a_reference_that_answers_there_are_no_diagnostics():
    made = prover()
    made.examine(F, cases_of(-2, 2))
    diagnostics = made.diagnostics(F, ())
    assert diagnostics.witnesses == ()
    assert (diagnostics.cases, diagnostics.mistakes, diagnostics.answers.shape) == ((), (), (0, 0))

    class Silent(FakeRunner):
        def answers(self, source):
            return lambda exercise, cases: [None] * len(cases)

    assert with_diagnostics(runner=Silent()).mistakes == ()


def test_a_version_that_hangs_costs_the_others_nothing():
    calm, hanging = with_diagnostics(), with_diagnostics(runner=FakeRunner(hanging=("f_absolute",)))
    assert [mistake for mistake in calm.mistakes if mistake.name != "f_absolute"] == list(hanging.mistakes)
    assert np.array_equal(calm.answers[1:], hanging.answers)


def test_of_decimals_in_a_dict_no_mistake_is_known_and_so_none_is_asked():
    text, numbers = FakeRunner(), FakeRunner()
    made, word = prover(diagnostics=True, runner=text), replace(F, run="y = {0: f(x)}")
    made.examine(word, [replace(case, expected={"y": {0: float(case.expected["y"])}}) for case in cases_of(-2, 2)])
    prover(diagnostics=True, runner=numbers).examine(F, cases_of(-2, 2))
    asked = [dict(runner.asked)["f_absolute"] for runner in (text, numbers)]
    assert asked[0] == 2 < asked[1]
    found = made.diagnostics(word, ())
    assert found.cases
    assert (found.mistakes, found.answers.shape[0]) == ((), 0)
