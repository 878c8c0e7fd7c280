"""Signed reports as the results of a class: what continuous integration graded is taken in, and nothing is run.

A report that proves nothing makes a row without a score, and says why; nobody is dropped, and nobody gets a 0 by it.
Whose a report is says the name of its file or folder, and the report itself. Where two are signed for one student, and
the names do not tell which of them is that student's, somebody has to see: one may be another's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from grader.bank.signing_keys import PUBLIC_FILE
from grader.classroom.batch import ClassResult, Task, bare_row, conclude, discard, tasks_for
from grader.classroom.collect import LINK, PACKED, Entry, listing, names_of
from grader.classroom.export import ScoreRow, StoredReport, plain, row_of
from grader.files import write_whole
from grader.grading.signed import Proven, proven_file
from grader.records.decoding import from_json
from grader.records.errors import GraderError, UsageError
from grader.records.signature import Flaw, Unproven
from grader.report.words import signature as words
from grader.submission.locate import ARCHIVE, MAX_ENTRIES, entries_below

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.bank.signing_keys import PublicKey

REPORT = ".json"
MOST_FILES: Final = 100  # reports in a folder of one student
WRITTEN: Final = ("json", "html", "answers")  # of an earlier run, beside one another

_APART = re.compile(r"[\W_]+")


class TakenIn(NamedTuple):
    """What was found of one student: a report that counts, with what is to be known of it; or why there is none."""

    entry: Entry
    proven: Proven | None = None
    problem: str = ""
    somebodys: bool = False  # with a problem: it is a good report, and somebody has to see whose
    notes: tuple[str, ...] = ()

    @property
    def signed_for(self) -> str:
        """The student or repository that the report says it is of; empty where it says nobody."""
        return "" if self.proven is None else self.proven.report.signature.graded.student


def take_in(folder: Path, assignment: str, keys: Sequence[PublicKey], results: Path) -> ClassResult:
    """Take the reports in ``folder`` as results of a class, each by the signature that one of ``keys`` finds valid.

    Each folder in it is one student's, and so is each JSON file. Raises UsageError if there is no such folder or
    nothing in it, or if ``results`` cannot be written to.
    """
    if not keys:
        raise UsageError(
            f"the course has no {PUBLIC_FILE}, by which signed reports are verified: take it from the course's "
            "repository, or make a key by `grade keys new --signing`"
        )
    entries = _collected(folder)
    if results.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"results in {results} would be written among the reports in {folder}: name another folder")
    found = [_taken(entry, assignment, keys) for entry in entries]
    found = _held_against_each_other(_told_apart(found))
    tasks = tasks_for(entries, results)
    return conclude(tasks, [_written(task, each) for task, each in zip(tasks, found, strict=True)], results)


# ── one student ───────────────────────────────────────────────────────────────────────────────────────────────────


def _collected(folder: Path) -> tuple[Entry, ...]:
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {what}: expected a folder with one folder, or one signed report, for each student")
    paths = [path for path in listing(folder) if _is_somebodys(path)]
    if not paths:
        raise UsageError(f"{folder} holds no reports: expected one folder, or one file such as name.json, a student")
    found = [Entry(name, path) for name, path in zip(names_of(paths), paths, strict=True)]
    return tuple(sorted(found, key=lambda entry: (entry.student.casefold(), entry.student)))


def _is_somebodys(path: Path) -> bool:
    return path.is_symlink() or path.is_dir() or path.suffix.lower() in (REPORT, ARCHIVE, *PACKED)


def _taken(entry: Entry, assignment: str, keys: Sequence[PublicKey]) -> TakenIn:
    """What counts of a student's reports: the one that was signed last."""
    try:
        files = _reports(entry.path)
    except GraderError as error:
        return TakenIn(entry, problem=str(error))
    looked = [(path.name, _of_assignment(proven_file(path, keys), assignment)) for path in files]
    proven = [each for _, each in looked if isinstance(each, Proven)]
    flaws = [(name, flaw) for name, flaw in looked if isinstance(flaw, Flaw)]
    telling = [each for each in flaws if each[1].why is not Unproven.NO_REPORT]  # a folder may hold other JSON
    if not proven:
        return _without(entry, (telling or flaws)[0])
    students = sorted({each.report.signature.graded.student.casefold() for each in proven})
    if len(students) > 1:  # the newest might be another's
        return TakenIn(entry, somebodys=True, problem=words.several_students(students))
    return _newest(entry, proven, telling)


def _newest(entry: Entry, proven: Sequence[Proven], flaws: Sequence[tuple[str, Flaw]]) -> TakenIn:
    newest = max(proven, key=_signed_at)
    notes = [words.newest_of(len(proven), _signed_at(newest))] if len(proven) > 1 else []
    if flaws:
        notes.append(words.left_aside([name for name, _ in flaws], words.unproven(flaws[0][1])))
    return TakenIn(entry, newest, notes=tuple(notes))


def _without(entry: Entry, looked: tuple[str, Flaw]) -> TakenIn:
    name, flaw = looked
    return TakenIn(entry, problem=f"{name} proves nothing: {words.unproven(flaw)}")


def _signed_at(proven: Proven) -> str:
    return proven.report.signature.graded.time


def _reports(path: Path) -> list[Path]:
    """The files that may be reports. Raises GraderError where there is none, or too many."""
    if path.is_symlink():
        raise GraderError(LINK)
    if not path.is_dir():
        if path.suffix.lower() != REPORT or not path.is_file():  # a pipe would be waited for
            raise GraderError(words.not_opened(str(path)))
        return [path]
    below = islice(entries_below(path), MAX_ENTRIES)
    found = [each for each in below if each.suffix.lower() == REPORT and each.is_file() and not each.is_symlink()]
    if not found:
        raise GraderError(words.nothing_there(str(path)))
    if len(found) > MOST_FILES:
        raise GraderError(f"{path} holds more than {MOST_FILES} JSON files: leave the reports alone in it")
    return found


def _of_assignment(found: Proven | Flaw, assignment: str) -> Proven | Flaw:
    if isinstance(found, Proven) and found.report.assignment != assignment:
        return Flaw(Unproven.OTHER_ASSIGNMENT, found.report.assignment)
    return found


# ── all of them ───────────────────────────────────────────────────────────────────────────────────────────────────


def _told_apart(found: Sequence[TakenIn]) -> list[TakenIn]:
    """Whose each report says that it is, held against whose it was taken for, and against the others."""
    same = defaultdict(list)
    for each in found:
        if each.proven is not None:
            same[_work_of(each.proven)].append(each)
    return [each if each.proven is None else _whose(each, same[_work_of(each.proven)]) for each in found]


def _work_of(proven: Proven) -> str:
    """What is the same for two reports of one student; where nobody is named, for one report that came twice."""
    signature = proven.report.signature
    return signature.graded.student.casefold() or signature.value


def _whose(each: TakenIn, same: Sequence[TakenIn]) -> TakenIn:
    if _bears_its_name(each) and sum(map(_bears_its_name, same)) == 1:
        return each
    if len(same) > 1:
        others = [other.entry.student for other in same if other is not each]
        return each._replace(proven=None, somebodys=True, problem=words.same_student(each.signed_for, others))
    told = words.signed_for_another(each.signed_for) if each.signed_for else words.signed_for_nobody()
    return each._replace(notes=(*each.notes, told))


def _bears_its_name(each: TakenIn) -> bool:
    """Whether one of the two names is, word for word, in the other: ``ada`` and ``course/assignment3-ada``."""
    if not each.signed_for:
        return False
    signed, last, name = map(_worded, (each.signed_for, each.signed_for.rpartition("/")[2], each.entry.student))
    return name in signed or last in name


def _worded(name: str) -> str:
    return f" {_APART.sub(' ', name.casefold()).strip()} "


def _held_against_each_other(found: Sequence[TakenIn]) -> list[TakenIn]:
    """Marks of one class are to be made by one measure: who was graded by another than most is told so."""
    measures = Counter(_measure(each.proven) for each in found if each.proven is not None)
    if not measures:
        return list(found)
    usual, count = measures.most_common(1)[0]
    any_hidden = any(each.proven.report.signature.graded.hidden for each in found if each.proven is not None)
    return [_with_measure(each, usual, any_hidden, words.other_cases(count, measures.total())) for each in found]


def _with_measure(each: TakenIn, usual: tuple[str, float], any_hidden: bool, told: str) -> TakenIn:
    if each.proven is None:
        return each
    report, notes = each.proven.report, list(each.notes)
    if _measure(each.proven) != usual:
        notes.append(told)
    if any_hidden and not report.signature.graded.hidden and report.score is not None:
        notes.append(words.without_hidden())
    return each._replace(notes=tuple(notes))


def _measure(proven: Proven) -> tuple[str, float]:
    return proven.report.fingerprint.bank or proven.report.bank, proven.report.max_score


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _written(task: Task, found: TakenIn) -> ScoreRow:
    """The row of a student, whose report is copied beside the scores if it counts."""
    discard(task, WRITTEN)
    if found.proven is None:
        return bare_row(task, "needs a look" if found.somebodys else "ungraded", found.problem)
    try:
        stored = from_json(found.proven.data, StoredReport)
    except msgspec.MsgspecError as error:
        return bare_row(task, "ungraded", words.not_understood(str(error)))
    write_whole(task.path("json"), found.proven.data.decode())
    row = row_of(stored, plain(task.entry.student), task.file)
    return replace(row, note=plain("; ".join(found.notes)))
