"""Whether a student's functions are rich enough to tell right exercises from wrong ones.

Who writes an early function for the purpose makes one that leaves the exercise nothing to do. So wrong versions of what
the exercise itself asks for are run with the student's functions: those that change an output where the functions are
right must change it with the student's as well, nearly all of them, or a wrong exercise could not be told from a right
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.grading.replay import ROUNDS, Replayed, Replays
from grader.judge.compare import differ

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.grading.replay import Call
    from grader.mistakes.redefined import Redefinition
    from grader.records.bank import Case
    from grader.records.record import Value

#: Of the wrong versions. An honest slip that ignores what a forward function computed hides a tenth of them: all that
#: change only that.
SHARE = 0.8
CASES = 4  # on which they are run, until they show
TOGETHER = 8  # versions

Seen = set[tuple[int, str]]  # versions, by their numbers, and outputs that they change


def sensitive(
    replays: Replays, versions: Sequence[Redefinition], replayed: Sequence[Replayed]
) -> tuple[frozenset[str], list[Call]]:
    """The outputs in which nearly all wrong versions show, and the calls that were answered for that.

    ``replayed`` are cases on which the reference came to its end.
    """
    numbers = range(len(versions))
    should: Seen = set()
    shown: Seen = set()
    calls: list[Call] = []
    for each in sorted(replayed, key=lambda each: -sum(each.case.sizes.values()))[:CASES]:
        waiting = [
            number for number in numbers if any((number, name) not in should for name in replays.exercise.outputs)
        ]
        should |= _with_right_functions(replays, versions, waiting, each.case)
        found, asked = _with_theirs(replays, versions, sorted({number for number, _ in should - shown}), each)
        shown |= found & should
        calls += asked
    return frozenset(output for output in replays.exercise.outputs if _nearly_all(output, shown, should)), calls


def _nearly_all(output: str, shown: Seen, should: Seen) -> bool:
    found, wanted = (sum(name == output for _, name in each) for each in (shown, should))
    return wanted > 0 and found >= SHARE * wanted


def _with_right_functions(
    replays: Replays, versions: Sequence[Redefinition], waiting: Sequence[int], case: Case
) -> Seen:
    """Who changes what in one case, where nothing is answered by the student."""
    right = Replays(replays.exercise, (), replays.author, replays.student)
    ended = _ended(right, Replayed(case), [versions[number] for number in waiting])
    return {
        (number, name)
        for number, (how, found) in zip(waiting, ended, strict=True)
        if how != "lost"
        for name in _changed(case.expected, found or {})
    }


def _with_theirs(
    replays: Replays, versions: Sequence[Redefinition], waiting: Sequence[int], replayed: Replayed
) -> tuple[Seen, list[Call]]:
    """Who changes what in one case, with the student's functions; where these have no answer, nothing is seen."""
    trying = Replayed(replayed.case)
    trying.calls = list(replayed.calls)
    seen: Seen = set()
    for _ in range(ROUNDS):
        if not waiting:
            break
        asked: dict[str, Call] = {}
        stopped = []
        ended = _ended(replays, trying, [versions[number] for number in waiting])
        for number, (how, what) in zip(waiting, ended, strict=True):
            call = replays.call(what) if how == "asks" else None
            if call is not None:
                stopped.append(number)
                asked[call.key] = call
            elif how == "asks":  # with what no call of its exercise is given
                seen |= {(number, name) for name in replays.exercise.outputs}
            elif how not in ("refused", "lost"):
                seen |= {(number, name) for name in _changed(replayed.outputs or {}, what or {})}
        trying.calls += replays.answer(list(asked.values()))
        waiting = stopped
    return seen, trying.calls[len(replayed.calls) :]


def _ended(replays: Replays, replayed: Replayed, versions: Sequence[Redefinition]) -> list[tuple[str, Value]]:
    """What becomes of one case with each version. Few go together, for one that never ends takes others with it."""
    ended: list[tuple[str, Value]] = []
    while len(ended) < len(versions):
        groups = [versions[start : start + TOGETHER] for start in range(len(ended), len(versions), TOGETHER)]
        for found in replays.step([replayed] * len(groups), groups):
            ended += found
            if all(how == "lost" for how, _ in found):
                break  # those after it have not been run
    return ended


def _changed(meant: Mapping[str, Value], found: Mapping[str, Value]) -> Iterator[str]:
    """The outputs that are others."""
    return (name for name, value in meant.items() if name not in found or differ(value, found[name]))
