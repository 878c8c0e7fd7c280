"""Bytes of a source file as text.

Python itself refuses a file in the wrong encoding; that would cost a student all points for an accent in a comment.
So every encoding that can be told is read, with a remark.
"""

from __future__ import annotations

import codecs
import re
import stat
from typing import TYPE_CHECKING

from grader.records.byte_counts import in_units
from grader.records.errors import GraderError, SubmissionError
from grader.records.run import ReadRemark

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE = 256 << 10  # bytes; 2 MB of hostile source made Python's parser take 417 MB

#: The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)

# PEP 263: in line 1, or in line 2 if line 1 is blank or a comment.
_COOKIE = re.compile(
    rb"""\A (?: [ \t\f]*+ (?:\#[^\r\n]*?)? (?:\r\n|\r|\n) )?? [ \t\f]*+
    \# [^\r\n]*? coding[:=] [ \t]*+ (?P<codec>[-\w.]{1,40})""",
    re.VERBOSE,
)

#: Decodes to itself in every encoding that Python source can have: UTF-7, UTF-16, EBCDIC and the escapes change it.
_PROBE = bytes(byte for byte in range(32, 127) if byte != ord("\\")) + rb"\u0041"


def read_text(file: Path, folder: Path, name: str) -> tuple[str, tuple[ReadRemark, ...]]:
    """Decoded text of ``file``, which must not lead out of ``folder``, and remarks that call it ``name``."""
    return decode(read_bytes(file, folder, MAX_FILE), name)


def read_bytes(file: Path, folder: Path, limit: int) -> bytes:
    """At most ``limit`` bytes of an ordinary file inside ``folder``.

    Raises SubmissionError for what is no such file or larger, GraderError if the system refuses to read it.
    """
    try:
        target = file.resolve(strict=True)
        if not target.is_relative_to(folder.resolve(strict=True)):
            raise SubmissionError(f"{file} is a link that leaves {folder}: hand in the file itself")
        kind = target.stat().st_mode
        if not stat.S_ISREG(kind):
            what = "a folder" if stat.S_ISDIR(kind) else "a device or pipe"
            raise SubmissionError(f"{file} is {what}: expected an ordinary file")
        with target.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise SubmissionError(f"{file} is a link to nothing: hand in the file itself") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: how older Pythons report a loop of links
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise GraderError(
            f"{file} cannot be read ({reason}): check that it is there and that you may read it"
        ) from None
    return kept_to(limit, data, file)


def kept_to(limit: int, data: bytes, file: Path) -> bytes:
    """What was read of ``file``. Raises SubmissionError if it is more than ``limit`` bytes."""
    if len(data) > limit:
        raise SubmissionError(f"{file} is larger than {in_units(limit)}, the most that is read: is it the right file?")
    return data


def decode(data: bytes, name: str) -> tuple[str, tuple[ReadRemark, ...]]:
    r"""Text with ``\n`` at the ends of lines, and remarks if it was not plain UTF-8.

    Raises SubmissionError for what is no text.
    """
    text, remarks = _decoded(data, name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), remarks


def as_utf8(data: bytes, name: str) -> tuple[bytes, tuple[ReadRemark, ...]]:
    """The same for what is large, as bytes and with the ends of lines that it has.

    One emoji makes four bytes of each character of a text, so none is kept.
    """
    text, remarks = _decoded(data, name)
    return text.encode() if remarks else data.removeprefix(codecs.BOM_UTF8), remarks


def _decoded(data: bytes, name: str) -> tuple[str, tuple[ReadRemark, ...]]:
    text, remarks = _decode_marked(data, name) or _decode_unmarked(data, name)
    if "\0" in text:
        raise SubmissionError(f"{name} is no text (it holds NUL bytes): save it as plain text in UTF-8")
    return text, remarks


def _decode_marked(data: bytes, name: str) -> tuple[str, tuple[ReadRemark, ...]] | None:
    for mark, codec, title in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), (ReadRemark("marked", name, title),)
            except UnicodeDecodeError:
                raise SubmissionError(f"{name} begins as {title} and is damaged: save it as UTF-8") from None
    return None


def _decode_unmarked(data: bytes, name: str) -> tuple[str, tuple[ReadRemark, ...]]:
    cookie = _COOKIE.match(data)
    declared = cookie["codec"].decode() if cookie else "utf-8"
    text = _decode_as(data, declared)
    if text is not None:
        return text, ()
    wrong = (ReadRemark("declared", name, declared),) if cookie else ()
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode(), wrong
    except UnicodeDecodeError as error:
        text, title = _decode_western(data)
        line = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        return text, (*wrong, ReadRemark("guessed", name, title, byte=data[error.start], line=line))


def _decode_as(data: bytes, codec: str) -> str | None:
    """None if ``data`` is not in the encoding ``codec``, or that is none."""
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        if _PROBE.decode(codec) != _PROBE.decode("ascii"):
            return None
        return data.decode("utf-8-sig" if marked else codec)
    except (LookupError, UnicodeError):
        return None


def _decode_western(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:  # five bytes have no meaning there
        return data.decode("latin-1"), "Latin-1"
