"""What is wrong with an output, or with a part of an exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from grader.records.breaches import SourceBroken
from grader.records.byte_counts import in_units
from grader.records.run import Raised
from grader.records.stand_ins import NOTEBOOKS, PLOTS, TESTS
from grader.records.values import FOREIGN_KEYS, SAME_KEYS
from grader.records.verdict import (
    ButFor,
    Ending,
    Fault,
    LawBroken,
    LawFailed,
    LawUntried,
    NotRaised,
    RuleBroken,
    Unearned,
    WrongInHidden,
    ending,
)
from grader.report.clean import line
from grader.report.words import source
from grader.report.words.endings import advice, error, phrase
from grader.report.words.language import count, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.draw_share import DrawShare
    from grader.records.verdict import Bound, Deviation, FaultName, Problem, Remark, ValueForm

#: Kinds of dtypes, by NumPy's letter.
_NUMBERS: Final = {
    "b": "True/False values",
    "i": "whole numbers",
    "u": "whole numbers",
    "f": "decimals",
    "c": "complex numbers",
}

#: What is wrong with an output, as a phrase that continues "``h`` …", where it holds nothing of its own.
_FAULTS: Final[dict[FaultName, str]] = {
    "never_set": "was never set",
    "keys": "lacks keys that it should have",
    "extra_keys": "has keys that it should not have",
    "none": "is None: a function that ends without return gives None",
    "none_within": "is None, as what was not filled in yet is",
    "empty": "is empty",
    "not_numbers": "is no array of numbers",
    "another": "has another shape than it should",
    "items": "has another number of items than it should",
    "ones_became_a_number": "is a single number instead of an array: np.squeeze, or a sum without keepdims=True, "
    "does this",
    "sum_over_everything": "is a single number instead of an array: a sum over everything, where one axis is meant, "
    "does this, and so does another result in its place",
    "no_single_number": "is an array where a single number is meant: a sum or a mean that is left out does this, and "
    "so does another result in its place",
    "transposed": "is transposed",
    "lacks_a_one": "lacks a size of 1: np.squeeze, or a sum without keepdims=True, does this",
    "a_one_too_many": "has a size of 1 too many",
    "ones_elsewhere": "has its sizes of 1 in another place",
    "one_step": "holds one step where all of them are meant",
    "one_longer": "is one longer than it should be",
    "one_shorter": "is one shorter than it should be",
    "broadcast": "was broadcast: a column combined with a row or a flat array, or `*` in place of `@`, does this",
    "cut": "holds whole numbers: the decimals were cut off",
    "nan": "holds NaN values: an overflow, a division by zero or a logarithm of zero does this",
    "infinite": "holds infinite values: an overflow, a division by zero or a logarithm of zero does this",
    "nan_or_infinite": "holds NaN or infinite values: an overflow, a division by zero or a logarithm of zero does this",
    "numbers": "has wrong values",
    "value": "is not the expected one",
    "never_changes": "does not change with the inputs",
    "shares": "is not drawn with the probabilities that it should be",
    "impossible": "holds what can never be drawn, as its probability is 0",
    "digits": "has too few right digits: float32, an added epsilon or rounding does this",
}

_LONGEST = 200  # characters of an exception's message in a sentence

#: What a measured limit leaves room for; True where nothing beyond rounding is let through.
_ROOM: Final = {
    False: "which leaves room for rounding and for float32",
    True: "a thousand times what rounding costs here",
}

_REMARKS: Final = {
    "single_precision": "computed in {got}: float64 keeps more digits",
    "few_digits": "agrees to fewer digits than float64 has",
    "first_of_several": "came as the first of several values; the others were not needed",
    "extra_keys": "has keys beyond those asked for",
}

#: What counts as what was meant, though it is of another type.
_TAKEN: Final = {
    "zero_dimensional": "a 0-d array was read as a plain number",
    "is_a_sequence": "a {got} was read as an array",
    "is_an_array": "an array was read as a {wanted}",
}

#: How values of other types were read, by the names in ``protocol.READ_AS``.
_WAYS: Final = {
    "Counter": "a Counter was read as a dict",
    "defaultdict": "a defaultdict was read as a dict",
    "OrderedDict": "an OrderedDict was read as a dict",
    "subclass of dict": "a dict of a class of its own was read as a dict",
    "subclass of list": "a list of a class of its own was read as a list",
    "array of text": "a NumPy array of text was read as a list",
    "namedtuple": "a namedtuple was read as a tuple",
    "subclass of tuple": "a tuple of a class of its own was read as a tuple",
    "np.str_": "NumPy's text (np.str_) was read as text",
    "subclass of str": "text of a class of its own was read as text",
    "subclass of a number": "a number of a class of its own was read as a number",
    "np.matrix": "an np.matrix was read as an array",
    "np.memmap": "an np.memmap was read as an array",
    "masked array": "a masked array that masks nothing was read as an array",
    "subclass of ndarray": "an array of a class of its own was read as an array",
    "pandas Series": "a pandas Series was read as the array of its values",
    "pandas DataFrame": "a pandas DataFrame was read as the array of its values",
    "pandas Index": "a pandas Index was read as the array of its values",
    "sparse matrix": "a sparse matrix was read as the array it stands for",
    "NumPy keys": "keys that are NumPy's numbers were read as Python's",
}

_RETURNS: Final = "returns a value where it should raise"

_KNOWN: Final = "an output is right in at least half of the cases"

_RULES: Final = {
    "inputs_unchanged": "changes an input in place, which is not allowed here",
    "repeatable": "gives another result when the same inputs come again: it depends on chance or on earlier calls",
    "own_chance": "draws something else when a generator of the same seed comes again: draw from the generator that is "
    "given, and from no other",
}


def problem(found: Problem | None) -> str:
    """What is wrong, as a phrase that may continue "it …", or a sentence; empty for nothing."""
    match found:
        case None:
            return ""
        case Fault():
            return fault(found)
        case Ending():
            return phrase(found)
        case NotRaised(error=error, instead=instead):
            returns = instead.kind == "returned"
            return f"{_RETURNS} {error}" if returns else f"should raise {error}, but {phrase(instead)}"
        case RuleBroken(rule=rule):
            return _RULES[rule]
        case SourceBroken():
            return source.broken(found)
        case WrongInHidden():
            return "Some hidden cases fail."
        case LawBroken() | LawUntried() | LawFailed() | Unearned():
            return _of_law(found)
        case ButFor(names=names):
            return f"Right but for {quoted(names)}, which it builds on: the method earns its points."


def _of_law(found: LawBroken | LawUntried | LawFailed | Unearned) -> str:
    match found:
        case LawBroken(sentence=sentence):
            return sentence or "does not hold for some of the hidden cases"
        case Unearned(at_end=True):
            return "Counts once an output is right in at least half of the cases; where the code stops it is not."
        case Unearned(or_fails=or_fails):
            return f"Counts once {'it holds for hidden cases too, and ' if or_fails else ''}{_KNOWN}."
    return _untried(found)


def fault(found: Fault) -> str:
    """A fault as a phrase that continues "``h`` …"."""
    return f"holds an item that {_fault(found)}" if found.within else _fault(found)


def _fault(found: Fault) -> str:
    match found:
        case Fault(what="named", got=got) if got in (SAME_KEYS, FOREIGN_KEYS):
            return f"is a {got}"
        case Fault(what="named", wanted=wanted, got=got) if wanted is not None:
            return f"has the type {got} instead of {form(wanted)}"
        case Fault(what="other", wanted=wanted) if wanted is not None:
            return f"is not {form(wanted)}"
        case Fault(what="stand_in", got=library):
            return f"is what {library or 'a helper module'} gave back, and {switched_off(library)} while grading"
        case Fault(what="none_under_key", got=key):
            return f"is None: the key {key} is missing, or was not filled in"
        case Fault(what="dtype", wanted=wanted, got=got) if wanted is not None:
            return f"holds {_NUMBERS.get(got, 'no numbers')} instead of {_NUMBERS[wanted.type]}"
        case Fault(what="dimensions", wanted=wanted, got=got) if wanted is not None:
            return f"has {count(int(got), 'dimension')} instead of {wanted.size}"
    return _FAULTS[found.what]


def switched_off(library: str) -> str:
    """What a stand-in stands for, with its verb."""
    if library in PLOTS:
        return "plotting is switched off"
    if library in NOTEBOOKS:
        return "notebook tools are switched off"
    return "tools for tests are switched off" if library in TESTS else "it is switched off"


def form(value: ValueForm) -> str:
    """What a value is, in a few words that hold none of its numbers."""
    match value.kind:
        case "array":
            return f"an array of shape {value.shape}" if value.type else "an array"
        case "foreign" | "literal":
            return value.type
        case "truth":
            return "True or False"
        case "number":
            return "a single number"
        case "text":
            return "text"
        case "none":
            return "None"
        case "container":
            if value.size <= 0:
                return f"an empty {value.type}" if value.size == 0 else f"a {value.type}"
            return f"a {value.type} of {count(value.size, 'item')}"


def detail(found: Deviation) -> str:
    """How an output differs, with figures of the case, as a phrase; empty where there is no more to say."""
    text = _detail(found)
    for step in reversed(found.path):
        text = f"{f'item {step}' if isinstance(step, int) else f'key {step}'}: {text}"
    return text


def _detail(found: Deviation) -> str:
    wanted, came = found.wanted, found.came
    if found.share is not None:
        return draw_share(found.share)
    if found.fault.what in {"never_set", "keys", "extra_keys"}:
        return "; ".join(_keys(found))
    if found.fault.kind == "nonfinite":
        what = {"nan": "NaN", "infinite": "infinite"}.get(found.fault.what, "NaN or infinite")
        return f"{found.wrong} of {found.total} elements are {what}"
    assert wanted is not None
    if came is None and wanted.type == "bool" and not wanted.shape and found.got in (0.0, 1.0):
        return f"expected {bool(found.expected)}, got {bool(found.got)}"
    if came is None:
        return f"{found.wrong} of {found.total} elements differ" if wanted.shape else "the number differs"
    match found.fault.what:
        case "items":
            return f"expected {count(wanted.size, 'item')}, got {came.size}"
        case "dtype":
            return f"expected dtype {wanted.type}, got {came.type}"
    if found.fault.kind == "shape":
        return f"expected shape {wanted.shape}, got {came.shape}"
    return f"expected {form(wanted)}, got {form(came)}"


def draw_share(found: DrawShare) -> str:
    """How often something was drawn, and how often it may be, as a phrase."""
    came = f"{found.category} came {count(found.came, 'time')} in {count(found.draws, 'draw')}"
    if not found.most:
        return f"{came}, and its probability is {f'{found.probability:.3g}' if found.probability else 0}"
    return f"{came}; with its probability of {found.probability:.3g} it comes {times(found)} times"


def times(found: DrawShare) -> str:
    """How often it may come: ``107 to 191``."""
    return f"{found.least} to {found.most}" if found.least < found.most else f"{found.most}"


def _keys(found: Deviation) -> Iterator[str]:
    if found.keys:
        yield f"missing keys: {', '.join(found.keys)}"
    if found.extra:
        more = found.extra_keys - len(found.extra)
        yield f"keys that were not asked for: {', '.join(found.extra)}{f' and {more} more' if more else ''}"


def remark(found: Remark) -> str:
    """What is right but worth a word, as a sentence."""
    match found.kind:
        case "changes_input":
            return f"Changes its input `{found.about}` in place."
        case "shares_memory":
            return f"`{found.about}` shares memory with the input `{found.got}`: changing one changes the other."
        case "read_as":
            return f"`{found.about}`: {_WAYS[found.got]}."
        case "zero_dimensional" | "is_a_sequence" | "is_an_array":
            return f"`{found.about}`: {_TAKEN[found.kind].format(got=found.got, wanted=found.wanted)}."
        case "other_dtype":
            got, wanted = (_NUMBERS[np.dtype(name).kind] for name in (found.got, found.wanted))
            return f"`{found.about}` holds {got} ({found.got}) where {wanted} are meant."
        case "stops_at_its_end":
            return f"Stops with {found.got} once all outputs are set: they are compared all the same."
        case "prints_much":
            return (
                f"Prints more than {in_units(float(found.wanted))} in all cases together: what came after that was cut."
            )
    return f"`{found.about}` {_REMARKS[found.kind].format(got=found.got, wanted=found.wanted)}."


def bound(rule: Bound | None) -> str:
    """How far an output may be off, as a phrase; empty where it is no number."""
    if rule is None:
        return ""
    if rule.within:
        return f"within {rule.within:.1g}, {_ROOM[rule.precise]}"
    parts = [f"{rule.atol:g}"] if rule.atol else []
    if rule.rtol:
        parts.append(f"{rule.rtol:g} of the expected value")
    return "within " + " plus ".join(parts)


def allowed(found: Sequence[tuple[str, Bound]]) -> tuple[str, ...]:
    """How far off outputs may be, all of them together: as a range what was measured, by its outputs what is set."""
    texts = []
    for precise in (False, True):
        limits = sorted(each.within for _, each in found if each.within and each.precise is precise)
        if limits:
            least, most = (f"{limit:.1g}" for limit in (limits[0], limits[-1]))
            texts.append(f"Allowed: within {least if least == most else f'{least} to {most}'}, {_ROOM[precise]}.")
    own: dict[str, dict[str, None]] = {}
    for name, each in found:
        if not each.within:
            own.setdefault(bound(each), {})[name] = None
    return (*texts, *(f"Allowed for {quoted(tuple(names))}: {text}." for text, names in own.items()))


def _untried(found: LawUntried | LawFailed) -> str:
    if isinstance(found, LawFailed):
        return f"Could not be tried on a hidden case{f': {found.fault}' if found.fault else ''}."
    if found.outcome is not None:
        how = phrase(ending(found.outcome))
        if isinstance(found.outcome, Raised) and found.outcome.message:  # of public cases alone
            how = f"stops with {line(error(found.outcome), _LONGEST)}"
        return f"Could not be tried: the code {how.rstrip('.')}. {advice(found.outcome)}".strip()
    if found.fault is not None:
        return f"Could not be tried: `{found.output}` {fault(found.fault)}."
    return "Could not be tried, because the code does not come to its end."
