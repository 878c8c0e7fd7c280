"""Waivers proposed for what an audit left open, as the assignment's YAML has them: each is to be reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.audit import each_once
from grader.report.clean import cleaned, line
from grader.report.words import audit as words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.audit import Audit, ExerciseAudit, Version

_LONGEST = 400  # characters of a comment


def render(audit: Audit) -> str:
    """The file's text; empty where nothing is open. A version that several exercises use is proposed once."""
    audit = cleaned(audit)
    first = {version.id: version for version in each_once(exercise.versions for exercise in audit.exercises)}
    lines = [text for exercise in audit.exercises for text in _exercise(audit, exercise, first)]
    if not lines:
        return ""
    heading = [f"# {text}" for text in words.proposal(audit)]
    return "\n".join([*heading, "exercises:", *lines]) + "\n"


def _exercise(audit: Audit, exercise: ExerciseAudit, first: dict[str, Version]) -> Iterator[str]:
    those = [version for version in exercise.versions if version is first.get(version.id) and version.open]
    if those:
        yield f"  - id: {exercise.id}"
        yield "    waive:"
    for version in those:
        comments = [f"line {version.line}: {version.change}", words.state(version, exercise, audit.bar)]
        for text in (*comments, words.advice(version.advice)):
            if text:
                yield f"      # {line(text, _LONGEST)}"
        yield f'      - {{mutant: {version.id}, because: ""}}'
