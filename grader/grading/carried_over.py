"""What of an earlier grading stands in that of a changed submission, as if all had been run once more.

Answers of exercises whose code is the same would come again, unless something beside that code had a say in them: what
another exercise left in the process, or how much there was of the time, of the memory, and of the room for answers that
all have together. Where that may be so, nothing stands. What is said of the answers is worked out anew: it may rest on
those of other exercises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.course.dependence import Dependence
    from grader.grading.exercise import Attempt
    from grader.records.assignment import Assignment
    from grader.records.report import Report
    from grader.records.run import Loaded, Submission

#: Of what a submission has in all, so much at most was used for all that stands: then a full run has enough of it.
SHARE = 0.5


class Graded(NamedTuple):
    """A grading with all that a later one of the same work may take over; it is of no use for another case bank.

    ``share`` of what a submission has in all was used for it and for what it took over. ``calm``: no process ended
    before its time.
    """

    report: Report
    submission: Submission
    loaded: Loaded
    attempts: tuple[Attempt, ...]
    share: float
    calm: bool
    depends: Dependence | None = None  # as far as that was worked out for an earlier one

    @property
    def sound(self) -> bool:
        """Whether all of the submission was imported, so that later versions can be held against it."""
        return _is_sound(self.loaded)


class CarriedOver(NamedTuple):
    """The exercises of a grading; some stand ``kept`` from the ``earlier`` one.

    ``together``: they may leave something for one another, which is lost when a process ends.
    """

    attempts: Sequence[Attempt]
    earlier: Graded | None = None
    together: bool = False
    depends: Dependence | None = None

    @property
    def any_kept(self) -> bool:
        """Whether one stands from earlier."""
        return any(attempt.kept for attempt in self.attempts)

    def may_stand(self, share: float, *, calm: bool) -> bool:
        """Whether the kept ones would have come out the same beside the others, which have run by now."""
        if self.earlier is None or not self.any_kept:
            return True
        room = not any(attempt.lacks_room for attempt in self.attempts)
        return room and self.earlier.share + share < SHARE and (calm or not self.together)

    def graded(self, report: Report, submission: Submission, loaded: Loaded, share: float, *, calm: bool) -> Graded:
        """The grading, for the next one."""
        if self.earlier is not None and self.any_kept:
            share, calm = share + self.earlier.share, calm and self.earlier.calm
        return Graded(report, submission, loaded, tuple(self.attempts), share, calm, self.depends)


def carried_over(
    earlier: Graded, submission: Submission, loaded: Loaded, attempts: Sequence[Attempt], assignment: Assignment
) -> CarriedOver:
    """The ``attempts`` at a submission, or in their places those of an ``earlier`` grading that stand."""
    from grader.grading.unchanged import depends, unchanged  # which read syntax trees: a first grading needs none

    old, others = earlier.submission, (submission.module, submission.data)
    if not (earlier.sound and _is_sound(loaded)) or (old.module, old.data) != others:
        return CarriedOver(attempts)
    now = depends(submission, assignment)
    if any(attempt.lacks_room for attempt in earlier.attempts):
        return CarriedOver(attempts, depends=now)
    same = unchanged(earlier.depends or depends(old, assignment), now, assignment)
    standing = {
        new.exercise.id
        for before, new in zip(earlier.attempts, attempts, strict=True)
        if new.exercise.id in same.texts and before.stands(new, same_lines=new.exercise.id in same.places)
    }
    if not earlier.calm or not same.holding <= standing:
        standing -= same.holding
    found = [
        before.carried_over(new, followed=new.exercise.id in same.earlier) if new.exercise.id in standing else new
        for before, new in zip(earlier.attempts, attempts, strict=True)
    ]
    return CarriedOver(found, earlier, together=bool(same.holding & standing), depends=now)


def prepared(graded: Graded, assignment: Assignment) -> Graded:
    """A grading with all that a later one needs to know of its code, worked out when there is time."""
    from grader.grading.unchanged import depends

    return graded._replace(depends=graded.depends or depends(graded.submission, assignment))


def _is_sound(loaded: Loaded) -> bool:
    return loaded.problem is None and not (loaded.stopped or loaded.lost)
