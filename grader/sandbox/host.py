"""The host's side of a submission: ask its worker, watch its clocks, turn answers into outcomes."""

from __future__ import annotations

import os
import signal
import time
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple, Self

from grader import model
from grader.errors import ProtocolError, SandboxFault
from grader.sandbox import protocol
from grader.sandbox.channel import Channel, Flood
from grader.sandbox.clocks import Clock, Deadline
from grader.sandbox.libraries import wanted
from grader.sandbox.stand_ins import ROOTS
from grader.values import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Isolation, Job, Limits, Loaded, Outcome, Run, Submission
    from grader.sandbox import Nursery, WorkerProcess

START_SECONDS = 60.0  # for Python and NumPy themselves, on a machine under load; never charged to a student
TICK = 0.05  # seconds between looks at the CPU clock while nothing arrives
LIFE_SECONDS = 3600  # CPU seconds of a whole worker, enforced by the kernel should the host die
ANSWER_BYTES = 64 << 20  # of all answers of a submission: they are kept until its report is written
FILE_BYTES = 16 << 20


class ProcessSandbox:
    """A submission in a worker process; a fresh process after each fatal outcome."""

    def __init__(
        self,
        submission: Submission,
        limits: Limits,
        nursery: Nursery,
        preload: Sequence[str] = (),
    ) -> None:
        """``nursery`` makes the workers; ``preload`` names further libraries that they may import."""
        self._submission = submission
        self._limits = limits
        self._nursery = nursery
        self._preload = preload
        self._worker: _Worker | None = None
        self._loaded: Loaded | None = None
        self._answer_bytes = ANSWER_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def isolation(self) -> Isolation:
        """How the submission is kept apart."""
        return self._nursery.isolation

    def load(self) -> Loaded:
        """What importing the submission gave; asked once and remembered."""
        if self._loaded is None:
            self._loaded = self._fresh()
        return self._loaded

    def run(self, job: Job) -> Run:
        """One outcome for each case of the job."""
        return self._run(job, None)

    def run_each(self, jobs: Sequence[Job]) -> Iterator[Run]:
        """One job after the other: each is sent before the run of the one before it is handed out."""
        for job, following in zip_longest(jobs, jobs[1:]):
            yield self._run(job, following)

    def close(self) -> None:
        """End the worker and everything it started."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self._answer_bytes -= worker.received
            worker.end()

    def _run(self, job: Job, following: Job | None) -> Run:
        loaded = self.load()
        if self._worker is None and not isinstance(loaded.problem, model.FATAL):
            loaded = self._fresh()  # a fatal outcome of an earlier job ended the last one
        if self._worker is None:
            return model.Run(outcomes=_never(loaded.problem or model.NotRun(), job))
        try:
            run = self._worker.execute(job, following)
        except SandboxFault:
            self.close()
            raise
        if any(isinstance(outcome, model.FATAL) for outcome in run.outcomes):
            self.close()
        return run

    def _fresh(self) -> Loaded:
        self._worker = self._worker or _Worker(self._nursery.worker(self._submission.data), self._answer_bytes)
        loaded = self._worker.load(self._submission, self._limits, self._preload)
        if isinstance(loaded.problem, model.FATAL):
            self.close()
        return loaded


class _Request:
    """A job, ready to be sent."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.id = os.urandom(protocol.ID_BYTES)
        self.frame = _execute(self.id, job)


class _Asked(NamedTuple):
    """A job that was sent, with clocks for the whole of it and for a single case."""

    request: _Request
    whole: Clock
    single: Clock


class _Worker:
    """A conversation with one process. Every method leaves it either idle or ended."""

    def __init__(self, process: WorkerProcess, answer_bytes: int) -> None:
        """``answer_bytes`` may come back in all."""
        self._process = process
        self._answer_bytes = answer_bytes
        self._channel = Channel(process.requests, process.replies, process.stdout, process.stderr)
        self._up = False
        self._asked: _Asked | None = None  # a job that was sent ahead of time

    @property
    def received(self) -> int:
        """Bytes that have come back so far."""
        return self._channel.received

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, submission: Submission, allowed: Limits, preload: Sequence[str]) -> Loaded:
        request = protocol.Load(
            id=os.urandom(protocol.ID_BYTES),
            files=submission.files,
            module=submission.module,
            limits=protocol.Limited(memory=allowed.memory, cpu=LIFE_SECONDS, file_size=FILE_BYTES),
            libraries=wanted(submission.files, preload),
        )
        self._channel.send(protocol.encode(request))
        self._await_ready()
        clock = Clock(self._process.pid)
        replies: list[protocol.Imported] = []

        def take(reply: protocol.Reply) -> bool:
            if not isinstance(reply, protocol.Imported) or reply.id != request.id:
                raise ProtocolError("an answer that was not asked for")
            replies.append(reply)
            return True

        problem = self._converse(take, [Deadline(clock, allowed.load_seconds, "load")], allowed.output)
        if problem is not None:
            return model.Loaded(problem=problem)
        return _loaded(replies[0], allowed)

    def execute(self, job: Job, following: Job | None = None) -> Run:
        """Run a job. ``following`` is sent as soon as it is done, and must be what is asked for next."""
        asked = self._ask(_Request(job)) if self._asked is None else self._asked
        if asked.request.job is not job:
            raise SandboxFault("a job was asked for while another one was under way")
        self._asked = None
        upcoming = None if following is None else _Request(following)  # packed while the worker computes
        whole, single = asked.whole, asked.single
        whole.restart_wall()
        single.restart_wall()
        outcomes: list[Outcome] = []
        given = frozenset(name for inputs in job.inputs for name in inputs)

        def take(reply: protocol.Reply) -> bool:
            expected = (asked.request.id, len(outcomes))
            if not isinstance(reply, protocol.Answer) or (reply.id, reply.index) != expected:
                raise ProtocolError("an answer that was not asked for")
            outcomes.append(_outcome(reply.answer, job, given))
            single.restart()
            return len(outcomes) == len(job.inputs)

        deadlines = [
            Deadline(single, job.limits.case_seconds, "case"),
            Deadline(whole, job.limits.seconds, "exercise"),
        ]
        problem = self._converse(take, deadlines, job.limits.output) if job.inputs else None
        if problem is not None:
            outcomes.extend(_never(problem, job)[: len(job.inputs) - len(outcomes)])
        cpu, wall = whole.cpu(), whole.wall()
        stdout, stderr = self._channel.printed()  # before the next job can print
        if upcoming is not None and problem is None:
            self._asked = self._ask(upcoming)
        return model.Run(outcomes=tuple(outcomes), cpu=cpu, wall=wall, stdout=stdout, stderr=stderr)

    def _ask(self, request: _Request) -> _Asked:
        self._channel.send(request.frame)
        return _Asked(request, Clock(self._process.pid), Clock(self._process.pid))

    def _await_ready(self) -> None:
        if self._up:
            return
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                reply = self._channel.receive(TICK)
            except (ProtocolError, EOFError, Flood) as error:
                self.end()
                _, stderr = self._channel.printed()
                raise SandboxFault(f"Python for the submission did not come up: {stderr[-2000:] or error}") from None
            if reply is not None:
                self._up = True
                return
            if time.monotonic() > limit:
                self.end()
                raise SandboxFault(f"Python for the submission did not come up within {START_SECONDS:g} s")

    def _converse(
        self, take: Callable[[protocol.Reply], bool], deadlines: list[Deadline], output: int
    ) -> Outcome | None:
        """Hand replies to ``take`` until it has all it wants; the outcome that ended the worker otherwise."""
        self._channel.allow(output)
        try:
            while True:
                reply = self._channel.receive(min(TICK, *(deadline.wait() for deadline in deadlines)))
                self._check_received()
                if reply is not None and take(reply):
                    return None
                for deadline in deadlines:
                    if (late := deadline.passed()) is not None:
                        self.end()
                        return late
        except Flood:
            self.end()
            return model.OutputFlood(limit=output)
        except EOFError:
            return self._died()
        except ProtocolError as error:
            self.end()
            return model.BadReply(detail=str(error))

    def _check_received(self) -> None:
        if self.received > self._answer_bytes:
            raise ProtocolError(f"answers of more than {ANSWER_BYTES >> 20} MiB in all")

    # ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _died(self) -> Outcome:
        """Why a worker closed its replies: it ended by itself, or it lives on without a way to answer."""
        code = self._process.wait(0.5)
        self.end()
        if code is None:
            return model.BadReply(detail="it closed the way back to the grader")
        if code == -signal.SIGXCPU:
            return model.TimedOut(seconds=LIFE_SECONDS, clock="cpu", scope="exercise")
        if code < 0:
            return model.Crashed(signal=_signal_name(-code))
        return model.Crashed(exit_code=code)

    def end(self) -> None:
        """End the process and what it started. Raises SandboxFault if something survives."""
        try:
            self._process.end()
        finally:
            self._channel.close()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


# ── messages to records ───────────────────────────────────────────────────────────────────────────────────────────


def _never(problem: Outcome, job: Job) -> tuple[Outcome, ...]:
    """A problem, and that nothing after it was tried."""
    return (problem, *(model.NotRun() for _ in job.inputs[1:]))


def _execute(request_id: bytes, job: Job) -> bytes:
    cases = [
        protocol.ExecuteCase(sizes=dict(sizes), inputs={name: pack(value) for name, value in inputs.items()})
        for sizes, inputs in zip(job.sizes, job.inputs, strict=True)
    ]
    return protocol.encode(
        protocol.Execute(id=request_id, run=job.run, outputs=list(job.outputs), cases=cases, salt=job.salt)
    )


def _loaded(reply: protocol.Imported, allowed: Limits) -> Loaded:
    names = tuple(
        model.Definition(
            name=name[:200], parameters=None if found is None else tuple(each[:200] for each in found[:64])
        )
        for name, found in reply.names[:1000]
    )
    problem = None if reply.problem is None else _raised(reply.problem, allowed)
    return model.Loaded(names=names, problem=problem, stand_ins=tuple(sorted(ROOTS.intersection(reply.stand_ins))))


def _outcome(answer: protocol.Result | protocol.Failure, job: Job, given: frozenset[str]) -> Outcome:
    """A worker's answer as a record. Names in it are the job's own: any other text could carry a hidden input.

    ``given`` are the names of the job's inputs. Raises ProtocolError.
    """
    if isinstance(answer, protocol.Failure):
        return _raised(answer, job.limits)
    return model.Returned(
        outputs={name: unpack(answer.outputs[name]) for name in job.outputs if name in answer.outputs},
        missing=tuple(name for name in job.outputs if name not in answer.outputs),
        changed=tuple(sorted(given.intersection(answer.changed))),
        aliased=tuple(sorted(pair for pair in set(answer.aliased) if pair[0] in job.outputs and pair[1] in given)),
    )


def _raised(failure: protocol.Failure, allowed: Limits) -> Outcome:
    """An exception as a record, its texts cut to length."""
    message = failure.message[: protocol.MAX_TEXT]
    if failure.memory:
        return model.OutOfMemory(limit=allowed.memory, message=message)
    frames = tuple(
        model.Frame(file=frame.file[:200], line=frame.line, function=frame.function[:200], text=frame.text[:400])
        for frame in failure.frames[:20]
    )
    ancestors = tuple(name[:200] for name in failure.ancestors[:16])
    return model.Raised(error=failure.error[:200], message=message, ancestors=ancestors, frames=frames)
