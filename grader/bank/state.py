"""Whether the cases of an assignment are there, told without making any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from grader.bank import cache, compiled
from grader.bank.keys import decided
from grader.bank.shipped import Wanted, fits
from grader.bank.store import MANIFEST
from grader.course.secret import known_secret
from grader.records.errors import AssignmentError, Mistake
from grader.records.overview import BankState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment


def bank_state(files: AssignmentFiles, assignment: Assignment) -> BankState:
    """Of how many exercises cases are in the cache, or come with the course and fit it.

    No secret is made, and no sealed bank opened. Raises AssignmentError for files that cannot be read.
    """
    shipped = _how_shipped(files)
    exercises = len(assignment.exercises)
    secret = known_secret(files.root)
    if secret is None:  # nothing was ever drawn
        return BankState(exercises, 0, shipped)
    known = compiled.known(files, files.sources(), secret)
    if known is not None and (ready := _cached(files, known[1].exercises)) == exercises:
        return BankState(exercises, ready, shipped)
    try:
        decisive = decided(assignment, files.read_reference(), files.properties_text(), secret.draws(assignment))
    except SyntaxError as error:  # which `grade check` tells with its place
        raise AssignmentError([Mistake(str(files.yaml.parent), 0, 0, "", f"cannot be read ({error})")]) from None
    there = fits(files, Wanted(decisive, assignment.draw)) if shipped == "frozen" else frozenset()
    drawn = {name: cache.digest(key) for name, key in decisive.items() if name not in there}
    return BankState(exercises, len(there) + _cached(files, drawn), shipped)


def _how_shipped(files: AssignmentFiles) -> Literal["", "frozen", "sealed"]:
    if files.frozen.is_file():
        return "frozen"
    return "sealed" if files.sealed.is_file() else ""


def _cached(files: AssignmentFiles, keys: Mapping[str, str]) -> int:
    """How many exercises have a bank in the cache under these keys."""
    folders = (cache.bank_folder(files.name, exercise, key) for exercise, key in keys.items())
    return sum((folder / MANIFEST).is_file() for folder in folders)
