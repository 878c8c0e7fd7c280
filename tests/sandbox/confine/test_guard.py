"""Each step of the guard, seen from inside a confined child or from outside."""

from __future__ import annotations

import errno
import os
import resource
import select
import signal
import socket
import time

import pytest

from grader.records.errors import GuardError
from grader.sandbox.confine import guard, kernel, slots

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can change to another user")
UID = slots.slot_uid(7)


def status(*fields: str) -> list[str]:
    """Lines of what the kernel says of this process."""
    with open("/proc/self/status") as lines:
        found = dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)
    return [found[field].strip() for field in fields]


def test_the_child_leads_a_session_of_its_own(free, confined):
    def leads():
        return os.getsid(0) == os.getpid() == os.getpgrp()

    assert free(leads).said == "False"
    assert confined(leads).said == "True"


def test_only_the_named_descriptors_stay_open(free, confined):
    secret, kept = socket.socketpair()
    high = os.dup2(secret.fileno(), 900)

    def open_ones():
        found = []
        for descriptor in (0, 1, 2, secret.fileno(), kept.fileno(), high):
            try:
                os.fstat(descriptor)
            except OSError:
                continue
            found.append(descriptor)
        return found

    assert set(eval(free(open_ones).said)) >= {secret.fileno(), kept.fileno(), high}
    assert confined(open_ones, keep=(kept.fileno(),)).said == f"[{kept.fileno()}]"

    def without_close_range():
        call = kernel.call
        kernel.call = lambda name, *words: refuse() if name == "close_range" else call(name, *words)

    assert confined(open_ones, keep=(kept.fileno(),), before=without_close_range).said == f"[{kept.fileno()}]"
    os.close(high)
    secret.close()
    kept.close()


def refuse(*_):
    raise OSError(errno.ENOSYS, "not here")


def test_limits_are_what_the_plan_says_and_cannot_be_raised(confined):
    names = ("CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK")

    def work():
        return [resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names]

    said = confined(work, cpu=17, file_size=5).said
    assert said == str([(17, 18), (5, 5), (64, 64), (0, 0), (0, 0), (0, 0)])
    raised = confined(lambda: resource.setrlimit(resource.RLIMIT_CPU, (99, 99)), cpu=17).said
    assert raised == "ValueError: not allowed to raise maximum limit"


def test_a_limit_that_is_lower_already_stays(confined):
    def lower():
        resource.setrlimit(resource.RLIMIT_CPU, (9, 9))

    assert confined(lambda: resource.getrlimit(resource.RLIMIT_CPU), before=lower, cpu=17).said == "(9, 9)"


def test_a_process_without_time_is_told_so_before_it_is_killed(confined):
    def wait(on_time_up):
        signal.signal(signal.SIGXCPU, on_time_up)
        while True:
            pass

    assert confined(lambda: wait(signal.SIG_DFL), cpu=1).signal == signal.SIGXCPU
    assert confined(lambda: wait(signal.SIG_IGN), cpu=1).signal == signal.SIGKILL


def test_memory_and_files_are_bounded(tmp_path, free, confined):
    def take():
        return len(bytearray(1 << 30))  # more than what earlier tests may have left free in this process

    def write():
        return (tmp_path / "file").write_bytes(bytes(2000))

    assert free(take).said == confined(take, memory=2 << 30).said == str(1 << 30)
    assert confined(take, memory=512 << 20).said.startswith("MemoryError")
    assert free(write).said == confined(write, file_size=2000).said == "2000"
    assert confined(write, file_size=1999).said.startswith("OSError: [Errno 27]")


def test_no_privilege_is_left_or_can_be_gained(confined):
    left = confined(lambda: status("NoNewPrivs", "CapEff", "CapPrm", "CapInh", "CapAmb")).said
    assert left == str(["1", *["0" * 16] * 4])
    if ROOT:
        assert confined(lambda: status("CapBnd")).said == str(["0" * 16])


def test_the_child_keeps_its_memory_to_itself(free, confined):
    def dumpable():
        return kernel._libc().prctl(3, 0, 0, 0, 0)

    assert free(dumpable).said == "1"
    assert confined(dumpable).said == "0"


@as_root
def test_the_child_becomes_a_user_of_its_own(tmp_path, free, confined):
    file = tmp_path / "file"
    file.write_text("root's")
    file.chmod(0o600)

    def who():
        return os.getresuid(), os.getresgid(), os.getgroups()

    had_groups = confined(who, uid=UID, before=lambda: os.setgroups([4, 27]))
    assert had_groups.said == str(((UID,) * 3, (UID,) * 3, []))
    assert free(file.read_text).said == "root's"
    assert confined(file.read_text, uid=UID).said.startswith("PermissionError: [Errno 13]")
    for back in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
        assert confined(back, uid=UID).said.startswith("PermissionError: [Errno 1]")
    assert confined(os.fork, uid=UID).said.startswith("BlockingIOError")  # the limit on processes counts now


def test_a_user_of_its_own_needs_root(confined, nobody):
    said = confined(os.getuid, before=nobody, uid=UID).said
    assert said == "GuardError: the process could not give up privileges: [Errno 1] Operation not permitted"


def test_all_layers_but_the_user_need_no_root(confined, nobody):
    assert confined(os.getpid, before=nobody, seccomp=True).said.isdigit()


@as_root
def test_a_change_of_user_that_did_not_happen_is_an_error(confined):
    def pretend():
        os.setresuid = lambda *_: None

    assert (
        confined(os.getuid, before=pretend, uid=UID).said
        == f"GuardError: the process could not become user {UID} alone"
    )


def orphan(confined_end, uid) -> bool:
    """True if a confined child ends when its parent does. ``confined_end`` replaces the step that sees to it."""
    heard, told = os.pipe()
    middle = os.fork()
    if middle == 0:
        parent = os.getpid()
        if os.fork() == 0:
            try:
                guard._end_with = confined_end
                guard.confine(guard.Plan(parent=parent, keep=(told,), memory=1 << 28, cpu=5, uid=uid, landlock=False))
                os.write(told, b"%d\n" % os.getpid())
                time.sleep(10)
            finally:
                os._exit(0)
        os.read(heard, 0)
        time.sleep(0.3)  # until the child sleeps
        os._exit(0)
    os.close(told)
    os.waitpid(middle, 0)
    child = int(os.read(heard, 99))
    poll = select.poll()
    poll.register(heard, select.POLLIN)
    ended = bool(poll.poll(500))
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(heard)
    return ended


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a BLAS library's idle thread does not matter here
@pytest.mark.parametrize("uid", [None, pytest.param(UID, marks=as_root)])
def test_the_child_ends_with_its_parent_even_as_another_user(uid):
    assert orphan(guard._end_with, uid)
    assert not orphan(lambda _: None, uid)


def test_a_parent_that_is_gone_already_is_an_error(confined):
    assert confined(os.getpid, parent=1).said == "GuardError: the parent, process 1, has ended already"


def test_a_step_that_fails_is_named(confined):
    said = confined(os.getpid, before=os.setsid).said
    assert said == "GuardError: the process could not start a session: [Errno 1] Operation not permitted"


@pytest.mark.parametrize(
    ("owner", "name", "step"),
    [
        ("os", "closerange", "close descriptors"),
        ("guard", "_end_with", "end with the parent"),
        ("resource", "setrlimit", "limit resources"),
    ],
)
def test_no_step_fails_silently(owner, name, step, confined):
    def break_it():
        if name == "closerange":
            kernel.call = refuse
        setattr({"os": os, "guard": guard, "resource": resource}[owner], name, refuse)

    assert confined(os.getpid, before=break_it).said.startswith(f"GuardError: the process could not {step}: ")


def test_the_steps_stand_in_their_order(monkeypatch):
    """Each needs what a later one takes away: see the module."""
    done = []

    def note(name):
        return lambda *_: done.append(name)

    monkeypatch.setattr(os, "setsid", note("session"))
    monkeypatch.setattr(guard, "_close_all_but", note("descriptors"))
    monkeypatch.setattr(guard.landlock, "confine", note("landlock"))
    monkeypatch.setattr(guard, "_give_up_privileges", note("privileges"))
    monkeypatch.setattr(guard, "_end_with", note("parent"))
    monkeypatch.setattr(guard, "_limit", note("limits"))
    monkeypatch.setattr(kernel, "prctl", lambda option, _: done.append(option))
    monkeypatch.setattr(guard.seccomp, "confine", note("seccomp"))
    guard.confine(guard.Plan(parent=1, keep=(), memory=1, cpu=1))
    attributes = [kernel.PR_SET_DUMPABLE, kernel.PR_SET_NO_NEW_PRIVS]
    before = ["session", "descriptors", "privileges", "parent", "limits"]
    assert done == [*before, *attributes, "landlock", "seccomp"]


def test_slots_have_users_of_their_own():
    assert len({slots.slot_uid(slot) for slot in range(slots.SLOTS)}) == slots.SLOTS


def test_a_guard_error_is_a_fault_of_the_sandbox():
    from grader.records.errors import SandboxFault

    assert issubclass(GuardError, SandboxFault)
