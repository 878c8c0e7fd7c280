"""The note in a folder to work in, by which ``grade`` alone knows what to grade the work against: its name and text."""

from __future__ import annotations

import json

NOTE = ".grade.toml"


def note_text(assignment: str, key: str, value: str) -> str:
    """A note; ``key`` is ``course``, with a path, or ``bundle``, with the name of a file beside it."""
    return (
        "# By this file, `grade` alone knows in this folder what to grade your work against.\n"
        f"assignment = {json.dumps(assignment)}\n"
        f"{key} = {json.dumps(value)}\n"
    )
