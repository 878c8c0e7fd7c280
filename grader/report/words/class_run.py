"""Sentences about a class that is graded, and what an earlier run of it has left."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from grader.records.report import Change

_BECAUSE: Final[dict[Change, str]] = {
    "submission": "other work is handed in",
    "assignment": "assignment.yaml has changed",
    "properties": "properties.py has changed",
    "bank": "the reference has changed, or the cases",
    "mistakes": "a named mistake was added, changed or removed",
    "grader": "another version of grader graded it",
    "ungraded": "it could not be graded",
    "unknown": "its report cannot be read, or does not say what it belongs to",
}


def resumed(kept: int, outdated: Collection[Iterable[Change]], new: int = 0) -> str:
    """How many results of an earlier run are kept, how many are not, and why, and how many there are none of."""
    results = f"{kept} {'result' if kept == 1 else 'results'} of an earlier run kept"
    counts = Counter(change for changes in outdated for change in changes)
    why = "; ".join(f"{counts[change]} because {text}" for change, text in _BECAUSE.items() if counts[change])
    first = f"; {new} graded for the first time" if new else ""
    return f"{results}, {len(outdated)} graded again{f': {why}' if why else ''}{first}"


def unexplained(results: str) -> str:
    """What shows the mistakes that nothing was said of."""
    return f"not every mistake has a sentence: grade unexplained {shlex.quote(results)}"


def left_over(reports: Iterable[str]) -> str:
    """Which reports are nobody's who is in the class now."""
    return f"reports of nobody who is in this class now, left as they are: {', '.join(reports)}"
