"""Which changes of a reference make no difference in an exercise, as it is seen to run on many inputs of its own.

Inputs from wider domains than its own are among them: what stays within a limit there has to do so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from grader.bank.edges import plans
from grader.bank.plans import canonical, fill
from grader.bank.strategies import edges
from grader.bank.widened import widened
from grader.mistakes.equivalent import SIGHTINGS, is_so, marked
from grader.records.assignment import custom_function
from grader.records.bank import Case
from grader.records.run import Job, Raised, Returned, job_of
from grader.records.shapes import SizeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from grader.bank.plans import Candidate
    from grader.mistakes.equivalent import Idle
    from grader.mistakes.runner import VersionRunner
    from grader.records.assignment import Exercise
    from grader.records.record import Value
    from grader.records.run import Outcome

WIDER = 64  # inputs beside the edges of the exercise's own domains

_TOLD = f"from {SIGHTINGS} import sightings as _sightings\nseen = _sightings()"
_FILL = f"from {SIGHTINGS} import fill as _fill\n_fill(place)"


class Onlooker:
    """Runs a reference with some of its expressions marked."""

    def __init__(
        self, source: str, runner: VersionRunner, seed: int | str, properties: Mapping[str, Callable[..., Value]]
    ) -> None:
        self._source = source
        self._runner = runner
        self._seed = seed
        self._properties = properties

    def idle(self, exercise: Exercise, asked: Collection[Idle]) -> frozenset[Idle]:
        """Those of the changes that make no difference. None, where a run of the reference did not come to its end.

        A property may look at what a buffer begins with: whatever it asks for is not among these inputs.
        """
        if exercise.properties:
            asked = [each for each in asked if each.kind != "overwritten"]
        if not asked:
            return frozenset()
        seen, unread = self._watched(exercise, asked)
        return frozenset(each for each in asked if each.place in unread or is_so(each, seen))

    def _watched(self, exercise: Exercise, asked: Collection[Idle]) -> tuple[Mapping[str, Any], set[str]]:
        """What was seen, and which buffers are never read as they begin."""
        buffers = sorted({each.place for each in asked if each.kind == "overwritten"})
        job = job_of(
            exercise, [Case("", each.origin, False, each.sizes, each.inputs) for each in self._inputs(exercise)]
        )
        jobs = [job, _telling({}, _TOLD, "seen")]
        for place in buffers:
            jobs += [_telling({"place": place}, _FILL), job, _telling({"place": ""}, _FILL)]
        source = marked(self._source, {each.place for each in asked})
        right, (told,), *filled = next(self._runner.each(self._runner.several, [source], [jobs]))
        if not isinstance(told, Returned) or not all(isinstance(outcome, Returned | Raised) for outcome in right):
            return {}, set()
        runs = zip(buffers, filled[1::3], strict=True)
        return told.outputs["seen"], {place for place, outcomes in runs if _same(right, outcomes)}

    def _inputs(self, exercise: Exercise) -> Sequence[Candidate]:
        wide = widened(exercise, WIDER, self._seed, self._properties)
        if any(map(custom_function, exercise.inputs.values())):
            return [*edges(exercise, self._seed, self._properties), *wide]
        return [*_filled(exercise, self._seed), *wide]


def _filled(exercise: Exercise, seed: int | str) -> Iterator[Candidate]:
    """The edges, which need not be drawn where no strategy of the author's is."""
    for plan in plans(exercise, seed):
        with suppress(SizeError):  # a domain is empty for these sizes
            yield fill(exercise, plan, lambda _: None)


def _telling(inputs: Mapping[str, Value], run: str, *outputs: str) -> Job:
    return Job(run=run, outputs=outputs, sizes=({},), inputs=(dict(inputs),))


def _same(right: Sequence[Outcome], others: Sequence[Outcome]) -> bool:
    """Whether there is no difference in any bit."""
    return all(_bits(one) == _bits(other) for one, other in zip(right, others, strict=True))


def _bits(outcome: Outcome) -> bytes:
    return canonical(outcome.outputs) if isinstance(outcome, Returned) else canonical(type(outcome).__name__)
