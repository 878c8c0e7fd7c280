"""The report as JSON: the document as it is, as ``report.schema.json`` beside this file describes it.

Keys come in a fixed order, and the object ``timing`` holds every time, so that the same submission on the same cases
gives the same bytes but for that object. JSON has no word for them, so ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``
stand for these floats.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from grader.records.chance import Distribution, GeneratorSeed
from grader.records.record import Foreign
from grader.records.schemas import REPORT
from grader.report.clean import cleaned
from grader.report.document import NOT_IN_JSON, Document
from grader.report.schemas import VALUES, described

if TYPE_CHECKING:
    from grader.records.record import Value
    from grader.report.document import WrittenExample, WrittenOutput

#: Elements above which an array is described but not written out.
MAX_ELEMENTS = 10_000

_SPECIAL = frozenset({"NaN", "Infinity", "-Infinity"})


def render(report: Document) -> str:
    """The report as JSON text, indented by two spaces, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(plain(report)), indent=2).decode() + "\n"


def schema() -> str:
    """What is written, as JSON Schema: the text of ``report.schema.json``."""
    return described(Document, REPORT, "Report of one graded submission", unwritten=NOT_IN_JSON, values=VALUES)


def plain(report: Document) -> dict[str, Any]:
    """The document as plain dicts, lists, text and numbers, ready to be encoded."""
    report = cleaned(report)
    exercises = [
        replace(exercise, counterexamples=tuple(map(_example, exercise.counterexamples)))
        for exercise in report.exercises
    ]
    found: dict[str, Any] = msgspec.to_builtins(replace(report, exercises=tuple(exercises), answers=b"", record=None))
    _leave_out(found)
    for exercise in found["exercises"]:
        examples = exercise["counterexamples"]
        for record in (exercise, *exercise["parts"], *examples, *(each for one in examples for each in one["outputs"])):
            _leave_out(record)
    return found


def _leave_out(record: dict[str, Any]) -> None:
    for name in NOT_IN_JSON.intersection(record):
        del record[name]


def _example(example: WrittenExample) -> WrittenExample:
    inputs = {name: plain_value(value) for name, value in example.inputs.items()}
    return replace(example, inputs=inputs, outputs=tuple(map(_output, example.outputs)))


def _output(detail: WrittenOutput) -> WrittenOutput:
    found = detail.deviation
    if found is not None:
        found = replace(found, expected=plain_value(found.expected), got=plain_value(found.got))
    return replace(
        detail,
        expected=plain_value(detail.expected),
        got=plain_value(detail.got),
        deviation=found,
        item_expected=None,
        item_got=None,
        wrong_at=None,
    )


def plain_value(value: Value) -> Any:
    """A value in plain JSON; what JSON has no form for is an object that says what it is."""
    if isinstance(value, np.ndarray | np.generic):
        return _array(np.asarray(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return {"text": value} if value in _SPECIAL else value
    if isinstance(value, complex):
        return {"complex": [_float(value.real), _float(value.imag)]}
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [plain_value(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[plain_value(key), plain_value(item)] for key, item in value.items()]}
    return _mark(value) if isinstance(value, Foreign | GeneratorSeed | Distribution) else value


def _mark(value: Foreign | GeneratorSeed | Distribution) -> dict[str, Any]:
    if isinstance(value, Foreign):
        return {"foreign": value.type}
    if isinstance(value, GeneratorSeed):
        return {"generator": value.seed}
    pairs = zip(value.categories, value.probabilities, strict=True)
    return {"draws": value.draws, "probabilities": [list(pair) for pair in pairs]}


def _array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    described = {"dtype": array.dtype.name, "shape": list(array.shape)}
    if math.prod(length or 1 for length in array.shape) > MAX_ELEMENTS:  # lists that hold nothing count as well
        return described | {"array": None}
    return described | {"array": _nested(array.tolist())}


def _nested(items: Any) -> Any:
    if isinstance(items, list):
        return [_nested(item) for item in items]
    return plain_value(items)


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
