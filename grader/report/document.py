"""What is written of a report: its facts in words. The JSON file is this, and every other writer writes from it.

:func:`grader.report.words.written.written` makes it. ``report.schema.json`` beside this file is made from these
records, so it cannot say anything else than what is written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from grader.records.assignment import HiddenTold
from grader.records.credit import GroupKind
from grader.records.draw_share import DrawShare
from grader.records.finding import FindingKind
from grader.records.record import Record
from grader.records.report import Fingerprint, Timing
from grader.records.run import (
    BadReply,
    Crashed,
    Frame,
    NotRun,
    OutOfMemory,
    Raised,
    TimedOut,
)
from grader.records.schemas import ReportSchema
from grader.records.signature import Signature
from grader.records.verdict import Bound, DeviationKind, PartKind, Status
from grader.report.schemas import AnyValue, Count, Points, Special, about

#: Fields that serve writers for people alone.
NOT_IN_JSON = frozenset(
    {
        "answers", "beyond", "bound", "broken_off", "calls", "counted", "cut", "defined", "ended", "error_said", "item",
        "item_expected", "item_got", "keys_differ", "law", "law_tried", "of_problem", "record", "steps", "told_by",
        "unshown", "wrong_at",
    }
)  # fmt: skip


class WrittenDeviation(Record, frozen=True):
    """How an output is wrong."""

    kind: Annotated[DeviationKind, about("The first check that failed.")]
    summary: Annotated[str, about("One sentence, without figures.")]
    detail: Annotated[str, about("The same with figures of the case; may be empty.")] = ""
    where: Annotated[tuple[Count, ...] | None, about("Index of the worst element.")] = None
    expected: Annotated[float | Special | None, about("At `where`.")] = None
    got: Annotated[float | Special | None, about("At `where`.")] = None
    wrong: Annotated[Count, about("Elements that are wrong, out of `total`.")] = 0
    total: Count = 0
    nans: Count = 0
    infs: Count = 0


class WrittenOutput(Record, frozen=True):
    """One output of a counterexample."""

    name: str
    shown: Annotated[bool, about("False when nothing came back; `got` is then null and means nothing.")]
    expected: AnyValue
    got: AnyValue = None
    deviation: Annotated[WrittenDeviation | None, about("Null when the output is right.")] = None
    tolerance: Annotated[str, about("How far off a value may be, in words.")] = ""
    shares: Annotated[
        tuple[DrawShare, ...], about("Of a sample, how often each category came, and how often it may; else empty.")
    ] = ()
    item: str = ""  # of a container, the way to the item that differs, such as ``["dW"][2]``; not in the JSON
    item_expected: AnyValue = None  # that item, where there is a way to one; not in the JSON
    item_got: AnyValue = None
    keys_differ: bool = False  # what is wrong are keys, and no value; not in the JSON
    bound: Bound | None = None  # the same as numbers; not in the JSON
    steps: bool = False  # its first axis is time; not in the JSON
    wrong_at: AnyValue = None  # an array that is true where an element is wrong; not in the JSON


class WrittenExample(Record, frozen=True):
    """A failing case to run by hand."""

    case: Annotated[str, about("Id of the case.")]
    origin: Annotated[str, about("Why the case is there.")]
    hidden: Annotated[bool, about("Always false in a student's report, unless it is `revealed`.")]
    minimised: Annotated[bool, about("Whether it was made smaller or simpler than the case that it came from.")]
    sizes: dict[str, int]
    inputs: dict[str, AnyValue]
    code: Annotated[str, about("Python to paste and run.")]
    outputs: tuple[WrittenOutput, ...] = ()
    outcome: Annotated[
        Raised | TimedOut | Crashed | OutOfMemory | BadReply | NotRun | None,
        about("How the case ended, when it did not return."),
    ] = None
    ended: str = ""  # the same as a sentence, unless the exercise's traceback says it; not in the JSON
    law: str = ""  # the rule that does not hold on it, where every case is right; not in the JSON
    law_tried: bool = True  # not in the JSON
    calls: int = 1  # it goes wrong at the second one; 0: only after others; not in the JSON
    cut: bool = False  # there is more of ``code`` than a report holds; not in the JSON


class WrittenFinding(Record, frozen=True):
    """What is known of a mistake, and what that rests on."""

    kind: Annotated[
        FindingKind,
        about(
            "A mistake that the instructor named after students had made it, one that the author wrote, a single wrong "
            "step, an input read wrongly, a relation to the right output, or when it is right."
        ),
    ]
    name: Annotated[str, about("Which of its kind: for counting.")]
    sentence: Annotated[str, about("True of all that was measured; holds no value.")]
    evidence: Annotated[str, about("What the sentence rests on, such as `Explains all 20 cases tried to find it.`")] = (
        ""
    )
    outputs: Annotated[
        tuple[str, ...], about("The outputs that it accounts for; empty where it speaks of the whole.")
    ] = ()


class WrittenGroup(Record, frozen=True):
    """Cases of an output that earn a share of its points together."""

    kind: Annotated[GroupKind, about("What its cases try.")]
    title: str
    points: Points
    earned: Annotated[Points, about("All of `points`, or 0; 0 also where the first group is not right.")]
    right: Annotated[bool, about("Whether every case of it is right, hidden ones too.")]
    public: Annotated[Count, about("Public cases tried.")] = 0
    public_failed: Count = 0
    hidden: Annotated[Count, about("Hidden cases that it is tried on.")] = 0
    hidden_failed: Annotated[Count | None, about("As for a part.")] = None


class WrittenPart(Record, frozen=True):
    """A share of an exercise."""

    kind: Annotated[
        PartKind,
        about("An output compared with the reference, an exception that must be raised, or a law that must hold."),
    ]
    name: str
    title: str
    points: Points
    earned: Points
    right: Annotated[
        bool,
        about(
            "Whether every case of it was right; in a student's report also where no public case shows that only its "
            "method is."
        ),
    ]
    public: Annotated[Count, about("Public cases tried.")] = 0
    public_failed: Annotated[Count, about("How many of them failed.")] = 0
    hidden: Annotated[Count, about("Hidden cases that it is tried on.")] = 0
    hidden_failed: Annotated[
        Count | None,
        about("How many of them failed; null in a student's report, unless its `hidden` is `counts`."),
    ] = None
    problem: Annotated[str, about("What is wrong, without figures of a case; empty when right.")] = ""
    followed: Annotated[
        tuple[str, ...],
        about("Earlier functions that alone are wrong: the method earned the points. Mostly empty."),
    ] = ()
    groups: Annotated[
        tuple[WrittenGroup, ...], about("Of an output with `credit: share`, the groups that it is paid by.")
    ] = ()
    unshown: bool = False  # only hidden cases fail it, of which nothing is told; not in the JSON
    beyond: str = ""  # its problem where the headline of the exercise does not say it; not in the JSON


class WrittenExercise(Record, frozen=True):
    """An exercise, what it earned and why."""

    id: str
    title: str
    status: Annotated[Status, about("`ungraded` is never a 0: the grader failed, or nobody could tell what to grade.")]
    points: Annotated[Points, about("Points that can be earned.")]
    earned: Annotated[Points | None, about("Points earned; null when ungraded.")]
    headline: Annotated[str, about("What to do, in a sentence.")]
    diagnosis: Annotated[
        tuple[WrittenFinding, ...], Meta(max_length=3), about("What is known of the mistake, surest first.")
    ] = ()
    explanation: Annotated[tuple[str, ...], about("Why, in sentences.")] = ()
    parts: Annotated[tuple[WrittenPart, ...], about("The shares that the points are given for.")] = ()
    possible: Annotated[
        Points, about("Points beyond `earned` that the course's grading may give for the method; 0 but in practice.")
    ] = 0.0
    error: Annotated[
        str, about("Last line of the traceback, such as `ValueError: shapes not aligned`; may be empty.")
    ] = ""
    traceback: Annotated[tuple[Frame, ...], about("The student's own lines of a traceback, the innermost last.")] = ()
    counterexamples: Annotated[
        tuple[WrittenExample, ...],
        about("Failing cases to run by hand: at most a public and, for staff, a hidden one."),
    ] = ()
    remarks: Annotated[tuple[str, ...], about("What is right but worth a word, in sentences.")] = ()
    printed: Annotated[str, about("What the submission printed on public cases.")] = ""
    beyond: tuple[str, ...] = ()  # what the explanation says and the diagnosis does not; not in the JSON
    error_said: bool = True  # the headline says all that ``error`` says; not in the JSON
    counted: bool = False  # ``beyond`` says how many public cases fail; not in the JSON
    told_by: str = ""  # the id of an earlier exercise that has the same cause; not in the JSON
    of_problem: bool = False  # the submission's ``problem`` is its cause; not in the JSON
    defined: Frame | None = None  # where its function stands; not in the JSON

    @property
    def followed(self) -> bool:
        """True if there are wrong outputs, and functions of earlier exercises alone are to blame for them."""
        wrong = [part for part in self.parts if part.kind == "output" and not part.right]
        return bool(wrong) and all(part.followed for part in wrong)


class WrittenIsolation(Record, frozen=True):
    """How student code was kept apart from the grader."""

    level: Annotated[
        int,
        Meta(ge=0, le=5),
        about("1 is a process with limits, 5 the strongest. Below 3, hidden cases might have been read."),
    ]
    layers: Annotated[tuple[str, ...], about("Each thing that held the process.")]


#: What is not graded has no points, and what is graded has.
_UNGRADED_IS_NULL = Meta(
    extra_json_schema={
        "if": {"properties": {"status": {"const": "ungraded"}}},
        "then": {"properties": {"earned": {"type": "null"}}},
        "else": {"properties": {"earned": {"type": "number"}}},
    }
)


class Document(Record, frozen=True):
    """What `grade --json` prints. The same submission on the same cases gives the same bytes, but for `timing`."""

    schema: Annotated[ReportSchema, about("Name and version of this format.")]
    assignment: Annotated[str, about("Id of the assignment, such as assignment3.")]
    title: Annotated[str, about("Title of the assignment, for people.")]
    module: Annotated[str, about("The file that was handed in, such as memory.py.")]
    view: Annotated[
        Literal["staff", "student", "revealed"],
        about(
            "Who may read this report. A student's says of hidden cases whether each part is right, and no more, until "
            "the instructor has them `revealed`."
        ),
    ]
    hidden: Annotated[
        HiddenTold,
        about("What is told of hidden cases: each part's `verdict`, or by the assignment's choice `counts` as well."),
    ]
    score: Annotated[
        Points | None, about("Points earned. Null when any exercise could not be graded: never read it as 0.")
    ]
    max_score: Annotated[Points, about("Points that can be earned.")]
    headline: Annotated[str, about("What to do first, in a sentence; may be empty.")]
    problem: Annotated[
        str,
        about("What is wrong with the submission as a whole, such as a syntax error; empty when it could be used."),
    ]
    error: Annotated[str, about("Last line of the traceback of `problem`.")]
    traceback: Annotated[tuple[Frame, ...], about("The student's own lines of a traceback, the innermost last.")]
    remarks: Annotated[tuple[str, ...], about("What is worth a word about the whole, in sentences.")]
    exercises: Annotated[
        tuple[Annotated[WrittenExercise, _UNGRADED_IS_NULL], ...],
        about("One entry an exercise, in the order of the assignment."),
    ]
    sandbox: WrittenIsolation
    bank: Annotated[str, about("SHA-256 of the inputs of all cases: reports with the same one used the same cases.")]
    version: Annotated[str, about("Version of grader.")]
    practice: Annotated[
        bool, about("Whether it was made of public cases alone, from a bundle: then `score` is never a final one.")
    ] = False
    possible: Annotated[
        Points, about("Points beyond `score` that the course's grading may give for methods; 0 but in practice.")
    ] = 0.0
    record: Any = None  # a StaffRecord, which is kept of a class; not in the JSON
    answers: bytes = b""  # a file for the staff, which lies beside the reports of a class; not in the JSON
    broken_off: bool = False  # it raised while it was imported, above something that it defines; not in the JSON
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    signature: Annotated[
        Signature | None, about("Who vouches for all of this, and what for; null where nobody does.")
    ] = None
    timing: Timing = field(default_factory=Timing)

    @property
    def not_taken(self) -> bool:
        """True if nothing was graded for what is wrong with what was handed in: its ``problem`` is for its student."""
        return any(each.status == "ungraded" and each.of_problem for each in self.exercises)
