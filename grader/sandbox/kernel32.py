"""Windows: a job that holds one process, and what the system tells of a process. By ctypes on ``kernel32``.

A job is what Windows has to keep a process with all it might start together. This one lets nothing be started, ends
with the last handle to it, and so with the grader however that ends, and has a limit of memory.

Every call that fails is a SandboxFault which names it.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from grader.records.errors import SandboxFault

if TYPE_CHECKING:
    from collections.abc import Iterator

assert sys.platform == "win32" or not TYPE_CHECKING  # what follows is checked by `mypy --platform win32`

BASIC_UI_RESTRICTIONS, EXTENDED_LIMIT_INFORMATION = 4, 9  # JOBOBJECTINFOCLASS

LIMIT_ACTIVE_PROCESS = 0x8
LIMIT_PROCESS_MEMORY = 0x100
LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x400  # without a box on the screen that somebody would have to close
LIMIT_KILL_ON_JOB_CLOSE = 0x2000

EVERY_UI_LIMIT = 0xFF  # clipboard, desktops, handles of other programs' windows, logging off, and four more

PROCESS_TERMINATE, PROCESS_SET_QUOTA, PROCESS_QUERY_LIMITED_INFORMATION = 0x1, 0x100, 0x1000

FILETIME_SECONDS = 1e-7


class BasicLimits(ctypes.Structure):
    """``JOBOBJECT_BASIC_LIMIT_INFORMATION``."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class MemoryCounters(ctypes.Structure):
    """``PROCESS_MEMORY_COUNTERS``."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("peak_paged_pool", ctypes.c_size_t),
        ("paged_pool", ctypes.c_size_t),
        ("peak_nonpaged_pool", ctypes.c_size_t),
        ("nonpaged_pool", ctypes.c_size_t),
        ("committed", ctypes.c_size_t),  # PagefileUsage
        ("peak_committed", ctypes.c_size_t),
    )


class Job:
    """A job for one process. Closing it ends that process."""

    def __init__(self) -> None:
        self._handle: int | None = _call("CreateJobObjectW", None, None)
        try:
            self._limit()
        except SandboxFault:
            self.close()
            raise

    def take(self, pid: int) -> None:
        """Take in a process, for good."""
        with _process(pid, PROCESS_SET_QUOTA | PROCESS_TERMINATE) as process:
            _call("AssignProcessToJobObject", self._handle, process)
        # Not before: a job with such limits cannot be made within another job, in which the grader may itself be.
        # Nor is it promised: what it adds is that a worker, which has no window, does not meddle with those of others.
        limits = ctypes.c_uint32(EVERY_UI_LIMIT)
        size = ctypes.sizeof(limits)
        _kernel32().SetInformationJobObject(self._handle, BASIC_UI_RESTRICTIONS, ctypes.byref(limits), size)

    def limit_memory(self, size: int) -> None:
        """Let the process commit that many bytes in all."""
        self._limit(LIMIT_PROCESS_MEMORY, size)

    def end(self) -> None:
        """End the process, if it still runs."""
        _call("TerminateJobObject", self._handle, 1)

    def close(self) -> None:
        """Give the job back; called twice it does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _call("CloseHandle", handle)

    def _limit(self, more: int = 0, memory: int = 0) -> None:
        """Set the limits that every job has, and ``more``."""
        limits = ExtendedLimits(process_memory=memory)
        limits.basic.flags = LIMIT_ACTIVE_PROCESS | LIMIT_DIE_ON_UNHANDLED_EXCEPTION | LIMIT_KILL_ON_JOB_CLOSE | more
        limits.basic.active_processes = 1
        size = ctypes.sizeof(limits)
        _call("SetInformationJobObject", self._handle, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size)


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used, also one that has ended while somebody holds it; 0 if it is gone."""
    born, ended, kernel, user = (ctypes.c_uint64() for _ in range(4))  # FILETIMEs
    try:
        with _process(pid, PROCESS_QUERY_LIMITED_INFORMATION) as process:
            _call("GetProcessTimes", process, *(ctypes.byref(time) for time in (born, ended, kernel, user)))
    except SandboxFault:
        return 0.0
    return (kernel.value + user.value) * FILETIME_SECONDS


def committed_bytes(pid: int) -> int:
    """Memory that a process has committed, which is what a job's limit counts."""
    counters = MemoryCounters(size=ctypes.sizeof(MemoryCounters))
    with _process(pid, PROCESS_QUERY_LIMITED_INFORMATION) as process:
        _call("K32GetProcessMemoryInfo", process, ctypes.byref(counters), counters.size)
    return int(counters.committed)


@contextmanager
def _process(pid: int, rights: int) -> Iterator[int]:
    """A handle to a process."""
    handle = _call("OpenProcess", rights, False, pid)
    try:
        yield handle
    finally:
        _call("CloseHandle", handle)


def _call(name: str, *arguments: Any) -> int:
    """Call the system. Each of these functions gives 0, or no handle, when it fails. Raises SandboxFault."""
    result = getattr(_kernel32(), name)(*arguments)
    if not result:
        raise SandboxFault(f"Windows refused {name}: {_reason()}")
    return int(result)


def _reason() -> str:
    """Why the last call failed."""
    number = ctypes.get_last_error()
    return f"{ctypes.FormatError(number).strip()} (error {number})"


@cache
def _kernel32() -> Any:
    """The library. Handles are as wide as pointers, and without these types they would be cut to 32 bits."""
    library = ctypes.WinDLL("kernel32", use_last_error=True)
    handle, pointer, number = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32
    library.CreateJobObjectW.restype = library.OpenProcess.restype = handle
    for name, types in {
        "CreateJobObjectW": (pointer, ctypes.c_wchar_p),
        "SetInformationJobObject": (handle, ctypes.c_int, pointer, number),
        "AssignProcessToJobObject": (handle, handle),
        "TerminateJobObject": (handle, number),
        "OpenProcess": (number, ctypes.c_int, number),
        "GetProcessTimes": (handle, pointer, pointer, pointer, pointer),
        "K32GetProcessMemoryInfo": (handle, pointer, number),
        "CloseHandle": (handle,),
    }.items():
        getattr(library, name).argtypes = types
    return library
