"""What an output is beside what it should be, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.finding import (
    Alike,
    AtTarget,
    Beyond,
    Changed,
    Columns,
    DictEntries,
    Exchanged,
    Factor,
    Items,
    Length,
    Limited,
    NoEffect,
    OverAxis,
    Repeated,
    Rounded,
    Shift,
    Slope,
    Twin,
)
from grader.report.words.language import are, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.finding import Relation

_CHANGED: Final = {
    "zero": "is 0, whatever it should be",
    "absolute": "has lost its signs: it is the absolute value of what it should be",
    "transposed": "is transposed",
    "reversed": "is in reversed order along its first axis",
    "complement": "is one minus what it should be",
    "logarithm": "is the logarithm of what it should be",
    "exponential": "is the exponential of what it should be",
    "shape": "holds the right numbers in another shape",
}
_FACTORS: Final = {
    "-1": "has the wrong sign",
    "2": "is twice what it should be",
    "1/2": "is half of what it should be",
    "1/log 2": "is as large as with a logarithm to base 2",
    "1/log 10": "is as large as with a logarithm to base 10",
    "size": "is multiplied by `{}`: summed where it should be averaged",
    "1/size": "is divided by `{}`: averaged where it should be summed",
    "sizes": "is multiplied by `{}` and divided by `{}`: it seems that one size stands for the other",
}
_SLOPES: Final = {
    "missing": "{} for the slope of the sigmoid or tanh that made {}, which is left out",
    "twice": "{} for the slope of the sigmoid or tanh that made {}, which is there once too often",
    "tanh_for_sigmoid": "{} for the slope of a tanh, which stands where that of the sigmoid that made {} belongs",
    "sigmoid_for_tanh": "{} for the slope of a sigmoid, which stands where that of the tanh that made {} belongs",
}
_ALIKE: Final = {
    "same_factor": "right but for a factor that is the same in all cases",
    "any_factor": "right but for one factor in each case",
    "row_factor": "right but for one factor in each row",
    "nearly": "off by less than a hundredth of its largest number, "
    "as lost digits or a small number that is added would be",
    "rises": "larger wherever the right numbers are larger, as if another function came last, "
    "or something were added before it",
    "falls": "smaller wherever the right numbers are larger, as if another function came last, "
    "or something were added before it",
}
_OVER: Final = {"first": "first entry", "last": "last entry", "sum": "sum", "mean": "mean"}
_SEVERAL: Final = {"item": "items", "character": "characters", "step": "steps", "row": "rows", "entry": "entries"}
_ITEMS: Final = {
    "should_be_empty": "holds {several} and should be empty",
    "reversed": "holds the right {several} in reverse order",
    "late": "has its {several} moved by one: each is what belongs to the place before",
    "early": "has its {several} moved by one: each is what belongs to the place after",
    "lacks_first": "lacks its first {one}; all others are right",
    "lacks_last": "lacks its last {one}; all others are right",
    "one_in_front": "has one {one} too many in front; all others are right",
    "one_at_end": "has one {one} too many at its end; all others are right",
    "beginning": "ends too early: the {several} that are there are right, and further ones are missing",
    "end": "begins too late: the {several} that are there are right, and earlier ones are missing",
    "another_order": "holds the right {several} in another order",
    "each_once": "holds each {one} once, where some come several times",
    "repeated": "holds some {several} several times, where each comes once",
    "some_missing": "lacks some {several}; those that are there are right, and in the right order",
    "others_among": "holds the right {several} in the right order, and further ones among them",
}
_ENTRIES: Final = {
    "keys_missing": "lacks keys, and all that is there is right",
    "keys_too_many": "has keys too many, and all others are right",
    "values_wrong": "has the right keys, and wrong values at some of them",
    "same_values": "has the right values under other keys",
}
_SHARED = 3  # outputs that have one cause, where the same is so of all


def of_outputs(fact: Relation, outputs: Sequence[str]) -> str:
    """What is so of these outputs, as a sentence."""
    match fact:
        case Exchanged():
            return _exchanged(fact, outputs)
        case Items() | DictEntries():
            return _of_contents(fact, outputs)
        case Alike() | Beyond():
            return f"{quoted(outputs)}: {_likeness(fact)}."
        case NoEffect(inputs=names):
            return _no_effect(names, outputs)
        case Slope(how=how, inputs=names):
            return f"{_SLOPES[how].format(f'{are(outputs)} right but', quoted(names))}."
        case Repeated() | Twin():
            return _of_items(fact, outputs[0])
    share = ", so look at what they have in common" if len(outputs) >= _SHARED else ""
    return f"{quoted(outputs)}{': each' if len(outputs) > 1 else ''} {_of_each(fact)}{share}."


def _of_each(fact: Relation) -> str:
    """How it goes on after the output's name."""
    match fact:
        case Changed(how=how):
            return _CHANGED[how]
        case Factor(by=by, size=size, over=over):
            return _FACTORS[by].format(size, over)
        case Shift():
            return _shift(fact)
        case Length():
            return _length(fact)
        case OverAxis():
            return _over_axis(fact)
        case Rounded(decimals=decimals, cut=cut):
            number = {0: "whole numbers", 1: "one decimal"}.get(decimals, f"{decimals} decimals")
            return f"is {'cut off' if cut else 'rounded'} to {number}"
        case Limited(both=both):
            return f"is cut off at a limit {'above and below' if both else 'on one side'}, and right up to there"
        case AtTarget():
            return _at_target(fact)
        case Columns(whole=whole):
            sums = "sums to 1 as a whole where each of" if whole else "has columns that sum to 1 where"
            return f"{sums} its rows should: look at `axis`"
    raise ValueError(fact)


def _exchanged(fact: Exchanged, outputs: Sequence[str]) -> str:
    if fact.rest:
        return f"{quoted(outputs)} is one minus what `{fact.other}` should be."
    told = "are exchanged" if fact.other in outputs else f"holds what `{fact.other}` should hold"
    return f"{quoted(outputs)} {told}."


def _length(fact: Length) -> str:
    if fact.lacks:
        return f"lacks its {fact.end} entry; all others are right"
    return f"has an entry too many {'in front' if fact.end == 'first' else 'at its end'}; all others are right"


def _over_axis(fact: OverAxis) -> str:
    along = f"along `axis={fact.axis}`"
    if fact.left_out:
        return f"has an axis too many: its {_OVER[fact.how]} {along} is what it should be"
    return f"is the {_OVER[fact.how]} {along} of what it should be"


def _shift(fact: Shift) -> str:
    moved = f"has its {fact.along} moved by one"
    if fact.along == "steps":
        moved = f"comes one step too {'late' if fact.late else 'early'}"
    return f"{moved}: each holds what belongs to the one {'before' if fact.late else 'after'}"


def _at_target(fact: AtTarget) -> str:
    far = f"{abs(fact.by)} divided by `{fact.size}`" if fact.size else f"exactly {abs(fact.by)}"
    where = f"at the entries that `{fact.name}` names"
    if fact.each_time:
        where = f"for each time that `{fact.name}` names an entry"
    return f"is too {'large' if fact.by > 0 else 'small'} by {far} {where}, and right elsewhere"


def _no_effect(names: Sequence[str], outputs: Sequence[str]) -> str:
    either = f"`{names[0]}`" if len(names) == 1 else f"{', '.join(f'`{name}`' for name in names[:-1])} or `{names[-1]}`"
    return (
        f"{quoted(outputs)} {'stays as it is' if len(outputs) == 1 else 'stay as they are'} when {either} is set to 0, "
        f"and should not: {'is it' if len(names) == 1 else 'are they'} used for "
        f"{'it' if len(outputs) == 1 else 'them'}?"
    )


def _of_items(fact: Repeated | Twin, output: str) -> str:
    if isinstance(fact, Twin):
        return (
            f"`{_path(output, fact.place)}` holds the same as `{_path(output, fact.of)}`, and should not: "
            "was it written again after it was kept?"
        )
    held = " and ".join(f"`{_path(output, place)}`" for place in fact.places)
    return (
        f"{held} {'holds' if len(fact.places) == 1 else 'hold'} the same numbers at every t, and should not: "
        "does the state move on, and is a copy of it kept?"
    )


def _of_contents(fact: Items | DictEntries, outputs: Sequence[str]) -> str:
    everywhere = isinstance(fact, Items) and fact.everywhere
    where, each = ("Where it is wrong, ", "") if len(outputs) == 1 else ("Where they are wrong, ", ": each")
    if isinstance(fact, DictEntries):
        told = _ENTRIES[fact.how]
    else:
        told = _ITEMS[fact.how].format(one=fact.of, several=_SEVERAL[fact.of])
    return f"{'' if everywhere else where}{quoted(outputs)}{each} {told}."


def _path(output: str, place: Sequence[int | str]) -> str:
    """Where a value lies in each item of a list, as code would name it."""
    return output + "[t]" + "".join(f"[{part}]" if isinstance(part, int) else f'["{part}"]' for part in place)


def _likeness(fact: Alike | Beyond) -> str:
    if isinstance(fact, Alike):
        return _ALIKE[fact.how]
    return f"some numbers lie outside {fact.low} to {fact.high}, where all the right ones lie"
