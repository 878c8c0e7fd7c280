"""Confining a process on Linux, from inside, before any student code runs in it.

The order of the steps matters: what a later step takes away, an earlier one needs. A step that the plan promises and
that fails raises GuardError, and the process must then end without having run student code. Linux only.
"""

from __future__ import annotations

import os
import resource  # at once: under another user it could no longer be found
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel, landlock, limits, seccomp

if TYPE_CHECKING:
    from collections.abc import Iterator

DESCRIPTORS = 64  # that the process may have open
LAST_DESCRIPTOR = 2**32 - 1
CAPABILITIES_V3 = 0x20080522
DROP_AMBIENT = 4
KILL = 9


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process is to be confined to; each layer asked for is applied or the process ends.

    ``parent`` is the process that forked it, ``keep`` the descriptors that stay open. ``uid`` is a user and group of
    the process's own, for which it must run as root; None keeps the user.
    """

    parent: int
    keep: tuple[int, ...]
    memory: int  # bytes beyond the address space that the process has now
    cpu: int  # seconds of its whole life
    file_size: int = 0  # bytes
    uid: int | None = None
    landlock: bool = True
    seccomp: bool = True


def confine(plan: Plan) -> None:
    """Confine this process for good. Call it in a freshly forked child that has one thread. Raises GuardError."""
    with _step("start a session"):
        os.setsid()
    with _step("close descriptors"):
        _close_all_but(set(plan.keep))
    with _step("give up privileges"):
        _give_up_privileges(plan.uid)
    with _step("end with the parent"):
        _end_with(plan.parent)
    with _step("limit resources"):
        _limit(plan)
    with _step("keep its memory to itself"):
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    with _step("gain no privileges"):
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if plan.landlock:
        landlock.confine()
    if plan.seccomp:
        seccomp.confine()


@contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # setrlimit raises both
        raise GuardError(f"the process could not {name}: {error}") from None


def _close_all_but(keep: set[int]) -> None:
    for before, after in pairwise([-1, *sorted(keep), LAST_DESCRIPTOR + 1]):
        if before + 1 < after:
            _close_range(before + 1, after - 1)


def _close_range(first: int, last: int) -> None:
    try:
        kernel.call("close_range", first, last, 0)
    except OSError:  # before Linux 5.9, or denied by a container's filter
        found = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - pathlib is not needed otherwise
        os.closerange(first, min(last, max(found)) + 1)


def _give_up_privileges(uid: int | None) -> None:
    for capability in range(64):
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:  # past the last one, or no right to: without privileges it does not matter
            break
    kernel.prctl(kernel.PR_CAP_AMBIENT, DROP_AMBIENT)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        if {*os.getresuid(), *os.getresgid(), *os.getgroups()} != {uid}:
            raise GuardError(f"the process could not become user {uid} alone")
    header = struct.pack("=Ii", CAPABILITIES_V3, 0)
    kernel.call("capset", header, bytes(24))


def _end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends. A change of user would undo this, so it comes after."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, KILL)
    if os.getppid() != parent:
        raise GuardError(f"the parent, process {parent}, has ended already")


def _limit(plan: Plan) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, limits.address_space() + plan.memory),
        (resource.RLIMIT_CPU, plan.cpu),
        (resource.RLIMIT_FSIZE, plan.file_size),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        (resource.RLIMIT_NPROC, 0),  # root is exempt: the filter forbids forking
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        limits.lower(kind, value)
