"""What is written of an audit as JSON: the fields of these records, in their order, and nothing else.

``audit.schema.json`` beside this file is made from them, so it cannot say anything else than what is written.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from grader.records.record import Record
from grader.records.schemas import AuditSchema
from grader.report.schemas import Count, Points, Share, about


class WrittenBar(Record, frozen=True):
    """What the assignment asks of its tests."""

    kill: Annotated[Share, about("Share of live versions to be killed or waived.")]
    by: Annotated[int, Meta(ge=1, description="Cases that have to tell a version from the reference.")]
    know_nothing: Annotated[float, Meta(ge=0, description="Points that a submission which knows nothing may get.")]


class WrittenTally(Record, frozen=True):
    """Numbers of wrong versions of the reference; in all exercises together, what several of them use counts once."""

    versions: Annotated[Count, about("Misconceptions and mutants.")]
    live: Annotated[
        Count, about("All but those that are alike, and those that pass with a remark, as the assignment wants it.")
    ]
    killed: Annotated[Count, about("Told by as many cases as the bar asks for, or by a rule beside the cases.")]
    weak: Annotated[Count, about("Told by fewer cases, and not waived.")]
    survivors: Annotated[Count, about("Told by none, and not waived.")]
    alike: Annotated[Count, about("Told by none, nor by any of thousands of inputs, also from wider domains.")]
    waived: Annotated[Count, about("Weak or surviving, with a reason in the assignment.")]
    least: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        about(
            "So many cases at least kill each killed version; null if cases kill none. The true number may "
            "be larger: a version that a few cases killed is run on no more."
        ),
    ]
    share: Annotated[Share, about("Killed and waived among the live.")]


class WrittenDistance(Record, frozen=True):
    """How far from the reference something is."""

    units: Annotated[float, Meta(ge=0, description="Largest deviation from the reference, in units of rounding.")]
    name: Annotated[str, about("File of a right variant, or id of a wrong version.")]


class WrittenMargins(Record, frozen=True):
    """The room between right and wrong."""

    right: Annotated[WrittenDistance | None, about("The right variant that is furthest off.")]
    imprecise: Annotated[tuple[WrittenDistance, ...], about("Right variants with no more digits than float32.")]
    wrong: Annotated[
        WrittenDistance | None,
        about("The killed version that comes nearest to the reference, without float32, rounding and epsilons."),
    ]
    right_limit: Annotated[float, about("Up to so many units a result is right.")]
    wrong_limit: Annotated[float, about("From so many units on it is wrong.")]
    own_tolerance: Annotated[bool, about("The assignment's `tolerance` decides instead of the limits.")]


class WrittenVersion(Record, frozen=True):
    """A misconception, or a mutant: the reference with one change."""

    id: Annotated[str, about("What a waiver names, such as rnn_step.transpose.4e0c1f.")]
    kind: Annotated[
        str,
        about(
            '"misconception", "inherited" for one of a function that the exercise builds on, or the '
            "operator that made a mutant."
        ),
    ]
    sentence: Annotated[str, about("What such code does, as a student reads it.")]
    line: Annotated[Count, about("In the reference.")]
    change: Annotated[str, about("What was changed, before and after: it shows the reference.")]
    killed_by: Annotated[
        Count,
        about(
            "Cases known to tell it from the reference, of all exercises that use it; more may, where it is killed. "
            "0 also where only a rule beside the cases tells it."
        ),
    ]
    elsewhere: Annotated[Count, about("How many of these cases are of other exercises.")]
    off: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        about("Largest deviation in units of rounding; null where it did not always give numbers in the right shape."),
    ]
    fate: Annotated[
        Literal["killed", "weak", "survivor", "alike", "remark"],
        about(
            '"alike": no difference was found, so it needs no waiver; "remark": it passes with a remark, as the '
            "assignment wants it. Neither is live."
        ),
    ]
    waived: Annotated[str, about("The author's reason; empty if it is not waived.")]
    suggestion: Annotated[str, about("What would kill it; empty where it needs none.")]


class WrittenWaiver(Record, frozen=True):
    """Something that the assignment waives."""

    mutant: Annotated[str, about("An id or a pattern, as the assignment says it.")]
    because: Annotated[str, about("The author's reason.")]
    matches: Annotated[tuple[str, ...], about("Ids of the wrong versions that it names, whatever became of them.")]


class WrittenStaleWaiver(Record, frozen=True):
    """A waiver that must not stay."""

    mutant: Annotated[str, about("What it waives, as the assignment says it.")]
    because: Annotated[
        Literal["killed", "remark", "unknown", "renamed"],
        about(
            "It names something that is killed; what it names does not count; no wrong version has such an id; it is "
            "an id of the form that was."
        ),
    ]
    killed: Annotated[tuple[str, ...], about("Ids of what it names and is killed.")]
    renamed: Annotated[tuple[str, ...], about("The ids that what it names has now, where it has others.")]


class AuditedPart(Record, frozen=True):
    """A part with points that no wrong version loses."""

    title: str
    points: Points
    tried: Annotated[Count, about("Wrong versions that were graded to see.")]


class AuditedExercise(Record, frozen=True):
    """One exercise."""

    id: str
    title: str
    points: Points
    guarded: Annotated[bool, about("Whether any wrong version loses any of its points.")]
    tally: WrittenTally
    margins: WrittenMargins
    versions: tuple[WrittenVersion, ...]
    waivers: Annotated[tuple[WrittenWaiver, ...], about("What the assignment waives.")]
    stale_waivers: Annotated[tuple[WrittenStaleWaiver, ...], about("Waivers that must not stay.")]
    unguarded_parts: Annotated[tuple[AuditedPart, ...], about("Parts with points that no wrong version loses.")]


class WrittenLoss(Record, frozen=True):
    """Where a right variant lost points."""

    exercise: Annotated[str, about("Title; empty for what concerns the whole of it.")]
    headline: Annotated[str, about("What its report says.")]


class WrittenEscaped(Record, frozen=True):
    """A mutant that loses no points, though further inputs tell it from right."""

    line: Annotated[Count, about("In the variant.")]
    change: Annotated[str, about("What was changed, before and after.")]
    suggestion: Annotated[str, about("What would kill it.")]


class WrittenMutants(Record, frozen=True):
    """Mutants of a right variant in one exercise."""

    exercise: str
    made: Count
    killed: Annotated[Count, about("Those that lose points.")]
    escaped: Annotated[
        tuple[WrittenEscaped, ...],
        about("Those that lose none, though further inputs tell them from right."),
    ]


class WrittenVariant(Record, frozen=True):
    """A right solution, which must get full marks."""

    name: Annotated[str, about("Its path below the course folder.")]
    score: Annotated[Points | None, about("Null when it could not be graded.")]
    max_score: Points
    accepted: Annotated[bool, about("Whether it got full marks.")]
    lost: Annotated[tuple[WrittenLoss, ...], about("Where it lost points.")]
    mutants: Annotated[
        tuple[WrittenMutants, ...],
        about("Its mutants, an entry an exercise; none where it is not accepted."),
    ]


class WrittenKillable(Record, frozen=True):
    """Numbers of mutants of all right variants."""

    made: Count
    killed: Annotated[Count, about("Those that lose points.")]
    killable: Annotated[Count, about("Those that any input tells from right.")]
    share: Annotated[Share, about("Killed among the killable.")]


class WrittenTemplate(Record, frozen=True):
    """What students start from, graded as it is."""

    name: Annotated[str, about("Its folder, below the course folder.")]
    points: Annotated[
        dict[str, Points | None],
        about("Points by exercise id, which should all be 0. Null: could not be graded."),
    ]


class WrittenPaidPart(Record, frozen=True):
    """A part that pays a submission which knows nothing."""

    exercise: str
    title: str
    points: Points


class WrittenKnowNothing(Record, frozen=True):
    """A submission that knows nothing but the shapes of results."""

    kind: Annotated[str, about('What it answers: "zeros", "ones", "nan", "random", "echo"; or what it always raises.')]
    score: Annotated[Points | None, about("Null when it could not be graded.")]
    parts: Annotated[tuple[WrittenPaidPart, ...], about("The parts that pay it.")]


class AuditDocument(Record, frozen=True):
    """What `grade audit --json` prints. For staff only: `change` shows lines of the reference. It holds no times."""

    schema: Annotated[AuditSchema, about("Name and version of this format.")]
    assignment: Annotated[str, about("Id of the assignment, such as assignment3.")]
    title: Annotated[str, about("Title of the assignment, for people.")]
    reference: Annotated[str, about("The file whose lines `line` counts, below the course folder.")]
    reached: Annotated[bool, about("Whether the tests reach their bar: whether `failures` is empty.")]
    bar: WrittenBar
    failures: Annotated[tuple[str, ...], about("All that keeps the tests from their bar.")]
    warnings: Annotated[tuple[str, ...], about("What to look at; it fails nothing.")]
    tally: WrittenTally
    exercises: Annotated[tuple[AuditedExercise, ...], about("One entry an exercise, in the order of the assignment.")]
    variants: Annotated[tuple[WrittenVariant, ...], about("Right solutions, which must get full marks.")]
    variant_mutants: WrittenKillable
    template: Annotated[WrittenTemplate | None, about("The starter template, graded as it is; null if there is none.")]
    know_nothing: Annotated[tuple[WrittenKnowNothing, ...], about("Submissions that should get next to nothing.")]
    bank: Annotated[str, about("SHA-256 of the inputs of all cases.")]
    version: Annotated[str, about("Version of grader.")]
