"""Numbers of bytes as people write them: ``512 MiB``."""

from __future__ import annotations

from typing import Final

UNITS: Final = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def in_units(count: float) -> str:
    """``1 GiB``, ``1.5 MiB``, ``1,000 bytes``: in the largest unit that it holds whole quarters of."""
    for name, unit in reversed(UNITS.items()):
        if unit > 1 and count >= unit and count % (unit // 4) == 0:
            return f"{count / unit:g} {name}"
    return f"{count:,.0f} bytes"
