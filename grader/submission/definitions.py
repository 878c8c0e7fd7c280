"""Where in a submission the work of an exercise stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.run import Frame
from grader.submission.statements import definitions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.records.run import Submission


def defined_at(submission: Submission, names: Mapping[str, Collection[str]]) -> dict[str, Frame]:
    """Of the ``names`` that each exercise needs, the first that is defined; none in a notebook, which has no lines."""
    if submission.cells:
        return {}
    texts = sorted(submission.files.items(), key=lambda item: item[0] != submission.module)
    places: dict[str, Frame] = {}
    for file, text in texts:
        for name, line in definitions(text).items():
            places.setdefault(name, Frame(file, line, name))
    found = {exercise: [places[name] for name in needed if name in places] for exercise, needed in names.items()}
    return {exercise: min(of_it, key=lambda place: place.line) for exercise, of_it in found.items() if of_it}
