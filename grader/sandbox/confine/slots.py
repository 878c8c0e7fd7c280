"""Places in which students' processes run side by side. Each is a user and a group, where those can be changed."""

from __future__ import annotations

SLOTS = 1000
CANARY_SLOT = 999  # never a student's
FIRST_UID = 58_000  # below what systems allot on demand, and inside what a container maps


def slot_uid(slot: int) -> int:
    """The user and group of a place."""
    return FIRST_UID + slot
