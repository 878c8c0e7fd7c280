"""Which exercises a changed submission cannot answer otherwise than before: a function of the two texts.

In doubt an exercise has changed: where a text is not plain (:mod:`grader.course.dependence`), all have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.course.dependence import dependence
from grader.course.snippet import needed_names, parse_snippet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.course.dependence import Dependence
    from grader.records.assignment import Assignment, Exercise
    from grader.records.run import Submission


class Unchanged(NamedTuple):
    """Exercises, by their ids.

    Of those in ``texts`` all code that they reach is the same, in ``places`` it also stands in the same lines, and in
    ``earlier`` so is all that they build on. Those ``holding`` may leave something for one another, as long as nothing
    ends the process between them.
    """

    texts: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    earlier: frozenset[str] = frozenset()
    holding: frozenset[str] = frozenset()


_BEFORE = " and before"  # no id of an exercise has a space


def depends(submission: Submission, assignment: Assignment) -> Dependence | None:
    """What of a submission decides what its exercises do, and what they build on; None if that may be anything."""
    own = {each.id: _read(each.run) | _read(each.helpers) for each in assignment.exercises}
    return dependence(submission, own, _built_on(assignment.exercises))


def unchanged(before: Dependence | None, now: Dependence | None, assignment: Assignment) -> Unchanged:
    """Which exercises depend on the same code ``now`` as ``before``."""
    if before is None or now is None:
        return Unchanged()
    same = _same(before.texts, now.texts)
    ids = frozenset(exercise.id for exercise in assignment.exercises)
    return Unchanged(
        texts=same & ids,
        places=same & _same(before.places, now.places) & ids,
        earlier=frozenset(name for name in same & ids if f"{name}{_BEFORE}" in same),
        holding=before.holding | now.holding,
    )


def _built_on(exercises: Collection[Exercise]) -> dict[str, frozenset[str]]:
    """The names that an exercise asks for and those that it builds on, whichever exercise gives them."""
    asked = [needed_names(each) for each in exercises]
    return {
        f"{each.id}{_BEFORE}": _with_what_goes_with(needed_names(each).union(each.follow_through), asked)
        for each in exercises
    }


def _read(snippet: str) -> frozenset[str]:
    return frozenset(parse_snippet(snippet).used)


def _with_what_goes_with(names: frozenset[str], asked: Collection[frozenset[str]]) -> frozenset[str]:
    """Names with all that exercises ask for beside one of them, such as what makes that which it is given."""
    while True:
        more = names.union(*(others for others in asked if not names.isdisjoint(others)))
        if more == names:
            return names
        names = more


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name, text in one.items() if other.get(name) == text)
