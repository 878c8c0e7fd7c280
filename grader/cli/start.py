"""``grade start``: a folder to work in, and the note in it by which ``grade`` alone grades what lies there.

The note names a course, and a course's ``properties.py`` runs with the rights of whoever grades. So no note is believed
because it is there: it may have come with what somebody handed in. It has to be the user's own file, and its course
either lies above it, where ``grade`` would look anyway, or is one that this user has started from before.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.cli.course import assignments_here, course_at, course_option
from grader.cli.paths import ExistingPath
from grader.course.find import Course, courses_above, is_handed_out
from grader.course.note import NOTE, note_text
from grader.files import write_whole
from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.find import AssignmentFiles

BUNDLES = "*.bundle"
LARGEST = 1 << 16  # bytes of a note that are read


class Meant(NamedTuple):
    """What ``grade [ASSIGNMENT [PATH]]`` is about once what was left out is filled in."""

    assignment: str
    path: Path
    course: Path | None
    bundle: Path | None = None  # that stands in for a course


@click.command()
@click.argument("assignment", shell_complete=assignments_here)
@click.argument("folder", type=ExistingPath(), default=None, required=False)
@course_option
def start(assignment: str, folder: Path | None, course: Path | None) -> None:
    """Put an assignment's template and handout into FOLDER, by default one named after the assignment.

    There, `grade` alone grades your work. Nothing that is there is changed. Where --course names what `grade release`
    made, or the folder that holds it, a copy of that is put there.
    """
    released = None if course is None else _released(course, assignment)
    files = None if released else course_at(course).assignment(assignment)
    folder = folder or Path(assignment)
    sources = _sources(files) if files else _handed_out(released or Path())
    _fill(folder, sources)
    if files:
        write_whole(folder / NOTE, _note(files, folder))
        _remember(files.root)
    click.echo(f"{folder}: {', '.join(name for name in _tops(sources) if name != NOTE)}")
    click.echo("\n".join(["Now:", *(f"  {line}" for line in _next_commands(folder))]))


def meant(assignment: str | None, path: Path | None, course: Path | None) -> Meant:
    """What to grade, of which assignment, held against which course; None where that was left out.

    Raises UsageError where no assignment is named and no note here names one.
    """
    if assignment is None:
        return _noted(Path(NOTE), course)
    return Meant(assignment, path or _started_here(assignment, course) or Path(), course)


def is_to_work_in(folder: Path) -> bool:
    """Whether a folder holds a note, or a bundle that lost its own."""
    return (folder / NOTE).exists() or any(folder.glob(BUNDLES))


def _started_here(assignment: str, course: Path | None) -> Path | None:
    """In the course's own folder, which is no work to be graded: the folder that ``grade start`` made there.

    A hand-in may look like a course with such a folder in it. Only what this user has started from is one.
    """
    folder = Path(assignment)
    is_course = course is None and Path("assignments").is_dir() and os.path.isdir(folder)  # noqa: PTH112 - takes any name
    return folder if is_course and _started_from(Path.cwd().resolve()) else None


def _sources(files: AssignmentFiles) -> dict[str, Path]:
    """What a course hands out of an assignment, by the path that it gets.

    Raises UsageError where there is no template, or one that holds what goes with the handout.
    """
    from grader.course.handout import handout_files

    if not files.template.is_dir():
        raise UsageError(f"{files.name} has no template: {files.template} is missing")
    beside = handout_files(files)
    if taken := [name for name in beside if (files.template / name).exists()]:
        raise UsageError(f"{files.template / taken[0]} stands where {beside[taken[0]]} belongs: rename it")
    return {**_handed_out(files.template), **beside}


def _released(named: Path, assignment: str) -> Path | None:
    """The folder of an assignment that `grade release` made, if that is ``named``, or what holds it, and no course.

    Such folders may lie in a course, which is not what is meant then.
    """
    if Course(named).assignments():
        return None
    for folder in (named, named / assignment):
        with suppress(UsageError, OSError):
            found = _read(folder / NOTE, whoevers=True)
            if found.get("assignment") == assignment and isinstance(found.get("bundle"), str):
                return folder
    return None


def _handed_out(template: Path) -> dict[str, Path]:
    """What lies in a folder of a template, but for what systems and tools leave there."""
    return {path.name: path for path in sorted(template.iterdir()) if is_handed_out(path)}


def _tops(sources: Mapping[str, Path]) -> list[str]:
    """The names of files and folders that a folder is filled with."""
    return list(dict.fromkeys(name.partition("/")[0] for name in sources))


def _fill(folder: Path, sources: Mapping[str, Path]) -> None:
    """Copy what is handed out, all of it or nothing.

    Raises UsageError where something of that name is there, or the system refuses.
    """
    names = dict.fromkeys([*_tops(sources), NOTE])
    if there := [name for name in names if os.path.lexists(folder / name)]:
        raise UsageError(f"{folder} already holds {', '.join(there)}: nothing was changed, so that no work is lost")
    import shutil

    anew, part = not folder.exists(), folder / f".{os.urandom(8).hex()}.part"
    try:
        part.mkdir(parents=True)
        for name, source in sources.items():
            (part / name).parent.mkdir(exist_ok=True)
            _copy(source, part / name)
        for name in sorted(_tops(sources), key=lambda each: each == NOTE):  # by which it is taken for a whole one
            (part / name).rename(folder / name)
    except OSError as error:
        of = "" if str(part) in str(error.filename) else f"{error.filename}: "
        raise UsageError(f"{folder} cannot be filled ({of}{error.strerror}), and nothing was left there") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if anew:
            with suppress(OSError):  # it is filled
                folder.rmdir()


def _copy(source: Path, target: Path) -> None:
    """A file, or a folder with all in it, so that it can be changed whoever may change the template."""
    import shutil

    if source.is_dir():
        target.mkdir()
        for name, each in _handed_out(source).items():
            _copy(each, target / name)
    else:
        shutil.copy(source, target)
        target.chmod(target.stat().st_mode | stat.S_IWUSR)


def _next_commands(folder: Path) -> list[str]:
    """What to type next, as the shell in use reads it."""
    import shutil

    from grader.cli.shell import calls, changes_to, shell_in_use

    shell = shell_in_use()
    command = "grade" if shutil.which("grade") else calls(shell, sys.executable, "-m grader")
    return [command] if folder.resolve() == Path.cwd() else [changes_to(shell, folder), command]


# ── the note ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _note(files: AssignmentFiles, folder: Path) -> str:
    """Relative where the course lies above, so that both can be moved together."""
    inside = folder.resolve().is_relative_to(files.root)
    course = os.path.relpath(files.root, folder.resolve()) if inside else str(files.root)
    return note_text(files.name, "course", course)


def _noted(note: Path, named: Path | None) -> Meant:
    """What a note says, of the assignment alone where a course was ``named``.

    Raises UsageError if there is none, and for one that is damaged or whose course is not to be believed.
    """
    import shlex

    found = _read(note)
    if (practice := _practice(found, note, named)) is not None:
        return practice
    assignment, course = found.get("assignment"), found.get("course")
    if not isinstance(assignment, str) or not isinstance(course, str) or "\0" in course:
        raise UsageError(f'{note} should hold assignment = "…" and course = "…". Name what to grade: grade ASSIGNMENT')
    if named is not None:
        return Meant(assignment, note.parent, named)
    root = (note.parent / course).resolve()
    if next(courses_above(note.parent), None) == Course(root):
        return Meant(assignment, note.parent, None)  # which `grade` would find by itself, and has rules for
    if not _started_from(root):
        raise UsageError(
            f"{note} names the course {root}, whose code would run with your rights, and you have started nothing from "
            f"it here. If you trust it: grade {shlex.quote(assignment)} --course {shlex.quote(str(root))}"
        )
    return Meant(assignment, note.parent, root)


def _practice(found: dict[str, Any], note: Path, named: Path | None) -> Meant | None:
    """What a note of `grade release` says, whose bundle lies beside it; None of another, or where a course is named.

    The bundle's laws run with the rights of whoever types `grade` here, as SECURITY.md says: so it is a file of this
    very folder, and never one that a note elsewhere leads to.
    """
    assignment, bundle = found.get("assignment"), found.get("bundle")
    if not isinstance(assignment, str) or not isinstance(bundle, str) or "course" in found:
        return None
    if named is not None and _released(named, assignment) is None:  # from which this one may have come
        return Meant(assignment, note.parent, named)
    if not bundle.isprintable() or bundle != re.split(r"[/\\:]", bundle)[-1] or bundle in {"", ".", ".."}:
        raise UsageError(f"{note} names no bundle in this folder: get the folder again from your course")
    return Meant(assignment, note.parent, None, note.parent / bundle)


def _read(note: Path, *, whoevers: bool = False) -> dict[str, Any]:
    """What a note says. Raises UsageError for what is no TOML, and what :func:`_text` refuses."""
    import tomllib

    text = _text(note, whoevers=whoevers)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{note} is no TOML: {error}. Name what to grade: grade ASSIGNMENT") from None


def _text(note: Path, *, whoevers: bool) -> str:
    """Raises UsageError for what `grade start` cannot have written, or another user did, where that is not fine."""
    foreign = f"{note} is none that `grade start` wrote. Name what to grade: grade ASSIGNMENT"
    if note.exists() and not note.is_file():  # a pipe would be waited for
        raise UsageError(foreign)
    try:
        with note.open("rb") as file:
            data, owner = file.read(LARGEST + 1), os.fstat(file.fileno()).st_uid
    except FileNotFoundError:
        if bundle := next(note.parent.glob(BUNDLES), None):
            raise UsageError(
                f"{bundle} is here, and {note}, which belongs to it, is not: get the folder again from your course, "
                "and copy it whole; names that begin with a dot are easily left behind"
            ) from None
        raise UsageError(
            f"nothing says what to grade here: name an assignment, as in `grade assignment3`, or change to a folder "
            f"that `grade start` made, which holds {note}"
        ) from None
    except OSError as error:
        raise UsageError(f"{note} cannot be read ({error.strerror}). Name what to grade: grade ASSIGNMENT") from None
    if not whoevers and hasattr(os, "geteuid") and owner != os.geteuid():
        raise UsageError(f"{note} belongs to another user, and is not read. Name what to grade: grade ASSIGNMENT")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(foreign) from None
    if len(data) > LARGEST:
        raise UsageError(foreign)
    return text


def _started_from(course: Path) -> bool:
    from grader.bank.cache import started_file

    return started_file(course).is_file()


def _remember(course: Path) -> None:
    """That this user started from a course; where that cannot be kept, ``grade`` asks for ``--course`` later."""
    from grader.bank.cache import started_file
    from grader.bank.store import make_private

    kept = started_file(course)
    with suppress(OSError, UsageError):
        make_private(kept.parent)
        write_whole(kept, f"{course}\n")
