"""A case as Python that can be pasted and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.course.snippet import helper_names, needed_names, parse_snippet
from grader.records.chance import Distribution, GeneratorSeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.assignment import Assignment, Exercise
    from grader.records.bank import Case
    from grader.records.record import Array, Value

WIDTH = 80


def as_code(
    exercise: Exercise,
    module: str,
    sizes: Mapping[str, int],
    inputs: Mapping[str, Value],
    printed: Sequence[str] | None = None,
) -> str:
    """Imports, the inputs, the exercise's snippet, and a print of its outputs, or of those ``printed``."""
    return _code(exercise, _imported(exercise, module), sizes, inputs, printed)


def for_its_author(assignment: Assignment, exercise: Exercise, case: Case) -> str:
    """The same with what is expected below it. It runs beside a submission, and beside the reference."""
    imported = _imported(exercise, assignment.module)
    other = _imported(exercise, assignment.id) if assignment.id.isidentifier() else imported
    if imported != other:
        imported = f"try:\n    {imported}\nexcept ImportError:  # beside your reference\n    {other}"
    code = _code(exercise, imported, case.sizes, case.inputs)
    if case.raises is not None:
        return f"{code}\n# must raise {case.raises}\n"
    expected = [f"{name} = {literal(value, len(name) + 5)}" for name, value in case.expected.items()]
    return "\n# ".join([code, "your reference gives", *"\n".join(expected).split("\n")]) + "\n"


def _imported(exercise: Exercise, module: str) -> str:
    """The line that imports what the snippet needs; none for nothing, and where it is there without a ``module``."""
    wanted = sorted(needed_names(exercise)) if module else []
    return f"from {module.removesuffix('.py').replace('/', '.')} import {', '.join(wanted)}" if wanted else ""


def _code(
    exercise: Exercise,
    imported: str,
    sizes: Mapping[str, int],
    inputs: Mapping[str, Value],
    printed: Sequence[str] | None = None,
) -> str:
    used = parse_snippet(exercise.run).used
    given = [*(size for size in sizes if size in used and size not in inputs), *inputs]
    helpers = ", ".join(sorted(helper_names(exercise) & used.keys()))
    imports = [imported, f"from helpers import {helpers}" if helpers else ""]
    lines = ["import numpy as np", *filter(None, imports), ""]
    lines.extend(
        f"{name} = {literal(inputs[name] if name in inputs else sizes[name], len(name) + 3)}" for name in given
    )
    lines.append(exercise.run.strip())
    if lines[-1].rpartition("\n")[2][:1].isspace():  # a block, which Python's prompt takes to end with an empty line
        lines.append("")
    lines.extend(f"print({name})" for name in (exercise.outputs if printed is None else printed))
    return "\n".join(lines)


def literal(value: Value, indent: int = 0) -> str:
    """A value as an expression; arrays by ``np.array`` or ``np.zeros``."""
    if isinstance(value, np.ndarray):
        return _array(value, indent)
    if isinstance(value, np.generic):
        return literal(value.item())
    if isinstance(value, list):
        return "[" + ", ".join(literal(item, indent + 1) for item in value) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(literal(item, indent + 1) for item in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, GeneratorSeed):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, Distribution):
        return literal(dict(zip(value.categories, value.probabilities, strict=True)))
    return _number(value) if isinstance(value, float | complex) else repr(value)


def _number(value: float | complex) -> str:
    """A number as Python reads it, which knows neither ``nan`` nor ``inf`` as a name."""
    if np.isfinite(value):
        return repr(value)
    if isinstance(value, complex):
        return f"complex({_number(value.real)}, {_number(value.imag)})"
    return f"np.{value}" if value != -np.inf else "-np.inf"


def _array(array: Array, indent: int) -> str:
    dtype = "bool" if array.dtype == np.bool_ else f"np.{array.dtype}"
    zeros = array.dtype == np.float64 and not array.any() and not np.signbit(array).any()  # -0.0 is no zero to 1 / x
    if array.size == 0 or zeros:
        return f"np.zeros({array.shape})" if array.dtype == np.float64 else f"np.zeros({array.shape}, dtype={dtype})"
    plain = array.dtype in (np.float64, np.int64, np.bool_)
    return f"np.array({_nested(array.tolist(), indent + len('np.array('))}{'' if plain else f', dtype={dtype}'})"


def _nested(items: Value, indent: int) -> str:
    """Nested lists on one line if they fit, otherwise one row a line."""
    flat = literal(items)
    if not isinstance(items, list) or len(flat) + indent <= WIDTH or not any(isinstance(row, list) for row in items):
        return flat
    rows = [_nested(row, indent + 1) for row in items]
    return "[" + (",\n" + " " * (indent + 1)).join(rows) + "]"
