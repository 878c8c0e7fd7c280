"""The author's functions, once they fit together with the rest of an assignment's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.records.errors import AssignmentError, ReferenceFault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment
    from grader.records.errors import Mistake


def author_functions(files: AssignmentFiles) -> dict[str, Callable[..., Any]]:
    """The functions of ``properties.py`` by name."""
    module = files.load_properties()
    return {} if module is None else {name: value for name, value in vars(module).items() if callable(value)}


def agreed_functions(files: AssignmentFiles, assignment: Assignment) -> dict[str, Callable[..., Any]]:
    """The author's functions. Raises ReferenceFault where the files do not fit together, with every mistake."""
    functions, mistakes = agreement_of(files, assignment)
    if mistakes:
        raise ReferenceFault(mistakes)
    return functions


def agreement_of(
    files: AssignmentFiles, assignment: Assignment, unsure: Collection[int] = ()
) -> tuple[dict[str, Callable[..., Any]], list[Mistake]]:
    """The author's functions, and where the files do not fit together; nothing of exercises ``unsure``, by place."""
    from grader.course import agreement

    mistakes = agreement.of_reference(files, assignment, unsure)
    functions: dict[str, Callable[..., Any]] = {}
    try:
        functions = author_functions(files)
    except AssignmentError as error:
        mistakes += error.mistakes
    else:
        mistakes += agreement.of_properties(files, assignment, functions)
    return functions, mistakes
