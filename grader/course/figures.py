"""Rules about ``examples`` and ``raises``: they name every input, and their arrays fit the shapes that are declared."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.course.positions import MAX_DEPTH
from grader.course.wording import described, listed, path_text, suggestion
from grader.records.assignment import DictOf, Integers, SameAs, Tokens, own_domain
from grader.records.shapes import SizeError, dims_of, evaluate, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.course.findings import DocumentFindings
    from grader.course.wording import Path
    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Size


class _Shapes(NamedTuple):
    """The shape of an array that is written out, and the one that is declared."""

    written: tuple[int, ...]
    declared: tuple[Size, ...]


def check_figures(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    """The exercise's worked figures and its inputs that must be refused.

    The latter may have shapes that do not fit: that can be why they must be refused.
    """
    for index, check in enumerate(exercise.raises):
        for number, inputs in enumerate(check.each):
            _check_inputs(inputs, exercise, (*path, "raises", index, *check.way_to(number)), findings, refused=True)
    for index, example in enumerate(exercise.examples):
        where = (*path, "examples", index)
        shapes = _check_inputs(example.inputs, exercise, (*where, "inputs"), findings)
        _check_sizes(shapes, exercise, (*where, "inputs"), findings)
        for name in example.expect:
            if name not in exercise.outputs and not findings.refused((*path, "outputs")):
                hint = suggestion(name, exercise.outputs) or f" (outputs here: {listed(exercise.outputs)})"
                findings.add((*where, "expect", name), f"is no output{hint}", key=True)


def _check_inputs(
    inputs: Mapping[str, Any], exercise: Exercise, path: Path, findings: DocumentFindings, *, refused: bool = False
) -> dict[Path, _Shapes]:
    """Check names, keys and arrays; the shapes of the arrays that are well made. ``refused``: keys need not fit."""
    if findings.refused(path, path[:-1], (*path[:2], "inputs")):
        return {}
    missing = [name for name in exercise.inputs if name not in inputs]
    for name in inputs:
        if name not in exercise.inputs:
            hint = suggestion(name, missing) or f" (inputs here: {listed(exercise.inputs)})"
            findings.add((*path, name), f"is no input of this exercise{hint}", key=True)
    if missing:
        findings.add(path, f"must have a value for every input (missing: {listed(missing)})")
    shapes = {}

    def noted(way: Path, message: str) -> None:
        if not refused:
            findings.add((*path, *way), message)

    found = (_parts((name,), SameAs(name), value, exercise, noted) for name, value in inputs.items())
    for way, domain, value in chain.from_iterable(found):
        declared = getattr(domain, "shape", None)
        if declared is not None:
            shape = _array_shape(value, (*path, *way), findings, whole=isinstance(domain, Integers | Tokens))
            if shape is not None:
                shapes[way] = _Shapes(shape, declared)
    return shapes


def _parts(
    way: Path, domain: AnyDomain, value: Any, exercise: Exercise, noted: Callable[[Path, str], None]
) -> Iterator[tuple[Path, AnyDomain | None, Any]]:
    """An input, or the entries of a dict, with their domains; keys that do not fit are ``noted``."""
    if len(way) > MAX_DEPTH:  # a dict that is the same as one of its entries, which is told elsewhere
        return
    meant = own_domain(exercise.inputs, domain.of) if isinstance(domain, SameAs) else domain
    if not isinstance(meant, DictOf):
        yield way, meant, value
    elif not isinstance(value, dict):
        noted(way, f"must be a mapping with the keys {listed(meant.entries)} (got {described(value)})")
    else:
        missing = [key for key in meant.entries if key not in value]
        if missing:
            noted(way, f"must have a value for every key (missing: {listed(missing)})")
        for key, entry in value.items():
            if key in meant.entries:
                yield from _parts((*way, key), meant.entries[key], entry, exercise, noted)
            else:
                hint = suggestion(key, missing) or f" (keys here: {listed(meant.entries)})"
                noted((*way, key), f"is no key of {way[-1]}{hint}")


def _array_shape(value: Any, path: Path, findings: DocumentFindings, *, whole: bool) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None if they make no array, which is noted."""
    wrong = next(_strangers(value, path, whole=whole), None)
    if wrong:
        where, item = wrong
        kind = "a whole number" if whole else "a number"
        findings.add(where, f"must be {kind} (got {described(item)}{_as_yaml(item)})")
        return None
    shape = _nested_shape(value)
    if shape is None:
        findings.add(path, "must be an array: lists of one level must have the same length")
    return shape


def _as_yaml(item: Any) -> str:
    """How YAML writes what Python has words for."""
    special = {"nan": ".nan", "inf": ".inf", "+inf": ".inf", "-inf": "-.inf"}
    found = special.get(item.lower().replace("np.", "")) if isinstance(item, str) else None
    return f": write {found}" if found else ""


def _strangers(value: Any, path: Path, *, whole: bool) -> Iterator[tuple[Path, Any]]:
    """What is no number inside nested lists, and where it stands."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strangers(item, (*path, index), whole=whole)
    elif not isinstance(value, int if whole else int | float):
        yield path, value


def _nested_shape(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list):
        return ()
    inner = {_nested_shape(item) for item in value} or {()}
    shape = inner.pop()
    return None if inner or shape is None else (len(value), *shape)


def _check_sizes(shapes: Mapping[Path, _Shapes], exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    """Each dim has one value over all inputs of an example, and sums such as ``H + D`` agree with it."""
    sizes: dict[str, int] = {}
    origin: dict[str, str] = {}
    sums: list[tuple[Path, int, Size]] = []  # held against the dims once all of these are known
    for way, (shape, declared) in shapes.items():
        if len(declared) != len(shape):
            findings.add((*path, *way), f"must have the shape {words(declared)} (got {words(shape)})")
            continue
        for got, size in zip(shape, declared, strict=True):
            if not isinstance(size, str) or size not in exercise.dims:
                sums.append((way, got, size))
            elif sizes.setdefault(size, got) == got:
                origin.setdefault(size, path_text(way))
            else:
                clash = f"{words(shape)}, but {size} is {sizes[size]} in {origin[size]}"
                findings.add((*path, *way), f"must have the shape {words(declared)} (got {clash})")
    for way, got, size in sums:
        wrong = _sum_problem(size, sizes, got)
        if wrong and not findings.refused((*path, *way)):
            findings.add((*path, *way), f"{wrong} (got the shape {words(shapes[way].written)})")


def _sum_problem(size: Size, sizes: Mapping[str, int], got: int) -> str:
    """What is wrong with an axis of ``got`` where ``size`` was declared; empty if nothing, or if a dim is not known."""
    if not dims_of(size) <= sizes.keys():
        return ""
    try:
        value = evaluate(size, sizes)
    except SizeError as error:
        return f"has an impossible axis: {error}"
    if value == got:
        return ""
    return (
        f"must have an axis of {size}, which is {value} here"
        if isinstance(size, str)
        else f"must have an axis of {size}"
    )
