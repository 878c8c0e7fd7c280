"""What a guide has to say while a bank is frozen; all else of :mod:`grader.bank.freezer` is in ``test_freeze.py``."""

from __future__ import annotations

import pytest

from grader.bank.freeze import freeze
from grader.bank.freezer import ROUNDS
from grader.bank.guide import Examined, Unguided
from grader.bank.plans import canonical
from grader.course.secret import CourseSecret
from grader.records.assignment import (
    Assignment,
    Cases,
    Choices,
    Example,
    Exercise,
    Integers,
    Output,
    Reals,
)
from grader.records.errors import ReferenceFault
from grader.records.raises_check import RaisesCheck
from grader.sandbox.fake import FakeSandbox

SECRET = CourseSecret(bytes(16), "here")
F = Exercise(
    id="f",
    title="f",
    points=1,
    inputs={"n": Integers((0, 999))},
    run="y = f(n)",
    outputs={"y": Output()},
    cases=Cases(public=2, hidden=6),
)


class Guide:
    """Says of each case what ``worth`` says of its n; content after so many calls."""

    def __init__(self, worth=lambda n: Examined(), *, by=1, content_after=1):
        self.worth, self.by, self.content_after = worth, by, content_after
        self.seen = []

    def examine(self, exercise, cases):
        self.seen.append(list(cases))
        return [self.worth(case.inputs["n"]) for case in cases]

    def content(self, exercise):
        return len(self.seen) >= self.content_after


def frozen(guide, exercise=F, function=float, seed=0):
    sandbox = FakeSandbox({"f": function})
    assignment = Assignment(id="week", title="Week", module="week.py", exercises=(exercise,), seed=seed)
    return freeze(assignment, 0, SECRET.draws(assignment), run=lambda _, job: sandbox.run(job), guide=guide).cases


def changed(**fields):
    return Exercise(**{**{name: getattr(F, name) for name in F.__struct_fields__}, **fields})


def numbers(cases):
    return [case.inputs["n"] for case in cases]


def the_fault(guide, **given):
    with pytest.raises(ReferenceFault) as caught:
        frozen(guide, **given)
    (mistake,) = caught.value.mistakes
    return mistake


# ── what it is asked ──────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_shown_public_cases_and_hidden_edges_together_and_then_what_is_drawn():
    guide = Guide(content_after=2)
    cases = frozen(guide, changed(examples=(Example({"n": 500}),)))
    first, then = guide.seen
    example, public, *edges = numbers(first)
    assert (example, edges) == (500, [0, 999, 1])
    assert [case.inputs["n"] for case in cases if case.public] == [example, public]
    assert len(then) == 8
    for case in (*first, *then):
        assert (case.id, case.expected) == ("", {"y": float(case.inputs["n"])})
    assert {canonical(case.inputs) for case in cases} <= {canonical(case.inputs) for case in (*first, *then)}


def test_where_each_hidden_edge_is_refused_it_is_shown_no_candidate_but_those_that_are_chosen():
    """Or it knows wrong versions well by cases that no submission will meet."""

    def reference(n):
        if n in (0, 1, 999):
            raise ValueError(n)
        return float(n)

    guide = Guide()
    cases = frozen(guide, function=reference)
    public = {case.inputs["n"] for case in cases if case.public}
    assert set(numbers(guide.seen[0])) == public
    assert len(public) == 2


def test_without_hidden_cases_it_is_shown_whatever_could_be_public():
    guide = Guide()
    frozen(guide, changed(cases=Cases(public=2, hidden=0)))
    assert len(numbers(guide.seen[0])) > 2


def test_it_is_never_shown_a_drawn_case_twice_or_one_without_an_answer():
    def reference(n):
        if n % 2:
            raise ValueError("odd")
        return float(n)

    guide = Guide(content_after=99)
    frozen(guide, function=reference)
    drawn = [number for cases in guide.seen[1:] for number in numbers(cases)]
    assert len(set(drawn)) == len(drawn) > 20
    assert not any(number % 2 for number in [*numbers(guide.seen[0]), *drawn])


def test_it_is_not_asked_about_inputs_that_must_be_refused():
    def reference(n):
        if n == 7:
            raise KeyError(n)
        return float(n)

    guide = Guide()
    cases = frozen(guide, changed(raises=(RaisesCheck({"n": 7}, "KeyError"),)), reference)
    assert 7 not in [number for shown in guide.seen for number in numbers(shown)]
    assert [case.raises for case in cases].count("KeyError") == 1


def test_each_input_of_a_check_is_a_case_and_a_mistake_in_it_has_its_place():
    def reference(n):
        if n > 6:
            raise KeyError(n)
        return float(n)

    guide = Guide()
    checks = (RaisesCheck(({"n": 7}, {"n": 8}), "KeyError"), RaisesCheck({"n": 9}, "KeyError"))
    cases = [case for case in frozen(guide, changed(raises=checks), reference) if case.raises]
    assert [(case.inputs["n"], case.written) for case in cases] == [(7, 0), (8, 1), (9, 2)]
    wrong = changed(raises=(RaisesCheck(({"n": 7}, {"n": 2}), "KeyError"),))
    assert the_fault(Guide(), exercise=wrong, function=reference).path == "exercise f: raises[0].inputs[1]"


def test_it_is_not_asked_once_there_are_mistakes():
    guide = Guide()
    mistake = the_fault(guide, exercise=changed(examples=(Example({"n": 3}, {"y": 4}),)))
    assert mistake.path == "exercise f: examples[0].expect.y"
    assert guide.seen == []


@pytest.mark.parametrize(("after", "asked"), [(0, [8]), (2, [8]), (3, [8, 8]), (4, [8, 8, 16]), (99, [8, 8, 16, 32])])
def test_more_is_drawn_until_it_is_content_but_not_for_ever(after, asked):
    guide = Guide(content_after=after)
    cases = frozen(guide)
    shown = [len(shown) for shown in guide.seen[1:]]
    assert len(shown) == len(asked)
    assert all(0 <= new - few <= 1 for new, few in zip(asked, shown, strict=True)), "but for one that was public"
    assert len(asked) <= ROUNDS
    assert len(cases) == 8


def test_where_there_is_no_more_to_draw_nobody_waits():
    guide = Guide(content_after=99)
    few = changed(inputs={"n": Choices((1, 2, 3))})
    assert sorted(numbers(frozen(guide, few))) == [1, 2, 3]
    assert len(guide.seen) == 1


def test_it_must_speak_of_every_case():
    class Silent(Guide):
        def examine(self, exercise, cases):
            return super().examine(exercise, cases)[:-1]

    with pytest.raises(ValueError, match="shorter"):
        frozen(Silent())


# ── what becomes of it ────────────────────────────────────────────────────────────────────────────────────────────


def test_units_are_kept_with_their_cases():
    guide = Guide(lambda n: Examined({"y": n * 1e-16}))
    for case in frozen(guide):
        assert case.units == {"y": case.inputs["n"] * 1e-16}


def test_without_a_guide_nothing_is_known_of_any_case():
    assert all(case.units == {} for case in frozen(None))
    assert numbers(frozen(None)) == numbers(frozen(Unguided())) == numbers(frozen(Guide(by=0)))
    assert Unguided().examine(F, frozen(None)) == [Examined()] * 8
    assert Unguided().content(F)


def test_ill_conditioned_cases_are_left_out_and_others_are_drawn():
    guide = Guide(lambda n: Examined(None if n % 3 else {}))
    cases = frozen(guide)
    assert len(cases) == 8
    assert not any(number % 3 for number in numbers(cases))
    assert len(guide.seen) > 2


def test_what_an_author_wrote_out_stays_even_if_it_is_ill_conditioned():
    guide = Guide(lambda n: Examined(None if n == 500 else {"y": 1e-9}))
    first, *others = frozen(guide, changed(examples=(Example({"n": 500}),)))
    assert (first.inputs["n"], first.units) == (500, {})
    assert all(case.units == {"y": 1e-9} for case in others)


def test_what_kills_is_chosen_however_rare_it_is():
    guide = Guide(lambda n: Examined({}, frozenset({"rare"} if 100 <= n < 130 else ())), by=3, content_after=99)
    found = [number for number in numbers(frozen(guide)) if 100 <= number < 130]
    candidates = {number for shown in guide.seen for number in numbers(shown) if 100 <= number < 130}
    assert len(candidates) > len(found) == 3 or candidates == set(found)
    assert not any(100 <= number < 130 for number in numbers(frozen(Guide(content_after=99))))


def test_where_all_cases_are_ill_conditioned_the_author_is_told_why_there_are_none():
    mistake = the_fault(Guide(lambda n: Examined(None)))
    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise f: run")
    assert mistake.message.startswith("cannot be graded fairly on any input that was drawn: ")
    with_example = changed(examples=(Example({"n": 500}),))
    assert the_fault(Guide(lambda n: Examined(None)), exercise=with_example) == mistake


def test_where_there_was_nothing_to_examine_it_is_another_mistake():
    def reference(n):
        raise ValueError("never")

    with_example = changed(inputs={"n": Reals(range=(0.2, 0.4))}, examples=(Example({"n": 0.255}),))
    assert the_fault(Guide(), function=reference).message.startswith("fails on every input that was drawn: ValueError")

    def of_the_example(n):
        if n != 0.255:  # what is drawn has two decimals
            raise ValueError("never")
        return n

    mistake = the_fault(Guide(), exercise=with_example, function=of_the_example)
    assert mistake.message.startswith("fails on every input that was drawn: ValueError: never")
