"""``helpers.py`` of an assignment: what ``run`` may call that is no student's to write. It is read here, never run.

It is no secret, for it runs beside student code. What a ``run`` takes of it is kept with the exercise, as text, and
executed anew for each case in a module of its own, on both sides. Its names hide those of a submission.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.course.reach import names_bound, reached
from grader.course.snippet import SnippetError, parse_snippet
from grader.records.errors import Mistake
from grader.submission.libraries import wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from grader.records.assignment import Assignment

FILE = "helpers.py"


def read_helpers(path: Path) -> tuple[str, list[Mistake]]:
    """The text of the file at ``path``, and what is wrong with it by itself; nothing if there is none."""
    if not path.is_file():
        return "", []
    try:
        text = path.read_text(encoding="utf-8")
        parse_snippet(text)
    except UnicodeDecodeError:
        return "", [Mistake(str(path), 0, 0, "", "is no UTF-8: save it as UTF-8")]
    except SnippetError as error:
        return "", [Mistake(str(path), error.line, error.column, "", f"is no valid Python: {error}")]
    return text, []


def taken(helpers: str, run: str) -> str:
    """What a ``run`` takes of helpers, with all that this reaches; empty for nothing, and for what is no Python."""
    if not helpers:
        return ""
    try:
        names = parse_snippet(run).taken & parse_snippet(helpers).bound
    except SnippetError:
        return ""
    return reached(helpers, names) if names else ""


def libraries(helpers: str, preload: Collection[str]) -> tuple[str, ...]:
    """What must be loaded for helpers and student code. NumPy always is, and as a whole nobody may import it."""
    if not helpers:
        return tuple(preload)
    return tuple(name for name in wanted({FILE: helpers}, preload) if name != "numpy" or name in preload)


def unfit(path: Path, assignment: Assignment, reference: Path, defined: Collection[str]) -> Iterator[Mistake]:
    """What must not be there: what exercises ask for, by any way, and imports that no worker has.

    ``defined`` are names of the reference, which exercises ask for where a ``run`` uses them.
    """
    text, _ = read_helpers(path)
    used = frozenset[str]().union(*(parse_snippet(exercise.run).taken for exercise in assignment.exercises))
    asked = (used & frozenset(defined)) | {exercise.id for exercise in assignment.exercises if exercise.id in used}
    stems = {reference.stem, assignment.module.removesuffix(".py").rpartition("/")[2], "properties"}
    allowed = {"numpy", *libraries(text, assignment.preload)}
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        for name in sorted(_bound(node) & asked):
            message = (
                f"defines `{name}`, which an exercise asks for: run would take it from here, and from no student; "
                "name it otherwise, or take it out"
            )
            yield Mistake(str(path), line, 1, "", message)
        if isinstance(node, ast.Import | ast.ImportFrom) and (problem := _import_problem(node, stems, allowed)):
            yield Mistake(str(path), line, 1, "", problem)


def _bound(node: ast.AST) -> set[str]:
    """Names that a statement binds, at whatever depth it stands."""
    return names_bound(node) if isinstance(node, ast.stmt) else set()


def _import_problem(node: ast.Import | ast.ImportFrom, stems: set[str], allowed: Collection[str]) -> str:
    if isinstance(node, ast.ImportFrom) and (node.level or any(name.name == "*" for name in node.names)):
        return "imports by a dot or a star: import each name from NumPy, Python's own modules or what preload names"
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
    names = [name for name in names if name != "__future__"]  # which decides how the text is read
    for name in names:
        root = name.partition(".")[0]
        if root in stems:
            return f"imports {root}, which holds what exercises ask for: helpers know of no solution"
        if name not in allowed and root != "numpy":
            return f"imports {name}: it may import NumPy, Python's own modules and what preload names"
    return ""
