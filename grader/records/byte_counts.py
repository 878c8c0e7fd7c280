"""Numbers of bytes as people write them: ``512 MiB``."""

from __future__ import annotations

from typing import Final

UNITS: Final = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def about(count: int) -> str:
    """The same of a size that was measured: ``412 bytes``, ``37 KiB``, ``1.2 MiB``."""
    if count < UNITS["KiB"]:
        return f"{count} bytes"
    return f"{count / UNITS['KiB']:.0f} KiB" if count < UNITS["MiB"] else f"{count / UNITS['MiB']:.1f} MiB"


def in_units(count: float) -> str:
    """``1 GiB``, ``1.5 MiB``, ``1,000 bytes``: in the largest unit that it holds whole quarters of."""
    for name, unit in reversed(UNITS.items()):
        if unit > 1 and count >= unit and count % (unit // 4) == 0:
            return f"{count / unit:g} {name}"
    return f"{count:,.0f} bytes"
