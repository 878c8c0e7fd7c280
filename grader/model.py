"""The records, in the order in which they flow.

::

    Assignment ─ freeze ─▶ CaseBank ─ run ─▶ Outcome* ─ compare ─▶ Comparison* ─ score ─▶ Report

Everything here is frozen. Arrays that a record holds are read-only. Stages are functions from one of these to the
next; no stage keeps state of its own.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - msgspec reads annotations at run time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import Struct, field

if TYPE_CHECKING:  # records only hold arrays; NumPy is loaded by who makes them
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

#: A value that crosses the boundary to a worker: None, bool, int, float, complex, str, a NumPy array or scalar, a
#: :class:`Foreign` mark, and lists, tuples and dicts of these. See :mod:`grader.values`.
Value: TypeAlias = Any

#: One size of a shape: a number, or an expression over dims such as ``"H + D"``. See :mod:`grader.shapes`.
Size: TypeAlias = int | str


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all records: frozen, unknown fields refused. Each says ``frozen`` again, because mypy asks for it."""


# ── the assignment, as its author wrote it ────────────────────────────────────────────────────────────────────────


class Interval(Record, frozen=True):
    """Whole numbers from ``low`` to ``high``, both included; written ``low..high`` in YAML."""

    low: int
    high: int


class Tolerance(Record, frozen=True):
    """``|got - expected| <= atol + rtol * |expected|``, as an author fixed it. Both at least 0, one of them above."""

    rtol: float = 0.0
    atol: float = 0.0


class Limits(Record, frozen=True):
    """What one exercise may use. Times are CPU seconds; waiting is stopped at five times as many wall seconds."""

    seconds: float = 10.0  # an exercise with all its cases
    case_seconds: float = 2.0  # a single case
    load_seconds: float = 10.0  # importing the submission
    memory: int = 1 << 30  # bytes, beyond what Python and NumPy use; YAML takes "1 GiB"
    output: int = 1 << 20  # bytes of stdout and of stderr


class Domain(Record, frozen=True, tag_field="kind"):
    """Base of the input domains: what values an input may take.

    Where ``shape`` may be None, None means a single plain value instead of an array.
    """


class Reals(Domain, frozen=True, tag="reals"):
    """float64 values. Without ``range`` they are spread around 0 by ``scale`` (a standard deviation)."""

    shape: tuple[Size, ...] | None = None
    range: tuple[float, float] | None = None
    scale: float = 1.0


class Integers(Domain, frozen=True, tag="integers"):
    """int64 values (or one ``int``) from ``range``, both ends included; the ends may be sizes such as ``V - 1``."""

    range: tuple[Size, Size]
    shape: tuple[Size, ...] | None = None


class Tokens(Domain, frozen=True, tag="tokens"):
    """Token ids: whole numbers from 0 to ``vocabulary - 1``."""

    vocabulary: Size
    shape: tuple[Size, ...] | None = None


class OneHot(Domain, frozen=True, tag="one_hot"):
    """float64 array that holds a single 1 along ``axis`` and 0 elsewhere."""

    shape: tuple[Size, ...]
    axis: int = -1


class Simplex(Domain, frozen=True, tag="simplex"):
    """float64 array of probabilities: not negative, summing to 1 along ``axis``."""

    shape: tuple[Size, ...]
    axis: int = -1


class Booleans(Domain, frozen=True, tag="booleans"):
    """True and False."""

    shape: tuple[Size, ...] | None = None


class Choices(Domain, frozen=True, tag="choices"):
    """One of the listed plain values."""

    of: tuple[bool | int | float | str | None, ...]


class Text(Domain, frozen=True, tag="text"):
    """A string over ``alphabet`` whose length lies in ``length``."""

    alphabet: str = "abcdefghijklmnopqrstuvwxyz "
    length: Interval = Interval(low=0, high=12)


class ListOf(Domain, frozen=True, tag="list"):
    """A Python list of ``length`` values of another domain."""

    of: AnyDomain
    length: Size | Interval


class SizeOf(Domain, frozen=True, tag="size"):
    """A size itself, as a Python int: ``{kind: size, of: H}``."""

    of: Size


class SameAs(Domain, frozen=True, tag="same_as"):
    """Another draw from the domain of the input named ``of``."""

    of: str


class Custom(Domain, frozen=True, tag="strategy"):
    """Hypothesis strategy of the author's own: ``properties:function``; the function is given the bound sizes."""

    function: str

    @property
    def name(self) -> str:
        """The function's name alone."""
        return self.function.removeprefix("properties:")


AnyDomain: TypeAlias = (
    Reals | Integers | Tokens | OneHot | Simplex | Booleans | Choices | Text | ListOf | SizeOf | SameAs | Custom
)


class Output(Record, frozen=True):
    """One name that ``run`` must leave behind. Without ``shape`` the reference's own shape counts."""

    shape: tuple[Size, ...] | None = None
    points: float | None = None


class Example(Record, frozen=True):
    """A worked figure: inputs written out by the author. Always a public case.

    ``inputs`` are numbers, text, or nested lists (made into float64 or int64 arrays where the input's domain has a
    shape). ``expect`` maps outputs to what the course's document says, right to ``places`` decimals; it is held
    against the reference when the bank is frozen, never against a submission.
    """

    inputs: dict[str, Any]
    expect: dict[str, Any] = {}
    places: int = 2
    note: str = ""


class RaisesCheck(Record, frozen=True):
    """Input that must be answered by an exception: ``error`` names a builtin exception class."""

    inputs: dict[str, Any]
    error: str
    because: str = ""
    points: float | None = None


class PropertyCheck(Record, frozen=True):
    """A law that a function of ``properties.py`` holds against the submission, on the inputs of some cases.

    ``check`` names the function, ``title`` is the law as a sentence for the student, ``cases`` how many public and how
    many hidden cases it is tried on (small ones of each).
    """

    check: str
    title: str
    points: float | None = None
    cases: int = 3


class Cases(Record, frozen=True):
    """How many cases an exercise has. Examples and must-have edges count towards ``public``."""

    public: int = 10
    hidden: int = 40


class Waiver(Record, frozen=True):
    """A wrong version of the reference that need not be caught, by its id in ``grade audit``, and the reason."""

    mutant: str
    because: str


class Bar(Record, frozen=True):
    """What `grade audit` asks of an assignment: this share of live mutants killed, each by so many cases."""

    kill: float = 1.0
    by: int = 3


class Exercise(Record, frozen=True):
    """One gradable task.

    ``run`` is Python that uses the inputs, the sizes and the names of a module; the outputs are read from it. The
    parts of an exercise are its outputs, ``raises`` and ``properties``. Parts that name their ``points`` get them;
    what is left of the exercise's points is shared equally by the others. ``follow_through`` names functions of other
    exercises on which this one builds: where only those are wrong, the method earns its points all the same.
    """

    id: str
    title: str
    points: float
    inputs: dict[str, AnyDomain]
    run: str
    outputs: dict[str, Output]
    dims: dict[str, Interval] = {}  # the assignment's dims, with this exercise's own on top
    cases: Cases = Cases()
    tolerance: Tolerance | None = None
    limits: Limits = Limits()
    examples: tuple[Example, ...] = ()
    raises: tuple[RaisesCheck, ...] = ()
    properties: tuple[PropertyCheck, ...] = ()
    inputs_unchanged: Literal["remark", "required"] = "remark"
    precision: Literal["remark", "required"] = "remark"  # of results that are only numerically off
    follow_through: tuple[str, ...] = ()
    waive: tuple[Waiver, ...] = ()


class Assignment(Record, frozen=True):
    """An assignment file, checked, with every default and inherited value filled in."""

    id: str
    title: str
    module: str  # the file a student hands in, such as "memory.py"
    exercises: tuple[Exercise, ...]
    seed: int = 0
    preload: tuple[str, ...] = ()  # modules beside NumPy that student code may import
    audit: Bar = Bar()


# ── the case bank ─────────────────────────────────────────────────────────────────────────────────────────────────


class Case(Record, frozen=True):
    """Inputs and what the reference made of them.

    ``id`` is ``<exercise>/<number>``, ``origin`` says in words why the case is there ("example", "edge: every
    size 1", "sizes all distinct"). A case with ``raises`` expects that exception and has no ``expected``.
    ``units`` are how far each expected number may be off for reasons of rounding alone, one rounding of it at least:
    an array for an array, a list for a list; None where nothing is rounded. See :mod:`grader.judge.tolerance`.
    """

    id: str
    origin: str
    public: bool
    sizes: dict[str, int]
    inputs: dict[str, Value]
    expected: dict[str, Value] = {}
    raises: str | None = None
    because: str = ""
    units: dict[str, Value] = {}


class Manifest(Record, frozen=True):
    """What a stored bank was made from. ``sources`` maps a role (assignment, reference, properties) to a SHA-256."""

    format: int
    assignment: Assignment
    sources: dict[str, str]
    seed: int
    versions: dict[str, str]  # of Python, NumPy, Hypothesis and grader: for information, never compared
    inputs_sha256: str  # over all inputs: they are the same on every machine; outputs may differ in their last bits


class Suspect(Record, frozen=True):
    """A wrong version of the reference, and what the cases of its exercise make of it.

    ``kind`` is "misconception", the author's own, or the mutation operator that made it. ``sentence`` says to a student
    what such code does; ``change`` and ``line`` are for staff. ``killed_by`` names cases that tell it from the
    reference; ``off`` is its largest deviation from the reference over all cases, in units of rounding, None where
    it once did not return, or returned something else than numbers in the right shape.
    """

    id: str
    kind: str
    sentence: str
    line: int
    change: str
    killed_by: tuple[str, ...]
    off: float | None


class Clue(Record, frozen=True):
    """A mistake that answers can be held against: a suspect, or a probe such as "as if W_hh were transposed"."""

    id: str
    kind: str
    sentence: str


class Clues(Record, frozen=True):
    """What a wrong solution of an exercise is held against to name the mistake. None of these cases counts for points.

    ``cases`` are generic ones, whose origin is empty, and others in which something is simple; their origin says what:
    "`b_h` is 0". ``answers`` has a row for each of ``suspects``: its outputs on the generic cases, one after the other,
    NaN for an output that it does not give in the right shape.
    """

    cases: tuple[Case, ...]
    suspects: tuple[Clue, ...]
    answers: Array


class CaseBank(Record, frozen=True, eq=False):
    """An assignment together with the frozen cases of each of its exercises, public ones first.

    ``proof`` and ``clues`` of an exercise are read from disk when they are first asked for; grading what is right needs
    neither.
    """

    manifest: Manifest
    cases: dict[str, tuple[Case, ...]]
    proof: Mapping[str, tuple[Suspect, ...]] = {}
    clues: Mapping[str, Clues] = {}


# ── what was handed in, and what running it gave ──────────────────────────────────────────────────────────────────


class Submission(Record, frozen=True):
    """Source text by module path (``memory.py``, ``helpers/gates.py``), read and decoded; never run in this process.

    ``data`` holds the data files that the source names, by the name it uses.
    """

    module: str
    files: dict[str, str]
    data: dict[str, bytes] = {}
    remarks: tuple[str, ...] = ()


class Foreign(Record, frozen=True):
    """A value that does not cross the boundary; ``type`` names what it was ("numpy.matrix", "array of objects")."""

    type: str


class Frame(Record, frozen=True):
    """One line of a student's traceback: only files that they handed in appear."""

    file: str
    line: int
    function: str
    text: str = ""


class Returned(Record, frozen=True, tag="returned"):
    """The snippet ran to its end. ``missing`` outputs were never set. The observations are the worker's own advice."""

    outputs: dict[str, Value]
    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()  # inputs that were changed in place
    aliased: tuple[tuple[str, str], ...] = ()  # (output, input) that share memory


class Raised(Record, frozen=True, tag="raised"):
    """The snippet raised. ``ancestors`` are the class names of the exception, most specific first."""

    error: str
    message: str
    ancestors: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()


Scope: TypeAlias = Literal["case", "exercise", "load"]


class TimedOut(Record, frozen=True, tag="timed_out"):
    """Stopped: ``seconds`` is the limit that was passed, on the clock ``clock``, for the scope ``scope``."""

    seconds: float
    clock: Literal["cpu", "wall"]
    scope: Scope


class Crashed(Record, frozen=True, tag="crashed"):
    """The process ended by itself: by ``signal`` ("SIGSEGV"), or with ``exit_code`` (``os._exit``)."""

    signal: str | None = None
    exit_code: int | None = None


class OutOfMemory(Record, frozen=True, tag="out_of_memory"):
    """More memory was asked for than the limit allows. ``message`` is NumPy's or Python's own, possibly empty."""

    limit: int
    message: str = ""


class OutputFlood(Record, frozen=True, tag="output_flood"):
    """More than ``limit`` bytes were printed."""

    limit: int


class BadReply(Record, frozen=True, tag="bad_reply"):
    """The worker said something that is no valid answer."""

    detail: str


class NotRun(Record, frozen=True, tag="not_run"):
    """An earlier case of the exercise ended the worker, so this one was not tried."""


Outcome: TypeAlias = Returned | Raised | TimedOut | Crashed | OutOfMemory | OutputFlood | BadReply | NotRun

#: Outcomes after which the worker is gone.
FATAL = (TimedOut, Crashed, OutputFlood, BadReply)


class Definition(Record, frozen=True):
    """A name that the submission defines. ``parameters`` is None for what is not a function or class."""

    name: str
    parameters: tuple[str, ...] | None = None


class Loaded(Record, frozen=True):
    """What importing the submission gave. With ``problem`` set, ``names`` are those defined before it happened."""

    names: tuple[Definition, ...] = ()
    problem: Outcome | None = None
    stand_ins: tuple[str, ...] = ()  # modules such as matplotlib that were answered by an inert stand-in


class Job(Record, frozen=True):
    """One ``run`` snippet over several cases: what a sandbox is asked to do.

    ``inputs`` and ``sizes`` have one entry a case. ``salt`` seeds the random generators of the worker before the first
    case, so that a repeat with another salt shows results that depend on chance. ``packed`` holds sizes and inputs as
    they are sent (see :mod:`grader.sandbox.protocol`), where they are the same for many submissions.
    """

    run: str
    outputs: tuple[str, ...]
    sizes: tuple[Mapping[str, int], ...]
    inputs: tuple[Mapping[str, Value], ...]
    limits: Limits = Limits()
    salt: int = 0
    packed: bytes = b""


class Run(Record, frozen=True):
    """What a job gave: one outcome a case, and what was printed meanwhile (bounded, control characters still in).

    ``cpu`` and ``wall`` are seconds, measured from outside the worker.
    """

    outcomes: tuple[Outcome, ...]
    cpu: float = 0.0
    wall: float = 0.0
    stdout: str = ""
    stderr: str = ""


class Isolation(Record, frozen=True):
    """How student code was kept apart. Level 1 is a process with limits; ``layers`` names each thing that holds it."""

    level: int
    layers: tuple[str, ...]


# ── verdicts: made in this process only ───────────────────────────────────────────────────────────────────────────

DeviationKind: TypeAlias = Literal["missing", "type", "shape", "dtype", "nonfinite", "value", "precision"]


class Deviation(Record, frozen=True):
    """How an output differs from what was expected: the first of the checks, in this order, that failed.

    ``summary`` is one sentence without numbers of the case (safe for hidden cases); ``detail`` may hold them.
    ``where`` is the index of the worst element, None when there is no such element.
    """

    kind: DeviationKind
    summary: str
    detail: str = ""
    where: tuple[int, ...] | None = None
    expected: float | None = None  # at ``where``
    got: float | None = None
    wrong: int = 0  # elements out of ``total``
    total: int = 0
    nans: int = 0
    infs: int = 0


class Comparison(Record, frozen=True):
    """One output of one case held against the bank."""

    output: str
    case: str
    deviation: Deviation | None = None
    remarks: tuple[str, ...] = ()


class Trial(Record, frozen=True):
    """One case and what became of it. ``problem`` is a phrase, safe for students: a ``raises`` case was not met."""

    case: Case
    outcome: Outcome
    comparisons: tuple[Comparison, ...] = ()
    problem: str = ""

    @property
    def right(self) -> bool:
        """True if the case gave all that it should."""
        if self.problem:
            return False
        if self.case.raises is not None:
            return True
        return isinstance(self.outcome, Returned) and all(found.deviation is None for found in self.comparisons)


class Holding(Record, frozen=True):
    """A property tried on some cases. ``problem`` is the sentence of the first case on which it did not hold."""

    check: str
    problem: str = ""
    public: int = 0
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0


PartKind: TypeAlias = Literal["output", "raises", "property"]


class Part(Record, frozen=True):
    """A share of an exercise's points. All its cases must be right, public and hidden.

    ``followed`` names earlier functions where the part is right but for those, so that its method earns the points.
    """

    kind: PartKind
    name: str
    title: str
    points: float
    earned: float
    right: bool
    public: int = 0  # cases tried, and how many of them failed
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int = 0
    problem: str = ""  # one sentence, safe for students
    followed: tuple[str, ...] = ()


class OutputDetail(Record, frozen=True):
    """One output of a counterexample. ``got`` is None when nothing came back (``shown`` is False then)."""

    name: str
    expected: Value
    got: Value = None
    shown: bool = True
    deviation: Deviation | None = None
    tolerance: str = ""  # the rule in words


class Counterexample(Record, frozen=True):
    """The smallest failing case, ready to be run by hand. ``code`` is Python that a student can paste."""

    case: str
    origin: str
    hidden: bool
    minimised: bool
    inputs: dict[str, Value]
    sizes: dict[str, int]
    code: str
    outputs: tuple[OutputDetail, ...] = ()
    outcome: Outcome | None = None  # set when the case did not return


FindingKind: TypeAlias = Literal["misconception", "mutant", "probe", "relation", "circumstance"]


class Finding(Record, frozen=True):
    """One thing that is known of a mistake, true of all that was measured.

    ``name`` is the misconception's name, the mutation operator, or what kind of relation it is. ``sentence`` is for the
    student, ``evidence`` says what it rests on ("all 16 cases tried"); neither holds a value of a case. ``outputs`` are
    those that it accounts for.
    """

    kind: FindingKind
    name: str
    sentence: str
    evidence: str = ""
    outputs: tuple[str, ...] = ()


Status: TypeAlias = Literal["right", "partly", "wrong", "unfinished", "missing", "ungraded"]


class ExerciseResult(Record, frozen=True):
    """What an exercise earned and why.

    ``headline`` says what to do, ``explanation`` why, in sentences safe for students. ``counterexamples`` holds at most
    one public and one hidden one; ``printed`` is stdout of public cases only. ``diagnosis`` names the mistake, surest
    first, as far as it is known.
    """

    id: str
    title: str
    points: float
    earned: float | None  # None: ungraded, which is never a zero
    status: Status
    headline: str
    explanation: tuple[str, ...] = ()
    diagnosis: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = ()
    traceback: tuple[Frame, ...] = ()
    error: str = ""  # "ValueError: shapes not aligned", for the traceback's last line
    counterexamples: tuple[Counterexample, ...] = ()
    remarks: tuple[str, ...] = ()
    printed: str = ""

    @property
    def followed(self) -> bool:
        """True if there are wrong outputs, and functions of earlier exercises alone are to blame for them."""
        wrong = [part for part in self.parts if part.kind == "output" and not part.right]
        return bool(wrong) and all(part.followed for part in wrong)


class Timing(Record, frozen=True):
    """Wall seconds: the only part of a report that differs between two runs on the same submission.

    ``total`` is None where the reader may not know it.
    """

    total: float | None = None
    started: str = ""  # ISO 8601, UTC
    exercises: dict[str, float] = field(default_factory=dict)


class Report(Record, frozen=True):
    """The whole result of grading one submission. ``score`` is None when any exercise is ungraded."""

    assignment: str
    title: str
    module: str
    score: float | None
    max_score: float
    exercises: tuple[ExerciseResult, ...]
    isolation: Isolation
    headline: str = ""
    problem: str = ""  # what is wrong with the submission as a whole: a syntax error, an import that fails
    traceback: tuple[Frame, ...] = ()
    error: str = ""
    remarks: tuple[str, ...] = ()
    view: Literal["staff", "student"] = "staff"
    bank: str = ""  # SHA-256 of the bank's inputs: two reports with the same one used the same cases
    version: str = ""
    timing: Timing = Timing()
