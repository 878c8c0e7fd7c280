"""What takes long to make, made by whichever process of the tests asks for it first, for all of them."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, TypeVar

import filelock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Made = TypeVar("Made")


def made_once(kept: Path, make: Callable[[], Made]) -> Made:
    """What is made, which is kept in a file of a folder that all processes share."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{kept}.lock"):
        if not kept.exists():
            made = make()
            kept.write_bytes(pickle.dumps(made))
            return made
    return pickle.loads(kept.read_bytes())
