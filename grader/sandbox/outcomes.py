"""A worker's replies as records.

Student code may have written them: texts are cut to length, and names that the grader knows are taken from what it
knows, because any other text could carry a hidden input.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from grader.records.run import (
    BadReply,
    CellFrame,
    Crashed,
    Definition,
    Frame,
    Loaded,
    LostCell,
    NotRun,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
)
from grader.records.stand_ins import STAND_INS
from grader.sandbox import protocol
from grader.submission.divisions import Place, divided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from msgspec import Raw

    from grader.records.assignment import Limits
    from grader.records.record import Value
    from grader.records.run import Job, Outcome, Texts


def imported(reply: protocol.Imported, allowed: Limits, texts: Texts, stand_ins: Iterable[str] = ()) -> Loaded:
    """What importing a submission, made of ``texts``, gave; ``stand_ins`` are the assignment's own."""
    names = tuple(
        Definition(name=name[:200], parameters=None if found is None else tuple(each[:200] for each in found))
        for name, found in reply.names
    )
    return Loaded(
        names=names,
        problem=None if reply.problem is None else _raised(reply.problem, allowed, texts),
        stopped=reply.problem is not None and reply.resumed,
        lost=tuple(LostCell(number, _raised(end, allowed, texts)) for number, end in reply.lost),
        twice=tuple(name[:200] for name in reply.twice),
        stand_ins=tuple(sorted(STAND_INS.union(stand_ins).intersection(reply.stand_ins))),
    )


def answered(
    answer: protocol.Result | protocol.Failure | protocol.Interrupted,
    job: Job,
    given: frozenset[str],
    texts: Texts,
    read: Callable[[Raw], Value],
) -> Outcome:
    """What a case of a job gave. ``given`` are the names of the job's inputs, ``read`` unpacks an output.

    Raises ProtocolError.
    """
    if isinstance(answer, protocol.Interrupted):
        return _raised(answer.failure, job.limits, texts)
    if isinstance(answer, protocol.Failure):
        return _raised(answer, job.limits, texts)
    return _returned(answer, job, given, read)


def set_before(
    number: int,
    answer: protocol.Result | protocol.Failure | protocol.Interrupted,
    job: Job,
    given: frozenset[str],
    read: Callable[[Raw], Value],
) -> dict[int, Returned]:
    """What the case of a ``number`` had set before it raised, read as by :func:`answered`. Raises ProtocolError."""
    return {number: _returned(answer.before, job, given, read)} if isinstance(answer, protocol.Interrupted) else {}


def _returned(result: protocol.Result, job: Job, given: frozenset[str], read: Callable[[Raw], Value]) -> Returned:
    came = result.outputs
    outputs = {name: read(came[name]) for name in job.outputs if name in came}
    return Returned(
        outputs=outputs,
        missing=() if len(outputs) == len(job.outputs) else tuple(name for name in job.outputs if name not in came),
        changed=tuple(sorted(given.intersection(result.changed))) if result.changed else (),
        aliased=_aliased(result.aliased, job, given) if result.aliased else (),
        read=_read(result.read, job) if result.read else (),
    )


def ended(code: int | None, life_seconds: float) -> Outcome:
    """Why a process closed its replies, by its exit code; it lives on without a way to answer if it has none."""
    if code is None:
        return BadReply(detail="it closed the way back to the grader")
    if code >= 0:
        return Crashed(exit_code=code)
    name = _signal_name(-code)
    if name == "SIGXCPU":  # which Windows does not know
        return TimedOut(seconds=life_seconds, clock="cpu", scope="exercise")
    return Crashed(signal=name)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _aliased(pairs: list[tuple[str, str]], job: Job, given: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in set(pairs) if pair[0] in job.outputs and pair[1] in given))


def _read(pairs: list[tuple[str, str]], job: Job) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in set(pairs) if pair[0] in job.outputs and pair[1] in protocol.READ_AS))


def _raised(failure: protocol.Failure, allowed: Limits, texts: Texts) -> Outcome:
    """An exception as a record, its texts cut to length."""
    message = failure.message[: protocol.MAX_TEXT]
    if failure.memory:
        return OutOfMemory(limit=allowed.memory, message=message)
    frames = tuple(
        _frame(each.file[:200], each.line, each.function[:200], each.text[:400], texts=texts) for each in failure.frames
    )
    ancestors = tuple(name[:200] for name in failure.ancestors)
    cause = _cause(message, failure.frames, texts)
    return Raised(error=failure.error[:200], message=message, ancestors=ancestors, frames=frames, cause=cause)


def never(problem: Outcome, job: Job) -> tuple[Outcome, ...]:
    """A problem, and that nothing after it was tried."""
    return (problem, *(NotRun() for _ in job.inputs[1:]))


def _cause(message: str, frames: Sequence[protocol.FrameLine], texts: Texts) -> Frame | None:
    """The division that is to be mended, as the submission's own text shows it."""
    found = divided(message, [Place(each.file, each.line, each.floats) for each in frames], texts.by_name)
    return None if found is None else _frame(*found, texts=texts)


def _frame(file: str, line: int, function: str = "", text: str = "", *, texts: Texts) -> Frame:
    return (CellFrame if file in texts.cells else Frame)(file, line, function, text)
