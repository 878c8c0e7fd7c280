"""What macOS tells of another process of the same user: its CPU time and its memory.

By ``proc_pid_rusage`` of the system's own library, since to start ``ps`` takes milliseconds and the host asks after
every case. Times are in ticks of the machine's timer, whose rate ``hw.tbfrequency`` gives: ``mach_timebase_info``
would give that of an Intel processor to a process under Rosetta.
"""

from __future__ import annotations

import ctypes
from functools import cache

RUSAGE_INFO_V0 = 0


class RusageInfo(ctypes.Structure):
    """``struct rusage_info_v0`` of ``<sys/resource.h>``."""

    _fields_ = (
        ("uuid", ctypes.c_uint8 * 16),
        ("user_time", ctypes.c_uint64),
        ("system_time", ctypes.c_uint64),
        ("package_idle_wakeups", ctypes.c_uint64),
        ("interrupt_wakeups", ctypes.c_uint64),
        ("pageins", ctypes.c_uint64),
        ("wired_size", ctypes.c_uint64),
        ("resident_size", ctypes.c_uint64),
        ("phys_footprint", ctypes.c_uint64),
        ("start_time", ctypes.c_uint64),
        ("exit_time", ctypes.c_uint64),
    )


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used; 0 if it has ended, or the system does not say."""
    usage, rate = _usage(pid), _ticks_per_second()
    return (usage.user_time + usage.system_time) / rate if usage is not None and rate else 0.0


def held_bytes(pid: int) -> int | None:
    """Memory that a process holds, also what the system has compressed or written to disk; None as above."""
    usage = _usage(pid)
    return None if usage is None else int(usage.phys_footprint)


def _usage(pid: int) -> RusageInfo | None:
    usage = RusageInfo()
    return None if _system().proc_pid_rusage(pid, RUSAGE_INFO_V0, ctypes.byref(usage)) else usage


@cache
def _ticks_per_second() -> int:
    rate = ctypes.c_uint64()
    size = ctypes.c_size_t(ctypes.sizeof(rate))
    _system().sysctlbyname(b"hw.tbfrequency", ctypes.byref(rate), ctypes.byref(size), None, ctypes.c_size_t(0))
    return rate.value


@cache
def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None)
