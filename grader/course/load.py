"""An assignment file as an :class:`~grader.records.assignment.Assignment`, or every mistake in it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from grader.course.draw_history import read_history
from grader.course.find import DRAWS
from grader.course.findings import Cursor
from grader.course.forms.form import name_problem
from grader.course.forms.surface import ASSIGNMENT
from grader.course.helpers import FILE, libraries, read_helpers, taken
from grader.course.positions import MAX_BYTES, read
from grader.course.rules import check_assignment, check_tolerance
from grader.course.shared import with_shared
from grader.records.assignment import Assignment, Exercise, Limits, Output
from grader.records.errors import AssignmentError, Mistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path as FilePath

    from grader.course.findings import DocumentFindings
    from grader.course.wording import Path


def load(path: FilePath) -> Assignment:
    """The assignment in ``assignments/<id>/assignment.yaml``; its id is the folder's name.

    Raises AssignmentError with every mistake, each at its line and column.
    """
    return _right(drafted(path))


class Draft(NamedTuple):
    """An assignment as far as its file can be read, with stand-ins for what is wrong, and what was found."""

    assignment: Assignment
    findings: DocumentFindings

    @property
    def mistakes(self) -> list[Mistake]:
        """All of them, in the order of the file, also those with which work can be graded."""
        return _in_order([*self.findings.mistakes, *self.findings.doubts])

    def unsure(self) -> frozenset[int]:
        """Exercises of which nobody can tell what they ask of the reference, by their place."""
        found = set()
        for index, _ in enumerate(self.assignment.exercises):
            path: Path = ("exercises", index)
            own = [path, *((*path, key) for key in ("run", "inputs", "dims"))]
            if not self.findings.written((*path, "run")):
                own.append((*path, "id"))
            if self.findings.refused(("exercises",), ("dims",), *own):
                found.add(index)
        return frozenset(found)


def drafted(path: FilePath) -> Draft:
    """What can be read of an assignment file. Raises AssignmentError if that is nothing."""
    try:
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AssignmentError([Mistake(str(path), 0, 0, "", f"the file cannot be read: {reason}")]) from error
    helpers, mistakes = read_helpers(path.with_name(FILE))
    history, wrong = read_history(path.with_name(DRAWS))
    name = path.absolute().parent.name
    draft = _drafted(source, file=str(path), id=name, helpers=helpers, known=[*mistakes, *wrong])
    return draft._replace(assignment=replace(draft.assignment, draw=history.draw))


def parse(
    text: str | bytes,
    *,
    file: str,
    id: str,  # noqa: A002  # the record's field, by its name
    helpers: str = "",
    known: Sequence[Mistake] = (),
) -> Assignment:
    """The assignment that ``text`` describes. ``file`` is how messages name it, ``id`` is the assignment's own.

    ``helpers`` is the text of ``helpers.py``; ``known`` are mistakes in that. Raises AssignmentError as :func:`load`
    does.
    """
    return _right(_drafted(text, file=file, id=id, helpers=helpers, known=known))


def _right(draft: Draft) -> Assignment:
    if draft.findings.mistakes:
        raise AssignmentError(draft.mistakes)
    return draft.assignment


def _drafted(
    text: str | bytes,
    *,
    file: str,
    id: str,  # noqa: A002  # as above
    helpers: str,
    known: Sequence[Mistake],
) -> Draft:
    findings = with_shared(read(text, file=file))
    findings.mistakes += (*known, *findings.document.mistakes)
    if name_problem(id.replace("-", "_")):
        findings.add((), f"lies in the folder {id!r}, whose name is the assignment's id: use letters, digits, _ and -")
    surface = ASSIGNMENT.read(Cursor(findings.document.tree, (), findings))
    assignment = _with_helpers(_filled(surface, id, findings), helpers)
    if not findings.refused(()):  # nothing but stand-ins is left of a file that is no mapping
        check_assignment(assignment, findings)
    return Draft(replace(assignment, preload=libraries(helpers, assignment.preload)), findings)


def _in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """By their places; of those that say the same of one place, which several exercises may use, the first."""
    said: dict[tuple[int, int, str], Mistake] = {}
    for mistake in mistakes:
        said.setdefault((mistake.line, mistake.column, mistake.message), mistake)
    return sorted(said.values(), key=lambda mistake: (mistake.line, mistake.column))


def _with_helpers(assignment: Assignment, helpers: str) -> Assignment:
    exercises = [replace(exercise, helpers=taken(helpers, exercise.run)) for exercise in assignment.exercises]
    return replace(assignment, exercises=tuple(exercises))


_INHERITED = ("limits", "dims", "tolerance", "shared")  # keys of the file that its exercises take over


def _filled(surface: dict[str, Any], name: str, findings: DocumentFindings) -> Assignment:
    """The surface with defaults and inherited values written out."""
    top: dict[str, Any] = {"limits": {}, "dims": {}, "tolerance": None, **surface}
    if top["tolerance"] is not None:
        check_tolerance(top["tolerance"], ("tolerance",), findings)
    total = top["limits"].get("total")
    top["limits"] = {key: value for key, value in top["limits"].items() if key != "total"}
    exercises = [_exercise(own, top, ("exercises", index), findings) for index, own in enumerate(top["exercises"])]
    own = {key: value for key, value in surface.items() if key not in _INHERITED}
    return Assignment(**{**own, "id": name, "exercises": tuple(exercises), "total": total})


def _exercise(own: dict[str, Any], top: dict[str, Any], path: Path, findings: DocumentFindings) -> Exercise:
    filled = {
        "title": own["id"].replace("_", " "),
        "tolerance": top["tolerance"],
        "run": f"result = {own['id']}({', '.join(own['inputs'])})",
        "outputs": {"result": Output()},
        **own,
        "dims": {**top["dims"], **own.get("dims", {})},
        "limits": replace(Limits(), **{**top["limits"], **own.get("limits", {})}),
    }
    if "tolerance" in own:
        check_tolerance(own["tolerance"], (*path, "tolerance"), findings)
    if "run" in own and "outputs" not in own and not findings.refused((*path, "outputs")):
        findings.add((*path, "outputs"), "is missing: name what run leaves behind, such as {h: [H, 1]}")
    return Exercise(**filled)
