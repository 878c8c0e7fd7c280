"""Sealing the hidden half, opening it, and one sentence for each way in which that cannot be."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from grader.bank.keyring import MOST, VARIABLE, SealingKey, add_key, key_file, keys_of, parsed
from grader.bank.sealed import SealedFor, seal, unseal
from grader.course.secret import file_of, without_comments
from grader.records.errors import UsageError
from grader.records.run import Isolation

KEY, OTHER = SealingKey(bytes(range(32))), SealingKey(bytes(32))
ABOUT = SealedFor("9f86d081884c7d65", "week", "aa" * 32, 8)
STRONG, WEAK = Isolation(3, ()), Isolation(2, ())
HIDDEN = b"hidden cases" * 100


def problem(data, keys=(KEY,), about=ABOUT, isolation=STRONG):
    with pytest.raises(UsageError) as caught:
        unseal(data, keys, about, isolation)
    assert "\n" not in str(caught.value)
    for key in (KEY, OTHER):
        assert key.bits.hex() not in str(caught.value) + repr(key)
    return str(caught.value)


def test_what_is_sealed_is_opened_by_its_key_among_others():
    sealed = seal(HIDDEN, KEY, ABOUT)
    assert unseal(sealed, (OTHER, KEY), ABOUT, STRONG) == HIDDEN
    assert unseal(seal(b"", OTHER, ABOUT), (OTHER,), ABOUT, STRONG) == b""
    assert b"hidden cases" not in sealed.partition(b"\n")[2]
    assert sealed != seal(HIDDEN, KEY, ABOUT), "each has a nonce of its own"
    assert KEY.bits not in sealed


def test_it_is_opened_from_level_3_on_alone():
    assert problem(seal(HIDDEN, KEY, ABOUT), isolation=WEAK).startswith(
        "sealed cases are opened from isolation level 3 on, and this run has 2: "
    )


def test_a_key_that_is_missing_is_named():
    said = problem(seal(HIDDEN, KEY, ABOUT), keys=(OTHER,))
    assert said.startswith(f"the sealed cases were sealed with key {KEY.id}, and GRADER_KEY holds {OTHER.id}: ")
    assert "GRADER_KEY holds no key" in problem(seal(HIDDEN, KEY, ABOUT), keys=())


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("course", "x", "course"),
        ("assignment", "x", "assignment"),
        ("bank", "x", "bundle"),
        ("format", 7, "bank format"),
    ],
)
def test_a_file_that_belongs_to_something_else_is_told(field, value, word):
    said = problem(seal(HIDDEN, KEY, replace(ABOUT, **{field: value})))
    assert f"made for the {word} {value}, and {str(getattr(ABOUT, field))[:16]} is graded" in said


def test_any_byte_that_differs_is_met():
    sealed = seal(HIDDEN, KEY, ABOUT)
    end = sealed.index(b"\n")
    for place in (*range(0, end, 7), *range(end, end + 40), len(sealed) - 1):
        damaged = bytearray(sealed)
        damaged[place] ^= 1
        problem(bytes(damaged))
    for length in (0, 10, end, end + 1, end + 5, end + 20, len(sealed) - 1):
        problem(sealed[:length])
    assert "damaged" in problem(sealed + b"x")
    # the line of another, in which nothing differs that is looked at
    line = json.loads(sealed[:end])
    assert "damaged" in problem(json.dumps(line).encode() + sealed[end:])


def test_what_is_no_sealed_file_or_of_another_format_is_told():
    for data in (b"", b"\n", b"{}\n", b"\x00" * 9000, b"[" * 9000, b'{"kind": "x", "format": 1}\n'):
        assert problem(data).startswith("this is no file of sealed cases")
    assert "have format 2, and this grader opens 1: update grader" in problem(
        b'{"kind": "sealed cases of grader", "format": 2, "more": 1}\n'
    )
    assert "cannot be read" in problem(b'{"kind": "sealed cases of grader", "format": 1}\n')


def test_without_the_library_it_is_named(monkeypatch):
    sealed = seal(HIDDEN, KEY, ABOUT)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert problem(sealed).endswith("not installed here: python -m pip install 'numerical-grader[seal]'")


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_key_goes_before_the_others(tmp_path, monkeypatch):
    assert keys_of(tmp_path) == keys_of(None) == ()
    first, second = add_key(tmp_path), add_key(tmp_path)
    assert keys_of(tmp_path) == (second, first)
    assert key_file(tmp_path).parent == file_of(tmp_path).parent
    assert key_file(tmp_path).stat().st_mode & 0o077 == 0
    monkeypatch.setenv(VARIABLE, f"{KEY.bits.hex()}, {first.bits.hex().upper()}\n")
    assert keys_of(tmp_path) == (KEY, first)
    monkeypatch.setenv(VARIABLE, "")
    assert keys_of(None) == ()


def test_keys_that_are_added_at_once_are_all_kept(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: add_key(tmp_path), range(16)))
    assert set(keys_of(tmp_path)) == set(made)
    assert len(set(made)) == 16


def test_a_key_goes_into_the_file_that_a_link_leads_to(tmp_path):
    (tmp_path / "own").mkdir()
    elsewhere = tmp_path / "own" / "keys of all courses"
    elsewhere.write_text(KEY.bits.hex())
    key_file(tmp_path).parent.mkdir()
    key_file(tmp_path).symlink_to(elsewhere)
    made = add_key(tmp_path)
    assert key_file(tmp_path).is_symlink()
    assert parsed(without_comments(elsewhere.read_text()), "there") == keys_of(tmp_path) == (made, KEY)
    elsewhere.unlink()
    with pytest.raises(UsageError, match="leads to a file that is not there"):
        add_key(tmp_path)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("ab" * 31, "62 characters"),
        (f"{'ab' * 32} {'xy' * 32}", "another character"),
        (f"{'ab' * 32},é", "1 characters"),
    ],
)
def test_what_is_no_key_is_told_and_not_shown(text, met):
    with pytest.raises(UsageError) as caught:
        parsed(text, VARIABLE)
    assert f"number {text.count(' ') + text.count(',') + 1} has {met}" in str(caught.value)
    assert "abab" not in str(caught.value)
    with pytest.raises(UsageError, match=f"and {MOST} are the most"):
        parsed(" ".join(f"{number:064x}" for number in range(MOST + 1)), VARIABLE)
