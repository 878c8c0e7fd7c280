"""How much a value takes, by what it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.records.chance import Distribution


def extent(value: Any) -> int:
    """Of how many numbers, texts and containers a value is made; a long text counts for more than one."""
    if isinstance(value, np.ndarray):
        return 1 + value.size
    if isinstance(value, list | tuple):
        return 1 + sum(map(extent, value))
    if isinstance(value, dict):
        return 1 + sum(map(extent, value)) + sum(map(extent, value.values()))
    if isinstance(value, Distribution):
        return 1 + value.draws
    return 1 + len(value) // 32 if isinstance(value, str) else 1
