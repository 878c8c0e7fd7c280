"""The cases of an assignment as JSON, with values in the forms of the report's schema. For staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from grader.report.clean import cleaned
from grader.report.json import plain_value
from grader.report.words import cases as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.bank import LeftOut
    from grader.records.listing import ListedCase, ListedExercise
    from grader.records.record import Value


def render(assignment: str, exercises: Sequence[ListedExercise]) -> str:
    """The cases as JSON text, indented by two spaces, ending in a newline."""
    document = {"assignment": assignment, "exercises": [_exercise(cleaned(exercise)) for exercise in exercises]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _exercise(exercise: ListedExercise) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "wrong_versions": exercise.versions,
        "tried": exercise.sifted.tried,
        "left_out": list(map(_left_out, exercise.sifted.left_out)),
        "cases": list(map(_case, exercise.cases)),
    }


def _left_out(found: LeftOut) -> dict[str, Any]:
    return {
        "why": found.why,
        "about": found.about,
        "message": found.message,
        "count": found.count,
        "sizes": found.sizes,
        "inputs": _values(found.inputs),
    }


def _case(listed: ListedCase) -> dict[str, Any]:
    case = listed.case
    return {
        "id": case.id,
        "public": case.public,
        "origin": words.origin(case.origin),
        "sizes": case.sizes,
        "inputs": _values(case.inputs),
        "expected": _values(case.expected),
        "raises": case.raises,
        "kills": listed.kills,
    }


def _values(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in values.items()}
