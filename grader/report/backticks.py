"""Sentences in which what stands between backticks is code."""

from __future__ import annotations

import re

_TICKED = re.compile(r"`([^`\n]+)`")


def pieces(text: str) -> list[tuple[bool, str]]:
    """``text`` cut at what stands between backticks, which is code (and marked True)."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(_TICKED.split(text)) if piece]
