"""Lists with an item for each step, such as what each step keeps for the way back: items that share one array.

A place is what leads to a value inside each item: the key of a dict, the position in a tuple.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from grader.diagnose.pairs import same
from grader.diagnose.rows import as_numbers
from grader.records.finding import Finding, Repeated, Share, Twin
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

Place: TypeAlias = tuple[int | str, ...]

LEAST = 3  # cases that must show it
MOST = 24  # places that are looked at


class _Steps(NamedTuple):
    """What a list should hold at its places and what it holds, step by step."""

    want: dict[Place, list[Array]]
    have: dict[Place, list[Array]]


def shared_items(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    """What is so of the items of each list in all cases that return one of several items."""
    for output in exercise.outputs:
        given = [
            _steps(case.expected.get(output), outcome.outputs.get(output))
            for case, outcome in zip(cases, outcomes, strict=True)
            if isinstance(outcome, Returned)
            and not _has_no_item(case.expected.get(output), outcome.outputs.get(output))
        ]
        found = [each for each in given if each is not None]
        if len(found) < max(LEAST, len(given)):
            continue
        several = [each for each in found if len(next(iter(each.want.values()))) > 1]
        yield from _told(output, several, len(cases))


def _told(output: str, found: Sequence[_Steps], tried: int) -> Iterator[Finding]:
    if len(found) < LEAST:
        return
    places = [place for place in found[0].want if all(place in each.want for each in found)]
    rests = Share(len(found), len(found), tried)
    again = [place for place in places if _is_repeated(found, place)]
    if again:
        yield Finding(Repeated(tuple(again)), rests, (output,))
        return
    for place, of in permutations(places, 2):
        if _is_twin(found, place, of):
            yield Finding(Twin(place, of), rests, (output,))
            return


def _is_repeated(found: Sequence[_Steps], place: Place) -> bool:
    """Whether it is so in all cases, and should not be in enough of them."""
    if not all(same(each, steps.have[place][0]) for steps in found for each in steps.have[place]):
        return False
    return sum(not all(same(each, steps.want[place][0]) for each in steps.want[place]) for steps in found) >= LEAST


def _is_twin(found: Sequence[_Steps], place: Place, of: Place) -> bool:
    """Whether it is so in all cases, and should not be in enough of them, where ``place`` is what is wrong."""
    if not all(all(map(same, steps.have[place], steps.have[of])) for steps in found):
        return False
    if all(all(map(same, steps.have[place], steps.want[place])) for steps in found):
        return False
    return sum(not any(map(same, steps.want[place], steps.want[of])) for steps in found) >= LEAST


def _has_no_item(want: Value, have: Value) -> bool:
    """Whether none is asked for, and none is there: whatever is true of items is so."""
    return isinstance(want, list | tuple) and isinstance(have, list | tuple) and not want and not have


def _steps(want: Value, have: Value) -> _Steps | None:
    """None unless both are lists of the same length whose items all have the same places."""
    if not isinstance(want, list | tuple) or not isinstance(have, list | tuple) or len(want) != len(have) or not want:
        return None
    if not isinstance(want[0], dict | list | tuple):
        return None
    wanted, given = [dict(_leaves(item)) for item in want], [dict(_leaves(item)) for item in have]
    places = wanted[0].keys()
    if not places or any(each.keys() != places for each in (*wanted, *given)):
        return None
    return _Steps(*({place: [each[place] for each in items] for place in places} for items in (wanted, given)))


def _leaves(item: Value, place: Place = ()) -> Iterator[tuple[Place, Array]]:
    """The arrays of an item by their places; too many of them are none."""
    if len(place) > 3:
        return
    parts = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list | tuple) else ()
    array = None if parts else as_numbers(item)
    if array is not None:
        yield place, array.astype(float)
    for key, part in list(parts)[:MOST]:
        if isinstance(key, int | str):
            yield from _leaves(part, (*place, key))
