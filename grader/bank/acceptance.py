"""What the reference makes of inputs: judged before it is frozen.

NaN and infinities are expected of a submission only where they are meant: where the reference arrives at them without
NumPy's warning, because its author had it be silent (``np.errstate``), wrote them down, or gave them as inputs. What it
warns of is an accident, an overflow or a division by zero, on which a better solution than the reference may well give
a number: such inputs are no case, unless the output says ``nonfinite: expected``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from io import StringIO
from tokenize import NAME, TokenError, generate_tokens
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.bank.drawn import NoDistributionError, expected_of
from grader.bank.literals import in_words
from grader.bank.plans import frozen
from grader.records.record import Foreign, Record, Value
from grader.records.run import NotRun, Raised, Returned
from grader.records.shapes import SizeError, resolve, words
from grader.records.values import is_finite, leaves
from grader.report.words.endings import outcome as in_full
from grader.report.words.language import lower
from grader.sandbox.room import beyond

if TYPE_CHECKING:
    from grader.bank.plans import Candidate
    from grader.records.assignment import Exercise
    from grader.records.record import Array
    from grader.records.run import Outcome

_NO_ACCIDENT = """
with __import__("warnings").catch_warnings(), np.errstate(divide="raise", over="raise", invalid="raise"):
    __import__("warnings").simplefilter("error", RuntimeWarning)
"""
REPEAT = 1e-9  # how far a repeat may be off, relative to the largest number: memory may lie otherwise for a product


class Acceptance(Record, frozen=True):
    """``outputs`` can be frozen unless one of the others is set.

    ``error`` says why the reference gives nothing usable for these inputs, which may lie in the inputs. ``fault`` is
    the reference's own; ``about`` names what has either, an output or the class of an exception, whose text is
    ``message``, raised in ``line`` of the reference; ``meant`` is whether a ``raise`` stands there.
    """

    outputs: Mapping[str, Value] = {}
    raised: tuple[str, ...] = ()  # class names of the exception, most specific first
    error: str = ""
    fault: str = ""
    about: str = ""
    message: str = ""
    line: int = 0
    meant: bool = False

    @property
    def usable(self) -> bool:
        """Whether a case can expect the outputs."""
        return not (self.error or self.fault)


def judge(
    exercise: Exercise, candidate: Candidate, outcome: Outcome, repeat: Outcome, strict: Outcome | None = None
) -> Acceptance:
    """What is made of one candidate; ``repeat`` is the outcome of a second run, with another seed for chance.

    ``strict`` is that of :func:`without_accidents`, which is asked for where an output is not finite.
    """
    if isinstance(outcome, Raised):
        return Acceptance(
            error=f"{outcome.error}: {outcome.message}",
            raised=(outcome.error, *outcome.ancestors),
            about=outcome.error,
            message=outcome.message,
            line=outcome.frames[-1].line if outcome.frames else 0,
            meant=not outcome.frames or _is_raise(outcome.frames[-1].text),
        )
    if isinstance(outcome, NotRun):
        return Acceptance(error="not run, because an earlier case ended the process")
    if not isinstance(outcome, Returned):
        return Acceptance(
            fault=f"gets no answer from the reference: {_ended(outcome)} (sizes {in_words(candidate.sizes)})",
            about="ending",
        )
    return _judge_outputs(exercise, candidate, outcome, repeat, strict)


def _is_raise(line: str) -> bool:
    """Whether code of a line raises by itself; a comment or a text that has the word does not."""
    try:
        return any(
            token.type == NAME and token.string == "raise"  # 3.12 has a token for each piece of an f-string
            for token in generate_tokens(StringIO(line.strip()).readline)
        )
    except (TokenError, SyntaxError):  # the line is part of a longer statement
        return False


def without_accidents(run: str) -> str:
    """A snippet that raises where NumPy would warn that a result is not finite, unless what it calls has that off."""
    tree = ast.parse(_NO_ACCIDENT)
    (whole,) = tree.body
    assert isinstance(whole, ast.With)
    whole.body += ast.parse(run).body
    return ast.unparse(tree)


def _judge_outputs(
    exercise: Exercise, candidate: Candidate, outcome: Returned, repeat: Outcome, strict: Outcome | None
) -> Acceptance:
    for name in exercise.outputs:
        if fault := _fault(exercise, candidate, name, outcome):
            return Acceptance(fault=f"{fault} (sizes {in_words(candidate.sizes)})", about=name)
    outputs = {name: frozen(outcome.outputs[name]) for name in exercise.outputs}
    for name, value in outputs.items():
        warned = not (isinstance(strict, Returned) and same(value, strict.outputs.get(name)))
        if not is_finite(value) and warned and exercise.outputs[name].nonfinite != "expected":
            return Acceptance(error=f"output {name} holds nan or inf{_WARNED if strict else ''}", about=name)
    if not isinstance(repeat, Returned):
        return Acceptance(fault=f"gets an answer, but not when it runs again: {_ended(repeat)}", about="ending")
    for name, value in outputs.items():
        if name in repeat.missing or not same(value, repeat.outputs[name]):
            return Acceptance(fault="differs when the reference runs again: seed what it draws", about=name)
    try:
        return Acceptance(outputs=expected_of(exercise, outputs))
    except NoDistributionError as error:
        name, problem = error.args
        return Acceptance(fault=f"{problem} (sizes {in_words(candidate.sizes)})", about=name)


IS_NONE = "is None: does the function of the reference return it?"
_TOO_LARGE = (
    "is larger than an answer can be: at most 16 MiB, 2 million numbers, and 100,000 items in a list. Lower a dim, or "
    "have run set a part of it"
)
_WARNED = ", and NumPy warns of it: where it is meant, say `nonfinite: expected` at the output"


def _ended(outcome: Outcome) -> str:
    return lower(in_full(outcome))


def _fault(exercise: Exercise, candidate: Candidate, name: str, outcome: Returned) -> str:
    if name in outcome.missing or name not in outcome.outputs:
        return f"is never set by run: {exercise.run.strip()!r}"
    value = outcome.outputs[name]
    for leaf in leaves(frozen(value)):
        if isinstance(leaf, Foreign):
            return _TOO_LARGE if beyond(leaf.type) else f"holds what cannot be frozen, {leaf.type}"
    shape = exercise.outputs[name].shape
    if shape is None:
        return ""
    if value is None:
        return IS_NONE
    try:
        expected, got = resolve(shape, candidate.sizes), np.shape(value)
    except SizeError as error:
        return f"has no shape: {error}"
    except ValueError:  # rows of different lengths
        return f"is declared with the shape {words(shape)}, but is a list of uneven parts"
    if got == expected:
        return ""
    return f"comes from the reference with the shape {words(got)}, declared is {words(shape)} = {words(expected)}"


def same(one: Value, other: Value) -> bool:
    """Whether two results of the same computation are the same, but for the last bits of their numbers."""
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if _inexact(one) and _inexact(other):
        return np.shape(one) == np.shape(other) and _same_numbers(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and bool(np.array_equal(one, other))


def _same_numbers(one: Array, other: Array) -> bool:
    finite = np.isfinite(one)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return False
    one, other = one[finite], other[finite]
    return bool(np.all(np.abs(one - other) <= REPEAT * np.max(np.abs(one), initial=0.0)))


def agrees(value: Value, expect: Any, places: int) -> bool:
    """Whether a result is what an author wrote down: numbers right to so many decimals, all else equal.

    A dict is written as a mapping, or, since keys of YAML are text, as a list of its pairs: ``[[[the, cat], 2]]``.
    """
    if isinstance(value, dict):
        wanted = _as_dict(expect)
        same = wanted is not None and wanted.keys() == value.keys()
        return same and all(agrees(value[key], item, places) for key, item in (wanted or {}).items())
    try:
        got, written = np.asarray(value), np.asarray(expect)
    except ValueError:  # uneven parts
        return _agrees_by_items(value, expect, places)
    if got.dtype.kind not in "biuf" or written.dtype.kind not in "biuf":
        return _agrees_by_items(value, expect, places)
    return got.shape == written.shape and _close(got, written.astype(float), places)


def _as_dict(expect: Any) -> dict[Any, Any] | None:
    """The dict that an author wrote down, None if it is none."""
    if isinstance(expect, dict):
        return expect
    if not isinstance(expect, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in expect):
        return None
    try:
        return {_as_key(key): item for key, item in expect}
    except TypeError:  # a mapping is no key
        return None


def _as_key(key: Any) -> Any:
    return tuple(map(_as_key, key)) if isinstance(key, list) else key


def _agrees_by_items(value: Value, expect: Any, places: int) -> bool:
    """Of lists each item by itself; whether a list or a tuple holds them cannot be written in YAML."""
    if not isinstance(value, list | tuple) or not isinstance(expect, list):
        return not isinstance(value, np.ndarray) and bool(value == expect)
    return len(value) == len(expect) and all(agrees(*pair, places) for pair in zip(value, expect, strict=True))


def _close(got: Array, wanted: Array, places: int) -> bool:
    finite = np.isfinite(got)
    if not np.array_equal(got[~finite], wanted[~finite], equal_nan=True):
        return False
    # Half a unit of the last decimal, and a little for decimals that binary fractions only come near.
    return bool(np.all(np.abs(got[finite] - wanted[finite]) <= 0.5 * 10.0**-places + 1e-12))


def _inexact(value: Any) -> bool:
    return isinstance(value, float | complex) or (
        isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fc"
    )
