"""Linux made to look like Windows or macOS, as far as grader can tell: for want of such machines.

What those systems lack is taken away, from Python's own modules too, and what they have beside it is made up out of
Linux's means. The fakes are strict where the systems are: about types, sizes, handles and rights. What they cannot
show is whether the real systems do what their documentation says.

``python simulated.py win32 tiny memory.py`` is the command ``grade`` on such a system, workers included.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

#: Loaded before anything is taken away: others' modules look at the system when they are imported.
OF_WORKERS = ("logging", "msgspec", "numpy", "platform", "random", "secrets", "shutil", "tempfile", "zipfile")
OF_HOSTS = (
    *("asyncio", "click", "concurrent.futures", "filelock", "hypothesis.strategies", "jinja2", "platformdirs"),
    *("rich.console", "rich.progress", "uuid", "yaml"),
)
POSIX_MODULES = ("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline")
LINUX_NAMES = {
    os: ("pidfd_open", "sched_getaffinity", "sched_setaffinity", "memfd_create", "setresuid", "setresgid"),
    signal: ("pidfd_send_signal",),
    select: ("epoll",),
    resource: ("prlimit",),
}
POSIX_NAMES = {
    os: (
        *("fork", "forkpty", "setsid", "getsid", "killpg", "getpgid", "setpgid", "getuid", "geteuid", "getgid"),
        *("getegid", "getgroups", "setgroups", "sysconf", "uname", "chown", "register_at_fork", "set_blocking"),
        *("get_blocking", "nice", "posix_spawn", "wait3", "wait4", "WIFSIGNALED", "WTERMSIG"),
    ),
    signal: (
        *("SIGKILL", "SIGXCPU", "SIGALRM", "SIGHUP", "SIGSTOP", "SIGCHLD", "SIGUSR1", "SIGPIPE"),
        *("alarm", "setitimer", "pthread_sigmask"),
    ),
    select: ("poll",),
    socket: ("AF_UNIX", "SOCK_SEQPACKET", "send_fds", "recv_fds"),
    time: ("clock_gettime", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID"),
}
HANDLES = 0x7_0000_0000  # added to a descriptor: a handle that is cut to 32 bits is another one
_clock, _kill, _limit = time.clock_gettime, os.kill, resource.prlimit


class Call(NamedTuple):
    """A call of the system: its name, and its arguments with what they pointed to."""

    name: str
    arguments: tuple


# ── Windows ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Function:
    """As ctypes has them: without types, a handle would be cut to 32 bits in either direction."""

    argtypes: tuple | None = None
    restype: type = ctypes.c_int

    def __init__(self, library, name):
        self.library, self.name = library, name

    def __call__(self, *arguments):
        assert self.argtypes is not None, f"{self.name} has no types for its arguments"
        assert len(arguments) == len(self.argtypes)
        for kind, given in zip(self.argtypes, arguments, strict=True):
            kind.from_param(given)
        self.library.calls.append(Call(self.name, tuple(map(pointed, arguments))))
        if self.name in self.library.refused:
            self.library.error = self.library.refused[self.name]
            return None if self.restype is ctypes.c_void_p else 0
        return self.restype(getattr(self.library, f"do_{self.name}")(*arguments)).value


def pointed(argument):
    """A copy of what is pointed to, if it is a pointer."""
    target = getattr(argument, "_obj", None)
    return argument if target is None else type(target).from_buffer_copy(target)


class Kernel32:
    """The calls that grader makes, for jobs of one process.

    ``refused``: error numbers by name of the call. ``nested``: grader runs in a job itself.
    """

    def __init__(self):
        self.nested = False
        self.calls: list[Call] = []
        self.refused: dict[str, int] = {}
        self.error = 0
        self.open: dict[int, object] = {}
        self._next = HANDLES + 0x10000

    def __getattr__(self, name):
        assert hasattr(type(self), f"do_{name}"), f"the fake has no {name}"
        self.__dict__[name] = found = Function(self, name)
        return found

    def names(self):
        return [call.name for call in self.calls]

    def _handle(self, thing):
        self._next += 4
        self.open[self._next] = thing
        return self._next

    def do_CreateJobObjectW(self, security, name):
        assert (security, name) == (None, None), "a job with a name could be opened by others"
        return self._handle(SimpleNamespace(pid=None, flags=0, kind="job"))

    def do_SetInformationJobObject(self, job, kind, information, size):
        given, held = information._obj, self.open[job]
        assert size == ctypes.sizeof(given) == {4: 4, 9: 144}[kind]
        if kind == 9:
            held.flags = given.basic.flags
            if held.flags & 0x100:
                _, hard = _limit(held.pid, resource.RLIMIT_AS)
                _limit(held.pid, resource.RLIMIT_AS, (given.process_memory, hard))
        elif self.nested:
            self.error = 5
            return 0
        return 1

    def do_OpenProcess(self, rights, inherit, pid):
        assert inherit == 0
        try:
            _kill(pid, 0)
        except OSError:
            self.error = 87
            return None
        return self._handle(SimpleNamespace(pid=pid, rights=rights, kind="process"))

    def do_AssignProcessToJobObject(self, job, process):
        assert self.open[process].rights & 0x101 == 0x101, "takes PROCESS_SET_QUOTA and PROCESS_TERMINATE"
        assert self.open[job].flags & 0x8, "what is not limited by now may start others"
        self.open[job].pid = self.open[process].pid
        return 1

    def do_TerminateJobObject(self, job, code):
        assert code != 0, "or it would look like success"
        self._end(self.open[job].pid)
        return 1

    def do_GetProcessTimes(self, process, born, ended, kernel, user):
        assert self.open[process].rights & 0x1000
        try:
            user._obj.value = int(_clock((~self.open[process].pid << 3) | 2) * 1e7)
        except OSError:  # Linux forgets sooner
            self.error = 87
            return 0
        return 1

    def do_K32GetProcessMemoryInfo(self, process, counters, size):
        assert self.open[process].rights & 0x1000
        assert counters._obj.size == size == ctypes.sizeof(counters._obj) == 72
        counters._obj.committed = address_space(self.open[process].pid)
        return int(counters._obj.committed > 0)

    def do_CloseHandle(self, handle):
        thing = self.open.pop(handle)
        if thing.kind == "job" and thing.flags & 0x2000 and thing.pid is not None:
            self._end(thing.pid)
        return 1

    @staticmethod
    def _end(pid):
        with suppress(ProcessLookupError):
            _kill(pid, 9)


class StartupInfo(SimpleNamespace):
    """``subprocess.STARTUPINFO``."""


class Windows:
    """What grader uses of Windows beside kernel32, put in place by ``patch(target, name, value)``."""

    def __init__(self, patch, kernel32=None):
        self.kernel32 = kernel32 or Kernel32()
        self.started: list[tuple[list[str], dict]] = []
        self._inheritable: set[int] = set()
        msvcrt = ModuleType("msvcrt")
        msvcrt.get_osfhandle = lambda descriptor: descriptor + HANDLES
        msvcrt.open_osfhandle = self._open
        patch(sys.modules, "msvcrt", msvcrt)
        patch(os, "set_handle_inheritable", self._inherit)
        patch(ctypes, "WinDLL", self._library)
        patch(ctypes, "get_last_error", lambda: self.kernel32.error)
        patch(ctypes, "FormatError", {5: "Access is denied.\r\n", 87: "The parameter is incorrect.\r\n"}.get)
        sys.modules.pop("grader.sandbox.windows", None)
        windows = importlib.import_module("grader.sandbox.windows")
        constants = {"CREATE_NEW_PROCESS_GROUP": 0x200, "DETACHED_PROCESS": 0x8, "STARTUPINFO": StartupInfo}
        patch(windows, "subprocess", SimpleNamespace(**vars(subprocess) | constants | {"Popen": self._start}))
        self.process = windows.WindowsProcess

    @staticmethod
    def _open(handle, flags):
        assert flags == 0, "anything else could be text"
        return handle - HANDLES

    def _inherit(self, handle, inheritable):
        assert inheritable
        os.fstat(handle - HANDLES)  # it is open
        self._inheritable.add(handle)

    def _library(self, name, *, use_last_error):
        assert name == "kernel32"
        assert use_last_error, "or the number of an error is that of another call"
        return self.kernel32

    def _start(self, command, *, startupinfo, creationflags, **others):
        handles = startupinfo.lpAttributeList["handle_list"]
        assert set(handles) <= self._inheritable, "Windows refuses handles that are not inheritable"
        assert others.get("close_fds", True), "with a list of handles it must be"
        self.kernel32.calls.append(Call("Popen", (tuple(handles), creationflags)))
        self.started.append((command, others))
        return subprocess.Popen(
            [sys.executable, *command[1:]],  # on Linux, that of a virtual environment is Python itself
            pass_fds=[handle - HANDLES for handle in handles],
            start_new_session=True,
            **others,
        )


# ── macOS ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class LibSystem:
    """``proc_pid_rusage`` and ``sysctlbyname``; ``rate``: ticks of the timer in a second."""

    def __init__(self, rate=24_000_000):
        self.rate = rate

    def proc_pid_rusage(self, pid, flavor, usage):
        assert flavor == 0
        assert ctypes.sizeof(usage._obj) == 96
        try:
            usage._obj.user_time = int(_clock((~pid << 3) | 2) * self.rate)
        except OSError:
            return -1
        usage._obj.phys_footprint = resident(pid)
        return 0

    def sysctlbyname(self, name, value, size, new, new_size):
        assert (name, size._obj.value, new, new_size.value) == (b"hw.tbfrequency", 8, None, 0)
        value._obj.value = self.rate
        return 0


def resident(pid):
    """Bytes of a process that are in memory; 0 if it has ended."""
    return _statm(pid, 1)


def address_space(pid):
    """Bytes that a process has mapped; 0 if it has ended."""
    return _statm(pid, 0)


def _statm(pid, field):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[field]) * resource.getpagesize()
    except OSError:
        return 0


# ── a whole process ───────────────────────────────────────────────────────────────────────────────────────────────


def become(system, loaded=OF_WORKERS + OF_HOSTS):
    """Make this process one of another system, before it has imported anything of grader's."""
    assert not any(name.partition(".")[0] == "grader" for name in sys.modules)
    for name in loaded:
        importlib.import_module(name)
    for names in (LINUX_NAMES, POSIX_NAMES) if system == "win32" else (LINUX_NAMES,):
        for module, missing in names.items():
            for name in missing:
                vars(module).pop(name, None)
    if system == "win32":
        sys.modules.update(dict.fromkeys(POSIX_MODULES))
    else:
        real = resource.setrlimit
        resource.setrlimit = lambda kind, limits: refuse() if kind == resource.RLIMIT_AS else real(kind, limits)
    sys.platform = system


def refuse():
    raise ValueError("current limit exceeds maximum limit")  # as macOS does


def put(target, name, value):
    """What monkeypatch does, for good."""
    if isinstance(target, dict):
        target[name] = value
    else:
        setattr(target, name, value)


def command(system):
    """What Python is told to become a worker on that system."""
    return f"import runpy; runpy.run_path({__file__!r}, {{'SYSTEM': {system!r}}}, 'simulated worker')"


def host(system):
    """The command ``grade``."""
    become(system)
    if system == "win32":
        Windows(put)
    else:
        put(ctypes, "CDLL", lambda _: LibSystem())
    from grader.sandbox import process

    process._COMMAND = command(system)
    from grader.cli import main

    main()


def worker(system):
    """A worker."""
    become(system, OF_WORKERS)
    if system == "win32":
        msvcrt = ModuleType("msvcrt")
        msvcrt.open_osfhandle = Windows._open
        sys.modules["msvcrt"] = msvcrt
    from grader.sandbox.worker import main

    main()


if __name__ == "__main__":
    host(sys.argv.pop(1))
elif __name__ == "simulated worker":
    worker(globals()["SYSTEM"])
