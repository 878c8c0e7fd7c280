"""Jobs of Windows, on a made-up kernel32 that is strict about types, sizes, handles and rights."""

from __future__ import annotations

import ctypes
import os

import pytest

from grader.records.errors import SandboxFault
from grader.sandbox import kernel32

FLAGS = 0x8 | 0x400 | 0x2000  # one process, no box on the screen, killed with the last handle
MEMORY = 0x100


def test_records_are_as_large_as_those_of_the_system():
    sizes = {kernel32.BasicLimits: 64, kernel32.ExtendedLimits: 144, kernel32.MemoryCounters: 72}
    assert {kind: ctypes.sizeof(kind) for kind in sizes} == sizes


def test_a_job_is_limited_before_it_takes_a_process_and_given_back_in_the_end(windows):
    job = kernel32.Job()
    job.take(os.getpid())
    assert windows.kernel32.names() == [
        *("CreateJobObjectW", "SetInformationJobObject"),
        *("OpenProcess", "AssignProcessToJobObject", "CloseHandle"),
        "SetInformationJobObject",
    ]
    (_, kind, limits, _), (_, last, restrictions, _) = [
        call.arguments for call in windows.kernel32.calls if call.name == "SetInformationJobObject"
    ]
    assert (kind, limits.basic.flags, limits.basic.active_processes, limits.process_memory) == (9, FLAGS, 1, 0)
    assert (last, restrictions.value) == (4, 0xFF)
    assert [thing.kind for thing in windows.kernel32.open.values()] == ["job"]
    windows.kernel32._end = lambda _: None  # this very process
    job.close()
    job.close()
    assert windows.kernel32.names()[-1] == "CloseHandle"
    assert windows.kernel32.open == {}


def test_a_limit_of_memory_keeps_the_other_limits(windows, monkeypatch):
    monkeypatch.setattr("resource.prlimit", lambda *_: (0, 0))
    job = kernel32.Job()
    windows.kernel32.do_SetInformationJobObject = lambda *_: 1
    job.limit_memory(123 << 20)
    _, _, limits, _ = windows.kernel32.calls[-1].arguments
    assert (limits.basic.flags, limits.basic.active_processes) == (FLAGS | MEMORY, 1)
    assert limits.process_memory == 123 << 20
    job.close()


def test_inside_another_job_the_windows_of_others_stay_in_reach(windows):
    windows.kernel32.nested = True
    job = kernel32.Job()
    job.take(os.getpid())
    windows.kernel32._end = lambda _: None
    job.close()


@pytest.mark.parametrize("name", ["CreateJobObjectW", "SetInformationJobObject"])
def test_a_job_that_cannot_be_made_says_why(name, windows):
    windows.kernel32.refused[name] = 5
    with pytest.raises(SandboxFault, match=rf"^Windows refused {name}: Access is denied\. \(error 5\)$"):
        kernel32.Job()


@pytest.mark.parametrize("name", ["OpenProcess", "AssignProcessToJobObject", "TerminateJobObject"])
def test_a_call_that_fails_says_which(name, windows):
    job = kernel32.Job()
    windows.kernel32.refused[name] = 87
    with pytest.raises(SandboxFault, match=rf"^Windows refused {name}: The parameter is incorrect\. \(error 87\)$"):
        job.end() if name == "TerminateJobObject" else job.take(os.getpid())
    job.close()


def test_time_and_memory_of_a_process(windows):
    before = kernel32.cpu_seconds(os.getpid())
    while kernel32.cpu_seconds(os.getpid()) < before + 0.01:
        pass
    assert kernel32.cpu_seconds(os.getpid()) == pytest.approx(sum(os.times()[:2]), abs=1)
    assert kernel32.committed_bytes(os.getpid()) > 1 << 20


def test_a_process_that_is_gone_has_used_no_time_and_its_memory_cannot_be_told(windows):
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)
    assert kernel32.cpu_seconds(child) == 0
    with pytest.raises(SandboxFault, match="refused OpenProcess"):
        kernel32.committed_bytes(child)
    windows.kernel32.refused["GetProcessTimes"] = 5
    assert kernel32.cpu_seconds(os.getpid()) == 0
