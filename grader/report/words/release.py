"""What `grade release` says of the folder that it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.records.byte_counts import about

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def released(
    folder: str, sizes: Mapping[str, int], laws: Sequence[str], helpers: Sequence[str], sealed_with: str
) -> Iterator[str]:
    """What was written, by name and size in bytes, and what of the author's students can now read.

    ``laws`` are functions of properties.py, ``helpers`` the ids of exercises whose ``run`` calls some,
    ``sealed_with`` the id of the key that seals the hidden cases, if they come along.
    """
    yield f"In {folder} ({about(sum(sizes.values()))}):"
    for name, length in sorted(sizes.items()):
        yield f"  {name} ({about(length)})"
    yield "It holds no reference, no wrong version and, in the open, no hidden case: that was searched for."
    if sealed_with:
        yield f"The hidden cases are sealed: where GRADER_KEY holds key {sealed_with}, `grade` counts them as well."
    if laws:
        yield "Students can now read these laws of properties.py:"
        yield from (f"  {name}" for name in laws)
    if helpers:
        yield "and the helpers of these exercises:" if laws else "Students can now read the helpers of these exercises:"
        yield from (f"  {name}" for name in helpers)
    yield "Hand the folder out whole. In it, `grade` alone grades."


def sealed_for_ci(path: str, length: int, key: str) -> Iterator[str]:
    """What was written of a whole case bank, and what is to be done with it."""
    yield f"{path} ({about(length)}) holds all cases, sealed with key {key}."
    yield "Commit it to the course's repository, and draws.txt if that lies beside it."
    yield "Where GRADER_KEY holds that key, jobs make no cases of their own."
    yield "It fits the course as it is now: make it anew when assignment, reference or properties have changed."


def autograder_made(path: str, length: int) -> Iterator[str]:
    """What was made for Gradescope, and whose eyes it is for."""
    yield f"{path} ({about(length)}) is an autograder for Gradescope: upload it as it is."
    yield "It holds the reference, all hidden cases and the secret of the course: give it to nobody else."
