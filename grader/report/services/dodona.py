"""The judgement that Dodona reads from a judge, as JSON Lines: a tab, and in it a context an exercise.

Dodona knows no points: what earned all of them is accepted, and the score stands in the description. What could not be
graded is an internal error, which is none of the submission's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from grader.report.clean import cleaned
from grader.report.services.fields import explained, is_full, named
from grader.report.words import page
from grader.report.words.services import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.report.document import Document, WrittenExercise
    from grader.report.services import Delivery


def render(report: Document, delivery: Delivery) -> str:  # noqa: ARG001 - all writers take the same
    """The judgement, a command a line."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in _commands(cleaned(report))).decode()


def _commands(report: Document) -> Iterator[dict[str, Any]]:
    accepted = report.score is not None and report.score >= report.max_score
    status = "internal error" if report.score is None else "correct" if accepted else "wrong"
    yield {"command": "start-judgement"}
    yield {"command": "append-message", "message": _plain(summary(report))}
    yield {"command": "start-tab", "title": page.score(report)}
    for exercise in report.exercises:
        yield from _context(exercise)
    yield {"command": "close-tab"}
    yield {"command": "close-judgement", "accepted": accepted, "status": _status(status, page.score(report))}


def _context(exercise: WrittenExercise) -> Iterator[dict[str, Any]]:
    accepted = is_full(exercise)
    yield {"command": "start-context"}
    yield {"command": "start-testcase", "description": _plain(f"{named(exercise)}: {page.earned(exercise)}")}
    if told := explained(exercise):
        yield {"command": "append-message", "message": _plain(told)}
    if exercise.status == "ungraded":
        yield {"command": "escalate-status", "status": _status("internal error", page.status(exercise))}
    yield {"command": "close-testcase", "accepted": accepted}
    yield {"command": "close-context", "accepted": accepted}


def _plain(text: str) -> dict[str, str]:
    return {"format": "plain", "description": text, "permission": "student"}


def _status(name: str, said: str) -> dict[str, str]:
    return {"enum": name, "human": said}
