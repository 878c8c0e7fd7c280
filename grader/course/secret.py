"""The secret of a course: 128 random bits from which its cases are drawn.

Whoever has the grader and a right solution can draw whatever is drawn from what they know. So hidden cases are drawn
from a secret. It comes from the first of these:

- the variable ``GRADER_SECRET``;
- ``.grader/secret`` in the course's folder, which Git ignores unless it is told otherwise. The first build makes it,
  where there is none;
- ``published-secret.txt`` beside it, for a course of which the hidden cases are no secret, and which says so.

Two secrets are derived from it for each assignment: one decides what students get to see, the other what they do not.
Neither can be got from the other, nor the course's own from both.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from grader.course.environment import held
from grader.files import beside
from grader.records.errors import UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from grader.records.assignment import Assignment

VARIABLE = "GRADER_SECRET"
FOLDER = ".grader"
FILE = "secret"
PUBLISHED = "published-secret.txt"
#: What a published secret's file must say, so that nobody publishes one by mistake.
SAYS_SO = "no secret"
BYTES = 16
#: Variables that continuous integration sets. What is made there is gone when the job ends.
FLEETING = ("CI", "GITHUB_ACTIONS")
LARGEST = 4096  # bytes of a file that are read

_TEXT = """\
# The secret of this course: its hidden cases are drawn from it. Keep it, and show it to no student.
# Whoever grades the same course elsewhere needs the same one: this file, or GRADER_SECRET with the line below.
{digits}
"""
_NEEDED = f"hidden cases are drawn from the secret in it: let its owner grade, or set {VARIABLE}"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CourseSecret(Record, frozen=True):
    """The bits, and where they come from: a variable's name, or a path."""

    bits: bytes
    source: str
    published: bool = False

    def __repr__(self) -> str:
        return f"CourseSecret(source={self.source!r})"  # a traceback shows no bits

    def draws(self, assignment: Assignment) -> Draws:
        """What decides the draws of an assignment: other ones for another ``seed`` of its file.

        Hidden ones are others for each ``draw``, too, and public ones stay: students have them.
        """
        of = f"{assignment.id}/{assignment.seed}"
        hidden = f"hidden/{of}/{assignment.draw}" if assignment.draw else f"hidden/{of}"
        return Draws(self._derived(f"public/{of}"), self._derived(hidden))

    def fingerprint(self) -> str:
        """What stands for the secret, and tells nothing of it."""
        return self._derived("fingerprint")[:16]

    def _derived(self, label: str) -> str:
        import hmac

        return hmac.digest(self.bits, label.encode(), "sha256").hex()


class Draws(Record, frozen=True):
    """What decides the draws of one assignment.

    From ``public`` come the public cases and all that counts for nothing, diagnostic cases and witnesses among it; from
    ``hidden`` come the hidden cases alone.
    """

    public: str
    hidden: str

    def __repr__(self) -> str:
        return "Draws(…)"


def secret_of(root: Path) -> CourseSecret:
    """The secret of the course in this folder, which is made if there is none, and said to be.

    Raises UsageError for one that cannot be read or made, or would be another one each time.
    """
    if (known := known_secret(root)) is not None:
        return known
    given = held(VARIABLE)  # empty where continuous integration withholds it, or does not know it
    if given is not None or any(map(os.environ.get, FLEETING)):
        raise UsageError(
            f"{VARIABLE} is {'not set' if given is None else 'empty'}, and {root} has no secret of its own: set it to "
            "that of the course, or hidden cases would be others each time"
        )
    made = make(root)
    _warn(
        f"{made.source}: made a secret, from which the hidden cases of this course are drawn; keep it, and take it "
        f"along wherever the course is graded, as this file or as {VARIABLE}"
    )
    return made


def known_secret(root: Path) -> CourseSecret | None:
    """The secret that there is. Raises UsageError for one that cannot be read."""
    if text := (held(VARIABLE) or "").strip():
        return CourseSecret(_bits(without_comments(text), VARIABLE), VARIABLE)  # often the file as it is
    own, published = file_of(root), root / PUBLISHED
    if (found := read_small(own)) is not None:
        _warn_if_shared(own)
        return CourseSecret(_bits(without_comments(found), str(own)), str(own))
    if (found := read_small(published)) is not None:
        if SAYS_SO not in found:
            raise UsageError(
                f"{published} must say, in a line that starts with #, that the hidden cases of this course are "
                f"{SAYS_SO!r}, for everybody can draw them: say so, or move the secret to {own}"
            )
        return CourseSecret(_bits(without_comments(found), str(published)), str(published), published=True)
    return None


def fingerprint_of(root: Path) -> str:
    """What stands for the secret of the course in this folder; empty where it is not known here."""
    with suppress(UsageError):
        if (known := known_secret(root)) is not None:
            return known.fingerprint()
    return ""


def make(root: Path) -> CourseSecret:
    """A new secret in the course's own file, or the one that another process made at the same time.

    Raises UsageError where it cannot be written: nothing is ever drawn without one.
    """
    path = file_of(root)
    try:
        make_folder(path.parent)
        _create(path, _TEXT.format(digits=os.urandom(BYTES).hex()), 0o600)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}), and hidden cases are drawn from a secret alone: "
            f"set {VARIABLE} to that of the course ({2 * BYTES} hexadecimal digits), or run `grade keys new` where the "
            "folder of the course may be written"
        ) from None
    text = read_small(path)
    assert text is not None
    return CourseSecret(_bits(without_comments(text), str(path)), str(path))


def secret_text(secret: CourseSecret) -> str:
    """What a file of a secret holds."""
    return _TEXT.format(digits=secret.bits.hex())


def file_of(root: Path) -> Path:
    """Where a course keeps its secret."""
    return root / FOLDER / FILE


def make_folder(path: Path) -> None:
    """The folder of a course's secrets, which Git ignores. Raises OSError."""
    path.mkdir(0o700, exist_ok=True)
    _create(path / ".gitignore", "*\n", 0o644)


def _create(path: Path, text: str, mode: int) -> None:
    """Make a file, whole, unless there is one. Raises OSError."""
    if os.path.lexists(path):
        return
    temporary = beside(path)
    try:
        write_new(temporary, text, mode)
        with suppress(FileExistsError):  # another process was faster: its secret is the course's
            try:
                path.hardlink_to(temporary)
            except FileExistsError:
                raise
            except (OSError, NotImplementedError):  # a file system without links; to rename would replace one
                write_new(path, text, mode)
    finally:
        temporary.unlink(missing_ok=True)


def write_new(path: Path, text: str, mode: int) -> None:
    """Write a file that must not be there, to the disk, or leave none. Raises OSError."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        try:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise


def read_small(path: Path, needed: str = _NEEDED) -> str | None:
    """The text of a file, None where there is none. Raises UsageError; ``needed`` says what for, and what helps."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path} is no file, and should be one: move it away")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:  # what stands behind would be lost
            raise UsageError(f"{path} has more than {LARGEST} bytes: take out what is neither a key nor a short remark")
        return data.decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise UsageError(
                f"{path} leads to a file that is not there: mount the disk that holds it, or remove the link"
            ) from None
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}), and {needed}") from None


def without_comments(text: str) -> str:
    """What the lines hold that do not start with ``#``."""
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("#"))


def _bits(digits: str, where: str) -> bytes:
    """What the digits stand for. Raises UsageError, which never shows them."""
    wanted = f"{where} should hold {2 * BYTES} hexadecimal digits ({8 * BYTES} bits)"
    remedy = "copy the course's secret anew, or make one by `grade keys new`"
    if len(digits) != 2 * BYTES:
        met = f"holds {len(digits)} characters" if digits else "is empty"
        raise UsageError(f"{wanted}, and {met}: {remedy}")
    if any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise UsageError(f"{wanted}, and holds another character: {remedy}")
    return bytes.fromhex(digits)


@cache  # a command asks for the secret several times
def _warn_if_shared(path: Path) -> None:
    if os.name != "posix":
        return
    with suppress(OSError):
        if path.stat().st_mode & _OTHERS:
            _warn(f"{path} can be read by other users of this machine, and so can the hidden cases: chmod 600 {path}")


def _warn(problem: str) -> None:
    import logging  # takes as long as a worker takes to start

    logging.getLogger(__name__).warning("%s", problem)
