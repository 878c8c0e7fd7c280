"""What is known of a mistake, in words: a sentence for the student, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.finding import (
    Alike,
    Beyond,
    Changed,
    Columns,
    Contrast,
    EqualSizes,
    Exchanged,
    Factor,
    Length,
    Limited,
    NamedByInstructor,
    OutputsRight,
    Predicted,
    Rounded,
    Share,
    Shift,
    Steps,
    When,
)
from grader.report.words.language import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.bank import Condition
    from grader.records.finding import AnyFact, Finding

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
}
_ALIKE: Final = {
    "same_factor": "right but for a factor that is the same in all cases",
    "any_factor": "right but for one factor in each case",
    "nearly": "off by less than a hundredth of its largest number, "
    "as lost digits or a small number that is added would be",
    "rises": "larger wherever the right numbers are larger, as if another function came last",
    "falls": "smaller wherever the right numbers are larger, as if another function came last",
}
_CONDITIONS: Final = {
    "zero": "`{}` is 0",
    "symmetric": "`{}` is symmetric",
    "one_item": "`{}` has one item",
    "size_one": "`{}` is 1",
}


def sentence(finding: Finding) -> str:
    """What is known, for the student."""
    fact, outputs = finding.fact, finding.outputs
    match fact:
        case Predicted():
            return _predicted(fact, finding)
        case NamedByInstructor(sentence=said, partly=partly):
            return f"In {quoted(outputs)}: {said}" if partly else said
        case Exchanged(other=other):
            both = other in outputs
            return f"{quoted(outputs)} {'are exchanged' if both else f'holds what `{other}` should hold'}."
        case Alike() | Beyond():
            return f"{quoted(outputs)}: {_likeness(fact)}."
        case When():
            return _when(fact, outputs)
        case EqualSizes(right=right, sizes=sizes):
            return f"It is {_verdict(right=right)} when {quoted(sizes)} are equal."
        case Steps(right=right, along=along, end=end):
            place = f"at its {end} step" if along == "steps" else f"in its {end} row"
            return f"`{fact.output}` is {_verdict(right=right)} {place} only."
        case OutputsRight(right=names):
            return f"{_are(names)} right; {_are(outputs)} not."
    return f"{quoted(outputs)}{': each' if len(outputs) > 1 else ''} {_relation(fact)}."


def evidence(finding: Finding) -> str:
    """How many cases it rests on."""
    if isinstance(finding.rests, Contrast):
        ground = _contrast(finding.fact, finding.rests, finding)
    else:
        ground = _share(finding.fact, finding.rests, finding)
    return f"{ground} A hidden case contradicts it." if finding.contradicted else ground


def condition(found: Condition) -> str:
    """What is simple in a case: ```b_h` is 0``."""
    return _CONDITIONS[found.kind].format(found.name)


# ── what is known ─────────────────────────────────────────────────────────────────────────────────────────────────


def _predicted(fact: Predicted, finding: Finding) -> str:
    """The mistake's own sentence, after the outputs that it is true of where others are wrong as well."""
    said = fact.mistake.sentence
    where = f"In {quoted(finding.outputs)}" if fact.partly else ""
    if isinstance(finding.rests, Share) and finding.rests.shown < finding.rests.asked:
        return f"{where + ', nearly' if where else 'Nearly'} as if: {said}"
    if not where:
        return said
    begins = said[:1] if fact.mistake.kind.authors else said[:1].lower()  # it may be a name
    return f"{where}: {begins}{said[1:]}"


def _relation(fact: Changed | Factor | Shift | Length | Rounded | Limited | Columns) -> str:
    """How it goes on after the output's name."""
    match fact:
        case Changed(how=how):
            return _CHANGED[how]
        case Factor(by=by, size=size):
            return _FACTORS[by].format(size)
        case Shift():
            return _shift(fact)
        case Length(lacks=True, end=end):
            return f"lacks its {end} entry; all others are right"
        case Length(end=end):
            return f"has an entry too many {'in front' if end == 'first' else 'at its end'}; all others are right"
        case Rounded(decimals=decimals, cut=cut):
            number = {0: "whole numbers", 1: "one decimal"}.get(decimals, f"{decimals} decimals")
            return f"is {'cut off' if cut else 'rounded'} to {number}"
        case Limited(both=both):
            return f"is cut off at a limit {'above and below' if both else 'on one side'}, and right up to there"
        case Columns():
            return "has columns that sum to 1 where its rows should: look at `axis`"


def _shift(fact: Shift) -> str:
    moved = f"has its {fact.along} moved by one"
    if fact.along == "steps":
        moved = f"comes one step too {'late' if fact.late else 'early'}"
    return f"{moved}: each holds what belongs to the one {'before' if fact.late else 'after'}"


def _likeness(fact: Alike | Beyond) -> str:
    if isinstance(fact, Alike):
        return _ALIKE[fact.how]
    return f"some numbers lie outside {fact.low} to {fact.high}, where all the right ones lie"


def _when(fact: When, outputs: Sequence[str]) -> str:
    subject = _are(outputs) if outputs else "It is"
    told = [condition(each) for each in fact.conditions]
    either = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
    return f"{subject} {'right whenever' if fact.right else 'wrong when'} {either}."


# ── what it rests on ──────────────────────────────────────────────────────────────────────────────────────────────


def _share(fact: AnyFact, rests: Share, finding: Finding) -> str:
    if isinstance(fact, Steps):
        return f"True of all {rests.shown} cases that are wrong and have several {fact.along}."
    if isinstance(fact, OutputsRight):
        return f"Wrong in {rests.shown} of {rests.asked} cases tried, and in nothing else."
    if isinstance(fact, NamedByInstructor):
        return f"Gives what this mistake gives on all {rests.shown} inputs that are kept of it."
    cases = f"cases {'tried' if rests.asked == rests.tried else 'that return'}"
    whole = rests.shown == rests.asked
    if isinstance(fact, Predicted):
        where = f"{quoted(finding.outputs)} in " if fact.partly else ""
        return f"Explains {where}{'all' if whole else f'{rests.shown} of the'} {rests.asked} {cases}."
    return f"True of {'all' if whole else f'{rests.shown} of'} {rests.asked} {cases}."


def _contrast(fact: AnyFact, rests: Contrast, finding: Finding) -> str:
    right = isinstance(fact, When | EqualSizes) and fact.right
    if isinstance(fact, When) and fact.right:
        most = "at least " if len(finding.outputs) > 1 else ""
        others = f"{most}{rests.opposite} of {rests.ordinary} ordinary cases"
    else:
        differ = " where they differ" if isinstance(fact, EqualSizes) else ""
        others = f"all {rests.ordinary} ordinary cases{differ}"
    verdict, opposite = _verdict(right=right), _verdict(right=not right)
    return f"{verdict.capitalize()} in all {rests.given} such cases, {opposite} in {others}."


def _verdict(*, right: bool) -> str:
    return "right" if right else "wrong"


def _are(names: Sequence[str]) -> str:
    return f"{quoted(names)} {'is' if len(names) == 1 else 'are'}"
