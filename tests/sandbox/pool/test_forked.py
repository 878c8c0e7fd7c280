"""A zygote that breaks, and places for workers: what one submission meets must not be another's loss."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.run import Job, Returned, Submission
from grader.sandbox.confine import slots
from grader.sandbox.confine.capability import Capability
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool import control, forked, start
from grader.sandbox.pool.forked import RESTARTS, ZygotePool
from grader.sandbox.portable.pool import PortablePool

pytestmark = pytest.mark.usefixtures("warm")

LIMITS = Limits(seconds=60, case_seconds=60, load_seconds=60)
JOB = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)


@pytest.fixture(params=[1, 5])
def pool(request, monkeypatch):
    monkeypatch.setattr(forked, "CONFINED", 1)  # a zygote serves at level 1 too, as it does for root at level 2
    with ZygotePool(request.param) as made:
        yield made


def graded(pool, source="def f(): return 7"):
    with ProcessSandbox(Submission(module="m.py", files={"m.py": source}), LIMITS, pool) as sandbox:
        (outcome,) = sandbox.run(JOB).outcomes
    assert isinstance(outcome, Returned), outcome
    return outcome.outputs["y"]


def zygote_of(pool) -> int:
    """Its process id: in bubblewrap it is the only child of the only child of the program."""
    pid = pool._zygote._popen.pid
    for _ in range(2 if pool.isolation.level == 5 else 0):
        (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pid = int(child)
    return pid


def kill(pool, pid: int | None = None) -> None:
    """Kill a zygote, and wait until the system knows; who asks before loses one submission more."""
    os.kill(pool._zygote._popen.pid if pid is None else pid, signal.SIGKILL)
    pool._zygote._popen.wait(60)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def close(worker) -> None:
    for descriptor in (worker.requests, worker.replies):
        os.close(descriptor)
    worker.stdout.close()
    worker.stderr.close()


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(slots, "SLOTS", 6)
    return 6


def test_workers_side_by_side_have_places_of_their_own_and_give_them_back(pool, few):
    together = threading.Barrier(few)

    def one(_) -> int:
        worker = pool.worker()
        together.wait(60)  # now all of them are there
        worker.end()
        close(worker)
        return worker.slot

    with ThreadPoolExecutor(few) as threads:
        for _ in range(3):
            assert sorted(threads.map(one, range(few))) == list(range(few))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give workers users of their own")
def test_each_place_is_a_user(few):
    source = "import os\ndef f(): return [os.getuid(), os.getgid()]"
    with ZygotePool() as pool, ThreadPoolExecutor(3) as threads:
        if not pool.capability.works("user"):
            pytest.skip("this machine gives workers no users of their own")
        users = list(threads.map(lambda _: graded(pool, source), range(20)))
    assert {tuple(each) for each in users} <= {(slots.slot_uid(slot),) * 2 for slot in range(few)}
    assert len({uid for uid, _ in users}) > 1


def test_when_all_places_are_taken_that_is_said(pool, few):
    workers = [pool.worker() for _ in range(few)]
    with pytest.raises(SandboxFault, match="6 submissions are running, and there is no room for more"):
        pool.worker()
    workers[0].end()
    assert graded(pool) == 7
    for worker in workers:
        worker.end()
        close(worker)


def test_the_canary_s_place_is_nobody_else_s(pool, monkeypatch):
    monkeypatch.setattr(slots, "SLOTS", 2)
    monkeypatch.setattr(slots, "CANARY_SLOT", 1)
    worker = pool.worker()
    assert worker.slot == 0
    with pytest.raises(SandboxFault, match="no room"):
        pool.worker()
    worker.end()
    close(worker)


def test_a_worker_that_cannot_be_ended_is_a_fault_and_keeps_its_place(pool, monkeypatch):
    worker = pool.worker()
    with monkeypatch.context() as patch:
        patch.setattr(forked, "END_SECONDS", 0.2)
        patch.setattr(worker, "kill", lambda: None)
        with pytest.raises(SandboxFault, match=f"process {worker.pid} of the submission could not be ended"):
            worker.end()
    assert worker in pool._living
    os.kill(worker.pid, signal.SIGKILL)
    close(worker)


# ── a zygote that does not come up ────────────────────────────────────────────────────────────────────────────────


def test_a_zygote_that_does_not_come_up_is_a_fault_of_ours(monkeypatch):
    monkeypatch.setattr(start, "_COMMAND", "raise SystemExit")
    with ZygotePool(4) as made, pytest.raises(SandboxFault, match="has ended"):
        made.worker()
    monkeypatch.setattr(start, "_COMMAND", "import time; time.sleep(60)")
    monkeypatch.setattr(control, "START_SECONDS", 0.2)
    monkeypatch.setattr(control, "END_SECONDS", 0.2)
    with ZygotePool(4) as made, pytest.raises(SandboxFault, match=r"within 0\.2 s"):
        made.worker()


# ── a machine without layers ──────────────────────────────────────────────────────────────────────────────────────


def test_where_nothing_confines_workers_come_from_a_portable_pool(monkeypatch):
    monkeypatch.setattr(control.Zygote, "capability", lambda _: Capability(1, ()))
    with ZygotePool(4) as made:
        zygote = made._zygote._popen
        assert made.isolation == PortablePool.isolation
        assert zygote.poll() is not None
        assert graded(made) == 7
        worker = made.worker()
    assert worker.wait(0) is not None
    with pytest.raises(SandboxFault, match="the grader was told to end"):
        made.worker()


# ── a zygote that breaks ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("whom", ["the program that was started", "the zygote itself"])
def test_after_a_zygote_was_killed_the_next_submission_is_graded(whom, pool):
    assert graded(pool) == 7
    before = pool.isolation
    kill(pool, zygote_of(pool) if whom == "the zygote itself" else None)
    assert graded(pool) == 7
    assert graded(pool) == 7
    assert pool.isolation == before
    assert pool._restarts == RESTARTS - 1


def test_what_was_running_then_is_ungraded_and_gone(pool):
    source = "import time\ntime.sleep(100)"
    sandbox = ProcessSandbox(Submission(module="m.py", files={"m.py": source}), LIMITS, pool)
    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(sandbox.load)
        while not pool._living:
            time.sleep(0.01)
        (worker,) = pool._living
        kill(pool, zygote_of(pool))
        with pytest.raises(SandboxFault, match="ended"):
            loading.result(60)
    assert graded(pool) == 7
    assert not alive(worker.pid)
    sandbox.close()
    assert not pool._living


def test_a_class_loses_no_more_than_what_was_running(pool):
    """One submission ends the zygote of all: which none can, so here the test does."""

    def one(number: int) -> int | None:
        if number == 10:
            os.kill(zygote_of(pool), signal.SIGKILL)
        try:
            return graded(pool, f"def f(): return {number}")
        except SandboxFault:
            return None

    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(one, range(30)))
    assert found.count(None) <= 3
    assert all(value in (None, number) for number, value in enumerate(found))


@pytest.mark.parametrize("said", [b"garbage", b"", b"\x82\xa4type\xa6Reaped\xa4code\x00"])
def test_a_zygote_that_says_something_else_is_replaced(said, pool):
    assert graded(pool) == 7
    zygote = pool._zygote
    zygote._control.close()
    zygote._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    other.send(said)
    assert graded(pool) == 7
    assert pool._zygote is not zygote
    other.close()


def test_a_zygote_that_says_nothing_is_replaced(monkeypatch):
    with ZygotePool(4) as pool:
        living = pool.worker()
        stopped = pool._zygote._popen
        stopped.send_signal(signal.SIGSTOP)
        with monkeypatch.context() as patch:
            patch.setattr(control, "ANSWER_SECONDS", 3.0)  # enough for the next one, also on a loaded machine
            patch.setattr(control, "END_SECONDS", 1.0)
            assert graded(pool) == 7
        assert stopped.poll() == -signal.SIGKILL
        with pytest.raises(SandboxFault, match="Python for submissions failed"):
            living.wait(60)
        living.end()
        close(living)


def test_it_is_replaced_so_often_and_no_oftener(pool):
    for _ in range(RESTARTS):
        assert graded(pool) == 7
        kill(pool)
    assert graded(pool) == 7
    kill(pool)
    for _ in range(2):
        with pytest.raises(SandboxFault, match="has ended and is not started again"):
            graded(pool)


def test_a_pool_that_was_closed_starts_nothing():
    with ZygotePool(4) as pool:
        assert graded(pool) == 7
    with pytest.raises(SandboxFault, match="is not started again"):
        pool.worker()


def test_one_that_comes_back_confined_otherwise_runs_nothing(pool, monkeypatch):
    found = pool.capability
    weaker = Capability(found.level - 1, found.trials)
    monkeypatch.setattr(control.Zygote, "capability", lambda _: weaker)
    kill(pool)
    for _ in range(2):
        with pytest.raises(SandboxFault, match="not confined as it was before"):
            pool.worker()


# ── a system that refuses ─────────────────────────────────────────────────────────────────────────────────────────

REFUSES_ONE = """
import gc, os
gc.disable()
fork, calls = os.fork, []
def sometimes():
    calls.append(1)
    if len(calls) == 2:  # the first is the canary's
        raise BlockingIOError(11, "Resource temporarily unavailable")
    return fork()
os.fork = sometimes
from grader.sandbox.pool.zygote import main
main()
"""


def test_a_fork_that_fails_costs_one_submission_its_grade_and_no_other(monkeypatch):
    monkeypatch.setattr(start, "_COMMAND", REFUSES_ONE)
    with ZygotePool(4) as pool:
        if pool.isolation.level < 4:
            pytest.skip("this machine takes more than one canary")
        zygote, before = pool._zygote, sorted(os.listdir("/proc/self/fd"))
        with pytest.raises(SandboxFault, match=r"refuses a process for the submission: .*unavailable"):
            graded(pool)
        assert sorted(os.listdir("/proc/self/fd")) == before
        assert graded(pool) == 7
        assert pool._zygote is zygote


def no_descriptor() -> list[int]:
    return []


def not_a_process() -> list[int]:
    return [os.open(os.devnull, os.O_RDONLY)]


def a_process_that_is_gone() -> list[int]:
    with subprocess.Popen(["true"]) as process:
        return [os.pidfd_open(process.pid)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (no_descriptor, "too many descriptors are open"),
        (not_a_process, "the process that it made is gone"),
        (a_process_that_is_gone, "the process that it made is gone"),
    ],
)
def test_a_worker_that_could_not_be_ended_is_not_used(given, said, pool, monkeypatch):
    receive = socket.recv_fds

    def instead(*asked):
        message, descriptors, *rest = receive(*asked)
        for descriptor in descriptors:
            os.close(descriptor)
        return message, given(), *rest

    assert graded(pool) == 7
    pipes = [os.pipe() for _ in range(4)]
    ends = [end for pair in pipes for end in pair]
    before = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr(socket, "recv_fds", instead)
        with pytest.raises(SandboxFault, match=said):
            pool._zygote.fork("/", 0, ends[:4])
    assert pool._zygote.broken
    assert len(os.listdir("/proc/self/fd")) == before - 1  # the zygote's socket
    assert graded(pool) == 7
    for end in ends:
        os.close(end)


def test_pipes_that_cannot_be_made_leave_none_behind(pool, monkeypatch):
    assert graded(pool) == 7
    before = sorted(os.listdir("/proc/self/fd"))
    pipe, made = os.pipe, []

    def two_at_most():
        if len(made) == 2:
            raise OSError(errno.EMFILE, "Too many open files")
        made.append(pipe())
        return made[-1]

    with monkeypatch.context() as patch:
        patch.setattr(os, "pipe", two_at_most)
        with pytest.raises(SandboxFault, match="Too many open files"):
            pool.worker()
    assert sorted(os.listdir("/proc/self/fd")) == before
