"""The keys of signed reports: the private one from ``GRADER_SIGNING_KEY`` or the course's own file, the public ones.

The private key stands in ``.grader/signing``, which Git ignores, and signs. Public ones stand in ``signing-keys.txt``
of the course's folder, the newest first: a report is believed by any of them. They are no secret and belong into the
course's repository; to believe a key no longer is to remove its line.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from grader.bank import cache
from grader.bank.signatures import public_part
from grader.course.environment import SIGNING, held
from grader.course.secret import file_of, make_folder, read_small, without_comments, write_new
from grader.files import beside, write_whole
from grader.records.errors import UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from pathlib import Path

FILE = "signing"
PUBLIC_FILE = "signing-keys.txt"
BYTES = 32
MOST = 32  # public keys
PATIENCE = 60.0  # seconds to wait for another process that makes one

_TEXT = """\
# The key that signs reports of this course. Where they are to be signed, the line below goes into the variable
# GRADER_SIGNING_KEY. Whoever has it can sign any score: show it to nobody who is graded.
{digits}
"""
_PUBLIC_TEXT = """\
# The public keys of this course's signed reports, the newest first. They are no secret: commit this file. A report that
# was signed with a key that is not here is not believed.
"""
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * BYTES}}}")


class PublicKey(Record, frozen=True):
    """The public part of a key."""

    bits: bytes

    @property
    def id(self) -> str:
        """What names the key."""
        return hashlib.sha256(b"the name of a signing key\0" + self.bits).hexdigest()[:12]


class SigningKey(Record, frozen=True):
    """The private part of a key, which no traceback shows, and where it was: a variable's name, or a path."""

    bits: bytes
    public: PublicKey
    source: str

    @property
    def id(self) -> str:
        """What names the key, and tells nothing of its private part."""
        return self.public.id

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def signing_key(root: Path) -> SigningKey:
    """The key that signs. Raises UsageError where there is none, in a sentence that never shows one."""
    found = known_signing_key(root)
    if found is None:
        given = held(SIGNING)
        empty = f" ({SIGNING} is empty here: continuous integration withholds it, or does not know it)"
        raise UsageError(
            f"there is no key to sign with{'' if given is None else empty}: make one by `grade keys new --signing`, or "
            f"let {SIGNING} hold the course's"
        )
    return found


def known_signing_key(root: Path) -> SigningKey | None:
    """The key that there is. Raises UsageError for what is none, and without ``cryptography``."""
    if given := (held(SIGNING) or "").strip():
        return _signing_key(without_comments(given), SIGNING)
    path = signing_file(root)
    text = read_small(path, f"the key in it signs: let its owner sign, or set {SIGNING}")
    return None if text is None else _signing_key(without_comments(text), str(path))


def public_keys(root: Path) -> tuple[PublicKey, ...]:
    """The keys by which reports of a course are believed, the newest first. Raises UsageError for what is none."""
    path = root / PUBLIC_FILE
    text = read_small(path, "reports are verified by the keys in it: let its owner make it readable")
    words = [] if text is None else without_comments(text).split()
    for number, word in enumerate(words, 1):
        if not _KEY.fullmatch(word):
            raise UsageError(
                f"{path} should hold public keys of {2 * BYTES} hexadecimal digits, a line each, and number "
                f"{number} is none: take the file anew from the course's repository, or the key that `grade keys` shows"
            )
    if len(words) > MOST:
        raise UsageError(f"{path} holds {len(words)} keys, and {MOST} are the most: drop those that nothing needs")
    return tuple(dict.fromkeys(PublicKey(bytes.fromhex(word)) for word in words))


def make_signing_key(root: Path) -> SigningKey:
    """A new key, in the place of the one that the course's file holds; its public part goes before the others.

    A private key that signs no more is of no use to anybody, so none is kept. Its public part stays. Raises UsageError
    where either cannot be written: then the one that was there signs as before.
    """
    path = signing_file(root)
    try:
        make_folder(path.parent)
        with cache.locked(path, seconds=PATIENCE, doing=f"making {path}"):
            bits = os.urandom(BYTES)
            made = SigningKey(bits, PublicKey(public_part(bits)), str(path))
            _believe(root, made.public)  # first, or what is signed meanwhile could not be believed
            _replace(path, _TEXT.format(digits=bits.hex()))
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): no key was made") from None
    return made


def signing_file(root: Path) -> Path:
    """Where a course keeps its private key."""
    return file_of(root).with_name(FILE)


def _believe(root: Path, key: PublicKey) -> None:
    """Put a public key before the others, and leave remarks where they are."""
    path = root / PUBLIC_FILE
    if len(public_keys(root)) >= MOST:  # what is none is told before anything is made, too
        raise UsageError(f"{path} holds {MOST} keys, which are the most: remove those by which nothing is verified")
    lines = (read_small(path) or _PUBLIC_TEXT).splitlines()
    first = next((number for number, line in enumerate(lines) if _KEY.fullmatch(line.strip())), len(lines))
    write_whole(path, "\n".join([*lines[:first], key.bits.hex(), *lines[first:]]) + "\n")


def _replace(path: Path, text: str) -> None:
    temporary = beside(path)
    try:
        write_new(temporary, text, 0o600)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _signing_key(text: str, where: str) -> SigningKey:
    """The key in a text. Raises UsageError, which never shows it."""
    if not _KEY.fullmatch(text):
        met = f"{len(text)} characters" if len(text) != 2 * BYTES else "another character among them"
        raise UsageError(
            f"{where} should hold a signing key of {2 * BYTES} hexadecimal digits, and holds {met}: copy it anew, or "
            "make a key by `grade keys new --signing`"
        )
    bits = bytes.fromhex(text)
    return SigningKey(bits, PublicKey(public_part(bits)), where)
