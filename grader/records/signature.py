"""What a signed report says of its own grading, and what came of looking at such a signature: facts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from grader.records.record import Record
from grader.records.report import Fingerprint
from grader.records.schemas import SignatureSchema

#: Where the id of a student or repository comes from: who graded named it, or a variable of continuous integration did.
StudentSource: TypeAlias = Literal["", "option", "GITHUB_REPOSITORY", "CI_PROJECT_PATH"]

#: How times are written: ISO 8601, UTC, to the second, so that later ones come later in the order of text.
TIME = "%Y-%m-%dT%H:%M:%SZ"


class HandedIn(Record, frozen=True):
    """What was graded, and what has to be known to read it again as it was read."""

    sha256: Annotated[
        str, Meta(description="SHA-256 of the files, cells and data that were graded; empty where nothing could be.")
    ]
    module: Annotated[str, Meta(description="The file that the assignment asked for.")]
    names: Annotated[tuple[str, ...], Meta(description="The names that its exercises asked for.")]


class Vouched(Record, frozen=True):
    """What whoever signs says of a grading, beside what its report holds."""

    time: Annotated[str, Meta(description="When it was signed: ISO 8601, UTC, by the clock of that machine.")]
    student: Annotated[str, Meta(description="The student or repository; empty where nobody said.")]
    student_from: Annotated[StudentSource, Meta(description="Who said so: an option, or that variable.")]
    commit: Annotated[str, Meta(description="The commit that was graded; empty where nobody said.")]
    hidden: Annotated[bool, Meta(description="Whether hidden cases decided the score.")]
    handed_in: HandedIn
    course: Annotated[
        str, Meta(description="Which course graded it, by the fingerprint of its secret; empty in older reports.")
    ] = ""


class Signature(Record, frozen=True):
    """A signature by Ed25519 over the whole document but for `value`, in canonical form: docs/design.md says which."""

    schema: Annotated[SignatureSchema, Meta(description="Name and version of this form of signature.")]
    key: Annotated[str, Meta(description="Id of the key.")]
    graded: Vouched
    value: Annotated[str, Meta(description="The signature, as 128 hexadecimal digits.")] = ""


def is_of_course(graded: Vouched, course: str) -> bool:
    """Whether this course graded it, as far as both are known: another may sign with the same key."""
    return not (graded.course and course) or graded.course == course


# ── what came of looking at one ───────────────────────────────────────────────────────────────────────────────────


class SignedIsolation(Struct, frozen=True):
    """What is needed of the isolation in a signed report."""

    level: int


class SignedReport(Struct, frozen=True):
    """What is needed of a report whose signature is valid; other fields are signed too, and not looked at."""

    assignment: str
    title: str
    score: float | None
    max_score: float
    sandbox: SignedIsolation
    signature: Signature
    bank: str = ""
    version: str = ""
    fingerprint: Fingerprint = Fingerprint()


class Unproven(StrEnum):
    """Why what was looked at proves nothing."""

    NOT_READ = "not read"  # it is no file that can be read
    NO_REPORT = "no report"  # it is no JSON, or no report's
    UNSIGNED = "unsigned"
    OTHER_FORM = "other form"  # of another version of the format
    NO_KEYS = "no keys"  # there are none to look by
    UNKNOWN_KEY = "unknown key"
    TAMPERED = "tampered"  # it differs from what was signed
    OTHER_ASSIGNMENT = "other assignment"

    @property
    def usable(self) -> bool:
        """Whether there was something to judge: what was signed with a known key, and is not what it was then."""
        return self is Unproven.TAMPERED


class Flaw(Record, frozen=True):
    """Why a report proves nothing; ``about`` names what was met."""

    why: Unproven
    about: str = ""


#: Whether what lies at a path is what was graded.
Compared: TypeAlias = Literal["not asked", "the same", "another"]
