"""The case bank: inputs, what the reference made of them, and what wrong versions of it make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from msgspec import field

from grader.records.assignment import Assignment
from grader.records.record import Array, Record, Value

OriginKind: TypeAlias = Literal[
    "example", "bad_input",
    "ones", "lowest", "zeros", "small", "one_lowest", "highest", "shortest", "extreme",
    "distinct", "any", "one_is_1", "equal", "all_2", "all_1", "no_sizes",
    "hunt", "diagnostic", "fresh",
]  # fmt: skip

EDGES: Final = frozenset({"ones", "lowest", "zeros", "small", "one_lowest", "highest", "shortest", "extreme"})


class Origin(Record, frozen=True):
    """Why a case is there: its author wrote it out, it lies on an edge, or what its sizes were drawn to be.

    ``name`` is the size or the input that lies on an edge, or the exception that bad input must be answered by;
    ``value`` what that size or input is there. ``note`` is what the author says of an example.
    """

    kind: OriginKind
    name: str = ""
    value: str = ""
    note: str = ""

    @property
    def on_edge(self) -> bool:
        """Whether it is one of the must-have edges."""
        return self.kind in EDGES


class Condition(Record, frozen=True):
    """What is simple in a case: the input ``name`` is 0, is symmetric or has one item, or the size ``name`` is 1."""

    kind: Literal["zero", "symmetric", "one_item", "size_one"]
    name: str


class Case(Record, frozen=True):
    """Inputs and what the reference made of them.

    ``id`` is ``<exercise>/<number>``. A case with ``raises`` expects that exception and has no ``expected``.
    ``units`` are how far each expected number may be off for reasons of rounding alone, one rounding of it at least:
    an array for an array, a list for a list; None where nothing is rounded. See :mod:`grader.judge.tolerance`.
    A diagnostic case has the ``condition`` that it was drawn for, if any. ``written`` says which of its exercise's
    examples a case is, or, if it ``raises``, which of its ``refusals``; counted from 0.
    """

    id: str
    origin: Origin
    public: bool
    sizes: dict[str, int]
    inputs: dict[str, Value]
    expected: dict[str, Value] = field(default_factory=dict)
    raises: str | None = None
    because: str = ""
    units: dict[str, Value] = field(default_factory=dict)
    condition: Condition | None = None
    written: int | None = None


class Manifest(Record, frozen=True):
    """What the stored cases of one exercise were made from; ``key`` stands for all that decides them."""

    format: int
    exercise: str
    key: str
    seed: int
    versions: dict[str, str]  # of Python, NumPy, Hypothesis and grader: for information, never compared
    inputs_sha256: str  # over all inputs, which versions decide; outputs may differ in their last bits


class Kill(Record, frozen=True):
    """A case that tells a wrong version from the reference: by what it expects, or by a ``law`` that breaks on it.

    A law is a property of the exercise, under the name of its function.
    """

    case: str
    law: str = ""


class MistakeKind(StrEnum):
    """Who thought of a mistake; the most telling of them first."""

    MISCONCEPTION = "misconception"
    INHERITED = "inherited"  # a misconception of a function that the exercise does not call itself, but builds on
    PROBE = "probe"  # the reference, given inputs that were read wrongly
    MUTANT = "mutant"

    @property
    def authors(self) -> bool:
        """Whether the author wrote it."""
        return self in (MistakeKind.MISCONCEPTION, MistakeKind.INHERITED)


class WrongVersion(Record, frozen=True):
    """A wrong version of the reference, and what the cases of its exercise make of it.

    ``kind`` is that of a misconception, or, of a mutant, the mutation operator that made it. ``sentence`` says to a
    student what such code does; ``change`` and ``line`` are for staff. ``killed_by`` is what tells it from the
    reference; ``off`` is its largest deviation from the reference over all cases, in units of rounding, None where it
    once did not return, or returned something else than numbers in the right shape.
    """

    id: str
    kind: str
    sentence: str
    line: int
    change: str
    killed_by: tuple[Kill, ...]
    off: float | None


class KnownMistake(Record, frozen=True):
    """A mistake that answers can be held against, and what it does, as its author, operator or probe says it.

    ``name`` is a misconception's own, a mutation operator's, or what a probe does to which inputs:
    ``transposed.W_hh``. ``function`` is the one of the reference's that it is made in, none for a probe.
    """

    kind: MistakeKind
    name: str
    sentence: str
    function: str = ""


class Diagnostics(Record, frozen=True):
    """What a wrong solution of an exercise is held against to name the mistake. None of these cases counts for points.

    ``cases`` are generic ones, without a condition, and others in which something is simple. ``witnesses`` are like the
    hidden cases: nothing is found by them, and what was found is held against them. ``answers`` has a row for each of
    ``mistakes``: what it gives on the cases, the witnesses and the public cases, as :func:`grader.diagnose.rows.sums`
    puts it.
    """

    cases: tuple[Case, ...]
    mistakes: tuple[KnownMistake, ...]
    answers: Array
    witnesses: tuple[Case, ...] = ()

    @property
    def asked(self) -> tuple[Case, ...]:
        """What a solution is run on."""
        return self.cases + self.witnesses


class Unfit(StrEnum):
    """Why drawn inputs can be no case; ``about`` says more of it."""

    REFUSED = "refused"  # the reference raises an exception of that class
    NOT_FINITE = "not finite"  # it gives NaN or infinities in that output
    ILL_CONDITIONED = "ill-conditioned"  # rounding alone decides what it gives


class LeftOut(Record, frozen=True, eq=False):
    """Drawn inputs that can be no case, all of them for one reason: how many, and the first of them.

    ``message`` is what the exception says to the first.
    """

    why: Unfit
    about: str
    message: str
    count: int
    sizes: dict[str, int]
    inputs: dict[str, Value]


class Sifted(Record, frozen=True, eq=False):
    """How many inputs were tried for the cases of an exercise, edges among them, and which can be no case."""

    tried: int = 0
    left_out: tuple[LeftOut, ...] = ()


class FrozenCases(Record, frozen=True, eq=False):
    """The cases of an exercise, public ones first, and what they were chosen from."""

    cases: tuple[Case, ...]
    sifted: Sifted


class ExerciseBank(Record, frozen=True, eq=False):
    """The frozen cases of one exercise, public ones first, as the bank keeps them: without its author's notes.

    The others are read from disk when they are asked for; grading what is right needs none of them.
    """

    manifest: Manifest
    cases: tuple[Case, ...]
    proof: Callable[[], tuple[WrongVersion, ...]]
    diagnostics: Callable[[], Diagnostics]
    sifted: Callable[[], Sifted] = Sifted


class Practice(Record, frozen=True):
    """That cases are a bundle's, public ones alone. ``older``: ``made_by`` another version of grader than this one."""

    made_by: str
    older: bool = False


class CaseBank(Record, frozen=True, eq=False):
    """An assignment together with the frozen cases of each of its exercises, public ones first.

    ``sources`` maps a role (assignment, reference, properties) to a SHA-256; ``keys`` an exercise to what stands for
    all that decides its cases; ``inputs_sha256`` is over the inputs of all cases. ``practice`` where it is a bundle's.
    """

    assignment: Assignment
    cases: dict[str, tuple[Case, ...]]
    sources: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    inputs_sha256: str = ""
    proof: Mapping[str, tuple[WrongVersion, ...]] = field(default_factory=dict)
    diagnostics: Mapping[str, Diagnostics] = field(default_factory=dict)
    sifted: Mapping[str, Sifted] = field(default_factory=dict)
    practice: Practice | None = None
