"""What `grade release` says of the folder that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def released(
    folder: str, sizes: Mapping[str, int], laws: Sequence[str], helpers: Sequence[str], sealed_with: str
) -> Iterator[str]:
    """What was written, by name and size in bytes, and what of the author's students can now read.

    ``laws`` are functions of properties.py, ``helpers`` the ids of exercises whose ``run`` calls some,
    ``sealed_with`` the id of the key that seals the hidden cases, if they come along.
    """
    yield f"In {folder} ({size(sum(sizes.values()))}):"
    for name, length in sorted(sizes.items()):
        yield f"  {name} ({size(length)})"
    but = f" but sealed with key {sealed_with}" if sealed_with else ""
    yield f"It holds no reference, no hidden case{but} and no wrong version: that was searched for."
    if laws:
        yield "Students can now read these laws of properties.py:"
        yield from (f"  {name}" for name in laws)
    if helpers:
        yield "and the helpers of these exercises:" if laws else "Students can now read the helpers of these exercises:"
        yield from (f"  {name}" for name in helpers)
    yield "Hand the folder out whole. In it, `grade` alone grades."


def size(length: int) -> str:
    """Bytes as people read them: 412 bytes, 37 KiB, 1.2 MiB."""
    if length < 1024:
        return f"{length} bytes"
    return f"{length / 1024:.0f} KiB" if length < 1 << 20 else f"{length / (1 << 20):.1f} MiB"
