"""System calls that Python has no function for, by name.

The numbers are the kernel's own, from its tables for x86_64 and for the generic 64-bit interface that aarch64 uses.
``None`` marks a call that the newer interface no longer has.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from functools import cache

from grader.records.errors import GuardError

MACHINES = ("x86_64", "aarch64")  # the columns of CALLS

CALLS: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "ioctl": (16, 29),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "kill": (62, 129),
    "uname": (63, 160),
    "fcntl": (72, 25),
    "getcwd": (79, 17),
    "gettimeofday": (96, 169),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "capset": (126, 91),
    "rt_sigpending": (127, 136),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "tkill": (200, 130),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "tgkill": (234, 131),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "prlimit64": (302, 261),
    "getcpu": (309, 168),
    "seccomp": (317, 277),
    "getrandom": (318, 278),
    "close_range": (436, 436),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    # calls that only the older interface has
    "poll": (7, None),
    "select": (23, None),
    "time": (201, None),
}

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 4, 24, 38, 47


def machine() -> str:
    """The column of :data:`CALLS` that this process uses. Raises GuardError where there is none."""
    name = os.uname().machine
    if name not in MACHINES or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise GuardError(f"the guard knows 64-bit {' and '.join(MACHINES)}; this is {name}")
    return name


def number(name: str, on: str) -> int | None:
    """Number of a call on a machine of :data:`MACHINES`; None if it has none."""
    return CALLS[name][MACHINES.index(on)]


def call(name: str, *arguments: int | bytes) -> int:
    """Make a system call; bytes are a structure that the kernel reads.

    Raises OSError with the kernel's reason, and GuardError on an unknown machine.
    """
    code = number(name, machine())
    assert code is not None  # only calls that every machine has are made by name
    words = [ctypes.c_long(word) if isinstance(word, int) else ctypes.c_char_p(word) for word in arguments]
    return _checked(name, _libc().syscall(ctypes.c_long(code), *words))


def prctl(option: int, value: int, *more: int) -> None:
    """Change an attribute of this process. Raises OSError with the kernel's reason."""
    rest = (*more, 0, 0, 0)[:3]
    _checked("prctl", _libc().prctl(option, *map(ctypes.c_ulong, (value, *rest))))


def hide_memory() -> None:
    """Keep this process's memory and environment from others of the same user, where the system can do that."""
    if sys.platform == "linux":
        with suppress(OSError, GuardError):
            prctl(PR_SET_DUMPABLE, 0)


def _checked(name: str, result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


@cache
def _libc() -> ctypes.CDLL:
    """The C library; opened late, so that this module can be imported on any platform."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library
