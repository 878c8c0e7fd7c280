"""The processes by which this one was started, on every system."""

from __future__ import annotations

from contextlib import suppress

import psutil


def programs_above(most: int) -> list[str]:
    """The names of so many of them at most, the nearest first, as far as the system tells them."""
    names: list[str] = []
    with suppress(psutil.Error):  # one has ended, or may not be looked at
        names.extend(process.name() for process in psutil.Process().parents()[:most])
    return names
