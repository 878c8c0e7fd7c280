"""What an audit's records say of themselves."""

from msgspec.structs import replace

from grader.records.bar import Bar
from tests.report.audit_samples import OPEN_ONE, PROVEN_ONE, version


def test_an_exercise_is_proven_when_all_is_killed_and_something_guards_it():
    assert PROVEN_ONE.proven(Bar())
    assert not OPEN_ONE.proven(Bar())
    assert not replace(PROVEN_ONE, versions=()).proven(Bar())
    same = version("same", "survivor", kind="misconception", killed_by=0)
    assert not replace(PROVEN_ONE, versions=(*PROVEN_ONE.versions, same)).proven(Bar(kill=0.5))


def test_a_bar_that_no_float_can_say_is_reached_by_its_share():
    (first, *_) = PROVEN_ONE.versions
    third = replace(PROVEN_ONE, versions=(first, *(version(f"a.b.{number}", "survivor") for number in range(2))))
    assert third.tally.reaches(Bar(kill=0.3333333333333334))
    assert not third.tally.reaches(Bar(kill=0.34))
