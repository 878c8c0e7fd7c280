"""Sizes and shapes by name: ``"H + D"``, ``["T", "V", 1]``.

A size is a whole number or a sum of terms, each a number, a dim, or a number times a dim::

    size = term { ("+" | "-") term }
    term = NUMBER | NAME | NUMBER "*" NAME
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.record import Size

_TERM = re.compile(r"\s*(?:(?P<factor>\d{1,9})\s*\*\s*)?(?:(?P<name>[^\W\d]\w*)|(?P<number>\d{1,9}))\s*")


class SizeError(ValueError):
    """A size expression that cannot be read, or that has no value for the sizes at hand."""


@lru_cache(maxsize=1024)
def terms(size: Size) -> tuple[tuple[int, str | None], ...]:
    """The terms of a size as ``(factor, name)``; a plain number has the name None.

    Raises SizeError if ``size`` is not a size expression.
    """
    if isinstance(size, bool) or not isinstance(size, int | str):
        raise SizeError(f"expected a size such as 3, D or H + D, got {size!r}")
    if isinstance(size, int):
        return ((size, None),)
    found: list[tuple[int, str | None]] = []
    position, sign = 0, 1
    while True:
        match = _TERM.match(size, position)
        if match is None or (match["number"] and match["factor"]):
            raise SizeError(f"expected a size such as 3, D or H + D, got {size!r}")
        found.append((sign * int(match["number"] or match["factor"] or 1), match["name"]))
        position = match.end()
        if position == len(size):
            return tuple(found)
        if size[position] not in "+-":
            raise SizeError(f"expected + or - at character {position + 1} of {size!r}")
        sign = 1 if size[position] == "+" else -1
        position += 1


def dims_of(size: Size) -> frozenset[str]:
    """Names of the dims that a size mentions."""
    return frozenset(name for _, name in terms(size) if name is not None)


def evaluate(size: Size, sizes: Mapping[str, int]) -> int:
    """The value of a size. Raises SizeError for a dim that has no value or a result below 0."""
    plain = sizes.get(size, -1) if isinstance(size, str) else -1
    if plain >= 0:  # nearly always
        return plain
    try:
        value = sum(factor * (1 if name is None else sizes[name]) for factor, name in terms(size))
    except KeyError as unknown:
        raise SizeError(f"{size!r} mentions {unknown.args[0]}, which is no dim here") from None
    if value < 0:
        raise SizeError(f"{size!r} is {value} for {dict(sizes)}: a size cannot be negative")
    return value


def resolve(shape: Sequence[Size], sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape with every size evaluated."""
    return tuple(evaluate(size, sizes) for size in shape)


def bind(shape: Sequence[Size], actual: Sequence[int], sizes: dict[str, int]) -> None:
    """Add to ``sizes`` the dims that an actual shape gives. Raises SizeError if the two do not fit."""
    if len(shape) != len(actual):
        raise SizeError(f"{words(shape)} has {len(shape)} axes, and {tuple(actual)} has {len(actual)}")
    for size, length in sorted(zip(shape, actual, strict=True), key=lambda pair: len(terms(pair[0]))):
        if isinstance(size, str) and size.isidentifier() and size not in sizes:
            sizes[size] = length
            continue
        match [(factor, name) for factor, name in terms(size) if name is not None and name not in sizes]:
            case []:
                pass
            case [(1, name)]:
                known = sum(other * (1 if each is None else sizes.get(each, 0)) for other, each in terms(size))
                sizes[str(name)] = length - known
            case _:
                continue  # two dims, or a multiple of one: other shapes may give them
        if evaluate(size, sizes) != length:
            raise SizeError(f"{size!r} is {evaluate(size, sizes)} for {dict(sizes)}, and not {length}")


def words(shape: Sequence[Size]) -> str:
    """A shape as NumPy prints it: ``(H, 1)``, ``(T,)``, ``()``."""
    inner = ", ".join(str(size) for size in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"
