"""The assignment, as its author wrote it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec import field
from msgspec.structs import replace

from grader.records.bar import Bar
from grader.records.credit import Credit
from grader.records.raises_check import RaisesCheck
from grader.records.record import Record, Size
from grader.records.source_rules import SourceRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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


class Generator(Domain, frozen=True, tag="generator"):
    """A NumPy generator of random numbers, ``np.random.default_rng(seed)``, of which the seed is drawn."""


class ListOf(Domain, frozen=True, tag="list"):
    """A Python list of ``length`` values of another domain."""

    of: AnyDomain
    length: Size | Interval


class DictOf(Domain, frozen=True, tag="dict"):
    """A Python dict; each of its ``entries`` is an input of its own."""

    entries: dict[str, AnyDomain]


class SizeOf(Domain, frozen=True, tag="size"):
    """A size itself, as a Python int: ``{kind: size, of: H}``."""

    of: Size


class SameAs(Domain, frozen=True, tag="same_as"):
    """Another draw from the domain of the input named ``of``, or of the entry ``parameters.W`` of one."""

    of: str


class Custom(Domain, frozen=True, tag="strategy"):
    """Hypothesis strategy of the author's own: ``properties:function``; the function is given the bound sizes."""

    function: str

    @property
    def name(self) -> str:
        """The function's name alone."""
        return self.function.removeprefix("properties:")


AnyDomain: TypeAlias = (
    Reals
    | Integers
    | Tokens
    | OneHot
    | Simplex
    | Booleans
    | Choices
    | Text
    | Generator
    | ListOf
    | DictOf
    | SizeOf
    | SameAs
    | Custom
)


class Output(Record, frozen=True):
    """One name that ``run`` must leave behind. Without ``shape`` the reference's own shape counts.

    ``extra_keys``: what keys of a dict, at whatever depth, lead to that the reference's own does not have.
    ``credit``: its points are earned whole, or a share of them for each group of cases; None as its exercise says.
    ``nonfinite``: NaN and infinities are "expected" wherever the reference has them, or "avoided": inputs that lead
    there by accident, which NumPy warns of, are no case. ``drawn_from`` is a Python expression that the reference's
    side evaluates after ``run``: the probabilities of what the output holds draws of.
    """

    shape: tuple[Size, ...] | None = None
    points: float | None = None
    extra_keys: Literal["wrong", "allowed"] = "wrong"
    nonfinite: Literal["avoided", "expected"] = "avoided"
    credit: Credit | None = None
    drawn_from: str = ""


class Example(Record, frozen=True):
    """A worked figure: inputs written out by the author. Always a public case.

    ``inputs`` are numbers, text, or nested lists (made into float64 or int64 arrays where the input's domain has a
    shape). ``expect`` maps outputs to what the course's document says, right to ``places`` decimals; it is held
    against the reference when the bank is frozen, never against a submission.
    """

    inputs: dict[str, Any]
    expect: dict[str, Any] = field(default_factory=dict)
    places: int = 2
    note: str = ""


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


class Exercise(Record, frozen=True):
    """One gradable task.

    ``run`` is Python that uses the inputs, the sizes and the names of a module; the outputs are read from it. The
    parts of an exercise are its outputs, ``raises``, ``properties``, and ``source`` if that has points. Parts that name
    their ``points`` get them; what is left of the exercise's points is shared equally by the others. ``follow_through``
    names functions of other exercises on which this one builds: where only those are wrong, the method earns its points
    all the same. ``helpers`` is what ``run`` takes of the course's ``helpers.py``, as text.
    """

    id: str
    title: str
    points: float
    inputs: dict[str, AnyDomain]
    run: str
    outputs: dict[str, Output]
    dims: dict[str, Interval] = field(default_factory=dict)  # the assignment's dims, with this exercise's own on top
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
    helpers: str = ""
    source: SourceRules | None = None
    credit: Credit = "whole"  # of outputs that do not say it themselves
    mutants: Literal["run", "skip"] = "run"  # skipped where an exercise takes too long for hundreds of them

    @property
    def refusals(self) -> tuple[RaisesCheck, ...]:
        """The checks under ``raises``, one for each input that must be refused: as many as there are cases of them."""
        return tuple(replace(check, inputs=inputs) for check in self.raises for inputs in check.each)


#: What a student's report says of hidden cases: of each part whether it is right, or how many of them fail as well.
HiddenTold: TypeAlias = Literal["verdict", "counts"]


class Assignment(Record, frozen=True):
    """An assignment file, checked, with every default and inherited value filled in."""

    id: str
    title: str
    module: str  # the file a student hands in, such as "memory.py"
    exercises: tuple[Exercise, ...]
    seed: int = 0
    preload: tuple[str, ...] = ()  # modules beside NumPy that student code may import
    stand_ins: tuple[str, ...] = ()  # modules that do nothing when student code imports them
    audit: Bar = Bar()
    hidden: HiddenTold = "verdict"
    total: float | None = None  # CPU seconds of everything that is run for a submission
    draw: int = 0  # how often hidden cases were drawn anew
    due: datetime | None = None  # with its zone; asked before hidden cases are shown to students, and opens nothing

    @property
    def total_seconds(self) -> float:
        """The same, or what the limits of importing and of all exercises add up to."""
        limits = [exercise.limits for exercise in self.exercises]
        added = max(limit.load_seconds for limit in limits) + sum(limit.seconds for limit in limits)
        return added if self.total is None else self.total


def own_domain(inputs: Mapping[str, AnyDomain], name: str) -> AnyDomain | None:
    """The domain of an input, followed through ``same_as``; None if that leads nowhere, as an author may write it."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        domain = written_domain(inputs, name)
        if not isinstance(domain, SameAs):
            return domain
        name = domain.of
    return None


def written_domain(inputs: Mapping[str, AnyDomain], name: str) -> AnyDomain | None:
    """The domain of an input, or of an entry such as ``parameters.W``, as it was written; None if there is none."""
    first, *keys = name.split(".")
    domain = inputs.get(first)
    for key in keys:
        domain = domain.entries.get(key) if isinstance(domain, DictOf) else None
    return domain


def resolved(inputs: Mapping[str, AnyDomain], domain: AnyDomain) -> AnyDomain:
    """The domain with every ``same_as`` in it followed to where it leads. Raises KeyError if that is nowhere."""
    if isinstance(domain, SameAs):
        meant = own_domain(inputs, domain.of)
        if meant is None:
            raise KeyError(domain.of)
        return resolved(inputs, meant)
    if isinstance(domain, DictOf):
        return replace(domain, entries={key: resolved(inputs, entry) for key, entry in domain.entries.items()})
    return replace(domain, of=resolved(inputs, domain.of)) if isinstance(domain, ListOf) else domain


def parts_of(domain: AnyDomain) -> Iterator[tuple[tuple[str, ...], AnyDomain]]:
    """A domain and those inside it, each with its way there in an assignment file."""
    yield (), domain
    inner: dict[tuple[str, ...], AnyDomain] = {}
    match domain:
        case ListOf(of=item):
            inner[("of",)] = item
        case DictOf(entries=entries):
            inner = {("entries", key): entry for key, entry in entries.items()}
    for step, part in inner.items():
        yield from (((*step, *way), found) for way, found in parts_of(part))


def custom_function(domain: AnyDomain) -> str | None:
    """The name of the author's strategy that a domain draws from, if it does; of several in a dict the first."""
    return next(iter(custom_functions(domain)), None)


def custom_functions(domain: AnyDomain) -> list[str]:
    """The names of the author's strategies that a domain draws from."""
    return [part.name for _, part in parts_of(domain) if isinstance(part, Custom)]
