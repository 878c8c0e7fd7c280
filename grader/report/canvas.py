"""The room that a picture has, and how what is too long for it is cut."""

from __future__ import annotations

from typing import NamedTuple


class Canvas(NamedTuple):
    """The size of an SVG, and of what is drawn between its axes: all in its own units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


def window(size: int, limit: int, target: int) -> range:
    """At most ``limit`` indices below ``size`` that hold ``target``, in its middle where that can be."""
    start = min(max(0, target - limit // 2), max(0, size - limit))
    return range(start, min(size, start + limit))


def coordinate(value: float) -> float:
    """A number of an SVG, with one decimal."""
    return round(float(value), 1)
