"""An exercise that breaks a rule beside its values: on what it returns, on its source, on what it refuses, a law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.report import BreaksRule, BreaksSource, DoesNotRaise, LawsFail
from grader.records.verdict import RuleBroken
from grader.report.words.endings import advice, phrase
from grader.report.words.language import capital, sentence
from grader.report.words.problems import problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_OWN_CHANCE: Final = (
    "`np.random.choice`, the module `random` and a generator that you make yourself know nothing of the one that is "
    "handed over."
)


def headline(reason: BreaksRule | BreaksSource | DoesNotRaise | LawsFail) -> str:
    """The first sentence."""
    match reason:
        case BreaksRule(subject=subject, rule=rule):
            return f"`{subject}` {problem(rule)}."
        case BreaksSource(subject=subject, broken=broken):
            return f"`{subject}` {problem(broken)}."
        case DoesNotRaise(subject=subject, problem=found):
            met = "returns a value" if found.instead.kind == "returned" else phrase(found.instead)
            return f"Let `{subject}` raise {found.error} for bad input. It {met}."
        case LawsFail(title=title):
            return f"Look at a rule that should hold: {title}."


def why(reason: BreaksRule | DoesNotRaise | LawsFail, names: Collection[str]) -> Iterator[str]:
    """What there is to add; nothing of some. ``names`` are those of code."""
    match reason:
        case BreaksRule(rule=RuleBroken(rule="own_chance")):
            yield _OWN_CHANCE
        case DoesNotRaise(because=because, outcome=outcome):
            yield f"Why: {because.rstrip('.')}." if because else ""
            yield "" if outcome is None else advice(outcome)
        case LawsFail(problems=problems):
            yield from dict.fromkeys(capital(sentence(problem(found), names), names) for found in problems)
