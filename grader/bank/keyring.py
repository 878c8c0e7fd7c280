"""The keys that seal and open the hidden half of a bank: from ``GRADER_KEY``, or from the course's own file of them.

A key is 256 random bits, written as 64 hexadecimal digits, and named by a few digits of a hash of it. Of several keys
the first seals, and each opens what it has sealed: a new key goes before the others, and an old one is dropped when
nothing that it sealed is in use any more.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from grader.bank import cache
from grader.course.environment import held
from grader.course.secret import file_of, make_folder, read_small, without_comments, write_new
from grader.files import beside
from grader.records.errors import UsageError
from grader.records.record import Record

VARIABLE = "GRADER_KEY"
FILE = "keys"
BYTES = 32
MOST = 32  # keys
PATIENCE = 60.0  # seconds to wait for another process that adds one

_TEXT = """\
# The keys that seal hidden cases of this course, the newest first: that one seals, and each opens what it has sealed.
# Where sealed cases are to be opened, the lines below go into the variable GRADER_KEY. Show them to no student.
"""
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * BYTES}}}")


class SealingKey(Record, frozen=True):
    """The bits of a key, which no traceback shows."""

    bits: bytes

    @property
    def id(self) -> str:
        """What names the key, and tells nothing of it."""
        return hashlib.sha256(b"the name of a sealing key\0" + self.bits).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"SealingKey({self.id})"


def keys_of(root: Path | None) -> tuple[SealingKey, ...]:
    """The keys in ``GRADER_KEY``, or else those of the course in this folder; none where there are none.

    Raises UsageError for what is no key.
    """
    if text := (held(VARIABLE) or "").strip():  # an empty one is what continuous integration makes of one it withholds
        return parsed(without_comments(text), VARIABLE)
    path = None if root is None else key_file(root)
    found = None if path is None else read_small(path)
    return () if found is None else parsed(without_comments(found), str(path))


def first_key(root: Path) -> SealingKey:
    """The key that seals. Raises UsageError where there is none."""
    if not (keys := keys_of(root)):
        raise UsageError(
            f"there is no key to seal with: make one by `grade keys new --sealing`, or let {VARIABLE} hold one"
        )
    return keys[0]


def parsed(text: str, where: str) -> tuple[SealingKey, ...]:
    """The keys in a text, with blanks or commas between them. Raises UsageError, which never shows them."""
    words = re.split(r"[\s,]+", text.strip(" \t\r\n,"))
    for number, word in enumerate(words, 1):
        if not _KEY.fullmatch(word):
            met = f"{len(word)} characters" if len(word) != 2 * BYTES else "another character among them"
            raise UsageError(
                f"{where} should hold keys of {2 * BYTES} hexadecimal digits each, with blanks or commas between them, "
                f"and number {number} has {met}: copy it anew, or make a key by `grade keys new --sealing`"
            )
    if len(words) > MOST:
        raise UsageError(f"{where} holds {len(words)} keys, and {MOST} are the most: drop those that nothing needs")
    return tuple(dict.fromkeys(SealingKey(bytes.fromhex(word)) for word in words))


def add_key(root: Path) -> SealingKey:
    """A new key, put before those that the course has in its file. Raises UsageError where that cannot be written.

    One process after the other: the later one would else drop the key of the earlier. Where the file is a link, what it
    leads to is written.
    """
    path = key_file(root)
    try:
        make_folder(path.parent)
        file = Path(os.path.realpath(path))
        with cache.locked(file, seconds=PATIENCE, doing=f"adding a key to {path}"):
            return _added(path, file)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): no key was made") from None


def _added(path: Path, file: Path) -> SealingKey:
    """A new key in the ``file`` to which the path leads. Raises OSError, and UsageError for what is no key there."""
    text = read_small(path)
    old = () if text is None else parsed(without_comments(text), str(path))
    new = SealingKey(os.urandom(BYTES))
    lines = "".join(f"{key.bits.hex()}\n" for key in (new, *old))
    temporary = beside(file)
    try:
        write_new(temporary, _TEXT + lines, 0o600)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return new


def key_file(root: Path) -> Path:
    """Where a course keeps its keys."""
    return file_of(root).with_name(FILE)
