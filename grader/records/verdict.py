"""Verdicts: facts, made in the grader's own process only. What a person reads of them is in ``report/words``."""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.bank import Case, Origin
from grader.records.breaches import SourceBroken
from grader.records.credit import CreditGroup
from grader.records.draw_share import DrawShare
from grader.records.record import Record, Value
from grader.records.run import BadReply, Crashed, NotRun, Outcome, OutOfMemory, Raised, Returned, TimedOut

# ── an output beside what was expected ────────────────────────────────────────────────────────────────────────────

FormKind: TypeAlias = Literal["array", "number", "truth", "text", "none", "container", "foreign", "literal"]


class ValueForm(Record, frozen=True):
    """What a value is, without its numbers.

    ``type`` is an array's dtype, a container's class, what a foreign value was, or the text of a literal; ``size`` the
    number of a container's items, negative where that does not matter.
    """

    kind: FormKind
    type: str = ""
    shape: tuple[int, ...] = ()
    size: int = -1


DeviationKind: TypeAlias = Literal["missing", "type", "shape", "dtype", "nonfinite", "value", "precision"]

#: What more is known of a deviation than the check that failed, check by check.
FaultName: TypeAlias = Literal[
    "never_set", "keys", "extra_keys",
    "none", "none_within", "none_under_key", "named", "other", "stand_in", "empty", "not_numbers",
    "another", "items", "ones_became_a_number", "sum_over_everything", "no_single_number", "transposed",
    "lacks_a_one", "a_one_too_many", "ones_elsewhere", "one_step", "one_longer", "one_shorter", "broadcast",
    "dimensions",
    "dtype", "cut",
    "nan", "infinite", "nan_or_infinite", "never_changes",
    "numbers", "value", "shares", "impossible",
    "digits",
]  # fmt: skip


class Fault(Record, frozen=True, tag="fault"):
    """Of which class a deviation is: no figure but how many items are meant.

    ``kind`` is the check that failed. ``got`` and ``wanted`` say between what the mistake lies where that is a type, a
    kind of dtype (NumPy's letter), or a number of dimensions; ``got`` is a stand-in's library, or the key of a dict.
    ``within``: it is of an item of a container, whose own type and number of items are right.
    """

    kind: DeviationKind
    what: FaultName
    wanted: ValueForm | None = None
    got: str = ""
    within: bool = False


class Deviation(Record, frozen=True):
    """How an output differs from what was expected: the first of the checks, in the order of its kinds, that failed.

    ``path`` leads to the item of a container that differs: positions as numbers, keys as Python writes them. ``wanted``
    and ``came`` are what the two are, ``keys`` what a dict lacks and ``extra`` what it should not have, the first few
    as Python writes them. ``where`` is the index of the worst element, None when there is none.
    """

    fault: Fault
    path: tuple[int | str, ...] = ()
    wanted: ValueForm | None = None
    came: ValueForm | None = None
    keys: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    extra_keys: int = 0  # how many there are
    where: tuple[int, ...] | None = None
    expected: float | None = None  # at ``where``
    got: float | None = None
    wrong: int = 0  # elements out of ``total``
    total: int = 0
    nans: int = 0
    infs: int = 0
    share: DrawShare | None = None  # of a sample, what came too often or too rarely

    @property
    def kind(self) -> DeviationKind:
        """The check that failed."""
        return self.fault.kind


RemarkKind: TypeAlias = Literal[
    "single_precision", "other_dtype", "few_digits", "zero_dimensional", "is_a_sequence", "first_of_several",
    "is_an_array", "extra_keys", "read_as", "changes_input", "shares_memory", "prints_much", "stops_at_its_end",
]  # fmt: skip


class Remark(Record, frozen=True):
    """What is right but worth a word. ``about`` is an output, or an input that was changed.

    ``got`` and ``wanted`` are types, dtypes, ways of reading, the input that shares memory, how many bytes may be
    printed, or the exception that comes after all outputs are set.
    """

    kind: RemarkKind
    about: str = ""
    got: str = ""
    wanted: str = ""


class Comparison(Record, frozen=True):
    """One output of one case held against the bank."""

    output: str
    case: str
    deviation: Deviation | None = None
    remarks: tuple[Remark, ...] = ()


# ── what is wrong with a part ─────────────────────────────────────────────────────────────────────────────────────

EndingKind: TypeAlias = Literal[
    "returned", "raised", "timed_out", "used_up", "exited", "crashed", "out_of_memory", "bad_reply", "not_run"
]


class Ending(Record, frozen=True, tag="ending"):
    """How a case ended: no text and no number that student code chose.

    ``error`` is a builtin exception class, empty for one of the submission's own. ``limit`` is in seconds on the clock
    ``clock``, or in bytes.
    """

    kind: EndingKind
    error: str = ""
    limit: float = 0.0
    clock: Literal["", "cpu", "wall"] = ""


def ending(outcome: Outcome) -> Ending:
    """What is left of an outcome. Exit codes and signals are for student code to choose: they could carry an input."""
    match outcome:
        case Returned():
            return Ending("returned")
        case Raised():
            return Ending("raised", error=outcome.builtin_error)
        case TimedOut(seconds=seconds, clock=clock, scope="submission"):
            return Ending("used_up", limit=seconds, clock=clock)
        case TimedOut(seconds=seconds, clock=clock):
            return Ending("timed_out", limit=seconds, clock=clock)
        case Crashed(signal=None):
            return Ending("exited")
        case Crashed():
            return Ending("crashed")
        case OutOfMemory(limit=limit):
            return Ending("out_of_memory", limit=limit)
        case BadReply():
            return Ending("bad_reply")
        case NotRun():
            return Ending("not_run")


class NotRaised(Record, frozen=True, tag="not_raised"):
    """An exception was asked for, and the case ended otherwise."""

    error: str
    instead: Ending


class RuleBroken(Record, frozen=True, tag="rule_broken"):
    """A rule that holds for an exercise as a whole."""

    rule: Literal["inputs_unchanged", "repeatable", "own_chance"]


class WrongInHidden(Record, frozen=True, tag="wrong_in_hidden"):
    """Nothing public is wrong, something hidden is: all that a student is told of that."""


class LawBroken(Record, frozen=True, tag="law_broken"):
    """A property does not hold; ``sentence`` is its author's, and empty for hidden cases."""

    sentence: str = ""


class LawUntried(Record, frozen=True, tag="law_untried"):
    """A property could not be tried.

    The code did not return (``outcome``), an ``output`` is nothing that a law can be held against (``fault``), or, with
    neither, an earlier case ended the process.
    """

    outcome: Outcome | None = None
    output: str = ""
    fault: Fault | None = None


class LawFailed(Record, frozen=True, tag="law_failed"):
    """A property met values of hidden cases that it fails at with an exception; ``fault`` is its text, for staff."""

    fault: str


class Unearned(Record, frozen=True, tag="unearned"):
    """Nothing is wrong with a check or a law itself, but no output of its exercise is right in half of the cases.

    ``or_fails``: or it fails on hidden cases; a student is not told which. ``at_end``: it must be right where the code
    comes to its end, for a check asks it to raise, which code that always does has shown nothing by.
    """

    or_fails: bool = False
    at_end: bool = False


class ButFor(Record, frozen=True, tag="but_for"):
    """Right but for these functions of earlier exercises, so that the method earns its points."""

    names: tuple[str, ...]


Problem: TypeAlias = (
    Fault | Ending | NotRaised | RuleBroken | SourceBroken | WrongInHidden
    | LawBroken | LawUntried | LawFailed | Unearned | ButFor
)  # fmt: skip


# ── cases, laws, parts ────────────────────────────────────────────────────────────────────────────────────────────


class Trial(Record, frozen=True):
    """One case and what became of it. ``problem``: a case that asks for an exception was not met.

    ``before`` is what a case that raised had set by then; of its outputs those alone are compared.
    """

    case: Case
    outcome: Outcome
    comparisons: tuple[Comparison, ...] = ()
    problem: NotRaised | None = None
    before: Returned | None = None

    @property
    def given(self) -> Returned | None:
        """What it returned, or had set before it raised."""
        return self.outcome if isinstance(self.outcome, Returned) else self.before

    @property
    def right(self) -> bool:
        """True if the case gave all that it should."""
        if self.problem is not None:
            return False
        if self.case.raises is not None:
            return True
        came = isinstance(self.outcome, Returned)  # asked too often for a generator
        return came and True not in [each.deviation is not None for each in self.comparisons]


PartKind: TypeAlias = Literal["output", "raises", "property", "source"]


class PartKey(Record, frozen=True):
    """Which share: the output of this name, the n-th exception that is asked for, the law's function, the source."""

    kind: PartKind
    name: str
    number: int = 1


class Part(Record, frozen=True):
    """A share of an exercise's points. All its cases must be right, public and hidden.

    ``title`` is the author's own: a law as a sentence, or why bad input is bad. ``given`` are that input's values as
    code, where another check of the exercise has the same title. ``followed`` names earlier functions
    where the part is right but for those, so that its method earns the points. ``hidden_failed`` is None where it is
    not told. ``groups``: of an output that earns shares.
    """

    key: PartKey
    points: float
    earned: float
    right: bool
    title: str = ""
    public: int = 0  # cases tried, and how many of them failed
    public_failed: int = 0
    hidden: int = 0
    hidden_failed: int | None = 0
    problem: Problem | None = None
    followed: tuple[str, ...] = ()
    groups: tuple[CreditGroup, ...] = ()
    given: str = ""


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────


class Bound(Record, frozen=True):
    """How far an output may be off: an author's ``atol`` and ``rtol``, or ``within`` as it was measured.

    ``precise``: nothing beyond rounding is let through.
    """

    atol: float = 0.0
    rtol: float = 0.0
    within: float = 0.0
    precise: bool = False


class OutputDetail(Record, frozen=True):
    """One output of a counterexample. ``got`` is None when nothing came back (``shown`` is False then).

    ``steps``: its first axis is the time of a sequence that is read. ``wrong``: which elements of ``expected`` are, of
    numbers in the right shape but for the length of the first axis, lists of them stacked; None where that is not to be
    said. ``shares``: of a sample, each category.
    """

    name: str
    expected: Value
    got: Value = None
    shown: bool = True
    deviation: Deviation | None = None
    bound: Bound | None = None  # None where it is no number
    steps: bool = False
    wrong: Value = None
    shares: tuple[DrawShare, ...] = ()


class Counterexample(Record, frozen=True):
    """The smallest failing case, ready to be run by hand. ``code`` is Python that a student can paste."""

    case: str
    origin: Origin
    hidden: bool
    minimised: bool
    inputs: dict[str, Value]
    sizes: dict[str, int]
    code: str
    outputs: tuple[OutputDetail, ...] = ()
    outcome: Outcome | None = None  # set when the case did not return
    law: str = ""  # the property that does not hold, where every case is right
    law_tried: bool = True  # False where the code did not get so far on this
    calls: int = 1  # it goes wrong at the second one; 0: only after others

    @property
    def raised(self) -> Raised | None:
        """The exception that ended it, if one did."""
        return self.outcome if isinstance(self.outcome, Raised) else None


Status: TypeAlias = Literal["right", "partly", "wrong", "unfinished", "missing", "ungraded"]
