"""What is known of a mistake, in words: a sentence for the student, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.finding import (
    Circumstance,
    Contrast,
    DictEntries,
    EqualSizes,
    FirstWrong,
    Items,
    NamedByInstructor,
    NoEffect,
    NotZero,
    OutputsRight,
    Predicted,
    Relation,
    Share,
    Steps,
    When,
)
from grader.report.words.language import are, quoted
from grader.report.words.relations import of_outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.bank import Condition
    from grader.records.finding import AnyFact, Finding

#: Diagnostic cases, witnesses and public ones: more than the checks that are counted beside an output.
_TRIED: Final = "cases tried to find the mistake"

_CONDITIONS: Final = {
    "zero": "`{}` is 0",
    "symmetric": "`{}` is symmetric",
    "one_item": "`{}` has one item",
    "size_one": "`{}` is 1",
}


def sentence(finding: Finding) -> str:
    """What is known, for the student."""
    fact, outputs = finding.fact, finding.outputs
    if isinstance(fact, Predicted):
        return _predicted(fact, finding)
    if isinstance(fact, NamedByInstructor):
        return f"In {quoted(outputs)}: {fact.sentence}" if fact.partly else fact.sentence
    return of_outputs(fact, outputs) if isinstance(fact, Relation) else _circumstance(fact, outputs)


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


def _circumstance(fact: Circumstance, outputs: Sequence[str]) -> str:
    match fact:
        case When():
            return _when(fact, outputs)
        case EqualSizes(right=right, sizes=sizes):
            return f"It is {_verdict(right=right)} when {quoted(sizes)} are equal."
        case Steps(right=right, along=along, end=end):
            place = f"at its {end} step" if along == "steps" else f"in its {end} row"
            return f"`{fact.output}` is {_verdict(right=right)} {place} only."
        case FirstWrong():
            return _first_wrong(fact)
        case NotZero(name=name):
            return f"{are(outputs)} not 0 where `{name}` is, and should be."
        case OutputsRight(right=names):
            return f"{are(names)} right; {are(outputs)} not."
    raise ValueError(fact)


def _first_wrong(fact: FirstWrong) -> str:
    """Up to which step it is right, from where the output is made on."""
    steps = f"{fact.end} step" if fact.right == 1 else f"{fact.end} two steps"
    after = "after" if fact.end == "first" else "before"
    return f"`{fact.output}` is right at its {steps}, and goes wrong {after} {'it' if fact.right == 1 else 'them'}."


def _when(fact: When, outputs: Sequence[str]) -> str:
    subject = are(outputs) if outputs else "It is"
    told = [condition(each) for each in fact.conditions]
    either = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"
    unless = f" and {are(fact.unless)} not" if fact.unless else ""
    return f"{subject} {'right whenever' if fact.right else 'wrong when'} {either}{unless}."


# ── what it rests on ──────────────────────────────────────────────────────────────────────────────────────────────


def _share(fact: AnyFact, rests: Share, finding: Finding) -> str:
    if (told := _of_some(fact, rests)) is not None:
        return told
    some = "" if rests.asked == rests.tried else ", of those that return"
    whole = rests.shown == rests.asked
    if isinstance(fact, Predicted):
        where = f"{quoted(finding.outputs)} in " if fact.partly else ""
        # What gives NaN, or anything of another shape, is not held against it.
        some = some and f"{some} the right shape"
        return (
            f"Explains {where}{'all' if whole else f'{rests.shown} of the'} {rests.asked} cases tried to find it{some}."
        )
    return f"True of {'all' if whole else f'{rests.shown} of'} {rests.asked} {_TRIED}{some}."


def _of_some(fact: AnyFact, rests: Share) -> str | None:
    """What is said of facts that speak of certain cases alone; None of the others."""
    match fact:
        case Steps():
            return f"True of all {rests.shown} cases that are wrong and have several {fact.along}."
        case FirstWrong():
            return f"True of all {rests.shown} cases that are wrong and have several steps."
        case NotZero():
            return f"Seen in all {rests.shown} such cases."
        case NoEffect():
            return f"Seen in all {rests.shown} cases in which that was tried."
        case OutputsRight():
            return f"Wrong in {rests.shown} of {rests.asked} {_TRIED}."
        case NamedByInstructor():
            return f"Gives what this mistake gives on all {rests.shown} inputs that are kept of it."
        case DictEntries() | Items(everywhere=False):
            return f"True of all {rests.shown} that are wrong of {rests.tried} {_TRIED}."
    return None


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
