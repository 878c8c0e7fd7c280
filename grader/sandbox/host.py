"""The host's side of a submission: ask its worker, watch its clocks, turn answers into outcomes."""

from __future__ import annotations

import os
import time
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Self

from grader.records.errors import ProtocolError, SandboxFault
from grader.records.run import BadReply, Loaded, NotRun, Outcome, Returned, Run, texts_of
from grader.sandbox import protocol
from grader.sandbox.api import Used
from grader.sandbox.asking import Request, Sent
from grader.sandbox.clocks import TICK, AllWatched, Clock, Deadline, Total
from grader.sandbox.outcomes import answered, ended, imported, never, set_before
from grader.sandbox.room import GRADED, UNFORESEEN, Room
from grader.sandbox.stopped import Loading, StoppedCells
from grader.submission.libraries import wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from grader.records.assignment import Limits
    from grader.records.run import Isolation, Job, Submission
    from grader.sandbox.api import Watched, WorkerPool, WorkerProcess
    from grader.sandbox.room import Spare

START_SECONDS = 60.0  # for Python and NumPy themselves, on a machine under load; never charged to a student
LIFE_SECONDS = 3600  # CPU seconds of a whole worker, enforced by the kernel should the host die
ASIDE = 0.1  # of the time that a submission may take in all: what is run aside has it for itself
FILE_BYTES = 16 << 20


class ProcessSandbox:
    """A submission in a worker process; a fresh process after each fatal outcome."""

    def __init__(
        self,
        submission: Submission,
        limits: Limits,
        pool: WorkerPool,
        preload: Sequence[str] = (),
        stand_ins: Sequence[str] = (),
        total: float | None = None,
        unforeseen: Spare = UNFORESEEN,
    ) -> None:
        """``pool`` makes the workers; ``preload`` names further libraries that they may import.

        ``stand_ins`` are modules that do nothing in them, beside those that always do. ``total`` are the CPU seconds
        of everything that is run, ``unforeseen`` bounds what may come of a job that does not say what is expected.
        """
        self._submission = submission
        self._limits, self._pool = limits, pool
        self._preload, self._stand_ins = preload, stand_ins
        self._worker: _Worker | None = None
        self._loaded: Loaded | None = None
        self._ends_loading = False  # to import the submission ends the worker, however often it is tried
        self._stopped = StoppedCells()
        self._room, self._unforeseen, self._workers = Room(GRADED), unforeseen, 0
        self._seconds, self._total = total, Total(total, 1 - ASIDE)
        self._aside: Total | None = None  # what those that are made of an aside share with it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def isolation(self) -> Isolation:
        """How the submission is kept apart."""
        return self._pool.isolation

    @property
    def used(self) -> Used:
        """What was used by now."""
        return Used(max(self._total.used(), self._room.used()), self._workers)

    def load(self) -> Loaded:
        """What importing the submission gave; asked once and remembered."""
        if self._loaded is None:
            self._loaded = self._fresh()
            self._stopped_at_first = deepcopy(self._stopped)
        return self._loaded

    def begin(self) -> None:
        """Have it come up while its caller does other things. For trusted code only, as nobody watches it meanwhile."""
        if self._worker is None and self._loaded is None:
            self._begun()

    def run(self, job: Job) -> Run:
        """One outcome for each case of the job."""
        return self._run(job, None)

    def run_each(self, jobs: Iterable[Job]) -> Iterator[Run]:
        """One job after the other: each is sent before the run of the one before it is handed out."""
        waiting = iter(jobs)
        job = next(waiting, None)
        while job is not None:
            running, job = job, next(waiting, None)  # which is made while the worker computes, but for the first two
            yield self._run(running, job)

    def aside(self) -> ProcessSandbox:
        """Another one, with a share of the total for itself; it knows what ended the first worker while loading."""
        given = (self._submission, self._limits, self._pool, self._preload, self._stand_ins)
        other = ProcessSandbox(*given, unforeseen=self._unforeseen)
        other._loaded = self.load()
        other._stopped_at_first = self._stopped_at_first  # it may be asked for another one
        other._stopped = deepcopy(self._stopped_at_first)
        other._aside = other._total = self._aside or Total(self._seconds, ASIDE)
        return other

    def close(self) -> None:
        """End the worker and everything it started."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def _run(self, job: Job, following: Job | None) -> Run:
        loaded = self.load()
        if (used_up := self._total.passed()) is not None:
            self.close()
            return Run(outcomes=never(used_up, job))
        if self._worker is None and not self._ends_loading:
            loaded = self._fresh()  # an outcome of an earlier job ended the last one
        if self._worker is None:
            return Run(outcomes=never(loaded.problem or NotRun(), job))
        try:
            room = self._room if job.extents else Room(self._unforeseen)
            run = self._worker.execute(job, room, following)
        except SandboxFault:
            self.close()
            raise
        if self._worker.ended:
            self.close()
        return run

    def _fresh(self) -> Loaded:
        """Load in a new worker, and again where a cell, or a file without cells, has ended it."""
        while True:
            loaded, loading = self._load_once()
            if loaded.problem is None or self._worker is not None:
                return self._stopped.told(loaded, loading)
            if self._total.passed() is not None or not self._stopped.add(loading, loaded.problem):
                self._ends_loading = True
                return loaded

    def _begun(self) -> _Worker:
        """A new worker, told what to load."""
        self._workers += 1
        self._worker = worker = _Worker(self._pool.worker(), self._total)
        worker.begin(self._submission, self._limits, self._preload, self._stand_ins, self._stopped)
        return worker

    def _load_once(self) -> tuple[Loaded, Loading]:
        """What loading gave, and how far it came."""
        worker = self._worker or self._begun()
        try:
            loaded, loading = worker.load(self._limits, self._stand_ins)
        except SandboxFault:
            self.close()
            raise
        if worker.ended:
            self.close()
        return loaded, loading


class _Worker:
    """A conversation with one process. Every method leaves it either idle or ended."""

    def __init__(self, process: WorkerProcess, total: Total) -> None:
        """All that is asked of it may take ``total``."""
        self._process = process
        self._total = total
        self._channel = process.channel()
        self.ended = False
        self._load_id = os.urandom(protocol.ID_BYTES)
        self._ceilings: Sequence[Watched] = ()
        self._next_look = float("inf")  # the next look at what it may not pass
        self._texts = texts_of({})
        self._asked: Sent | None = None  # a job that was sent ahead of time

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(
        self,
        submission: Submission,
        allowed: Limits,
        preload: Sequence[str],
        stand_ins: Sequence[str],
        stopped: StoppedCells,
    ) -> None:
        """Tell it what to load."""
        limits = protocol.WorkerLimits(memory=allowed.memory, cpu=LIFE_SECONDS, file_size=FILE_BYTES + allowed.output)
        request = protocol.Load(
            id=self._load_id,
            files=submission.files,
            data=submission.data,
            module=submission.module,
            cells=list(submission.cells),
            light=stopped.light,
            skipped=stopped.skipped,
            limits=limits,
            libraries=wanted(submission.files, preload),
            stand_ins=list(stand_ins),
        )
        self._texts = submission.texts
        self._channel.allow(allowed.output)  # before sending: the submission may print before 'ready' has been read
        self._channel.send(protocol.encode(request))

    def load(self, allowed: Limits, stand_ins: Sequence[str]) -> tuple[Loaded, Loading]:
        """What came of that."""
        with self._total.starting(Clock(self._process)):
            self._await_ready()
        self._ceilings = self._process.limit_memory(allowed.memory)
        clock = Clock(self._process)
        loading = Loading(self._load_id, clock)
        replies: list[protocol.Imported] = []

        def take(reply: protocol.Reply) -> bool:
            if loading.heard(reply):
                return False
            if not isinstance(reply, protocol.Imported) or reply.id != self._load_id:
                raise ProtocolError("an answer that was not asked for")
            replies.append(reply)
            return True

        with self._total.counting(clock):
            problem = self._converse(take, clock, [Deadline(clock, allowed.load_seconds, "load"), self._total])
        if problem is not None:
            return Loaded(problem=problem), loading
        self._channel.printed()  # while it was loaded: it belongs to no exercise
        return imported(replies[0], allowed, self._texts, stand_ins), loading

    def execute(self, job: Job, room: Room, following: Job | None = None) -> Run:
        """Run a job, whose answers have ``room``. ``following`` is sent as soon as it is done, and must come next."""
        asked = self._ask(Request(job)) if self._asked is None else self._asked
        if asked.request.job is not job:
            raise SandboxFault("a job was asked for while another one was under way")
        self._asked = None
        upcoming = None if following is None else Request(following)  # packed while the worker computes
        whole, single = asked.whole, asked.single
        whole.restart_wall()
        single.restart_wall()
        outcomes, before = list[Outcome](), dict[int, Returned]()
        given = frozenset[str]().union(*job.inputs)

        def take(reply: protocol.Reply) -> bool:
            expected = (asked.request.id, len(outcomes))
            if not isinstance(reply, protocol.Answer) or (reply.id, reply.index) != expected:
                raise ProtocolError("an answer that was not asked for")
            read = partial(room.read, extent=job.extents[len(outcomes)] if job.extents else 0)
            before.update(set_before(len(outcomes), reply.answer, job, given, read))
            outcomes.append(answered(reply.answer, job, given, self._texts, read))
            return len(outcomes) == len(job.inputs)

        deadlines: list[Watched] = [
            Deadline(single, job.limits.case_seconds, "case"),
            Deadline(whole, job.limits.seconds, "exercise"),
            self._total,
        ]
        with self._total.counting(whole):
            problem = self._converse(take, whole, deadlines, single) if job.inputs else None
        if problem is not None:
            outcomes.extend(never(problem, job)[: len(job.inputs) - len(outcomes)])
        cpu, wall = whole.cpu(), whole.wall()
        cut = job.limits.output if self._channel.beyond() else None
        stdout, stderr = self._channel.printed()  # before the next job can print
        if upcoming is not None and problem is None:
            self._asked = self._ask(upcoming)
        return Run(tuple(outcomes), before, cpu=cpu, wall=wall, stdout=stdout, stderr=stderr, cut=cut)

    def _ask(self, request: Request) -> Sent:
        self._channel.allow(request.job.limits.output)  # before sending, as above
        self._channel.send(request.frame)
        return Sent(request, Clock(self._process), Clock(self._process))

    def _await_ready(self) -> None:
        """Raises SandboxFault if Python does not come up."""
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                reply = self._channel.receive(TICK)
            except (ProtocolError, EOFError) as error:
                self.end()
                _, stderr = self._channel.printed()
                raise SandboxFault(f"Python for the submission did not come up: {stderr[-2000:] or error}") from None
            if reply is not None:
                return
            if time.monotonic() > limit:
                self.end()
                raise SandboxFault(f"Python for the submission did not come up within {START_SECONDS:g} s")

    def _converse(
        self,
        take: Callable[[protocol.Reply], bool],
        clock: Clock,
        deadlines: Sequence[Watched],
        single: Clock | None = None,
    ) -> Outcome | None:
        """Hand replies to ``take`` until it has all it wants; the outcome that ended the worker otherwise.

        ``clock`` is charged with what that takes. The clock ``single`` begins anew with whatever replies have come.
        """
        bounds = AllWatched((*self._ceilings, *deadlines), self._next_look)
        try:
            while True:
                began = time.thread_time() - self._channel.idle
                reply = self._channel.receive(bounds.wait())
                done = reply is not None and self._take_all(reply, take)
                clock.charge(time.thread_time() - self._channel.idle - began)
                if done:
                    self._next_look = bounds.next_look  # for jobs that are too short for a look
                    return None
                if reply is not None and single is not None:
                    single.restart()
                if (beyond := bounds.passed()) is not None:
                    self.end()
                    return beyond
        except EOFError:
            return self._died()
        except ProtocolError as error:
            self.end()
            return BadReply(detail=str(error))

    def _take_all(self, reply: protocol.Reply | None, take: Callable[[protocol.Reply], bool]) -> bool:
        """Hand a reply, and what has arrived together with it, to ``take``; True once that has all it wants."""
        while reply is not None:
            if take(reply):
                return True
            reply = self._channel.next()
        return False

    # ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _died(self) -> Outcome:
        """Why a worker closed its replies: it ended by itself, or it lives on without a way to answer."""
        code = self._process.wait(0.5)
        self.end()
        return ended(code, LIFE_SECONDS)

    def end(self) -> None:
        """End the process and what it started. Raises SandboxFault if something survives."""
        self.ended = True
        try:
            self._process.end()
        finally:
            self._channel.close()
