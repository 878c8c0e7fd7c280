"""A worker's replies as records.

Student code may have written them: texts are cut to length, and names that the grader knows are taken from what it
knows, because any other text could carry a hidden input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.run import Definition, Frame, Loaded, OutOfMemory, Raised, Returned
from grader.records.values import unpack
from grader.sandbox import protocol
from grader.submission.divisions import Place, divided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.assignment import Limits
    from grader.records.run import Job, Outcome


def imported(reply: protocol.Imported, allowed: Limits, files: Mapping[str, str]) -> Loaded:
    """What importing a submission, made of ``files``, gave."""
    names = tuple(
        Definition(name=name[:200], parameters=None if found is None else tuple(each[:200] for each in found[:64]))
        for name, found in reply.names[:1000]
    )
    problem = None if reply.problem is None else _raised(reply.problem, allowed, files)
    stand_ins = tuple(sorted(protocol.STAND_INS.intersection(reply.stand_ins)))
    return Loaded(names=names, problem=problem, stand_ins=stand_ins)


def answered(
    answer: protocol.Result | protocol.Failure, job: Job, given: frozenset[str], files: Mapping[str, str]
) -> Outcome:
    """What a case of a job gave. ``given`` are the names of the job's inputs. Raises ProtocolError."""
    if isinstance(answer, protocol.Failure):
        return _raised(answer, job.limits, files)
    return Returned(
        outputs={name: unpack(answer.outputs[name]) for name in job.outputs if name in answer.outputs},
        missing=tuple([name for name in job.outputs if name not in answer.outputs]),
        changed=tuple(sorted(given.intersection(answer.changed))) if answer.changed else (),
        aliased=_aliased(answer.aliased, job, given) if answer.aliased else (),
    )


def _aliased(pairs: list[tuple[str, str]], job: Job, given: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in set(pairs) if pair[0] in job.outputs and pair[1] in given))


def _raised(failure: protocol.Failure, allowed: Limits, files: Mapping[str, str]) -> Outcome:
    """An exception as a record, its texts cut to length."""
    message = failure.message[: protocol.MAX_TEXT]
    if failure.memory:
        return OutOfMemory(limit=allowed.memory, message=message)
    frames = tuple(
        Frame(file=frame.file[:200], line=frame.line, function=frame.function[:200], text=frame.text[:400])
        for frame in failure.frames[:20]
    )
    ancestors = tuple(name[:200] for name in failure.ancestors[:16])
    cause = _cause(message, failure.frames, files)
    return Raised(error=failure.error[:200], message=message, ancestors=ancestors, frames=frames, cause=cause)


def _cause(message: str, frames: Sequence[protocol.FrameLine], files: Mapping[str, str]) -> Frame | None:
    """The division that is to be mended, as the submission's own text shows it."""
    found = divided(message, [Place(each.file, each.line, each.floats) for each in frames[:20]], files)
    return None if found is None else Frame(file=found[0], line=found[1], function="")
