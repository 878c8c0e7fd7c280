"""The item of a container that a path leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def item_at(value: Any, path: Sequence[int | str]) -> Any:
    """The item of a container that a path leads to: positions as numbers, keys as Python writes them; None for none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list | tuple | np.ndarray) and step < len(value) else None
        else:
            value = _under(value, step)
    return value


def _under(value: Any, key: str) -> Any:
    items = value.items() if isinstance(value, dict) else ()
    return next((item for own, item in items if repr(own) == key), None)
