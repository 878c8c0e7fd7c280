"""The report as JSON, as ``report.schema.json`` beside this file describes it.

Keys come in a fixed order, and the object ``timing`` holds every time, so that the same submission on the same cases
gives the same bytes but for that object. JSON has no word for them, so ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``
stand for these floats.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from grader.records.record import Foreign
from grader.report.clean import cleaned

if TYPE_CHECKING:
    from grader.records.record import Value
    from grader.records.report import ExerciseResult, Report
    from grader.records.run import Frame, Outcome
    from grader.records.verdict import Counterexample, Deviation, OutputDetail

SCHEMA = "grader/report/v1"

#: Elements above which an array is described but not written out.
MAX_ELEMENTS = 10_000

_SPECIAL = frozenset({"NaN", "Infinity", "-Infinity"})


def render(report: Report) -> str:
    """The report as JSON text, indented by two spaces, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(document(report)), indent=2).decode() + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain dicts, lists, text and numbers, ready to be encoded."""
    report = cleaned(report)
    return {
        "schema": SCHEMA,
        "assignment": report.assignment,
        "title": report.title,
        "module": report.module,
        "view": report.view,
        "score": report.score,
        "max_score": report.max_score,
        "headline": report.headline,
        "problem": report.problem,
        "error": report.error,
        "traceback": _frames(report.traceback),
        "remarks": list(report.remarks),
        "exercises": [_exercise(exercise) for exercise in report.exercises],
        "sandbox": {"level": report.isolation.level, "layers": list(report.isolation.layers)},
        "bank": report.bank,
        "version": report.version,
        "timing": {
            "started": report.timing.started,
            "total": report.timing.total,
            "exercises": dict(sorted(report.timing.exercises.items())),
        },
    }


def _exercise(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "status": exercise.status,
        "points": exercise.points,
        "earned": exercise.earned,
        "headline": exercise.headline,
        "diagnosis": [
            {**msgspec.structs.asdict(found), "outputs": list(found.outputs)} for found in exercise.diagnosis
        ],
        "explanation": list(exercise.explanation),
        "parts": [{**msgspec.structs.asdict(part), "followed": list(part.followed)} for part in exercise.parts],
        "error": exercise.error,
        "traceback": _frames(exercise.traceback),
        "counterexamples": [_counterexample(example) for example in exercise.counterexamples],
        "remarks": list(exercise.remarks),
        "printed": exercise.printed,
    }


def _counterexample(example: Counterexample) -> dict[str, Any]:
    return {
        "case": example.case,
        "origin": example.origin,
        "hidden": example.hidden,
        "minimised": example.minimised,
        "sizes": dict(sorted(example.sizes.items())),
        "inputs": {name: _value(value) for name, value in example.inputs.items()},
        "code": example.code,
        "outputs": [_output(detail) for detail in example.outputs],
        "outcome": None if example.outcome is None else _outcome(example.outcome),
    }


def _output(detail: OutputDetail) -> dict[str, Any]:
    return {
        "name": detail.name,
        "shown": detail.shown,
        "expected": _value(detail.expected),
        "got": _value(detail.got),
        "deviation": None if detail.deviation is None else _deviation(detail.deviation),
        "tolerance": detail.tolerance,
    }


def _deviation(deviation: Deviation) -> dict[str, Any]:
    fields = msgspec.structs.asdict(deviation)
    where = None if deviation.where is None else list(deviation.where)
    return fields | {"where": where, "expected": _value(deviation.expected), "got": _value(deviation.got)}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """The kind of outcome and what is known of it; what a case returned stands in ``outputs``."""
    fields = msgspec.structs.asdict(outcome)
    for name in ("outputs", "missing", "changed", "aliased"):
        fields.pop(name, None)
    if "frames" in fields:
        fields["frames"] = _frames(fields["frames"])
    return {"kind": outcome.__struct_config__.tag, **fields}


def _frames(frames: tuple[Frame, ...]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(frame) for frame in frames]


def _value(value: Value) -> Any:
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
        return [_value(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_value(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_value(key), _value(item)] for key, item in value.items()]}
    if isinstance(value, Foreign):
        return {"foreign": value.type}
    return value


def _array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    described = {"dtype": array.dtype.name, "shape": list(array.shape)}
    if math.prod(length or 1 for length in array.shape) > MAX_ELEMENTS:  # lists that hold nothing count as well
        return described | {"array": None}
    return described | {"array": _nested(array.tolist())}


def _nested(items: Any) -> Any:
    if isinstance(items, list):
        return [_nested(item) for item in items]
    return _value(items)


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
