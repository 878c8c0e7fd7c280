"""The filter: simulated for both machines, and tried for real on this one."""

from __future__ import annotations

import _thread
import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel, seccomp
from grader.sandbox.environment import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

PID = 4321
ALLOW, KILL = "allow", "kill"
LIBC = ctypes.CDLL(None, use_errno=True)
machines = pytest.mark.parametrize("machine", kernel.MACHINES)


# ── simulated ─────────────────────────────────────────────────────────────────────────────────────────────────────


def simulate(code: bytes, number: int, interface: int, arguments=()) -> str:
    """What the kernel would make of a call: the instructions as classic BPF defines them."""
    steps = list(struct.iter_unpack("=HBBI", code))
    words = [argument % 2**64 for argument in (*arguments, *[0] * 6)[:6]]
    data = struct.pack("<iIQ6Q", struct.unpack("<i", struct.pack("<I", number))[0], interface, 0, *words)
    at, register = 0, 0
    while True:
        code_, then, otherwise, value = steps[at]
        at += 1
        if code_ == 0x20:
            (register,) = struct.unpack_from("<I", data, value)
        elif code_ == 0x54:
            register &= value
        elif code_ == 0x06:
            return verdict(value)
        else:
            holds = {0x15: register == value, 0x25: register > value, 0x35: register >= value, 0x45: register & value}
            at += then if holds[code_] else otherwise


def verdict(value: int) -> str:
    action, detail = value & 0xFFFF0000, value & 0xFFFF
    return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(action) or errno.errorcode[detail]


def asked(machine: str, number: int | str, *arguments: int, interface=None) -> str:
    code = seccomp.encode(seccomp.program(machine, PID))
    found = kernel.number(number, machine) if isinstance(number, str) else number
    return simulate(code, found, interface or seccomp.AUDIT[machine], arguments)


@machines
def test_every_jump_lands_inside_and_every_way_ends(machine):
    steps = seccomp.program(machine, PID)
    assert len(steps) < 4096
    for at, step in enumerate(steps):
        if step.code in {seccomp.EQUAL, seccomp.MORE, seccomp.LEAST, seccomp.ANY}:
            assert at + 1 + max(step.then, step.otherwise) < len(steps)
    assert steps[-1].code == seccomp.RETURN


@machines
def test_calls_by_a_foreign_interface_end_the_process(machine):
    others = {0x40000003, 0x40000028, *seccomp.AUDIT.values()} - {seccomp.AUDIT[machine]}  # i386, arm, the other one
    for interface in others:
        assert asked(machine, "getpid", interface=interface) == KILL


def test_x32_calls_end_the_process():
    assert asked("x86_64", 0x40000000 | 39) == KILL
    assert asked("aarch64", 0x40000000 | 39) == "ENOSYS"


#: Calls by their numbers, taken from the kernel's headers and not from the table that is tested.
DENIED = {
    "x86_64": {
        "open": 2, "stat": 4, "pipe": 22, "shmget": 29, "dup": 32, "socket": 41, "connect": 42, "sendmsg": 46,
        "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "ftruncate": 77, "chdir": 80,
        "rename": 82, "mkdir": 83, "link": 86, "unlink": 87, "symlink": 88, "readlink": 89, "chmod": 90, "chown": 92,
        "ptrace": 101, "setuid": 105, "setsid": 112, "rt_sigqueueinfo": 129, "personality": 135, "setpriority": 141,
        "sched_setscheduler": 144, "mlock": 149, "prctl": 157, "setrlimit": 160, "chroot": 161, "mount": 165,
        "sched_setaffinity": 203, "io_setup": 206, "timer_create": 222, "mq_open": 240, "keyctl": 250,
        "inotify_init": 253, "openat": 257, "newfstatat": 262, "unshare": 272, "splice": 275, "eventfd2": 290,
        "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "setns": 308, "process_vm_readv": 310, "seccomp": 317,
        "memfd_create": 319, "bpf": 321, "execveat": 322, "userfaultfd": 323, "pkey_mprotect": 329, "statx": 332,
        "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "openat2": 437,
        "pidfd_getfd": 438, "landlock_restrict_self": 446, "memfd_secret": 447,
    },
    "aarch64": {
        "io_setup": 0, "eventfd2": 19, "dup": 23, "inotify_init1": 26, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36,
        "linkat": 37, "renameat": 38, "mount": 40, "ftruncate": 46, "faccessat": 48, "chdir": 49, "chroot": 51,
        "fchmodat": 53, "fchownat": 54, "openat": 56, "pipe2": 59, "splice": 76, "readlinkat": 78, "newfstatat": 79,
        "personality": 92, "unshare": 97, "timer_create": 107, "ptrace": 117, "sched_setscheduler": 119,
        "sched_setaffinity": 122, "rt_sigqueueinfo": 138, "setpriority": 140, "setuid": 146, "setsid": 157,
        "setrlimit": 164, "prctl": 167, "mq_open": 180, "shmget": 194, "socket": 198, "socketpair": 199,
        "connect": 203, "sendmsg": 211, "keyctl": 219, "clone": 220, "execve": 221, "mlock": 228,
        "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "setns": 268, "process_vm_readv": 270, "seccomp": 277,
        "memfd_create": 279, "bpf": 280, "execveat": 281, "userfaultfd": 282, "pkey_mprotect": 288, "statx": 291,
        "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "openat2": 437,
        "pidfd_getfd": 438, "landlock_restrict_self": 446, "memfd_secret": 447,
    },
}  # fmt: skip
NEEDED = {
    "x86_64": {"read": 0, "write": 1, "close": 3, "poll": 7, "munmap": 11, "brk": 12, "rt_sigreturn": 15, "mremap": 25,
               "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60, "clock_gettime": 228, "clock_nanosleep": 230,
               "exit_group": 231, "getrandom": 318},
    "aarch64": {"close": 57, "read": 63, "write": 64, "ppoll": 73, "exit": 93, "exit_group": 94, "nanosleep": 101,
                "clock_gettime": 113, "clock_nanosleep": 115, "rt_sigreturn": 139, "getpid": 172, "brk": 214,
                "munmap": 215, "mremap": 216, "madvise": 233, "getrandom": 278},
}  # fmt: skip
BY_ARGUMENTS = {
    "kill",
    "tgkill",
    "tkill",
    "sched_getaffinity",
    "prlimit64",
    "fcntl",
    "ioctl",
    "futex",
    "mmap",
    "mprotect",
}


@machines
def test_sealed_denies_what_reaches_outside_and_allows_what_numpy_needs(machine):
    assert {name: asked(machine, number) for name, number in DENIED[machine].items()} == dict.fromkeys(
        DENIED[machine], "EPERM"
    )
    assert {name: asked(machine, number) for name, number in NEEDED[machine].items()} == dict.fromkeys(
        NEEDED[machine], ALLOW
    )


@machines
@given(st.data())
@settings(deadline=None)
def test_nothing_is_allowed_that_is_not_listed(machine, data):
    number = data.draw(st.integers(0, 500) | st.integers(0, 2**32 - 1))
    arguments = data.draw(st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6))
    listed = {kernel.number(name, machine) for name in (*seccomp.FREE, *BY_ARGUMENTS)}
    if number not in listed:
        assert asked(machine, number, *arguments) in {"EPERM", "ENOSYS", KILL}


@machines
def test_numbers_beyond_the_known_ones_look_like_an_older_kernel(machine):
    for number in (290 + 10, 400, 470, 1000, 0x3FFFFFFF):
        known = any(first <= number <= last for first, last in seccomp.KNOWN[machine])
        assert asked(machine, number) == ("EPERM" if known else "ENOSYS")
    assert asked(machine, 470) == "ENOSYS"
    assert asked(machine, 469) == "EPERM"


@machines
def test_signals_go_to_the_process_itself_only(machine):
    for name in ("kill", "tgkill", "tkill"):
        assert asked(machine, name, PID, PID, 6) == ALLOW
        for other in (1, 0, -1, -PID, PID + 1):
            assert asked(machine, name, other, PID, 9) == "EPERM"


@machines
def test_limits_may_be_read_but_not_set_or_read_of_others(machine):
    assert asked(machine, "prlimit64", 0, 3, 0, 0x7FFF_0000_1234) == ALLOW
    assert asked(machine, "prlimit64", PID + 1, 3, 0, 1) == "EPERM"
    assert asked(machine, "prlimit64", 0, 3, 0x1000, 0) == "EPERM"
    assert asked(machine, "prlimit64", 0, 3, 0x7FFF_0000_0000, 0) == "EPERM"  # an address whose lower half is 0


@machines
def test_memory_is_never_made_executable(machine):
    for name in ("mmap", "mprotect"):
        assert asked(machine, name, 0, 4096, mmap.PROT_READ | mmap.PROT_WRITE) == ALLOW
        assert asked(machine, name, 0, 4096, mmap.PROT_READ | mmap.PROT_EXEC) == "EPERM"


@machines
def test_descriptors_and_locks_may_do_what_is_harmless(machine):
    assert asked(machine, "fcntl", 1, fcntl.F_GETFL) == ALLOW
    assert asked(machine, "fcntl", 1, fcntl.F_SETFL, os.O_ASYNC) == "EPERM"
    assert asked(machine, "fcntl", 1, fcntl.F_SETOWN, 1) == "EPERM"
    assert asked(machine, "ioctl", 1, 0x5401) == "ENOTTY"
    assert asked(machine, "ioctl", 0, 0x5412) == "ENOTTY"  # typing into a terminal
    assert asked(machine, "futex", 0, 128 | 256 | 9) == ALLOW
    assert asked(machine, "futex", 0, 128 | 6) == "EPERM"
    assert asked(machine, "sched_getaffinity", 0) == ALLOW
    assert asked(machine, "sched_getaffinity", 1) == "EPERM"


# ── tried ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


@dataclass(frozen=True)
class Here:
    """What the attempts turn on."""

    folder: Path
    file: Path
    descriptor: int
    parent: int


@pytest.fixture
def here(tmp_path):
    file = tmp_path / "file"
    file.write_text("text")
    descriptor = os.open(file, os.O_RDONLY)
    yield Here(tmp_path, file, descriptor, os.getpid())
    os.close(descriptor)


def as_code() -> None:
    page = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    checked(LIBC.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), mmap.PROT_READ | mmap.PROT_EXEC))


#: What hostile code tries, each harmless where it succeeds.
ATTEMPTS = {
    "read": lambda here: open(here.file).close(),
    "stat": lambda here: os.stat(here.file),
    "list": lambda here: os.listdir(here.folder),
    "access": lambda here: checked(LIBC.access(str(here.file).encode(), 0)),
    "readlink": lambda here: os.readlink("/proc/self/exe"),
    "write": lambda here: open(here.folder / "new", "w").close(),
    "mkdir": lambda here: os.mkdir(here.folder / "made"),
    "symlink": lambda here: os.symlink(here.file, here.folder / "symbolic"),
    "link": lambda here: os.link(here.file, here.folder / "hard"),
    "rename": lambda here: os.rename(here.file, here.folder / "renamed"),
    "chmod": lambda here: os.chmod(here.file, 0o777),
    "chmod by descriptor": lambda here: os.fchmod(here.descriptor, 0o777),
    "chdir": lambda here: os.chdir(here.folder),
    "truncate": lambda here: os.truncate(here.file, 0),
    "unlink": lambda here: os.unlink(here.file),
    "environment of the parent": lambda here: open(f"/proc/{here.parent}/environ").close(),
    "TCP": lambda here: socket.socket().close(),
    "UDP": lambda here: socket.socket(type=socket.SOCK_DGRAM).close(),
    "unix sockets": lambda here: [end.close() for end in socket.socketpair()],
    "pipe": lambda here: os.pipe(),
    "memory file": lambda here: os.memfd_create("m"),
    "shared memory": lambda here: checked(LIBC.shmctl(checked(LIBC.shmget(0, 4096, 0o1600)), 0, None)),
    "event": lambda here: os.eventfd(0),
    "epoll": lambda here: select.epoll(),
    "pidfd": lambda here: os.pidfd_open(os.getpid()),
    "fork": lambda here: fork(),
    "spawn": lambda here: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
    "signal to the parent": lambda here: os.kill(here.parent, 0),
    "signal to all": lambda here: os.kill(-1, 0),
    "signal to the group": lambda here: os.killpg(0, 0),
    "signals of a descriptor": lambda here: fcntl.fcntl(here.descriptor, fcntl.F_SETOWN, here.parent),
    "limits": lambda here: resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)),
    "limits of the parent": lambda here: resource.prlimit(here.parent, resource.RLIMIT_CPU),
    "priority": lambda here: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0)),
    "processors": lambda here: os.sched_setaffinity(0, os.sched_getaffinity(0)),
    "namespace": lambda here: checked(LIBC.unshare(0x400)),
    "trace": lambda here: checked(LIBC.ptrace(0, 0, None, None)),
    "attributes": lambda here: checked(LIBC.prctl(3, 0, 0, 0, 0)),
    "code": lambda here: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
    "data as code": lambda here: as_code(),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_succeeds_without_the_filter_is_refused_under_it(name, here, free, confined):
    def attempt():
        ATTEMPTS[name](here)
        return "succeeded"

    refused = confined(attempt, seccomp=True, keep=(here.descriptor,))
    succeeded = free(attempt)
    assert succeeded.said == "succeeded", "the attempt itself is wrong"
    assert refused.said.startswith(("PermissionError: [Errno 1]", "ValueError: not allowed"))  # what setrlimit raises


def test_no_thread_can_be_started(free, confined):
    def start():
        _thread.start_new_thread(os.getpid, ())
        return "started"

    assert free(start).said == "started"
    assert confined(start, seccomp=True).said.startswith("RuntimeError: can't start new thread")


def test_no_program_can_be_executed(free, confined):
    def execute():
        os.execv("/bin/true", ["true"])

    assert free(execute).said == ""  # another program by then
    assert confined(execute, seccomp=True).said.startswith("PermissionError: [Errno 1]")


def test_a_process_may_signal_itself(confined):
    assert confined(lambda: os.kill(os.getpid(), 0), seccomp=True).said == "None"
    assert confined(os.abort, seccomp=True).signal == signal.SIGABRT


def test_unknown_calls_are_missing_rather_than_forbidden(confined):
    said = confined(lambda: (LIBC.syscall(999), ctypes.get_errno()), seccomp=True).said
    assert said == f"(-1, {errno.ENOSYS})"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 and int 0x80 are x86_64's")
def test_the_other_interfaces_of_x86_end_the_process(free, confined):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20; int 0x80; ret: getpid as 32-bit programs call it
    old = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    for call in (old, lambda: LIBC.syscall(0x40000000 | 39)):
        assert confined(call, seccomp=True).signal == signal.SIGSYS
    assert free(lambda: LIBC.syscall(0x40000000 | 39)).signal == 0


WORK = """
import os, sys, time, random, secrets, signal, threading, traceback, warnings, io
import numpy as np
import numpy.fft, numpy.linalg, numpy.ma, numpy.polynomial, numpy.random
from grader.sandbox.confine import guard

def work():
    a = np.random.default_rng().normal(size=(300, 300))
    np.linalg.svd(a); np.linalg.inv(a); np.linalg.solve(a, a); np.linalg.eig(a[:40, :40]); np.linalg.qr(a); a @ a
    np.fft.ifft2(np.fft.fft2(a)); np.sort(a, axis=None); np.argsort(a); np.unique(a); np.einsum("ij,jk->ik", a, a)
    np.random.seed(1); np.random.permutation(10); random.seed(); random.random(); secrets.token_bytes(4)
    np.polyfit([1, 2, 3, 4], [1, 2, 3, 4], 2); np.histogram(a); np.vectorize(abs)(a); np.save(io.BytesIO(), a)
    big = np.zeros(20_000_000); big += 1; del big
    grown = [bytes(n) for n in range(5_000)]
    try:
        np.ones(10**12)
    except MemoryError:
        print("memory")
    try:
        1 / 0
    except ZeroDivisionError:
        traceback.print_exc()
    def deep(n):
        return deep(n + 1)
    try:
        deep(0)
    except RecursionError:
        print("recursion")
    warnings.simplefilter("always"); np.log(np.zeros(1))
    time.sleep(0.001); time.perf_counter(); time.localtime(); os.cpu_count(); os.getcwd(); sys.stdout.isatty()
    threading.Event().wait(0.001); signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import colorsys
    except ImportError as error:
        print("import", error.name)
    print(a[:1, :2].shape, flush=True)

parent = os.getpid()
child = os.fork()
if child == 0:
    try:
        guard.confine(guard.Plan(parent=parent, keep=(1, 2), memory=1 << 30, cpu=60, landlock=False))
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(1)
sys.exit(os.waitpid(child, 0)[1])
"""


def test_numpy_works_under_the_sealed_filter():
    ended = subprocess.run(
        [sys.executable, "-c", WORK],
        check=False,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.split("\n") == ["memory", "recursion", "import colorsys", "(1, 2)", ""], ended.stderr
    assert "ZeroDivisionError: division by zero" in ended.stderr
    assert ended.returncode == 0


def test_a_kernel_that_refuses_the_filter_is_an_error(monkeypatch):
    def refuse(*_):
        raise OSError(errno.EINVAL, "seccomp: Invalid argument")

    monkeypatch.setattr(kernel, "call", refuse)
    with pytest.raises(GuardError, match="seccomp was refused: seccomp: Invalid argument"):
        seccomp.confine()


def test_a_thread_left_outside_the_filter_is_an_error(monkeypatch):
    monkeypatch.setattr(kernel, "call", lambda *_: 77)
    with pytest.raises(GuardError, match="thread 77 could not be put under the filter"):
        seccomp.confine()
