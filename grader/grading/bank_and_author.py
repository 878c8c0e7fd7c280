"""What a submission is held against: a case bank, and what its author's side adds to it.

In a course that is the reference, ``properties.py`` and the mistakes that have a name. In a student's folder it is what
a bundle holds of them (:mod:`grader.grading.practice`); the grading is the same.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from grader.bank.author_functions import author_functions
from grader.bank.reference import Reference
from grader.grading.named_mistakes import usable_mistakes
from grader.grading.phase import Author

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from grader.course.find import AssignmentFiles
    from grader.records.bank import CaseBank
    from grader.sandbox.api import WorkerPool


class BankAndAuthor(NamedTuple):
    """A case bank, and an ``author`` who is there as long as a submission is graded.

    Who asks for the author meets AssignmentError or UsageError where the author's own code cannot be run.
    """

    bank: CaseBank
    author: Callable[[WorkerPool], AbstractContextManager[Author]]


def of_course(files: AssignmentFiles, bank: CaseBank) -> BankAndAuthor:
    """What a course has to hold a submission against."""
    return BankAndAuthor(bank, partial(_author, files, bank))


@contextmanager
def _author(files: AssignmentFiles, bank: CaseBank, pool: WorkerPool) -> Iterator[Author]:
    with Reference(files, pool, bank.assignment.preload) as reference:
        yield Author(author_functions(files), reference.answers, reference, usable_mistakes(files, bank))
