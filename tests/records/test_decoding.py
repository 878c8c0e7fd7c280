"""Decoders are made one at a time."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from grader.records.bank import Condition
from grader.records.decoding import from_json, from_msgpack

#: Threads that ask at once for records nobody asked for before; without the lock this ends in a segmentation fault now
#: and then, and with a record that cannot be resolved almost always.
AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from grader.records.audit import Variant
from grader.records.decoding import from_json
ready = Barrier(8)
def ask(_):
    ready.wait()
    return from_json(b'{"name": "a.py", "score": 1, "max_score": 2}', Variant)
with ThreadPoolExecutor(8) as pool:
    assert len(set(map(repr, pool.map(ask, range(8))))) == 1
print("same")
"""


def test_a_record_comes_back():
    given = Condition("zero", "b_h")
    assert from_json(msgspec.json.encode(given), Condition) == given
    assert from_msgpack(msgspec.msgpack.encode(given), Condition) == given


@pytest.mark.parametrize("decode", [from_json, from_msgpack])
def test_what_is_none_is_refused(decode):
    with pytest.raises(msgspec.DecodeError):
        decode(b"\x93", Condition)


def test_threads_may_ask_at_once():
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", AT_ONCE], check=True, capture_output=True, text=True)
        assert ran.stdout == "same\n"
