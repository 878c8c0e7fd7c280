"""Signed reports as the results of a class: what continuous integration graded is taken in, and nothing is run.

A report that proves nothing makes a row without a score, and says why; nobody is dropped, and nobody gets a 0 by it.
Whose a report is says the name of its file or folder, and the report itself. Where two are signed for one student, and
the names do not tell which of them is that student's, somebody has to see: one may be another's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from grader.bank.signing_keys import PUBLIC_FILE
from grader.classroom.batch import ClassResult, Task, bare_row, begun, conclude, tasks_for
from grader.classroom.collect import LINK, PACKED, Entry, listing, names_of
from grader.classroom.export import ScoreRow, StoredReport, plain, row_of
from grader.classroom.whose import BothNames, named_alike
from grader.files import write_whole
from grader.grading.signed import Proven, proven_file
from grader.records.decoding import from_json
from grader.records.errors import GraderError, UsageError
from grader.records.signature import Flaw, Unproven, is_of_course
from grader.report.words import signature as words
from grader.submission.locate import ARCHIVE, MAX_ENTRIES, entries_below

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from grader.bank.signing_keys import PublicKey

REPORT = ".json"
MOST_FILES: Final = 100  # reports in a folder of one student
WRITTEN: Final = ("json", "html", "answers")  # of an earlier run, beside one another


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


def take_in(folder: Path, assignment: str, keys: Sequence[PublicKey], results: Path, course: str = "") -> ClassResult:
    """Take the reports in ``folder`` as results of a class, each by the signature that one of ``keys`` finds valid.

    ``course`` is the fingerprint of this course, where it is known: what another one graded is told.
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
    found = _held_against_each_other(_told_apart(found, assignment), course)
    tasks = tasks_for(entries, results)
    rows = begun(tasks, results, WRITTEN, words.NOT_YET)  # or an old mark might stand beside new ones
    try:
        for number, (task, each) in enumerate(zip(tasks, found, strict=True)):
            rows[number] = _written(task, each)
    finally:
        concluded = conclude(tasks, rows, results)
    return concluded


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
        with _opened(entry.path) as folder:
            looked = [(path.name, _of_assignment(proven_file(path, keys), assignment)) for path in _reports(folder)]
    except UsageError:  # without what verifies, which is no matter of this student's
        raise
    except GraderError as error:
        return TakenIn(entry, problem=str(error))
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


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    """The folder, or the file; of a zip archive, as artifacts are downloaded, a folder with what it holds."""
    if path.suffix.lower() != ARCHIVE or path.is_symlink() or not path.is_file():
        yield path
        return
    from grader.submission.archive import unpacked

    with unpacked(path, path.parent) as inside:
        yield inside


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


def _told_apart(found: Sequence[TakenIn], assignment: str) -> list[TakenIn]:
    """Whose each report says that it is, held against whose it was taken for, and against the others."""
    proven = [each for each in found if each.proven is not None]
    alike = named_alike([BothNames(each.signed_for, each.entry.student) for each in proven], assignment)
    bearing = {each.entry.student for each, bears in zip(proven, alike, strict=True) if bears}
    same = defaultdict(list)
    for each in proven:
        same[_work_of(each)].append(each)
    return [each if each.proven is None else _whose(each, same[_work_of(each)], bearing) for each in found]


def _work_of(each: TakenIn) -> str:
    """What is the same for two reports of one student; where nobody is named, for one report that came twice."""
    value = "" if each.proven is None else each.proven.report.signature.value
    return each.signed_for.casefold() or value


def _whose(each: TakenIn, same: Sequence[TakenIn], bearing: Container[str]) -> TakenIn:
    """One of the ``same`` student's, with what is to be known of it; names that are ``bearing`` tell whose it is."""
    if each.entry.student in bearing and sum(other.entry.student in bearing for other in same) == 1:
        return each
    if len(same) > 1:
        others = [other.entry.student for other in same if other is not each]
        return each._replace(proven=None, somebodys=True, problem=words.same_student(each.signed_for, others))
    told = words.signed_for_another(each.signed_for) if each.signed_for else words.signed_for_nobody()
    return each._replace(notes=(*each.notes, told))


def _held_against_each_other(found: Sequence[TakenIn], course: str) -> list[TakenIn]:
    """Marks of one class are to be made by one measure: who was graded by another than most is told so."""
    measures = Counter(_measure(each.proven) for each in found if each.proven is not None)
    if not measures:
        return list(found)
    usual, count = measures.most_common(1)[0]
    any_hidden = any(each.proven.report.signature.graded.hidden for each in found if each.proven is not None)
    told = words.other_cases(count, measures.total())
    return [_with_measure(_of_course(each, course), usual, any_hidden, told) for each in found]


def _of_course(each: TakenIn, course: str) -> TakenIn:
    """With a note where another course has graded it, which may have an assignment of that name as well."""
    graded = None if each.proven is None else each.proven.report.signature.graded
    if graded is None or is_of_course(graded, course):
        return each
    return each._replace(notes=(*each.notes, words.OTHER_COURSE))


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
    if found.proven is None:
        return bare_row(task, "needs a look" if found.somebodys else "ungraded", found.problem)
    try:
        stored = from_json(found.proven.data, StoredReport)
    except msgspec.MsgspecError as error:
        return bare_row(task, "ungraded", words.not_understood(str(error)))
    write_whole(task.path("json"), found.proven.data.decode())
    row = row_of(stored, plain(task.entry.student), task.file)
    return replace(row, note=plain("; ".join(found.notes)))
