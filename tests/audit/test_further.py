"""What would kill a version that the bank does not."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from grader.audit import audit
from grader.audit.further import _for_the_bar, advice, draw_more, of_samples, what_helps
from grader.records.advice import (
    CheckMore,
    DrawMore,
    Equivalent,
    FoundAlike,
    HiddenByRange,
    LargerSample,
    WriteExamples,
)
from grader.records.assignment import Exercise, Output, PropertyCheck, Tolerance
from grader.records.bank import Kill, Origin, WrongVersion
from grader.report.words import audit as words
from tests.audit.conftest import CASES

EXERCISE = Exercise(id="step", title="", points=1, inputs={}, run="h = 1", outputs={"h": Output()})
WRONG = WrongVersion("step.scale.1", "scale", "It is wrong.", 3, "a → b", (), 0.0)


def test_the_stratum_that_kills_most_is_named():
    origins = [Origin("distinct")] * 2 + [Origin("one_lowest", "T", "1")] * 3
    assert words.advice(draw_more(origins, [True, False, True, True, False])) == (
        "Cases with only T is 1 would kill it: 2 of 3 such candidates do, 3 of 5 in all. Ask for more hidden cases."
    )


def test_how_many_more_cases_would_do():
    rare = DrawMore(Origin("any"), 1, 100, 2, 200)
    assert words.advice(_for_the_bar(rare, 1, 0)).endswith("Ask for about 300 more hidden cases.")
    assert _for_the_bar(rare, 3, 2).more == 300, "one is lacking"
    assert _for_the_bar(rare, 3, 0).more == 647
    rng = np.random.default_rng(0)
    assert np.mean(rng.binomial(647, 0.01, 2000) >= 3) > 0.94


def test_of_a_misconception_that_equals_the_reference_no_waiver_is_advised():
    text = words.advice(Equivalent(4000, misconception=True))
    assert "as far as that shows it does what the reference does" in text
    assert "aive" not in text
    text = words.advice(Equivalent(4000, misconception=True, drops_check=True, checks=3))
    assert text.endswith("or take it out, or, where it takes what is to be refused, add 3 bad inputs under `raises`.")


@pytest.mark.parametrize(
    ("exercise", "wrong", "said"),
    [
        (EXERCISE, WRONG, "No difference in 1 inputs, also from wider domains: it needs no waiver."),
        (
            EXERCISE,
            replace(WRONG, killed_by=(Kill("step/1"),)),
            "the bank's own cases alone do: write out further ones",
        ),
        (replace(EXERCISE, tolerance=Tolerance(atol=1)), replace(WRONG, off=1e14), "make the `tolerance` smaller"),
        (replace(EXERCISE, tolerance=Tolerance(atol=1)), WRONG, "it needs no waiver."),
    ],
)
def test_nothing_tells_it(exercise, wrong, said):
    assert said in words.advice(what_helps(exercise, wrong, [Origin("one_lowest", "T", "1")], [False]))


def test_a_version_that_a_law_alone_tells(make_bench):
    bench = make_bench()
    (exercise,) = bench.assignment.exercises
    exercise = replace(exercise, properties=(PropertyCheck("shifted", "y grows with b"),))
    told = replace(bench.bank.proof["affine"][0], killed_by=(Kill("affine/1", "shifted"),))
    (found,) = advice(bench, exercise, [told]).values()
    text = words.advice(found)
    assert found == CheckMore("shifted")
    assert "let `shifted` be tried on more `cases`" in text


def test_advice_is_on_further_inputs(make_bench, change):
    change(CASES, "    cases: {public: 1, hidden: 0}\n")
    bench = make_bench()
    (exercise,) = audit(bench, lambda _: None).exercises
    known = {case.id for case in bench.bank.cases["affine"]}
    further = bench.further(bench.assignment.exercises[0])
    assert len(further) > 100
    assert all(case.expected and case.units for case in further)
    assert not known & {case.id for case in further}
    assert all(version.advice for version in exercise.versions if version.open)


def testof_samples_an_input_that_happened_to_tell_is_no_advice():
    sampled = Exercise(id="f", title="", points=1, inputs={}, run="", outputs={"d": Output(drawn_from="p")})
    found = (DrawMore(Origin("drawn"), 1, 2, 1, 3), HiddenByRange((), "x", 1, 2791), WriteExamples(9))

    assert [of_samples(sampled, each) for each in found] == [LargerSample()] * 3
    plain = replace(sampled, outputs={"d": Output()})
    assert [of_samples(plain, each) for each in found] == list(found)
    assert [of_samples(sampled, each) for each in (FoundAlike(1), Equivalent(1))] == [FoundAlike(1), Equivalent(1)]
