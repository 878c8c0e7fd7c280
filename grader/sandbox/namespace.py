"""A sandbox that is none: snippets run in the user's own process, over the names that the user has there.

For practice in a notebook. The user's code is theirs, as is the process; so nothing is kept apart here, and nothing
hidden may be at hand. What the user has stays as it is: a snippet runs in a namespace of its own, laid over theirs, on
copies of the inputs. Nothing ends a case but its own end or Ctrl-C, which ends all of it: KeyboardInterrupt is let
through. Once an exercise's seconds are over, no further case is begun.
"""

from __future__ import annotations

import linecache
import os
import sysconfig
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, cast

import numpy as np
from msgspec.structs import replace

from grader.records.errors import ProtocolError
from grader.records.run import (
    BadReply,
    Definition,
    Isolation,
    Job,
    Loaded,
    NotRun,
    Raised,
    Run,
    Texts,
    TimedOut,
    cell_name,
)
from grader.records.values import unpack
from grader.sandbox.api import Used
from grader.sandbox.outcomes import answered, set_before
from grader.sandbox.process_state import left_as_it_was
from grader.sandbox.protocol import Failure, Interrupted, Result
from grader.sandbox.worker.failures import failure
from grader.sandbox.worker.inputs import fresh
from grader.sandbox.worker.snippet import HELPERS, SNIPPET, Interruption, execute, helpers_in, statements_of
from grader.sandbox.worker.student import parameters, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from grader.records.record import Value
    from grader.records.run import Frame, Outcome, Returned

#: Where files lie that are not the user's own: Python's, and grader itself.
_OTHERS = tuple(
    f"{os.path.realpath(folder)}{os.sep}" for folder in (sysconfig.get_path("stdlib"), Path(__file__).parents[1])
)
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_NOTHING: Final = Job(run="", outputs=(), sizes=(), inputs=())

Answered: TypeAlias = Result | Failure | Interrupted
CellOf: TypeAlias = "Callable[[str], int | None]"  # the number of a cell by the name of its file; None for any other


class NamespaceSandbox:
    """The names that a user has, ready to run snippets. ``slow``: seconds of a case, and how many it should take."""

    isolation = Isolation(level=0, layers=("none: your own process",))
    used = Used()

    def __init__(self, names: Mapping[str, Any], cell_of: CellOf) -> None:
        self.names = names
        self._own = OwnLines(cell_of)
        self.slow: tuple[float, float] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(self) -> Loaded:
        """The names: nothing has to be imported."""
        own = {name: value for name, value in self.names.items() if not name.startswith("_")}
        found = [(name, parameters(value)) for name, value in own.items() if not isinstance(value, ModuleType)]
        return Loaded(tuple(Definition(name, None if given is None else tuple(given)) for name, given in found))

    def run(self, job: Job) -> Run:
        """One outcome a case. Raises KeyboardInterrupt."""
        began = time.thread_time()
        outcomes: list[Outcome] = []
        before: dict[int, Returned] = {}
        with left_as_it_was(job.limits.output, job.salt) as printed:
            for number, (sizes, inputs) in enumerate(zip(job.sizes, job.inputs, strict=True)):
                used = time.thread_time() - began
                if used > job.limits.seconds:
                    outcomes.append(TimedOut(job.limits.seconds, "cpu", "exercise"))
                    break
                answer = self._answer(job, sizes, inputs)
                self._note(time.thread_time() - began - used, job.limits.case_seconds)
                told, texts = self._own.told(answer)
                given = frozenset(inputs)
                try:
                    before.update(set_before(number, told, job, given, _read))
                    outcomes.append(answered(told, job, given, texts, _read))
                except ProtocolError as error:  # an array of no elements and a huge size, as of a worker
                    outcomes.append(BadReply(str(error)))
                    break
        untried = [NotRun()] * (len(job.inputs) - len(outcomes))
        cut = job.limits.output if printed.cut else None
        cpu = time.thread_time() - began
        return Run((*outcomes, *untried), before, cpu=cpu, stdout=printed.text, cut=cut)

    def _note(self, seconds: float, limit: float) -> None:
        if seconds > max(limit, self.slow[0] if self.slow else 0.0):
            self.slow = (seconds, limit)

    def run_each(self, jobs: Iterable[Job]) -> Iterator[Run]:
        """One after the other."""
        return map(self.run, jobs)

    def aside(self) -> Self:
        """Itself: there is one process."""
        return self

    def close(self) -> None:
        """Nothing was started."""

    def interrupted_at(self, error: BaseException) -> tuple[Frame, ...]:
        """The lines of the user's that were being run when an exception came."""
        told, texts = self._own.told(failure(error, self._own))
        outcome = answered(told, _NOTHING, frozenset(), texts, _read)
        return outcome.frames if isinstance(outcome, Raised) else ()

    def _answer(self, job: Job, sizes: Mapping[str, int], given: Mapping[str, Value]) -> Answered:
        inputs = {name: fresh(value) for name, value in given.items()}
        try:
            namespace = {**self.names, "np": np, **helpers_in(job.helpers), **sizes, **inputs}
            execute(statements_of(job.run), namespace)
            return result_of(namespace, job.outputs, given, inputs)
        except Interruption as interruption:
            if isinstance(interruption.error, KeyboardInterrupt):
                raise interruption.error from None
            raised = self._raised(interruption.error)
            settled = [name for name in job.outputs if name in interruption.settled]
            with suppress(Exception):  # as in a worker: what it has set may be of any kind
                if settled:
                    return Interrupted(raised, result_of(namespace, settled, given, inputs))
            return raised
        except Exception as error:  # noqa: BLE001 - whatever student code raises is an answer
            return self._raised(error)

    def _raised(self, error: BaseException) -> Failure:
        return replace(failure(error, self._own), memory=False)  # there is no limit here to speak of


def _read(wire: Any) -> Value:
    """An output, which crossed no boundary and so was never packed as bytes."""
    return cast("Value", unpack(wire))


@lru_cache(maxsize=1000)
def _is_own(file: str) -> bool:
    if file in (SNIPPET, HELPERS):
        return False
    if file.startswith("<"):  # what was typed, or compiled by the user; Python's own are <frozen …>
        return not file.startswith(("<frozen", "<__array_function__"))
    path = os.path.realpath(file)
    return not path.startswith(_OTHERS) and _INSTALLED.isdisjoint(Path(path).parts)


class OwnLines:
    """Which lines of a traceback are the user's own, and what their files are called."""

    def __init__(self, cell_of: CellOf) -> None:
        self._cell_of = cell_of

    @property
    def texts(self) -> Self:
        """Itself, in which there is every file of the user's."""
        return self

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and _is_own(file)

    def line(self, file: str, number: int) -> str:
        """One line, without its indentation."""
        linecache.checkcache(file)  # it may have been edited since
        return linecache.getline(file, number).strip()[:400]

    def told(self, answer: Answered) -> tuple[Answered, Texts]:
        """An answer whose files are called as their user knows them, and the texts of those."""
        if isinstance(answer, Result):
            return answer, Texts({})
        raised = answer.failure if isinstance(answer, Interrupted) else answer
        names = {frame.file: self._name(frame.file) for frame in raised.frames}
        frames = [replace(frame, file=names[frame.file]) for frame in raised.frames]
        texts = {name: "".join(linecache.getlines(file)) for file, name in names.items()}
        cells = frozenset(name for file, name in names.items() if self._cell_of(file) is not None)
        named = replace(raised, frames=frames)
        return replace(answer, failure=named) if isinstance(answer, Interrupted) else named, Texts(texts, cells)

    def _name(self, file: str) -> str:
        if (number := self._cell_of(file)) is not None:
            return cell_name(number)
        path, here = Path(file), Path.cwd()
        return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
