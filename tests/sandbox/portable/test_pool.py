"""A pool of workers that are programs of their own: what is left of it when it is closed."""

from __future__ import annotations

import pytest

from grader.records.errors import SandboxFault
from grader.sandbox.portable.pool import PortablePool


def test_all_that_live_are_ended_and_none_starts_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pool = PortablePool()
    ended, spoken_to, fresh = (pool.worker() for _ in range(3))
    ended.end()
    ended.channel().close()
    channel = spoken_to.channel()
    pool.close()
    for worker in (ended, spoken_to, fresh):
        assert worker.wait(0) is not None
    assert not any(thread.is_alive() for thread in channel._threads)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SandboxFault, match="the grader was told to end"):
        pool.worker()
    assert list(tmp_path.iterdir()) == []
    pool.close()


def test_one_that_cannot_be_ended_is_told_and_keeps_no_other_alive(monkeypatch):
    pool = PortablePool()
    first, second = pool.worker(), pool.worker()
    with monkeypatch.context() as patch:
        for worker in (first, second):
            patch.setattr(worker._tree, "end", lambda: False)
        with pytest.raises(SandboxFault, match="could not be ended"):
            pool.close()
    assert first.wait(60) is not None  # the group was ended all the same
    assert second.wait(60) is not None
