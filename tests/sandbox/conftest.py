"""Children that try things: free, to show that an attempt can succeed, and confined, to show that it is refused."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.sandbox import kernel

LINUX_ONLY = {"test_canary.py", "test_guard.py", "test_landlock.py", "test_seccomp.py"}


def pytest_collection_modifyitems(items):
    for item in items:
        if sys.platform != "linux" and item.path.name in LINUX_ONLY:
            item.add_marker(pytest.mark.skip(reason="the layers are Linux's own"))


@pytest.fixture(autouse=True)
def visible():
    """A nursery below level 3 hides this process from others of its user, and so from what other tests attempt."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


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
    from grader.sandbox import guard

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


@pytest.fixture(scope="session")
def simulated():
    """Other systems than Linux, made up: the module ``simulated.py``."""
    path = Path(__file__).with_name("simulated.py")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    sys.modules[path.stem] = module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def windows(simulated, monkeypatch):
    """Plain workers start as on Windows, in processes that look like its own. In the end every handle is closed."""
    from grader.sandbox import clocks, kernel32, portable, process

    def patch(target, name, value):
        if isinstance(target, dict):
            monkeypatch.setitem(target, name, value)
        else:
            monkeypatch.setattr(target, name, value, raising=False)

    kernel32._kernel32.cache_clear()
    made = simulated.Windows(patch)
    monkeypatch.setattr(portable, "_process_of_platform", lambda: made.process)
    monkeypatch.setattr(process, "_COMMAND", simulated.command("win32"))
    monkeypatch.setattr(clocks, "sys", SimpleNamespace(platform="win32"))
    yield made
    kernel32._kernel32.cache_clear()
    sys.modules.pop("grader.sandbox.windows")
    assert made.kernel32.open == {}


@pytest.fixture
def macos(simulated, monkeypatch):
    """Plain workers run as on macOS, whose kernel does not limit memory."""
    from grader.sandbox import clocks, libproc, memory, process

    library = simulated.LibSystem()
    libproc._ticks_per_second.cache_clear()
    monkeypatch.setattr(libproc, "_system", lambda: library)
    monkeypatch.setattr(memory, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(clocks, "sys", SimpleNamespace(platform="darwin"))
    monkeypatch.setattr(process, "_COMMAND", simulated.command("darwin"))
    yield library
    libproc._ticks_per_second.cache_clear()
