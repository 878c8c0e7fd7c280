"""What a class answers to diagnostic cases, and mistakes that its instructor has named by such answers.

Values are student code's, as they came out of the sandbox: parsed, bounded, never evaluated. On disk they are packed
as for the wire to a worker (:func:`packed`), and read as strictly (:func:`unpacked`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from grader.records.decoding import from_msgpack
from grader.records.errors import ProtocolError
from grader.records.record import Record, Value
from grader.records.run import Raised, Returned, is_builtin_error
from grader.records.schemas import AnswersSchema, MistakeSchema, UnexplainedSchema
from grader.records.values import Wire, pack, unpack
from grader.records.verdict import ending

if TYPE_CHECKING:
    from grader.records.run import Outcome

LONGEST = 300  # characters of an instructor's sentence
OWN_EXCEPTION: Final = "an exception of its own"


class CaseAnswer(Record, frozen=True):
    """What became of a case: the outputs, or how it ``ended``, by a builtin exception or a kind of ending."""

    outputs: Mapping[str, Value] = {}
    ended: str = ""


class ExerciseAnswers(Record, frozen=True):
    """What a submission makes of an exercise that it fails, and that no sentence of its report explains.

    ``outputs`` are those that are wrong. ``cases`` are diagnostic ones by their ids, none where it ``ended`` in every
    public case; ``key`` stands for the exercise's bank, in which they are.
    """

    exercise: str
    key: str
    outputs: tuple[str, ...] = ()
    ended: str = ""
    cases: Mapping[str, CaseAnswer] = {}


class NamedCase(Record, frozen=True):
    """A diagnostic input, and what those give who make the mistake."""

    sizes: dict[str, int]
    inputs: dict[str, Value]
    answer: CaseAnswer

    def key(self) -> bytes:
        """Bytes that are equal exactly where sizes and inputs are."""
        return msgspec.msgpack.encode((sorted(self.sizes.items()), sorted_values(self.inputs)))


class NamedMistake(Record, frozen=True):
    """A mistake that an instructor named after students had made it: ``sentence`` is the instructor's own text.

    ``outputs`` are those that are wrong.
    """

    id: str
    exercise: str
    sentence: str
    outputs: tuple[str, ...]
    cases: tuple[NamedCase, ...]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class StoredCase(Record, frozen=True):
    """A case of a mistake's file; ``inputs`` and ``outputs`` are :func:`packed`."""

    sizes: dict[str, int]
    inputs: bytes
    outputs: bytes
    ended: str = ""


class StoredMistake(Record, frozen=True):
    """A mistake's file. Its id is the file's name."""

    schema: MistakeSchema
    assignment: str
    exercise: str
    sentence: str
    outputs: tuple[str, ...]
    cases: tuple[StoredCase, ...]


class StoredAnswer(Record, frozen=True):
    """A case of a file of answers; ``outputs`` are :func:`packed`."""

    id: str
    outputs: bytes
    ended: str = ""


class StoredAnswers(Record, frozen=True):
    """An exercise in a file of answers."""

    exercise: str
    key: str
    outputs: tuple[str, ...]
    ended: str
    cases: tuple[StoredAnswer, ...]


class AnswersFile(Record, frozen=True):
    """What is kept for staff beside a student's report."""

    schema: AnswersSchema
    assignment: str
    exercises: tuple[StoredAnswers, ...]


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────


class ShownDeviation(Record, frozen=True):
    """What an output of an example should be, and is, at its worst element; as JSON has it in the report."""

    output: str
    where: tuple[int, ...] | None = None
    expected: float | str | None = None
    got: float | str | None = None


class GroupMember(Record, frozen=True):
    """A hand-in that stands for its group. ``example`` is of its report, as it stands there; null where none is."""

    student: str
    report: str
    headline: str
    example: msgspec.Raw
    code: str = ""
    deviations: tuple[ShownDeviation, ...] = ()


class AnswerGroup(Record, frozen=True):
    """Hand-ins that answer an exercise in the same wrong way.

    ``cannot_be_named`` says why their answers are too little to know the mistake again by; empty where they are enough.
    """

    id: str
    assignment: str
    exercise: str
    outputs: tuple[str, ...]
    ended: str
    students: tuple[str, ...]
    member: GroupMember
    cannot_be_named: str = ""


class Unexplained(Record, frozen=True):
    """What `grade unexplained --json` prints: the groups of a graded class, the largest first.

    ``without_answers`` are students whose results hold none, as they were graded before answers were kept, or whose
    file of answers cannot be read.
    """

    schema: UnexplainedSchema
    groups: tuple[AnswerGroup, ...]
    without_answers: tuple[str, ...] = ()


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_of(outcome: Outcome) -> CaseAnswer:
    """What is kept of an outcome: of an exception its builtin class, for its text may be anything."""
    if isinstance(outcome, Returned):
        return CaseAnswer(outcome.outputs)
    if isinstance(outcome, Raised):
        return CaseAnswer(ended=outcome.builtin_error or OWN_EXCEPTION)
    return CaseAnswer(ended=ending(outcome).kind.replace("_", " "))


def raised(answer: CaseAnswer) -> bool:
    """Whether the case ended by an exception, after which others run as well."""
    return answer.ended == OWN_EXCEPTION or is_builtin_error(answer.ended)


def packed(values: Mapping[str, Value]) -> bytes:
    """Values by name as bytes, equal ones as equal bytes."""
    return msgspec.msgpack.encode(sorted_values(values))


def unpacked(data: bytes) -> dict[str, Value]:
    """The same again. Raises ProtocolError for anything that :func:`packed` does not give."""
    try:
        wires = from_msgpack(data, dict[str, Wire])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"cannot be read: {error}") from None
    return {name: unpack(wire, own=True) for name, wire in wires.items()}


def sorted_values(values: Mapping[str, Value]) -> dict[str, Wire]:
    """Values by name in one order, as they cross."""
    return {name: pack(values[name]) for name in sorted(values)}


def sentence_problem(sentence: str) -> str:
    """Why a text can be no instructor's sentence; empty where it can."""
    if not sentence.strip():
        return "says nothing: write what whoever makes this mistake should read"
    if len(sentence) > LONGEST:
        return f"has {len(sentence)} characters: at most {LONGEST} are shown"
    if not sentence.isprintable():
        return "has line breaks or characters that cannot be seen: write one line of plain text"
    return ""
