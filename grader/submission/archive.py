"""A zip archive that was handed in, unpacked into a private folder for as long as it is read.

Its bytes, its list of files and what is written are bounded. Litter is left out first: whatever it is, and however
much, it costs nobody the work beside it. Then what an honest archive does not hold is refused: names that lead out of
it, links, the same name twice, passwords. Files that are larger than any that is read are left out as well.
"""

from __future__ import annotations

import io
import re
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from grader.records.byte_counts import in_units
from grader.records.errors import GraderError, SubmissionError
from grader.submission.data import MAX_DATA
from grader.submission.locate import ENVIRONMENT, is_filled_by_tools, is_litter
from grader.submission.text import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from zipfile import ZipInfo

MAX_ARCHIVE = 64 << 20  # bytes as stored
MAX_LISTED = 20_000  # files and folders, with the litter
MAX_LIST = 16 << 20  # bytes of their list
MAX_MEMBERS = 2_000  # files and folders without it
MAX_UNPACKED = 64 << 20  # bytes of what is written
MAX_SOURCE = 32 << 20  # bytes of one Python file or notebook
MAX_NAME = 400  # characters of a path
MAX_PART = 240  # bytes of one name, which no file system refuses
MAX_DEPTH = 16  # folders in each other

#: Begins each entry of the list of files. The lengths of its name, extra field and comment follow.
_LISTED = re.compile(rb"PK\x01\x02(?=.{24}(..)(..)(..))", re.DOTALL)
_FIXED = 46  # bytes of an entry beside these
_ODD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_SOURCE = frozenset({".py", ".ipynb"})
_ENCRYPTED = 0x1


@contextmanager
def unpacked(file: Path, folder: Path) -> Iterator[Path]:
    """A folder, named like the archive, with what ``file`` holds; the folder is gone afterwards.

    Raises SubmissionError for what is no archive that can be unpacked, GraderError if the system refuses.
    """
    data = read_bytes(file, folder, MAX_ARCHIVE)
    _check_list(data, file)
    try:
        private = tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True)
    except OSError as error:
        raise GraderError(f"{file} cannot be unpacked ({error.strerror}): is there room for temporary files?") from None
    with private as made:
        inside = Path(made).resolve() / (re.sub(r"[^\w -]", "_", file.stem)[:60] or "archive")
        try:
            inside.mkdir()
            _unpack(data, inside, file)
        except OSError as error:
            raise GraderError(f"{file} cannot be unpacked ({error.strerror or error})") from None
        yield inside


def _unpack(data: bytes, inside: Path, file: Path) -> None:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            left = MAX_UNPACKED
            for member, path in _members(archive, file):
                if not member.is_dir():
                    left -= _write(archive, member, inside / path, left, file)
    except (SubmissionError, OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - zipfile promises nothing about how it fails on damaged archives
        raise SubmissionError(
            f"{file} is no zip archive that can be unpacked ({type(error).__name__}): pack it anew, or hand in a folder"
        ) from None


def _check_list(data: bytes, file: Path) -> None:
    """Raise SubmissionError where the list of files is too long, before any of it is made an object."""
    size = 0
    for count, entry in enumerate(_LISTED.finditer(data), 1):
        size += _FIXED + sum(int.from_bytes(length, "little") for length in entry.groups())
        if count > MAX_LISTED or size > MAX_LIST:
            raise SubmissionError(f"{file} holds too many files, or too long names: hand in your own work alone")


def _members(archive: ZipFile, file: Path) -> list[tuple[ZipInfo, PurePosixPath]]:
    """All but the litter, each with where it belongs."""
    listed = [(member, PurePosixPath(_name(member)).parts) for member in archive.infolist()]
    environments = {parts[:-1] for _, parts in listed if parts[-1:] == (ENVIRONMENT,)}
    members = [(member, _path(member, file)) for member, parts in listed if not _is_litter(parts, environments)]
    if len(members) > MAX_MEMBERS:
        raise SubmissionError(f"{file} holds more than {MAX_MEMBERS:,} files: hand in your own work alone")
    return members


def _is_litter(parts: tuple[str, ...], environments: Set[tuple[str, ...]]) -> bool:
    depth = next((at for at in range(min(len(parts), MAX_DEPTH)) if parts[:at] in environments), None)
    return any(part != ".." and is_litter(part) for part in parts) or (
        depth is not None and is_filled_by_tools(parts[depth])
    )


def _name(member: ZipInfo) -> str:
    return member.filename.replace("\\", "/")  # as some programs on Windows write it


def _path(member: ZipInfo, file: Path) -> PurePosixPath:
    """Where a member belongs. Raises SubmissionError for a member that no honest archive holds."""
    name = _name(member)
    shown = ascii(name[:100])
    parts = PurePosixPath(name).parts
    if (
        _ODD.search(member.orig_filename)
        or len(name) > MAX_NAME
        or any(len(part.encode()) > MAX_PART for part in parts)
    ):
        raise SubmissionError(f"{file} holds a file of an odd name, {shown}: rename it, and pack again")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
        raise SubmissionError(f"{file} holds {shown}, which leads out of it: pack the folder with your work again")
    if len(path.parts) > MAX_DEPTH:
        raise SubmissionError(f"{file} holds more than {MAX_DEPTH} folders in each other: pack fewer")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise SubmissionError(f"{file} holds {shown}, a link or device: pack the file itself")
    if member.flag_bits & _ENCRYPTED:
        raise SubmissionError(f"{file} is protected by a password: pack it again without one")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise SubmissionError(f"{file} is packed by a rare method: pack it again as an ordinary zip archive")
    return path


def _write(archive: ZipFile, member: ZipInfo, target: Path, left: int, file: Path) -> int:
    """Write one file and return the bytes that it took of those ``left``.

    What is too large for any reader becomes a hole of a size that they refuse.
    """
    most = MAX_SOURCE if target.suffix.lower() in _SOURCE else MAX_DATA
    try:
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
        stream = target.open("xb")
    except (FileExistsError, NotADirectoryError):
        raise SubmissionError(f"{file} holds {target.name!a} twice: pack it again with one of the two") from None
    with stream:
        if member.file_size > most:
            stream.truncate(most + 1)
            return 0
        with archive.open(member) as packed:
            content = packed.read(min(most, left) + 1)
        if len(content) > left:
            raise SubmissionError(f"{file} unpacks to more than {in_units(MAX_UNPACKED)}: hand in your own work alone")
        return stream.write(content)
