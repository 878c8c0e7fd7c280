"""How an audit ended, kept for whoever looks at the course later, with what stands for all that was audited."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from grader.audit.variants import content
from grader.bank import cache, compiled
from grader.course.secret import known_secret
from grader.records.overview import AuditState
from grader.records.record import Record

if TYPE_CHECKING:
    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment
    from grader.records.audit import Audit


class Conclusion(Record, frozen=True):
    """The end of an audit, and a hash ``of`` all that it depended on."""

    of: str
    day: date
    failures: int
    ungraded: bool


def conclude(files: AssignmentFiles, assignment: Assignment, found: Audit, day: date) -> None:
    """Keep how it ended. Where that cannot be, nobody is told of it later."""
    ended = Conclusion(audited(files, assignment), day, len(found.failures), found.ungraded)
    compiled.keep(ended, cache.concluded_file(files.root, files.name))


def concluded(files: AssignmentFiles, assignment: Assignment) -> AuditState | None:
    """How the last audit ended on this machine; None where none is known."""
    last = compiled.recall(Conclusion, cache.concluded_file(files.root, files.name))
    if last is None:
        return None
    return AuditState(last.day, last.failures, last.ungraded, current=last.of == audited(files, assignment))


def audited(files: AssignmentFiles, assignment: Assignment) -> str:
    """What stands for all that an audit depends on: the assignment's files, its secret, and what is graded."""
    secret = known_secret(files.root)
    graded = [*files.right_variants(), *([files.template] if files.template.is_dir() else [])]
    hashes = [(path.name, content(path, assignment.module)) for path in graded]
    return cache.digest([sorted(files.sources().items()), secret and secret.fingerprint(), hashes])
