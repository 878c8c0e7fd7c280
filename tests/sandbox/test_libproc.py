"""What macOS tells of a process, from a made-up library."""

from __future__ import annotations

import ctypes
import os

import pytest

from grader.sandbox import libproc


def test_the_record_is_as_large_as_that_of_the_system():
    assert ctypes.sizeof(libproc.RusageInfo) == 16 + 10 * 8
    assert libproc.RusageInfo.phys_footprint.offset == 72


@pytest.mark.parametrize("rate", [24_000_000, 1_000_000_000], ids=["Apple", "Intel"])
def test_ticks_are_seconds_by_the_rate_of_the_timer(rate, macos):
    macos.rate = rate
    assert libproc.cpu_seconds(os.getpid()) == pytest.approx(sum(os.times()[:2]), abs=1)


def test_memory_is_what_the_process_holds(macos, simulated):
    before = libproc.held_bytes(os.getpid())
    kept = b"x" * (64 << 20)
    assert libproc.held_bytes(os.getpid()) - before > len(kept) // 2


def test_of_a_process_that_is_gone_nothing_is_known(macos):
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)
    assert libproc.cpu_seconds(child) == 0
    assert libproc.held_bytes(child) is None


def test_without_the_rate_of_the_timer_there_is_no_clock(macos):
    macos.sysctlbyname = lambda *_: -1
    assert libproc.cpu_seconds(os.getpid()) == 0
