"""Children that try things: free, to show that an attempt can succeed, and confined, to show that it is refused."""

from __future__ import annotations

import os
import select
import signal
import sys
import warnings
from dataclasses import dataclass

import pytest

from grader.sandbox.confine import kernel
from grader.sandbox.pool import forked, start
from grader.sandbox.portable import process
from tests.warm import WarmWorkers, WarmZygotes

LINUX_ONLY = {"test_canary.py", "test_guard.py", "test_landlock.py", "test_seccomp.py"}
ELSEWHERE = {
    os: ("pidfd_open", "killpg", "getpgid", "sched_getaffinity", "set_blocking"),
    select: ("poll",),
    signal: ("SIGXCPU", "pidfd_send_signal"),
}


def pytest_collection_modifyitems(items):
    for item in items:
        if sys.platform != "linux" and item.path.name in LINUX_ONLY:
            item.add_marker(pytest.mark.skip(reason="the layers are Linux's own"))


@pytest.fixture(autouse=True)
def visible():
    """A pool below level 3 hides this process from others of its user, and so from what other tests attempt."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


@pytest.fixture(scope="session")
def warm_programs():
    made = WarmZygotes(), WarmWorkers()
    yield made
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def warm(request):
    """Zygotes and workers of this module come up at once, where the system has what that takes."""
    if sys.platform != "linux":
        yield
        return
    zygotes, workers = request.getfixturevalue("warm_programs")
    with pytest.MonkeyPatch.context() as patch:
        for module in (start, forked):
            patch.setattr(module, "start", zygotes.start)
        patch.setattr(process.PortableWorker, "_start", lambda worker: workers.start(worker))  # noqa: PLW0108 - a method
        yield


@dataclass(frozen=True)
class Ended:
    """What a child said: what its work returned, or the exception; and the signal that ended it, or 0."""

    said: str
    signal: int = 0


def fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a BLAS library's idle thread does not matter here
        return os.fork()


def run(work, confine=lambda _told: None) -> Ended:
    """Fork a child that confines itself, does the work and says what came of it."""
    heard, told = os.pipe()
    child = fork()
    if child == 0:
        signal.alarm(20)
        try:
            confine(told)
            said = str(work())
        except BaseException as error:  # noqa: BLE001 - the parent looks at it
            said = f"{type(error).__name__}: {error}"
        try:
            os.write(told, said.encode())
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(heard, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return Ended(said, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)


@pytest.fixture
def free():
    """Do the work in a child that nothing confines."""
    return run


@pytest.fixture
def confined():
    """Do the work in a child under the guard: limits always, a layer where it is asked for."""
    from grader.sandbox.confine import guard

    parent = os.getpid()

    def confined(work, *, keep=(), before=lambda: None, **layers) -> Ended:
        def confine(told):
            before()
            given = {"memory": 256 << 20, "cpu": 20, "landlock": False, "seccomp": False, "parent": parent, **layers}
            guard.confine(guard.Plan(keep=(told, *keep), **given))

        return run(work, confine)

    return confined


@pytest.fixture
def nobody():
    """For a child that is to go on as a user without any privileges."""

    def nobody():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)

    return nobody


@pytest.fixture
def elsewhere(monkeypatch):
    """This system without what macOS or Windows lack: by the same lines, workers start, are watched and end."""
    for module, missing in ELSEWHERE.items():
        for name in missing:
            monkeypatch.delattr(module, name)
    monkeypatch.setattr(process, "_COMMAND", f"import sys; sys.modules['resource'] = None; {process._COMMAND}")
