"""Memory that is watched from outside."""

from __future__ import annotations

import math

import pytest

from grader.records.run import OutOfMemory
from grader.sandbox import memory
from grader.sandbox.portable import Portable

MIB = 1 << 20


@pytest.mark.parametrize(
    ("held", "outcome"),
    [(150 * MIB, None), (151 * MIB, OutOfMemory(limit=100 * MIB)), (None, None)],
    ids=["as much as it may", "more", "gone"],
)
def test_the_limit_counts_from_what_python_held_before(held, outcome):
    ceiling = memory.Ceiling(7, {7: held}.get, base=50 * MIB, limit=100 * MIB)
    assert ceiling.passed() == outcome
    assert ceiling.wait() == math.inf


def test_a_worker_is_watched_where_something_tells_its_memory():
    asked = []
    with Portable(lambda pid: asked.append(pid) or 30 * MIB) as nursery:
        worker = nursery.worker()
        (ceiling,) = worker.limit_memory(100 * MIB)
        worker.end()
        worker.channel().close()
    assert asked == [worker.pid]
    assert (ceiling.pid, ceiling.base, ceiling.limit) == (worker.pid, 30 * MIB, 100 * MIB)


def test_where_the_kernel_limits_memory_nothing_is_watched():
    assert memory.by_platform() is None
    worker = Portable().worker()
    assert worker.limit_memory(100 * MIB) == ()
    worker.end()
    worker.channel().close()


def test_macos_is_watched(macos):
    from grader.sandbox import libproc

    assert memory.by_platform() is libproc.held_bytes
