"""Writing files whole or not at all, and telling beforehand where that cannot be."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PRINTED_TO = (1, 2)  # stdout and stderr
_OWN = "# Written by grade, which writes it anew unless it was changed: "
_LARGEST_OWN = 64 << 20  # bytes


def write_whole(path: Path, content: str | bytes) -> None:
    """``content``, a text in UTF-8, at ``path``: written beside it, then renamed.

    A link stays one: what it leads to is replaced, or made. What is no regular file (a pipe, a device), and what this
    process prints to, is written into. Raises UsageError if the system refuses.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if (printed_to := _printed_to(path)) is not None:
            _write_into(printed_to, data, close=False)
        elif _is_other(path):
            _write_into(os.open(path, os.O_WRONLY), data)  # which makes nothing, and waits for a pipe's reader
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise _refused(path, error) from None


def write_private(path: Path, data: bytes) -> None:
    """``data`` at ``path``, whole, in a file that no other user can read. Raises UsageError if the system refuses."""
    temporary = beside(path)
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(data)
        temporary.replace(path)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """A new or empty folder with these files, by path: made beside its place, then renamed, so that it comes whole.

    Raises UsageError if the system refuses.
    """
    import shutil

    place = folder.resolve()  # which has a name, as `new/.` and `new/..` have not
    part = beside(place)
    try:
        part.mkdir(parents=True)
        for name, data in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if place.is_dir():
            place.rmdir()
        part.rename(place)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}): name another folder") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_new_folder(folder: Path) -> None:
    """Raise UsageError where there is something already, or what cannot be replaced: the folder that one is in."""
    if folder.resolve() == Path.cwd().resolve():
        raise UsageError(f"{folder} is the folder you are in, which cannot be replaced: name a new folder")
    if folder.is_dir() and not folder.is_symlink():
        with suppress(StopIteration):
            next(folder.iterdir())
            raise UsageError(f"{folder} is not empty, and is left as it is: name a new folder")
    elif os.path.lexists(folder):
        raise UsageError(f"{folder} is there already, and is no folder: name a new one")


def write_new(texts: Mapping[Path, str]) -> None:
    """Write texts in UTF-8 at paths where nothing is yet, with the folders that they need: all of them, or none.

    Raises UsageError if something is there, or the system refuses.
    """
    there = [path for path in texts if os.path.lexists(path)]
    if there:
        names = ", ".join(map(str, there))
        raise UsageError(f"{names} {'is' if len(there) == 1 else 'are'} there already: nothing was changed")
    made: list[Path] = []
    try:
        for path, text in texts.items():
            _make_folder(path.parent, made)
            with path.open("xb") as file:  # which fails if something came there meanwhile
                made.append(path)
                file.write(text.encode())
    except BaseException as error:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(error, OSError):
            name = error.filename or "the folder"
            raise UsageError(f"{name} cannot be made ({error.strerror}): nothing was changed") from None
        raise


def write_again(texts: Mapping[Path, str]) -> None:
    """Write Python texts in UTF-8, with the folders that they need, where nothing is or what this wrote earlier.

    A first line says what the text was, so that nothing that somebody has written or changed is ever lost: raises
    UsageError if such a file is there, before anything is written, or if the system refuses.
    """
    others = [str(path) for path in texts if os.path.lexists(path) and not _is_own(path)]
    if others:
        are = (
            "is there, and was not written by this or was changed since"
            if len(others) == 1
            else ("are there, and were not written by this or were changed since")
        )
        raise UsageError(f"{', '.join(others)} {are}: nothing was written; move it away, or name another folder")
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(path, error) from None
        write_whole(path, f"{_OWN}{_digest(text)}\n{text}")


def _is_own(path: Path) -> bool:
    """Whether a file is as :func:`write_again` left it."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > _LARGEST_OWN:
            return False
        first, _, text = path.read_bytes().decode("utf-8", "replace").partition("\n")
    except OSError as error:
        raise _refused(path, error) from None
    return first == f"{_OWN}{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _make_folder(path: Path, made: list[Path]) -> None:
    """Make a folder and those above it; ``made`` gets each that is new."""
    if path.is_dir():
        return
    _make_folder(path.parent, made)
    path.mkdir()
    made.append(path)


def check_unused(path: Path) -> None:
    """Raise UsageError where something is at ``path``."""
    if os.path.lexists(path):
        raise UsageError(f"{path} is there already, and is left as it is: move it away, or name another file")


def check_file(path: Path) -> None:
    """Raise UsageError where it is plain that no file can be written at ``path``: better before the work than after."""
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file in it")
        if _printed_to(path) is not None:
            return
        if _is_other(path):
            _check_access(path, os.W_OK)
        else:
            _check_folder(Path(os.path.realpath(path)).parent)
    except OSError as error:
        raise _refused(path, error) from None


def check_distinct(paths: Sequence[Path]) -> None:
    """Raise UsageError where two are one file, of which the second would replace the first. Devices take both."""
    met: dict[str, Path] = {}
    for path in paths:
        real = os.path.realpath(path)
        if real in met and not _is_other(path):
            also = "" if path == met[real] else f", which {met[real]} is as well"
            raise UsageError(f"two reports would be written to {path}{also}: name a file for each")
        met[real] = path


def check_folder(path: Path) -> None:
    """Raise UsageError where it is plain that ``path`` is no folder that files can be written into, nor becomes one."""
    try:
        above = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
        _check_folder(above)
    except OSError as error:
        raise UsageError(f"{path} cannot be a folder for results ({error.strerror}): name another") from None


def _printed_to(path: Path) -> int | None:
    """The number under which this process prints to ``path``, if it does. Opened anew, one overwrites the other."""
    for number in PRINTED_TO:
        with suppress(OSError):  # there is no such file, or nothing is printed to
            if os.path.samestat(path.stat(), os.fstat(number)):
                return number
    return None


def _is_other(path: Path) -> bool:
    """Whether something is there that is no regular file and no folder."""
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(kind) and not stat.S_ISDIR(kind)


def _write_into(descriptor: int, data: bytes, *, close: bool = True) -> None:
    with open(descriptor, "wb", closefd=close) as stream:
        stream.write(data)


def _replace(target: Path, data: bytes) -> None:
    temporary = beside(target)
    try:
        temporary.write_bytes(data)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def beside(path: Path) -> Path:
    """Where what is to be at ``path`` is written first, to be renamed when it is whole."""
    return path.with_name(f".{os.getpid()}-{os.urandom(8).hex()}.part")


def _check_folder(path: Path) -> None:
    """Raise OSError where this is no folder, or none in which files may be made."""
    if not stat.S_ISDIR(path.stat().st_mode):
        raise OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    _check_access(path, os.W_OK | os.X_OK)


def _check_access(path: Path, rights: int) -> None:
    """Raise OSError where these rights are missing."""
    if not os.access(path, rights):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def _refused(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written ({error.strerror}); check that its folder is there and may be changed")
