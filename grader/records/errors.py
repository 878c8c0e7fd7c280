"""Every error that grader raises on purpose.

::

    GraderError                 a sentence for a person; nothing is lost
    ├── UsageError              the command was called in a way that cannot work         exit 2
    │   ├── BundleError         what a course gave out to practise on cannot be used
    │   └── NotTakenError         work cannot be taken as it was handed in: a service's report says so
    ├── AssignmentError         an assignment's files are wrong (all mistakes at once)   exit 2
    │   └── ReferenceFault      the reference or a property fails on the author's own inputs
    ├── SubmissionError         nothing gradable was handed in: a report with 0 points   exit 1
    ├── BankError               a stored case bank cannot be read or written: it is made anew, or serves one run
    ├── PropertyFault           a property failed by itself: what it guards stays *ungraded*
    ├── SourceFault             a text's keeping to rules could not be judged: its exercise stays *ungraded*
    ├── ProtocolError           bytes from a worker are not a valid frame
    └── SandboxFault            the sandbox itself failed: the work stays *ungraded*     exit 3
        └── GuardError          a process could not be confined as promised, so it ran no student code

A fault of the grader is never a zero: whoever catches ``SandboxFault``, ``PropertyFault`` or ``SourceFault``
reports *ungraded*. A
``SubmissionError`` is no fault of the grader: :func:`grader.grading.grade.grade_path` makes it a report that says
what to hand in, and gives no points; in a class it *needs a look*. (Where nothing makes a report of it, it exits with 3
as the others do.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class GraderError(Exception):
    """Base of all errors whose text is written for a person."""

    exit_code = 3


class UsageError(GraderError):
    """The command cannot work as it was called."""

    exit_code = 2


class BundleError(UsageError):
    """A bundle to practise on cannot be used: another is to be fetched from who gave it out."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}")


class NotTakenError(UsageError):
    """Work cannot be taken as it was handed in: nobody can tell which file is meant, or a link leads elsewhere.

    ``told`` says so to whoever handed it in, without the paths of the machine that it lies on.
    """

    def __init__(self, text: str, told: str) -> None:
        self.told = told
        super().__init__(text)


class Mistake(NamedTuple):
    """One mistake in an author's file.

    ``line`` and ``column`` count from 1; 0 means that the mistake has no single place.
    ``path`` is the way to the value, such as ``exercises[2].tolerance.rtol``, or empty for the whole file.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path} {self.message}" if self.path else f"{place}: {self.message}"


class AssignmentError(GraderError):
    """An assignment's files are wrong. Holds every mistake, not only the first."""

    exit_code = 2

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class ReferenceFault(AssignmentError):  # noqa: N818 - a fault of one side, as opposed to an error in a file
    """The reference, or a property, fails on inputs of the author's own assignment."""


class SubmissionError(GraderError):
    """Nothing that can be graded was handed in; the text tells the student what to do."""


class BankError(GraderError):
    """A stored case bank cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class PropertyFault(GraderError):  # noqa: N818 - as above: the author's fault
    """A property itself failed, so what it guards stays ungraded."""


class SourceFault(GraderError):  # noqa: N818 - as above: our fault
    """It could not be judged whether code is written as an exercise asks, so the exercise stays ungraded."""


class ProtocolError(GraderError):
    """Bytes that came from a worker are not what the protocol allows."""


class SandboxFault(GraderError):  # noqa: N818 - as above: our fault
    """The sandbox could not do its work. Never counted against a submission."""


class GuardError(SandboxFault):
    """A step of confining a process failed; no student code ran in it."""
