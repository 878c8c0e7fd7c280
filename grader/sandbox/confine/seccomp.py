"""The system calls that a student's process may make: a filter in the kernel's classic BPF.

An allow-list, called *sealed*: what Python and NumPy need once everything is imported, which is memory, clocks, and
reading and writing descriptors that are open already. A call that carries a path cannot be judged by its path here,
because the filter sees a pointer only, so no such call is allowed (``newfstatat`` among them, by which some C
libraries make ``fstat``).

Anything else that the kernel is known to have fails with EPERM. Numbers beyond that fail with ENOSYS, as on an older
kernel, so that a newer C library takes its older way. A call by another interface than the machine's own (32 bits,
x32), where the same numbers mean other calls, ends the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import TYPE_CHECKING, NamedTuple

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DESCRIPTORS = ("read", "write", "close", "fstat", "lseek", "pread64", "pwrite64", "readv", "writev")
WAITING = ("poll", "ppoll", "select", "pselect6", "nanosleep", "clock_nanosleep", "sched_yield", "restart_syscall")
MEMORY = ("brk", "munmap", "mremap", "madvise")
CLOCKS = ("clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrandom")
SELF = ("getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getcwd", "getcpu", "uname")
USAGE = ("getrlimit", "getrusage")
SIGNALS = ("rt_sigaction", "rt_sigprocmask", "rt_sigpending", "rt_sigreturn", "sigaltstack")
FREE = (*DESCRIPTORS, *WAITING, *MEMORY, *CLOCKS, *SELF, *USAGE, *SIGNALS, "exit", "exit_group")

PROT_EXEC = 4
FUTEX_COMMAND, FUTEX_PLAIN = 0x7F, (0, 1, 9, 10)  # wait and wake; priority inheritance is a kernel bug's favourite
FCNTL = (1, 2, 3, 1030)  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC; not F_SETOWN, which sends signals

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # how the kernel names the interface of a call
X32 = 0x40000000  # set in the numbers of x32 calls, which share x86_64's name
KNOWN = {  # numbers that kernels up to 6.18 use; the second stretch is common to all machines
    "x86_64": ((0, 334), (424, 469)),
    "aarch64": ((0, 243), (260, 294), (424, 469)),
}

# struct seccomp_data: number, interface, instruction pointer, six arguments of 64 bits, here little-endian
NUMBER, INTERFACE = 0, 4
LOW = tuple(range(16, 64, 8))
HIGH = tuple(range(20, 64, 8))

LOAD, AND, EQUAL, MORE, LEAST, ANY, RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000

SET_FILTER, TSYNC = 1, 1


class Step(NamedTuple):
    """One instruction. The jumps count instructions to skip, when the comparison holds and when it does not."""

    code: int
    value: int
    then: int = 0
    otherwise: int = 0


Body = tuple[Step, ...]

_ALLOW: Body = (Step(RETURN, ALLOW),)


def program(machine: str, pid: int) -> Body:
    """The filter for one process: ``pid`` is the only one that it may signal."""
    return tuple(_program(machine, pid))


def confine() -> None:
    """Put all threads of this process under the filter, for good.

    Needs no_new_privs. Raises GuardError where the kernel refuses.
    """
    install(program(kernel.machine(), os.getpid()))


def install(filter_: Body) -> None:
    """Put all threads of this process under a filter; see :func:`confine`."""
    code = encode(filter_)
    steps = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(steps))
    try:
        left_out = kernel.call("seccomp", SET_FILTER, TSYNC, header)
    except OSError as error:
        raise GuardError(f"seccomp was refused: {error.strerror}") from None
    if left_out:
        raise GuardError(f"seccomp: thread {left_out} could not be put under the filter")


def encode(steps: Body) -> bytes:
    """The kernel's form: eight bytes an instruction."""
    return b"".join(struct.pack("=HBBI", step.code, step.then, step.otherwise, step.value) for step in steps)


def _program(machine: str, pid: int) -> Iterator[Step]:
    yield Step(LOAD, INTERFACE)
    yield Step(EQUAL, AUDIT[machine], then=1)
    yield Step(RETURN, KILL)
    yield Step(LOAD, NUMBER)
    if machine == "x86_64":
        yield Step(LEAST, X32, otherwise=1)
        yield Step(RETURN, KILL)
    for name, body in _rules(pid).items():
        number = kernel.number(name, machine)
        if number is not None:
            yield Step(EQUAL, number, otherwise=len(body))
            yield from body
    for first, last in KNOWN[machine]:
        yield Step(LEAST, first, otherwise=2)
        yield Step(MORE, last, then=1)
        yield _fail(errno.EPERM)
    yield _fail(errno.ENOSYS)


def _rules(pid: int) -> Mapping[str, Body]:
    """What follows a call's number. Every body ends the filter on all its ways, since it may load an argument."""
    rules = dict.fromkeys(FREE, _ALLOW)
    rules |= dict.fromkeys(("kill", "tgkill", "tkill"), _one_of(0, (pid,)))
    rules["sched_getaffinity"] = _one_of(0, (0, pid))
    rules["prlimit64"] = _zero(LOW[0], LOW[2], HIGH[2])  # its own limits, and no new one
    rules["fcntl"] = _one_of(1, FCNTL)
    rules["ioctl"] = (_fail(errno.ENOTTY),)  # what isatty expects of a pipe
    rules["futex"] = _one_of(1, FUTEX_PLAIN, mask=FUTEX_COMMAND)
    return rules | dict.fromkeys(("mmap", "mprotect"), _none_of(2, PROT_EXEC))


def _one_of(argument: int, values: tuple[int, ...], mask: int = 0xFFFFFFFF) -> Body:
    """Allow if an argument of 32 bits is one of the values."""
    allowed = [step for value in values for step in (Step(EQUAL, value, otherwise=1), *_ALLOW)]
    return (Step(LOAD, LOW[argument]), Step(AND, mask), *allowed, _fail(errno.EPERM))


def _none_of(argument: int, bits: int) -> Body:
    """Allow if none of the bits, all in the lower half, is set in an argument."""
    return (Step(LOAD, LOW[argument]), Step(ANY, bits, otherwise=1), _fail(errno.EPERM), *_ALLOW)


def _zero(*words: int) -> Body:
    """Allow if all the words are zero."""
    checks = [step for word in words for step in (Step(LOAD, word), Step(EQUAL, 0, then=1), _fail(errno.EPERM))]
    return (*checks, *_ALLOW)


def _fail(error: int) -> Step:
    return Step(RETURN, ERROR | error)
