"""What everything that is run of a submission may take together."""

from __future__ import annotations

import time

import pytest

from grader.records.assignment import Limits
from grader.records.run import Crashed, Job, NotRun, Returned, Submission, TimedOut
from grader.sandbox import clocks
from grader.sandbox import host as host_module
from grader.sandbox.clocks import WALL_FACTOR, Total
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable.pool import PortablePool
from grader.sandbox.room import Room

pytestmark = pytest.mark.usefixtures("warm")

LIMITS = Limits(seconds=20, case_seconds=20, load_seconds=5)


@pytest.fixture(params=["portable", "zygote"])
def opened(request):
    """Opens a sandbox on a source, with so many seconds in all."""
    with PortablePool() if request.param == "portable" else ZygotePool() as pool:

        def sandbox(source, total):
            return ProcessSandbox(Submission(module="m.py", files={"m.py": source}), LIMITS, pool, total=total)

        yield sandbox


def job(run: str = "y = f(x)", cases: int = 1) -> Job:
    return Job(run=run, outputs=("y",), sizes=({},) * cases, inputs=({"x": 1},) * cases, limits=LIMITS)


@pytest.mark.parametrize(
    ("source", "clock", "limit"),
    [
        ("def f(x):\n    while True: pass", "cpu", 0.6),
        ("import time\ndef f(x): time.sleep(60)", "wall", 0.6 * WALL_FACTOR),
    ],
)
def test_it_ends_a_job_that_is_under_way(source, clock, limit, opened):
    used_up = TimedOut(seconds=limit, clock=clock, scope="submission")
    with opened(source, 0.6) as sandbox:
        assert sandbox.load().problem is None
        assert sandbox.run(job(cases=2)).outcomes == (used_up, NotRun())
        began = time.monotonic()
        assert [run.outcomes for run in sandbox.run_each([job(), job()])] == [(used_up,), (used_up,)]
        assert time.monotonic() - began < 0.3, "a process was started for nothing"


def test_processes_and_their_imports_share_it(opened):
    source = "end = __import__('time').process_time() + 0.3\nwhile __import__('time').process_time() < end: pass\n"
    ends = job("import os; os._exit(1)")
    with opened(source, 1.0) as sandbox:
        ended = [sandbox.run(ends).outcomes[0] for _ in range(6)]
    assert ended[:2] == [Crashed(exit_code=1)] * 2
    assert isinstance(ended[-1], TimedOut)  # on a busy machine it may be the time of waiting
    assert ended[-1].scope == "submission"


def test_the_graders_own_time_does_not_count(opened):
    with opened("def f(x): return 4", 0.4) as sandbox:
        for _ in sandbox.run_each([job(), job(), job()]):
            time.sleep(0.4 * WALL_FACTOR / 2)
        assert sandbox.run(job()).outcomes == (Returned(outputs={"y": 4}),)


def test_reading_answers_counts(opened, monkeypatch):
    """Whoever hands over what takes long to read has spent that time."""

    class Slow(Room):
        def read(self, packed, extent=0):
            end = time.thread_time() + 0.4
            while time.thread_time() < end:
                pass
            return super().read(packed, extent)

    monkeypatch.setattr(host_module, "Room", Slow)
    monkeypatch.setattr(clocks, "WALL_FACTOR", 100.0)  # on a busy machine the grader waits for a processor as well
    with opened("def f(x): return x", 0.8) as sandbox:
        outcomes = [sandbox.run(job()).outcomes[0] for _ in range(3)]
    assert outcomes[0] == Returned(outputs={"y": 1})
    assert outcomes[2] == TimedOut(seconds=0.8, clock="cpu", scope="submission")


class Waited:
    """A clock of a process that took so long to come up."""

    def __init__(self, wall: float, queued: float = 0.0) -> None:
        self._readings = iter((0.0, queued))
        self._wall = wall

    def cpu(self) -> float:
        return 100.0

    def wall(self) -> float:
        return self._wall

    def queued(self) -> float:
        return next(self._readings)


def test_starting_a_process_again_counts_as_waiting_and_the_first_is_free():
    total = Total(1.0)
    for wall, queued, over in ((60.0, 0.0, False), (4.0, 0.0, False), (60.0, 60.0, False), (2.0, 0.0, True)):
        with total.starting(Waited(wall, queued)):
            pass
        assert (total.passed() is not None) is over
    assert total.passed() == TimedOut(seconds=WALL_FACTOR, clock="wall", scope="submission")
