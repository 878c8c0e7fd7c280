"""What students are given to practise on: a folder with template, handout, its figures, a note and a bundle.

What goes is a list of what may, here and in :data:`grader.bank.bundle.MEMBERS`; nothing is copied because it lies
somewhere. Before anything is written, all of it is searched for hidden arrays and for statements of the reference
(:mod:`grader.classroom.leaks`). The folder comes whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.bank.bundle import NAME, Bundle, pack
from grader.bank.freeze import inputs_sha256
from grader.bank.sealed_half import NAME as SEALED
from grader.bank.sealed_half import sealed_half
from grader.classroom.leaks import leaks_in, secrets_of
from grader.course.disclosed import public_assignment, public_laws, secret_statements, solution_told
from grader.course.find import is_handed_out
from grader.course.handout import HANDOUT, handout_files, handout_mistakes, shown_files
from grader.course.note import NOTE, note_text
from grader.course.secret import secret_of
from grader.course.snippet import asked_names
from grader.files import check_new_folder, write_folder
from grader.grading.named_mistakes import still_wrong, usable_mistakes
from grader.records.bank import CaseBank
from grader.records.errors import AssignmentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.bank.keyring import SealingKey
    from grader.bank.reference import Reference
    from grader.course.disclosed import Laws
    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment
    from grader.records.bank import Diagnostics

LARGEST = 32 << 20  # bytes of a template


class Release(NamedTuple):
    """What a student's folder will hold, by path, and which laws and whose helpers become readable by it."""

    files: Mapping[str, bytes]
    laws: tuple[str, ...]
    helpers: tuple[str, ...]  # ids of exercises

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return sum(map(len, self.files.values()))


def readable_laws(files: AssignmentFiles, assignment: Assignment) -> Laws:
    """What of ``properties.py`` goes. Raises AssignmentError where that, or a helper, tells the reference.

    Raises UsageError where a law needs what students have not.
    """
    if told := solution_told(files, assignment):
        raise AssignmentError(told)
    laws = public_laws(files, assignment)
    if laws.drawing:
        raise UsageError(
            f"{files.properties}: {', '.join(laws.drawing)} needs Hypothesis, which students have not: let laws use "
            "NumPy alone, and strategies Hypothesis"
        )
    return laws


def check_handout(files: AssignmentFiles) -> None:
    """Raise AssignmentError where the handout shows what students would not see. Better before cases are made."""
    if mistakes := handout_mistakes(files):
        raise AssignmentError(mistakes)


def release_of(
    files: AssignmentFiles, bank: CaseBank, reference: Reference, sealing: SealingKey | None = None
) -> Release:
    """The folder for students, with hidden cases only where a key is given that seals them.

    Raises UsageError where it would tell what is hidden, or there is no template, and what :func:`readable_laws` does.
    """
    assignment = bank.assignment
    laws = readable_laws(files, assignment)
    named = usable_mistakes(files, bank)
    named = tuple(each for each in named if still_wrong(each, assignment, reference.answers))
    bundle = Bundle(public_half(bank), laws.text, named, course=secret_of(files.root).fingerprint())
    packed = pack(bundle)
    handed_out = _handed_out(files)
    written = {**handed_out, NOTE: note_text(files.name, "bundle", NAME).encode(), NAME: packed}
    secrets = secrets_of(bank, secret_statements(files, assignment))
    readable = handed_out.keys() - shown_files(files).keys()  # which no statement can have been meant to be told in
    if found := leaks_in(written, secrets, readable=frozenset(readable)):
        raise UsageError(f"nothing was written, for it would tell what is hidden: {'; '.join(found[:5])}")
    if sealing is not None:
        written[SEALED] = sealed_half(bank, bundle, packed, sealing)
    helped = tuple(exercise.id for exercise in assignment.exercises if exercise.helpers)
    return Release(written, laws.names, helped)


def public_half(bank: CaseBank) -> CaseBank:
    """A bank with what students may have of it alone."""
    cases = {name: tuple(case for case in those if case.public) for name, those in bank.cases.items()}
    return CaseBank(
        public_assignment(bank.assignment),
        cases,
        inputs_sha256=inputs_sha256(cases),
        diagnostics={name: _public_clues(clues, bank.assignment) for name, clues in bank.diagnostics.items()},
    )


def _public_clues(clues: Diagnostics, assignment: Assignment) -> Diagnostics:
    """Diagnostics without names of functions that are the reference's own affair."""
    asked = asked_names(assignment)
    mistakes = tuple(each if each.function in asked else replace(each, function="") for each in clues.mistakes)
    return replace(clues, mistakes=mistakes)


def _handed_out(files: AssignmentFiles) -> dict[str, bytes]:
    """Template and handout, by path. Raises UsageError where there is no template, or it cannot be handed out."""
    if not files.template.is_dir():
        raise UsageError(f"{files.name} has no template: {files.template} is missing; `grade template` makes one")
    found = {}
    for path in sorted(files.template.rglob("*")):
        within = path.relative_to(files.template)
        if path.is_dir() or not all(map(is_handed_out, (within, *within.parents[:-1]))):
            continue
        found[within.as_posix()] = _content(path)
        if sum(map(len, found.values())) > LARGEST:
            raise UsageError(f"{files.template} has more than {LARGEST >> 20} MiB: students are handed out less")
    beside = handout_files(files)
    if taken := [name for name in (NOTE, NAME, SEALED, HANDOUT, *beside) if name in found]:
        raise UsageError(f"{files.template / taken[0]} stands where `grade release` writes its own: rename it")
    return found | {name: _content(path) for name, path in beside.items()}


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UsageError(f"{path} is no file that can be handed out: remove it from the template")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def check_target(folder: Path, files: AssignmentFiles) -> None:
    """Raise UsageError where there is something already, or the course's own files are.

    Nor can it be the current folder, which would be another one afterwards. Better before cases are made than after.
    """
    for own in (files.template.parent, files.reference.parent, files.yaml.parent.parent):
        if folder.resolve().is_relative_to(own.resolve()):
            raise UsageError(
                f"{folder} lies in {own.name}/, which holds the course's own files: name a folder elsewhere"
            )
    check_new_folder(folder)


def write(release: Release, folder: Path) -> None:
    """Write a student's folder, new or empty, whole or not at all. Raises UsageError if that cannot be."""
    write_folder(folder, release.files)
