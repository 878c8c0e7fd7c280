"""All that a version of a solution answers to some cases as one row of numbers, so that many compare at once.

A row holds every number. What is kept of it, and compared, is a sum for each output of each case, weighted by place:
sums of answers that differ are alike by no chance that matters, and there are a tenth as many of them.

What is no numbers, such as a list of words or a dict of counts, is one number made of all that it holds: those of
answers that differ are alike by no chance that matters, where several cases show it. With decimals or arrays in it,
which may be off by rounding, it has none.

Of a sample a row holds how often each category came, and what is none. Samples from one distribution differ by chance,
so their sums are alike within what chance makes of them (:func:`spread`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

import numpy as np

from grader.judge.sampling import counts_of
from grader.records.chance import Distribution
from grader.records.run import Returned
from grader.records.values import stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.bank import Case
    from grader.records.record import Array, Value
    from grader.records.run import Outcome

LONGEST: Final = 100_000  # characters and numbers of an answer in words that is looked at


class RowPlace(NamedTuple):
    """Where one output of one case stands in a row."""

    case: int
    output: str
    start: int
    stop: int


def places(cases: Sequence[Case]) -> list[RowPlace]:
    """The outputs of all cases, in the order in which a row holds them."""
    found, start = [], 0
    for index, case in enumerate(cases):
        for output, expected in case.expected.items():
            stop = start + _size(expected)
            found.append(RowPlace(index, output, start, stop))
            start = stop
    return found


def row(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Array:
    """The numbers of all outputs, one after the other; NaN for an output that is not there in its shape."""
    parts = [
        _numbers(outcome.outputs.get(output) if isinstance(outcome, Returned) else None, expected)
        for case, outcome in zip(cases, outcomes, strict=True)
        for output, expected in case.expected.items()
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def sums(where: Sequence[RowPlace], rows: Sequence[Array]) -> Array:
    """Of each row, the weighted sum of each output of each case; NaN for one that is not there in its shape."""
    numbers = np.array(rows).reshape(len(rows), where[-1].stop if where else 0)
    weights = _weights(max((place.stop - place.start for place in where), default=0))
    found = np.zeros((len(rows), len(where)))
    with np.errstate(all="ignore"):
        for number, place in enumerate(where):
            found[:, number] = numbers[:, place.start : place.stop] @ weights[: place.stop - place.start]
    return found


def spread(counts: Array) -> float:
    """The standard deviation of the weighted sum of how often each category came in a sample, as that sample shows it.

    Each category is taken to have come once more than it did, so that what never came is not thought impossible.
    """
    shares = (counts + 1) / (counts.sum() + counts.size)
    weights = _weights(counts.size)
    return float(np.sqrt(counts.sum() * (shares @ weights**2 - (shares @ weights) ** 2)))


@lru_cache(maxsize=1)
def _weights(count: int) -> Array:
    """No two alike, none near 0, of either sign; a place has the same one whatever the count."""
    drawn = np.random.default_rng(0).uniform(-1.0, 1.0, count)
    return np.asarray(drawn + np.copysign(0.5, drawn))


def right_row(cases: Sequence[Case]) -> Array:
    """The row of a right solution."""
    return row(cases, [Returned(case.expected) for case in cases])


def is_told(expected: Value) -> bool:
    """Whether a row says anything of an output: of text with decimals or arrays in it, it does not."""
    return isinstance(expected, Distribution) or _wanted(expected) is not None or not np.isnan(_imprint(expected))


def as_numbers(value: Value) -> Array | None:
    """A value as an array of numbers; None if it is anything else."""
    if type(value) is np.ndarray:  # as most are, and each is looked at many times
        return value if value.dtype.kind in "biuf" else None
    array = stacked(value) if isinstance(value, list | tuple) else np.asarray(value)
    return array if array is not None and array.dtype.kind in "biuf" else None


def _numbers(value: Value, expected: Value) -> Array:
    if isinstance(expected, Distribution):
        return _counts(value, expected)
    want = _wanted(expected)
    if want is None:
        return np.array([_imprint(value)])
    have = as_numbers(value)
    if have is None or want.shape != have.shape:
        return np.full(_size(expected), np.nan)
    return have.astype(float).ravel()


def _counts(value: Value, expected: Distribution) -> Array:
    """Of a right solution what is to be expected of them."""
    if value is expected:
        return np.asarray(expected.draws * np.array([*expected.probabilities, 0.0]))
    found = counts_of(expected, value)
    return np.full(_size(expected), np.nan) if found is None else found


def _size(expected: Value) -> int:
    if isinstance(expected, Distribution):
        return len(expected.categories) + 1  # the last is what is none of them
    array = _wanted(expected)
    return 1 if array is None else array.size


def _wanted(expected: Value) -> Array | None:
    """The numbers that are asked for; None for what is none, and for an empty list, which may be one of words."""
    return None if isinstance(expected, list | tuple) and not expected else as_numbers(expected)


def is_empty(value: Value) -> bool:
    """Whether it has no item, or no number: a single value has one."""
    if isinstance(value, np.ndarray):
        return not value.size
    if isinstance(value, list | tuple):
        return all(isinstance(each, list | tuple | np.ndarray) and is_empty(each) for each in value)
    return isinstance(value, dict | str) and not value


def _imprint(value: Value) -> float:
    """A number between 1 and 2 made of all that a value holds; 0 of an empty list, NaN of what holds decimals."""
    if (isinstance(value, list | tuple) and not value) or (isinstance(value, np.ndarray) and not value.size):
        return 0.0
    text = as_text(value)
    return np.nan if text is None else 1.0 + crc32(text.encode("utf-8", "surrogatepass")) / 2**32


def as_text(value: Value) -> str | None:
    """The same for values that mean the same: a tuple may stand for a list, and True for 1.

    None of decimals, and of what is longer than any answer: student code may return as much as it likes.
    """
    length, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        length += 1 + len(each) if isinstance(each, str | list | tuple | dict) else 1
        if length > LONGEST:
            return None
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple):
            waiting += each
        elif not isinstance(each, str | int | np.integer | np.bool_):
            return None
    return _text_of(value)


def _text_of(value: Value) -> str:
    match value:
        case dict():
            return f"{{{','.join(sorted(f'{_text_of(key)}:{_text_of(each)}' for key, each in value.items()))}}}"
        case list() | tuple():
            return f"[{','.join(map(_text_of, value))}]"
        case int() | np.integer() | np.bool_():
            return f"{int(value):x}"  # of decimal digits there is a limit
    return repr(value)
