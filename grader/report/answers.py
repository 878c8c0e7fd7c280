"""What is kept for the staff beside a student's report of a class: answers to diagnostic cases. No student reads it.

It holds no input, no hidden case and no code: ``grade name`` puts inputs to answers by the ids of cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.records.answers import AnswersFile, StoredAnswer, StoredAnswers, packed
from grader.records.schemas import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.records.answers import CaseAnswer, ExerciseAnswers
    from grader.records.report import Report

ROOM = 64 << 10  # bytes of an exercise's answers: those of the first cases that fit


def as_file(report: Report) -> bytes:
    """The text of the file."""
    kept = AnswersFile(ANSWERS, report.assignment, tuple(map(_exercise, report.answers)))
    return msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n"


def _exercise(found: ExerciseAnswers) -> StoredAnswers:
    return StoredAnswers(found.exercise, found.key, found.outputs, found.ended, tuple(_cases(found.cases)))


def _cases(cases: Mapping[str, CaseAnswer]) -> Iterator[StoredAnswer]:
    room = ROOM
    for name, answer in cases.items():
        outputs = packed(answer.outputs)
        room -= len(outputs)
        if room < 0:
            return
        yield StoredAnswer(name, outputs, answer.ended)
