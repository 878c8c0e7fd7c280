"""System calls by name."""

from __future__ import annotations

import errno
import os
import sys
from types import SimpleNamespace

import pytest

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the numbers are Linux's")


def test_a_call_by_name_is_the_call():
    assert kernel.call("getpid") == os.getpid()
    assert kernel.call("getppid") == os.getppid()


def test_bytes_are_a_structure_that_the_kernel_reads():
    read, write = os.pipe()
    assert kernel.call("write", write, b"a\0b", 3) == 3
    assert os.read(read, 9) == b"a\0b"
    os.close(read)
    os.close(write)


def test_a_refusal_names_the_call_and_the_reason():
    with pytest.raises(OSError, match="close: Bad file descriptor") as refused:
        kernel.call("close", 999_999)
    assert refused.value.errno == errno.EBADF
    with pytest.raises(OSError, match="prctl: Invalid argument"):
        kernel.prctl(99_999, 0)


def test_no_two_calls_share_a_number():
    for machine in kernel.MACHINES:
        numbers = [kernel.number(name, machine) for name in kernel.CALLS]
        known = [number for number in numbers if number is not None]
        assert len(known) == len(set(known))


def test_an_unknown_machine_is_named(monkeypatch):
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(machine="riscv64"))
    with pytest.raises(GuardError, match="x86_64 and aarch64; this is riscv64"):
        kernel.machine()
