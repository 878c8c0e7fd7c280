"""When Python looks for garbage while several threads parse.

Hypothesis is told of each look, by a function of its own. Where a look comes while Python 3.11 makes a syntax tree,
that function lets another thread run, and if that one makes a tree as well, one of them ends with a SystemError.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def looked_for_by_hand() -> Iterator[None]:
    """Look for no garbage by itself until this ends: whoever makes much looks for it where nothing is parsed."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
