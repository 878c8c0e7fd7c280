"""While several exercises are built at once nobody is told of a look for garbage in the midst of a parse."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from grader.bank import build, garbage
from grader.bank.build import bank_for
from grader.course.find import find_course
from tests.conftest import TINY


@pytest.mark.parametrize("before", [True, False])
def test_it_is_left_as_it_was_found(before):
    try:
        (gc.enable if before else gc.disable)()
        with suppress(ValueError), garbage.looked_for_by_hand():
            assert not gc.isenabled()
            raise ValueError
        assert gc.isenabled() is before
    finally:
        gc.enable()


def test_none_is_looked_for_while_banks_are_built(pool, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    enabled, real = [], build._build
    monkeypatch.setattr(build, "_build", lambda *given: enabled.append(gc.isenabled()) or real(*given))
    bank = bank_for(find_course(TINY).assignment("tiny"), pool)
    assert enabled == [False] * len(bank.cases)
    assert gc.isenabled()
