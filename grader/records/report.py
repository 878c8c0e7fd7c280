"""The report on a submission, as facts. What a person reads of it is written by :mod:`grader.report.words`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, field

from grader.records.answers import ExerciseAnswers
from grader.records.assignment import HiddenTold
from grader.records.bank import Practice
from grader.records.breaches import SourceBroken
from grader.records.finding import Finding
from grader.records.record import Record
from grader.records.run import FATAL, Frame, Isolation, LostCell, Outcome, Raised, ReadRemark
from grader.records.verdict import (
    Counterexample,
    Deviation,
    NotRaised,
    Part,
    Problem,
    Remark,
    RuleBroken,
    Status,
)

# ── why an exercise has the result that it has ────────────────────────────────────────────────────────────────────


class AllRight(Record, frozen=True, tag="all_right"):
    """Every part is right."""


class GraderFailed(Record, frozen=True, tag="grader_failed"):
    """The grader itself, or a property, failed: ``fault`` is its text, for staff."""

    fault: str = ""


class NotTaken(Record, frozen=True, tag="not_taken"):
    """What was handed in cannot be taken as it is, so that nothing was graded: the report's problem says why."""


class NothingHandedIn(Record, frozen=True, tag="nothing_handed_in"):
    """There was no file to grade."""

    module: str


class NotReached(Record, frozen=True, tag="not_reached"):
    """A name is not there because the module was not loaded to its end. ``unreadable``: it is no Python at all."""

    module: str
    problem: Outcome
    unreadable: bool = False


class Undefined(Record, frozen=True, tag="undefined"):
    """Names that the exercise needs and the module does not define; ``near`` is one of its own that is much alike.

    ``incomplete``: some of its code was not run to its end, and may define them.
    """

    module: str
    names: tuple[str, ...]
    near: str = ""
    incomplete: bool = False


class OnlyEarlier(Record, frozen=True, tag="only_earlier"):
    """Every output that is wrong is so for reasons of these functions of earlier exercises alone."""

    names: tuple[str, ...]


class Deviates(Record, frozen=True, tag="deviates"):
    """An output of a public case is wrong. ``steps``: its first axis is one of so many steps, 0 if it is not."""

    output: str
    deviation: Deviation
    steps: int = 0


class Ends(Record, frozen=True, tag="ends"):
    """The submission's own code did not return in a public case. ``subject`` is what the exercise calls.

    Where that is for an ``unknown`` name, ``near`` is one much like it that the file defines.
    """

    subject: str
    outcome: Outcome
    module: str
    unknown: str = ""
    near: str = ""


class CallFails(Record, frozen=True, tag="call_fails"):
    """The snippet itself raised in a public case: the call does not fit, or what came back cannot be used.

    ``yours`` are the parameters that the function has, ``value`` names what is called and is a value of ``value_type``,
    ``method`` is the method of the ``subject`` that is called with other arguments than it takes.
    """

    subject: str
    raised: Raised
    run: str
    yours: tuple[str, ...] | None = None
    value: str = ""
    value_type: str = ""
    method: str = ""


class NotDone(Record, frozen=True, tag="not_done"):
    """The code raises NotImplementedError, as the template does; ``waits_for`` is the function that does if another."""

    subject: str
    waits_for: str = ""


class HiddenFails(Record, frozen=True, tag="hidden_fails"):
    """Every public case is right, and so many of the ``hidden`` ones are not. ``output`` has the ``problem``, or all.

    Without all of that it is a student's: some hidden cases are not right.
    """

    problem: Problem | None = None
    subject: str = ""
    output: str = ""
    failed: int = 0
    hidden: int = 0


class BreaksRule(Record, frozen=True, tag="breaks_rule"):
    """Every case is right, but for a rule that holds for the exercise as a whole."""

    subject: str
    rule: RuleBroken


class BreaksSource(Record, frozen=True, tag="breaks_source"):
    """Every public case is right, and the code is not written as the exercise asks."""

    subject: str
    broken: SourceBroken


class DoesNotRaise(Record, frozen=True, tag="does_not_raise"):
    """Bad input is not answered by the exception that it should be answered by. ``because`` is the author's.

    ``outcome`` is None where it returned.
    """

    subject: str
    problem: NotRaised
    outcome: Outcome | None
    because: str = ""


class LawsFail(Record, frozen=True, tag="laws_fail"):
    """Nothing but properties fail; ``title`` is the first of them, ``problems`` are those of all."""

    title: str
    problems: tuple[Problem, ...]


Reason: TypeAlias = (
    AllRight
    | GraderFailed
    | NotTaken
    | NothingHandedIn
    | NotReached
    | Undefined
    | OnlyEarlier
    | Deviates
    | Ends
    | CallFails
    | NotDone
    | HiddenFails
    | BreaksRule
    | BreaksSource
    | DoesNotRaise
    | LawsFail
)


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────


class ExerciseResult(Record, frozen=True):
    """What an exercise earned and why.

    ``counterexamples`` holds at most one public and one hidden one; ``printed`` is stdout of public cases only.
    ``diagnosis`` names the mistake, surest first, as far as it is known. ``builds_on`` are functions whose
    exercises public cases show to be wrong, where an output is wrong and its method earned nothing. ``source`` is how
    the code is not written as the exercise asks. ``possible`` are points for the method that nobody could give or
    refuse, as the reference was not there. ``names`` are functions of the assignment, inputs and outputs: they keep
    their form where a sentence begins with one.
    """

    id: str
    title: str
    points: float
    earned: float | None  # None: ungraded, which is never a zero
    status: Status
    reason: Reason
    diagnosis: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    remarks: tuple[Remark, ...] = ()
    printed: str = ""
    builds_on: tuple[str, ...] = ()
    source: SourceBroken | None = None
    possible: float = 0.0
    names: tuple[str, ...] = ()

    @property
    def followed(self) -> bool:
        """True if there are wrong outputs, and functions of earlier exercises alone are to blame for them."""
        wrong = [part for part in self.parts if part.key.kind == "output" and not part.right]
        return bool(wrong) and all(part.followed for part in wrong)

    @property
    def raised(self) -> Raised | None:
        """The exception that the reason speaks of."""
        match self.reason:
            case Ends(outcome=Raised() as raised) | DoesNotRaise(outcome=Raised() as raised) | CallFails(raised=raised):
                return raised
        return None

    @property
    def cut_short(self) -> bool:
        """True if the case that the reason speaks of ended the process, so that counts of cases say nothing."""
        return isinstance(self.reason, Ends) and isinstance(self.reason.outcome, FATAL)


class Timing(Record, frozen=True):
    """Every time in a report, and nothing else that differs between two runs on the same submission."""

    started: Annotated[str, Meta(description="When grading began: ISO 8601, UTC; may be empty.")] = ""
    total: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="Wall seconds; in a student's report those before any hidden case was run."),
    ] = None
    exercises: Annotated[dict[str, Annotated[float, Meta(ge=0)]], Meta(description="Wall seconds by exercise id.")] = (
        field(default_factory=dict)
    )


class Fingerprint(Record, frozen=True):
    """What a result belongs to, each by its SHA-256: it is the result of nothing that differs in any of them."""

    submission: Annotated[str, Meta(description="What was handed in, as it was read; empty where nothing was.")] = ""
    assignment: Annotated[str, Meta(description="The assignment file.")] = ""
    properties: Annotated[str, Meta(description="The author's properties.py; empty where there is none.")] = ""
    bank: Annotated[str, Meta(description="The cases, and all that they were made from.")] = ""
    mistakes: Annotated[str, Meta(description="Mistakes that were named; empty where there are none.")] = ""


#: Why a result that is there does not hold: what of its fingerprint differs, the version of "grader" does, it was
#: "ungraded", or its report is "unknown", as it cannot be read or bears no fingerprint.
Change: TypeAlias = Literal[
    "submission", "assignment", "properties", "bank", "mistakes", "grader", "ungraded", "unknown"
]


class Report(Record, frozen=True):
    """The whole result of grading one submission. ``score`` is None when any exercise is ungraded.

    ``students`` are the exercises as students may know them, in a report for the staff, and ``hidden`` is what their
    reports say of hidden cases: of each part whether it is right, or how many fail as well.

    ``public_timing`` is what was taken when everything public had been run and nothing hidden: no hidden input can be
    told by it. ``defined`` says where the function of an exercise stands.

    ``problem`` is what is wrong with the submission as a whole: how importing it ended, or why nothing could be graded,
    as a sentence of whoever found out; ``stopped`` if all the same its definitions were taken. ``lost`` are cells that
    did not come to their end, ``twice`` names that two cells define. ``stand_ins`` did nothing while it ran.
    ``content`` is the SHA-256 of what was graded, for whoever signs. ``answers`` are kept for the staff, of exercises
    that nothing in the student's report explains. ``practice`` is of a report that no course made: its points are those
    of public cases.
    """

    assignment: str
    title: str
    module: str
    score: float | None
    max_score: float
    exercises: tuple[ExerciseResult, ...]
    isolation: Isolation
    students: tuple[ExerciseResult, ...] = ()
    hidden: HiddenTold = "verdict"
    problem: Outcome | str | None = None
    stopped: bool = False
    lost: tuple[LostCell, ...] = ()
    twice: tuple[str, ...] = ()
    remarks: tuple[ReadRemark, ...] = ()
    stand_ins: tuple[str, ...] = ()
    view: Literal["staff", "student", "revealed"] = "staff"
    answers: tuple[ExerciseAnswers, ...] = ()
    bank: str = ""  # SHA-256 of the bank's inputs: two reports with the same one used the same cases
    version: str = ""
    fingerprint: Fingerprint = Fingerprint()
    content: str = ""
    timing: Timing = Timing()
    public_timing: Timing = Timing()
    defined: dict[str, Frame] = field(default_factory=dict)
    practice: Practice | None = None
