"""The processes by which this one was started, on every system."""

from __future__ import annotations

import psutil


def programs_above(most: int) -> list[str]:
    """The names of so many of them at most, the nearest first; none where the system does not tell."""
    try:
        return [process.name() for process in psutil.Process().parents()[:most]]
    except psutil.Error:  # one has ended, or may not be looked at
        return []
