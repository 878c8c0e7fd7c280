"""An audit that was interrupted goes on; what it kept is taken for nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader import audit as auditing
from grader.bank import cache
from grader.bank.build import bank_for
from grader.course.find import Course
from grader.mistakes.registry import OPERATORS
from grader.records.errors import UsageError
from tests.audit.conftest import CASES, ONES, REVERSED, WRONG, add, hand_in


@pytest.fixture
def bench(make_bench, course, change):
    """``bench(fresh=…)`` of a course with survivors."""
    change(CASES, ONES)
    add(course, REVERSED)
    return make_bench


class Interrupted(Exception):
    pass


def test_an_interrupted_audit_goes_on_where_it_was(bench, monkeypatch):
    done = []

    def stop_at_the_last(step):
        done.append(step)
        if len(done) == auditing.steps(bench()):
            raise Interrupted

    with pytest.raises(Interrupted):
        auditing.audit(bench(fresh=True), stop_at_the_last)

    places = ("variants.grade_path", "guards.grade", "bench.draw", "search.Wider", "variant_mutants.mutants")
    for place in places:
        monkeypatch.setattr(f"grader.audit.{place}", lambda *_, **__: pytest.fail("found out twice"))
    again = auditing.audit(bench(), lambda _: None)

    assert [variant.accepted for variant in again.variants] == [True, True]
    assert any(version.advice for version in again.exercises[0].versions)
    assert again.killable.made > again.killable.killable > again.killable.killed
    with pytest.raises(pytest.fail.Exception, match="found out twice"):
        auditing.audit(bench(fresh=True), lambda _: None)


def test_what_was_found_out_is_not_taken_for_another_file(bench, course):
    assert all(variant.accepted for variant in auditing.audit(bench(), lambda _: None).variants)
    hand_in(course, "tests/submissions/proven/100_loops.py", WRONG)
    assert not all(variant.accepted for variant in auditing.audit(bench(), lambda _: None).variants)


def test_what_cannot_be_read_is_found_out_again(bench, monkeypatch):
    first, kept, place = auditing.audit(bench(), lambda _: None), set(), cache.audit_file

    def noted(*arguments):
        kept.add(place(*arguments))
        return place(*arguments)

    monkeypatch.setattr(cache, "audit_file", noted)
    auditing.audit(bench(), lambda _: None)
    assert kept
    for path in kept:
        path.write_bytes(b"{")
    assert auditing.audit(bench(), lambda _: None) == first


def test_where_nothing_can_be_kept_it_is_found_out_all_the_same(bench, course, monkeypatch):
    below_a_file = course / "reference" / "proven.py" / "audit"
    monkeypatch.setattr(cache, "audit_file", lambda *_: below_a_file)
    assert auditing.audit(bench(), lambda _: None).killable.made > 0


def test_what_is_found_out_anew_is_the_same(bench):
    assert auditing.audit(bench(), lambda _: None) == auditing.audit(bench(fresh=True), lambda _: None)


def test_a_bank_that_knew_other_mistakes(bench, monkeypatch):
    made = bench()
    monkeypatch.setattr("grader.bank.prove.Prover.versions", lambda *_: [])
    with pytest.raises(UsageError, match=r"was made by another version of grader.*grade build proven --force"):
        auditing.audit(made, lambda _: None)


def test_a_bank_that_knew_as_many_other_mistakes(make_bench, monkeypatch):
    before = make_bench()
    (exercise,) = before.assignment.exercises
    known = before.sources(exercise)

    def other(function):
        yield from function.rewrite(function.results[0], "X / 5")

    operators = [replace(each, changes=other) if each.name == "matmul_to_elementwise" else each for each in OPERATORS]
    monkeypatch.setattr("grader.mistakes.mutants.OPERATORS", operators)
    after = make_bench()
    assert len(known) == len(after.prover.versions(exercise))
    with pytest.raises(UsageError, match=r"was made by another version of grader.*grade build proven --force"):
        auditing.audit(after, lambda _: None)


def test_lines_are_those_of_today_where_the_proof_is_kept(cached, pool, course):
    files = Course(course).assignment("proven")
    before = auditing.Bench(files, bank_for(files, pool), pool)
    (exercise,) = before.assignment.exercises
    lines = {wrong.id: wrong.line for wrong in before.proof(exercise)}
    path = course / "reference/proven.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("def affine(", "# Four\n# more\n# lines\n# above\ndef affine(")
    )
    after = auditing.Bench(files, bank_for(files, pool), pool)
    assert after.bank.keys == before.bank.keys
    assert {wrong.id: wrong.line for wrong in after.proof(exercise)} == {name: line + 4 for name, line in lines.items()}
