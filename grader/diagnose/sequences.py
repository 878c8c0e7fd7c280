"""Outputs that are sequences or dicts, of words for instance: in what they differ from the right one, item by item.

What is so in every case in which an output is wrong is told, of all cases where it is so of the right ones as well. So
a slice that goes one item too far is told, though short texts do not show it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.diagnose.numbered import MOST, numbered
from grader.diagnose.rows import as_text
from grader.judge.steps import has_steps
from grader.records.finding import DictEntries, Finding, Items, Share
from grader.records.run import Returned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grader.diagnose.numbered import Numbered, Numbers
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.finding import AnyFact, HowEntries, HowItems, ItemsOf
    from grader.records.record import Value
    from grader.records.run import Outcome

#: The values of a dict as texts, by their keys.
Texts: TypeAlias = "Mapping[Any, str | None]"

LEAST: Final = 3  # cases that must show it

#: What says less than that an input was read wrongly, or which step of the reference was left out.
VAGUE: Final = frozenset({"another_order", "each_once", "repeated", "some_missing", "others_among"})


def sequences(exercise: Exercise, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Finding]:
    """Of each output that is a sequence, or a dict, in every case that returns it: the first that is so of it.

    Outputs of which the same is so are one finding.
    """
    alike: dict[tuple[Items | DictEntries, Share], list[str]] = {}
    for output in exercise.outputs:
        pairs = [
            (case.expected[output], outcome.outputs[output])
            for case, outcome in zip(cases, outcomes, strict=True)
            if isinstance(outcome, Returned) and output in outcome.outputs and output in case.expected
        ]
        if len(pairs) < LEAST:
            continue
        if all(isinstance(want, dict) and isinstance(have, dict) for want, have in pairs):
            told: tuple[Items | DictEntries, Share] | None = _of_dict(pairs, len(cases))
        else:
            told = _of_items(pairs, len(cases), _of(exercise, output, pairs[0][0]))
        if told is not None:
            alike.setdefault(told, []).append(output)
    return [Finding(fact, rests, tuple(outputs)) for (fact, rests), outputs in alike.items()]


def is_vague(fact: AnyFact) -> bool:
    """Whether any other finding says more."""
    return isinstance(fact, DictEntries) or (isinstance(fact, Items) and fact.how in VAGUE)


# ── sequences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_items(pairs: Sequence[tuple[Value, Value]], tried: int, of: ItemsOf) -> tuple[Items, Share] | None:
    found, wrong, left = [], [], list(_HOW)
    for want, have in pairs:
        each = numbered(want, have)
        if each is None:
            return None
        found.append(each)
        if each.want != each.have:
            wrong.append(each)
            left = [how for how in left if _HOW[how](*each)]
        if not left:  # as after the first wrong one of nearly all
            return None
    for how in left:
        if _is_shown(how, wrong):
            everywhere = all(_HOW[how](*each) for each in found)
            count = len(found) if everywhere else len(wrong)
            return Items(how, of, everywhere=everywhere), Share(count, count, tried)
    return None


def _is_shown(how: HowItems, wrong: Sequence[Numbered]) -> bool:
    """Whether enough cases could speak against it: of what has one item the first is the last."""
    if how == "should_be_empty":
        return len(wrong) >= LEAST
    telling = sum(len(each.want) + len(each.have) > 2 and bool(each.want) for each in wrong)
    return telling >= LEAST and any(each.have for each in wrong)


def _is_among(some: Numbers, all_of_them: Numbers) -> bool:
    """Whether these are some of those, in their order."""
    rest = iter(all_of_them)
    return all(each in rest for each in some)


def _is_once(numbers: Numbers) -> bool:
    return len(set(numbers)) == len(numbers)


#: The first that is so is told; what says more comes first.
_HOW: Final[Mapping[HowItems, Callable[[Numbers, Numbers], bool]]] = {
    "should_be_empty": lambda want, have: not want and bool(have),
    "reversed": lambda want, have: have == want[::-1],
    "late": lambda want, have: len(have) == len(want) and have[1:] == want[:-1],
    "early": lambda want, have: len(have) == len(want) and have[:-1] == want[1:],
    "lacks_first": lambda want, have: bool(want) and have == want[1:],
    "lacks_last": lambda want, have: bool(want) and have == want[:-1],
    "one_in_front": lambda want, have: bool(have) and have[1:] == want,
    "one_at_end": lambda want, have: bool(have) and have[:-1] == want,
    "beginning": lambda want, have: len(have) < len(want) and have == want[: len(have)],
    "end": lambda want, have: len(have) < len(want) and have == want[len(want) - len(have) :],
    "another_order": lambda want, have: Counter(have) == Counter(want),
    "each_once": lambda want, have: len(have) < len(want) and _is_once(have) and set(have) == set(want),
    "repeated": lambda want, have: len(have) > len(want) and _is_once(want) and set(have) == set(want),
    "some_missing": lambda want, have: len(have) < len(want) and _is_among(have, want),
    "others_among": lambda want, have: len(have) > len(want) and _is_among(want, have),
}


def _of(exercise: Exercise, output: str, want: Value) -> ItemsOf:
    if isinstance(want, str):
        return "character"
    if not isinstance(want, np.ndarray):
        return "item"
    return "step" if has_steps(exercise, output) else "row" if want.ndim > 1 else "entry"


# ── dicts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_dict(pairs: Sequence[tuple[Value, Value]], tried: int) -> tuple[DictEntries, Share] | None:
    if any(len(have) > MOST for _, have in pairs):
        return None
    texts = [(_texts(want), _texts(have)) for want, have in pairs]
    if any(None in each.values() for both in texts for each in both):  # decimals, of which rounding is not known here
        return None
    wrong = [both for both in texts if both[0] != both[1]]
    for how, is_so in _HOW_OF_DICTS.items():
        if len(wrong) >= LEAST and all(is_so(*both) for both in wrong) and any(have for _, have in wrong):
            return DictEntries(how), Share(len(wrong), len(wrong), tried)
    return None


def _texts(found: Mapping[Value, Value]) -> Texts:
    return {key: as_text(each) for key, each in found.items()}


def _agree(one: Texts, other: Texts) -> bool:
    """Whether all that the first holds is in the other as well."""
    return all(key in other and other[key] == text for key, text in one.items())


#: The first that is so is told.
_HOW_OF_DICTS: Final[Mapping[HowEntries, Callable[[Texts, Texts], bool]]] = {
    "keys_missing": lambda want, have: len(have) < len(want) and _agree(have, want),
    "keys_too_many": lambda want, have: len(have) > len(want) and _agree(want, have),
    "values_wrong": lambda want, have: have.keys() == want.keys(),
    "same_values": lambda want, have: have.keys() != want.keys() and Counter(have.values()) == Counter(want.values()),
}
