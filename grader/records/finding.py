"""What is known of the mistake of a wrong solution: facts, which :mod:`grader.report.words.findings` puts in words.

A finding is a fact, the outputs that it accounts for, and the number of cases that it rests on. It is true of all that
was measured, and holds no value of a case and no expression of the reference.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from grader.records.bank import Condition, KnownMistake, MistakeKind
from grader.records.record import Record

FindingKind: TypeAlias = Literal["named", "misconception", "mutant", "probe", "relation", "circumstance"]


class Fact(Record, frozen=True, tag_field="fact"):
    """Base of all facts. The outputs that a fact is about are its finding's."""


# ── a known mistake answers the same ──────────────────────────────────────────────────────────────────────────────


class Predicted(Fact, frozen=True, tag="predicted"):
    """A known mistake gives what the solution gives.

    ``partly``: it leaves an output unexplained that is wrong too, or would change another one that is right.
    """

    mistake: KnownMistake
    partly: bool = False


class NamedByInstructor(Fact, frozen=True, tag="named"):
    """It answers as students did whose mistake the instructor has named: ``name`` is its file, ``sentence`` the text.

    ``partly``: other outputs are not as those students had them.
    """

    name: str
    sentence: str
    partly: bool = False


# ── relations to the right output ─────────────────────────────────────────────────────────────────────────────────


class Relation(Fact, frozen=True):
    """Base of what is so of each of the outputs beside the right one."""


class Changed(Relation, frozen=True, tag="changed"):
    """It is one simple function of the right output."""

    how: Literal["zero", "absolute", "transposed", "reversed", "complement", "logarithm", "exponential", "shape"]


class Factor(Relation, frozen=True, tag="factor"):
    """It is a multiple of the right output: by a number, or by a size (``summed``), or it is divided by one.

    ``size`` is the one by which it is multiplied or divided; with ``sizes`` it is multiplied by that and divided by
    ``over``.
    """

    by: Literal["-1", "2", "1/2", "1/log 2", "1/log 10", "size", "1/size", "sizes"]
    size: str = ""
    over: str = ""


class Shift(Relation, frozen=True, tag="shift"):
    """Everything along its first axis comes one place too late, or too early."""

    late: bool
    along: Literal["steps", "rows", "entries"]


class Length(Relation, frozen=True, tag="length"):
    """It lacks an entry at one end of its first axis, or has one too many there; all others are right."""

    lacks: bool
    end: Literal["first", "last"]


class Rounded(Relation, frozen=True, tag="rounded"):
    """It has so many decimals only; all further ones were rounded, or ``cut`` off."""

    decimals: int
    cut: bool


class Limited(Relation, frozen=True, tag="limit"):
    """It is right up to a limit, which it never passes, on one side or on both."""

    both: bool


class Columns(Relation, frozen=True, tag="columns"):
    """Its columns sum to 1, or all its numbers together (``whole``), where the rows of the right one do."""

    whole: bool = False


class Exchanged(Relation, frozen=True, tag="exchanged"):
    """It holds what the output ``other`` should hold; if that is one of the finding's, the reverse holds too.

    ``rest``: it holds one minus that.
    """

    other: str
    rest: bool = False


class AtTarget(Relation, frozen=True, tag="target"):
    """It is off by ``by``, divided by ``size`` if that is one, at the entries that the input ``name`` names alone.

    ``each_time``: by as much for each time that an entry is named, where others name one in each row.
    """

    name: str
    by: Literal[-2, -1, 1, 2]
    size: str = ""
    each_time: bool = False


class Slope(Relation, frozen=True, tag="slope"):
    """A factor is wrong: the slope of the activation that made an input, for each of the outputs one of ``inputs``."""

    how: Literal["missing", "twice", "tanh_for_sigmoid", "sigmoid_for_tanh"]
    inputs: tuple[str, ...]


class NoEffect(Relation, frozen=True, tag="no_effect"):
    """It stays as it is when one of these inputs is set to 0, and should not."""

    inputs: tuple[str, ...]


class Repeated(Relation, frozen=True, tag="repeated"):
    """What lies at these places of the items of a list is the same in all items, and should not be."""

    places: tuple[tuple[int | str, ...], ...]


class Twin(Relation, frozen=True, tag="twin"):
    """What lies at ``place`` in each item of a list is what lies at the place ``of`` in it, and should not be."""

    place: tuple[int | str, ...]
    of: tuple[int | str, ...]


HowOverAxis: TypeAlias = Literal["first", "last", "sum", "mean"]


class OverAxis(Relation, frozen=True, tag="over_axis"):
    """It is one end, the sum or the mean of the right output along an axis; ``left_out``: that is it of the output."""

    how: HowOverAxis
    axis: int
    left_out: bool


#: What a sequence consists of.
ItemsOf: TypeAlias = Literal["item", "character", "step", "row", "entry"]
HowItems: TypeAlias = (
    Literal["should_be_empty", "reversed", "late", "early", "lacks_first", "lacks_last", "one_in_front", "one_at_end"]
    | Literal["beginning", "end", "another_order", "each_once", "repeated", "some_missing", "others_among"]
)


class Items(Relation, frozen=True, tag="items"):
    """The items of a sequence beside the right ones; not ``everywhere``: in the cases in which it is wrong."""

    how: HowItems
    of: ItemsOf
    everywhere: bool


HowEntries: TypeAlias = Literal["keys_missing", "keys_too_many", "values_wrong", "same_values"]


class DictEntries(Relation, frozen=True, tag="entries"):
    """The entries of a dict beside the right ones, in the cases in which it is wrong."""

    how: HowEntries


class Alike(Relation, frozen=True, tag="alike"):
    """It is like the right output, though no relation is exact."""

    how: Literal["same_factor", "any_factor", "row_factor", "nearly", "rises", "falls"]


class Beyond(Relation, frozen=True, tag="beyond"):
    """Some of its numbers lie outside a range in which all the right ones lie."""

    low: int
    high: int


# ── circumstances ─────────────────────────────────────────────────────────────────────────────────────────────────


class Circumstance(Fact, frozen=True):
    """Base of what says when a solution is right, or where: of its outputs where the finding names some."""


class When(Circumstance, frozen=True, tag="when"):
    """It is right, or wrong, wherever any of these conditions holds, and hardly ever so elsewhere.

    ```unless`` are sizes: where they are 1 as well, it is not.
    """

    right: bool
    conditions: tuple[Condition, ...]
    unless: tuple[str, ...] = ()


class EqualSizes(Circumstance, frozen=True, tag="equal_sizes"):
    """It is right, or wrong, exactly where these sizes are equal."""

    right: bool
    sizes: tuple[str, ...]


class Steps(Circumstance, frozen=True, tag="steps"):
    """``output`` is right, or wrong, at one end of its first axis only."""

    output: str
    right: bool
    end: Literal["first", "last"]
    along: Literal["steps", "rows"]


class FirstWrong(Circumstance, frozen=True, tag="first_wrong"):
    """Counted from ``end``, ``output`` is right in its first ``right`` steps, and wrong in one after them.

    It is the next one in all cases from which that was told. In another it may be right by chance.
    """

    output: str
    right: Literal[1, 2]
    end: Literal["first", "last"]


class NotZero(Circumstance, frozen=True, tag="not_zero"):
    """It is not 0 where this input is, and should be."""

    name: str


class OutputsRight(Circumstance, frozen=True, tag="outputs"):
    """These outputs are right; those of the finding are not."""

    right: tuple[str, ...]


AnyFact: TypeAlias = (
    Predicted
    | NamedByInstructor
    | Changed
    | Factor
    | Shift
    | Length
    | Rounded
    | Limited
    | Columns
    | Exchanged
    | AtTarget
    | Slope
    | NoEffect
    | Repeated
    | Twin
    | OverAxis
    | Items
    | DictEntries
    | Alike
    | Beyond
    | When
    | EqualSizes
    | Steps
    | FirstWrong
    | NotZero
    | OutputsRight
)


# ── what they rest on ─────────────────────────────────────────────────────────────────────────────────────────────


class Share(Record, frozen=True, tag="share"):
    """Cases that show a fact, those that could have shown it, and all that were tried."""

    shown: int
    asked: int
    tried: int


class Contrast(Record, frozen=True, tag="contrast"):
    """Cases in which a circumstance is given, and it is so in all of them, against ordinary ones in which it is not.

    In ``opposite`` of the ``ordinary`` ones the reverse is so.
    """

    given: int
    opposite: int
    ordinary: int


class Finding(Record, frozen=True):
    """One thing that is known of a mistake. ``outputs`` are those that it accounts for; none: all that is wrong.

    ``contradicted``: a hidden case speaks against it, which the staff alone may know.
    """

    fact: AnyFact
    rests: Share | Contrast
    outputs: tuple[str, ...] = ()
    contradicted: bool = False

    @property
    def kind(self) -> FindingKind:
        """What sort of fact it is; a misconception that is inherited is one."""
        if isinstance(self.fact, NamedByInstructor):
            return "named"
        if not isinstance(self.fact, Predicted):
            return "circumstance" if isinstance(self.fact, Circumstance) else "relation"
        match self.fact.mistake.kind:
            case MistakeKind.PROBE:
                return "probe"
            case MistakeKind.MUTANT:
                return "mutant"
        return "misconception"

    @property
    def name(self) -> str:
        """The misconception, named mistake, mutation operator or probe, or which relation or circumstance it is."""
        match self.fact:
            case Predicted(mistake=mistake):
                return mistake.name
            case NamedByInstructor(name=name):
                return name
            case Changed(how=how) | Alike(how=how) | Items(how=how) | DictEntries(how=how):
                return how
            case Beyond(low=low, high=high):
                return f"beyond_{low}_{high}"
            case When(right=right):
                return "right_when" if right else "wrong_when"
        return str(self.fact.__struct_config__.tag)
