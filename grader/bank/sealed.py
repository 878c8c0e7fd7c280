"""Sealing what students must not read, and opening it again: bytes in, bytes out.

What is sealed is the hidden cases of all exercises, as :func:`grader.bank.layout.pack_cases` packs them. A sealed file
is a line of JSON, which says what it is (:class:`SealedHead`), then a random nonce of 12 bytes, then what AES-256-GCM
makes of the rest. The line is authenticated with it, so none of it can be exchanged: a file that was sealed for another
course, assignment or bank is told by its line, and one that was changed by anything is not opened.

``cryptography`` is an optional dependency: no student needs it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from grader.bank.first_line import first_line
from grader.records.decoding import from_json
from grader.records.errors import UsageError
from grader.records.record import Record
from grader.records.run import SEALED_LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.bank.keyring import SealingKey
    from grader.records.run import Isolation

#: Raised by one when a file of an older version can no longer be opened.
FORMAT = 1
KIND = "sealed cases of grader"
NONCE = 12
LONGEST_LINE = 4096  # bytes

_WORDS = {"course": "course", "assignment": "assignment", "bank": "bundle", "format": "bank format"}
_AGAIN = "get it anew from who released it"
_TOGETHER = "take the file that was released together with this bundle"


class SealedFor(Record, frozen=True):
    """What sealed cases belong to: whose bank they are the other half of.

    ``course`` names the course by the fingerprint of its secret, ``bank`` is a SHA-256 of the bundle with the other
    half, and ``format`` is that of its bank.
    """

    course: str
    assignment: str
    bank: str
    format: int


class SealedHead(Record, frozen=True):
    """The first line of a sealed file. ``key`` is the id of the key that opens it.

    Of a whole bank ``draw`` is the number of the draw of its hidden cases: no secret, and needed without a key, too.
    """

    kind: str
    format: int
    key: str
    about: SealedFor
    draw: int | None = None


def check_can_seal(key: SealingKey) -> None:
    """Raise UsageError without ``cryptography``, before there is something to seal, which may take minutes."""
    _cipher(key)


def seal(hidden: bytes, key: SealingKey, about: SealedFor, draw: int | None = None) -> bytes:
    """A sealed file. Two of the same are different, for the nonce. Raises UsageError without ``cryptography``."""
    line = msgspec.json.encode(SealedHead(KIND, FORMAT, key.id, about, draw)) + b"\n"
    nonce = os.urandom(NONCE)
    return bytes(line + nonce + _cipher(key).encrypt(nonce, hidden, line))


def unseal(
    data: bytes, keys: Sequence[SealingKey], about: SealedFor, isolation: Isolation, advice: str = _TOGETHER
) -> bytes:
    """What was sealed, if it belongs to what it is ``about``.

    ``isolation`` is that of the processes in which student code will run on it, ``advice`` what to do about a file that
    belongs to something else. Raises UsageError, in one sentence, for
    isolation below level 3, a file that is none, is damaged, or belongs to something else, a key that is missing, and
    without ``cryptography``.
    """
    if not isolation.keeps_hidden:
        raise UsageError(
            f"sealed cases are opened from isolation level {SEALED_LEVEL} on, and this run has {isolation.level}: "
            "there student code could read them; `grade doctor` says what is missing"
        )
    line, newline, _ = data[:LONGEST_LINE].partition(b"\n")
    head = _head(line if newline else b"")
    _check_belongs(head.about, about, advice)
    key = next((key for key in keys if key.id == head.key), None)
    if key is None:
        have = ", ".join(key.id for key in keys) or "no key"
        raise UsageError(
            f"the sealed cases were sealed with key {head.key}, and GRADER_KEY holds {have}: put that key into it, or "
            "seal the cases anew"
        )
    cipher, rest = _cipher(key), data[len(line) + 1 :]
    from cryptography.exceptions import InvalidTag

    try:
        return bytes(cipher.decrypt(rest[:NONCE], rest[NONCE:], line + b"\n"))
    except (InvalidTag, ValueError):  # the latter for what is too short to hold a nonce
        raise UsageError(
            f"the sealed cases are damaged, and not one byte may differ from what was sealed: {_AGAIN}"
        ) from None


def draw_of(path: Path) -> int | None:
    """The draw that the file at ``path`` says it holds; None where it says none, or there is no such file."""
    try:
        with path.open("rb") as file:
            return _head(file.readline(LONGEST_LINE).rstrip(b"\n")).draw
    except (OSError, UsageError):  # which whoever uses it is told
        return None


def _head(line: bytes) -> SealedHead:
    """What the first line says. Raises UsageError."""
    peek = first_line(line, KIND)
    if peek is None:
        raise UsageError(f"this is no file of sealed cases, which begins with a line that says so: {_AGAIN}")
    if peek.format != FORMAT:
        raise UsageError(
            f"the sealed cases have format {peek.format}, and this grader opens {FORMAT}: "
            + ("update grader" if peek.format > FORMAT else "seal them anew")
        )
    try:
        return from_json(line, SealedHead)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"the first line of the sealed cases cannot be read ({error}): {_AGAIN}") from None


def _check_belongs(met: SealedFor, wanted: SealedFor, advice: str) -> None:
    """Raise UsageError for cases that are the other half of something else."""
    for name, word in _WORDS.items():
        mine, other = getattr(wanted, name), getattr(met, name)
        if mine != other:
            raise UsageError(
                f"the sealed cases were made for the {word} {str(other)[:16]}, and {str(mine)[:16]} is graded: {advice}"
            )


def _cipher(key: SealingKey) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise UsageError(
            "sealed cases need the package cryptography, which is not installed here: "
            "python -m pip install 'numerical-grader[seal]'"
        ) from None
    return AESGCM(key.bits)
